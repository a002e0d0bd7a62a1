import re

import pytest
import segno

from directory import filters
from tests.factories import make_offer, make_region, make_threat_type
from tests.markup import elements

pytestmark = pytest.mark.django_db
URL = "/partner/"
SCRIPT = '"><script>alert(1)</script>{{ 7|add:7 }}'


@pytest.fixture
def offers():
    threat, land = make_threat_type(slug="hass", name="Hass"), make_region("Hessen", slug="hessen")
    make_offer(threat_types=[threat])
    make_offer(threat_types=[threat], regions=[land])


def link_of(html):
    """The link to copy."""
    [value] = [attributes["value"] for _, attributes, _ in elements(html, "input") if attributes.get("id") == "link"]
    return value


def frame_to_copy(html):
    """The elements of the HTML to copy."""
    [(_, _, snippet)] = elements(html, "textarea")
    return elements(snippet)


def preview_of(html):
    [(_, preview, _)] = elements(html, "iframe")
    return preview


def test_link_is_absolute_and_canonical(client, offers):
    query = {"ebene": "land", "bedrohung": ["HASS", "nein"], "q": " Hilfe ", "fremd": "1", "seite": "2"}

    html = client.get(URL, {**query, "darstellung": "dunkel"}).content.decode()

    assert link_of(html) == "http://testserver/angebote/?q=Hilfe&bedrohung=hass&ebene=land"


def test_link_to_everything_without_any_filter(client, offers):
    response = client.get(URL)

    assert link_of(response.content.decode()) == "http://testserver/angebote/"
    assert "Er zeigt: 2 Angebote." in response.content.decode()


def test_embed_to_copy_is_sandboxed_and_is_what_the_preview_shows(client, offers):
    html = client.get(URL, {"bedrohung": "hass", "region": "hessen", "darstellung": "dunkel"}).content.decode()

    [(name, frame, _)] = frame_to_copy(html)
    assert name == "iframe"
    assert frame["src"] == "http://testserver/einbetten/angebote/?region=hessen&bedrohung=hass&darstellung=dunkel"
    assert frame["sandbox"].split() == ["allow-popups", "allow-popups-to-escape-sandbox"]
    assert frame["referrerpolicy"] == "no-referrer"
    assert (frame["loading"], frame["width"]) == ("lazy", "100%")
    assert frame["title"]
    assert preview_of(html) == frame


def test_embed_follows_the_device_unless_told(client, offers):
    [(_, frame, _)] = frame_to_copy(client.get(URL, {"darstellung": "bunt"}).content.decode())

    assert frame["src"] == "http://testserver/einbetten/angebote/"


def test_embed_address_answers(client, offers):
    [(_, frame, _)] = frame_to_copy(client.get(URL, {"ort": "Neustadt & Halle", "q": "ä+b#c"}).content.decode())

    response = client.get(frame["src"].removeprefix("http://testserver"))

    assert response.status_code == 200
    assert response.context["filter"].chosen == {"q": ["ä+b#c"], "ort": ["Neustadt & Halle"]}


def test_what_somebody_types_stays_text(client, offers):
    response = client.get(URL, {"q": SCRIPT, "ort": SCRIPT, "bedrohung": SCRIPT, "darstellung": SCRIPT})

    html = response.content.decode()
    assert "<script>alert" not in html
    assert len(frame_to_copy(html)) == 1
    assert [attributes for _, attributes, _ in elements(html, "script") if "src" not in attributes] == []
    assert "Location" not in response


def test_line_breaks_reach_no_header(client, offers):
    response = client.get(URL, {"q": "a\r\nSet-Cookie: b=c", "darstellung": "hell\r\nX-Test: 1"})

    assert link_of(response.content.decode()) == "http://testserver/angebote/?q=a+Set-Cookie%3A+b%3Dc"
    assert not response.cookies
    assert "X-Test" not in response


