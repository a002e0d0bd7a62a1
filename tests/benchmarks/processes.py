"""The processes that are measured: gunicorn with the portal's configuration, and the portal without a server."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

from starkestelle import gunicorn_conf
from tests.contact.portal import ROOT, until
from tests.deploy.proxy import nginx

PORTAL = "starkestelle.wsgi"
UNCACHED = "tests.benchmarks.uncached"
UNTHROTTLED = "tests.benchmarks.unthrottled"
BARE = "tests.benchmarks.bare"


def environment(folder, database_url="") -> dict:
    """Production settings for visitors only, with all data in `folder`, or in `folder` and a database."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "WEB_CONCURRENCY") if name in os.environ}
    return kept | {
        "MALLOC_ARENA_MAX": "1",  # this and the next as in the image
        "MALLOC_MMAP_THRESHOLD_": "131072",
        "DJANGO_SETTINGS_MODULE": "starkestelle.settings",
        "VAR_DIR": str(folder),
        "DATABASE_URL": database_url,
        "STARKESTELLE_ROLE": "public",
        "PLAIN_HTTP": "1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": "made-up-for-the-measurement-0123456789-abcdefghijklmnop",
        "OPERATOR_NAME": "Messung",
        "OPERATOR_ADDRESS": "Messweg 1",
        "OPERATOR_EMAIL": "messung@portal.example",
    }


def create(folder, database_url="") -> None:
    """The portal's data with the real offers: database, keys, office hours and collected style sheets."""
    folder.mkdir()
    for command in (
        ["migrate", "--verbosity=0"],
        ["load_directory"],
        ["contact_keys", "create"],
        ["collectstatic", "--no-input", "--verbosity=0"],
    ):
        manage = [sys.executable, "manage.py", *command]
        subprocess.run(manage, cwd=ROOT, env=environment(folder, database_url), check=True, stdout=subprocess.DEVNULL)
    with closing(Inside(folder, database_url)) as inside:
        inside.ask("open_office")


class Inside:
    """A process of tests.benchmarks.inside: its functions are methods here."""

    def __init__(self, folder, database_url=""):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.inside"],
            cwd=ROOT,
            env=environment(folder, database_url),
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
        with socket.create_connection(("127.0.0.1", self.port), timeout=300) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            head, _, body = b"".join(iter(lambda: connection.recv(1 << 16), b"")).partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"{path} answered: {head[:200]!r}")
        return body

    def memory(self, kind) -> dict[int, float]:
        """Rss or Pss of each worker in MB."""
        rollups = {pid: Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in self.workers}
        pattern = re.compile(rf"^{kind}: +(\d+) kB", re.MULTILINE)
        return {pid: int(pattern.search(rollup)[1]) / 1000 for pid, rollup in rollups.items()}

    def close(self):
        self.process.terminate()
        self.process.wait()


@contextmanager
def proxy(server):
    """The nginx of compose.yaml in front of a server, with its cache, but without TLS, which the load cannot speak."""
    changes = {
        "${PUBLIC_HOST}": "127.0.0.1",
        " ssl http2;": ";",
        " ssl default_server;": " default_server;",
        "keepalive_timeout 20s;": "keepalive_timeout 20s; keepalive_requests 1000000;",  # no visitor asks so often
    }
    with nginx(server.port, server.port, changes=changes) as running:
        children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")

        def workers():
            pids = children.read_text().split()  # those of the cache are no workers
            found = [int(pid) for pid in pids if "worker" in Path(f"/proc/{pid}/cmdline").read_text()]
            return len(found) == os.cpu_count() and found

        yield SimpleNamespace(port=running.tls, workers=until(workers))


def load(sides, connections, rounds, seconds) -> list[dict]:
    """Load pages (server, path) in turns; what tests.benchmarks.load measures of each."""
    described = json.dumps([[server.port, path, server.workers] for server, path in sides])
    arguments = map(str, (described, connections, rounds, seconds))
    command = [sys.executable, "-m", "tests.benchmarks.load", *arguments]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
