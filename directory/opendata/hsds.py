"""Offers as objects of HSDS 3.0 (Human Services Data Specification, Open Referral), made of the public record.

What HSDS has no field for stands beside its fields under the record's own names: EXTENSIONS is our profile of HSDS.
Identifiers follow from slugs, which never change (docs/decisions/0014-hsds-identifiers.md).
"""

import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from uuid import UUID, uuid5

from django.conf import settings
from django.urls import reverse

from directory import opening
from directory.models import Offer, Organization

VERSION = "3.0"
FILE = "hsds.json"
CONTENT_TYPE = "application/json"
NAMESPACE = UUID("f0f4d25e-998d-4ad9-8205-1fb1c890a54b")  # for ever: every identifier hangs on it
GERMANY = {"name": "Deutschland", "extent": "DE", "uri": "http://publications.europa.eu/resource/authority/country/DEU"}
AREA_URI = "http://dcat-ap.de/def/politicalGeocoding/{}/{}"  # the codes of DCAT-AP.de
AREA_KEYS = {"state": "stateKey", "district": "districtKey"}
FEES = {True: "kostenfrei", False: "nicht kostenfrei", None: ""}
DAY_ENDS = {"24:00": "23:59"}  # HSDS knows no hour 24

TAXONOMIES = {  # code → name, description
    "threat_types": ("Arten der Bedrohung", "Was geschehen ist."),
    "support_types": ("Arten der Hilfe", "Was bekommt, wer sich meldet."),
    "audience": ("Zielgruppe", "Für wen das Angebot gemacht ist."),
    "level": ("Ebene", "Ob das Angebot bundesweit oder in einzelnen Ländern hilft."),
    "sector": ("Bereich", "Zu welchem Bereich ein Akteur gehört."),
}
CHOICES = {"audience": Offer.Audience, "level": Offer.Level, "sector": Organization.Sector}

EXTENSIONS = {  # what we add to HSDS: schema → property → what it says
    "service": {
        "slug": "last part of the offer's address on the portal; never changes",
        "summary": "one sentence of at most 160 characters",
        "online_form": "address of a form",
        "chat": "address of a chat",
        "opening_hours": "when somebody answers, in the syntax of OpenStreetMap",
        "hours_note": "when somebody answers, in words",
        "around_the_clock": "whether somebody answers day and night",
        "anonymous": "whether it helps without a name; missing where no source says so",
        "for_some_only": "whether it is for certain people only, for example for women",
        "sources": "public pages that say what we say: url, supports (names of facts), accessed_on",
    },
    "organization": {"slug": "last part of the organization's address on the portal; never changes"},
    "phone": {
        "free": "whether calling costs nothing; missing where no source says so",
        "opening_hours": "where they differ from those of the service, in the syntax of OpenStreetMap",
    },
    "service_area": {
        "slug": "name of the Land or Kreis in links to the portal",
        "iso_code": "ISO 3166-2, of a Land",
    },
}
PLAIN = [name for name in EXTENSIONS["service"] if name != "sources"]


def identify(kind: str, *names: str) -> str:
    """The permanent identifier of an object: the same in every installation and every export."""
    return str(uuid5(NAMESPACE, "/".join((kind, *names))))


def to_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


