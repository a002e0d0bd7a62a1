"""What changed between snapshots and until now: each change once, under an id that stays."""

import gc
import weakref
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from directory import catalogue
from directory.models import CatalogueVersion, Offer
from directory.monitoring import snapshots
from directory.opendata import feeds, hsds_api
from tests.exchange.factories import make_commitment, make_event
from tests.factories import make_offer, make_region

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def change(slug, **fields):
    Offer.objects.filter(slug=slug).update(**fields)


def take(day):
    refresh()
    snapshots.take(day)


def refresh():
    CatalogueVersion.objects.bump()
    catalogue.forget()


def said(state=""):
    refresh()
    return [(each.kind, each.slug, each.fields) for each in feeds.entries(state)]


@pytest.fixture
def year():
    """A snapshot with two offers; then one changed, one ended and one came."""
    make_offer(slug="bleibt")
    make_offer(slug="wandelt")
    make_offer(slug="endet")
    take(date(2026, 6, 1))
    change("wandelt", name="Anders", summary="Etwas ganz anderes als vorher.", updated_at=moment(6, 5))
    change("endet", status="defunct", updated_at=moment(6, 6))
    make_offer(slug="kommt")
    change("kommt", updated_at=moment(6, 7))
    make_offer(slug="entwurf", status="draft")


def moment(month, day):
    return datetime(2026, month, day, 12, tzinfo=UTC)


CHANGES = [("neu", "kommt", ()), ("beendet", "endet", ()), ("geaendert", "wandelt", ("Name", "Kurzbeschreibung"))]


def test_feed_names_what_is_new_changed_and_ended(year):
    assert said() == CHANGES


def test_sign_that_xml_does_not_know_costs_nobody_the_feed(year):
    make_commitment(other_name="Stiftung\x0bNord", note="Bis\ufffeHerbst.")
    change("kommt", name="Rat\x0bund\x1fTat")
    refresh()

    root = ElementTree.fromstring(feeds.atom())

    titles = [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]
    assert sorted(titles)[-2:] == ["Neu: Rat und Tat", "Zusage offen: Stiftung Nord"]


def test_entries_stay_as_they_are_when_the_next_snapshot_is_taken(year):
    said()
    before = [(each.id, each.updated) for each in feeds.entries()]

    take(date(2026, 7, 1))

    assert said() == CHANGES
    assert [(each.id, each.updated) for each in feeds.entries()] == before


def test_each_time_between_snapshots_has_its_own_entries(year):
    take(date(2026, 7, 1))
    change("wandelt", name="Wieder anders", updated_at=moment(7, 2))

    assert said() == [("geaendert", "wandelt", ("Name",)), *CHANGES]
    assert len({each.id for each in feeds.entries()}) == 4


def test_second_change_before_the_next_snapshot_brings_its_entry_up_to_date(year):
    said()
    first = next(each for each in feeds.entries() if each.slug == "wandelt")
    change("wandelt", website="https://anders.example/", updated_at=moment(6, 20))

    assert said()[0] == ("geaendert", "wandelt", ("Name", "Kurzbeschreibung", "Website"))
    assert (feeds.entries()[0].id, feeds.entries()[0].updated) == (first.id, moment(6, 20))


def test_a_confirmation_is_no_change():
    make_offer(slug="bestaetigt")
    take(date(2026, 6, 1))
    change("bestaetigt", verified_on=date(2026, 6, 2), updated_at=moment(6, 2))

    assert said() == []


def test_without_a_snapshot_all_is_new():
    make_offer(slug="eins")
    make_offer(slug="entwurf", status="draft")

    assert said() == [("neu", "eins", ())]


def test_feed_of_a_state_has_its_own_offers_before_or_after():
    bayern, hessen = (make_region(name, slug=name.lower()) for name in ("Bayern", "Hessen"))
    hof = make_region("Landkreis Hof", parent=bayern)
    moved = make_offer(slug="zieht-um", regions=[bayern])
    take(date(2026, 6, 1))
    moved.regions.set([hessen])
    make_offer(slug="kreis", regions=[hof])
    make_offer(slug="bundesweit")

    assert sorted(slug for _, slug, _ in said("bayern")) == ["kreis", "zieht-um"]
    assert [slug for _, slug, _ in said("hessen")] == ["zieht-um"]


