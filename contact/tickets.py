"""The signed ticket of a form: it carries the receipt code, and says when the form was handed out.

A form without a receipt code takes it as a number that is used once.
"""

import time

from django.core import signing

from contact import sealing

SALT = "contact.ticket"
YOUNGEST, OLDEST = 4, 2 * 3600  # seconds: nobody fills in a form faster, nobody needs longer


class BadTicket(Exception):
    """Altered, forged, or for another form."""

    advice = "Bitte senden Sie das Formular noch einmal. Ihre Angaben stehen noch da."


class TooYoung(BadTicket):
    """Sent back faster than a person can."""

    advice = "Das ging sehr schnell. Bitte prüfen Sie Ihre Angaben und senden Sie noch einmal."


class TooOld(BadTicket):
    """The form lay open too long."""

    advice = "Die Seite war lange offen. Bitte prüfen Sie Ihre Angaben noch einmal."


def issue(kind: str) -> str:
    return signing.dumps({"code": sealing.new_code(), "kind": kind, "at": int(time.time())}, salt=SALT)


def renew(ticket: str, kind: str) -> str:
    """A fresh ticket with the code of one that is too old, so that a code that was noted stays right."""
    content = _content(ticket, kind)
    return signing.dumps({**content, "at": int(time.time()) - YOUNGEST}, salt=SALT)


def code_of(ticket: str, kind: str) -> str:
    """The receipt code; raises BadTicket, TooYoung or TooOld."""
    content = _content(ticket, kind)
    age = time.time() - content["at"]
    if age < YOUNGEST:
        raise TooYoung
    if age > OLDEST:
        raise TooOld
    return content["code"]


def instead_of(ticket: str, kind: str, refusal: BadTicket) -> str:
    """What a form that was refused is handed out with again."""
    if isinstance(refusal, TooYoung):
        return ticket
    return renew(ticket, kind) if isinstance(refusal, TooOld) else issue(kind)


def _content(ticket, kind):
    try:
        content = signing.loads(ticket, salt=SALT)
    except signing.BadSignature as error:
        raise BadTicket from error
    if content.get("kind") != kind:
        raise BadTicket
    return content
