"""Plain functions that make rows and what visitors send. What a test does not name gets a sensible value."""

import uuid
from datetime import UTC, datetime
from functools import lru_cache

from django.core import signing

from contact import sealing, tickets
from contact.models import ContactRequest, Reply, SlotRule
from directory.opening import BERLIN

CODE = "123456789012345678901234"  # the last digit checks the others
OTHER_CODE = "987654321098765432109872"
WAYS = {"callback": "/kontakt/rueckruf/", "video": "/kontakt/video/"}
SLOT, NEXT = (datetime(2026, 11, 24, 14, minute, tzinfo=BERLIN).astimezone(UTC) for minute in (0, 30))  # by `clock`

derive = lru_cache(sealing.derive)  # once for each code: it is slow on purpose


def make_rule(kind="callback", **fields):
    """Two seats at each of four slots every working day."""
    return SlotRule.objects.create(**{"kind": kind, "opening_hours": "Mo-Fr 14:00-16:00", "capacity": 2, **fields})


def make_row(**fields):
    """A stored request of which nobody reads the words."""
    return ContactRequest.objects.create(
        **{
            "kind": "callback",
            "codename": "Blauer Leuchtturm",
            "lookup_id": uuid.uuid4().hex,
            "reply_public_key": b"",
            "kid": "none",
            "content": b"",
            "content_spare": b"",
            **fields,
        }
    )


def make_request(code=CODE, content=None, phone=None, **fields):
    """A stored request, sealed as the portal does it."""
    derived = derive(code)
    pk = uuid.uuid4()
    sealed = sealing.seal(pk, content or {"name": "", "threats": [], "state": "", "message": "Bitte rufen Sie an."})
    if phone:
        boxes = sealing.seal(pk, phone, sealing.PHONE_SIZE)
        fields |= {"phone": boxes.box, "phone_spare": boxes.spare_box}
    return make_row(
        pk=pk,
        lookup_id=derived.lookup_id,
        reply_public_key=derived.reply_key.public_key.encode(),
        kid=sealed.kid,
        content=sealed.box,
        content_spare=sealed.spare_box,
        **fields,
    )


def make_reply(request, message="Wir rufen Sie an."):
    box = sealing.seal_reply(request.kid, request.reply_public_key, request.lookup_id, {"message": message})
    return Reply.objects.create(request=request, kid=request.kid, box=box)


def make_ticket(kind="callback", code=CODE, age=60):
    """A ticket that the portal handed out `age` seconds ago, by the clock of contact.tickets."""
    content = {"code": code, "kind": kind, "at": int(tickets.time.time()) - age}
    return signing.dumps(content, salt=tickets.SALT)


def answers(kind="callback", code=CODE, **changes):
    """What a browser sends when the booking form is filled in; None leaves a field out."""
    sent = {"slot": SLOT.isoformat(), "consent": "on", "ticket": make_ticket(kind, code), "step": "send", "noted": "on"}
    if kind == "callback":
        sent |= {"way": "team", "number": "030 25208838"}
    return {name: value for name, value in (sent | changes).items() if value is not None}