def test_feed_is_not_endless(monkeypatch):
    monkeypatch.setattr(feeds, "MOST", 2)
    for slug in "abc":
        make_offer(slug=slug)
        change(slug, updated_at=moment(1, ord(slug) - 90))

    assert [slug for _, slug, _ in said()] == ["c", "b"]


def test_atom_is_whole_and_well_formed(client, year, settings):
    change("wandelt", name='A & <b> "c"')
    refresh()

    response = client.get("/daten/aenderungen.atom")

    feed = ElementTree.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert [feed.find(ATOM + name) is not None for name in ("id", "title", "updated", "author")] == [True] * 4
    assert feed.find(f"{ATOM}updated").text == "2026-06-07T12:00:00+00:00"
    assert [entry.find(f"{ATOM}title").text for entry in entries][2] == 'Geändert: A & <b> "c"'
    assert [entry.find(f"{ATOM}summary").text for entry in entries][2] == "Geändert: Name, Kurzbeschreibung."
    assert entries[0].find(f"{ATOM}link").get("href") == f"{settings.PUBLIC_ADDRESS}/angebote/kommt/"
    assert all(entry.find(f"{ATOM}id").text.startswith("tag:testserver,2026:") for entry in entries)


def test_empty_feed_is_the_same_every_time(client):
    first, second = (client.get("/daten/aenderungen.atom") for _ in (1, 2))

    assert first.headers["ETag"] == second.headers["ETag"]
    assert ElementTree.fromstring(first.content).findall(f"{ATOM}entry") == []


@pytest.mark.parametrize("slug", ["gibt-es-nicht", "landkreis-hof"])
def test_only_a_land_has_a_feed(client, slug):
    make_region("Landkreis Hof", slug="landkreis-hof", parent=make_region("Bayern"))

    assert client.get(f"/daten/aenderungen/{slug}.atom").status_code == 404


def test_second_request_reads_no_snapshot_again(client, year, django_assert_num_queries):
    refresh()
    client.get("/daten/aenderungen.atom")

    with django_assert_num_queries(1):  # which snapshot is the newest
        client.get("/daten/aenderungen.atom")


# ---- commitments ----
def test_commitments_stand_in_the_feed_in_their_state(client):
    hessen, bayern = make_region("Hessen", slug="hessen"), make_region("Bayern", slug="bayern")
    make_commitment(other_name="Stadt Kassel", region=hessen, made_on=date(2026, 3, 1), due_on=date(2026, 9, 1))
    kept = {"state": "kept", "decided_on": date(2026, 8, 1), "note": "Seit August."}
    make_commitment(other_name="Bund", region=None, made_on=date(2026, 2, 1), due_on=date(2026, 9, 1), **kept)
    make_commitment(other_name="München", region=bayern, made_on=date(2026, 1, 1), due_on=date(2026, 9, 1))
    closed = make_event(is_public=False)
    make_commitment(other_name="Hinter Türen", region=hessen, event=closed, made_on=date(2026, 4, 1))

    def read(address):
        feed = ElementTree.fromstring(client.get(address).content)
        return [
            (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}updated")[:10])
            for entry in feed.iter(f"{ATOM}entry")
        ]

    newest = [("Zusage eingelöst: Bund", "2026-07-31"), ("Zusage offen: Stadt Kassel", "2026-02-28")]
    assert read("/daten/aenderungen.atom") == [*newest, ("Zusage offen: München", "2025-12-31")]
    assert read("/daten/aenderungen/hessen.atom") == newest


def test_nothing_that_is_made_of_a_catalogue_keeps_it():
    make_offer()
    current = catalogue.build()
    gone = weakref.ref(current)
    feeds._all_entries(current, None)
    feeds._commitments(current, "")
    hsds_api.index_of(current)
    snapshots.present(current, date(2026, 11, 1))

    del current
    gc.collect()

    assert gone() is None
