"""A light load generator: python -m tests.benchmarks.load PORT PATH CONNECTIONS SECONDS WORKER…

It keeps one request under way on each keep-alive connection and prints what it measured as JSON. A process of its own,
because it must not share an interpreter lock with anything.
"""

import json
import os
import re
import selectors
import socket
import sys
from pathlib import Path
from time import perf_counter, process_time

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
PIECE = 1 << 18  # bytes; more than any page has, so that most answers are read at once
TRIES = 200  # connections opened until they are spread evenly over the workers
TICKS = os.sysconf("SC_CLK_TCK")  # a second


class Connection:
    def __init__(self, port, path):
        self.path = path
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nUser-Agent: benchmark\r\n\r\n".encode()
        )
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send()
        while not self.receive():
            pass
        self.expected = self.length  # the first answer, before the clock starts, says how long the page is

    def send(self):
        self.received, self.size = b"", None
        self.sent_at = perf_counter()
        self.socket.sendall(self.request)

    def receive(self) -> bool:
        """Whether the answer is complete."""
        piece = self.socket.recv(PIECE)
        self.received = self.received + piece if self.received else piece
        if self.size is None and (end := self.received.find(b"\r\n\r\n")) > 0:
            length = CONTENT_LENGTH.search(self.received, 0, end)
            if not length or not self.received.startswith(b"HTTP/1.1 200 "):
                raise SystemExit(f"{self.path} answered: {self.received[:200]!r}")
            self.length = int(length[1])
            self.size = end + 4 + self.length
        if not piece or (self.size and len(self.received) > self.size):
            raise SystemExit(f"{self.path}: the answer is longer or shorter than it says")
        return len(self.received) == self.size

    def worker(self, pids) -> int:
        """Which process holds the other end."""
        ends = [f"0100007F:{port:04X}" for port in (self.socket.getpeername()[1], self.socket.getsockname()[1])]
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        inode = next(row[9] for row in rows if row[1:3] == ends)
        files = {pid: [os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()] for pid in pids}
        return next(pid for pid, links in files.items() if f"socket:[{inode}]" in links)


def spread(port, path, count, pids) -> list[Connection]:
    """As many connections to each worker: else chance decides how many of them compute at the same time."""
    opened = {pid: [] for pid in pids}
    for _ in range(TRIES):
        connection = Connection(port, path)
        held = opened[connection.worker(pids)]
        if len(held) < -(-count // len(pids)):
            held.append(connection)
        else:
            connection.socket.close()
        if sum(map(len, opened.values())) == count:
            return [connection for held in opened.values() for connection in held]
    raise SystemExit("one of the workers takes no connections")


def computed(pids) -> float:
    """Seconds that the processes have computed so far, for themselves and in the kernel."""
    after_names = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(fields[11]) + int(fields[12]) for fields in after_names) / TICKS


def run(port: int, path: str, count: int, seconds: float, pids: list[int]) -> dict:
    connections = spread(port, path, count, pids)
    times = []
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        started, computed_before, own_before = perf_counter(), computed(pids), process_time()
        for connection in connections:
            connection.send()
        while selector.get_map():
            for key, _ in selector.select():
                connection = key.data
                if not connection.receive():
                    continue
                now = perf_counter()
                times.append(now - connection.sent_at)
                if connection.length != connection.expected:
                    raise SystemExit(f"{path}: {connection.length} bytes instead of {connection.expected}")
                if now < started + seconds:
                    connection.send()
                else:
                    selector.unregister(connection.socket)
    for connection in connections:
        connection.socket.close()
    answers = len(times)
    times.sort()
    return {  # times in milliseconds
        "rate": answers / (now - started),
        "p50": times[answers // 2] * 1000,
        "p99": times[answers * 99 // 100] * 1000,
        "cpu": (computed(pids) - computed_before) / answers * 1000,
        "own_cpu": (process_time() - own_before) / answers * 1000,
        "bytes": connections[0].length,
    }


if __name__ == "__main__":
    port, path, count, seconds, *pids = sys.argv[1:]
    print(json.dumps(run(int(port), path, int(count), float(seconds), [int(pid) for pid in pids])))
