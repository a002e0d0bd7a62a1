"""The edition: every file of one version of the directory, written in one pass over one record."""

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from directory import catalogue
from directory.opendata import hsds, jsonl, tables
from directory.opendata.files import FileInMaking, KeptFile
from directory.opendata.record import offer_records, vocabulary

FORMAT = 1  # raise it when a file, a column or a key changes its meaning


@dataclass(frozen=True)
class Edition:
    number: int  # of the catalogue
    changed_at: datetime | None  # the newest change of a published offer
    files: dict[str, KeptFile]
    rows: dict[str, int]  # file → how many

    @property
    def version(self) -> str:
        return f"{FORMAT}.{self.number}"


def build(number: int) -> Edition:
    """Version `number`, or what came meanwhile; then the next poll brings a new number and a new edition."""
    built = datetime.now(UTC)
    making = {table.file: FileInMaking(table.file, tables.CONTENT_TYPE) for table in tables.TABLES}
    for table in tables.TABLES:
        making[table.file].write(table.header())
    making[jsonl.FILE] = FileInMaking(jsonl.FILE, jsonl.CONTENT_TYPE)
    words = vocabulary()
    made = hsds.Hsds(words)
    making[hsds.FILE] = FileInMaking(hsds.FILE, hsds.CONTENT_TYPE)
    making[hsds.FILE].write(hsds.head(made))
    rows = Counter(dict.fromkeys(making, 0))
    newest = ""

    def write(data, of_offers):
        for table in tables.TABLES:
            if table.of_offers is of_offers:
                for row in table.rows(data):
                    making[table.file].write(table.line(row))
                    rows[table.file] += 1

    for offer in offer_records():
        making[jsonl.FILE].write(jsonl.line(offer))
        making[hsds.FILE].write(hsds.line(made.service(offer), first=not rows[hsds.FILE]))
        rows[jsonl.FILE] += 1
        rows[hsds.FILE] += 1
        write(offer, of_offers=True)
        newest = max(newest, offer["updated_at"])
    write(words, of_offers=False)
    making[hsds.FILE].write(hsds.TAIL)
    # Last-Modified is the moment of writing: an offer that ended leaves no newer date behind
    files = {name: each.done(built) for name, each in making.items()}
    return Edition(number, datetime.fromisoformat(newest) if newest else None, files, dict(rows))


class _Holder:
    """The worker's edition: one thread writes the next one while the others go on with the old."""

    def __init__(self):
        self.edition = None
        self.lock = threading.Lock()

    def current(self) -> Edition:
        number = catalogue.current().version
        held = self.edition
        if held is not None and held.number == number:
            return held
        if not self.lock.acquire(blocking=held is None):
            return held
        try:
            if self.edition is held:  # nobody else wrote it while we waited
                self.edition = build(number)
            return self.edition
        finally:
            self.lock.release()

    def forget(self) -> None:
        self.edition = None


_holder = _Holder()
current = _holder.current
forget = _holder.forget