class Hsds:
    """Makes HSDS objects of records."""

    def __init__(self, vocabulary: dict[str, list[dict]]):
        self.vocabulary = vocabulary
        self.named = {kind: {each["slug"]: each for each in rows} for kind, rows in vocabulary.items()}

    # ---- services ----
    def service(self, offer: dict, full: bool = True) -> dict:
        """A service with everything that belongs to it, or only what stands in one column."""
        own = identify("service", offer["slug"])
        flat = {
            "id": own,
            "organization_id": identify("organization", offer["organization"]),
            "name": offer["name"],
            "description": offer["description"],
            "url": offer["website"],
            "email": next((email["address"] for email in offer["emails"]), ""),
            "status": offer["status"],
            "fees_description": FEES[offer["free_of_charge"]],
            "eligibility_description": eligibility(offer),
            "assured_date": offer["verified_on"],
            "last_modified": offer["updated_at"],
            **{name: offer[name] for name in PLAIN},
        }
        return filled(flat | self._related(offer, own) if full else flat)

    def _related(self, offer, own):
        slug = offer["slug"]
        organization = self.named["organizations"].get(offer["organization"])  # a new one is not known for a second
        return {
            "phones": [
                filled(
                    {
                        "id": identify("phone", slug, phone["number"]),
                        "service_id": own,
                        "number": phone["number"],
                        "type": "voice",
                        "description": phone["label"],
                        "free": phone["free"],
                        "opening_hours": phone["opening_hours"],
                    }
                )
                for phone in offer["phones"]
            ],
            "contacts": [
                filled(
                    {
                        "id": identify("contact", slug, email["address"]),
                        "service_id": own,
                        "name": email["label"],
                        "email": email["address"],
                    }
                )
                for email in offer["emails"]
            ],
            "schedules": list(schedules(offer, own)),
            "service_areas": list(self._areas(offer, own)),
            "service_at_locations": [self.service_at_location(slug, city) for city in offer["locations"]],
            "languages": [
                {
                    "id": identify("language", slug, language),
                    "service_id": own,
                    "name": self.named["languages"][language]["name"],
                    "code": language,
                }
                for language in offer["languages"]
                if language in self.named["languages"]
            ],
            "cost_options": list(cost_options(offer, own)),
            "organization": organization and self.organization(organization),
            "attributes": self._attributes(
                "service",
                slug,
                [
                    *(("threat_types", code) for code in offer["threat_types"]),
                    *(("support_types", code) for code in offer["support_types"]),
                    ("audience", offer["audience"]),
                    ("level", offer["level"]),
                ],
            ),
            "sources": offer["sources"],
        }

    def _areas(self, offer, own):
        if offer["level"] == Offer.Level.FEDERAL:
            area = identify("service_area", offer["slug"], "DE")
            yield {"id": area, "service_id": own, **GERMANY, "extent_type": "text"}
        for slug in offer["regions"]:
            region = self.named["regions"].get(slug)
            if region:
                yield filled(
                    {
                        "id": identify("service_area", offer["slug"], slug),
                        "service_id": own,
                        "name": region["name"],
                        "extent": region["official_key"],
                        "extent_type": "text",
                        "uri": AREA_URI.format(AREA_KEYS[region["kind"]], region["official_key"]),
                        "slug": slug,
                        "iso_code": region["iso_code"],
                    }
                )

    def service_at_location(self, slug: str, city: str) -> dict:
        """The town in which an offer has a place to go to; towns of one name may be different ones."""
        location = identify("location", slug, city)
        return {
            "id": identify("service_at_location", slug, city),
            "service_id": identify("service", slug),
            "location_id": location,
            "location": {"id": location, "location_type": "physical", "name": city},
        }

    # ---- organizations ----
    def organization(self, actor: dict, services: Iterable[dict] | None = None) -> dict:
        return filled(
            {
                "id": identify("organization", actor["slug"]),
                "name": actor["name"],
                "description": f"Bereich: {Organization.Sector(actor['sector']).label}",
                "website": actor["website"],
                "uri": settings.PUBLIC_ADDRESS + reverse("directory:organization", args=[actor["slug"]]),
                "slug": actor["slug"],
                "services": services,
                "attributes": self._attributes("organization", actor["slug"], [("sector", actor["sector"])]),
            }
        )

    # ---- taxonomies ----
    @cached_property
    def taxonomies(self) -> list[dict]:
        return [
            {"id": identify("taxonomy", code), "name": name, "description": description, "version": "1"}
            for code, (name, description) in TAXONOMIES.items()
        ]

    @cached_property
    def terms(self) -> dict[tuple[str, str], dict]:
        """(taxonomy, code) → taxonomy_term"""
        found = {}
        for taxonomy, (taxonomy_name, _) in TAXONOMIES.items():
            for code, name, description in self._codes(taxonomy):
                found[taxonomy, code] = {
                    "id": identify("taxonomy_term", taxonomy, code),
                    "code": code,
                    "name": name,
                    "description": description or name,
                    "taxonomy": taxonomy_name,
                    "taxonomy_id": identify("taxonomy", taxonomy),
                    "language": "de",
                }
                if taxonomy == "threat_types":
                    path = reverse("directory:threat_type", args=[code])
                    found[taxonomy, code]["term_uri"] = settings.PUBLIC_ADDRESS + path
        return found

    def _codes(self, taxonomy):
        if taxonomy in CHOICES:
            return [(choice.value, choice.label, "") for choice in CHOICES[taxonomy]]
        return [(term["slug"], term["name"], term["description"]) for term in self.vocabulary[taxonomy]]

    def _attributes(self, kind, slug, terms):
        return [
            {
                "id": identify("attribute", kind, slug, *term),
                "link_id": identify(kind, slug),
                "link_type": term[0],
                "link_entity": kind,
                "taxonomy_term_id": self.terms[term]["id"],
                "taxonomy_term": self.terms[term],
            }
            for term in terms
            if term in self.terms
        ]


