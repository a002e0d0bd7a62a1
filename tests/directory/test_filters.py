from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from directory import catalogue, filters
from directory.filters import OfferFilter
from directory.models import Offer
from directory.parameters import plain
from directory.selection import Selection
from tests.factories import (
    make_language,
    make_offer,
    make_organization,
    make_region,
    make_support_type,
    make_threat_type,
)

pytestmark = pytest.mark.django_db


def finder(query="", built=None):
    """The finder for a query string."""
    offers = OfferFilter(QueryDict(query), Selection(built or catalogue.build()))
    assert offers.qs is not None
    return offers


def slugs(offers):
    return [offer.slug for offer in offers.qs]


@pytest.fixture
def germany():
    """Two Länder with the Kreise of places that the gazetteer knows."""
    mv = make_region("Mecklenburg-Vorpommern", slug="mv", official_key="13", iso_code="DE-MV")
    ni = make_region("Niedersachsen", slug="ni", official_key="03", iso_code="DE-NI")
    seen = make_region("Landkreis Mecklenburgische Seenplatte", parent=mv, slug="seenplatte", official_key="13071")
    lup = make_region("Landkreis Ludwigslust-Parchim", parent=mv, slug="lup", official_key="13076")
    lg = make_region("Landkreis Lüneburg", parent=ni, slug="lueneburg", official_key="03355")
    return {"mv": mv, "ni": ni, "seenplatte": seen, "lup": lup, "lueneburg": lg}


@pytest.fixture
def offers(germany):
    hate, stalking = make_threat_type(slug="hass", name="Hass"), make_threat_type(slug="stalking", name="Stalking")
    legal = make_support_type(slug="recht", name="Rechtliche Hilfe")
    make_offer(slug="bund", name="Bund", threat_types=[hate], audience=Offer.Audience.OPEN, phones=["116006"])
    make_offer(slug="mv", name="MV", regions=[germany["mv"]], threat_types=[stalking], support_types=[legal])
    make_offer(slug="ni", name="NI", regions=[germany["ni"]], threat_types=[hate], languages=[make_language(slug="en")])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["bund", "mv", "ni"]),
        ("bedrohung=hass", ["bund", "ni"]),
        ("bedrohung=hass&bedrohung=stalking", ["bund", "mv", "ni"]),
        ("bedrohung=hass&hilfe=recht", []),
        ("hilfe=recht", ["mv"]),
        ("ebene=bund", ["bund"]),
        ("ebene=land", ["mv", "ni"]),
        ("ebene=bund&ebene=land", ["bund", "mv", "ni"]),
        ("zielgruppe=alle", ["bund"]),
        ("zielgruppe=kommunal", ["mv", "ni"]),
        ("merkmal=telefon", ["bund"]),
        ("sprache=en", ["ni"]),
        ("region=mv", ["mv", "bund"]),
        ("region=seenplatte", ["mv", "bund"]),
        ("region=mv&ebene=land", ["mv"]),
        ("region=mv&region=ni", ["bund", "mv", "ni"]),
        ("ort=Neustrelitz", ["mv", "bund"]),
        ("ort=17235", ["mv", "bund"]),
        ("ort=19273", ["bund", "mv", "ni"]),
        ("q=NI", ["ni"]),
        ("BEDROHUNG=hass", ["bund", "mv", "ni"]),
        ("bedrohung=HASS", ["bund", "ni"]),
        ("utm_source=x&bedrohung=hass", ["bund", "ni"]),
    ],
)
def test_parameters_narrow(offers, query, expected):
    assert slugs(finder(query)) == expected


def test_unknown_value_drops_itself_only_and_is_named(offers):
    found = finder("bedrohung=gibt-es-nicht&bedrohung=hass&ebene=kreis")

    assert slugs(found) == ["bund", "ni"]
    assert [notice.text for notice in found.notices] == [
        "Den Filter „gibt-es-nicht“ gibt es nicht (mehr). Er zählt nicht mit.",
        "Den Filter „kreis“ gibt es nicht (mehr). Er zählt nicht mit.",
    ]


def test_search_without_a_hit_shows_all_and_says_so(offers):
    found = finder("q=xqzwvk")

    assert slugs(found) == ["bund", "mv", "ni"]
    assert [notice.text for notice in found.notices] == [
        "Zu „xqzwvk“ haben wir nichts gefunden. Der Suchtext zählt nicht mit."
    ]


