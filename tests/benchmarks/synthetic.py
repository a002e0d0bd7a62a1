"""Made-up offers in any number, for measuring how the portal grows."""

from copy import copy
from random import Random

from directory import hotline
from directory.models import CatalogueVersion, Email, Offer, Organization, Phone

BATCH = 2000
LINKED = ("regions", "threat_types", "support_types", "languages")
OWNED = {"phones": Phone, "emails": Email}


def bring_to(total: int) -> None:
    """Leave `total` published offers: take real ones away, or add variations of them made of the same words.

    Variations, so that the pages stay as long, the facets as full and the words as frequent as in reality.
    """
    published = Offer.objects.published().exclude(slug=hotline.OFFER)
    real = list(published.select_related("organization").prefetch_related(*LINKED, *OWNED))
    Offer.objects.filter(pk__in=[offer.pk for offer in real[total - 1 :]]).delete()
    random = Random(1)  # the same offers in every run
    words = " ".join(offer.description for offer in real).split()
    for start in range(len(real) + 1, total, BATCH):
        _add(random.choices(real, k=min(BATCH, total - start)), start, words, random)
    CatalogueVersion.objects.bump()


def _add(patterns, start, words, random):
    def mixed(text):
        """As many characters as `text`."""
        return " ".join(random.choices(words, k=len(text.split()) + 5))[: len(text)].strip()

    organizations = [
        Organization(slug=f"made-up-{n}", name=f"{mixed(pattern.organization.name)} {n}", sector="aid")
        for n, pattern in enumerate(patterns[::4], start)
    ]
    Organization.objects.bulk_create(organizations)
    offers = [copy(pattern) for pattern in patterns]
    for n, offer in enumerate(offers):
        offer.pk, offer.slug, offer.organization = None, f"made-up-{start + n}", organizations[n // 4]
        offer.name, offer.summary, offer.description = map(mixed, (offer.name, offer.summary, offer.description))
        offer.name += f" {random.choice(words)}{random.choice(words)}".title()  # each entry brings a new word along
    pairs = list(zip(Offer.objects.bulk_create(offers), patterns, strict=True))
    for name in LINKED:
        field = Offer._meta.get_field(name)
        link, own, other = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
        link.objects.bulk_create(
            link(**{own: offer, other: value}) for offer, pattern in pairs for value in getattr(pattern, name).all()
        )
    for name, model in OWNED.items():
        rows = [(offer, copy(row)) for offer, pattern in pairs for row in getattr(pattern, name).all()]
        for offer, row in rows:
            row.pk, row.offer = None, offer
        model.objects.bulk_create(row for _, row in rows)
