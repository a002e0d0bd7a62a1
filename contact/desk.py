"""What the team does with a request.

Every deed locks the request, asks whether it still is as the colleague saw it and whether its state allows the deed,
and writes its line of the audit, all in one transaction: two colleagues never undo each other without a word, and a
double click does nothing twice.
"""

import secrets
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from contact import retention, sealing, slots
from contact.forms import slot_label
from contact.models import AuditEntry, CallAttempt, ContactRequest, Kind, Note, Reply, SlotRule, VisitorMessage

Action = AuditEntry.Action
Status = ContactRequest.Status
OPEN = ContactRequest.OPEN
POSSIBLE = {  # in which states; is_possible() has the rest
    Action.CONFIRMED: (Status.NEW, Status.WAITING),
    Action.MOVED: OPEN,
    Action.REPLIED: (*OPEN, Status.DONE),
    Action.NOTED: tuple(Status),
    Action.ATTEMPTED: OPEN,
    Action.HANDED_OVER: OPEN,
    Action.CLOSED: OPEN,
    Action.DELETED: tuple(Status),
}
MOST_ATTEMPTS = 3  # calls of ours; who wanted to call or to come is missed once
TRIES = Count("attempts", filter=Q(attempts__created_on__gte=TruncDate("slot")))  # a new day's slot begins anew

CHANGED = "Inzwischen hat sich hier etwas geändert. Bitte lesen Sie nach, und senden Sie dann noch einmal."

# what visitors read with their code
NOT_REACHED = (
    "Wir haben Sie zum Termin dreimal nicht erreicht. Das macht nichts: Wählen Sie hier einen anderen Termin, oder "
    "schreiben Sie uns. Anrufen können Sie uns auch ohne Termin."
)
NOT_THERE = (
    "Zum Termin haben wir nichts von Ihnen gehört. Das macht nichts: Wählen Sie hier einen anderen Termin, oder "
    "schreiben Sie uns. Anrufen können Sie uns auch ohne Termin."
)
MOVED = "Ihr Termin ist verlegt: {slot}."
PROPOSED = (
    "Unser Vorschlag für einen neuen Termin: {slot}. Der Platz ist für Sie reserviert. Passt er nicht, wählen Sie hier "
    "einen anderen, oder schreiben Sie uns."
)


class Refused(Exception):
    """Nothing was done; the text tells the colleague why."""


class Gone(Exception):
    """The request is deleted, by a colleague or by its visitor."""


def fingerprint(request: ContactRequest) -> str:
    """How a request looks at this moment. It changes with everything that anybody does with it, the visitor too."""
    related = (request.messages, request.replies, request.notes, request.attempts)
    slot = request.slot.timestamp() if request.slot else None
    parts = (request.status, slot, request.handler_id, request.video_room is not None, *(r.count() for r in related))
    return " ".join(str(part) for part in parts)


def tries(request: ContactRequest) -> int:
    """How often nobody was reached for the slot that the request has now."""
    return ContactRequest.objects.filter(pk=request.pk).aggregate(tries=TRIES)["tries"]


def most_tries(request: ContactRequest) -> int:
    return MOST_ATTEMPTS if request.phone else 1


def is_possible(request: ContactRequest, action: Action, now: datetime) -> bool:
    if request.status not in POSSIBLE[action]:
        return False
    if action == Action.CONFIRMED:
        return request.slot is not None and now < request.slot + slots.LENGTH
    if action == Action.ATTEMPTED:
        return request.slot is not None and request.slot <= now and tries(request) < most_tries(request)
    return True


def free_slots(request: ContactRequest, now: datetime) -> list[datetime]:
    """The slots in which the team can give the request a seat, the ones kept back as well, and its own slot."""
    rule = SlotRule.objects.filter(kind=request.kind).first()
    offered = slots.offered(rule, now) if rule else []
    others = ContactRequest.objects.filter(kind=request.kind, slot__in=offered).exclude(pk=request.pk)
    sold = others.order_by().values("slot").annotate(seats=Count("pk"))
    full = {each["slot"] for each in sold if each["seats"] >= rule.capacity}
    return [slot for slot in offered if slot not in full]


def colleagues() -> QuerySet[User]:
    """Those to whom a request can be handed over."""
    staff = User.objects.with_perm("contact.change_contactrequest", include_superusers=False)
    return staff.filter(is_staff=True).order_by("first_name", "last_name", "username")


