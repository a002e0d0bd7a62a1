"""The order of the day: what is overdue, what comes next, who has it, and how full the days are."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.utils.formats import date_format

from contact import desk, slots
from contact.models import ContactRequest, Kind, SlotRule, VisitorMessage
from directory.opening import BERLIN

OVERDUE, PLANNED, WITHOUT_SLOT, UNANSWERED, CLOSED = range(5)  # from top to bottom
PLACES = {WITHOUT_SLOT: "Ohne Termin", UNANSWERED: "Wir warten auf Antwort", CLOSED: "Abgeschlossen"}
SEALED = ("content", "content_spare", "phone", "phone_spare", "video_room")
DAYS_SHOWN = 3


def in_order(requests: QuerySet, now: datetime) -> QuerySet:
    """The requests as the desk shows them, with what it shows of them and nothing sealed."""
    begun = now - slots.LENGTH
    place = Case(
        When(~Q(status__in=ContactRequest.OPEN), then=CLOSED),
        When(slot=None, then=WITHOUT_SLOT),
        When(slot__gt=begun, then=PLANNED),
        When(status=ContactRequest.Status.WAITING, then=UNANSWERED),
        default=OVERDUE,
    )
    unread = VisitorMessage.objects.filter(request=OuterRef("pk"), is_read=False)
    return (
        requests.defer(*SEALED)
        .select_related("handler")
        .annotate(place=place, tries=desk.TRIES, has_phone=Q(phone__isnull=False), has_unread=Exists(unread))
        .order_by("place", F("closed_on").desc(nulls_last=True), F("slot").asc(nulls_last=True), "codename")
    )


def next_for(requests: QuerySet, user, now: datetime) -> ContactRequest | None:
    """The talk that a colleague has to think of: the earliest that is not over and nobody else's."""
    mine = Q(handler=None) | Q(handler=user)
    return in_order(requests, now).filter(mine, place=PLANNED).exclude(status=ContactRequest.Status.WAITING).first()


@dataclass(frozen=True)
class Section:
    title: str
    rows: list
    is_overdue: bool
    has_one_day: bool


def sections(rows, now: datetime) -> list[Section]:
    """Rows that are in order, by day and by what is the matter with them."""
    groups = [(title, list(group)) for title, group in groupby(rows, lambda row: _title(row, now))]
    return [Section(title, group, group[0].place == OVERDUE, group[0].place == PLANNED) for title, group in groups]


def _title(row, now):
    if row.place == OVERDUE:
        return "Überfällig"
    return PLACES.get(row.place) or day_name(row.slot.astimezone(BERLIN).date(), now)


def day_name(day: date, now: datetime) -> str:
    """ "Heute, Montag, 23. November" """
    name = date_format(day, "l, j. F")
    near = {0: "Heute, ", 1: "Morgen, "}
    return near.get((day - now.astimezone(BERLIN).date()).days, "") + name


# ---- capacity at a glance ----
@dataclass(frozen=True)
class Load:
    kind: str
    taken: int
    total: int


def load(now: datetime) -> list[tuple[str, list[Load]]]:
    """Seats taken and seats in all, today and on the next two days on which there are any."""
    today = now.astimezone(BERLIN).date()
    midnight = datetime.combine(today, time(), BERLIN).astimezone(UTC)
    seats = {kind: {} for kind in Kind}
    for rule in SlotRule.objects.all():
        for slot in slots.offered(rule, midnight - slots.LEAD):
            day = slot.astimezone(BERLIN).date()
            seats[rule.kind][day] = seats[rule.kind].get(day, 0) + rule.capacity
    later = sorted({day for days in seats.values() for day in days} - {today})
    days = [today, *later[: DAYS_SHOWN - 1]]
    taken = _taken(midnight, days[-1])
    return [
        (day_name(day, now), [Load(kind.label, taken.get((kind, day), 0), seats[kind].get(day, 0)) for kind in Kind])
        for day in days
    ]


def _taken(start, last_day):
    end = datetime.combine(last_day + timedelta(days=1), time(), BERLIN)
    rows = ContactRequest.objects.filter(slot__gte=start, slot__lt=end).order_by()
    taken = {}
    for each in rows.values("kind", "slot").annotate(seats=Count("pk")):
        key = each["kind"], each["slot"].astimezone(BERLIN).date()
        taken[key] = taken.get(key, 0) + each["seats"]
    return taken
