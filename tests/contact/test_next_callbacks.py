"""While the hotline is closed, the route of the Lotse names the next slots for a call."""

import re

import pytest
from django.db import DatabaseError
from django.test import Client

from contact import slots
from contact.templatetags.contact import published_at
from tests.contact.factories import make_row, make_rule
from tests.factories import make_offer

pytestmark = pytest.mark.django_db
WAY = "Telefontermin wählen"


@pytest.fixture(autouse=True)
def evening(clock):
    """It is Tuesday, 20 o'clock; the hotline opens again at 9."""
    clock.move(hours=10)
    make_offer(slug="starke-stelle", phones=["+498003009944"], opening_hours="Mo-Fr 09:00-16:00")
    published_at.cache_clear()
    yield
    published_at.cache_clear()


def page():
    html = Client().get("/lotse/weg/").content.decode()
    return html[html.index('id="jetzt"') :]


def shown():
    return re.findall(r"<li>([^<]+ Uhr)</li>", page())


def test_closed_hotline_names_the_next_three_slots_that_are_free(clock):
    rule = make_rule(opening_hours="We 09:00-12:00", capacity=1)
    make_row(slot=slots.free(rule, clock.now())[1], seat=1)

    assert shown() == [f"Mittwoch, 25. November, {time} Uhr" for time in ("9", "10", "10:30")]
    assert WAY in page()


def test_open_hotline_is_called(clock):
    make_rule(opening_hours="Mo-Fr 09:00-16:00")
    clock.move(hours=14)

    assert shown() == []
    assert WAY not in page()


@pytest.mark.parametrize(("hours", "first"), [(0, "nacht"), (14, "starke Stelle")], ids=["closed", "open"])
def test_who_answers_now_comes_first(clock, hours, first):
    make_offer(slug="nacht", name="nacht", around_the_clock=True)
    clock.move(hours=hours)

    titles = re.findall(r'card__title">(?:<a[^>]*>)?([^<]*)', page())

    assert titles[:2] == [first, *{"nacht", "starke Stelle"} - {first}]


def test_without_slots_nothing_is_promised():
    assert shown() == []
    assert WAY not in page()


def test_slot_that_is_too_near_is_shown_no_more_though_the_quarter_lasts(clock):
    make_rule(opening_hours="Tu 22:00-23:00; We 09:00-10:00")
    before = shown()
    clock.move(minutes=1)

    assert before == [
        "Dienstag, 24. November, 22 Uhr",
        "Dienstag, 24. November, 22:30 Uhr",
        "Mittwoch, 25. November, 9 Uhr",
    ]
    assert shown() == [*before[1:], "Mittwoch, 25. November, 9:30 Uhr"]


def test_slots_are_read_once_a_quarter_of_an_hour(clock, django_assert_num_queries):
    make_rule(opening_hours="We 09:00-10:00")
    first = shown()

    with django_assert_num_queries(0):
        assert shown() == first

    slots.SlotRule.objects.update(opening_hours="We 09:30-10:00")
    clock.move(minutes=15)
    assert (shown()[0], first[1]) == ("Mittwoch, 25. November, 9:30 Uhr",) * 2


def test_while_the_database_is_away_the_route_still_answers(monkeypatch):
    make_rule(opening_hours="We 09:00-10:00")
    page()
    published_at.cache_clear()

    def fail(*args):
        raise DatabaseError

    monkeypatch.setattr(slots, "published", fail)

    assert shown() == []
    assert "0800 300 99 44" in page()