@contextmanager
def _deed(pk: UUID, action: Action, user: User, seen: str):
    """The locked request, for one change. Raises Gone or Refused (then nothing is changed)."""
    with transaction.atomic():
        request = ContactRequest.objects.select_for_update().filter(pk=pk).first()
        if request is None:
            raise Gone
        if fingerprint(request) != seen:
            raise Refused(CHANGED)
        if not is_possible(request, action, timezone.now()):
            raise Refused("Das geht in diesem Stand nicht.")
        yield request
        AuditEntry.objects.create(user=user, action=action, request_id=pk)


def open_for(request: ContactRequest, user: User, messages: Iterable[VisitorMessage]) -> None:
    """Note that a colleague is about to read a request and these messages of its visitor."""
    with transaction.atomic():
        request.messages.filter(pk__in=[message.pk for message in messages]).update(is_read=True)
        AuditEntry.objects.create(user=user, action=Action.OPENED, request_id=request.pk)


def confirm(pk: UUID, user: User, seen: str) -> None:
    """The talk will take place, with the colleague who confirms if nobody has the request yet."""
    with _deed(pk, Action.CONFIRMED, user, seen) as request:
        _agree(request, user)
        request.handler_id = request.handler_id or user.pk
        request.save(update_fields=["status", "video_room", "handler"])


def move(pk: UUID, user: User, seen: str, slot: datetime, is_agreed: bool) -> None:
    """Another slot: agreed with the visitor, or proposed and reserved until the visitor answers."""
    with _deed(pk, Action.MOVED, user, seen) as request:
        if slot == request.slot:
            raise Refused("Diesen Termin hat das Anliegen schon.")
        request.status = Status.WAITING
        try:
            slots.book(request, slot, timezone.now(), by_staff=True)
        except slots.SlotTaken:
            raise Refused("Dieser Termin ist gerade vergeben worden. Der bisherige gilt weiter.") from None
        if is_agreed:
            _agree(request, user)
            request.save(update_fields=["status", "video_room"])
        _tell(request, user, (MOVED if is_agreed else PROPOSED).format(slot=slot_label(slot)))


def reply(pk: UUID, user: User, seen: str, text: str) -> None:
    with _deed(pk, Action.REPLIED, user, seen) as request:
        _tell(request, user, text)


def note(pk: UUID, user: User, seen: str, text: str) -> None:
    with _deed(pk, Action.NOTED, user, seen) as request:
        _keep(request, user, {"note": text})


def attempt(pk: UUID, user: User, seen: str) -> None:
    """Nobody was reached. The last time the visitor is asked for another slot."""
    with _deed(pk, Action.ATTEMPTED, user, seen) as request:
        CallAttempt.objects.create(request=request)
        if tries(request) < most_tries(request):
            return
        request.status = Status.WAITING
        request.save(update_fields=["status"])
        _tell(request, user, NOT_REACHED if request.phone else NOT_THERE)


def hand_over(pk: UUID, user: User, seen: str, handler: User | None) -> None:
    with _deed(pk, Action.HANDED_OVER, user, seen) as request:
        request.handler = handler
        request.save(update_fields=["handler"])


def close(pk: UUID, user: User, seen: str) -> None:
    """The talk is over: the number goes now, the rest a week later."""
    with _deed(pk, Action.CLOSED, user, seen) as request:
        retention.close(request, Status.DONE)


def delete(pk: UUID, user: User, seen: str) -> None:
    """Everything goes now; the lines of the audit stay."""
    with _deed(pk, Action.DELETED, user, seen) as request:
        retention.delete(request)


def _agree(request, user):
    """The caller saves."""
    request.status = Status.CONFIRMED
    if request.kind == Kind.VIDEO and request.video_room is None:
        room = secrets.token_hex(16)
        request.video_room = _sealed_for_visitor(request, {"room": room})
        _keep(request, user, {"room": room})


def _tell(request, user, text):
    """Write to the visitor. Only the code opens the reply, so the team keeps a copy."""
    Reply.objects.create(request=request, kid=request.kid, box=_sealed_for_visitor(request, {"message": text}))
    _keep(request, user, {"reply": text})


def _sealed_for_visitor(request, content):
    return sealing.seal_reply(request.kid, request.reply_public_key, request.lookup_id, content)


def _keep(request, user, content):
    sealed = sealing.seal(request.pk, content)
    Note.objects.create(
        request=request, author=user, kid=sealed.kid, content=sealed.box, content_spare=sealed.spare_box
    )
