import pytest

from directory import places
from directory.gazetteer import STATES, gazetteer
from directory.place_words import NEVER_PLACES, NICKNAMES, ORDINARY_WORDS
from directory.search import fold

VOCABULARY = {"hetze", "beratung", "stelle", "sachsen", "rostock", "angermünde"}


def in_vocabulary(word):
    return word.lower() in VOCABULARY


def names_of(typed):
    return [f"{place.name} {place.region_key}" for place in places.find(typed).candidates]


def suggested_for(typed):
    return [place.name for place in places.find(typed).suggestions]


def test_a_place_knows_its_numbers():
    [place] = places.find("Neustrelitz").candidates

    assert place == places.Place("Neustrelitz", "13071", "DE-MV", ("17235",), 22291)


# ---- postal codes ----


@pytest.mark.parametrize(
    "typed",
    ["17235", " 17235 ", "17 235", "D-17235", "DE-17235", "D 17235", "d17235", "17235 Neustrelitz", "１７２３５"],
)
def test_find_reads_a_postal_code(typed):
    assert names_of(typed) == ["Neustrelitz 13071"]


def test_find_keeps_the_zero_a_postal_code_begins_with():
    assert "Dresden 14612" in names_of("01067")


def test_find_returns_the_places_of_a_postal_code_in_two_states():
    assert names_of("19273") == ["Bleckede 03355", "Amt Neuhaus 03355", "Brahlstorf 13", "Dersenow 13076", "Teldau 13"]


def test_find_narrows_a_postal_code_by_the_name_beside_it():
    assert names_of("19273 Teldau") == ["Teldau 13"]


def test_find_offers_both_when_postal_code_and_name_disagree():
    assert names_of("17235 Rostock") == ["Neustrelitz 13071", "Rostock 13003"]


def test_find_takes_no_common_half_of_names_for_a_place():
    assert not places.find("Klein")


def test_find_suggests_neighbours_of_an_unknown_postal_code():
    assert not places.find("17236")
    assert suggested_for("17236")[0] == "Neustrelitz"


def test_find_suggests_places_for_the_start_of_a_postal_code():
    assert suggested_for("172") == ["Neustrelitz", "Prenzlau", "Templin"]


# ---- names ----

SPELLINGS = {
    "Neustrelitz 13071": [
        "Neustrelitz",
        "NEUSTRELITZ",
        "neustrelitz",
        "Neu Strelitz",
        "Neu-Strelitz",
        "in Neustrelitz",
    ],
    "Köln 05315": ["Köln", "Koeln", "KÖLN", "Ko\u0308ln", "Stadt Köln"],
    "Weißwasser/O.L. 14626": ["Weißwasser", "Weisswasser", "WEISSWASSER", "Weißwasser/Oberlausitz", "Weißwasser O.L."],
    "Frankfurt am Main 06412": ["Frankfurt am Main", "Frankfurt/Main", "Frankfurt a.M.", "Frankfurt a. M.", "FFM"],
    "Frankfurt (Oder) 12053": [
        "Frankfurt (Oder)",
        "Frankfurt/Oder",
        "frankfurt oder",
        "Frankfurt/O.",
        "Frankfurt an der Oder",
    ],
    "Halle (Saale) 15002": ["Halle (Saale)", "Halle Saale", "Halle/Saale", "Halle an der Saale", "Halle (S.)"],
    "Neustadt an der Weinstraße 07316": [
        "Neustadt an der Weinstraße",
        "Neustadt a. d. Weinstrasse",
        "Neustadt/Weinstr.",
    ],
    "Sankt Wendel 10046": ["Sankt Wendel", "St. Wendel", "St.Wendel", "st wendel"],
    "Castrop-Rauxel 05562": ["Castrop-Rauxel", "Castrop Rauxel", "castroprauxel", "Castrop", "Rauxel"],
    "Garmisch-Partenkirchen 09180": ["Garmisch", "Partenkirchen"],
    "Bad Kissingen 09672": ["Bad Kissingen", "Kissingen"],
    "Dessau-Roßlau 15001": ["Dessau", "Rosslau", "Dessau-Rosslau"],
    "Wittenberg 15091": ["Wittenberg", "Lutherstadt Wittenberg"],
    "Hann. Münden 03159": ["Hann. Münden", "Hannoversch Münden"],
    "Mühldorf a. Inn 09183": ["Mühldorf", "Mühldorf am Inn", "Mühldorf a.Inn"],
    "Thür 07137": ["Thür"],
    "Reichenbach/O.L. 14": ["Reichenbach/O.L.", "Reichenbach/Oberlausitz", "Reichenbach (Oberlausitz)"],
    "Rostock 13003": [
        "Rostock",
        "Stadt Rostock",
        "Hansestadt Rostock",
        "Kreisfreie Stadt Rostock",
        "Rostock-Warnemünde",
    ],
    "Neukirchen 09278": ["Neukirchen, Landkreis Straubing-Bogen"],
    "Fürth 06431": ["Fürth, Hessen", "Fürth in Hessen", "Hessen Fürth"],
    "Berlin 11": ["Berlin", "Berlin-Kreuzberg"],
    "Hamburg 02": ["Hamburg"],
    "Bremen 04011": ["Bremen"],
}


