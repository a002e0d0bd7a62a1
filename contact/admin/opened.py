"""A request as a colleague reads it: its boxes opened, each one or the reason why it stays shut."""

import logging
import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.models import User

from contact import keyring, sealing
from contact.forms import CallbackForm, readable
from contact.models import ContactRequest, VisitorMessage
from directory import catalogue, phone_numbers

logger = logging.getLogger(__name__)

REQUEST = {"name": str, "threats": list, "state": str, "message": str}
PHONE = {"number": str, "line": str, "pickup": str, "voicemail": bool, "phrase": str, "reminder": str}
MESSAGE = {"message": str}
NOTE = {"note": str, "reply": str, "room": str}
CANONICAL_NUMBER = re.compile(r"\+?[0-9]{3,15}")
ROOM = re.compile(r"[0-9a-f]{32}")
LINES = dict(CallbackForm.base_fields["line"].choices)


@dataclass(frozen=True)
class Box:
    """What was in a box, or why it cannot be opened. Nothing of a box with a problem is known."""

    content: dict
    problem: str = ""
    day: date | None = None
    author: User | None = None

    @property
    def words(self) -> str:
        return next(filter(None, map(self.content.get, ("message", "reply", "note"))), "")


@dataclass(frozen=True)
class Opened:
    content: Box
    phone: Box | None  # None: no number was given, or it is erased
    messages: list[Box]
    notes: list[Box]  # and copies of replies
    room: str  # address of a video talk
    rows: list[VisitorMessage]

    @property
    def is_readable(self) -> bool:
        """Whether there is anything to read."""
        boxes = [self.content, *([self.phone] if self.phone else []), *self.messages, *self.notes]
        return any(not box.problem for box in boxes)


def open_boxes(request: ContactRequest) -> Opened:
    rows = list(request.messages.all())
    notes = [_note(request, row) for row in request.notes.select_related("author")]
    rooms = [box.content["room"] for box in notes if ROOM.fullmatch(box.content.get("room", ""))]
    return Opened(
        content=_named(_open(request, request.kid, request.content, REQUEST)),
        phone=_phone(request) if request.phone else None,
        messages=[_open(request, row.kid, row.content, MESSAGE, day=row.created_on) for row in rows],
        notes=[box for box in notes if not box.content.get("room")],
        room=f"{settings.VIDEO_CALL_BASE_URL}/{rooms[-1]}" if rooms and settings.VIDEO_CALL_BASE_URL else "",
        rows=rows,
    )


def _note(request, row):
    return _open(request, row.kid, row.content, NOTE, day=row.created_on, author=row.author)


def _phone(request):
    box = _open(request, request.kid, request.phone, PHONE, sealing.PHONE_SIZE)
    if box.problem:
        return box
    if not CANONICAL_NUMBER.fullmatch(box.content["number"]):
        return _shut(request, "die Angaben sind keine Telefonnummer")
    content = {
        **box.content,
        "display": phone_numbers.display(box.content["number"]),
        "line": LINES.get(box.content["line"], "") if box.content["line"] else "",
    }
    return Box(content)


def _named(box):
    """Names in place of slugs."""
    if box.problem:
        return box
    current = catalogue.current()
    states = {area.slug: area.name for area in current.states}
    threats = [current.threat_types[slug].name for slug in box.content["threats"] if slug in current.threat_types]
    return Box({**box.content, "threats": threats, "state": states.get(box.content["state"], "")})


def _open(request, kid, box, fields, size=sealing.CONTENT_SIZE, **about):
    """Only `fields`, of the right type and without control characters: whoever has the public key can seal anything."""
    try:
        content = sealing.unseal(request.pk, kid, box, size)
        return Box({name: _checked(content.get(name, of()), of) for name, of in fields.items()}, **about)
    except sealing.Unreadable as error:
        if isinstance(error.__cause__, keyring.KeyMissing):
            return _shut(request, f"der Schlüssel {kid} ist nicht hier", **about)
        return _shut(request, "beschädigt, vertauscht oder nicht von unserer Seite", **about)


def _checked(value, of):
    if not isinstance(value, of):
        raise sealing.Unreadable
    if of is list:
        return [_checked(each, str) for each in value]
    return readable(value) if of is str else value


def _shut(request, reason, **about):
    logger.warning("A box of request %s cannot be opened: %s", request.pk, reason)
    return Box({}, reason, **about)
