"""Plain functions that make rows. What a test does not name gets a sensible value."""

from datetime import date
from itertools import count

from directory.models import Language, Offer, Organization, Region, SupportType, ThreatType
from directory.models.history import one_change

numbers = count(1)


def make_region(name="Mecklenburg-Vorpommern", parent=None, **fields):
    """A Land; with `parent` a Kreis of it."""
    number = next(numbers)
    if parent:
        fields = {"kind": "district", "official_key": f"{number:05}", **fields}
    else:
        fields = {"kind": "state", "official_key": f"S{number:04}", "iso_code": f"D{number:04}", **fields}
    return Region.objects.create(**{"name": name, "slug": f"region-{number}", "parent": parent, **fields})


def make_organization(**fields):
    number = next(numbers)
    return Organization.objects.create(
        **{"name": f"Träger {number}", "slug": f"traeger-{number}", "sector": "aid", **fields}
    )


def make_threat_type(**fields):
    number = next(numbers)
    return ThreatType.objects.create(**{"name": f"Bedrohung {number}", "slug": f"bedrohung-{number}", **fields})


def make_support_type(**fields):
    number = next(numbers)
    return SupportType.objects.create(**{"name": f"Hilfe {number}", "slug": f"hilfe-{number}", **fields})


def make_language(**fields):
    number = next(numbers)
    return Language.objects.create(**{"name": f"Sprache {number}", "slug": f"s{number}", **fields})


@one_change()
def make_offer(
    *,
    regions=(),
    threat_types=(),
    support_types=(),
    languages=(),
    phones=(),
    emails=(),
    cities=(),
    sources=("https://quelle.example/",),
    **fields,
):
    """A published nationwide offer with a source; with `regions` one of the Länder.

    Phones are canonical numbers, e-mails addresses, cities names, sources URLs.
    """
    number = next(numbers)
    offer = Offer.objects.create(
        **{
            "slug": f"angebot-{number}",
            "name": f"Angebot {number}",
            "organization": fields.get("organization") or make_organization(),
            "status": Offer.Status.ACTIVE,
            "level": Offer.Level.STATE if regions else Offer.Level.FEDERAL,
            "audience": Offer.Audience.MUNICIPAL,
            "summary": "Beratung nach Anfeindungen und Drohungen im Amt.",
            "description": "Das Team hört zu und nennt die nächsten Schritte.",
            "website": "https://angebot.example/",
            **fields,
        }
    )
    offer.regions.set(regions)
    offer.threat_types.set(threat_types)
    offer.support_types.set(support_types)
    offer.languages.set(languages)
    for position, phone in enumerate(phones):
        offer.phones.create(number=phone, position=position)
    for position, address in enumerate(emails):
        offer.emails.create(address=address, position=position)
    for city in cities:
        offer.locations.create(city=city)
    for url in sources:
        offer.sources.create(url=url, supports=["description"], accessed_on=date(2026, 1, 15))
    return offer


def make_complete_offer(**fields):
    """One that the editors' form would save as it is."""
    return make_offer(threat_types=[make_threat_type()], support_types=[make_support_type()], **fields)