@pytest.mark.parametrize(
    ("typed", "found"), [(typed, found) for found, spellings in SPELLINGS.items() for typed in spellings]
)
def test_find_knows_the_spellings_of_a_name(typed, found):
    assert names_of(typed) == [found]


def test_find_returns_all_places_of_a_name_the_biggest_first():
    assert names_of("Halle") == ["Halle (Saale) 15002", "Halle (Westf.) 05754", "Halle 03255", "Halle 03456"]


def test_find_reads_a_title_as_a_title():
    assert names_of("Stadt Hagen") == names_of("Hagen")  # and not Stadthagen


def test_find_takes_a_name_without_its_addition():
    found = names_of("Neustadt")

    assert len(found) == 16
    assert found[:2] == ["Neustadt an der Weinstraße 07316", "Neustadt am Rübenberge 03241"]
    assert "Neustadt/Vogtland 14523" in found
    assert not any(name.startswith(("Neustadtl", "Bad Neustadt", "Wiener")) for name in found)


MISSPELT = {
    "Neustelitz": "Neustrelitz",
    "Munchen": "München",
    "Koln": "Köln",
    "Gustrow": "Güstrow",
    "Saarbücken": "Saarbrücken",
    "Greifswalt": "Greifswald",
    "Kisingen": "Bad Kissingen",
    "Neustat": "Neustadt an der Weinstraße",  # and not Titisee-Neustadt
    "Hmburg": "Hamburg",  # and not Homburg, which is as like but smaller
}


@pytest.mark.parametrize(("typed", "first"), MISSPELT.items())
def test_find_suggests_what_a_misspelt_name_is_like(typed, first):
    match = places.find(typed)

    assert not match
    assert match.suggestions[0].name == first
    assert len(match.suggestions) <= 3


@pytest.mark.parametrize("typed", ["", "   ", "xyzxyz", "!!!", "00000", "(", "§ 185", "\0", "\u202e"])
def test_find_knows_what_is_no_place(typed):
    assert places.find(typed) == places.Match()


# ---- regions ----

REGIONS = {
    "05": ["Nordrhein-Westfalen", "NRW", "nrw", "nordrhein westfalen", "Nordreihn-Westfalen", "NW"],
    "13": [
        "Mecklenburg-Vorpommern",
        "MV",
        "M-V",
        "Meck-Pomm",
        "MeckPomm",
        "Mecklenburg Vorpomern",
        "Land Mecklenburg-Vorpommern",
    ],
    "08": ["Baden-Württemberg", "BaWü", "Bawü", "BW", "Baden-Würtemberg", "Baden Wuerttemberg"],
    "07": ["Rheinland-Pfalz", "RLP", "rheinland pfalz"],
    "15": ["Sachsen-Anhalt", "LSA", "sachsen anhalt"],
    "14": ["Sachsen", "Freistaat Sachsen"],
    "16": ["Thüringen", "thueringen"],
    "09": ["Bayern", "Freistaat Bayern", "BY"],
    "12": ["Brandenburg", "Land Brandenburg"],
    "04": ["Land Bremen", "HB"],
    "13072": ["Landkreis Rostock", "Kreis Rostock", "LK Rostock", "Lkr. Rostock", "landkreis rostock"],
    "05166": ["Kreis Viersen", "Landkreis Viersen"],
    "03241": ["Region Hannover", "Landkreis Hannover"],
    "05334": ["Städteregion Aachen", "Kreis Aachen"],
    "10041": ["Regionalverband Saarbrücken"],
    "03458": ["Landkreis Oldenburg"],
    "05162": ["Rhein-Kreis Neuss", "Kreis Neuss"],
    "05382": ["Rhein-Sieg-Kreis", "Rhein-Sieg"],
    "06440": ["Wetteraukreis", "Wetterau"],
    "13071": ["Mecklenburgische Seenplatte", "Seenplatte", "Landkreis Mecklenburgische Seenplate"],
    "03256": ["Landkreis Nienburg"],
    "03353": ["Harburg", "Landkreis Harburg"],
    "15085": ["Harz"],
    "01054": ["Nordfriesland", "Kreis Nordfriesland"],
}