def test_search_that_speaks_of_death_says_first_who_listens(real_catalogue):
    found = finder("q=Morddrohnug+und+Suizidgedanken+xqzwvk", real_catalogue)

    first, mended, unmatched = found.notices
    assert first.text == (
        "Denken Sie daran, sich das Leben zu nehmen, oder sorgen Sie sich um jemanden? "
        "Bitte sprechen Sie jetzt mit einem Menschen."
    )
    assert [(link.label, link.url) for link in first.links] == [
        (
            "TelefonSeelsorge, rund um die Uhr: 0800\N{NO-BREAK SPACE}111\N{NO-BREAK SPACE}01\N{NO-BREAK SPACE}11",
            "tel:+498001110111",
        ),
        ("Rettungsdienst: 112", "tel:112"),
    ]
    assert "Morddrohung" in mended.text
    assert "xqzwvk" in unmatched.text


def test_search_prefers_what_more_of_those_who_ask_can_use(germany):
    threat = make_threat_type(slug="drohung", name="Drohung")
    actor = make_organization(name="Hilfe bei Drohung")  # says more than the kind of threat
    make_offer(slug="bund", threat_types=[threat])
    make_offer(slug="land", threat_types=[threat], regions=[germany["mv"]], organization=actor)

    assert slugs(finder("q=Drohung")) == ["bund", "land"]
    assert slugs(finder("q=Drohung&region=mv")) == ["land", "bund"]


def test_postal_code_in_two_laender_asks(offers):
    found = finder("ort=19273")

    [question] = found.notices
    assert question.text == "Welchen Ort meinen Sie mit „19273“?"
    assert {link.label for link in question.links} >= {
        "Amt Neuhaus (Niedersachsen)",
        "Teldau (Mecklenburg-Vorpommern)",
    }
    for link in question.links:
        chosen = finder(link.url.partition("?")[2])
        assert (chosen.notices, len(chosen.where.areas)) == ([], 1), link.label


@pytest.mark.parametrize("name", ["Neustadt", "Halle", "Frankfurt", "Münster", "Hof"])
def test_same_named_places_are_asked_for_and_every_answer_ends_it(real_catalogue, name):
    found = finder(f"ort={name}&bedrohung=hass-im-netz", real_catalogue)

    [question] = found.notices
    assert 2 <= len(question.links) <= 12
    for link in question.links:
        answered = finder(link.url.partition("?")[2], real_catalogue)
        assert (answered.notices, len(answered.where.areas)) == ([], 1), link.label
        assert "bedrohung=hass-im-netz" in answered.url()


def test_place_that_names_its_land_itself_is_not_asked_for_with_the_land_twice(real_catalogue):
    [question] = finder("ort=Neustadt", real_catalogue).notices

    assert [link.label for link in question.links if "Hessen" in link.label] == ["Neustadt (Hessen)"]


def test_same_named_places_of_one_land_are_asked_for_too(real_catalogue):
    found = finder("ort=Neustadt&region=bayern", real_catalogue)

    [question] = found.notices
    assert "Neustadt am Kulm (Bayern)" in [link.label for link in question.links]
    assert len(question.links) > 3


def test_place_of_a_land_that_the_directory_lacks_is_unknown():
    assert finder("ort=Neustrelitz").where.unknown


def test_place_outside_the_region_is_said_and_the_region_counts(offers):
    found = finder("ort=Neustrelitz&region=ni")

    assert slugs(found) == ["ni", "bund"]
    [notice] = found.notices
    assert notice.text == "„Neustrelitz“ liegt nicht in der gewählten Region. Sie sehen Angebote für Niedersachsen."
    assert slugs(finder(notice.links[0].url.partition("?")[2])) == ["mv", "bund"]


def test_unknown_place_shows_all_and_suggests(offers):
    found = finder("ort=Neustrelits")

    assert slugs(found) == ["bund", "mv", "ni"]
    [notice] = found.notices
    assert notice.text == "Den Ort „Neustrelits“ kennen wir in Deutschland nicht. Oder meinten Sie:"
    assert "Neustrelitz" in [link.label for link in notice.links]


