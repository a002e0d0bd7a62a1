"""How German place names are written, shortened and added to, and which of them are ordinary words first."""

import re
import unicodedata
from collections.abc import Sequence

from directory.search import WORD, fold

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")  # soft hyphens, bidi controls
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ADDITION = re.compile(r"[(/,]")


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Small words between a name and its addition: Frankfurt am Main, Neustadt a.d.Aisch, Berg b.Neumarkt.
LINKS = word_set("a am an auf b bei beim d dem den der i im in ob unter v vor vorm")
COMMON_HALVES = word_set("alten gross hohen klein nieder ober sankt unter")  # Groß-Gerau is no "Groß"
PREPOSITIONS = word_set("in aus bei nach im um")
ARTICLES = word_set("der dem den")
CIVIC = word_set("stadt hansestadt landeshauptstadt gemeinde samtgemeinde verbandsgemeinde")
TITLES = CIVIC | word_set("kreisstadt lutherstadt stadtkreis kreisfreie ortsgemeinde markt flecken insel")
SHORT_FORMS = {
    "st": "sankt",
    "lk": "kreis",
    "lkr": "kreis",
    "landkreis": "kreis",  # people do not know which of the two theirs is called
    "hann": "hannoversch",
}
SHORT_ADDITIONS = SHORT_FORMS | {
    "bay": "bayern",
    "erzgeb": "erzgebirge",
    "holst": "holstein",
    "nb": "niederbayern",
    "ofr": "oberfranken",
    "oldb": "oldenburg",
    "opf": "oberpfalz",
    "thuer": "thueringen",
    "vogtl": "vogtland",
    "westf": "westfalen",
}
NICKNAMES = {
    "erzgebirge": "erzgebirgskreis",
    "ffm": "frankfurt main",
    "frankfurt m": "frankfurt main",
    "frankfurt o": "frankfurt oder",
    "saechsische schweiz": "saechsische schweiz osterzgebirge",
    "seenplatte": "mecklenburgische seenplatte",
}
# Districts with a council of their own; those with the name of another place (Lichtenberg, Harburg) are left out.
DISTRICTS = {
    "berlin": """charlottenburg, charlottenburg wilmersdorf, friedrichshain, friedrichshain kreuzberg, hellersdorf,
    koepenick, kreuzberg, marzahn, marzahn hellersdorf, neukoelln, pankow, prenzlauer berg, reinickendorf, spandau,
    steglitz, steglitz zehlendorf, tempelhof, tempelhof schoeneberg, treptow, treptow koepenick, wilmersdorf""",
    "hamburg": "altona, bergedorf, eimsbuettel, hamburg harburg, hamburg mitte, hamburg nord, wandsbek",
}
NICKNAMES |= {" ".join(name.split()): town for town, names in DISTRICTS.items() for name in names.split(",")}

# Names of municipalities and Kreise that are words people write in a search: verbs and adjectives, nouns, first names
# and surnames, rivers and landscapes, quarters of Berlin and Hamburg. In a query they mean the place only after "in",
# "aus", "bei", "nach", "um", "Stadt" or "Gemeinde". Towns whose name is seldom meant as a word (Essen, Siegen, Singen,
# Halle, Peine, Heide, Burg, Forst) are left out on purpose. Written as fold() makes them.
ORDINARY_WORDS = word_set(
    """
    achim acht ahorn alf alpen anger appel aura ausleben bach baden baiern bann bell bengel benz berg berge bergen
    bergstrasse bescheid besitz biere binnen birken blumenthal boden bodensee boehme bogen born brand brechen brecht
    breit bruch bruecken brunnen buch buchen buelow bunde burgen dahlem dill dingen duemmer eck ehr eich eichen
    einig elbe eller engen enger eppendorf erden ernst esch esche fahren fell feucht filz finne fisch fischen floss
    frankenstein fuessen gering gersten gingen glatten gleichen goettin graben graeben grafschaft grande grove grube
    gutenberg guttenberg haar haeusern hahn halbe hammer hardenberg harz haste hatten hecken hehlen heideland heiden
    herold hirten hoechst hoefen hof hohn holler holt holzen horn horst huetten igel irmtraut jade jucken kahl kalt
    kamen karl kauern kenn kerben kernen kirchen knopp koerner kommen kopp korb kordel kotzen krempe krempel kuchen
    kuesten lachen lage lahn landrecht langen langweiler lanz lanze lauben lauf laufen lauter leck lederhose leer
    lehre lichtenberg lieg linda lindern list loop loose lotte machern macken maehren mandel mantel mauer mauern
    medard mehren meine meinhard meissner mengen merz moos motten muecke muessen nagel nahe nebel norden nuetzen
    nussbaum oberstadt ohne orbis osten otter passee plate platten pohl polle pommern pracht preist puls rain rauen
    regen rehe reich riegel ringe roden rohr rom rosa rosengarten rot rueber saal salm salz salzburg sand sande
    sassen schinkel schlangen schleife schmitt schoeneberg schueller schuld schutz schwall schwarz
    schwarzen seeblick seeland seelen seifen senden seth sinn sommerloch sonnen spalt speicher spessart stapel
    stegen stein steinen steinreich stelle stemmen stoltenberg strande suelze suessen tauche train treuen uebersee
    userin valley viereck vogt vorwerk wald waldorf wallen wanna waren wehr weiher weil weilen weisen welle wellen
    welt wenden werben weste wetter wies wiesen wilhelmsburg winden winkel winzer wirft wisch wissen wolken wust
    zehren zimmern
    """
) | {"hahn see", "rot see", "weil stadt"}
# Words that mean no place in a query even after a preposition: "in Brand gesetzt", "um acht", "um Schutz".
NEVER_PLACES = word_set("acht bescheid besitz brand breit gleichen halbe kommen meine ohne schutz schwarz")


def clean(text: str) -> str:
    """One Unicode form without the characters that nobody sees; "M-V" as one word."""
    visible = INVISIBLE.sub("", CONTROL.sub(" ", unicodedata.normalize("NFKC", text)))
    return re.sub(r"\bM-V\b", "MV", visible)


def written_out(folded: Sequence[str]) -> list[str]:
    """The words with short forms written out: ["st", "georgen"] → ["sankt", "georgen"]."""
    return [(SHORT_ADDITIONS if place else SHORT_FORMS).get(word, word) for place, word in enumerate(folded)]


def words(text: str) -> list[str]:
    return written_out(WORD.findall(fold(text).replace("o.l.", "oberlausitz")))


def key(name: Sequence[str]) -> str:
    """What the spellings of a name have in common: "Frankfurt/Main" and "Frankfurt am Main" → "frankfurt main"."""
    return " ".join([*name[:1], *(word for word in name[1:] if word not in LINKS)])


def base_key(name: str) -> str:
    """The key of the name before its addition: "Halle (Saale)" → "halle", "Berg b.Neumarkt" → "berg"."""
    head = words(ADDITION.split(name, maxsplit=1)[0])
    end = next((place for place, word in enumerate(head) if place and word in LINKS), len(head))
    return " ".join(head[:end])