@pytest.mark.parametrize(("typed", "key"), [(typed, key) for key, spellings in REGIONS.items() for typed in spellings])
def test_find_knows_regions(typed, key):
    match = places.find(typed)

    assert (match.candidates, match.region_key) == ((), key)


@pytest.mark.parametrize(
    "name", ["Rostock", "Hannover", "Viersen", "Aachen", "Oldenburg", "Bremen", "Berlin", "Offenbach"]
)
def test_a_town_goes_before_the_region_of_its_name(name):
    match = places.find(name)

    assert match.candidates[0].name.startswith(name)
    assert match.region_key == ""


@pytest.mark.parametrize("typed", ["Neukölln", "Prenzlauer Berg", "Friedrichshain-Kreuzberg", "Berlin-Spandau"])
def test_find_knows_the_districts_of_berlin(typed):
    assert names_of(typed) == ["Berlin 11"]


def test_no_nickname_is_the_name_of_another_place():
    assert [name for name in NICKNAMES if name in gazetteer().by_name] == []


def test_a_loose_name_of_two_districts_is_none():
    match = places.find("Kreis Neustadt")

    assert match.region_key == ""
    assert len(match.candidates) == 16


def test_a_region_that_goes_first_brings_the_town_as_a_suggestion():
    assert suggested_for("Brandenburg") == ["Brandenburg an der Havel"]


# ---- a place inside a search query ----

MENTIONS = {  # query: places or region, as typed, the rest
    "Neustrelitz Facebook Hetze": ("Neustrelitz", "Neustrelitz", "Facebook Hetze"),
    "facebook hetze neustrelitz": ("Neustrelitz", "neustrelitz", "facebook hetze"),
    "Drohbrief in Essen": ("Essen|Essen (Oldenburg)", "Essen", "Drohbrief"),
    "Hilfe 17235": ("Neustrelitz", "17235", "Hilfe"),
    "Hilfe in 17235 Neustrelitz gesucht": ("Neustrelitz", "17235 Neustrelitz", "Hilfe gesucht"),
    "D-17235 Hetze": ("Neustrelitz", "D-17235", "Hetze"),
    "Bürgermeisterin Frankfurt (Oder) bedroht": ("Frankfurt (Oder)", "Frankfurt (Oder)", "Bürgermeisterin bedroht"),
    "Frankfurt a.M. Drohung": ("Frankfurt am Main", "Frankfurt a.M", "Drohung"),
    "Halle (Westf.), Drohung": ("Halle (Westf.)", "Halle (Westf.)", "Drohung"),
    "Neustadt an der Weinstraße Drohbrief": ("Neustadt an der Weinstraße", "Neustadt an der Weinstraße", "Drohbrief"),
    "Gemeinderat in Buchholz in der Nordheide": (
        "Buchholz in der Nordheide",
        "Buchholz in der Nordheide",
        "Gemeinderat",
    ),
    "Drohung St. Augustin": ("Sankt Augustin", "St. Augustin", "Drohung"),
    "Neukirchen Sachsen Drohung": ("Neukirchen/Erzgebirge|Neukirchen/Pleiße", "Neukirchen Sachsen", "Drohung"),
    "Hetze MV Neustrelitz": ("Neustrelitz", "MV Neustrelitz", "Hetze"),
    "Garmisch Drohung": ("Garmisch-Partenkirchen", "Garmisch", "Drohung"),
    "Berlin-Kreuzberg Farbanschlag": ("Berlin", "Berlin", "Kreuzberg Farbanschlag"),
    "(Leipzig)": ("Leipzig", "Leipzig", ""),
    "in der Stadt Essen beleidigt": ("Essen|Essen (Oldenburg)", "Stadt Essen", "beleidigt"),
    "Weil der Stadt Hetze": ("Weil der Stadt", "Weil der Stadt", "Hetze"),
    "Shitstorm NRW": ("05", "NRW", "Shitstorm"),
    "nrw shitstorm": ("05", "nrw", "shitstorm"),
    "Hetze in M-V": ("13", "MV", "Hetze"),
    "hetze in mv": ("13", "mv", "hetze"),
    "lka bw": ("08", "bw", "lka"),
    "BW Anzeige": ("08", "BW", "Anzeige"),
    "Hetze aus dem Saarland": ("10", "Saarland", "Hetze"),
    "Sachsen-Anhalt Beratung": ("15", "Sachsen-Anhalt", "Beratung"),
    "Sachsen": ("14", "Sachsen", ""),
    "im Landkreis Rostock bedroht": ("13072", "Landkreis Rostock", "bedroht"),
    "Kreis Viersen Stalking": ("05166", "Kreis Viersen", "Stalking"),
    "welche Stelle in Niedersachsen hilft": ("03", "Niedersachsen", "welche Stelle hilft"),
    # an ordinary word is a place once a preposition or "Stadt" announces it
    "in Stelle bedroht": ("Stelle", "Stelle", "bedroht"),
    "Gemeinde Stelle": ("Stelle", "Gemeinde Stelle", ""),
    "Drohung aus Hof": ("Hof|Hof", "Hof", "Drohung"),
    "Bayern Hof": ("09", "Bayern", "Hof"),
    "in Hof Bayern": ("Hof", "Hof Bayern", ""),
    "im Harz bedroht": ("15085", "Harz", "bedroht"),
    # a word of the directory is a place after a preposition, or when the town is big
    "Rostock Hetze": ("Rostock", "Rostock", "Hetze"),
    "Hetze in Angermünde": ("Angermünde", "Angermünde", "Hetze"),
}


