"""An offer as plain values (text, yes or no, lists): what the history compares and editors export and import.

Dates are ISO texts, other rows are named by their slugs, phones and the like are lists of dicts in their order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Model
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import capfirst

from directory.models import (
    Email,
    Fact,
    Language,
    Location,
    Offer,
    Organization,
    Phone,
    Region,
    Source,
    SupportType,
    ThreatType,
)
from directory.phone_numbers import display

FIELDS = (
    *("name", "organization", "summary", "description", "status", "level", "regions", "audience", "for_some_only"),
    *("threat_types", "support_types", "website", "online_form", "chat", "around_the_clock", "opening_hours"),
    *("hours_note", "anonymous", "free_of_charge", "languages", "verified_on", "review_due", "confidence"),
    "editorial_note",
)
LINKS = {"regions": Region, "threat_types": ThreatType, "support_types": SupportType, "languages": Language}
PARTS = {"locations": Location, "phones": Phone, "emails": Email, "sources": Source}
PART_FIELDS = {
    "locations": ("city",),
    "phones": ("number", "label", "free", "opening_hours"),
    "emails": ("address", "label"),
    "sources": ("url", "accessed_on", "supports"),
}
COLUMNS = (*FIELDS, *PARTS)
BLANK = {name: [] if name in LINKS | PARTS else "" for name in COLUMNS} | {
    "status": Offer.Status.DRAFT,
    "for_some_only": False,
    "around_the_clock": False,
    "anonymous": None,
    "free_of_charge": None,
    "verified_on": None,
    "review_due": None,
}


def label(name: str) -> str:
    return capfirst(
        PARTS[name]._meta.verbose_name_plural if name in PARTS else Offer._meta.get_field(name).verbose_name
    )


def value_of(row: Model, name: str) -> str | bool | list | None:
    value = getattr(row, name)
    if isinstance(value, date):
        return value.isoformat()
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def values_of(row) -> dict:
    """What stands in the row of the offer itself, or in an entry of its history."""
    values = {name: value_of(row, name) for name in FIELDS if name not in LINKS and name != "organization"}
    return values | {"organization": row.organization.slug if row.organization else ""}


def parts_of(name: str, rows: Iterable[Model]) -> list[dict]:
    return [{field: value_of(row, field) for field in PART_FIELDS[name]} for row in rows]


def plain(offer: Offer) -> dict:
    """Asks nothing of the database when the offer comes from for_page()."""
    return (
        values_of(offer)
        | {name: sorted(row.slug for row in getattr(offer, name).all()) for name in LINKS}
        | {name: parts_of(name, getattr(offer, name).all()) for name in PARTS}
    )


def is_same(name: str, old, new) -> bool:
    """Phones and e-mails are shown in their order; of the rest it says nothing."""
    if name in LINKS:
        return sorted(old) == sorted(new)
    if name in {"locations", "sources"}:
        return sorted(map(comparable, old)) == sorted(map(comparable, new))
    return old == new


def comparable(part: dict) -> tuple:
    return tuple(str(sorted(value) if isinstance(value, list) else value) for value in part.values())


# ---- in words ----
@dataclass(frozen=True)
class Difference:
    label: str
    old: str
    new: str


class Words:
    """Says values in German. Asks once for the names of all that offers point to."""

    def __init__(self):
        self.names = {name: dict(model.objects.values_list("slug", "name")) for name, model in LINKS.items()}
        self.names["organization"] = dict(Organization.objects.values_list("slug", "name"))

    def differences(self, old: dict, new: dict) -> list[Difference]:
        """Of lists only what went and what came; all of it when nothing but the order changed."""
        found = []
        for name in COLUMNS:
            before, after = old[name], new[name]
            if is_same(name, before, after):
                continue
            if isinstance(before, list):
                gone = [item for item in before if item not in after]
                come = [item for item in after if item not in before]
                before, after = (gone, come) if gone or come else (before, after)
            found.append(Difference(label(name), self.say(name, before), self.say(name, after)))
        return found

    def say(self, name: str, value: object) -> str:
        if isinstance(value, list):
            return "; ".join(self._item(name, item) for item in value) or "–"
        if name == "organization":
            return self.names[name].get(value, value) or "–"
        choices = dict(Offer._meta.get_field(name).flatchoices)
        if value in choices:
            return choices[value]
        if isinstance(value, bool):
            return "ja" if value else "nein"
        return say_date(value) or str(value or "–")

    def _item(self, name, item):
        if name in LINKS:
            return self.names[name].get(item, item)
        if name == "locations":
            return item["city"]
        if name == "phones":
            free = {True: "gebührenfrei", False: "nicht gebührenfrei"}.get(item["free"])
            return with_remarks(display(item["number"]), item["label"], free, item["opening_hours"])
        if name == "emails":
            return with_remarks(item["address"], item["label"])
        facts = ", ".join(Fact(fact).label for fact in item["supports"])
        return with_remarks(item["url"], f"gelesen am {say_date(item['accessed_on'])}", facts)


def say_date(value: object) -> str:
    """ "2026-05-31" → "31.05.2026"; "" for what is no date."""
    day = parse_date(value) if isinstance(value, str) and len(value) == 10 and value[:4].isdecimal() else None
    return date_format(day, "d.m.Y") if day else ""


def with_remarks(text: str, *remarks: str | None) -> str:
    said = ", ".join(remark for remark in remarks if remark)
    return f"{text} ({said})" if said else text
