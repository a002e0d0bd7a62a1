import pytest

from directory.catalogue import Term
from directory.search import SearchIndex, fold, key, words

THREAT = Term("bedrohung-noetigung", "Bedrohung und Nötigung", synonyms=("Morddrohung", "Drohbrief", "auflauern"))
ONLINE = Term("hass-im-netz", "Hass und Hetze im Netz", synonyms=("Facebook", "Reifen zerstochen"))
OFFERS = [
    ("HateAid – Beratung", "HateAid gGmbH", "Hilfe bei digitaler Gewalt"),
    ("Opferberatung", "LOBBI e. V.", "Hilfe nach Hasskriminalität"),
    ("Zentralstelle", "Landeskriminalamt Musterland", "Hilfe bei Strafanzeigen"),
    ("Meldestelle", "Netzwerk mit HateAid", "Hilfe und Überblick über Kriminalität"),
]


@pytest.fixture
def index():
    return SearchIndex(OFFERS, [(0b0001, ONLINE), (0b0110, THREAT)], [("+493812009379", 1), ("116006", 3)])


def found(index, query):
    """Positions of the offers found, best first, equals together."""
    return [[n for n in range(4) if group >> n & 1] for group in index.search(query).groups]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bedrohung", "Bedrohungen"),
        ("Bedrohung", "bedroht"),
        ("Übergriff", "Uebergriffe"),
        ("Straße", "Strasse"),
        ("Beleidigung", "beleidigt"),
        ("Anwältin", "anwaeltin"),
        ("drohen", "Drohung"),
    ],
)
def test_key_is_the_same_for_forms_of_a_word(one, other):
    assert key(fold(one)) == key(fold(other))


def test_words_are_folded_and_free_of_signs():
    assert words("Haß & Hetze: ÄRGER!") == ["hass", "hetze", "aerger"]


@pytest.mark.parametrize("query", ["Morddrohung", "Morddrohungen", "MORDDROHUNG", "Drohbriefe", "Bedrohung"])
def test_synonyms_and_names_of_a_kind_find_its_offers(index, query):
    assert found(index, query) == [[1, 2]]


def test_compound_is_found_by_its_part_and_by_its_parts(index):
    assert found(index, "Hass") == [[0], [1]]
    assert {n for group in found(index, "Facebookdrohbrief") for n in group} == {0, 1, 2}


def test_typing_error_is_mended_and_said(index):
    ranking = index.search("Morddrohnug")

    assert ranking.corrected == (("Morddrohnug", "Morddrohung"),)
    assert found(index, "Morddrohnug") == [[1, 2]]


def test_name_counts_more_than_the_actor_and_the_actor_more_than_text(index):
    assert found(index, "HateAid") == [[0], [3]]


def test_abbreviation_finds_what_is_written_out(index):
    assert found(index, "LKA") == [[2]]


@pytest.mark.parametrize(
    "query", ["0381 2009379", "+49 381 200 93 79", "0049381/2009379", "(0381) 2009379", "0381-2009"]
)
def test_phone_number_is_found_in_any_spelling(index, query):
    assert found(index, query) == [[1]]


def test_short_code_is_found_with_a_space(index):
    assert found(index, "116 006") == [[3]]


def test_word_in_every_offer_decides_nothing(index):
    assert found(index, "Hilfe LOBBI")[0] == [1]


def test_unknown_word_is_named_and_ignored(index):
    ranking = index.search("LOBBI xqzwv")

    assert ranking.unmatched == ("xqzwv",)
    assert found(index, "LOBBI xqzwv") == [[1]]


@pytest.mark.parametrize("query", ["", "und die", "xqzwv", "%_'\"; DROP TABLE", "\x00", "{{7*7}}", "☎☎☎☎☎"])
def test_nothing_found_is_an_empty_ranking(index, query):
    assert index.search(query).groups == ()


def test_phrase_of_synonyms_ranks_its_kind_first(index):
    assert found(index, "Reifen wurden zerstochen")[0] == [0]


def test_empty_directory_finds_nothing():
    assert SearchIndex([], [], []).search("Hilfe Bedrohung 0800").groups == ()


def test_endless_query_is_cut(index):
    assert index.search("LOBBI " * 5000).groups == index.search("LOBBI").groups


@pytest.mark.parametrize("word", ["qq" + 14 * "troll", 200 * "\ufdfa"], ids=["many parts", "eighteen letters in one"])
def test_endless_word_costs_no_more_than_a_long_one(word):
    """In "trolltroll" both "troll" and "roll" end a part: without a limit the work doubles with every part."""
    index = SearchIndex([("Troll", "Rolle", "")], [], [])
    before = sum(key.cache_info()[:2])  # hits and misses

    index.search(word)
    index.knows(word)

    assert sum(key.cache_info()[:2]) - before < 2000


def test_word_of_a_hundred_letters_in_an_entry_is_not_taken_apart():
    before = sum(key.cache_info()[:2])

    SearchIndex([("Troll", "Rolle", "qq" + 14 * "troll")], [], [])

    assert sum(key.cache_info()[:2]) - before < 2000
