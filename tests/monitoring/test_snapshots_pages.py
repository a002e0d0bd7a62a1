"""The pages and files of snapshots."""

import gzip
import json
from datetime import date
from hashlib import sha256

import pytest

from directory import catalogue
from directory.models import CatalogueVersion, Offer
from directory.monitoring import snapshots
from directory.monitoring.charts import line
from directory.monitoring.models import Snapshot
from tests.factories import make_offer, make_region, make_support_type, make_threat_type

pytestmark = pytest.mark.django_db
OLD, NEW = date(2025, 12, 1), date(2026, 6, 1)


@pytest.fixture
def two():
    """Two snapshots: between them one offer came, one went, and one got another website."""
    land = make_region("Hessen", slug="hessen", iso_code="DE-HE")
    there = {"regions": [land], "threat_types": [make_threat_type()], "support_types": [make_support_type()]}
    make_offer(slug="bleibt", name="Bleibt", **there)
    make_offer(slug="geht", name="Geht")
    snapshots.take(OLD)
    make_offer(slug="neu", name="Neu", website="https://neu.example/")
    Offer.objects.filter(slug="geht").update(status="defunct")
    Offer.objects.filter(slug="bleibt").update(website="https://anders.example/")
    snapshots.take(NEW)
    catalogue.forget()


def names(context):
    """Slugs of the new, the changed and the ended offers."""
    found = context["comparison"]
    new, ended = ([offer["slug"] for offer in side] for side in (found.new, found.ended))
    return [new, [change.slug for change in found.changed], ended]


# ---- the list ----
def test_list_shows_the_newest_first_and_lines_run_the_other_way(client, two):
    context = client.get("/monitoring/staende/").context

    assert [(day, totals["offers"]) for day, totals, *_ in context["rows"]] == [(NEW, 2), (OLD, 2)]
    assert context["years"] == [2026, 2025]
    assert [(each.title, each.first, each.last) for each in context["lines"]] == [
        ("Angebote", 2, 2),
        ("Felder mit eigenem Angebot", 100, 100),
        ("Im letzten Jahr bestätigt", 0, 0),
    ]


def test_list_reads_the_totals_in_one_query(client, two, django_assert_num_queries):
    client.get("/monitoring/staende/")

    with django_assert_num_queries(1) as queries:
        client.get("/monitoring/staende/")
    assert '"data"' not in queries[0]["sql"]


def test_points_of_a_line_stand_as_far_apart_as_their_days():
    drawn = line("Angebote", "", [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 31)], [0, 5, 10])

    assert drawn.points == [(10, 100), (110, 55), (310, 10)]


@pytest.mark.parametrize("values", [[0], [7]])
def test_a_single_point_can_be_drawn(values):
    assert len(line("Angebote", "", [NEW], values).points) == 1


# ---- one of them ----
def test_page_says_how_to_cite_and_check(client, two):
    kept = Snapshot.objects.get(day=NEW)

    html = client.get("/monitoring/staende/2026-06-01/").content.decode()

    assert "Testbetrieb: starke Stelle. Monitoring" in html
    assert "Stand 1. Juni 2026. http://testserver/monitoring/staende/2026-06-01/" in html
    assert kept.checksum in html
    assert 'href="/monitoring/staende/2026-06-01.json"' in html


def test_page_stays_when_the_directory_changes(client, two):
    before = client.get("/monitoring/staende/2026-06-01/").content
    Offer.objects.all().update(status="defunct")
    catalogue.forget()

    assert client.get("/monitoring/staende/2026-06-01/").content == before


def test_file_is_what_was_kept(client, two):
    kept = Snapshot.objects.get(day=NEW)

    packed = client.get("/monitoring/staende/2026-06-01.json", headers={"accept-encoding": "br, gzip"})
    plain = client.get("/monitoring/staende/2026-06-01.json", headers={"accept-encoding": "gzip;q=0, br"})

    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert sha256(plain.content).hexdigest() == kept.checksum
    assert [offer["slug"] for offer in json.loads(plain.content)["offers"]] == ["bleibt", "neu"]
    for response in (packed, plain):
        assert response["ETag"] == f'W/"{kept.checksum}"'
        assert response["Content-Type"] == "application/json"
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["Vary"] == "Accept-Encoding"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Content-Disposition"] == 'attachment; filename="starke-stelle-2026-06-01.json"'


