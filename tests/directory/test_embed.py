import pytest

from directory import filters
from directory.models import Offer
from tests.factories import make_offer, make_region, make_threat_type
from tests.markup import elements

pytestmark = pytest.mark.django_db
URL = "/einbetten/angebote/"


def directives(response):
    """The policy by its directives. A file is read to its end, which closes it and leaves the database alone."""
    if response.streaming:
        b"".join(response.streaming_content)
    return dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))


def html_of(client, **query):
    return client.get(URL, query).content.decode()


@pytest.fixture
def offers():
    threat, land = make_threat_type(slug="hass", name="Hass"), make_region("Hessen", slug="hessen", iso_code="DE-HE")
    contacts = {"phones": ["+493025208838"], "website": "https://a.example/", "online_form": "https://b.example/"}
    make_offer(slug="bund", threat_types=[threat], chat="https://c.example/", **contacts)
    make_offer(slug="land", regions=[land], website="", emails=["rat@land.example"])


def test_only_the_embed_may_be_framed_by_other_websites(client, offers):
    everywhere = ["/", "/angebote/", "/angebote/bund/", "/partner/", "/partner/qr.svg", "/impressum/", "/redaktion/"]
    everywhere += ["/einbetten/", "/einbetten/angebote/bund/", "/gibt-es-nicht/", "/static/css/base.css"]

    assert directives(client.get(URL))["frame-ancestors"] == "*"
    assert {path: directives(client.get(path))["frame-ancestors"] for path in everywhere} == dict.fromkeys(
        everywhere, "'none'"
    )


