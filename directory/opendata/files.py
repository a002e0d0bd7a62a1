"""Files that are made once and sent many times: packed once they are written, without a name on the disk.

Flat in memory however large they are, and gone with the process (docs/decisions/0013-open-data.md says why).
"""

import gzip
import os
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from time import monotonic

import brotli

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
    modified: datetime
    sha256: str  # of the plain bytes, in hexadecimal
    sizes: dict[str, int]  # encoding → bytes; "" is the plain file
    descriptors: dict[str, int]  # encoding → open file

    def __del__(self):
        for descriptor in self.descriptors.values():
            os.close(descriptor)

    @property
    def size(self) -> int:
        return self.sizes[""]

    def pieces(self, encoding: str = "") -> "Pieces":
        """Raises Busy."""
        return Pieces(self, encoding)

    def read(self, encoding: str = "") -> bytes:
        """All of a file that is known to be small."""
        return os.pread(self.descriptors[encoding], self.sizes[encoding], 0)


class Pieces:
    """The bytes for one client. Holds one of the places until it is closed."""

    def __init__(self, file: KeptFile, encoding: str):
        self.open = _places.acquire(blocking=False)
        if not self.open:
            raise Busy
        self.file = file  # which closes its descriptors when nobody holds it any more
        self.at = file.descriptors[encoding]
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

    def close(self) -> None:
        if self.open:
            self.open = False
            _places.release()

    __del__ = close


class FileInMaking:
    """Takes a file as it comes; packed at the end, so that the packers of ten files never live at once (30 MB)."""

    def __init__(self, name: str, content_type: str):
        self.name = name
        self.content_type = content_type
        self.plain = TemporaryFile()  # noqa: SIM115 - done() closes it
        self.checksum = sha256()

    def write(self, part: bytes) -> None:
        self.checksum.update(part)
        self.plain.write(part)

    def done(self, modified: datetime) -> KeptFile:
        sizes, descriptors = {}, {}
        with self.plain, TemporaryFile() as packed, TemporaryFile() as zipped:
            self._pack(packed, zipped)
            for encoding, handle in {"": self.plain, "br": packed, "gzip": zipped}.items():
                handle.flush()
                sizes[encoding] = handle.tell()
                descriptors[encoding] = os.dup(handle.fileno())
        return KeptFile(self.name, self.content_type, modified, self.checksum.hexdigest(), sizes, descriptors)

    def _pack(self, packed, zipped):
        self.plain.seek(0)
        compressor = brotli.Compressor(quality=5)
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=zipped, mtime=0) as gzipped:
            while piece := self.plain.read(PIECE):
                packed.write(compressor.process(piece))
                gzipped.write(piece)
        packed.write(compressor.finish())
