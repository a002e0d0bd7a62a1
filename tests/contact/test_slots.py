from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from contact import slots
from contact.models import Closure, ContactRequest, PublishedSlots, SlotRule
from directory.opening import BERLIN
from tests.contact.factories import NEXT, SLOT, make_row, make_rule

pytestmark = pytest.mark.django_db


def berlin(year, month, day, hour=0, minute=0, fold=0):
    return datetime(year, month, day, hour, minute, fold=fold, tzinfo=BERLIN)


def local(found):
    """ "24.11. 14:00" """
    return [f"{slot.astimezone(BERLIN):%d.%m. %H:%M}" for slot in found]


def days(found):
    return list(dict.fromkeys(f"{slot.astimezone(BERLIN):%d.%m.}" for slot in found))


def unsaved(rule, **fields):
    return ContactRequest(**{"kind": rule.kind, "codename": "Rotes Boot", "lookup_id": "b" * 32, **fields})


# ---- which slots there are ----
def test_slots_are_the_half_hours_of_the_opening_hours():
    rule = make_rule(opening_hours="Tu 09:10-12:40,14:00-15:00")

    found = slots.offered(rule, berlin(2026, 11, 23, 12))

    assert local(found) == [
        f"{day} {time}"
        for day in ("24.11.", "01.12.")
        for time in ("09:30", "10:00", "10:30", "11:00", "11:30", "12:00", "14:00", "14:30")
    ]
    assert {slot.tzinfo for slot in found} == {UTC}


def test_hours_that_touch_are_one_opening():
    rule = make_rule(opening_hours="Tu 09:00-09:45,09:45-10:30")

    assert local(slots.offered(rule, berlin(2026, 11, 23, 12)))[:3] == ["24.11. 09:00", "24.11. 09:30", "24.11. 10:00"]


def test_slots_begin_in_two_hours_and_end_in_fourteen_days():
    rule = make_rule(opening_hours="24/7")
    now = berlin(2026, 11, 23, 10, 0)

    found = slots.offered(rule, now)
    later = slots.offered(rule, now + timedelta(seconds=1))

    assert (local(found)[0], local(found)[-1]) == ("23.11. 12:00", "07.12. 10:00")
    assert (local(later)[0], local(later)[-1]) == ("23.11. 12:30", "07.12. 10:00")
    assert len(found) == (14 * 24 - 2) * 2 + 1


def test_holidays_of_the_offices_land_are_left_out(settings):
    rule = make_rule(opening_hours="Mo-Fr 10:00-10:30")
    before_corpus_christi = berlin(2026, 6, 1)

    assert "04.06." not in days(slots.offered(rule, before_corpus_christi))
    settings.OFFICE_STATE = "BE"
    assert "04.06." in days(slots.offered(rule, before_corpus_christi))


def test_holidays_on_both_sides_of_new_year_are_left_out():
    rule = make_rule(opening_hours="Mo-Fr 10:00-10:30")

    assert days(slots.offered(rule, berlin(2026, 12, 22))) == [
        *("22.12.", "23.12.", "24.12.", "28.12.", "29.12.", "30.12.", "31.12.", "04.01."),
    ]


def test_closures_are_left_out_with_their_first_and_last_day():
    rule = make_rule(opening_hours="Mo-Fr 10:00-10:30")
    Closure.objects.create(first_day=date(2026, 11, 25), last_day=date(2026, 11, 30))
    Closure.objects.create(first_day=date(2026, 12, 2), last_day=date(2026, 12, 2))

    assert days(slots.offered(rule, berlin(2026, 11, 23))) == ["23.11.", "24.11.", "01.12.", "03.12.", "04.12."]


def test_closure_that_began_long_ago_or_ends_later_counts():
    rule = make_rule(opening_hours="Mo-Fr 10:00-10:30")
    Closure.objects.create(first_day=date(2026, 1, 1), last_day=date(2027, 12, 31))

    assert slots.offered(rule, berlin(2026, 11, 23)) == []