def test_known_file_is_not_sent_again(client, two, django_assert_num_queries):
    tag = client.get("/monitoring/staende/2026-06-01.json")["ETag"]

    with django_assert_num_queries(1) as queries:
        response = client.get("/monitoring/staende/2026-06-01.json", headers={"if-none-match": tag})

    assert (response.status_code, response.content) == (304, b"")
    assert response["Vary"] == "Accept-Encoding"
    assert '"data"' not in queries[0]["sql"]


@pytest.mark.parametrize(
    "path",
    [
        "staende/2026-06-02/",
        "staende/2026-06-02.json",
        "staende/2026-02-30/",
        "staende/2026-6-1/",
        "staende/0000-00-00.json",
        "bericht/2024/",
        "bericht/99999/",
        "bericht/0000/",
    ],
)
def test_what_was_never_kept_is_not_found(client, two, path):
    assert client.get(f"/monitoring/{path}").status_code == 404


def test_file_takes_no_post(client, two):
    assert client.post("/monitoring/staende/2026-06-01.json").status_code == 405


# ---- two of them ----
def test_comparison_of_two_snapshots(client, two):
    context = client.get("/monitoring/vergleich/?von=2025-12-01&bis=2026-06-01").context

    assert names(context) == [["neu"], ["bleibt"], ["geht"]]


def test_comparison_runs_from_the_older_to_the_newer(client, two):
    context = client.get("/monitoring/vergleich/?von=2026-06-01&bis=2025-12-01").context

    assert names(context) == [["neu"], ["bleibt"], ["geht"]]


def test_comparison_without_days_is_from_the_newest_to_the_present(client, two):
    make_offer(slug="heute")

    response = client.get("/monitoring/vergleich/")

    assert names(response.context) == [["heute"], [], []]
    assert "Vom 1. Juni 2026 bis heute – Angebote: 1 neu, 0 geändert, 0 beendet." in response.content.decode()


def test_present_is_read_once_a_version(client, two, django_assert_num_queries):
    client.get("/monitoring/vergleich/")

    with django_assert_num_queries(4):  # the newest snapshot, its data, and the days to choose from twice
        client.get("/monitoring/vergleich/")
    make_offer(slug="heute")
    CatalogueVersion.objects.bump()
    catalogue.forget()

    assert names(client.get("/monitoring/vergleich/").context) == [["heute"], [], []]


@pytest.mark.parametrize("value", ["2026-06-02", "gestern", "2026-02-30", "%00", "9" * 300])
def test_a_day_without_a_snapshot_is_named_and_ignored(client, two, value):
    response = client.get(f"/monitoring/vergleich/?von={value}&bis=2026-06-01")

    assert response.status_code == 200
    assert len(response.context["form"].notices) == 1
    assert names(response.context) == [[], [], []]


def test_without_a_snapshot_there_is_nothing_to_compare(client):
    for path in ("/monitoring/vergleich/", "/monitoring/vergleich/?von=2026-06-01", "/monitoring/staende/"):
        assert "Noch gibt es keinen Stand" in client.get(path).content.decode()


# ---- a year ----
def test_report_compares_the_last_snapshots_of_two_years(client, two):
    context = client.get("/monitoring/bericht/2026/").context

    assert (context["snapshot"].day, context["before"].day) == (NEW, OLD)
    assert names(context) == [["neu"], ["bleibt"], ["geht"]]


def test_report_of_the_first_year_says_that_there_is_nothing_before(client, two):
    response = client.get("/monitoring/bericht/2025/")

    assert response.context["before"] is None
    assert "Aus dem Jahr davor gibt es keinen Stand" in response.content.decode()
