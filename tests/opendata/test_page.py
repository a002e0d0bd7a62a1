"""The page about our data, and which addresses of the portal are open to other websites."""

import re
from datetime import date

import pytest
from django.template.defaultfilters import filesizeformat

from directory import catalogue
from directory.monitoring import snapshots
from directory.opendata import edition as editions
from tests.factories import make_offer

pytestmark = pytest.mark.django_db
OPEN = [
    "/daten/angebote.csv",
    "/daten/kontakte.csv",
    "/daten/quellen.csv",
    "/daten/akteure.csv",
    "/daten/regionen.csv",
    "/daten/begriffe.csv",
    "/daten/angebote.jsonl",
    "/daten/datapackage.json",
    "/daten/katalog.ttl",
    "/daten/katalog.jsonld",
    "/daten/katalog.rdf",
    "/daten/aenderungen.atom",
]


def test_page_names_every_file_with_its_size_and_rows(client):
    make_offer()
    page = client.get("/daten/").content.decode()

    edition = editions.current()
    for name, file in edition.files.items():
        row = re.search(rf'<a href="/daten/{name}" download>{name}</a>(.*?)</tr>', page)[1]
        assert re.findall(r">([^<]+)</td>", row) == [str(edition.rows[name]), filesizeformat(file.size)]
    assert [path for path in OPEN if f'href="{path}"' not in page] == []


def test_page_says_licence_version_and_how_to_cite(client):
    make_offer()
    snapshots.take(date(2026, 6, 1))

    page = client.get("/daten/").content.decode()

    assert 'href="https://creativecommons.org/licenses/by/4.0/"' in page
    assert f"Version {editions.current().version}" in page
    assert "Testbetrieb: starke Stelle." in page
    assert 'href="/monitoring/staende/2026-06-01/"' in page


def test_page_works_with_nothing_published(client):
    assert client.get("/daten/").status_code == 200


@pytest.mark.parametrize("offers", [1, 3])
def test_page_costs_one_query_once_the_edition_is_made(client, django_assert_num_queries, offers):
    for _ in range(offers):
        make_offer()
    catalogue.current()
    client.get("/daten/")

    with django_assert_num_queries(1):  # the newest snapshot
        client.get("/daten/")


@pytest.mark.parametrize("path", OPEN)
def test_data_are_open_to_every_website_and_come_once(client, path):
    make_offer()
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    b"".join(first)  # reads it to its end
    assert (first.status_code, first.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not first.headers["ETag"].startswith("W/")
    assert again.status_code == 304
    assert client.post(path).status_code == 405
    assert "Set-Cookie" not in first.headers


@pytest.mark.parametrize(
    "path", ["/", "/angebote/", "/daten/", "/kontakt/", "/kontakt/code/", "/bereit/", "/gibt-es-nicht/"]
)
def test_pages_are_not_open_to_scripts_of_other_websites(client, path):
    headers = client.get(path, headers={"Origin": "https://fremd.example"}).headers

    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