NIGHTS = {
    "spring": (berlin(2027, 3, 27, 20), "00:00+0100 00:30+0100 01:00+0100 01:30+0100 03:00+0200 03:30+0200"),
    "autumn": (
        berlin(2026, 10, 24, 20),
        "00:00+0200 00:30+0200 01:00+0200 01:30+0200 02:00+0200 02:30+0200 02:00+0100 02:30+0100 03:00+0100 03:30+0100",
    ),
}


@pytest.mark.parametrize(("now", "expected"), NIGHTS.values(), ids=NIGHTS)
def test_night_of_a_clock_change_has_its_real_half_hours(now, expected):
    rule = make_rule(opening_hours="Su 00:00-04:00")

    night = [slot for slot in slots.offered(rule, now) if slot < now + timedelta(days=1)]

    assert " ".join(f"{slot.astimezone(BERLIN):%H:%M%z}" for slot in night) == expected


@pytest.mark.parametrize("now", [berlin(2027, 3, 25, 6), berlin(2026, 10, 22, 6)], ids=["spring", "autumn"])
def test_slots_stay_at_the_same_time_of_day_over_a_clock_change(now):
    rule = make_rule(opening_hours="Th 10:00-11:00")

    assert {slot.astimezone(BERLIN).hour for slot in slots.offered(rule, now)} == {10}
    assert len({slot.hour for slot in slots.offered(rule, now)}) == 2


def test_day_of_a_clock_change_that_is_open_all_day_has_46_or_50_slots():
    rule = make_rule(opening_hours="24/7")
    counts = {}
    for now in (berlin(2027, 3, 27), berlin(2026, 10, 24)):
        for slot in slots.offered(rule, now):
            day = slot.astimezone(BERLIN).date()
            counts[day] = counts.get(day, 0) + 1

    assert (counts[date(2027, 3, 28)], counts[date(2026, 10, 25)], counts[date(2026, 10, 26)]) == (46, 50, 48)


# ---- which are free ----
def test_slot_is_free_until_its_last_public_seat_is_taken(clock):
    rule = make_rule(capacity=3, kept_back=1)

    seen = []
    for seat in (1, 2):
        seen.append(SLOT in slots.free(rule, clock.now()))
        make_row(slot=SLOT, seat=seat)
    seen.append(SLOT in slots.free(rule, clock.now()))

    assert seen == [True, True, False]
    assert NEXT in slots.free(rule, clock.now())


def test_seats_of_the_other_kind_are_not_ours(clock):
    rule = make_rule("video", capacity=1)
    make_row(kind="callback", slot=SLOT, seat=1)

    assert SLOT in slots.free(rule, clock.now())


def test_seat_that_the_hotline_gave_away_leaves_the_public_ones_free(clock):
    rule = make_rule(capacity=2, kept_back=1)
    make_row(slot=SLOT, seat=2)

    assert SLOT in slots.free(rule, clock.now())


def test_rule_that_keeps_everything_back_has_nothing_free(clock):
    assert slots.free(make_rule(capacity=2, kept_back=2), clock.now()) == []


# ---- what visitors are shown ----
def test_without_a_rule_nothing_is_offered(clock):
    make_rule("video")

    assert slots.published("callback", clock.now()) == []
    with pytest.raises(slots.SlotTaken):
        slots.book(unsaved(SlotRule(kind="callback")), SLOT, clock.now())


def test_list_changes_with_the_quarter_of_an_hour_only(clock):
    rule = make_rule(capacity=1)
    seen = []
    for minutes in (0, 5, 9, 1):
        clock.move(minutes=minutes)
        seen.append(SLOT in slots.published(rule.kind, clock.now()))
        ContactRequest.objects.all().delete()
        if minutes == 0:
            make_row(slot=SLOT, seat=1)

    assert seen == [True, True, True, True]


def test_slot_that_was_taken_disappears_at_the_next_quarter(clock):
    rule = make_rule(capacity=1)
    clock.move(minutes=1)
    slots.published(rule.kind, clock.now())
    make_row(slot=SLOT, seat=1)
    clock.move(minutes=13, seconds=59)
    before = SLOT in slots.published(rule.kind, clock.now())
    clock.move(seconds=1)

    assert (before, SLOT in slots.published(rule.kind, clock.now())) == (True, False)


