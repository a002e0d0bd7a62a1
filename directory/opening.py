"""Opening hours in OpenStreetMap syntax: when somebody answers, and how that is said in German."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from opening_hours import OpeningHours, ParserError

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
GERMAN_DAYS = {"Mo": "Mo", "Tu": "Di", "We": "Mi", "Th": "Do", "Fr": "Fr", "Sa": "Sa", "Su": "So"}


@lru_cache(maxsize=4096)
def parse(hours: str) -> OpeningHours:
    """Read OpenStreetMap hours with German public holidays (PH); raises ParserError."""
    return OpeningHours(hours, country="DE", timezone=BERLIN)


def validate_opening_hours(text):
    try:
        parse(text)
    except ParserError as error:
        raise ValidationError(
            "Diese Öffnungszeiten sind nicht lesbar. Schreiben Sie zum Beispiel: Mo-Fr 09:00-16:00; PH off."
        ) from error


@dataclass(frozen=True, slots=True)
class Status:
    """Whether somebody answers at a moment, and until when that stays so (None: for ever)."""

    is_open: bool
    until: datetime | None
    asked_on: date

    def __str__(self):
        if self.until is None:
            return "rund um die Uhr erreichbar" if self.is_open else "zurzeit nicht erreichbar"
        if self.is_open:
            return f"jetzt erreichbar bis {clock_time(self.until)}{self._day_unless_today()}"
        return f"wieder erreichbar {self._day()} ab {clock_time(self.until)}"

    def _day(self):
        days = (self.until.date() - self.asked_on).days
        if days <= 1:
            return ("heute", "morgen")[days]
        return f"am {WEEKDAYS[self.until.weekday()]}" + (f", {self.until:%d.%m.}," if days > 6 else "")

    def _day_unless_today(self):
        return "" if self.until.date() == self.asked_on else f" {self._day()}"


def clock_time(moment: datetime) -> str:
    """ "16 Uhr", "12:30 Uhr" """
    return f"{moment.hour}:{moment.minute:02} Uhr" if moment.minute else f"{moment.hour} Uhr"


def status_at(hours: str, moment: datetime) -> Status:
    """Whether `hours` are open at `moment` (an aware datetime, looked at by the minute)."""
    return _status_at(hours, moment.astimezone(BERLIN).replace(second=0, microsecond=0))


@lru_cache(maxsize=4096)
def _status_at(hours, moment):
    opening_hours = parse(hours)
    until = opening_hours.next_change(moment)
    if until is not None and until > moment + timedelta(days=366):
        until = None
    return Status(opening_hours.is_open(moment), until, moment.date())


def in_words(hours: str) -> str:
    """OpenStreetMap hours as a German reader would write them: "Mo–Fr 9–16 Uhr, nicht an Feiertagen"."""
    if hours == "24/7":
        return "rund um die Uhr"
    return ", ".join(_rule_in_words(rule.strip()) for rule in hours.split(";"))


def _rule_in_words(rule):
    if rule == "PH off":
        return "nicht an Feiertagen"
    days, _, times = rule.partition(" ")
    days = "täglich" if days == "Mo-Su" else re.sub(r"[A-Z][a-z]", lambda day: GERMAN_DAYS.get(day[0], day[0]), days)
    times = re.sub(r"0?(\d+):(\d\d)", lambda time: time[1] if time[2] == "00" else f"{time[1]}:{time[2]}", times)
    return f"{days} {times}".replace("-", "–").replace(",", " und ") + " Uhr"