def test_policy_of_the_embed_allows_style_sheets_and_pictures_only(client, offers):
    response = client.get(URL)

    allowed = {name: value for name, value in directives(response).items() if value != "'none'"}
    assert allowed == {
        "style-src": "'self'",
        "img-src": "'self'",
        "frame-ancestors": "*",
    }
    assert directives(response)["default-src"] == "'none'"
    assert "X-Frame-Options" not in response
    assert not response.cookies


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        (URL, "cross-origin"),
        ("/static/css/base.css", "cross-origin"),
        ("/angebote/", "same-origin"),
        ("/partner/qr.svg", "same-origin"),
    ],
)
def test_embed_and_style_sheets_may_be_loaded_by_isolated_pages(client, offers, path, policy):
    response = client.get(path)

    response.close()
    assert response["Cross-Origin-Resource-Policy"] == policy
    assert response["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_embed_holds_results_and_nothing_else(client, offers):
    html = html_of(client)

    unwanted = ("form", "input", "button", "select", "script", "iframe", "header", "nav", "footer", "style", "base")
    assert elements(html, *unwanted) == []
    assert [offer for _, attributes, offer in elements(html, "a") if "/angebote/" in attributes["href"]]
    assert [attributes["href"] for _, attributes, _ in elements(html, "a")][:2] == ["tel:110", "tel:+498003009944"]


def test_every_link_opens_the_portal_in_a_new_tab_and_telephones_stay(client, offers):
    links = [attributes for _, attributes, _ in elements(html_of(client, ort="Neustadt"), "a")]

    pages = [link for link in links if link["href"].startswith(("/", "http"))]
    assert {link["href"] for link in pages} >= {"/angebote/bund/", "https://a.example/", "/angebote/?ort=Neustadt"}
    assert [link["href"] for link in pages if link.get("target") != "_blank"] == []
    assert [link["href"] for link in pages if not {"noopener", "noreferrer"} <= set(link["rel"].split())] == []
    assert {link["href"].split(":")[0] for link in links if link not in pages} == {"tel", "mailto"}
    assert [link for link in links if link not in pages and "target" in link] == []


def test_links_of_the_finder_stay_in_their_tab(client, offers):
    links = [attributes for _, attributes, _ in elements(client.get("/angebote/").content.decode(), "a")]

    assert [link["href"] for link in links if "target" in link] == []


def test_embed_shows_twenty_offers_and_the_way_to_all(client):
    for number in range(23):
        make_offer(slug=f"a{number:02}", name=f"Angebot {number:02}")

    response = client.get(URL, {"zielgruppe": "kommunal", "seite": "2", "darstellung": "hell", "fremd": "1"})

    assert [offer.slug for offer in response.context["object_list"]] == [f"a{number:02}" for number in range(20)]
    _, link, text = elements(response.content.decode(), "a")[-1]
    assert (link["href"], text) == (
        "/angebote/?zielgruppe=kommunal",
        "Alle 23 Angebote bei der starken Stelle ansehen",
    )


def test_heading_counts_and_names_the_filters(client, offers):
    [(_, _, heading)] = elements(html_of(client, bedrohung="hass"), "h1")

    assert heading == "Ein Angebot: Hass"


def test_notices_lead_to_the_portal_in_a_new_tab(client):
    for key, district in (("13", "13076"), ("03", "03355")):
        state = make_region(f"Land {key}", slug=f"land-{key}", official_key=key, iso_code=f"DE-{key}")
        make_region(f"Kreis {key}", slug=f"kreis-{key}", official_key=district, parent=state)

    html = html_of(client, ort="19273", hilfe="gibt-es-nicht", darstellung="dunkel")

    assert "Den Filter „gibt-es-nicht“ gibt es nicht (mehr)." in html
    [link] = [attributes for _, attributes, text in elements(html, "a") if text == "Amt Neuhaus (Land 03)"]
    assert link == {
        "href": "/angebote/?ort=Amt+Neuhaus&region=kreis-03",
        "target": "_blank",
        "rel": "noopener noreferrer",
    }


def test_embed_without_a_fitting_offer_still_helps(client):
    make_offer(slug="fast", threat_types=[make_threat_type(slug="hass")], audience=Offer.Audience.OPEN)

    html = html_of(client, bedrohung="hass", zielgruppe="kommunal")

    assert "Kein Angebot passt auf alle Filter zugleich." in html
    links = {attributes["href"]: attributes for _, attributes, _ in elements(html, "a")}
    assert links["/angebote/fast/"]["target"] == "_blank"
    assert "/angebote/?bedrohung=hass&zielgruppe=kommunal" in links


@pytest.mark.parametrize(
    ("value", "scheme", "dark_style_sheet"),
    [
        ("hell", "light", []),
        ("HELL", "light", []),
        ("dunkel", "dark", ["screen"]),
        ("", "light dark", ["screen and (prefers-color-scheme: dark)"]),
        ("bunt", "light dark", ["screen and (prefers-color-scheme: dark)"]),
    ],
)
def test_partner_chooses_light_or_dark(client, offers, value, scheme, dark_style_sheet):
    response = client.get(URL, {"darstellung": value})

    html = response.content.decode()
    metas = {attributes.get("name"): attributes.get("content") for _, attributes, _ in elements(html, "meta")}
    sheets = [attributes for _, attributes, _ in elements(html, "link") if "css" in attributes["href"]]
    assert metas["color-scheme"] == scheme
    assert [sheet["media"] for sheet in sheets if "dark" in sheet["href"]] == dark_style_sheet
    assert response.context["filter"].notices == []


def test_finder_does_not_know_the_look_of_an_embed(client, offers):
    html = client.get("/angebote/", {"ort": "Neustadt", "darstellung": "dunkel"}).content.decode()

    assert "darstellung" not in html
    assert "prefers-color-scheme" in html


def test_retired_value_redirects_inside_the_frame(client, offers, monkeypatch):
    monkeypatch.setitem(filters.RETIRED, "bedrohung", {"alt": "hass"})

    response = client.get(URL, {"bedrohung": "alt", "darstellung": "dunkel"})

    assert (response.status_code, response["Location"]) == (301, f"{URL}?bedrohung=hass&darstellung=dunkel")
    assert directives(response)["frame-ancestors"] == "*"


@pytest.mark.parametrize("count", [1, 3])
def test_warm_embed_costs_no_query(client, django_assert_num_queries, count):
    for _ in range(count):
        make_offer(phones=["116006"], around_the_clock=True)
    client.get(URL)

    with django_assert_num_queries(0):
        assert len(client.get(URL).context["object_list"]) == count
