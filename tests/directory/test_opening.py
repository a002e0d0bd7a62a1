from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from directory.opening import BERLIN, in_words, parse, status_at, validate_opening_hours

OFFICE = "Mo-Fr 09:00-16:00; PH off"


def said_at(hours, moment):
    """What the page says at `moment`, a wall clock time in Berlin."""
    return str(status_at(hours, datetime.fromisoformat(moment).replace(tzinfo=BERLIN)))


@pytest.mark.parametrize(
    ("hours", "moment", "said"),
    [
        # 22 November 2026 is a Sunday
        (OFFICE, "2026-11-22T23:00", "wieder erreichbar morgen ab 9 Uhr"),
        (OFFICE, "2026-11-23T08:59:59", "wieder erreichbar heute ab 9 Uhr"),
        (OFFICE, "2026-11-23T09:00", "jetzt erreichbar bis 16 Uhr"),
        (OFFICE, "2026-11-23T15:59:59", "jetzt erreichbar bis 16 Uhr"),
        (OFFICE, "2026-11-23T16:00", "wieder erreichbar morgen ab 9 Uhr"),
        (OFFICE, "2026-11-27T16:00", "wieder erreichbar am Montag ab 9 Uhr"),
        ("Mo-Fr 10:00-12:30,14:00-16:30", "2026-11-23T11:00", "jetzt erreichbar bis 12:30 Uhr"),
        ("Mo-Fr 10:00-12:30,14:00-16:30", "2026-11-23T13:00", "wieder erreichbar heute ab 14 Uhr"),
        # public holidays: Christmas Day and New Year's Day 2026/27 are Fridays
        (OFFICE, "2026-12-24T16:00", "wieder erreichbar am Montag ab 9 Uhr"),
        (OFFICE, "2027-01-01T10:00", "wieder erreichbar am Montag ab 9 Uhr"),
        ("Mo-Fr 09:00-16:00", "2027-01-01T10:00", "jetzt erreichbar bis 16 Uhr"),
        ("Fr 09:00-16:00; PH off", "2026-12-24T10:00", "wieder erreichbar am Freitag, 8.1., ab 9 Uhr"),
        # midnight
        ("Mo-Su 20:00-24:00", "2026-11-22T21:00", "jetzt erreichbar bis 24 Uhr"),
        ("Mo-Su 20:00-24:00", "2026-11-23T00:00", "wieder erreichbar heute ab 20 Uhr"),
        ("Mo-Su 20:00-06:00", "2026-11-22T21:00", "jetzt erreichbar bis morgen 6 Uhr"),
        ("Mo-Su 20:00-06:00", "2026-11-23T05:00", "jetzt erreichbar bis 6 Uhr"),
        ("Sa-Su 00:00-24:00", "2026-11-21T21:00", "jetzt erreichbar bis Montag 0 Uhr"),
        # always and never
        ("24/7", "2026-12-25T03:00", "rund um die Uhr erreichbar"),
        ("Mo-Su 00:00-24:00", "2026-11-22T03:00", "rund um die Uhr erreichbar"),
        ("2020 Mo 10:00-12:00", "2026-11-22T03:00", "zurzeit nicht erreichbar"),
        ("2030 Mo 10:00-12:00", "2026-11-22T03:00", "zurzeit nicht erreichbar"),
    ],
)
def test_status_says_until_when_or_from_when(hours, moment, said):
    assert said_at(hours, moment) == said


@pytest.mark.parametrize("rule", ["10:00-10:00", "2096 Feb 29 Th[5] 10:00-11:00"])
def test_hours_that_never_change_are_not_followed_for_thousands_of_years(rule):
    """The library looks for their next change until the year 9999, which takes seconds."""
    status = status_at("; ".join([rule] * 6), datetime(2026, 11, 22, 3, tzinfo=BERLIN))

    assert status.until is None


@pytest.mark.parametrize(
    ("now", "is_open", "until"),
    [
        # the clock goes back on 25 October 2026: 7 o'clock is 5 UTC the day before, 6 UTC afterwards
        ("2026-10-24T05:00", True, "2026-10-24T20:00"),
        ("2026-10-25T05:59", False, "2026-10-25T06:00"),
        ("2026-10-25T06:00", True, "2026-10-25T21:00"),
        # it goes forward on 28 March 2027
        ("2027-03-27T05:59", False, "2027-03-27T06:00"),
        ("2027-03-28T04:59", False, "2027-03-28T05:00"),
        ("2027-03-28T05:00", True, "2027-03-28T20:00"),
    ],
)
def test_status_follows_the_wall_clock_when_it_changes(now, is_open, until):
    status = status_at("Mo-Su 07:00-22:00", datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert status.is_open is is_open
    assert status.until == datetime.fromisoformat(until).replace(tzinfo=UTC)


def test_status_lasts_an_hour_longer_in_the_night_the_clock_goes_back():
    status = status_at("Mo-Su 20:00-06:00", datetime(2026, 10, 24, 19, tzinfo=UTC))

    assert status.until == datetime(2026, 10, 25, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        # as the offers have them
        ("24/7", "rund um die Uhr"),
        ("Mo-Su 07:00-22:00", "täglich 7–22 Uhr"),
        ("Mo-Th 09:00-15:00", "Mo–Do 9–15 Uhr"),
        ("Mo-Fr 08:00-15:00", "Mo–Fr 8–15 Uhr"),
        ("Mo-Fr 08:00-18:00", "Mo–Fr 8–18 Uhr"),
        ("Mo-Fr 09:00-16:00; PH off", "Mo–Fr 9–16 Uhr, nicht an Feiertagen"),
        ("Mo-Fr 10:00-12:30,14:00-16:30", "Mo–Fr 10–12:30 und 14–16:30 Uhr"),
        ("Mo-Th 08:00-20:00; Fr 08:00-15:00", "Mo–Do 8–20 Uhr, Fr 8–15 Uhr"),
        ("Mo-We 12:00-14:00; Th 16:00-18:00", "Mo–Mi 12–14 Uhr, Do 16–18 Uhr"),
        ("Mo 10:00-13:00; Tu 15:00-18:00; Th 16:00-19:00", "Mo 10–13 Uhr, Di 15–18 Uhr, Do 16–19 Uhr"),
        # as the editors may write them
        ("Mo,We,Fr-Su 09:30-12:00", "Mo, Mi und Fr–So 9:30–12 Uhr"),
        ("Tu,Th 15:00-18:00", "Di und Do 15–18 Uhr"),
        ("08:00-20:00", "täglich 8–20 Uhr"),
        ("Sa,Su 00:00-24:00", "Sa und So rund um die Uhr"),
        ("PH 10:00-12:00", "an Feiertagen 10–12 Uhr"),
        ("Mo-Fr 09:00-16:00; Sa,Su,PH off", "Mo–Fr 9–16 Uhr, nicht Sa, So und Feiertage"),
        ("off", "geschlossen"),
        ("We[1] 10:00-12:00", "We[1] 10:00-12:00"),
    ],
)
def test_hours_read_like_german(hours, words):
    parse(hours)

    assert in_words(hours) == words


@pytest.mark.parametrize("text", ["9 bis 16 Uhr", "Mo-Fr 25:00-26:99", "Montag 9-16"])
def test_unreadable_hours_are_refused_with_an_example(text):
    with pytest.raises(ValidationError, match="Mo-Fr 09:00-16:00"):
        validate_opening_hours(text)
