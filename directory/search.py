"""From German words to offers: stems, spellings, compounds, synonyms and typing errors.

Every word of the directory has a key (its stem without umlauts) and, for each field it occurs in, the offers as a bit
mask. A query adds up, word by word, how rare the word is times how telling the field is.
"""

import re
import threading
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import pairwise
from math import log
from operator import or_

import Stemmer
from rapidfuzz import fuzz, process

MOST_CHARACTERS = 200
MOST_WORDS = 12
MOST_LETTERS = 40  # of a word; to take a made-up one of a hundred apart would keep a worker busy for ever
NAME, ACTOR, TYPE, TEXT = 4.0, 2.5, 2.0, 1.0  # what a word says by where it stands
COMPOUND = 0.8  # a part of a word says less than the word
FAVOUR = 2.0  # how much more an offer counts that more of those who ask can use
LATER = 0.6  # how much less counts what is to be read, unless that is asked for
STEPS = 240  # scores are kept as whole numbers up to this
KEEP = 0.25  # an offer is shown from this share of the best score
SEVERAL = 3  # offers; the name of a small town is seldom in more
MOST_RARE = 3.0  # a word in one offer only says no more than one in a few
TYPO_SCORE = 83  # of 100, rapidfuzz: two letters of a long word, one of a word of six
WORD = re.compile(r"[^\W_]+")
SPOUSE = re.compile(r"\b(?:mein|dein|sein|ihr|unser)(?:e[mnrs]?)? (?:ehe)?(?:mann|frau)\b", re.IGNORECASE)
PHONE_QUERY = re.compile(r"[\d\s+()/.\-–]{5,}")
LINKS = ("", "s", "es", "n", "en", "er")  # letters that German puts between the parts of a compound
ENDINGS = ("ung", "erin", "isch", "ismus", "ist", "ier", "t", "ig")  # what the stemmer leaves: bedroh-t, beleid-ig-t
STOP_WORDS = frozenset(
    """
    ab aber alle allem allen aller alles als also am an and andere anderen arbeite auch auf aus bei beim bekam
    bekomme bekommen bereits bin bis bisher bitte bleibt brauch brauche brauchen bringen bringt da dabei dafuer
    dagegen daheim damit danach dann daran darf darueber das dass dauernd dazu dein deine deinem deinen deiner dem
    den denen denn der deren des dessen dich die dies diese diesem diesen dieser dieses dir doch dort drin du
    duerfen durch ein eine einem einen einer eines einfach einmal er es etwas euch euer fast for fuer gab ganz geben
    gegangen gegen gegenueber gehen gehoert geht gekommen gemacht genau gerade gesagt gestellt gestern getan gewesen
    geworden gibt hab habe haben habt hallo halt hat hatt hatte hatten heisst helfen heute hier hin hinter ich ihm
    ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins irgendwer ist ja jede jedem jeden jeder jedes jemand
    jemanden jetzt kam kamen kann kaum kein keine keinen koennen koennte komme kommen kommt konnte laesst lasse
    lassen leider liess mache machen macht mal man mehr mein meine meinem meinen meiner mich mir mit mitten moechte
    moechten muessen muss musste nach neben nicht nichts nie niemand noch nun nur ob oder oeffne oft ohne passiert
    sage sagen sagt sagte schlimm schnell schon sehr seid sein seine seit seitdem sich sie sind so solche soll
    sollen sollte sonst staendig stand stehen steht stellen tag tage the trotz tun tut ueber um und uns unser unsere
    unserem unseren unserm unter viel vom von vor wann war waren warum was wegen weil weiss weiter welche welcher
    wem wen wenn wer werde werden wie wieder will wir wird wo wohl wollen wollte worden wuerde wurde wurden zeit zu
    zum zur zurueck zwischen
    """.split()
)
ABBREVIATIONS = {  # written out in some entries, short in others
    "lka": "landeskriminalamt",
    "bka": "bundeskriminalamt",
    "sta": "staatsanwaltschaft",
    "gsta": "generalstaatsanwaltschaft",
    "mbt": "mobile beratung",
    "mbr": "mobile beratung",
    "agg": "diskriminierung",
    "bgm": "buergermeister",
    "ob": "buergermeister",
}

_local = threading.local()  # a Stemmer must not be shared by threads


def fold(text: str) -> str:
    """Lower case, umlauts and ß written out, other accents removed: "Übergriff" and "Uebergriff" become one."""
    text = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    return WORD.findall(fold(text))


def folded(word: str) -> str:
    """A single word, without what no German word is long enough for."""
    return fold(word)[:MOST_LETTERS]


@lru_cache(maxsize=20_000)
def key(word: str) -> str:
    """The stem of a folded word; one key for "bedrohung", "bedrohungen" and "bedroht"."""
    try:
        stemmer = _local.stemmer
    except AttributeError:
        stemmer = _local.stemmer = Stemmer.Stemmer("german", 0)
    stem = stemmer.stemWord(word)
    for ending in ENDINGS:
        if stem.endswith(ending) and len(stem) - len(ending) >= 4:
            stem = stem.removesuffix(ending)
    return fold(stem).replace("ae", "a").replace("oe", "o").replace("ue", "u")


