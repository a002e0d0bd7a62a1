"""What visitors were told, against what the team finds."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import NamedTuple

CODES_AT_ONCE = 250  # of one process that derives

FIND_ROWS = """
import json, django
django.setup()
from contact import sealing
from contact.models import ContactRequest
for row in ContactRequest.objects.iterator():
    words = [sealing.unseal(row.id, row.kid, row.content)]
    if row.phone:
        words.append(sealing.unseal(row.id, row.kid, row.phone, sealing.PHONE_SIZE))
    found = [row.lookup_id, bytes(row.reply_public_key).hex(), row.codename, row.kind, row.slot.isoformat()]
    print(json.dumps([*found, json.dumps(words), row.seat]))
"""
DERIVE = """
import django
django.setup()
from contact.sealing import derive
for code in {codes}:
    derived = derive(code)
    print(derived.lookup_id, bytes(derived.reply_key.public_key).hex())
"""


class Row(NamedTuple):
    """A request as the team finds it, or as its visitor must be sure it is."""

    lookup_id: str
    reply_key: str
    codename: str
    kind: str
    slot: str
    words: str
    seat: int | None = None  # visitors are not told


def expected_rows(portal, visitors) -> list[Row]:
    """What must be there of those who were told so; Argon2id takes its time again."""
    confirmed = [visitor for visitor in visitors if visitor.codename]
    codes = [visitor.code.replace(" ", "") for visitor in confirmed]
    chunks = [codes[start : start + CODES_AT_ONCE] for start in range(0, len(codes), CODES_AT_ONCE)]
    with ThreadPoolExecutor(cpu_count()) as pool:
        lines = "".join(pool.map(lambda chunk: portal.python(DERIVE.format(codes=chunk)), chunks)).splitlines()
    return [visitor.expected(*line.split()) for visitor, line in zip(confirmed, lines, strict=True)]


def stored_rows(portal) -> list[Row]:
    return [Row(*json.loads(line)) for line in portal.python(FIND_ROWS).splitlines()]


def compare(expected: list[Row], stored: list[Row]) -> tuple[list[Row], list[Row]]:
    """(lost, doubled): what is not there exactly as it was confirmed; any more than that, and seats sold again."""
    sent, found = Counter(expected), Counter(row._replace(seat=None) for row in stored)
    seats = Counter((row.kind, row.slot, row.seat) for row in stored)
    sold_again = [row for row in stored if seats[row.kind, row.slot, row.seat] > 1]
    return list((sent - found).elements()), list((found - sent).elements()) + sold_again