@pytest.mark.parametrize("query", MENTIONS)
def test_find_in_text_finds_the_place(query):
    mention = places.find_in_text(query, in_vocabulary)

    where = mention.match.region_key or "|".join(place.name for place in mention.match.candidates)
    assert (where, mention.surface, mention.rest) == MENTIONS[query]


@pytest.mark.parametrize(
    "query",
    [
        "welche Stelle hilft",
        "an wen wenden",
        "Hof",
        "Harz",
        "im Wald verfolgt",
        "Auto in Brand gesetzt",
        "um acht",
        "um Schutz bitten",
        "mit Steinen beworfen",
        "mit Füßen getreten",
        "Männer kamen zu meinem Haus",
        "Postfach leer",
        "weil Stadt nichts tut",
        "Termin buchen",
        "Waren bestellt auf meinen Namen",
        "Merz beleidigt",
        "Bergstraße 5",
        "Au",
        "Angermünde Hetze",  # the directory uses the word, the town is small, nothing announces it
        "Elster",  # half of Bad Elster, which is small
        "Tel 0800 30099 44",
        "17235 44",
        "030 25208838",
        "§ 17235",
        "110",
        "99999",
        "Drohbrief bekommen was nun",
        "",
    ],
)
def test_find_in_text_takes_no_ordinary_word_for_a_place(query):
    assert places.find_in_text(query, in_vocabulary) is None


def test_the_lists_of_ordinary_words_hold_names_only():
    assert [word for word in ORDINARY_WORDS | NEVER_PLACES if not gazetteer().exact(word.split())] == []
    assert [word for word in ORDINARY_WORDS | NEVER_PLACES if fold(word) != word] == []


def test_find_in_text_leaves_text_beyond_its_limit_in_the_rest():
    tail = "Drohung " * 100

    mention = places.find_in_text(f"Neustrelitz {tail}", in_vocabulary)

    assert mention.rest == tail.strip()


# ---- hostile input ----


HOSTILE = {
    "words": "a " * 2500,
    "digits": "9" * 5000,
    "postal codes": "17235 " * 900,
    "single digits": "1 " * 2500,
    "prefixes": "D-" * 2500,
    "NUL": "\0" * 5000,
    "bidi controls": "\u202e" * 5000,
    "names": "Neustadt " * 600,
    "links": "in der " * 800,
    "brackets": "(" * 5000,
    "long s": "ſ" * 5000,
    "ligature": "ﷺ" * 5000,
    "umlauts": "ä" * 5000,
    "arabic digits": "٣" * 5,
    "lone surrogate": "\ud800",
    "fractions": "½ ² ①",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_long_and_strange_input_is_harmless(text):
    assert isinstance(places.find(text), places.Match)
    mention = places.find_in_text(text, in_vocabulary)
    assert mention is None or len(mention.rest) < len(text)


def test_only_the_beginning_of_a_long_text_is_read():
    assert places.find("x " * places.LONGEST_NAME + "Neustrelitz") == places.Match()
    assert places.find_in_text("x " * places.LONGEST_QUERY + "Neustrelitz", in_vocabulary) is None


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\u00ad", "\ufeff"])
def test_characters_that_nobody_sees_do_not_hide_a_place(hidden):
    assert names_of(f"Neu{hidden}strelitz") == ["Neustrelitz 13071"]
    assert places.find_in_text(f"Hetze {hidden}Neustrelitz", in_vocabulary).rest == "Hetze"


# ---- the data ----


def test_the_gazetteer_holds_every_place_with_its_state():
    found = {place for named in gazetteer().by_name.values() for place in named}

    assert len(found) == 10_913
    assert {place.state for place in found} == {iso for iso, _, _ in STATES.values()}
    assert len(gazetteer().by_postal_code) == 8159
