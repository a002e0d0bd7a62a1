"""A portal of its own for tests with real processes: its folder, its database, its keys, its servers.

The database is of the kind that the run of the tests uses: a file, or a fresh one on the server of DATABASE_URL.
"""

import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
SET_UP = """
import django
django.setup()
from django.core.management import call_command
from contact.models import SlotRule
call_command("migrate", verbosity=0)
call_command("contact_keys", "create")
for kind in ("callback", "video"):
    SlotRule.objects.create(kind=kind, opening_hours="Mo-Su 10:00-12:00", capacity=1)
"""
LOCK = ("BEGIN", "LOCK TABLE contact_contactrequest IN SHARE MODE") if POSTGRES else ("BEGIN IMMEDIATE",)
TABLES = ("contact_visitormessage", "contact_reply", "contact_note", "contact_contactrequest", "contact_publishedslots")


def until(condition, seconds=120):
    """What `condition` returns once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.02)
    raise AssertionError(f"{condition.__name__} did not come true within {seconds} seconds")


@contextmanager
def new_portal(folder: Path):
    """A portal in an empty folder, with keys and with one seat for each slot."""
    folder.mkdir(exist_ok=True)
    with _database() as url:
        portal = Portal(folder, url)
        portal.python(SET_UP)
        yield portal


@contextmanager
def _database():
    if not POSTGRES:
        yield ""
        return
    name = f"portal_{uuid.uuid4().hex}"
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Portal:
    def __init__(self, folder, database_url):
        self.folder = folder
        self.database_url = database_url
        self.temporary = folder / "tmp"
        self.temporary.mkdir(exist_ok=True)
        (folder / "static").mkdir(exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tests.contact.server_settings",
            "STARKESTELLE_ROLE": "all",
            "VAR_DIR": str(folder),
            "TMPDIR": str(self.temporary),
            "DATABASE_URL": database_url,
            "SECRET_KEY": settings.SECRET_KEY,  # so that the tests can sign tickets
            "ALLOWED_HOSTS": "127.0.0.1",
            "PLAIN_HTTP": "1",
            "OPERATOR_NAME": "Test",
            "OPERATOR_ADDRESS": "Teststraße 1",
            "OPERATOR_EMAIL": "test@example.org",
        }

    def python(self, script, **environment):
        """What a process of the portal prints that runs `script`."""
        return self.run(["-c", script], environment)

    def manage(self, *arguments, **environment):
        return self.run(["manage.py", *arguments], environment)

    def run(self, arguments, environment):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def connection(self):
        """A connection beside those of the portal's processes; a transaction begins with the first statement."""
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                yield connection
        else:
            with closing(sqlite3.connect(self.folder / "starkestelle.sqlite3", isolation_level=None)) as connection:
                yield connection

    def rows(self, statement):
        with self.connection() as connection:
            return connection.execute(statement).fetchall()

    def do(self, statement):
        with self.connection() as connection:
            connection.execute(statement)

    def empty(self):
        for table in TABLES:
            self.do(f"DELETE FROM {table}")

    def bytes_of_tables(self):
        """All that the database's files hold of requests and messages."""
        if not POSTGRES:
            return b"".join(path.read_bytes() for path in sorted(self.folder.glob("starkestelle.sqlite3*")))
        self.do("CHECKPOINT")
        tables = "SELECT * FROM pg_class WHERE relname IN ('contact_contactrequest', 'contact_visitormessage')"
        files = f"""WITH tables AS ({tables}) SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class
            WHERE oid IN (SELECT oid FROM tables UNION SELECT reltoastrelid FROM tables)"""
        return b"".join(content for (content,) in self.rows(files))

    def bytes_of_tables_without(self, text):
        """What the files hold when they do not hold `text` any more.

        SQLite has to let go of it at once. PostgreSQL keeps it while any transaction runs that might see it, even one
        of another test; after that the hourly purge overwrites it.
        """

        def let_go():
            if text.encode() not in self.bytes_of_tables():
                return True
            assert POSTGRES
            self.manage("purge")
            return False

        until(let_go)
        return self.bytes_of_tables()

    @contextmanager
    def locked(self):
        """Nobody can write requests; reading goes on."""
        with self.connection() as connection:
            for statement in LOCK:
                connection.execute(statement)
            yield
            connection.execute("ROLLBACK")

    @contextmanager
    def out_of_reach(self):
        """A stopped server of PostgreSQL, or a file of SQLite that somebody else writes for longer than we wait."""
        if not POSTGRES:
            with self.locked():
                yield
            return
        name = urlsplit(self.database_url).path[1:]
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    @contextmanager
    def serve(self, name="server", **environment):
        output = self.folder / f"{name}.output"
        command = ["gunicorn", "--config", "python:starkestelle.gunicorn_conf", "--bind", "127.0.0.1:0"]
        with (
            output.open("w") as file,
            subprocess.Popen(
                [sys.executable, "-m", *command, "starkestelle.wsgi"],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=file,
                stderr=file,
            ) as process,
        ):
            try:

                def listening():
                    assert process.poll() is None, output.read_text()
                    return re.search(r"Listening at: http://127.0.0.1:(\d+)", output.read_text())

                server = Server(process, int(until(listening)[1]), output)
                until(server.workers)
                yield server
            finally:
                process.send_signal(signal.SIGQUIT)  # at once


class Server:
    def __init__(self, process, port, output=None):
        self.process = process
        self.port = port
        self.output = output  # the file with all that its processes say

    def ask(self, method, path, data=None, source="127.0.0.1", patience=300, **headers):
        """(status, text) of the answer to a request from one of this machine's many addresses.

        Raises TimeoutError after `patience` seconds without a sign of life, and hangs up.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience, source_address=(source, 0))
        with closing(connection):
            headers = {
                "Connection": "close",  # when we hang up just as SIGQUIT comes, a worker waits for itself for ever
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
                **headers,
            }
            connection.request(method, path, urlencode(data or {}, doseq=True) if method == "POST" else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, data, **more):
        return self.ask("POST", path, data, **more)

    def free_slots(self, kind="callback"):
        page = self.get({"callback": "/kontakt/rueckruf/", "video": "/kontakt/video/"}[kind])[1]
        return re.findall(r'name="slot" value="([^"]+)"', unescape(page))

    def workers(self):
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in task.read_text().split()]

    def computing_time(self):
        """Of all workers, in hundredths of a second."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.workers()]
        return sum(int(stat[11]) for stat in stats)

    def kill_workers(self):
        """As the kernel kills: without a last word."""
        killed = self.workers()
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

        def replaced():
            workers = self.workers()
            return workers and not set(workers) & set(killed)

        until(replaced)


def all_at_once(calls):
    """The results of functions that are called at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]
