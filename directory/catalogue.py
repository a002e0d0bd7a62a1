"""The read model: an immutable snapshot of all published offers, held in memory and narrowed by bit masks.

Every offer has a bit: its position in the base order (for local politicians first, narrower before broader, then by
name). A facet value is one int with the bits of its offers, so that narrowing is `&` and counting is `bit_count()`.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from time import monotonic
from weakref import WeakKeyDictionary

from django.db import DatabaseError, close_old_connections, connection

from directory import opening
from directory.catalogue_reading import read_areas, read_contacts, read_relations, read_terms
from directory.listed_offer import Actor, Area, ListedOffer, Term
from directory.models import CatalogueVersion, Offer
from directory.search import SearchIndex, fold, mask_of

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0  # how old the answer to "did anything change?" may be


@dataclass(frozen=True, eq=False)
class Catalogue:
    version: int
    offers: tuple[ListedOffer, ...]
    threat_types: dict[str, Term]
    support_types: dict[str, Term]
    languages: dict[str, Term]
    areas: dict[str, Area]
    actors: dict[str, Actor]
    masks: dict[str, dict[str, int]]  # facet → value → offers
    hours: dict[str, int]  # OpenStreetMap hours → offers
    search: SearchIndex

    @cached_property
    def everything(self) -> int:
        return (1 << len(self.offers)) - 1

    @cached_property
    def nationwide(self) -> int:
        return self.mask("level", [Offer.Level.FEDERAL])

    @cached_property
    def by_slug(self) -> dict[str, ListedOffer]:
        return {offer.slug: offer for offer in self.offers}

    @cached_property
    def area_by_key(self) -> dict[str, Area]:
        return {area.official_key: area for area in self.areas.values()}

    @cached_property
    def states(self) -> tuple[Area, ...]:
        """The Länder, by name."""
        return tuple(area for area in self.areas.values() if area.parent is None)

    def state(self, slug: str) -> Area | None:
        """The Land of that slug; a Kreis is none."""
        return next((area for area in self.states if area.slug == slug), None)

    def mask(self, facet: str, values: Iterable) -> int:
        """The offers that have any of `values`."""
        result = 0
        for value in values:
            result |= self.masks[facet].get(value, 0)
        return result

    def open_at(self, moment: datetime) -> int:
        """The offers that answer at `moment`."""
        result = 0
        for hours, offers in self.hours.items():
            if opening.status_at(hours, moment).is_open:
                result |= offers
        return result

    def next_change(self, moment: datetime) -> datetime | None:
        """When the next offer starts or ends answering; None when that never happens."""
        return min(filter(None, (opening.status_at(hours, moment).until for hours in self.hours)), default=None)


def build() -> Catalogue:
    """Read everything that is published: six queries, however many offers there are."""
    version = CatalogueVersion.objects.current()  # first: a change meanwhile makes the next poll build again
    terms = read_terms()
    areas = read_areas()
    rows = Offer.objects.published().select_related("organization")
    relations = read_relations(terms, areas)
    phones, emails = read_contacts()

    actors = {}
    listed = []
    texts = []
    for row in rows:
        related = relations[row.pk]
        organization = row.organization
        actor = actors.setdefault(
            organization.slug,
            Actor(organization.slug, organization.name, organization.sector, organization.website),
        )
        fields = {
            "actor": actor,
            "areas": tuple(sorted(related["region"], key=lambda area: area.name)),
            "threat_types": tuple(term.slug for term in related["threat_type"]),
            "support_types": tuple(term.slug for term in related["support_type"]),
            "languages": tuple(term.slug for term in related["language"]),
            "phones": tuple(phones[row.pk]),
            "emails": tuple(emails[row.pk]),
        }
        fields |= {name: getattr(row, name) for name in COPIED}
        listed.append(fields)
        texts.append((row.name, organization.name, f"{row.summary} {row.description}"))

    order = sorted(range(len(listed)), key=lambda n: _base_order(listed[n]))
    offers = tuple(ListedOffer(position=position, **listed[n]) for position, n in enumerate(order))
    taxonomy = {kind: {term.slug: term for term in of_kind.values()} for kind, of_kind in terms.items()}
    by_slug = {area.slug: area for area in areas.values()}
    masks, hours = _masks(offers, by_slug.values())
    return Catalogue(
        version=version,
        offers=offers,
        threat_types=taxonomy["threat_type"],
        support_types=taxonomy["support_type"],
        languages=taxonomy["language"],
        areas=by_slug,
        actors=dict(sorted(actors.items(), key=lambda item: fold(item[1].name))),
        masks=masks,
        hours=hours,
        search=SearchIndex(
            [texts[n] for n in order],
            [
                (masks["audience"].get(Offer.Audience.MUNICIPAL, 0), OFFICE_HOLDERS),
                (masks["feature"].get("chat", 0), CANNOT_CALL),
                *((masks[kind].get(slug, 0), term) for kind in SEARCHED_TERMS for slug, term in taxonomy[kind].items()),
            ],
            [(phone.number, offer.position) for offer in offers for phone in offer.phones],
            roles=OFFICE_HOLDERS.synonyms,
            reading=(_to_read(masks["support_type"]), PREVENTIVE),
        ),
    )


COPIED = (
    "slug name summary level audience for_some_only status website online_form chat hours hours_note around_the_clock"
    " anonymous free_of_charge verified_on updated_at"
).split()
PREVENTIVE = ("praevention-fortbildung", "sicherheitsberatung", "digitale-sicherheit", "vernetzung", "information")
SEARCHED_TERMS = ("threat_type", "support_type", "language")
OFFICE_HOLDERS = Term(  # who types one of these looks for what is made for local politicians, whatever it is
    "municipal",
    "Kommunalpolitik",
    synonyms=tuple(
        """Bürgermeisterin Bürgermeister Oberbürgermeisterin Landrätin Landrat Gemeinderätin Stadträtin Ratsmitglied
        Ratsfrau Ratsherr Kreistagsmitglied Stadtverordnete Ortsvorsteherin Amtsträgerin Mandatsträgerin Mandatsträger
        Kommunalpolitikerin Kommunalpolitiker Beigeordnete Kandidatin Kandidat kandidiere Kandidatur Abgeordnete
        ehrenamtlich Ehrenamt Wahlkampf Wahlhelfer Kollege Kollegin Hilfe""".split()
    ),
)
CANNOT_CALL = Term("chat", "gehörlos", synonyms=("taub", "schwerhörig", "hörbehindert"))


def _to_read(support_types):
    """The offers that inform and do nothing for somebody to whom it has happened."""
    helping = [mask for slug, mask in support_types.items() if slug not in PREVENTIVE]
    return support_types.get("information", 0) & ~reduce(or_, helping, 0)


def _base_order(fields):
    """For local politicians before for all, narrower before broader, who answers before what is read, then by name.

    A Kreis is narrower than a Land, one threat narrower than all.
    """
    areas = fields["areas"]
    answers = fields["phones"] or fields["chat"] or fields["online_form"]
    return (
        fields["audience"] != Offer.Audience.MUNICIPAL,
        not any(area.parent for area in areas),
        len(areas) or 1000,
        not answers,
        len(fields["threat_types"]),
        fold(fields["name"]),
    )


def _masks(offers, areas):
    """Facet → value → mask, and hours → mask."""
    found = defaultdict(lambda: defaultdict(list))
    hours = defaultdict(list)
    for offer in offers:
        at = offer.position
        for facet in ("threat_types", "support_types", "languages"):
            for value in getattr(offer, facet):
                found[facet][value].append(at)
        for area in offer.areas:
            found["areas"][area.slug].append(at)
        found["level"][offer.level].append(at)
        found["audience"][offer.audience].append(at)
        found["actor"][offer.actor.slug].append(at)
        found["sector"][offer.actor.sector].append(at)
        for feature, has in (
            ("anonymous", offer.anonymous),
            ("free_of_charge", offer.free_of_charge),
            ("around_the_clock", offer.around_the_clock),
            ("phone", offer.phones),
            ("online", offer.online_form or offer.chat),
            ("chat", offer.chat),
            ("for_everyone", not offer.for_some_only),
        ):
            if has:
                found["feature"][feature].append(at)
        for text in offer.known_hours:
            hours[text].append(at)
    names = {"threat_types": "threat_type", "support_types": "support_type", "languages": "language"}
    masks = {facet: {} for facet in ("threat_type", "support_type", "language", "level", "audience", "actor")}
    masks |= {facet: {} for facet in ("sector", "feature", "region")}
    for facet, values in found.items():
        masks[names.get(facet, facet)] = {value: mask_of(where) for value, where in values.items()}
    masks["region"] = _available_in(areas, masks.pop("areas", {}), masks["level"].get(Offer.Level.FEDERAL, 0))
    return masks, {text: mask_of(where) for text, where in hours.items()}


def _available_in(areas, own, federal):
    """Region slug → mask, by the rule of OfferQuerySet.available_in."""
    result = {area.slug: federal | own.get(area.slug, 0) for area in areas}
    for area in areas:
        if area.parent:
            result[area.parent.slug] |= own.get(area.slug, 0)
            result[area.slug] |= own.get(area.parent.slug, 0)
    shared = {}
    return {slug: shared.setdefault(mask, mask) for slug, mask in result.items()}


def kept_with_catalogue(make: Callable) -> Callable:
    """Keep the last result of `make(catalogue, *more)` for as long as the catalogue itself.

    An lru_cache would keep the catalogue of the past in memory until somebody asks again. What is made must not refer
    to the catalogue, or it would keep it too.
    """
    kept = WeakKeyDictionary()

    def made(current: Catalogue, *more):
        last = kept.get(current)
        if last is None or last[0] != more:
            last = kept[current] = more, make(current, *more)
        return last[1]

    return made


class _Holder:
    """The worker's snapshot: built aside, swapped in whole; one thread builds while the others go on with the old."""

    def __init__(self):
        self.catalogue = None
        self.checked_at = 0.0
        self.lock = threading.Lock()

    def current(self) -> Catalogue:
        if self.catalogue is not None:
            if monotonic() - self.checked_at < POLL_SECONDS or not self.lock.acquire(blocking=False):
                return self.catalogue
        else:
            self.lock.acquire()
        try:
            if self.catalogue is None:
                self.catalogue = build()
            else:
                self._renew()
            self.checked_at = monotonic()
            return self.catalogue
        finally:
            self.lock.release()

    def _renew(self):
        """Build anew if anything changed; while the database is gone the old snapshot helps better than none."""
        try:
            if CatalogueVersion.objects.current() != self.catalogue.version:
                self.catalogue = build()
        except DatabaseError as error:
            logger.warning("Serving catalogue version %s: %s", self.catalogue.version, type(error).__name__)
            if not connection.in_atomic_block:
                close_old_connections()  # a kept page is no request of Django's, which would replace a broken one

    def forget(self) -> None:
        self.catalogue = None


_holder = _Holder()
current = _holder.current
forget = _holder.forget
