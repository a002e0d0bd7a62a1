"""Files that are made once and sent many times: packed while they are written, without a name on the disk.

Flat in memory however large they are, and gone with the process (docs/decisions/0013-open-data-files.md says why).
"""

import gzip
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from time import monotonic

import brotli
from django.conf import settings

PIECE = 64 * 1024  # bytes
AT_ONCE = 2  # downloads of kept files in a worker of four threads: the finder always keeps some for itself
SLOWEST = 20_000  # bytes a second on average; who is slower is cut off after
PATIENCE = 30  # seconds

_places = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """As many downloads as allowed are under way."""


@dataclass(frozen=True)
class KeptFile:
    name: str
    content_type: str
    modified: datetime | None
    sha256: str  # of the plain bytes, in hexadecimal
    sizes: dict[str, int]  # encoding → bytes; "" is the plain file
    handles: dict[str, object]

    def __del__(self):
        for handle in self.handles.values():
            handle.close()

    @property
    def size(self) -> int:
        return self.sizes[""]

    def pieces(self, encoding: str = "") -> "Pieces":
        """Raises Busy."""
        return Pieces(self, encoding)

    def read(self) -> bytes:
        """The plain bytes, of a file known to be small."""
        return os.pread(self.handles[""].fileno(), self.size, 0)


class Pieces:
    """The bytes for one client. Holds one of the places until it is closed."""

    def __init__(self, file: KeptFile, encoding: str):
        self.open = _places.acquire(blocking=False)
        if not self.open:
            raise Busy
        self.file = file  # which closes its handles when nobody holds it any more
        self.at = file.handles[encoding].fileno()
        self.sent = 0
        self.since = monotonic()

    def __iter__(self):
        return self

    def __next__(self):
        if monotonic() - self.since > PATIENCE + self.sent / SLOWEST:
            raise TimeoutError("A client took its download too slowly")
        piece = os.pread(self.at, PIECE, self.sent)
        if not piece:
            self.close()
            raise StopIteration
        self.sent += len(piece)
        return piece

    def close(self):
        if self.open:
            self.open = False
            _places.release()

    __del__ = close


def keep(name: str, content_type: str, parts: Iterable[bytes], modified: datetime | None = None) -> KeptFile:
    """Write `parts` as they come: plain, gzip and brotli."""
    settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    handles = {encoding: TemporaryFile(dir=settings.VAR_DIR) for encoding in ("", "br", "gzip")}  # noqa: SIM115 - kept open
    plain, packed = handles[""], brotli.Compressor(quality=5)
    checksum = sha256()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=handles["gzip"], mtime=0) as zipped:
        for part in parts:
            checksum.update(part)
            plain.write(part)
            zipped.write(part)
            handles["br"].write(packed.process(part))
        handles["br"].write(packed.finish())
    sizes = {}
    for encoding, handle in handles.items():
        handle.flush()
        sizes[encoding] = os.fstat(handle.fileno()).st_size
    return KeptFile(name, content_type, modified, checksum.hexdigest(), sizes, handles)
