"""Where help is needed: what a person typed or chose, as areas of the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass

from directory import places
from directory.catalogue import Catalogue
from directory.listed_offer import Area
from directory.search import fold

MOST_CHOICES = 12


@dataclass(frozen=True)
class Choice:
    """One of several places that were meant, perhaps."""

    label: str
    name: str
    area: Area


@dataclass(frozen=True)
class Whereabouts:
    """No areas: anywhere. Several: it is not clear which, and offers of all of them are shown meanwhile."""

    areas: tuple[Area, ...] = ()
    name: str = ""  # as it is shown: "Neustrelitz"
    choices: tuple[Choice, ...] = ()  # to ask for
    unknown: bool = False  # nobody knows the place; only the region chosen counts
    suggestions: tuple[str, ...] = ()  # for an unknown place, or towns that share the name of a region
    elsewhere: bool = False  # the place is not in the region chosen; only the region counts

    @property
    def label(self) -> str:
        """ "Neustrelitz · Mecklenburg-Vorpommern · Landkreis Mecklenburgische Seenplatte" """
        if len(self.areas) != 1:
            return self.name or " oder ".join(area.name for area in self.areas)
        path = self.areas[0].path
        return f"{self.name} · {path}" if self.name and self.name not in path.split(" · ") else path


def of_match(catalogue: Catalogue, match: places.Match, typed: str, within: tuple[Area, ...] = ()) -> Whereabouts:
    """What `match` means in the catalogue, where the areas in `within` were chosen already."""
    area = catalogue.area_by_key.get(match.region_key)
    named = [(typed, area)] if area else [(p.name, catalogue.area_by_key.get(p.region_key)) for p in match.candidates]
    found = [(name, area) for name, area in named if area]
    suggestions = tuple(place.name for place in match.suggestions)
    if not found:
        return Whereabouts(within, unknown=True, suggestions=suggestions)
    if within:
        named = [(name, area) for name, area in found if area in within and fold(name) == fold(typed)]
        found = named or [row for row in found if overlaps(row[1], within)]
        if not found:
            return Whereabouts(within, elsewhere=True)
    areas = tuple(dict.fromkeys(area for _, area in found))
    if len(areas) == 1:
        return Whereabouts(areas, "" if match.region_key else one_name(found) or typed, suggestions=suggestions)
    states = tuple(dict.fromkeys(area.state for area in areas))
    if len(states) == 1 and is_postal_code(typed):
        return Whereabouts(states, typed)
    return Whereabouts(areas, typed, choices_of(found))


def one_name(found: list[tuple[str, Area]]) -> str:
    """The name that all of them have, "" when they differ."""
    return found[0][0] if found and len({name for name, _ in found}) == 1 else ""


def overlaps(area: Area, areas: Iterable[Area]) -> bool:
    return any(area in (other, other.parent) or other == area.parent for other in areas)


def is_postal_code(typed: str) -> bool:
    return sum(character.isdecimal() for character in typed) == 5


def choices_of(found: list[tuple[str, Area]]) -> tuple[Choice, ...]:
    """A label for each, with the Kreis where the Land alone leaves it open."""
    shown = list(dict.fromkeys(found))[:MOST_CHOICES]
    in_state = [(name, area.state) for name, area in shown]
    return tuple(
        Choice(labelled(name, area.path if in_state.count((name, area.state)) > 1 else area.state.name), name, area)
        for name, area in shown
    )


def labelled(name: str, where: str) -> str:
    """ "Burg (Sachsen-Anhalt)", and "Neustadt (Hessen)" as it is: some names say their Land themselves."""
    return name if name.endswith(f"({where})") else f"{name} ({where})"
