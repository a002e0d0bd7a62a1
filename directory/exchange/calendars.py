"""Events as calendars read them (iCalendar, RFC 5545). Nothing in them names a person."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from icalendar import Calendar, Event, Timezone

from directory.exchange.models import ExchangeEvent
from directory.opening import BERLIN

PRODUCER = "-//starke Stelle//Austausch//DE"
NAME = "Austausch der starken Stelle"
YEAR = timedelta(days=366)  # around the events, so that the change of the clocks before each of them is there


def calendar(events: Iterable[ExchangeEvent], address: str) -> bytes:
    """`address` is that of this portal, without a slash at its end."""
    events = list(events)
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", PRODUCER)
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", NAME)
    made.add("refresh-interval", timedelta(days=1), parameters={"value": "DURATION"})
    times = [event.starts_at for event in events] or [timezone.now()]  # a calendar must not be empty
    span = (min(times) - YEAR).date(), (max(times) + YEAR).date()
    made.add_component(Timezone.from_tzinfo(BERLIN, None, *span))
    for event in events:
        made.add_component(entry(event, address))
    return made.to_ical()


def entry(event: ExchangeEvent, address: str) -> Event:
    made = Event()
    made.add("uid", str(event.uid))
    made.add("summary", event.name)
    made.add("dtstart", event.starts_at.astimezone(BERLIN))
    made.add("dtend", event.ends_at.astimezone(BERLIN))
    made.add("dtstamp", event.updated_at)
    made.add("last-modified", event.updated_at)
    made.add("location", event.place or event.online_url)
    made.add("url", address + event.get_absolute_url())
    return made