def mask_of(positions: Sequence[int]) -> int:
    if not positions:
        return 0
    bits = bytearray(max(positions) // 8 + 1)
    for position in positions:
        bits[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(bits, "little")


def add_up(scored: Iterable[list[tuple[int, int]]], within: int) -> dict[int, int]:
    """Offers of the mask `within` by their total, for all offers at once.

    `scored` holds lists of (points, mask), points being whole numbers; of each list an offer takes the first that it
    is in.
    """
    groups = {0: within}
    for fields in scored:
        raised = defaultdict(int)
        for total, offers in groups.items():
            for points, mask in fields:
                hit = offers & mask
                if hit:
                    raised[total + points] |= hit
                    offers ^= hit
            if offers:
                raised[total] |= offers
        groups = raised
    return groups


@dataclass(frozen=True)
class Ranking:
    """Offers by score: masks that do not overlap, best first. Empty when no word of the query says anything."""

    groups: tuple[int, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()  # (typed, searched for)
    unmatched: tuple[str, ...] = ()

    @property
    def mask(self) -> int:
        return reduce(or_, self.groups, 0)


class SearchIndex:
    def __init__(self, texts, terms, phones, roles=(), reading=(0, ())):
        """`texts`: (name, actor, text) by position; `terms`: (mask, term); `phones`: (number, position).

        `roles`: synonyms of terms that say who asks and not what for, so that they count for nothing else.
        `reading`: offers that come later, unless a word names one of these kinds of help: (mask, slugs).
        """
        self.size = len(texts)
        self.vocabulary = {}  # folded word → (key, as it is written): the words that typing errors are mended to
        postings = {field: defaultdict(list) for field in (NAME, ACTOR, TEXT)}
        for position, fields in enumerate(texts):
            for field, text in zip(postings, fields, strict=True):
                for found in self._keys(text):
                    postings[field][found].append(position)
        self.types = defaultdict(int)  # key → offers of the kinds that it names
        self.roles = frozenset(key(fold(word)) for word in roles)
        self.phrases = []  # (keys that must all be there, offers)
        named = {term.slug: self._add_term(mask, term) for mask, term in terms}
        self.reading, wanted = reading
        others = set().union(*(keys for slug, keys in named.items() if slug not in wanted))
        self.asking_to_read = set().union(*(named.get(slug, ()) for slug in wanted)) - others
        self.postings = {
            field: {found: array("I", where) for found, where in keys.items()} for field, keys in postings.items()
        }
        self._add_compounds()
        self.phones = [(_national(number), position) for number, position in phones]
        self.mask = lru_cache(maxsize=4096)(self._mask)
        self.choices = [
            word for word, (found, _) in self.vocabulary.items() if len(word) >= 4 and self._is_telling(found)
        ]

    def _keys(self, text):
        found = set()
        for written in WORD.findall(text):
            word = folded(written)
            if len(word) > 1 and word not in STOP_WORDS:
                found.add(self.vocabulary.setdefault(word, (key(word), written))[0])
        return found

    def _add_term(self, mask, term):
        """The keys of its words."""
        phrases = [self._keys(phrase) for phrase in (term.name, *term.synonyms)]
        self.phrases += [(frozenset(keys), mask) for keys in phrases if len(keys) > 1]
        named = set().union(*phrases)
        for found in named:
            self.types[found] |= mask
        return named

    def _add_compounds(self):
        """Let "Hass" find an offer that only says "Hasskriminalität"."""
        parts = {}
        for word, (own, _) in self.vocabulary.items():
            if len(word) >= 9:
                for part in self._split(word) or ():
                    if part != own:
                        parts.setdefault(own, set()).add(part)
        for postings in self.postings.values():
            added = defaultdict(set)
            for own, found in parts.items():
                for part in found if own in postings else ():
                    added[part].update(postings[own])
            for part, where in added.items():
                postings[part] = array("I", sorted(where.union(postings.get(part, ()))))

    def _is_telling(self, found):
        """Whether it names a kind, an offer or an actor. Else mending would make "Räte" of a dead "Ratte"."""
        return found in self.types or found in self.postings[NAME] or found in self.postings[ACTOR]

    def knows(self, word: str) -> bool:
        """Whether the word belongs to the subject: a kind of help or threat, or a word that several offers use."""
        word = folded(word)
        found = key(word)
        in_offers = max(len(postings.get(found, ())) for postings in self.postings.values())
        return word in STOP_WORDS or found in self.types or in_offers >= SEVERAL

    def search(self, query: str, within: int | None = None, favoured: int = 0) -> Ranking:
        """Rank the offers, or those of the mask `within`, by what the words of `query` say about them.

        `favoured`: the offers that count more, because more of those who ask can use them.
        """
        query = query[:MOST_CHARACTERS]
        if PHONE_QUERY.fullmatch(query.strip()):
            by_number = self._by_number(query)
            if by_number:
                return Ranking((by_number,))
        searched, corrected, unmatched = [], [], []
        typed = self._words(SPOUSE.sub(" ", query))  # who asks for a wife asks not for what is made for women
        for word in [word for word in typed if len(word) > 1 and word not in STOP_WORDS][:MOST_WORDS]:
            found = self._lookup(word)
            better = "" if found or len(word) < 4 else self._mend(word)
            if better:
                better_key, written = self.vocabulary[better]
                corrected.append((typed[word], written))
                found = [(better_key, 1.0)]
            if not found:
                unmatched.append(typed[word])
            searched.extend(found)
        groups = self._rank(searched, (1 << self.size) - 1 if within is None else within, favoured)
        return Ranking(groups, tuple(corrected), tuple(unmatched))

    def _words(self, query):
        """Folded word → as it was typed; "Telefon Seelsorge" is the word that the directory knows, too."""
        written = WORD.findall(query)
        joined = [first + second for first, second in pairwise(written) if folded(first + second) in self.vocabulary]
        return {folded(word): word for word in (*written, *joined)}

    def _lookup(self, word):
        """Keys of a typed word with their weight; [] when the directory does not know it."""
        if word in ABBREVIATIONS and not self._known(key(word)):
            return [(key(part), 1.0) for part in words(ABBREVIATIONS[word]) if self._known(key(part))]
        if self._known(key(word)):
            found = [(key(word), 1.0)]
            if word in ABBREVIATIONS:
                found += [(key(part), COMPOUND) for part in words(ABBREVIATIONS[word]) if self._known(key(part))]
            return found
        return [(part, COMPOUND) for part in self._split(word) or ()]

    def _known(self, found):
        return found in self.types or any(found in postings for postings in self.postings.values())

    def _split(self, word):
        """The known parts of a compound: "morddrohung" → keys of "mord" and "drohung"; None when it is none."""
        best = None
        for cut in range(len(word) - 4, 3, -1):
            head, tail = word[:cut], word[cut:]
            tail_key = key(tail)
            if len(tail) < 4 or not self._known(tail_key):
                continue
            for link in LINKS:
                stem = head.removesuffix(link) if link else head
                if len(stem) >= 4 and (stem != head or not link) and self._known(key(stem)):
                    return [key(stem), tail_key]
            best = best or self._split_rest(head, tail_key)
        return best

    def _split_rest(self, head, tail_key):
        rest = self._split(head) if len(head) >= 8 else None
        return [*rest, tail_key] if rest else None

    def _mend(self, word):
        match = process.extractOne(word, self.choices, scorer=fuzz.ratio, score_cutoff=TYPO_SCORE)
        return match and match[0]

    def _by_number(self, query):
        digits = _national(query)
        if len(digits) < 3:
            return 0
        return mask_of([position for number, position in self.phones if number == digits]) or mask_of(
            [position for number, position in self.phones if len(digits) >= 6 and number.startswith(digits)]
        )

    def _mask(self, field, found):
        return mask_of(self.postings[field].get(found, ()))

    def _rank(self, searched, within, favoured):
        """Add up what each word says, in whole numbers, for all offers at once."""
        scored = []  # for each word: (score, mask) by field, highest first; an offer takes the first that it is in
        keys = {found for found, _ in searched}
        later = self.reading if self.asking_to_read.isdisjoint(keys) else 0
        for found, weight in searched:
            kind = (TYPE, self.types.get(found, 0))
            name, actor, text = ((field, self.mask(field, found)) for field in (NAME, ACTOR, TEXT))
            if kind[1].bit_count() * 2 > self.size:  # a leaflet named after what most offers help with is no answer
                name = (NAME, name[1] & ~later)
            fields = [kind] if found in self.roles else [name, actor, kind, text]
            anywhere = reduce(or_, (mask for _, mask in fields))
            says = weight * self._rarity(anywhere)
            scored.append([(field * says, mask) for field, mask in fields])
        for phrase, mask in self.phrases:
            if phrase <= keys:
                scored.append([(TYPE * self._rarity(mask), mask)])
        best = sum(fields[0][0] for fields in scored)
        if not best:
            return ()
        groups = add_up([[(round(score / best * STEPS), mask) for score, mask in fields] for fields in scored], within)
        highest = max(groups)
        ranked = defaultdict(int)
        for total, offers in groups.items():
            if total > highest * KEEP:
                for points, some in ((total * LATER, offers & later), (total, offers & ~later)):
                    ranked[points] |= some & ~favoured
                    ranked[points * FAVOUR] |= some & favoured
        return tuple(ranked[total] for total in sorted(ranked, reverse=True) if ranked[total])

    def _rarity(self, mask):
        """How much a word says: nearly nothing when it is in every offer."""
        count = mask.bit_count()
        return min(MOST_RARE, log(1 + (self.size - count + 0.5) / (count + 0.5)))


def _national(number: str) -> str:
    """The digits without country code or leading zero, so that every spelling of a number is one."""
    digits = "".join(c for c in number if c.isdecimal())
    if number.strip().startswith("+49"):
        return digits[2:]
    return digits.removeprefix("0049") if digits.startswith("0049") else digits.removeprefix("0")
