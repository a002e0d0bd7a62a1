"""The processes that are measured: gunicorn with the portal's configuration, and the portal without a server."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

from starkestelle import gunicorn_conf

ROOT = Path(__file__).resolve().parent.parent.parent
PORTAL = "starkestelle.wsgi"
UNCACHED = "tests.benchmarks.uncached"
BARE = "tests.benchmarks.bare"


def environment(folder) -> dict:
    """Production settings for visitors only, with all data in `folder`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "WEB_CONCURRENCY") if name in os.environ}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "starkestelle.settings",
        "VAR_DIR": str(folder),
        "STARKESTELLE_ROLE": "public",
        "PLAIN_HTTP": "1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": "made-up-for-the-measurement-0123456789-abcdefghijklmnop",
        "OPERATOR_NAME": "Messung",
        "OPERATOR_ADDRESS": "Messweg 1",
        "OPERATOR_EMAIL": "messung@portal.example",
    }


def create(folder) -> None:
    """The portal's data with the real offers: database and collected style sheets."""
    folder.mkdir()
    for command in (["migrate", "--verbosity=0"], ["load_directory"], ["collectstatic", "--no-input", "--verbosity=0"]):
        manage = [sys.executable, "manage.py", *command]
        subprocess.run(manage, cwd=ROOT, env=environment(folder), check=True, stdout=subprocess.DEVNULL)


class Inside:
    """A process of tests.benchmarks.inside: its functions are methods here."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.inside"],
            cwd=ROOT,
            env=environment(folder),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def call(self, name, *arguments):
        """Let it compute; `result` waits for it."""
        print(json.dumps([name, *arguments]), file=self.process.stdin, flush=True)

    def result(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("A process that was measured has failed; its error stands above.")
        return json.loads(line)

    def ask(self, name, *arguments):
        self.call(name, *arguments)
        return self.result()

    def close(self):
        self.process.terminate()
        self.process.communicate()


class Server:
    """gunicorn with an application and its configuration."""

    def __init__(self, application, folder):
        configuration = BARE if application == BARE else "starkestelle.gunicorn_conf"
        with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:  # requests wait here for the workers
            self.port = listener.getsockname()[1]
            options = ["--config", f"python:{configuration}", "--bind", f"fd://{listener.fileno()}"]
            options += ["--log-level", "error"]
            options += ["--keep-alive", "60"]  # seconds: one worker may wait for the other to build its catalogue
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *options, application],
                cwd=ROOT,
                env=environment(folder),
                pass_fds=[listener.fileno()],
            )
        self._children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")

    @property
    def workers(self) -> list[int]:
        """The processes that answer; gunicorn takes its time to start them one after another."""
        while len(pids := self._children.read_text().split()) < gunicorn_conf.workers:
            time.sleep(0.05)
        return list(map(int, pids))

    def get(self, path) -> bytes:
        """The body of a page."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            head, _, body = b"".join(iter(lambda: connection.recv(1 << 16), b"")).partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"{path} answered: {head[:200]!r}")
        return body

    def memory(self, kind) -> float:
        """Rss or Pss of the largest worker in MB."""
        rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in self.workers]
        return max(int(re.search(rf"^{kind}: +(\d+) kB", rollup, re.MULTILINE)[1]) for rollup in rollups) / 1000

    def close(self):
        self.process.terminate()
        self.process.wait()


def load(sides, connections, rounds, seconds) -> list[dict]:
    """Load pages (server, path) in turns; what tests.benchmarks.load measures of each."""
    described = json.dumps([[server.port, path, server.workers] for server, path in sides])
    arguments = map(str, (described, connections, rounds, seconds))
    command = [sys.executable, "-m", "tests.benchmarks.load", *arguments]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
