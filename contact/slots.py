"""Which appointments there are, which of them are free, and who gets a seat."""

from datetime import UTC, date, datetime, time, timedelta

import holidays
from django.conf import settings
from django.db import IntegrityError, transaction

from contact.models import Closure, ContactRequest, PublishedSlots, SlotRule
from directory import opening
from directory.opening import BERLIN

LENGTH = timedelta(minutes=30)
LEAD = timedelta(hours=2)
AHEAD = timedelta(days=14)
QUARTER = timedelta(minutes=15)
MOST_NEAREST = 4


class SlotTaken(Exception):
    """Somebody else got the last seat, or the slot is not offered any more."""


class AlreadyReceived(Exception):
    """The same code arrived before: a double click or a repeated sending. Nothing was stored twice."""


def offered(rule: SlotRule, now: datetime) -> list[datetime]:
    """All slots of a rule that may be booked at `now`, free or not, as UTC times."""
    first, last = ((now + ahead).astimezone(BERLIN).date() for ahead in (LEAD, AHEAD))
    closures = list(Closure.objects.filter(last_day__gte=first, first_day__lte=last))
    free_days = holidays.country_holidays("DE", subdiv=settings.OFFICE_STATE, years={first.year, last.year})
    hours = opening.parse(rule.opening_hours)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        slot
        for day in days
        if day not in free_days and not any(closure.first_day <= day <= closure.last_day for closure in closures)
        for slot in _of_day(hours, day)
        if now + LEAD <= slot <= now + AHEAD
    ]


def _of_day(hours, day: date):
    """The half hours of a day in Berlin during all of which the office is open, whatever the clocks do that day."""
    moment, end = (datetime.combine(each, time(), BERLIN).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    while moment < end:
        local = moment.astimezone(BERLIN)
        closes = opening.next_change(hours, local)
        if hours.is_open(local) and (closes is None or closes.astimezone(UTC) >= moment + LENGTH):
            yield moment
        moment += LENGTH


def free(rule: SlotRule, now: datetime) -> list[datetime]:
    """The slots that have a seat for visitors at this very moment."""
    slots = offered(rule, now)
    taken = _taken(rule.kind, slots)
    return [slot for slot in slots if set(_public_seats(rule)) - taken.get(slot, set())]


def _public_seats(rule):
    """The seats kept back for those who call come last."""
    return range(1, rule.capacity - rule.kept_back + 1)


def _taken(kind, slots):
    taken = {}
    rows = ContactRequest.objects.filter(kind=kind, slot__in=slots).values_list("slot", "seat")
    for slot, seat in rows:
        taken.setdefault(slot, set()).add(seat)
    return taken


def quarter_of(now: datetime) -> datetime:
    """The beginning of the quarter of an hour."""
    return datetime.fromtimestamp(now.timestamp() // QUARTER.total_seconds() * QUARTER.total_seconds(), UTC)


def published(kind: str, now: datetime) -> list[datetime]:
    """What visitors are shown as free: it changes with the quarter of an hour only, and is the same in every worker."""
    quarter = quarter_of(now)
    row = PublishedSlots.objects.filter(kind=kind, quarter=quarter).first() or _publish(kind, quarter)
    slots = [datetime.fromisoformat(text) for text in row.slots]
    return [slot for slot in slots if slot >= now + LEAD]


def _publish(kind, quarter):
    rule = SlotRule.objects.filter(kind=kind).first()
    slots = [slot.isoformat() for slot in free(rule, quarter)] if rule else []
    with transaction.atomic():
        PublishedSlots.objects.filter(kind=kind, quarter__lt=quarter).delete()
        PublishedSlots.objects.bulk_create(
            [PublishedSlots(kind=kind, quarter=quarter, slots=slots)], ignore_conflicts=True
        )
    # a worker that is a quarter of an hour ahead may have deleted it again
    published = PublishedSlots.objects.filter(kind=kind, quarter=quarter).first()
    return published or PublishedSlots(kind=kind, quarter=quarter, slots=slots)


def nearest(slots: list[datetime], wanted: datetime) -> list[datetime]:
    """The free slots closest to one that is taken."""
    return sorted(sorted(slots, key=lambda slot: abs(slot - wanted))[:MOST_NEAREST])


def book(request: ContactRequest, slot: datetime, now: datetime, by_staff: bool = False) -> None:
    """Save `request` with a seat of the slot, in one transaction. The database's UNIQUE constraints decide.

    Raises SlotTaken, or AlreadyReceived when the request's code is known.
    """
    rule = SlotRule.objects.filter(kind=request.kind).first()
    if rule is None or slot not in offered(rule, now):
        raise SlotTaken
    seats = range(1, rule.capacity + 1) if by_staff else _public_seats(rule)
    is_new = request._state.adding
    for seat in sorted(set(seats) - _taken(request.kind, [slot]).get(slot, set())):
        request.slot, request.seat = slot, seat
        try:
            with transaction.atomic():
                # an old request's other fields may be older than what a colleague has just written
                request.save(force_insert=is_new, update_fields=None if is_new else ["slot", "seat", "status"])
                return
        except IntegrityError:
            if is_new and ContactRequest.objects.filter(lookup_id=request.lookup_id).exists():
                raise AlreadyReceived from None
    if is_new and ContactRequest.objects.filter(lookup_id=request.lookup_id).exists():
        raise AlreadyReceived
    raise SlotTaken
