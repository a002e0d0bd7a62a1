"""What there is in each Land for each threat and each kind of help: the rules of the gap map (decision 0011)."""

from collections import Counter
from collections.abc import Collection

from django.db import models

from directory.catalogue import Catalogue
from directory.models import Offer


class Coverage(models.TextChoices):
    """What a Land has for one threat and one kind of help, best first."""

    MUNICIPAL = "municipal", "für Kommunalpolitik"
    OPEN = "open", "für alle"
    FEDERAL = "federal only", "nur bundesweit"
    NONE = "none", "kein Angebot bekannt"

    @property
    def symbol(self) -> str:
        return {"municipal": "●", "open": "◐", "federal only": "○", "none": "–"}[self.value]

    @property
    def short(self) -> str:
        """For a tile of the map."""
        return {"municipal": "kommunal", "open": "alle", "federal only": "Bund", "none": "nichts"}[self.value]

    @property
    def is_gap(self) -> bool:
        """The Land has no offer of its own."""
        return self in GAPS


GAPS = (Coverage.FEDERAL, Coverage.NONE)
Cells = dict[str, dict[str, Coverage]]  # threat type → support type → coverage


def own_offers(catalogue: Catalogue, state: str) -> int:
    """The offers made for a Land or one of its Kreise, as a mask; nationwide ones are nobody's own."""
    return catalogue.mask("region", [state]) & ~catalogue.nationwide


def gap_map(catalogue: Catalogue) -> dict[str, Cells]:
    """Land → its cells: what each has for every threat and every kind of help."""
    return {area.slug: cells(catalogue, area.slug) for area in catalogue.states}


def cells(catalogue: Catalogue, state: str) -> Cells:
    own = own_offers(catalogue, state)
    federal = catalogue.nationwide
    municipal = own & catalogue.mask("audience", [Offer.Audience.MUNICIPAL])
    supports = {slug: catalogue.mask("support_type", [slug]) for slug in catalogue.support_types}
    found = {}
    for threat in catalogue.threat_types:
        against = catalogue.mask("threat_type", [threat])
        found[threat] = {
            support: _best(against & helping, municipal, own, federal) for support, helping in supports.items()
        }
    return found


def _best(suitable, municipal, own, federal):
    if suitable & municipal:
        return Coverage.MUNICIPAL
    if suitable & own:
        return Coverage.OPEN
    return Coverage.FEDERAL if suitable & federal else Coverage.NONE


def narrow(cells: Cells, threats: Collection[str], supports: Collection[str]) -> Cells:
    """Only these threats and kinds of help; none named means all of them."""
    return {
        threat: {support: coverage for support, coverage in row.items() if not supports or support in supports}
        for threat, row in cells.items()
        if not threats or threat in threats
    }


def tally(cells: Cells) -> dict[Coverage, int]:
    """How many cells there are of each coverage, of all four."""
    counted = Counter(coverage for row in cells.values() for coverage in row.values())
    return {coverage: counted[coverage] for coverage in Coverage}