def ended_service(offer: dict) -> dict:
    """A service that is no longer there, for those who copied it."""
    return {
        "id": identify("service", offer["slug"]),
        "organization_id": identify("organization", offer["organization"]),
        "name": offer["name"],
        "status": offer["status"],
        "last_modified": offer["updated_at"],
        "slug": offer["slug"],
    }


def eligibility(offer: dict) -> str:
    audience = Offer.Audience(offer["audience"]).label
    return f"{audience}, nur für bestimmte Menschen" if offer["for_some_only"] else audience


def schedules(offer: dict, own: str) -> Iterator[dict]:
    """One for each span of the week. The description says all, in German time, holidays too."""
    hours = offer["opening_hours"] or ("24/7" if offer["around_the_clock"] else "")
    texts = filter(None, [hours and opening.in_words(hours), offer["hours_note"]])
    described = "; ".join(dict.fromkeys(texts))
    week = opening.weekly(hours)
    for days, opens, closes in week:
        byday = ",".join(day.upper() for day in days)
        yield {
            "id": identify("schedule", offer["slug"], byday, opens, closes),
            "service_id": own,
            "freq": "WEEKLY",
            "wkst": "MO",
            "byday": byday,
            "opens_at": opens,
            "closes_at": DAY_ENDS.get(closes, closes),
            "description": described,
        }
    if described and not week:
        yield {"id": identify("schedule", offer["slug"]), "service_id": own, "description": described}


def cost_options(offer: dict, own: str) -> Iterator[dict]:
    if offer["free_of_charge"] is not None:
        price = {"amount": 0, "currency": "EUR"} if offer["free_of_charge"] else {}
        own_id = identify("cost_option", offer["slug"])
        yield {"id": own_id, "service_id": own, "option": FEES[offer["free_of_charge"]], **price}


def filled(values: dict) -> dict:
    """Without what is unknown: HSDS leaves it out."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


# ---- everything as one file, an object a line ----
def head(made: Hsds) -> bytes:
    """The file up to its services; what follows are lines and TAIL."""
    lists = {
        "taxonomies": made.taxonomies,
        "taxonomy_terms": made.terms.values(),
        "organizations": map(made.organization, made.vocabulary["organizations"]),
    }
    parts = [f'"{name}":[\n' + ",\n".join(map(to_json, each)) + "\n]" for name, each in lists.items()]
    return ",\n".join([f'{{"version":"{VERSION}"', *parts, '"services":[\n']).encode()


def line(service: dict, first: bool) -> bytes:
    return (("" if first else ",\n") + to_json(service)).encode()


TAIL = b"\n]}\n"
