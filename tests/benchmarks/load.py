"""A light load generator: python -m tests.benchmarks.load SIDES CONNECTIONS ROUNDS SECONDS

SIDES are pages of servers as JSON: [[port, path, [process ids of the workers]], …]. They are loaded in turns, each for
SECONDS a round, with one request under way on each keep-alive connection. What was measured is printed as JSON. It is a
process of its own, because it must not share an interpreter lock with anything.
"""

import json
import re
import selectors
import socket
import sys
from os import readlink
from pathlib import Path
from time import perf_counter, process_time

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
PIECE = 1 << 18  # bytes; more than any page has, so that most answers are read at once
TRIES = 200  # connections opened until they are spread evenly over the workers


class Connection:
    def __init__(self, port, path):
        self.path = path
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html", "User-Agent: benchmark", "", ""]
        self.request = "\r\n".join(lines).encode()
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=300)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send()
        while not self.receive():
            pass
        self.expected = self.length  # the first answer, before any clock starts, says how long the page is

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
        files = {pid: [readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()] for pid in pids}
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
    """Seconds that the threads of the processes have computed so far, for themselves and in the kernel."""
    clocks = [clock for pid in pids for clock in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(clock.read_text().split()[0]) for clock in clocks) / 1e9


def answer_times(connections, seconds) -> list[float]:
    times = []
    with selectors.DefaultSelector() as selector:
        until = perf_counter() + seconds
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send()
        while selector.get_map():
            for key, _ in selector.select():
                connection = key.data
                if not connection.receive():
                    continue
                now = perf_counter()
                times.append(now - connection.sent_at)
                if connection.length != connection.expected:
                    raise SystemExit(f"{connection.path}: {connection.length} bytes instead of {connection.expected}")
                if now < until:
                    connection.send()
                else:
                    selector.unregister(connection.socket)
    return times


class Side:
    def __init__(self, port, path, pids, count):
        self.pids = pids
        self.connections = spread(port, path, count, pids)
        self.times, self.rates, self.computing, self.own_computing = [], [], [], []

    def load(self, seconds):
        before = computed(self.pids)
        began, own_before = perf_counter(), process_time()
        times = answer_times(self.connections, seconds)
        self.rates.append(len(times) / (perf_counter() - began))
        self.own_computing.append((process_time() - own_before) / len(times))
        self.computing.append((computed(self.pids) - before) / len(times))
        self.times += times

    def result(self):
        """Lists have an element a round; times are in seconds, computing times those of one answer."""
        self.times.sort()
        return {
            "rates": self.rates,
            "computing": self.computing,
            "own_computing": self.own_computing,
            "p50": self.times[len(self.times) // 2],
            "p99": self.times[len(self.times) * 99 // 100],
        }


def main(sides, connections, rounds, seconds):
    sides = [Side(*side, int(connections)) for side in json.loads(sides)]
    for _ in range(int(rounds)):
        for side in sides:
            side.load(float(seconds))
    print(json.dumps([side.result() for side in sides]))


if __name__ == "__main__":
    main(*sys.argv[1:])