def test_slot_that_became_free_appears_at_the_next_quarter(clock):
    rule = make_rule(capacity=1)
    row = make_row(slot=SLOT, seat=1)
    before = SLOT in slots.published(rule.kind, clock.now())
    row.delete()
    same = SLOT in slots.published(rule.kind, clock.now())
    clock.move(minutes=15)

    assert (before, same, SLOT in slots.published(rule.kind, clock.now())) == (False, False, True)


def test_slot_within_two_hours_is_shown_no_more_though_the_quarter_lasts(clock):
    rule = make_rule()
    clock.move(hours=2)

    shown = slots.published(rule.kind, clock.now())
    clock.move(seconds=1)

    assert [slot for slot in shown if slot not in slots.published(rule.kind, clock.now())] == [SLOT]


def test_list_is_kept_once_for_all_and_not_for_ever(clock):
    rule = make_rule()
    for _ in range(3):
        slots.published(rule.kind, clock.now())
        slots.published("video", clock.now())
        clock.move(minutes=15)

    assert sorted(PublishedSlots.objects.values_list("kind", "quarter")) == [
        (kind, berlin(2026, 11, 24, 10, 30)) for kind in ("callback", "video")
    ]


def test_first_worker_of_a_quarter_decides_what_all_show(clock):
    """A second worker that reads later, when less is free, shows the list that is there."""
    rule = make_rule(capacity=1)
    quarter = clock.now()
    first = slots.published(rule.kind, quarter)
    make_row(slot=SLOT, seat=1)

    assert [datetime.fromisoformat(text) for text in slots._publish(rule.kind, quarter).slots] == first


def test_worker_whose_quarter_is_over_still_gets_a_list(clock, monkeypatch):
    """Another one has already begun the next quarter and deletes the older list at once."""
    rule = make_rule()
    quarter = clock.now()
    found = slots.free(rule, quarter)
    create = PublishedSlots.objects.bulk_create

    def create_and_lose(rows, **options):
        create(rows, **options)
        PublishedSlots.objects.all().delete()

    monkeypatch.setattr(PublishedSlots.objects, "bulk_create", create_and_lose)

    assert [datetime.fromisoformat(text) for text in slots._publish(rule.kind, quarter).slots] == found


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("10:00", ["10:30", "11:00", "11:30", "14:00"]),
        ("13:00", ["11:00", "11:30", "14:00", "14:30"]),
        ("23:00", ["14:00", "14:30", "15:00", "15:30"]),
    ],
)
def test_nearest_are_the_four_closest_in_order(wanted, expected):
    def at(text):
        return berlin(2026, 11, 24, *map(int, text.split(":")))

    free = [at(text) for text in ("10:30", "11:00", "11:30", "14:00", "14:30", "15:00", "15:30")]

    assert [f"{slot:%H:%M}" for slot in slots.nearest(free, at(wanted))] == expected


def test_nearest_of_nothing_is_nothing():
    assert slots.nearest([], SLOT) == []


# ---- who gets a seat ----
def test_seats_are_given_in_order_and_those_kept_back_to_staff_only(clock):
    rule = make_rule(capacity=3, kept_back=1)
    for number in range(2):
        slots.book(unsaved(rule, lookup_id=f"{number:032}"), SLOT, clock.now())
    with pytest.raises(slots.SlotTaken):
        slots.book(unsaved(rule), SLOT, clock.now())
    slots.book(unsaved(rule), SLOT, clock.now(), by_staff=True)
    with pytest.raises(slots.SlotTaken):
        slots.book(unsaved(rule, lookup_id="c" * 32), SLOT, clock.now(), by_staff=True)

    assert list(ContactRequest.objects.values_list("slot", "seat").order_by("seat")) == [
        (SLOT, 1),
        (SLOT, 2),
        (SLOT, 3),
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        berlin(2026, 11, 24, 11, 30),  # in the past hour and a half
        berlin(2026, 11, 24, 14, 10),
        berlin(2026, 11, 24, 13, 30),
        berlin(2026, 11, 28, 14),
        berlin(2026, 12, 24, 14),
        datetime(2026, 11, 24, 14),  # noqa: DTZ001 - without a zone it is no moment
    ],
)
def test_what_is_not_offered_cannot_be_booked(clock, wanted):
    rule = make_rule()

    with pytest.raises(slots.SlotTaken):
        slots.book(unsaved(rule), wanted, clock.now())

    assert ContactRequest.objects.count() == 0


