import re

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import catalogue
from directory.filters import RETIRED
from directory.models import CatalogueVersion, Offer
from tests.factories import make_offer, make_region, make_threat_type
from tests.markup import elements

pytestmark = pytest.mark.django_db
URL = "/angebote/"


def listed(response):
    return [offer.slug for offer in response.context["object_list"]]


def test_offer_list_hides_drafts_and_ended_offers(client):
    make_offer(slug="shown")
    make_offer(status=Offer.Status.DRAFT)
    make_offer(status=Offer.Status.DEFUNCT)

    assert listed(client.get(URL)) == ["shown"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("query", ["", "?bedrohung=hass&ort=Neustrelitz&q=Beratung&merkmal=jetzt-erreichbar"])
def test_warm_page_costs_no_query(client, django_assert_num_queries, count, query):
    threat = make_threat_type(slug="hass")
    land = make_region(official_key="13", iso_code="DE-MV")
    for _ in range(count):
        make_offer(threat_types=[threat], regions=[land], phones=["116006"], around_the_clock=True)
    client.get(URL + query)

    with django_assert_num_queries(0):
        response = client.get(URL + query)
    assert len(listed(response)) == count


def test_groups_name_municipal_land_and_federal_offers(client):
    land = make_region("Hessen", slug="hessen")
    make_offer(slug="bund")
    make_offer(slug="land", regions=[land], audience=Offer.Audience.OPEN)
    make_offer(slug="kommunal", regions=[land])

    response = client.get(URL, {"region": "hessen"})

    assert [(heading, [offer.slug for offer in offers]) for heading, offers in response.context["groups"]] == [
        ("Für die Kommunalpolitik in Hessen", ["kommunal"]),
        ("Für alle in Hessen", ["land"]),
        ("Bundesweite Angebote", ["bund"]),
    ]


@pytest.mark.parametrize("way", ["online_form", "chat"])
def test_card_links_to_the_website_only_where_it_is_another_address(client, way):
    make_offer(name="A", **{way: "https://a.example/hilfe"}, website="https://a.example/hilfe")
    make_offer(name="B", **{way: "https://b.example/hilfe"}, website="https://b.example/")

    links = [link["href"] for _, link, _ in elements(client.get(URL).content.decode(), "a")]

    assert [address for address in links if address.startswith("https:")] == [
        "https://a.example/hilfe",
        "https://b.example/hilfe",
        "https://b.example/",
    ]


def test_card_has_phone_link_conditions_and_proof(client):
    make_offer(name="Hilfe <b>", phones=["+493025208838"], free_of_charge=True, anonymous=True)

    html = client.get(URL).content.decode()

    assert '<a class="phone-link" href="tel:+493025208838">030 25208838</a>' in html
    assert "<li>kostenfrei</li>" in html
    assert "<li>anonym möglich</li>" in html
    assert "Aus öffentlichen Quellen, noch nicht bestätigt" in html
    assert "Hilfe &lt;b&gt;" in html


def test_edit_shows_after_the_version_moved(client, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("directory.catalogue.monotonic", lambda: now[0])
    offer = make_offer(phones=["+493025208838"])
    client.get(URL)
    offer.phones.update(number="+493025208839")
    CatalogueVersion.objects.bump()
    now[0] += catalogue.POLL_SECONDS

    html = client.get(URL).content.decode()

    assert "tel:+493025208839" in html
    assert "tel:+493025208838" not in html


@pytest.fixture
def many_offers():
    for n in range(45):
        make_offer(slug=f"a{n:02}", name=f"Angebot {n:02}")


@pytest.mark.parametrize(
    ("page", "first", "last"),
    [
        ("1", "a00", "a19"),
        ("2", "a20", "a39"),
        ("3", "a40", "a44"),
        ("999", "a40", "a44"),
        ("1" + "0" * 30, "a40", "a44"),
        ("9" * 190, "a40", "a44"),
        ("0", "a40", "a44"),
        ("-1", "a40", "a44"),
        ("abc", "a00", "a19"),
        ("²", "a00", "a19"),
    ],
)
def test_any_page_number_shows_offers(client, many_offers, page, first, last):
    shown = listed(client.get(URL, {"seite": page}))

    assert (shown[0], shown[-1]) == (first, last)


def test_pages_link_to_their_neighbours_and_keep_the_filters(client, many_offers):
    html = client.get(URL, {"seite": "2", "zielgruppe": "kommunal", "fremd": "1"}).content.decode()

    assert '<link rel="canonical" href="/angebote/?zielgruppe=kommunal&amp;seite=2">' in html
    assert '<link rel="prev" href="/angebote/?zielgruppe=kommunal">' in html
    assert '<link rel="next" href="/angebote/?zielgruppe=kommunal&amp;seite=3">' in html
    assert "fremd" not in html
    assert "<title>45 Angebote: für Kommunalpolitik, Seite 2 – starke Stelle</title>" in html


def test_no_result_still_helps(client):
    make_offer(threat_types=[make_threat_type(slug="hass")], audience=Offer.Audience.OPEN, name="Fast")

    html = client.get(URL, {"bedrohung": "hass", "zielgruppe": "kommunal"}).content.decode()

    assert "Kein Angebot passt auf alle Filter zugleich." in html
    assert "ohne „Für wen?“: 1 Angebot<" in html
    assert "tel:+498003009944" in html
    assert "Das kommt Ihrer Suche am nächsten" in html


def test_retired_value_redirects_for_ever(client, monkeypatch):
    make_threat_type(slug="neu")
    monkeypatch.setitem(RETIRED, "bedrohung", {"alt": "neu"})

    response = client.get(URL, {"bedrohung": "alt", "ebene": "bund"})

    assert (response.status_code, response["Location"]) == (301, "/angebote/?bedrohung=neu&ebene=bund")


@pytest.mark.parametrize(
    "query",
    [
        "q=%00&ort=%00&region=%00&bedrohung=%00",
        "q=%ff%fe%80&ort=%c3%28",
        "q=" + "x" * 5000,
        "ort=" + "ü" * 5000,
        "&".join(f"bedrohung={n}" for n in range(900)),
        "&".join(f"p{n}=1" for n in range(900)),
        "q=%27%20OR%201%3D1--&ort=%22%3B%20DROP%20TABLE%20directory_offer",
        "q={{7*7}}{%25+debug+%25}&ort=<script>alert(1)</script>",
        "q=%E2%80%AE%E2%80%8B%EF%BB%BFx",
        "q=" + "o%CC%81" + "%CC%81" * 500,
        "region=..%2f..%2fetc&merkmal=__class__&sprache=1e999",
        "q[]=1&ort[a]=b&=&&=x&bedrohung",
        "seite=NaN&seite=1e5&seite=" + "9" * 6000,
    ],
)
def test_bad_input_is_a_normal_page_with_offers(client, query):
    make_offer(slug="help")

    response = client.get(f"{URL}?{query}")

    assert (response.status_code, listed(response)) == (200, ["help"])
    html = response.content.decode()
    assert "<script>alert" not in html
    assert "\x00" not in html


def test_ten_thousand_parameters_are_refused_kindly(client):
    response = client.get(f"{URL}?{'&'.join(f'p{n}=1' for n in range(10_000))}")

    assert response.status_code == 400
    assert "tel:+498003009944" in response.content.decode()


NAMES = st.sampled_from(
    ["q", "ort", "region", "bedrohung", "hilfe", "ebene", "zielgruppe", "merkmal", "sprache", "seite", "x"]
)
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["hass", "hessen", "bund", "land", "jetzt-erreichbar", "17235", "Neustadt", "19273", "NRW", "-1"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parameters=st.lists(st.tuples(NAMES, VALUES), max_size=8))
def test_any_query_string_shows_offers_or_a_way_out(client, parameters):
    if not Offer.objects.exists():
        make_offer(threat_types=[make_threat_type(slug="hass")], regions=[make_region("Hessen", slug="hessen")])
        make_offer(audience=Offer.Audience.OPEN, name="Bundesweit")

    query = {}
    for name, value in parameters:
        query.setdefault(name, []).append(value)
    response = client.get(URL, query)

    assert response.status_code == 200
    html = response.content.decode()
    assert 'class="card"' in html
    shown = {re.sub(r"\?.*", "", link) for link in re.findall(r'href="(/[^"#]*)"', html)}
    assert {link for link in shown if link.startswith("/angebote/") and link != "/angebote/"}


def test_start_page_leads_to_the_finder(client):
    make_threat_type(slug="hass", name="Hass und Hetze im Netz")
    make_region("Hessen", slug="hessen")

    html = client.get(reverse("directory:start")).content.decode()

    assert '<form class="panel" action="/angebote/">' in html
    assert 'name="bedrohung" value="hass"' in html
    assert 'href="/land/hessen/"' in html
