"""Reads values out of HSDS objects that others wrote; every function raises ValidationError when they are no such."""

import re

from django.core.exceptions import ValidationError
from django.utils.text import Truncator

from directory.models import Offer
from directory.opendata.hsds import DAY_ENDS, EXTENSIONS
from directory.opening import WEEK

CLOCK = re.compile(r"(\d\d:\d\d)(:00)?")  # local time; one with an offset is right for half of a German year
HSDS_DAYS = {day.upper(): day for day in WEEK}
NOT_WEEKLY = ("until", "count", "byweekno", "bymonthday", "byyearday", "valid_from", "valid_to")
MIDNIGHT = {written: meant for meant, written in DAY_ENDS.items()}

READ = {  # the properties that the import makes something of; dates and identifiers count as read
    "service": """id name description url email status organization organization_id phones contacts schedules
    service_areas service_at_locations languages cost_options attributes assured_date last_modified""".split(),
    "organization": "id name website uri attributes".split(),
    "phones": "id service_id number type description".split(),
    "contacts": "id service_id name email".split(),
    "service_at_locations": "id service_id location_id location".split(),
    "location": "id location_type name addresses".split(),
}
READ["service"] += EXTENSIONS["service"]
READ["organization"] += EXTENSIONS["organization"]
READ["phones"] += EXTENSIONS["phone"]
REPEATED = {  # in our own files these only say again what stands elsewhere
    "service": ("fees_description", "eligibility_description"),
    "organization": ("description",),
}


def objects(each: dict, name: str) -> list[dict]:
    found = each.get(name) or []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValidationError(f"„{name}“ ist keine Liste von Objekten.")
    return found


def one(each: dict, name: str) -> dict:
    """{} where there is none."""
    found = each.get(name) or {}
    if not isinstance(found, dict):
        raise ValidationError(f"„{name}“ ist kein Objekt.")
    return found


def text(each: dict, name: str) -> str:
    """ "" where there is none."""
    value = each.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or "\0" in value:
        raise ValidationError(f"„{name}“ ist kein Text.")
    return value


def boolean(each: dict, name: str) -> bool | None:
    value = each.get(name)
    if value is not None and not isinstance(value, bool):
        raise ValidationError(f"„{name}“ muss true oder false sein.")
    return value


def city_of(at_location: dict) -> str:
    location = one(at_location, "location")
    cities = [text(address, "city") for address in objects(location, "addresses")]
    return next(filter(None, [*cities, text(location, "name")]), "")


def first_sentence(description: str) -> str:
    """A summary for who has none, as long as ours may be."""
    sentence = re.split(r"(?<=[.!?])\s", description.strip(), maxsplit=1)[0]
    return Truncator(sentence if len(sentence) >= 20 else description).chars(
        Offer._meta.get_field("summary").max_length
    )


def span_of(schedule: dict) -> tuple[list[str], str, str] | None:
    """(days, opens, closes) of what comes back every week; None for anything else."""
    opens, closes = (CLOCK.fullmatch(text(schedule, name)) for name in ("opens_at", "closes_at"))
    days = [HSDS_DAYS.get(day.strip()) for day in text(schedule, "byday").split(",")]
    weekly = schedule.get("freq") == "WEEKLY" and schedule.get("interval") in (None, 1)
    if not (weekly and opens and closes) or None in days or any(schedule.get(name) for name in NOT_WEEKLY):
        return None
    return days, opens[1], MIDNIGHT.get(closes[1], closes[1])


def openstreetmap(spans: list[tuple[list[str], str, str]]) -> str:
    """[(["Mo", "Tu"], "09:00", "12:00")] → "Mo,Tu 09:00-12:00" """
    times_of = {day: sorted(f"{opens}-{closes}" for days, opens, closes in spans if day in days) for day in WEEK}
    days_of = {}
    for day, times in times_of.items():
        if times:
            days_of.setdefault(",".join(times), []).append(day)
    return "; ".join(f"{','.join(days)} {times}" for times, days in days_of.items())


def unread(service: dict, organization: dict) -> list[str]:
    """Names of the properties that hold something and get lost: "contacts.phones"."""
    ours = "for_some_only" in service
    at_locations = objects(service, "service_at_locations")
    parts = {
        "service": [service],
        "organization": [organization],
        "phones": objects(service, "phones"),
        "contacts": objects(service, "contacts"),
        "service_at_locations": at_locations,
        "location": [one(each, "location") for each in at_locations],
    }
    found = set()
    for kind, rows in parts.items():
        known = (*READ[kind], *(REPEATED.get(kind, ()) if ours else ()))
        prefix = "" if kind == "service" else f"{kind}."
        found |= {prefix + name for row in rows for name, value in row.items() if value and name not in known}
    found |= {"contacts.name" for contact in parts["contacts"] if not contact.get("email")}
    return sorted(found)