def test_same_code_is_not_stored_twice(clock):
    rule = make_rule()
    slots.book(unsaved(rule), SLOT, clock.now())

    with pytest.raises(slots.AlreadyReceived):
        slots.book(unsaved(rule), SLOT, clock.now())
    with pytest.raises(slots.AlreadyReceived):
        slots.book(unsaved(rule), NEXT, clock.now())

    assert ContactRequest.objects.count() == 1


def test_same_code_is_recognized_when_no_seat_is_left(clock):
    rule = make_rule(capacity=1)
    slots.book(unsaved(rule), SLOT, clock.now())

    with pytest.raises(slots.AlreadyReceived):
        slots.book(unsaved(rule), SLOT, clock.now())


def test_seat_that_somebody_took_meanwhile_is_passed_over(clock, monkeypatch):
    """The database refuses it; nobody asked it beforehand."""
    rule = make_rule()
    make_row(slot=SLOT, seat=1)
    monkeypatch.setattr(slots, "_taken", lambda kind, wanted: {})
    mine = unsaved(rule)

    slots.book(mine, SLOT, clock.now())

    assert (mine.slot, mine.seat) == (SLOT, 2)


def test_slot_whose_last_seat_went_meanwhile_is_taken(clock, monkeypatch):
    rule = make_rule()
    make_row(slot=SLOT, seat=1)
    make_row(slot=SLOT, seat=2)
    monkeypatch.setattr(slots, "_taken", lambda kind, wanted: {})

    with pytest.raises(slots.SlotTaken):
        slots.book(unsaved(rule), SLOT, clock.now())

    assert ContactRequest.objects.count() == 2


def test_move_gives_the_old_seat_back_and_writes_nothing_else(clock):
    rule = make_rule(capacity=1)
    row = make_row(slot=SLOT, seat=1, phone=b"box")
    stale = ContactRequest.objects.get(pk=row.pk)
    ContactRequest.objects.filter(pk=row.pk).update(phone=None)  # a colleague, meanwhile

    slots.book(stale, NEXT, clock.now())

    row.refresh_from_db()
    assert (row.slot, row.seat, row.phone) == (NEXT, 1, None)
    assert SLOT in slots.free(rule, clock.now())


def test_move_to_a_full_slot_keeps_the_old_one(clock):
    make_rule(capacity=1)
    row = make_row(slot=SLOT, seat=1)
    make_row(slot=NEXT, seat=1)

    with pytest.raises(slots.SlotTaken):
        slots.book(row, NEXT, clock.now())

    row.refresh_from_db()
    assert (row.slot, row.seat) == (SLOT, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"slot": SLOT, "seat": 1},
        {"slot": NEXT, "seat": None},
        {"slot": None, "seat": 1},
        {"status": "done"},
        {"status": "cancelled"},
        {"status": "stolen"},
        {"kind": "letter"},
        {"lookup_id": "a" * 32},
    ],
    ids=str,
)
def test_database_itself_refuses(fields):
    make_row(slot=SLOT, seat=1, lookup_id="a" * 32)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_row(**fields)


@pytest.mark.parametrize(
    "fields", [{"capacity": 0}, {"capacity": 2, "kept_back": 3}], ids=["no seat", "more kept than there are"]
)
def test_database_itself_refuses_a_rule(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_rule(**fields)


def test_closure_that_ends_before_it_begins_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(first_day=date(2026, 11, 25), last_day=date(2026, 11, 24))


def test_looking_for_free_slots_takes_the_same_queries_however_many_there_are(clock, django_assert_num_queries):
    rule = make_rule(opening_hours="Tu 14:00-15:00")
    with django_assert_num_queries(2):
        slots.free(rule, clock.now())
    for number in range(5):
        make_row(slot=SLOT, seat=number + 1)
    rule.opening_hours = "24/7"
    with django_assert_num_queries(2):
        slots.free(rule, clock.now())
