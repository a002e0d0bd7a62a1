"""The directory as the public may have it: every format and every snapshot is made of these records.

Values are those of JSON, and the order is that of the slugs: the same rows make the same text on every database.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from directory.exchange.models import Commitment
from directory.models import Language, Offer, Organization, Region, Source, SupportType, ThreatType

OFFER_FIELDS = """
    slug name status level audience for_some_only summary description website online_form chat opening_hours
    hours_note around_the_clock anonymous free_of_charge
""".split()
OFFER_TERMS = ("regions", "threat_types", "support_types", "languages")
PHONE_FIELDS = ("number", "label", "free", "opening_hours")
EMAIL_FIELDS = ("address", "label")
ORGANIZATION_FIELDS = ("slug", "name", "sector", "website")
AT_ONCE = 100  # offers in memory while all are read: 500 would be 45 MB of objects
INTERNAL = ("id", "confidence", "editorial_note", "review_due", "created_at")  # fields of an offer that stay with us


def public_data() -> dict[str, list[dict]]:
    """All that is published, in a fixed number of queries."""
    offers = Offer.objects.published().for_page().order_by("slug")
    commitments = sorted(map(commitment_record, Commitment.objects.public().with_names()), key=_all_values)
    return {"offers": _by_slug(map(offer_record, offers)), **vocabulary(), "commitments": commitments}


def vocabulary() -> dict[str, list[dict]]:
    """What the records of offers name by its slug; organizations are those with a published offer."""
    offers = Offer.objects.published()
    return {
        "organizations": _by_slug(
            Organization.objects.filter(offers__in=offers).distinct().values(*ORGANIZATION_FIELDS)
        ),
        "regions": _by_slug(map(region_record, Region.objects.select_related("parent"))),
        "threat_types": _by_slug(ThreatType.objects.values("slug", "name", "description")),
        "support_types": _by_slug(SupportType.objects.values("slug", "name", "description")),
        "languages": _by_slug(Language.objects.values("slug", "name")),
    }


def offer_records(slugs: Iterable[str] | None = None) -> Iterator[dict]:
    """The records of `slugs` in their order, by default of all that is published; AT_ONCE at a time in memory.

    A slug that is not published is left out.
    """
    published = Offer.objects.published()
    slugs = sorted(published.values_list("slug", flat=True)) if slugs is None else list(slugs)
    for start in range(0, len(slugs), AT_ONCE):
        part = slugs[start : start + AT_ONCE]
        found = {offer.slug: offer for offer in published.for_page().filter(slug__in=part)}
        yield from (offer_record(found[slug]) for slug in part if slug in found)


def offer_record(offer: Offer) -> dict:
    """One offer, read with OfferQuerySet.for_page."""
    return {
        **{name: getattr(offer, name) for name in OFFER_FIELDS},
        **{name: sorted(term.slug for term in getattr(offer, name).all()) for name in OFFER_TERMS},
        "organization": offer.organization.slug,
        "phones": [_fields(phone, PHONE_FIELDS) for phone in offer.phones.all()],
        "emails": [_fields(email, EMAIL_FIELDS) for email in offer.emails.all()],
        "locations": sorted(location.city for location in offer.locations.all()),
        "sources": [source_record(source) for source in sorted(offer.sources.all(), key=lambda source: source.url)],
        "verified_on": offer.verified_on and offer.verified_on.isoformat(),
        "updated_at": moment(offer.updated_at),
    }


def ended_records(**limits: object) -> list[dict]:
    """What remains public of an offer that ended: that it did, and its name. `limits` are those of a queryset."""
    rows = Offer.objects.ended().filter(**limits).select_related("organization")
    return _by_slug(
        {
            "slug": offer.slug,
            "name": offer.name,
            "status": offer.status,
            "organization": offer.organization.slug,
            "updated_at": moment(offer.updated_at),
        }
        for offer in rows
    )


def moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds")


def source_record(source: Source) -> dict:
    return {"url": source.url, "supports": sorted(source.supports), "accessed_on": source.accessed_on.isoformat()}


def region_record(region: Region) -> dict:
    return {
        "slug": region.slug,
        "name": region.name,
        "kind": region.kind,
        "official_key": region.official_key,
        "iso_code": region.iso_code,
        "parent": region.parent and region.parent.slug,
    }


def commitment_record(commitment: Commitment) -> dict:
    """Who closes which gap, read with CommitmentQuerySet.with_names; without a region nationwide."""
    return {
        "due_on": commitment.due_on.isoformat(),
        "made_on": commitment.made_on.isoformat(),
        "by": commitment.by,
        "organization": commitment.organization and commitment.organization.slug,
        "threat_type": commitment.threat_type.slug,
        "support_type": commitment.support_type.slug,
        "region": commitment.region and commitment.region.slug,
        "event": commitment.event and commitment.event.slug,
        "state": commitment.state,
        "decided_on": commitment.decided_on and commitment.decided_on.isoformat(),
        "note": commitment.note,
    }


def _fields(row, names):
    return {name: getattr(row, name) for name in names}


def _by_slug(records):
    """Databases sort letters differently; Python sorts them alike everywhere."""
    return sorted(records, key=lambda record: record["slug"])


def _all_values(record):
    """For records without a slug: by their values, from the first to the last."""
    return [value or "" for value in record.values()]
