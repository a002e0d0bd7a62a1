"""A narrowed catalogue that behaves like a queryset where a list page needs one: filter(), count(), slicing."""

from collections.abc import Iterable, Sequence
from itertools import islice

from directory.catalogue import Catalogue
from directory.listed_offer import ListedOffer
from directory.models import Offer
from directory.search import Ranking

STRIDE = 1024  # bits passed over in one step when pages are skipped


class Selection:
    """The offers that all limits allow. A limit is the mask of one parameter, kept apart so that it can be lifted."""

    model = Offer  # whom django-filter and Django's list views ask for names

    def __init__(self, catalogue: Catalogue, limits=None, groups=None):
        self.catalogue = catalogue
        self.limits = limits or {}
        self.groups = nationwide_first(catalogue) if groups is None else groups
        self.mask = catalogue.everything
        for limit in self.limits.values():
            self.mask &= limit

    def all(self) -> "Selection":
        return self

    def limit(self, name: str, mask: int) -> "Selection":
        return Selection(self.catalogue, self.limits | {name: mask}, self.groups)

    def filter(self, **chosen: Iterable) -> "Selection":
        """Narrow each facet to any of its values: filter(threat_type=["stalking-ausspaehen"])."""
        limits = {facet: self.catalogue.mask(facet, values) for facet, values in chosen.items()}
        return Selection(self.catalogue, self.limits | limits, self.groups)

    def without(self, *names: str) -> "Selection":
        kept = {name: limit for name, limit in self.limits.items() if name not in names}
        return Selection(self.catalogue, kept, self.groups)

    def order_by(self, groups: Sequence[int]) -> "Selection":
        """The same offers in the order of masks that do not overlap; within one, the catalogue's order holds."""
        return Selection(self.catalogue, self.limits, groups)

    def ranked(self, ranking: Ranking) -> "Selection":
        """Only what a search found, best first; among equals the order so far."""
        groups = [found & group for found in ranking.groups for group in self.groups if found & group]
        return self.limit("search", ranking.mask).order_by(groups)

    def count(self) -> int:
        return self.mask.bit_count()

    __len__ = count

    def __iter__(self):
        for group in self.groups:
            yield from self._offers(group & self.mask)

    def __getitem__(self, part: slice) -> list[ListedOffer]:
        start, stop, _ = part.indices(self.count())
        found = []
        for group in self.groups:
            mask = group & self.mask
            size = mask.bit_count()
            if start >= size:
                start -= size
                continue
            found += islice(self._offers(skip(mask, start)), max(stop - (part.start or 0), 0) - len(found))
            start = 0
        return found

    def _offers(self, mask):
        while mask:
            lowest = mask & -mask
            yield self.catalogue.offers[lowest.bit_length() - 1]
            mask ^= lowest


def skip(mask: int, count: int) -> int:
    """`mask` without its lowest `count` bits."""
    shift = 0
    stride = (1 << STRIDE) - 1
    while (ones := (mask >> shift & stride).bit_count()) <= count and mask >> shift:
        count -= ones
        shift += STRIDE
    rest = mask >> shift
    for _ in range(count):
        rest &= rest - 1
    return rest << shift


def nationwide_first(catalogue: Catalogue) -> tuple[int, int]:
    """Without a region nobody knows which Land matters, so what helps everywhere comes first."""
    federal = catalogue.nationwide
    return (federal, catalogue.everything & ~federal)


def near_first(catalogue: Catalogue) -> tuple[int, int, int]:
    """For local politicians in the region, then other offers there, then nationwide ones."""
    federal = catalogue.nationwide
    municipal = catalogue.masks["audience"].get(Offer.Audience.MUNICIPAL, 0)
    return (municipal & ~federal, catalogue.everything & ~federal & ~municipal, federal)
