"""The pages of the gap map."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from directory import catalogue, filters
from directory.models import Offer
from directory.monitoring.charts import TILES
from tests.factories import make_offer, make_region, make_support_type, make_threat_type
from tests.markup import elements

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    """Two Länder, two threats, two kinds of help; an offer for all in Hessen and a nationwide one."""
    hessen = make_region("Hessen", slug="hessen", iso_code="DE-HE")
    make_region("Bayern", slug="bayern")
    hass, doxing = make_threat_type(slug="hass", name="Hass"), make_threat_type(slug="doxing", name="Doxing")
    recht, geld = make_support_type(slug="recht", name="Recht"), make_support_type(slug="geld", name="Geld")
    make_offer(audience="open", regions=[hessen], threat_types=[hass], support_types=[recht], slug="da")
    make_offer(threat_types=[hass, doxing], support_types=[geld])
    return {"hessen": hessen, "hass": hass, "recht": recht}


def page(client, path):
    return unescape(client.get(path).content.decode())


def rows(html, caption):
    """The rows of a table as lists of words, without the head."""
    table = re.search(rf"<caption[^>]*>{re.escape(caption)}</caption>.*?</table>", html, re.DOTALL)[0]
    body = table.partition("<tbody>")[2]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in re.findall("<tr.*?</tr>", body, re.S)]
    return [[" ".join(re.sub("<[^>]+>", "", cell).split()) for cell in row] for row in cells]


# ---- what the map says ----
def test_without_a_choice_the_table_counts_cells(client, there):
    html = page(client, "/monitoring/")

    assert rows(html, "Felder mit und ohne Angebot, nach Ländern") == [
        ["Bayern", "0", "0", "2", "2", "1 Angebot in Bayern"],
        ["Hessen", "1", "0", "2", "1", "2 Angebote in Hessen"],
    ]
    assert "2 Angebote von 2 Akteuren. 12 Prozent aller Felder" in html
    assert "In 3 Feldern kennen wir kein Angebot." in html


def test_one_threat_and_one_help_show_the_state_of_each_land(client, there):
    html = page(client, "/monitoring/?bedrohung=hass&hilfe=recht")

    assert rows(html, "Was es in den Ländern gibt") == [
        ["Bayern", "– kein Angebot bekannt", "0 Angebote in Bayern"],
        ["Hessen", "◐ für alle", "1 Angebot in Hessen"],
    ]
    assert "Kein Land hat ein Angebot eigens für die Kommunalpolitik, 1 von 2 hat eines für alle." in html
    assert "In 1 Land kennen wir kein Angebot." in html


def test_one_choice_narrows_the_cells_that_count(client, there):
    html = page(client, "/monitoring/?hilfe=geld")

    assert [row[:5] for row in rows(html, "Felder mit und ohne Angebot, nach Ländern")] == [
        ["Bayern", "0", "0", "2", "0"],
        ["Hessen", "0", "0", "2", "0"],
    ]


def test_tiles_say_the_same_as_the_table_and_lead_on(client, there):
    overview = elements(page(client, "/monitoring/"), "a")
    one_cell = elements(page(client, "/monitoring/?bedrohung=hass&hilfe=recht"), "a")

    tiles = [
        [(link["href"], link["aria-label"]) for _, link, _ in links if (link.get("class") or "").startswith("tile")]
        for links in (overview, one_cell)
    ]
    assert tiles == [  # Bayern has a made-up ISO code here, so the table alone knows it
        [("/monitoring/land/hessen/", "Hessen: 1 von 4 Feldern")],
        [("/angebote/?region=hessen&bedrohung=hass&hilfe=recht", "Hessen: für alle")],
    ]


def test_every_land_has_a_tile_of_its_own(real_catalogue):
    assert set(TILES) == {area.iso_code for area in real_catalogue.states}
    assert len(set(TILES.values())) == 16


def test_unknown_values_are_named_and_ignored(client, there):
    html = page(client, "/monitoring/?bedrohung=nein&bedrohung=hass&hilfe=recht&ort=17235&seite=x&q=%00")

    assert "Den Filter „nein“ gibt es nicht (mehr). Er zählt nicht mit." in html
    assert 'rel="canonical" href="/monitoring/?bedrohung=hass&hilfe=recht"' in html
    assert rows(html, "Was es in den Ländern gibt")[1][1] == "◐ für alle"


def test_retired_values_lead_to_their_successor(client, there, monkeypatch):
    monkeypatch.setitem(filters.RETIRED, "bedrohung", {"alt": "hass"})

    response = client.get("/monitoring/?bedrohung=alt")

    assert (response.status_code, response["Location"]) == (301, "/monitoring/?bedrohung=hass")


def test_totals_and_newest_follow_the_choice(client, there):
    make_offer(status=Offer.Status.DRAFT, threat_types=[there["hass"]], support_types=[there["recht"]])

    context = client.get("/monitoring/?hilfe=recht").context

    assert [offer.slug for offer in context["newest"]] == ["da"]
    assert context["sectors"][-1] == ("Zusammen", 0, 1, 1)


def test_newest_changes_come_first(client):
    for slug, day in (("alt", 1), ("neu", 3), ("mittel", 2)):
        offer = make_offer(slug=slug)
        Offer.objects.filter(pk=offer.pk).update(updated_at=datetime(2026, 5, day, tzinfo=UTC))

    assert [offer.slug for offer in client.get("/monitoring/").context["newest"]] == ["neu", "mittel", "alt"]


def test_an_empty_directory_has_a_map_too(client):
    assert client.get("/monitoring/").status_code == 200
    assert client.get("/monitoring/staende/").status_code == 200


# ---- one Land ----
def test_matrix_shows_each_threat_and_help_and_leads_to_the_finder(client, there):
    html = page(client, "/monitoring/land/hessen/")

    assert rows(html, "Was es in Hessen gibt, nach Bedrohung und Hilfe") == [["Doxing", "○", "–"], ["Hass", "○", "◐"]]
    cells = [(link["href"], link["aria-label"]) for _, link, _ in elements(html, "a") if "aria-label" in link]
    assert cells == [
        ("/angebote/?region=hessen&bedrohung=doxing&hilfe=geld", "nur bundesweit"),
        ("/angebote/?region=hessen&bedrohung=doxing&hilfe=recht", "kein Angebot bekannt"),
        ("/angebote/?region=hessen&bedrohung=hass&hilfe=geld", "nur bundesweit"),
        ("/angebote/?region=hessen&bedrohung=hass&hilfe=recht", "für alle"),
    ]


def test_each_cell_of_the_real_map_leads_to_offers_unless_there_are_none(real_offers, client):
    for slug in ("bayern", "bremen"):
        html = page(client, f"/monitoring/land/{slug}/")
        links = [link for _, link, _ in elements(html, "a") if link.get("href", "").count("=") == 3]
        for link in links[::10]:
            found = client.get(link["href"]).context["filter"].qs.count()
            assert bool(found) is (link["aria-label"] != "kein Angebot bekannt"), link
        assert len(links) == 120


@pytest.mark.parametrize("path", ["/monitoring/land/nein/", "/monitoring/land/kreis/", "/monitoring/nein/"])
def test_unknown_addresses_are_not_found(client, path):
    make_region("Landkreis Gießen", slug="kreis", parent=make_region("Hessen"))

    assert client.get(path).status_code == 404


# ---- what all pages share ----
PATHS = ["/monitoring/", "/monitoring/?bedrohung=hass&hilfe=recht", "/monitoring/land/hessen/", "/monitoring/methodik/"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", PATHS)
def test_warm_pages_ask_for_commitments_only(client, there, django_assert_num_queries, path, count):
    for _ in range(count):
        make_offer(regions=[there["hessen"]], threat_types=[there["hass"]], support_types=[there["recht"]])
    catalogue.forget()
    client.get(path)

    with django_assert_num_queries(0 if "methodik" in path else 1):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_tables_have_captions_scopes_and_a_region_to_scroll_in(client, there, path):
    html = page(client, path)

    assert html.count("<table") == html.count("<caption") == html.count('role="region"')
    assert [cell for cell in re.findall("<th[^e>]*>", html) if "scope=" not in cell] == []
    names = {attributes["aria-labelledby"] for _, attributes, _ in elements(html, "div") if "tabindex" in attributes}
    assert names <= {attributes.get("id") for _, attributes, _ in elements(html)}


def test_the_style_sheet_stays_on_these_pages(client, there):
    assert "css/monitoring.css" in page(client, "/monitoring/")
    assert "css/monitoring.css" not in page(client, "/angebote/")