def test_region_with_the_name_of_a_town_names_the_town_too(real_catalogue):
    found = finder("ort=Brandenburg", real_catalogue)

    assert found.where.label == "Brandenburg"
    [notice] = found.notices
    assert notice.text == "Gemeint ist: Brandenburg. Oder meinten Sie:"
    assert [link.label for link in notice.links] == ["Brandenburg an der Havel"]


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("Drohung Angermünde", "Angermünde · Brandenburg · Landkreis Uckermark"),
        ("ort=Berlin", "Berlin"),
        ("Beratung in Hamburg", "Hamburg"),
        ("Drohbrief in Dresden", "Sachsen · Dresden"),
        ("Stelle", ""),
    ],
)
def test_place_in_real_searches(real_catalogue, query, label):
    found = finder(query if "=" in query else urlencode({"q": query}), real_catalogue)

    assert found.where.label == label


def test_place_inside_the_search_becomes_a_removable_filter(offers):
    found = finder("q=Neustrelitz+Stalking")

    assert slugs(found) == ["mv"]
    place, search = found.chips
    assert place.label == ("Ort: Neustrelitz · Mecklenburg-Vorpommern · Landkreis Mecklenburgische Seenplatte")
    assert place.url == "/angebote/?q=Stalking"
    assert (search.label, search.url) == ("Suche: Stalking", "/angebote/?ort=Neustrelitz")


def test_every_chip_removes_its_own_filter_only(offers):
    found = finder("q=NI&region=ni&bedrohung=hass&ebene=land&seite=3&unbekannt=1")

    assert [(chip.label, chip.url) for chip in found.chips] == [
        ("Suche: NI", "/angebote/?region=ni&bedrohung=hass&ebene=land"),
        ("Niedersachsen", "/angebote/?q=NI&bedrohung=hass&ebene=land"),
        ("Hass", "/angebote/?q=NI&region=ni&ebene=land"),
        ("Land", "/angebote/?q=NI&region=ni&bedrohung=hass"),
    ]


def test_facet_counts_leave_the_own_choice_out(offers):
    found = finder("bedrohung=stalking&ebene=land")

    counts = {facet.parameter: {o.value: o.count for o in facet.options} for facet in found.facets}
    assert counts["bedrohung"] == {"hass": 1, "stalking": 1}
    assert counts["ebene"] == {"bund": 0, "land": 1}
    assert counts["zielgruppe"] == {"kommunal": 1, "alle": 0}


def test_nothing_fits_names_each_filter_to_lift(offers):
    found = finder("bedrohung=hass&hilfe=recht&region=mv")

    assert found.qs.count() == 0
    assert [(lift.label, lift.count, lift.url) for lift in found.lifts] == [
        ("Was ist passiert?", 1, "/angebote/?region=mv&hilfe=recht"),
        ("Welche Hilfe brauchen Sie?", 1, "/angebote/?region=mv&bedrohung=hass"),
    ]
    assert found.nearest


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("", "3 Angebote"),
        ("ebene=bund", "Ein Angebot"),
        ("bedrohung=hass&hilfe=recht", "Keine Angebote"),
        ("region=mv", "2 Angebote für Mecklenburg-Vorpommern"),
        ("ort=17235", "2 Angebote für Neustrelitz"),
        ("ort=Neustrelits", "3 Angebote"),
    ],
)
def test_heading_counts_and_names_the_place(offers, query, heading):
    assert finder(query).heading == heading


def test_retired_value_leads_to_its_successor(offers, monkeypatch):
    monkeypatch.setitem(filters.RETIRED, "bedrohung", {"alt": "hass"})

    found = finder("bedrohung=alt&ebene=bund")

    assert found.successor == "?bedrohung=hass&ebene=bund"
    assert finder("bedrohung=hass").successor == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Neu\tstrelitz\n", "Neu strelitz"),
        ("a\x00b", "a b"),
        ("\u202eabc\u200b", "abc"),
        ("o" + "\u0301" * 500, "ó\u0301\u0301"),
        ("\ufffdx", "x"),
        ("x" * 5000, "x" * 200),
    ],
)
def test_plain_removes_what_could_deceive(typed, kept):
    assert plain(typed) == kept


def test_url_is_canonical(offers):
    assert finder(urlencode({"seite": 2, "bedrohung": "hass", "q": "NI", "fremd": 1})).url() == (
        "/angebote/?q=NI&bedrohung=hass"
    )
