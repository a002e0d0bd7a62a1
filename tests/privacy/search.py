"""Looking for a text in everything that the portal and its database have written, in every coding."""

import os
import re
import stat
from base64 import b64encode, urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests.contact.portal import POSTGRES


def spellings(mark: str | bytes) -> list[bytes]:
    """The bytes of a text, or of a key, in every coding in which it could lie in a file."""
    data = mark if isinstance(mark, bytes) else mark.encode()
    found = [data, data.hex().encode()]
    if isinstance(mark, str):
        found += [mark.encode("utf-16-le"), mark.encode("utf-16-be"), mark.encode("ascii", "backslashreplace")]
        found += [quote(mark).encode(), quote_plus(mark).encode()]
    for before in range(3):  # where in a group of three bytes the text begins
        for encode in (b64encode, urlsafe_b64encode):
            first, last = (before * 8 + 5) // 6, (before + len(data)) * 8 // 6
            found.append(encode(bytes(before) + data + bytes(2))[first:last])
    return list(dict.fromkeys(found))


def kept_files(portal, since: float) -> dict[str, bytes]:
    """Path → content of everything the portal has written, and of what the database server has."""
    folders = [portal.folder]
    if POSTGRES:
        portal.do("CHECKPOINT")
        directory, database = portal.rows(
            "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        )[0]
        folders += [Path(directory, name) for name in ("pg_wal", "log", f"base/{database}")]
    found = {}
    for path in (path for folder in folders for path in folder.rglob("*")):
        with suppress(FileNotFoundError):  # the database server tidies up
            if path.is_file() and path.stat().st_mtime >= since:
                found[str(path)] = path.read_bytes()
    return found


def open_files(server) -> dict[str, bytes]:
    """What the server's processes hold open for writing, files without a name too."""
    found = {}
    for pid in [server.process.pid, *server.workers()]:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                flags = int(Path(f"/proc/{pid}/fdinfo/{link.name}").read_text().split()[3], 8)
                if stat.S_ISREG(link.stat().st_mode) and flags & os.O_ACCMODE != os.O_RDONLY:
                    found[f"{link.readlink()} of process {pid}"] = link.read_bytes()
    return found


def found_in(files: dict[str, bytes], marks: dict[str, str | bytes]) -> list[tuple[str, str]]:
    """(what, where) of every mark that lies in a file. `marks`: what it is → the text."""
    sought = {what: spellings(mark) for what, mark in marks.items()}
    found = []
    for path, content in files.items():
        content = re.sub(rb"\0{64,}", b"\0", content)  # half of a database is empty
        found += [(what, path) for what, each in sought.items() if any(spelling in content for spelling in each)]
    return found
