import pytest

from directory.listed_offer import Term
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


def test_typing_error_is_mended_only_to_what_names_a_kind_an_offer_or_an_actor():
    offers = [("Räte stärken", "Verein", "Hilfe bei schwerer Kriminalität")]
    index = SearchIndex(offers, [], [])

    assert index.search("Verrein").corrected == (("Verrein", "Verein"),)
    assert index.search("Kriminalitet").corrected == ()
    assert index.search("Ratte").corrected == ()


def test_words_written_apart_are_one_word_too(index):
    assert found(index, "Hate Aid") == [[0], [3]]


def test_single_letters_say_nothing(index):
    assert index.search("i LOBBI").unmatched == ()


def test_favoured_offers_count_more(index):
    assert found(index, "Opferberatung Zentralstelle") == [[1, 2]]

    ranking = index.search("Opferberatung Zentralstelle", favoured=0b0100)

    assert ranking.groups == (0b0100, 0b0010)


def test_a_role_says_who_asks_and_not_what_for():
    offers = [("Junge Bürgermeister", "Netzwerk", "Austausch"), ("Opferberatung", "LOBBI", "Hilfe nach Drohung")]
    role = Term("municipal", "Kommunalpolitik", synonyms=("Bürgermeister",))
    index = SearchIndex(offers, [(0b01, role)], [], roles=role.synonyms)

    assert index.search("Bürgermeister Opferberatung").groups[0] == 0b10
    assert index.search("Bürgermeister").groups == (0b01,)


def test_what_is_to_be_read_comes_later_unless_it_is_asked_for():
    offers = [("Bedroht im Amt", "Stiftung", "Drohung, was tun?"), ("Beratung", "Verein", "Hilfe nach Drohung")]
    threat, guide = Term("bedrohung", "Bedrohung"), Term("information", "Leitfäden", synonyms=("Ratgeber",))
    index = SearchIndex(offers, [(0b11, threat), (0b01, guide)], [], reading=(0b01, ("information",)))
    without = SearchIndex(offers, [(0b11, threat), (0b01, guide)], [])

    assert without.search("bedroht", favoured=0b10).groups == (0b11,)
    assert index.search("bedroht", favoured=0b10).groups == (0b10, 0b01)
    assert index.search("Ratgeber bedroht", favoured=0b10).groups[0] == 0b01


def test_the_name_of_what_is_to_be_read_is_no_answer_to_what_most_offers_help_with():
    offers = [("Bedroht im Amt", "Stiftung", ""), ("Beratung", "Verein", ""), ("Opferhilfe", "Land", "")]
    threat, guide = Term("bedrohung", "Bedrohung"), Term("information", "Leitfäden")
    reading = (0b001, ("information",))

    assert SearchIndex(offers, [(0b111, threat)], [], reading=reading).search("bedroht").groups == (0b110, 0b001)
    assert SearchIndex(offers, [(0b011, threat), (0b001, guide)], [], reading=(0, ())).search("bedroht").groups[0] == 1


@pytest.mark.parametrize("query", ["meine Frau", "Mein Mann", "seiner Ehefrau", "ihren Mann"])
def test_who_asks_for_a_spouse_does_not_look_for_help_for_women_or_men(query):
    index = SearchIndex([("Hilfe für Frauen", "A", "Mann"), ("Opferberatung", "B", "Hilfe")], [], [])

    assert index.search(f"{query} Opferberatung").groups == (0b10,)
    assert index.search("Frau Opferberatung").groups == (0b11,)


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


def test_word_that_is_longer_than_what_is_looked_at_is_found():
    longest = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
    index = SearchIndex([("Beratung zum " + longest, "", ""), ("Beratung zum Waffenrecht", "", "")], [], [])

    found = index.search(longest)

    assert (found.groups, found.unmatched) == ((0b01,), ())
