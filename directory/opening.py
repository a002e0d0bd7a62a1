"""Opening hours in OpenStreetMap syntax: when somebody answers, and how that is said in German."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from opening_hours import OpeningHours, ParserError

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = timedelta(days=366)
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
GERMAN_DAYS = {"Mo": "Mo", "Tu": "Di", "We": "Mi", "Th": "Do", "Fr": "Fr", "Sa": "Sa", "Su": "So", "PH": "Feiertage"}
DAY = "|".join(GERMAN_DAYS)
DAYS = rf"(?:{DAY})(?:-(?:{DAY}))?"
TIMES = r"\d\d?:\d\d-\d\d?:\d\d"
WEEK = tuple(day for day in GERMAN_DAYS if day != "PH")
PLAIN_RULE = re.compile(rf"(?P<days>{DAYS}(?:, ?{DAYS})*)?\s*(?P<times>off|{TIMES}(?:, ?{TIMES})*)")


@lru_cache(maxsize=4096)
def parse(hours: str) -> OpeningHours:
    """Read OpenStreetMap hours with German public holidays (PH); raises ParserError."""
    return OpeningHours(hours, country="DE", timezone=BERLIN)


def validate_opening_hours(text: str) -> None:
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
            return f"jetzt erreichbar bis {self._end()}"
        day = self._day()
        return f"wieder erreichbar {day if day in ('heute', 'morgen') else f'am {day}'} ab {clock_time(self.until)}"

    def _end(self):
        if self.until.date() == self.asked_on:
            return clock_time(self.until)
        if self.until == self.until.replace(hour=0, minute=0) and self._days() == 1:
            return "24 Uhr"
        return f"{self._day()} {clock_time(self.until)}"

    def _days(self):
        return (self.until.date() - self.asked_on).days

    def _day(self):
        if self._days() <= 1:
            return ("heute", "morgen")[self._days()]
        weekday = WEEKDAYS[self.until.weekday()]
        return weekday if self._days() <= 6 else f"{weekday}, {self.until.day}.{self.until.month}.,"


def clock_time(moment: datetime) -> str:
    """ "16 Uhr", "12:30 Uhr" """
    return f"{moment.hour}:{moment.minute:02} Uhr" if moment.minute else f"{moment.hour} Uhr"


def status_at(hours: str, moment: datetime) -> Status:
    """Whether `hours` are open at `moment` (an aware datetime, looked at by the minute)."""
    return _status_at(hours, moment.astimezone(BERLIN).replace(second=0, microsecond=0))


@lru_cache(maxsize=512)  # for this minute; earlier ones are of no use
def _status_at(hours, moment):
    opening_hours = parse(hours)
    return Status(opening_hours.is_open(moment), next_change(opening_hours, moment), moment.date())


def next_change(hours: OpeningHours, moment: datetime) -> datetime | None:
    """When they open or close within a year; None when they do not.

    The library's own next_change looks at every day until the year 9999 for hours like "10:00-10:00": half a second.
    """
    end = moment + YEAR
    _, until, *_ = next(hours.intervals(moment, end))
    return until if until < end else None


def in_words(hours: str) -> str:
    """OpenStreetMap hours as a German reader would write them: "Mo–Fr 9–16 Uhr, nicht an Feiertagen".

    Rules beyond days and times ("week 1-53/2 Mo") stay as they are.
    """
    if hours == "24/7":
        return "rund um die Uhr"
    return ", ".join(_rule_in_words(rule.strip()) for rule in hours.split(";"))


def weekly(hours: str) -> list[tuple[tuple[str, ...], str, str]]:
    """What comes back every week: "Mo-Fr 09:00-16:00; We off; PH off" → [(("Mo", "Tu", "Th", "Fr"), "09:00", "16:00")].

    Rules beyond days and times are left out, and so are holidays.
    """
    times_of = {}
    for rule in hours.split(";"):
        plain = PLAIN_RULE.fullmatch(rule.strip().replace("24/7", "00:00-24:00"))
        if plain:  # a later rule replaces an earlier one for its days
            spans = () if plain["times"] == "off" else tuple(re.findall(r"(\d\d?:\d\d)-(\d\d?:\d\d)", plain["times"]))
            times_of |= dict.fromkeys(_each_day(plain["days"] or "Mo-Su"), spans)
    days_of = {}
    for day in WEEK:
        for opens, closes in times_of.get(day, ()):
            days_of.setdefault((opens.zfill(5), closes.zfill(5)), []).append(day)
    return [(tuple(days), *span) for span, days in days_of.items()]


def _each_day(days):
    """ "Fr-Mo, We" → Fr, Sa, Su, Mo, We"""
    for part in re.split(r", ?", days):
        first, _, last = part.partition("-")
        if first in WEEK and (last or first) in WEEK:
            start = WEEK.index(first)
            count = (WEEK.index(last or first) - start) % 7 + 1
            yield from (WEEK[(start + n) % 7] for n in range(count))


def _rule_in_words(rule):
    plain = PLAIN_RULE.fullmatch(rule)
    if not plain:
        return rule
    days, times = plain["days"], plain["times"]
    if times == "off":
        return f"nicht {'an Feiertagen' if days == 'PH' else _days_in_words(days)}" if days else "geschlossen"
    return f"{_days_in_words(days)} {_times_in_words(times)}"


def _days_in_words(days):
    if days in (None, "Mo-Su"):
        return "täglich"
    if days == "PH":
        return "an Feiertagen"
    return _listed(re.sub(DAY, lambda day: GERMAN_DAYS[day[0]], days))


def _times_in_words(times):
    if times == "00:00-24:00":
        return "rund um die Uhr"
    short = re.sub(r"0?(\d+):(\d\d)", lambda time: time[1] if time[2] == "00" else f"{time[1]}:{time[2]}", times)
    return f"{_listed(short)} Uhr"


def _listed(text):
    """ "Mo,Mi,Fr-So" → "Mo, Mi und Fr–So" """
    *others, last = text.replace("-", "–").replace(" ", "").split(",")
    return f"{', '.join(others)} und {last}" if others else last
