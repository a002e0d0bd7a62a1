"""What our own pictures show, and where: the tiles of the Länder, the points of a line. Colours are in the CSS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from directory.listed_offer import Area
from directory.monitoring.gaps import Coverage

TILES = {  # column and row of each Land, roughly as on a map
    "DE-SH": (2, 0),
    "DE-HB": (1, 1),
    "DE-HH": (2, 1),
    "DE-MV": (3, 1),
    "DE-NW": (0, 2),
    "DE-NI": (1, 2),
    "DE-ST": (2, 2),
    "DE-BB": (3, 2),
    "DE-BE": (4, 2),
    "DE-RP": (0, 3),
    "DE-HE": (1, 3),
    "DE-TH": (2, 3),
    "DE-SN": (3, 3),
    "DE-SL": (0, 4),
    "DE-BW": (1, 4),
    "DE-BY": (2, 4),
}
PITCH, SIDE = 100, 92  # units of the picture: from one tile to the next, and a tile
LINE_WIDTH, LINE_HEIGHT, MARGIN = 300, 90, 10


@dataclass(frozen=True)
class Tile:
    """A Land on the map and in its table, with the cells that are looked at; or all Länder together."""

    area: Area | None
    counts: dict[Coverage, int]
    offers: int = 0  # what the finder shows there
    finder: str = ""  # its address
    promised: int = 0  # open commitments to fill a cell

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def municipal(self) -> int:
        return self.counts[Coverage.MUNICIPAL]

    @property
    def open(self) -> int:
        return self.counts[Coverage.OPEN]

    @property
    def federal(self) -> int:
        return self.counts[Coverage.FEDERAL]

    @property
    def none(self) -> int:
        return self.counts[Coverage.NONE]

    @property
    def own(self) -> int:
        return self.municipal + self.open

    @property
    def share(self) -> int:
        """Per cent of the cells with an offer of the Land's own; 100 only when no gap is left."""
        return round(100 * self.own / (self.total or 1))

    @property
    def coverage(self) -> Coverage | None:
        """The one that holds when only one cell is looked at."""
        return next(coverage for coverage, count in self.counts.items() if count) if self.total == 1 else None

    @property
    def code(self) -> str:
        return self.area.iso_code.removeprefix("DE-")

    @property
    def place(self) -> tuple[int, int] | None:
        """Column and row, in units of the picture; None for a Land that the map does not know."""
        cell = TILES.get(self.area.iso_code)
        return cell and (cell[0] * PITCH, cell[1] * PITCH)

    @property
    def filled(self) -> tuple[int, int]:
        """How high the tile is filled, in units, and how much stays empty above."""
        height = SIDE * self.share // 100
        return height, SIDE - height


@dataclass(frozen=True)
class Line:
    title: str
    unit: str
    first: int
    last: int
    points: list[tuple[int, int]]

    @property
    def polyline(self) -> str:
        return " ".join(f"{x},{y}" for x, y in self.points)


def line(title: str, unit: str, days: Sequence[date], values: Sequence[int]) -> Line:
    """Values over time, from zero at the bottom; days stand as far apart as they are."""
    span = (days[-1] - days[0]).days or 1
    most = max(values) or 1
    points = [
        (MARGIN + round((day - days[0]).days / span * LINE_WIDTH), MARGIN + round((1 - value / most) * LINE_HEIGHT))
        for day, value in zip(days, values, strict=True)
    ]
    return Line(title, unit, values[0], values[-1], points)
