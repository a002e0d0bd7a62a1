"""Commitments where the gaps are: on the gap map, in snapshots and in the data."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import timezone

from directory import catalogue
from directory.monitoring import figures, snapshots
from directory.opendata import record
from tests.exchange.factories import make_commitment, make_event
from tests.factories import make_offer, make_organization, make_region, make_support_type, make_threat_type

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)


@pytest.fixture
def cell():
    """Hessen has nothing against hate and no legal help; Bayern neither."""
    there = {
        "region": make_region("Hessen", slug="hessen", iso_code="DE-HE"),
        "threat_type": make_threat_type(slug="hass", name="Hass im Netz"),
        "support_type": make_support_type(slug="recht", name="Rechtliche Hilfe"),
    }
    make_region("Bayern", slug="bayern")
    make_support_type(slug="geld", name="Geld")
    return there


def page(client, path):
    return unescape(client.get(path).content.decode())


def marks(html):
    """(what the cell links to, the name of the mark in it) of the cells with a mark."""
    cells = re.findall(r"<td>(.*?)</td>", html.partition('class="matrix"')[2].partition("</table>")[0], re.DOTALL)
    marked = [re.search(r'hilfe=([a-z]+)".*href="#([^"]+)" aria-label="([^"]+)"', each) for each in cells]
    return [each.groups() for each in marked if each]


# ---- the gap map ----
COUNTED = re.compile(r'<a href="/monitoring/land/([a-z]+)/#zusagen">(\d+)<span class="visually-hidden"> ([^<]+)</span>')


def test_map_counts_open_commitments_of_each_land(client, cell):
    make_commitment(**cell)
    make_commitment(**cell | {"region": None})
    make_commitment(**cell, state="kept", decided_on=DAY)
    make_commitment(**cell, event=make_event(is_public=False))

    html = page(client, "/monitoring/")

    assert COUNTED.findall(html) == [("bayern", "1", "Zusage für Bayern"), ("hessen", "2", "Zusagen für Hessen")]
    assert re.findall(r'aria-label="(Hessen: [^"]+)"', html) == ["Hessen: 0 von 2 Feldern, 2 zugesagt"]


@pytest.mark.parametrize(
    ("query", "counted"), [("hilfe=recht", ["hessen"]), ("hilfe=geld", []), ("bedrohung=hass", ["hessen"])]
)
def test_choice_on_the_map_narrows_the_commitments_that_count(client, cell, query, counted):
    make_commitment(**cell)

    html = page(client, f"/monitoring/?{query}")

    assert [land for land, *_ in COUNTED.findall(html)] == counted
    assert ("zugesagt" in html) is ("Zusagen" in html) is bool(counted)


def test_map_of_one_cell_names_what_somebody_promised(client, cell):
    make_commitment(**cell)

    html = page(client, "/monitoring/?bedrohung=hass&hilfe=recht")

    assert re.findall(r'aria-label="(Hessen: [^"]+)"', html) == ["Hessen: kein Angebot bekannt, zugesagt"]


def test_cell_leads_to_its_open_commitment(client, cell):
    made = make_commitment(**cell, due_on=date(2100, 1, 1))

    html = page(client, "/monitoring/land/hessen/")

    assert marks(html) == [("recht", f"zusage-{made.pk}", "Zusage von Stiftung Nord")]
    assert f'id="zusage-{made.pk}"' in html
    assert "Zusage" not in page(client, "/monitoring/land/bayern/")


def test_nationwide_commitment_stands_in_every_land(client, cell):
    made = make_commitment(**cell | {"region": None})

    for state in ("hessen", "bayern"):
        context = client.get(f"/monitoring/land/{state}/").context
        assert context["commitments"] == [made]


def test_of_several_commitments_the_cell_names_the_first_one_due(client, cell):
    make_commitment(**cell, due_on=date(2101, 1, 1))
    first = make_commitment(**cell, due_on=date(2100, 1, 1), other_name="Erste")

    assert marks(page(client, "/monitoring/land/hessen/")) == [("recht", f"zusage-{first.pk}", "Zusage von Erste")]


@pytest.mark.parametrize("state", ["kept", "missed", "dropped"])
def test_decided_commitment_stays_in_the_list_only(client, cell, state):
    made = make_commitment(**cell, state=state, decided_on=DAY)

    html = page(client, "/monitoring/land/hessen/")

    assert marks(html) == []
    assert f'id="zusage-{made.pk}"' in html
    assert f"<strong>{made.get_state_display()}</strong> seit dem 1. November 2026" in html


def test_land_page_names_the_event(client, cell):
    event = make_event(name="Herbsttreffen")
    make_commitment(**cell, event=event)

    assert f'beim Austausch <a href="{event.get_absolute_url()}">Herbsttreffen</a>' in page(
        client, "/monitoring/land/hessen/"
    )


def test_commitment_of_a_closed_event_is_public_nowhere(client, cell):
    make_commitment(**cell, event=make_event(is_public=False), other_name="Verschwiegene")

    html = page(client, "/monitoring/land/hessen/")

    assert "Zusage" not in html
    assert "Verschwiegene" not in html
    assert record.public_data()["commitments"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_land_page_costs_one_query(client, cell, django_assert_num_queries, count):
    for number in range(count):
        make_commitment(**cell, organization=make_organization(), event=make_event(), due_on=date(2100, 1, number + 1))
    client.get("/monitoring/land/hessen/")

    with django_assert_num_queries(1):
        client.get("/monitoring/land/hessen/")


def test_hostile_commitment_stays_text(client, cell):
    make_commitment(**cell, other_name='"><script>alert(1)</script>', note="<img src=x onerror=alert(1)>")

    html = client.get("/monitoring/land/hessen/").content.decode()

    assert "<script>alert" not in html
    assert "<img" not in html


# ---- snapshots and data ----
def test_record_of_a_commitment(cell):
    organization = make_organization(slug="traeger", name="Träger")
    make_commitment(
        **cell,
        organization=organization,
        event=make_event(slug="treffen"),
        due_on=date(2027, 1, 31),
        state="kept",
        decided_on=date(2026, 12, 1),
        note="Läuft.",
    )
    make_commitment(**cell | {"region": None}, due_on=date(2026, 12, 31))

    assert record.public_data()["commitments"] == [
        {
            "due_on": "2026-12-31",
            "made_on": "2026-10-01",
            "by": "Stiftung Nord",
            "organization": None,
            "threat_type": "hass",
            "support_type": "recht",
            "region": None,
            "event": None,
            "state": "open",
            "decided_on": None,
            "note": "",
        },
        {
            "due_on": "2027-01-31",
            "made_on": "2026-10-01",
            "by": "Träger",
            "organization": "traeger",
            "threat_type": "hass",
            "support_type": "recht",
            "region": "hessen",
            "event": "treffen",
            "state": "kept",
            "decided_on": "2026-12-01",
            "note": "Läuft.",
        },
    ]


def test_order_of_the_records_does_not_hang_on_the_database(cell):
    for name in ("Zebra", "Ähre", "Adler", "aal"):
        make_commitment(**cell, other_name=name)

    assert [each["by"] for each in record.public_data()["commitments"]] == ["Adler", "Zebra", "aal", "Ähre"]


def test_snapshot_counts_commitments_as_they_are_on_its_day(client, cell):
    make_commitment(**cell, due_on=DAY)
    make_commitment(**cell, due_on=DAY - timedelta(days=1))
    make_commitment(**cell, state="kept", decided_on=DAY)
    make_commitment(**cell, event=make_event(is_public=False))
    make_offer()
    kept, _ = snapshots.take(DAY)

    html = page(client, kept.get_absolute_url())

    assert kept.figures["totals"]["commitments"] == {"open": 1, "overdue": 1, "kept": 1, "missed": 0, "dropped": 0}
    assert re.findall(r"<li>([^<]+: \d)</li>", html) == [
        "offen: 1",
        "Frist vorbei, Ergebnis noch nicht bekannt: 1",
        "eingelöst: 1",
    ]


def test_snapshot_without_commitments_is_silent_about_them(client, cell):
    snapshots.take(DAY)

    assert "<h2>Zusagen</h2>" not in page(client, f"/monitoring/staende/{DAY}/")


def test_snapshots_from_before_the_exchange_have_no_rows():
    assert figures.commitment_rows({}) == []


def test_kept_commitment_changes_no_cell_by_itself(cell):
    """What a cell shows comes from offers; a promise is no offer."""
    before = snapshots.document(catalogue.build(), DAY)["figures"]["gaps"]
    make_commitment(**cell, state="kept", decided_on=timezone.localdate())

    assert snapshots.document(catalogue.build(), DAY)["figures"]["gaps"] == before
