"""Pages that stand still, what machines ask for, and the way out."""

import re
import struct
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import override_settings
from django.utils.html import strip_tags

from directory.models import Offer
from directory.monitoring import snapshots
from tests.factories import make_offer, make_organization, make_region, make_threat_type

pytestmark = pytest.mark.django_db

FIXED = {
    "/ueber-uns/": "Über uns",
    "/leichte-sprache/": "Leichte Sprache",
    "/spuren/": "Spuren vermeiden",
    "/barrierefreiheit/": "Erklärung zur Barrierefreiheit",
    "/datenschutz/": "Datenschutz",
    "/impressum/": "Impressum und Datenquellen",
}
EVERYWHERE = [*FIXED, "/", "/angebote/", "/lotse/", "/akteure/", "/partner/", "/gibt-es-nicht/"]
PHONES = {"110", "112", "08003009944"}
NUMBER = re.compile(r"(?<![\d.,:/§])(?:\+49|0)[\d /-]{4,}\d")


def text_of(html):
    """What a person reads, spaces made one."""
    html = re.sub(r"<(head|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(strip_tags(re.sub(r"<", " <", html))).split())


def phone_numbers(html):
    """Everything that looks like a telephone number, as digits: written ones and those of links."""
    written = NUMBER.findall(text_of(html))
    linked = re.findall(r'href="tel:([^"]*)"', html)
    return {re.sub(r"\D", "", number.replace("+49", "0")) for number in (*written, *linked)}


# ---- the fixed pages ----


@pytest.mark.parametrize(("path", "title"), FIXED.items())
def test_fixed_page_has_its_title_one_heading_and_no_cookie(client, path, title):
    response = client.get(path)

    html = response.content.decode()
    assert response.status_code == 200
    assert f"<title>{title} – starke Stelle</title>" in html
    assert html.count("<h1>") == 1
    assert not response.cookies


@pytest.mark.parametrize("path", FIXED)
def test_fixed_page_costs_no_query(client, django_assert_num_queries, path):
    client.get(path)

    with django_assert_num_queries(0):
        client.get(path)


@pytest.mark.parametrize("path", FIXED)
def test_fixed_page_names_no_other_phone_number(client, path):
    assert phone_numbers(client.get(path).content.decode()) - PHONES == set()


def test_a_phone_number_is_seen_however_it_is_written():
    html = '<p>Rufen Sie 030 123456 an, <a href="tel:+49891234">oder</a> +49 40 9876-54, am 22.11.2026 um 9–16 Uhr.</p>'

    assert phone_numbers(html) == {"030123456", "0891234", "040987654"}


@pytest.mark.parametrize(
    ("path", "facts"),
    {
        "/ueber-uns/": [
            "im Herbst 2023 die Stiftung Deutsches Forum für Kriminalprävention (DFK)",
            "Seit dem 1. August 2024",
            "Deutschen Städtetag, dem Deutschen Landkreistag, dem Deutschen Städte- und Gemeindebund und der Körber-",
            "Sie müssen uns weder Ihren Namen noch Ihre Gemeinde nennen.",
        ],
        "/barrierefreiheit/": [
            "§§ 12a und 12b BGG",
            "BITV 2.0",
            "Nach eigener Prüfung ist die Website mit den Anforderungen der BITV 2.0 teilweise vereinbar",
            "Es gibt noch keine Prüfung durch eine unabhängige Stelle.",
            "Schlichtungsstelle nach § 16 BGG",
            "E-Mail: test@example.org",
            "am 22. November 2026 erstellt",
        ],
        "/datenschutz/": [
            "Testbetrieb Teststraße 1 12345 Teststadt",
            "Art. 6 Abs. 1 Buchst. f DSGVO",
            "§ 25 TDDDG",
            "Art. 77",
            "Eine eigene Anschrift für Datenschutzbeauftragte ist hier nicht hinterlegt.",
            "Was dort festgehalten wird, legt der Betreiber fest. Eine Angabe dazu ist hier nicht hinterlegt.",
            "führt zu dwd.de",
            "Es spielt einen Besuch mit erkennbaren Angaben",
            "Reste davon in den Dateien der Datenbank überschreibt ein Programm, das jede Stunde läuft.",
        ],
        "/spuren/": [
            "Der Verlauf bleibt. Keine Website kann ihn löschen.",
            *("Firefox", "Chrome", "Edge", "Safari", "Samsung Internet", "Tor Browser", "Dienstgeräte", "Router"),
        ],
        "/leichte-sprache/": [
            "Menschen mit Lern-Schwierigkeiten haben ihn noch nicht geprüft.",
            "schlichtungsstelle-bgg.de",
        ],
    }.items(),
)
def test_fixed_page_says(client, path, facts):
    text = text_of(client.get(path).content.decode())

    assert [fact for fact in facts if fact not in text] == []


def test_easy_language_keeps_its_sentences_short(client):
    html = client.get("/leichte-sprache/").content.decode()
    article = re.search(r'<div class="page easy">(.*?)<p class="small">', html, re.DOTALL)[1]
    sentences = [
        sentence
        for block in re.findall(r"<(?:p|li|h\d)\b[^>]*>(.*?)</(?:p|li|h\d)>", article, re.DOTALL)
        for sentence in re.split(r"(?<=[.?!:])\s", text_of(block))
    ]

    assert len(sentences) > 80
    assert [sentence for sentence in sentences if len(sentence.split()) > 12] == []
    # a word for a subordinate clause; "oder", "und" and "dann" are fine
    subordinate = re.compile(r"\b(wenn|weil|dass|damit|obwohl|sodass|nachdem|bevor|falls)\b", re.IGNORECASE)
    assert [sentence for sentence in sentences if subordinate.search(sentence)] == []
    assert [sentence for sentence in sentences if sentence.count("nicht") + sentence.count("kein") > 1] == []


def test_pages_name_the_hotline_that_staff_wrote(client):
    make_offer(slug="starke-stelle", phones=["+498001110111"], opening_hours="Mo-Fr 08:00-18:00")

    for path in ("/ueber-uns/", "/leichte-sprache/", "/spuren/", "/barrierefreiheit/", "/datenschutz/"):
        html = client.get(path).content.decode()
        assert "0800 111 01 11" in html, path
        assert "0800 300 99 44" not in html, path
    assert "Mo–Fr 8–18 Uhr" in client.get("/ueber-uns/").content.decode()


@pytest.mark.parametrize("path", ["/angebote/", "/gibt-es-nicht/", "/datenschutz/"])
def test_visit_writes_nothing_down(client, caplog, django_assert_num_queries, path):
    visit = {"data": {"q": "Geheimes"}, "headers": {"referer": "https://rathaus.example/"}, "REMOTE_ADDR": "192.0.2.7"}
    client.get(path, **visit)
    caplog.clear()

    with caplog.at_level("INFO"), django_assert_num_queries(0):
        client.get(path, **visit)

    assert caplog.records == []


# ---- the frame of every page ----


@pytest.mark.parametrize("path", EVERYWHERE)
def test_way_out_comes_first_after_the_skip_links(client, path):
    links = re.findall(r"<a\b([^>]*)>", client.get(path).content.decode())

    skips = [link for link in links if 'class="skip-link"' in link]
    assert links[: len(skips)] == skips
    assert skips
    assert links[len(skips)] == ' class="exit__link" href="/raus/" rel="nofollow noreferrer"'
    assert links[len(skips) + 1] == ' href="/spuren/"'


@pytest.mark.parametrize("path", EVERYWHERE)
def test_footer_leads_to_everything_that_the_law_asks_for(client, path):
    footer = client.get(path).content.decode().partition("<footer")[2]

    assert re.findall(r'<a href="([^"]+)"', footer) == [
        "/ueber-uns/",
        "/partner/",
        "/monitoring/",
        "/daten/",
        "/austausch/",
        "/leichte-sprache/",
        "/spuren/",
        "/barrierefreiheit/",
        "/datenschutz/",
        "/impressum/",
    ]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_header_leads_to_the_main_parts(client, path):
    navigation = re.search(r'<nav class="site-nav".*?</nav>', client.get(path).content.decode(), re.DOTALL)[0]

    assert re.findall(r'<a href="([^"]+)">([^<]+)', navigation) == [
        ("/angebote/", "Hilfe finden"),
        ("/lotse/", "Lotse"),
        ("/kontakt/", "Kontakt"),
        ("/akteure/", "Akteure"),
        ("/leichte-sprache/", "Leichte Sprache"),
    ]


def test_shared_links_show_our_own_picture_whoever_asks(client):
    html = client.get("/datenschutz/", headers={"host": "localhost"}).content.decode()

    assert '<meta property="og:image" content="http://testserver/static/img/card.png">' in html
    assert "localhost" not in html


def test_card_is_as_large_as_it_says_and_light():
    picture = Path(finders.find("img/card.png")).read_bytes()

    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    assert len(picture) <= 60_000


# ---- the way out ----


@pytest.mark.parametrize(
    "query", ["", "?next=//evil.example", "?next=https://evil.example/", "?url=javascript:alert(1)", "?%0d%0aX-Evil:1"]
)
def test_exit_leads_to_the_fixed_page_whatever_the_address_says(client, query):
    response = client.get(f"/raus/{query}")

    assert (response.status_code, response["Location"]) == (302, "https://www.dwd.de/")
    assert response.content == b""
    assert "X-Evil" not in response


def test_exit_is_never_kept_and_tells_nobody_where_from(client):
    response = client.get("/raus/")

    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Clear-Site-Data"] == '"storage"'
    assert not response.cookies


def test_exit_goes_where_the_operator_says(client):
    with override_settings(QUICK_EXIT_URL="https://www.tagesschau.de/wetter/"):
        assert client.get("/raus/")["Location"] == "https://www.tagesschau.de/wetter/"


def test_exit_takes_no_form(client):
    assert client.post("/raus/", {"next": "//evil.example"}).status_code == 405


# ---- what machines ask for ----


def test_security_txt_says_whom_to_tell_and_for_how_long(client):
    response = client.get("/.well-known/security.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert list(fields) == ["Contact", "Expires", "Preferred-Languages"]
    assert fields["Contact"] == "mailto:test@example.org"
    assert fields["Preferred-Languages"] == "de, en"
    left = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)


def test_robots_txt_closes_what_is_not_for_search_engines(client):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /redaktion/",
        "Disallow: /raus/",
        "Disallow: /einbetten/",
        "Disallow: /bereit/",
        "Disallow: /kontakt/code/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]


def test_sitemap_lists_exactly_the_public_pages(client):
    threat, land = make_threat_type(slug="hass"), make_region("Hessen", slug="hessen")
    make_region("Landkreis Gießen", slug="giessen", parent=land)
    shown = make_offer(slug="eins", organization=make_organization(slug="traeger"), threat_types=[threat])
    make_offer(slug="pause", organization=shown.organization, status=Offer.Status.TEMPORARILY_CLOSED)
    make_offer(slug="entwurf", status=Offer.Status.DRAFT)
    make_offer(slug="beendet", status=Offer.Status.DEFUNCT)
    snapshots.take(date(2026, 6, 1))

    response = client.get("/sitemap.xml")

    assert response["Content-Type"] == "application/xml"
    assert sorted(re.findall("<loc>http://testserver([^<]*)</loc>", response.content.decode())) == sorted(
        [
            "/",
            "/angebote/",
            "/angebote/eins/",
            "/angebote/pause/",
            "/lotse/",
            "/bedrohung/hass/",
            "/land/hessen/",
            "/akteure/",
            "/akteure/traeger/",
            "/partner/",
            "/austausch/",
            "/monitoring/",
            "/monitoring/land/hessen/",
            "/monitoring/methodik/",
            "/monitoring/staende/",
            "/monitoring/staende/2026-06-01/",
            "/monitoring/vergleich/",
            "/daten/",
            *FIXED,
        ]
    )


def test_sitemap_says_when_an_offer_changed(client):
    offer = make_offer(slug="eins")
    Offer.objects.filter(pk=offer.pk).update(updated_at=datetime(2026, 3, 14, 12, tzinfo=UTC))

    assert "/angebote/eins/</loc><lastmod>2026-03-14</lastmod>" in client.get("/sitemap.xml").content.decode()


def test_sitemap_names_pages_that_answer(client):
    make_offer(threat_types=[make_threat_type()], regions=[make_region()])

    paths = re.findall("<loc>http://testserver([^<]*)</loc>", client.get("/sitemap.xml").content.decode())

    assert len(paths) == 22
    assert [path for path in paths if client.get(path).status_code != 200] == []


def test_old_place_of_the_icon_leads_to_it(client):
    assert client.get("/favicon.ico")["Location"] == "/static/img/icon.svg"


@pytest.mark.parametrize("path", ["/raus/", "/.well-known/security.txt", "/robots.txt", "/sitemap.xml", "/favicon.ico"])
def test_machines_get_no_cookie_and_all_security_headers(client, path):
    response = client.get(path)

    assert not response.cookies
    assert response["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert response["Referrer-Policy"] == "no-referrer"
