"""The gazetteer: all municipalities, Kreise and Länder with the names people give them.

It is read from two CSV files at first use and kept in memory; fixtures/README.md says where they come from and what
they do not know. Regions are named by their official keys: two digits for a Land, five for a Kreis.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import NamedTuple

from django.conf import settings

from directory.place_words import COMMON_HALVES, LINKS, NICKNAMES, base_key, key, words

BIG_TOWN = 20_000  # inhabitants: its name means the town, whatever else it could mean
KNOWN_TOWN = 5_000  # inhabitants: worth a hint when its name means a region first

STATES = {  # official key: (ISO 3166-2, name, how else people write it)
    "01": ("DE-SH", "Schleswig-Holstein", ("SH",)),
    "02": ("DE-HH", "Hamburg", ("HH",)),
    "03": ("DE-NI", "Niedersachsen", ("NDS",)),
    "04": ("DE-HB", "Bremen", ("HB",)),
    "05": ("DE-NW", "Nordrhein-Westfalen", ("NRW",)),
    "06": ("DE-HE", "Hessen", ()),
    "07": ("DE-RP", "Rheinland-Pfalz", ("RLP",)),
    "08": ("DE-BW", "Baden-Württemberg", ("BW", "BaWü", "Ba-Wü")),
    "09": ("DE-BY", "Bayern", ()),
    "10": ("DE-SL", "Saarland", ()),
    "11": ("DE-BE", "Berlin", ()),
    "12": ("DE-BB", "Brandenburg", ()),
    "13": ("DE-MV", "Mecklenburg-Vorpommern", ("MV", "MeckPomm", "Meck-Pomm", "MeckPom", "Meck-Pom")),
    "14": ("DE-SN", "Sachsen", ()),
    "15": ("DE-ST", "Sachsen-Anhalt", ("LSA",)),
    "16": ("DE-TH", "Thüringen", ()),
}
STATE_KEYS = {iso: state_key for state_key, (iso, _, _) in STATES.items()}
TOWN_KINDS = {"Kreisfreie Stadt", "Stadtkreis"}
WHOLE_STATES = {"02000", "11000"}  # Hamburg and Berlin: Kreis and Land at once


class Place(NamedTuple):
    """A municipality."""

    name: str
    district_key: str  # "" where no source tells
    state: str  # ISO 3166-2: "DE-MV"
    postal_codes: tuple[str, ...]
    inhabitants: int  # not official, good for ordering only; 0 where unknown

    @property
    def region_key(self) -> str:
        """The smallest region known to hold the place: its Kreis, else its Land."""
        if not self.district_key or self.district_key in WHOLE_STATES:
            return STATE_KEYS[self.state]
        return self.district_key


class Match(NamedTuple):
    """What a typed place means: places, else a region; or what the person perhaps meant."""

    candidates: tuple[Place, ...] = ()  # biggest first
    region_key: str = ""
    suggestions: tuple[Place, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.candidates or self.region_key)


class District(NamedTuple):
    key: str
    name: str
    kind: str  # "Landkreis", "Kreisfreie Stadt" …


class Gazetteer:
    __slots__ = ("by_half", "by_name", "by_postal_code", "region_ends", "regions")

    def __init__(self, places: Sequence[Place], districts: Sequence[District]):
        by_postal_code, by_name, by_half = defaultdict(list), defaultdict(list), defaultdict(list)
        for place in sorted(places, key=lambda place: (-place.inhabitants, place.name, place.state)):
            for code in place.postal_codes:
                by_postal_code[code].append(place)
            name, base = key(words(place.name)), base_key(place.name)
            for spelling in {name, base}:
                by_name[spelling].append(place)
            for half in halves(base, hyphenated="-" in place.name):
                by_half[half].append(place)
        self.by_postal_code = {code: tuple(found) for code, found in by_postal_code.items()}
        self.by_name = {name: tuple(found) for name, found in by_name.items()}
        self.by_half = {half: tuple(found) for half, found in by_half.items()}
        self.regions = {
            name: region_key
            for name, region_key in region_names(districts).items()
            if not self._is_town_first(name, region_key)
        }
        self.region_ends = {end for name in self.regions for end in (name.split()[0], name.split()[-1])}

    def _is_town_first(self, name, region_key):
        """Whether places go first: "Rostock" is the town, "Harburg" the Kreis near Hamburg, "Brandenburg" the Land."""
        places = self.by_name.get(name, ())
        if len(region_key) == 2:
            return any(key(words(place.name)) == name for place in places)
        return any(place.district_key == region_key or place.inhabitants >= BIG_TOWN for place in places)

    def exact(self, typed: Sequence[str]) -> Match:
        """What the words name, in any spelling but without errors."""
        name = NICKNAMES.get(key(typed), key(typed))
        if name in self.regions:
            known = tuple(place for place in self.by_name.get(name, ()) if place.inhabitants >= KNOWN_TOWN)
            return Match(region_key=self.regions[name], suggestions=known)
        if places := self.by_name.get(name):
            return Match(places)
        _, places = self.in_named_region(typed)
        return Match(places or self.by_half.get(name, ()))

    def in_named_region(self, typed: Sequence[str]) -> tuple[Sequence[str], tuple[Place, ...]]:
        """A name and its places in a region typed after or before it: "Neukirchen Sachsen", "MV Neustrelitz"."""
        if typed[0] not in self.region_ends and typed[-1] not in self.region_ends:
            return (), ()
        for cut in range(1, len(typed)):
            for name, region in ((typed[:cut], typed[cut:]), (typed[cut:], typed[:cut])):
                region_key = self.regions.get(key(region[1:] if region[0] in LINKS else region))
                if region_key and (places := within(region_key, self.by_name.get(key(name), ()))):
                    return name, places
        return (), ()


def within(region_key: str, places: Sequence[Place]) -> tuple[Place, ...]:
    return tuple(place for place in places if region_key in {place.district_key, STATE_KEYS[place.state]})


def halves(base: str, hyphenated: bool) -> set[str]:
    """Parts that people use alone: "Garmisch-Partenkirchen" → garmisch, partenkirchen; "Bad Kissingen" → kissingen."""
    first, _, after = base.partition(" ")
    found = {after} if first in {"bad", "insel", "lutherstadt"} else set()
    parts = (after if found else base).split()
    if hyphenated and len(parts) == 2 and min(map(len, parts)) >= 4 and parts[0] not in COMMON_HALVES:
        found.update(parts)
    return found


def region_names(districts: Sequence[District]) -> dict[str, str]:
    """Keys of what people call Länder and Kreise. A loose name that fits several Kreise is none."""
    found = {}
    for state_key, (_, name, short) in STATES.items():
        for spelling in (name, f"Land {name}", f"Bundesland {name}", f"Freistaat {name}", *short):
            found[key(words(spelling))] = state_key
    for spellings in (full_district_names, loose_district_names):
        meanings = defaultdict(set)
        for district in districts:
            for name in spellings(district):
                meanings[name].add(district.key)
        for name, keys in meanings.items():
            if len(keys) == 1:
                found.setdefault(name, keys.pop())
    return found


def full_district_names(district: District) -> set[str]:
    if district.kind in TOWN_KINDS:  # its name means the town, which is a place
        return set()
    name = key(words(district.name))
    return {name, f"kreis {name}", key(words(f"{district.kind} {district.name}"))}


def loose_district_names(district: District) -> set[str]:
    """Without addition ("Kreis Nienburg") or without the word Kreis ("Wetterau", "Rhein-Sieg", "Kreis Neuss")."""
    if district.kind in TOWN_KINDS:
        return set()
    base = base_key(district.name)
    before, circle, after = base.partition("kreis")
    name = (after if after else before).strip() if circle else base
    plain = {name} if len(name) >= 6 and (not circle or not before.endswith("er ")) else set()  # no "Märkischer"
    return plain | {f"kreis {name}"}


def read_places(path: Path) -> Iterator[Place]:
    same_codes = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for _, name, district_key, state, postal_codes, inhabitants in rows:
            codes = tuple(map(intern, postal_codes.split()))
            codes = same_codes.setdefault(codes, codes)
            yield Place(name, intern(district_key), intern(state), codes, int(inhabitants or 0))


def read_districts(path: Path) -> list[District]:
    with path.open(encoding="utf-8", newline="") as file:
        return [District(row["district_key"], row["name"], row["kind"]) for row in csv.DictReader(file)]


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    folder = Path(settings.PLACES_DIR)
    return Gazetteer(list(read_places(folder / "places.csv")), read_districts(folder / "districts.csv"))
