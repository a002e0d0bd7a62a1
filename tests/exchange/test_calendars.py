"""The calendar files, read back as a calendar program reads them."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from directory.opening import BERLIN
from tests.exchange.factories import make_event

pytestmark = pytest.mark.django_db


def read(client, path="/austausch/termine.ics"):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def test_entry_says_what_when_and_where_and_nothing_else(client):
    event = make_event(
        datetime(2027, 2, 3, 14, tzinfo=BERLIN),
        name="Austausch; Recht, Schutz\nund mehr",
        slug="recht",
        place="Rathaus, Berlin",
        programme="Begrüßung durch Erika Mustermann",
        registration_url="https://anmeldung.example/",
    )

    [entry] = read(client).walk("VEVENT")

    assert set(entry) == {"UID", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED", "LOCATION", "URL"}
    assert entry["UID"] == str(event.uid)
    assert entry["SUMMARY"] == "Austausch; Recht, Schutz\nund mehr"
    assert entry["LOCATION"] == "Rathaus, Berlin"
    assert entry["URL"] == "http://testserver/austausch/recht/"
    assert entry.decoded("DTSTART") == datetime(2027, 2, 3, 14, tzinfo=BERLIN)
    assert entry.decoded("DTEND") - entry.decoded("DTSTART") == timedelta(hours=3)
    assert entry.decoded("DTSTAMP") == event.updated_at.replace(microsecond=0)


def test_all_public_events_are_in_the_calendar_past_ones_too(client):
    shown = [make_event(datetime(year, 5, 1, tzinfo=BERLIN)) for year in (2020, 2040)]
    make_event(is_public=False)

    assert {entry["UID"] for entry in read(client).walk("VEVENT")} == {str(event.uid) for event in shown}


def test_one_event_is_alone_in_its_file(client):
    event, _ = make_event(slug="eins"), make_event()

    assert [entry["UID"] for entry in read(client, "/austausch/eins.ics").walk("VEVENT")] == [str(event.uid)]


def test_uid_stays_when_everything_else_changes(client):
    event = make_event(slug="eins")
    before = read(client, "/austausch/eins.ics").walk("VEVENT")[0]["UID"]
    event.name, event.starts_at = "Anders", event.starts_at - timedelta(days=1)
    event.save()

    assert read(client, "/austausch/eins.ics").walk("VEVENT")[0]["UID"] == before


@pytest.mark.parametrize(
    ("month", "day", "hour_in_utc"),
    [(3, 27, 13), (3, 28, 12), (10, 30, 12), (10, 31, 13)],  # the day before the clocks change, and the day itself
)
def test_time_is_right_around_the_change_of_the_clocks(client, month, day, hour_in_utc):
    local, in_utc = datetime(2027, month, day, 14, tzinfo=BERLIN), datetime(2027, month, day, hour_in_utc, tzinfo=UTC)
    make_event(local)

    calendar = read(client)
    [entry], [zone] = calendar.walk("VEVENT"), calendar.walk("VTIMEZONE")

    assert entry["DTSTART"].to_ical() == f"2027{month:02}{day:02}T140000".encode()
    assert entry["DTSTART"].params["TZID"] == zone["TZID"] == "Europe/Berlin"
    assert entry.decoded("DTSTART").astimezone(UTC) == in_utc
    # a program that knows no Europe/Berlin reckons with the file's own rules
    assert local.replace(tzinfo=zone.to_tz(lookup_tzid=False)).astimezone(UTC) == in_utc


def test_event_across_the_change_of_the_clocks_lasts_an_hour_more_than_the_clock_says(client):
    make_event(datetime(2027, 10, 30, 20, tzinfo=BERLIN).astimezone(UTC), hours=12)

    [entry] = read(client).walk("VEVENT")

    assert entry["DTEND"].to_ical() == b"20271031T070000"
    assert entry.decoded("DTEND").astimezone(UTC) - entry.decoded("DTSTART").astimezone(UTC) == timedelta(hours=12)


def test_online_event_is_where_its_address_leads(client):
    make_event(place="", online_url="https://raum.example/a,b")

    assert read(client).walk("VEVENT")[0]["LOCATION"] == "https://raum.example/a,b"


def test_calendar_without_events_is_one(client):
    calendar = read(client)

    assert calendar.walk("VEVENT") == []
    assert calendar["VERSION"] == "2.0"
    assert len(calendar.walk("VTIMEZONE")) == 1


def test_hostile_name_makes_no_second_property(client):
    make_event(name="x\r\nATTENDEE:mailto:wer@example.org\r\nEND:VEVENT", place="y\nORGANIZER:z")

    [entry] = read(client).walk("VEVENT")

    assert "ATTENDEE" not in entry
    assert "ORGANIZER" not in entry


@pytest.mark.parametrize("count", [1, 3])
def test_calendar_costs_one_query(client, django_assert_num_queries, count):
    for _ in range(count):
        make_event()

    with django_assert_num_queries(1):
        client.get("/austausch/termine.ics")
