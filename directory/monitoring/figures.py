"""Figures about a selection of offers, and those that a snapshot keeps."""

from calendar import monthrange
from collections import Counter
from datetime import date
from itertools import pairwise

from django.db.models import TextChoices

from directory.catalogue import Catalogue
from directory.exchange.models import Commitment
from directory.exchange.models.commitment import OVERDUE
from directory.models import Offer, Organization
from directory.monitoring.gaps import Coverage, gap_map, own_offers, tally
from directory.selection import Selection

FRESHNESS = {  # how long ago the editors confirmed an offer
    "6 months": "in den letzten 6 Monaten",
    "12 months": "vor 6 bis 12 Monaten",
    "24 months": "vor 12 bis 24 Monaten",
    "older": "vor mehr als 24 Monaten",
    "never": "noch nie",
}
COMMITMENTS = {  # keys are those of the figures
    "open": Commitment.State.OPEN.label,
    "overdue": OVERDUE,
    "kept": Commitment.State.KEPT.label,
    "missed": Commitment.State.MISSED.label,
    "dropped": Commitment.State.DROPPED.label,
}


def snapshot_figures(catalogue: Catalogue, day: date) -> dict:
    """All figures of one day, as JSON has them."""
    gaps = gap_map(catalogue)
    tallies = [tally(cells) for cells in gaps.values()]
    everything = Selection(catalogue)
    totals = {
        **totals_of(everything),
        "audience": by_value(everything, "audience", Offer.Audience),
        "states": {state: own_offers(catalogue, state).bit_count() for state in gaps},
        "cells": {coverage.value: sum(counted[coverage] for counted in tallies) for coverage in Coverage},
        "freshness": freshness(everything, day),
    }
    values = {
        state: {threat: {support: cell.value for support, cell in row.items()} for threat, row in cells.items()}
        for state, cells in gaps.items()
    }
    return {"totals": totals, "gaps": values}


def totals_of(selection: Selection) -> dict:
    return {
        "offers": selection.count(),
        "temporarily_closed": sum(offer.is_closed for offer in selection),
        "organizations": len({offer.actor.slug for offer in selection}),
        "level": by_value(selection, "level", Offer.Level),
        "sector": {
            sector.value: by_value(selection.filter(sector=[sector]), "level", Offer.Level)
            for sector in Organization.Sector
        },
    }


def by_value(selection: Selection, facet: str, values: type[TextChoices]) -> dict[str, int]:
    return {each.value: selection.filter(**{facet: [each]}).count() for each in values}


def freshness(selection: Selection, day: date) -> dict[str, int]:
    """Offers by the time since their last confirmation, seen from `day`."""
    limits = [months_before(day, months) for months in (0, 6, 12, 24)]
    known = [offer.verified_on for offer in selection if offer.verified_on]
    counts = [sum(older < verified_on <= newer for verified_on in known) for newer, older in pairwise(limits)]
    counts[0] += sum(verified_on > day for verified_on in known)  # confirmed after the day that is looked at
    return dict(zip(FRESHNESS, [*counts, len(known) - sum(counts), selection.count() - len(known)], strict=True))


def commitments_by_state(records: list[dict], day: date) -> dict[str, int]:
    """Records of commitments by their state; open ones whose date is over by `day` are counted as "overdue"."""
    counted = Counter(
        "overdue" if each["state"] == Commitment.State.OPEN and each["due_on"] < day.isoformat() else each["state"]
        for each in records
    )
    return {state: counted[state] for state in COMMITMENTS}


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# ---- as tables show them ----
def sector_rows(totals: dict) -> list[tuple[str, int, int, int]]:
    """(sector, nationwide offers, offers of Länder, both) and the sums."""
    rows = [(sector.label, *totals["sector"][sector].values()) for sector in Organization.Sector]
    rows.append(("Zusammen", *totals["level"].values()))
    return [(label, federal, state, federal + state) for label, federal, state in rows]


def freshness_rows(counts: dict[str, int]) -> list[tuple[str, int, int]]:
    """(how long ago, offers, per cent)."""
    total = sum(counts.values()) or 1
    return [(label, counts[key], round(100 * counts[key] / total)) for key, label in FRESHNESS.items()]


def coverage_rows(cells: dict[str, int]) -> list[tuple[Coverage, int, int]]:
    """(coverage, cells, per cent)."""
    total = sum(cells.values()) or 1
    return [(each, cells[each], round(100 * cells[each] / total)) for each in Coverage]


def commitment_rows(counts: dict[str, int]) -> list[tuple[str, int]]:
    """(state, commitments) of those that there are."""
    return [(label, counts[key]) for key, label in COMMITMENTS.items() if counts.get(key)]
