"""From "17235", "Neustrelitz", "Landkreis Rostock" or a search query to municipality, Kreis and Land."""

import re
from collections.abc import Callable
from typing import NamedTuple

from rapidfuzz import fuzz, process

from directory.gazetteer import BIG_TOWN, STATE_KEYS, Match, Place, gazetteer
from directory.place_words import (
    ARTICLES,
    CIVIC,
    LINKS,
    NEVER_PLACES,
    ORDINARY_WORDS,
    PREPOSITIONS,
    TITLES,
    clean,
    key,
    words,
    written_out,
)
from directory.search import WORD, fold

__all__ = ["Match", "Mention", "Place", "find", "find_in_text"]

LONGEST_NAME = 100  # characters that are read of what was typed as a place
LONGEST_QUERY = 400  # characters of a search query in which a place is looked for
LONGEST_MENTION = 6  # words: "Neumarkt in der Oberpfalz, Freistaat Bayern"
KNOWN_HALF = 10_000  # inhabitants: half of its name ("Garmisch") is found in a query too
SHORT_STATES = {"sh", "hh", "hb", "bw", "mv"}  # no other word is as short and a place

POSTAL_CODE_FIRST = re.compile(r"(?:DE?\b[\s-]*|DE?(?=[0-9]))?([0-9](?: ?[0-9]){4})(?![0-9])\W*(.*)", re.IGNORECASE)
POSTAL_CODE_INSIDE = re.compile(r"(?<![\w§/.-])(?<![0-9§] )(?:DE?-)?([0-9]{5})(?![\w/-])(?! [0-9])", re.IGNORECASE)
AROUND = " .,;:!?/()-–"  # what may stand between a place and the other words of a query
CLOSING = re.compile(r"\.?\)")
START_OF_POSTAL_CODE = re.compile(r"[0-9]{3,5}")


class Mention(NamedTuple):
    """A place inside a search query."""

    match: Match
    surface: str  # as it was typed: "Frankfurt (Oder)"
    rest: str  # the query without it


# ---- what a person typed into the field "Ort oder Postleitzahl" ----


def find(text: str) -> Match:
    text = clean(text[:LONGEST_NAME]).strip()
    if postal := POSTAL_CODE_FIRST.match(text):
        return _by_postal_code(postal[1].replace(" ", ""), words(postal[2]))
    if START_OF_POSTAL_CODE.fullmatch(text):
        return Match(suggestions=_near_postal_code(text))
    typed = words(text)
    if not typed:
        return Match()
    return gazetteer().exact(typed) or _loosely(typed, text) or Match(suggestions=_similar(key(typed)))


def _by_postal_code(code, typed):
    """Places with the postal code; a name beside it narrows them, or adds the places that it names."""
    places = gazetteer().by_postal_code.get(code, ())
    named = gazetteer().exact(typed).candidates if typed else ()
    candidates = tuple(place for place in places if place in named) or places + named
    return Match(candidates, suggestions=() if candidates else _near_postal_code(code))


def _near_postal_code(digits):
    """The biggest places whose postal code begins alike: codes of PO boxes and big firms are in no list."""
    known = gazetteer().by_postal_code
    for length in range(min(len(digits), 4), 2, -1):
        near = {place for code, places in known.items() if code.startswith(digits[:length]) for place in places}
        if near:
            return tuple(sorted(near, key=lambda place: (-place.inhabitants, place))[:3])
    return ()


def _loosely(typed, text):
    return (
        _iso_code(text)
        or _without_title(typed)
        or _shortened(typed)
        or _written_apart(typed)
        or _misspelt_region(typed)
        or _inside(text)
    )


def _iso_code(text):
    return Match(region_key=STATE_KEYS.get(f"DE-{text.upper()}", ""))


def _without_title(typed):
    """ "Stadt Hagen", "Kreisfreie Stadt Rostock", "in Hagen"."""
    start = next((i for i, word in enumerate(typed) if word not in TITLES | PREPOSITIONS), 0)
    return gazetteer().exact(typed[start:]) if start else Match()


def _shortened(typed):
    """ "Halle S.", "Frankfurt a.M.", "Neustadt/Weinstr.": the addition is cut off."""
    base, _, addition = key(typed).rpartition(" ")
    places = gazetteer().by_name.get(base, ())
    return Match(tuple(place for place in places if key(words(place.name)).startswith(f"{base} {addition}")))


def _written_apart(typed):
    """ "Neu Strelitz", "Castroprauxel"."""
    names, joined = gazetteer().by_name, "".join(typed)
    return Match(names.get(joined) or next((names[name] for name in names if name.replace(" ", "") == joined), ()))


def _misspelt_region(typed):
    """ "Baden-Würtemberg", "Landkreis Nordfrisland"."""
    regions = gazetteer().regions
    long_names = [name for name in regions if len(name) >= 9]
    best = process.extractOne(key(typed), long_names, scorer=fuzz.ratio, score_cutoff=90)
    return Match(region_key=regions[best[0]] if best else "")


