"""What the next exchange should talk about: today's gaps and the commitments that wait. Proposes, decides nothing."""

from dataclasses import dataclass
from heapq import nsmallest

from directory.catalogue import Catalogue
from directory.exchange.models import Commitment
from directory.monitoring.gaps import Coverage, gap_map

MOST = 15  # more is no agenda


@dataclass(frozen=True)
class Gap:
    """What is missing in one Land for one threat, beyond what is missing everywhere."""

    state: str
    threat: str
    supports: list[str]


def missing_everywhere(catalogue: Catalogue) -> list[tuple[str, list[str]]]:
    """(threat, kinds of help that no Land has an offer for), most first."""
    found = [
        (catalogue.threat_types[threat].name, [catalogue.support_types[support].name for support in supports])
        for threat, supports in _without_any(catalogue).items()
        if supports
    ]
    return sorted(found, key=lambda gap: -len(gap[1]))


def biggest_gaps(catalogue: Catalogue) -> list[Gap]:
    """Where a Land lacks most against one threat, without what nobody has and what somebody promised already."""
    everywhere, promised = _without_any(catalogue), set(Commitment.objects.open().cells())
    gaps = []
    for state, cells in gap_map(catalogue).items():
        for threat, row in cells.items():
            missing = [
                catalogue.support_types[support].name
                for support, coverage in row.items()
                if coverage.is_gap
                and support not in everywhere[threat]
                and not promised & {(threat, support, state), (threat, support, None)}
            ]
            if missing:
                gaps.append(Gap(catalogue.areas[state].name, catalogue.threat_types[threat].name, missing))
    return nsmallest(MOST, gaps, key=lambda gap: (-len(gap.supports), gap.state, gap.threat))


def _without_any(catalogue):
    """Threat → kinds of help for which there is no offer in any Land, nationwide ones included."""
    maps = gap_map(catalogue).values()
    return {
        threat: [
            support
            for support in catalogue.support_types
            if all(cells[threat][support] is Coverage.NONE for cells in maps)
        ]
        for threat in catalogue.threat_types
    }