def test_foreign_hosts_are_refused_and_forwarded_ones_ignored(client, offers):
    refused = client.get(URL, headers={"host": "boese.example"})
    forwarded = client.get(URL, headers={"x-forwarded-host": "boese.example", "x-forwarded-proto": "https"})

    assert refused.status_code == 400
    assert b"boese" not in refused.content
    assert link_of(forwarded.content.decode()) == "http://testserver/angebote/"


def qr_path(svg):
    """The dark modules of a QR code."""
    return re.search(r'stroke="#000" d="([^"]+)"', svg)[1]


def test_qr_code_holds_the_link(client, offers):
    html = client.get(URL, {"bedrohung": "hass", "darstellung": "dunkel"}).content.decode()
    [picture] = [attributes for _, attributes, _ in elements(html, "img")]

    response = client.get(picture["src"])

    assert picture["src"] == "/partner/qr.svg?bedrohung=hass"
    assert picture["alt"]
    assert response["Content-Type"] == "image/svg+xml"
    svg = response.content.decode()
    expected = segno.make("http://testserver/angebote/?bedrohung=hass", error="m", micro=False)
    assert qr_path(svg) == qr_path(expected.svg_inline(light="#fff"))
    assert ' fill="#fff"' in svg
    assert "style" not in svg


def test_link_too_long_for_paper_has_no_qr_code(client, offers):
    html = client.get(URL, {"q": "ä" * 200}).content.decode()

    assert elements(html, "img") == []
    assert "zu lang für einen QR-Code" in html
    assert client.get("/partner/qr.svg", {"q": "ä" * 200}).status_code == 404


def test_question_which_place_leads_back_to_the_builder(client, offers):
    for key, district in (("13", "13076"), ("03", "03355")):
        state = make_region(f"Land {key}", slug=f"land-{key}", official_key=key, iso_code=f"DE-{key}")
        make_region(f"Kreis {key}", slug=f"kreis-{key}", official_key=district, parent=state)

    html = client.get(URL, {"ort": "19273", "darstellung": "hell"}).content.decode()

    links = {text: attributes["href"] for _, attributes, text in elements(html, "a")}
    assert links["Amt Neuhaus (Land 03)"] == "/partner/?ort=Amt+Neuhaus&region=kreis-03&darstellung=hell"
    assert links["Teldau (Land 13)"] == "/partner/?ort=Teldau&region=land-13&darstellung=hell"


def test_form_keeps_the_choice(client, offers):
    html = client.get(URL, {"bedrohung": "hass", "ort": "Kassel", "darstellung": "dunkel"}).content.decode()

    chosen = [attributes["value"] for _, attributes, _ in elements(html, "input") if "checked" in attributes]
    chosen += [attributes["value"] for _, attributes, _ in elements(html, "option") if "selected" in attributes]
    assert chosen == ["dunkel", "hass"] or chosen == ["hass", "dunkel"]
    [form] = [attributes for _, attributes, _ in elements(html, "form")]
    assert "method" not in form
    assert "action" not in form


def test_choice_that_finds_nothing_says_so(client, offers):
    html = client.get(URL, {"bedrohung": "hass", "zielgruppe": "alle"}).content.decode()

    assert "Zu dieser Auswahl gibt es zurzeit kein Angebot." in html


@pytest.mark.parametrize("path", [URL, "/partner/qr.svg"])
def test_retired_value_redirects(client, offers, monkeypatch, path):
    monkeypatch.setitem(filters.RETIRED, "bedrohung", {"alt": "hass"})

    response = client.get(path, {"bedrohung": "alt"})

    assert (response.status_code, response["Location"]) == (301, f"{path}?bedrohung=hass")


def test_page_names_the_contract_and_whom_to_write_to(client, offers):
    html = client.get(URL).content.decode()

    for promise in ("Adressen bleiben.", "Ersetzte Werte leiten weiter.", "410", "mailto:test@example.org"):
        assert promise in html, promise


@pytest.mark.parametrize("path", [URL, "/partner/qr.svg"])
def test_warm_pages_cost_no_query(client, offers, django_assert_num_queries, path):
    client.get(path)

    with django_assert_num_queries(0):
        assert client.get(path, {"bedrohung": "hass"}).status_code == 200