def _inside(text):
    """ "Rostock-Warnemünde", "Ich wohne in Neustrelitz"."""
    mention = find_in_text(text, lambda word: False)
    return mention.match if mention else Match()


def _similar(name):
    """The three places most like a misspelt name; of names that are equally like, the bigger town."""
    known = gazetteer().by_half | gazetteer().by_name
    hits = process.extract(name, list(known), scorer=fuzz.ratio, score_cutoff=75, limit=30)
    ranked = sorted(hits, key=lambda hit: hit[1] + 2 * len(str(known[hit[0]][0].inhabitants)), reverse=True)
    return tuple(dict.fromkeys(place for hit in ranked for place in known[hit[0]]))[:3]


# ---- a place inside a search query ----


def find_in_text(text: str, is_ordinary_word: Callable[[str], bool]) -> Mention | None:
    """The place, region or postal code that a search query names: a postal code first, then the longest name.

    `is_ordinary_word` tells whether a word, as it was typed, belongs to the directory's own vocabulary.
    """
    query = _Query(clean(text))
    return query.postal_code() or query.name(is_ordinary_word)


class _Query:
    __slots__ = ("folded", "spans", "text")

    def __init__(self, text):
        self.text = text
        self.spans = [found.span() for found in WORD.finditer(text[:LONGEST_QUERY])]
        self.folded = [fold(text[start:end]) for start, end in self.spans]

    def postal_code(self) -> Mention | None:
        for found in POSTAL_CODE_INSIDE.finditer(self.text[:LONGEST_QUERY]):
            if places := gazetteer().by_postal_code.get(found[1]):
                first = next(i for i, (start, _) in enumerate(self.spans) if start >= found.start())
                last = next(i for i, (_, end) in enumerate(self.spans) if end == found.end())
                return self._with_name_after(first, last, places)
        return None

    def _with_name_after(self, first, code, places):
        for last in range(min(code + LONGEST_MENTION, len(self.spans) - 1), code, -1):
            named = gazetteer().exact(written_out(self.folded[code + 1 : last + 1])).candidates
            if both := tuple(place for place in places if place in named):
                return self._mention(first, last, Match(both))
        return self._mention(first, code, Match(places))

    def name(self, is_ordinary_word: Callable[[str], bool]) -> Mention | None:
        for length in range(min(LONGEST_MENTION, len(self.spans)), 0, -1):
            for first in range(len(self.spans) - length + 1):
                last = first + length - 1
                match = self.folded[last] not in LINKS and gazetteer().exact(written_out(self.folded[first : last + 1]))
                if match and self._is_meant(first, last, match, is_ordinary_word):
                    return self._mention(first, last, match)
        return None

    def _is_meant(self, first, last, match, is_ordinary_word):
        """Whether the words name this place here, and do not mean something else."""
        spelling = " ".join(self.folded[first : last + 1])
        if spelling in SHORT_STATES:
            return True
        if len(spelling) < 3 or spelling in NEVER_PLACES:
            return False
        if match.region_key:
            return spelling not in ORDINARY_WORDS or self._is_announced(first, by=PREPOSITIONS | CIVIC)
        return self._names_a_town(first, last, match.candidates[0].inhabitants, is_ordinary_word)

    def _is_announced(self, first, by):
        """ "in Hof", "Stadt Hof", "im Harz"."""
        return first > 0 and self.folded[first - 1] in by

    def _names_a_town(self, first, last, inhabitants, is_ordinary_word):
        typed = written_out(self.folded[first : last + 1])
        if key(typed) not in gazetteer().by_name:
            name, _ = gazetteer().in_named_region(typed)
            if not name and inhabitants < KNOWN_HALF:
                return False
            if name and typed[: len(name)] == name:  # judge the name without its region
                last = first + len(name) - 1
            elif name:
                first = last - len(name) + 1
        if self._is_announced(first, by=(PREPOSITIONS | CIVIC) - {"im"}):  # "im Wald" is no town
            return True
        if " ".join(self.folded[first : last + 1]) in ORDINARY_WORDS:
            return False
        return inhabitants >= BIG_TOWN or first < last or not is_ordinary_word(self._surface(first, last))

    def _surface(self, first, last):
        start, end = self.spans[first][0], self.spans[last][1]
        if "(" in self.text[start:end] and (closing := CLOSING.match(self.text, end)):
            end = closing.end()
        return self.text[start:end]

    def _mention(self, first, last, match):
        while first and self.folded[first - 1] in CIVIC:
            first -= 1
        surface = self._surface(first, last)
        start, end = self.spans[first][0], self.spans[first][0] + len(surface)
        before = first - 1 if first and self.folded[first - 1] in ARTICLES else first
        if before and self.folded[before - 1] in PREPOSITIONS:
            start = self.spans[before - 1][0]
        rest = f"{self.text[:start].rstrip(AROUND)} {self.text[end:].lstrip(AROUND)}"
        return Mention(match, surface, " ".join(rest.split()))
