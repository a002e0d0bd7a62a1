"""Snapshots: what they hold, that they stay, and how two of them compare."""

import gzip
import json
from datetime import UTC, date, datetime
from hashlib import sha256
from io import StringIO

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory import catalogue
from directory.models import Offer
from directory.monitoring import snapshots
from directory.monitoring.comparison import Comparison, by_state
from directory.monitoring.models import Snapshot
from directory.opendata import record
from tests.factories import (
    make_language,
    make_offer,
    make_organization,
    make_region,
    make_support_type,
    make_threat_type,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
# of the two offers of its test; it changes with the record only
CHECKSUM = "686bf9dafc241ceb5999fbc17f767042e03ae48169cab6fd98da83a66b748dfa"


@pytest.fixture
def land():
    return make_region("Hessen", slug="hessen", official_key="06", iso_code="DE-HE")


@pytest.fixture
def hass():
    return make_threat_type(slug="hass", name="Hass im Netz")


@pytest.fixture
def recht():
    return make_support_type(slug="recht", name="Rechtliche Hilfe")


@pytest.fixture
def offer(land, hass, recht):
    """One with everything; the same on every database and in every test."""
    kreis = make_region("Landkreis Gießen", slug="giessen", official_key="06531", parent=land)
    made = make_offer(
        slug="hilfe",
        name="Ämterhilfe",
        organization=make_organization(slug="traeger", name="Träger", sector="justice"),
        regions=[kreis, land],
        threat_types=[hass],
        support_types=[recht],
        languages=[make_language(slug="de", name="Deutsch")],
        phones=["116006", "+4930123456"],
        emails=["hilfe@example.org"],
        cities=["Wetzlar", "Ähren", "Gießen"],
        sources=["https://b.example/", "https://a.example/"],
        verified_on=date(2026, 3, 1),
        confidence="low",
        editorial_note="GEHEIM",
        anonymous=True,
    )
    Offer.objects.update(updated_at=datetime(2026, 4, 1, 12, tzinfo=UTC))
    return made


def document(day=DAY):
    return snapshots.document(catalogue.build(), day)


def compare(change):
    """The differences that `change()` makes."""
    before = document()
    change()
    return Comparison(before, document())


# ---- what a snapshot holds ----
def test_snapshot_keeps_figures_and_public_data_of_the_day(offer):
    kept, is_new = snapshots.take(DAY)

    content = snapshots.read(Snapshot.objects.get())
    assert is_new
    assert content == document()
    assert content["figures"] == kept.figures
    assert content["figures"]["gaps"] == {"hessen": {"hass": {"recht": "municipal"}}}
    assert content["figures"]["totals"] == {
        "offers": 1,
        "temporarily_closed": 0,
        "organizations": 1,
        "level": {"federal": 0, "state": 1},
        "sector": {
            sector: {"federal": 0, "state": int(sector == "justice")}
            for sector in ("security", "justice", "administration", "aid", "association", "research")
        },
        "audience": {"municipal": 1, "open": 0},
        "states": {"hessen": 1},
        "cells": {"municipal": 1, "open": 0, "federal only": 0, "none": 0},
        "freshness": {"6 months": 1, "12 months": 0, "24 months": 0, "older": 0, "never": 0},
        "commitments": {"open": 0, "overdue": 0, "kept": 0, "missed": 0, "dropped": 0},
    }


def test_record_of_an_offer(offer):
    assert record.public_data()["offers"] == [
        {
            "slug": "hilfe",
            "name": "Ämterhilfe",
            "status": "active",
            "level": "state",
            "audience": "municipal",
            "for_some_only": False,
            "summary": "Beratung nach Anfeindungen und Drohungen im Amt.",
            "description": "Das Team hört zu und nennt die nächsten Schritte.",
            "website": "https://angebot.example/",
            "online_form": "",
            "chat": "",
            "opening_hours": "",
            "hours_note": "",
            "around_the_clock": False,
            "anonymous": True,
            "free_of_charge": None,
            "regions": ["giessen", "hessen"],
            "threat_types": ["hass"],
            "support_types": ["recht"],
            "languages": ["de"],
            "organization": "traeger",
            "phones": [
                {"number": "116006", "label": "", "free": None, "opening_hours": ""},
                {"number": "+4930123456", "label": "", "free": None, "opening_hours": ""},
            ],
            "emails": [{"address": "hilfe@example.org", "label": ""}],
            "locations": ["Gießen", "Wetzlar", "Ähren"],
            "sources": [
                {"url": "https://a.example/", "supports": ["description"], "accessed_on": "2026-01-15"},
                {"url": "https://b.example/", "supports": ["description"], "accessed_on": "2026-01-15"},
            ],
            "verified_on": "2026-03-01",
            "updated_at": "2026-04-01T12:00:00+00:00",
        }
    ]


def test_only_what_is_published_is_public(offer):
    make_offer(slug="entwurf", status="draft", organization=make_organization(slug="unbekannt"))
    make_offer(slug="beendet", status="defunct")
    make_offer(slug="pause", status="temporarily closed", organization=offer.organization)

    data = record.public_data()

    assert [each["slug"] for each in data["offers"]] == ["hilfe", "pause"]
    assert [each["slug"] for each in data["organizations"]] == ["traeger"]


def test_every_field_of_an_offer_is_public_or_internal_on_purpose(offer):
    shown = set(record.offer_record(offer))
    fields = {field.name for field in [*Offer._meta.fields, *Offer._meta.many_to_many]}

    assert shown & set(record.INTERNAL) == set()
    assert fields - shown == set(record.INTERNAL)


def test_no_internal_word_is_in_the_data(offer):
    text = snapshots.canonical(document()).decode()

    assert "Ämterhilfe" in text
    assert [word for word in ("GEHEIM", "confidence", "editorial_note", "review_due", '"id"') if word in text] == []


def test_checksum_is_the_same_on_every_database(offer):
    make_offer(slug="zweite-hilfe", name="Zweite Hilfe", organization=offer.organization)
    Offer.objects.update(updated_at=datetime(2026, 4, 1, 12, tzinfo=UTC))

    kept, _ = snapshots.take(DAY)

    assert sha256(gzip.decompress(kept.data)).hexdigest() == kept.checksum == CHECKSUM


def test_data_are_packed_without_a_clock(offer):
    kept, _ = snapshots.take(DAY)

    assert bytes(kept.data)[4:8] == b"\0\0\0\0"


@pytest.mark.parametrize("count", [1, 3])
def test_public_data_cost_a_fixed_number_of_queries(offer, django_assert_num_queries, count):
    for _ in range(count):
        make_offer(phones=["116006"], regions=[offer.regions.first()])

    with django_assert_num_queries(15):
        record.public_data()


# ---- the command ----
def take_snapshot():
    output = StringIO()
    call_command("take_snapshot", stdout=output)
    return output.getvalue()


def test_command_takes_one_snapshot_a_day(offer):
    today = timezone.localdate()

    first = take_snapshot()
    Offer.objects.update(name="Anders")
    second = take_snapshot()

    kept = Snapshot.objects.get()
    assert kept.day == today
    assert [each["name"] for each in snapshots.read(kept)["offers"]] == ["Ämterhilfe"]
    assert first == f"Took the snapshot of {today}, SHA-256 {kept.checksum}.\n"
    assert second == f"There is one already; nothing was changed: the snapshot of {today}, SHA-256 {kept.checksum}.\n"


# ---- it stays as it is ----
def test_snapshot_cannot_be_changed(offer):
    kept, _ = snapshots.take(DAY)
    kept.checksum = "0" * 64

    with pytest.raises(TypeError):
        kept.save()
    with pytest.raises(TypeError):
        Snapshot.objects.update(checksum="0" * 64)
    with pytest.raises(TypeError), transaction.atomic():
        Snapshot.objects.bulk_update([kept], ["checksum"])
    for same in ({"pk": kept.pk, "day": date(2026, 7, 1)}, {"day": DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Snapshot(**same, figures={}, data=b"", checksum="0" * 64).save()
    assert snapshots.read(Snapshot.objects.get())["offers"][0]["slug"] == "hilfe"


def staff(client, **fields):
    user = User.objects.create_user("person", is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="monitoring"))
    client.force_login(user)


def test_admin_shows_snapshots_and_changes_none(client, offer):
    kept, _ = snapshots.take(DAY)
    staff(client)
    page = f"/redaktion/monitoring/snapshot/{kept.pk}/"

    answers = [client.get(f"/redaktion/monitoring/snapshot/{path}").status_code for path in ("", "add/")]
    answers += [client.get(f"{page}change/").status_code, client.get(f"{page}delete/").status_code]

    assert answers == [200, 403, 200, 403]
    assert client.post(f"{page}change/", {"day": "2020-01-01"}).status_code == 403
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert Snapshot.objects.count() == 1


def test_only_a_superuser_can_take_one_back(client, offer):
    kept, _ = snapshots.take(DAY)
    staff(client, is_superuser=True)

    client.post(f"/redaktion/monitoring/snapshot/{kept.pk}/delete/", {"post": "yes"})

    assert Snapshot.objects.count() == 0


# ---- two of them ----
def test_comparison_finds_exactly_what_is_new_changed_and_ended(offer, land, hass, recht):
    kept, gone = make_offer(slug="bleibt", name="Bleibt"), make_offer(slug="geht", name="Geht")
    make_offer(slug="entwurf", status="draft")

    def change():
        make_offer(slug="neu", name="Neu")
        make_offer(slug="noch-ein-entwurf", status="draft")
        Offer.objects.filter(slug="geht").update(status="defunct")
        Offer.objects.filter(slug="hilfe").update(website="https://neu.example/", editorial_note="neu")
        Offer.objects.get(slug="hilfe").phones.first().delete()
        Offer.objects.filter(slug="bleibt").update(updated_at=timezone.now(), review_due=date(2027, 1, 1))

    found = compare(change)

    assert [each["slug"] for each in found.new] == ["neu"]
    assert [each["slug"] for each in found.ended] == [gone.slug]
    assert [(each.slug, each.fields) for each in found.changed] == [("hilfe", ["Website", "Telefon"])]
    assert kept.slug not in {each.slug for each in found.changed}
    assert found.confirmed == 0


def test_draft_that_is_published_is_new_and_one_that_is_withdrawn_has_ended(offer):
    make_offer(slug="entwurf", status="draft")

    def change():
        Offer.objects.filter(slug="entwurf").update(status="active")
        Offer.objects.filter(slug="hilfe").update(status="draft")

    found = compare(change)

    assert [[each["slug"] for each in side] for side in (found.new, found.ended)] == [["entwurf"], ["hilfe"]]


def test_confirmation_is_counted_and_no_change(offer):
    make_offer(verified_on=date(2026, 1, 1))

    found = compare(lambda: Offer.objects.filter(slug="hilfe").update(verified_on=date(2026, 5, 1)))

    assert (found.confirmed, found.changed) == (1, [])


def test_closing_for_a_while_is_a_change_of_the_status(offer):
    found = compare(lambda: Offer.objects.update(status="temporarily closed"))

    assert [each.fields for each in found.changed] == [["Status"]]
    assert found.steps == []


def test_comparison_finds_gaps_that_closed_and_opened(offer, land, hass, recht):
    geld = make_support_type(slug="geld", name="Finanzielle Hilfe")
    bayern = make_region("Bayern", slug="bayern")
    there = {"threat_types": [hass], "organization": offer.organization}
    info = make_support_type(slug="info", name="Informationen")
    make_offer(support_types=[info], **there)  # nationwide
    make_offer(slug="bayern-geht", regions=[bayern], support_types=[geld], **there)
    make_offer(slug="bayern-alle", regions=[bayern], support_types=[recht], audience="open", **there)

    def change():
        make_offer(regions=[land], support_types=[geld, info], audience="open", **there)
        make_offer(regions=[bayern], support_types=[recht], **there)  # better, but it was no gap before
        Offer.objects.filter(slug="bayern-geht").update(status="defunct")

    found = compare(change)

    steps = [(step.state, step.support, step.before.value, step.after.value) for step in found.closed]
    assert sorted(steps) == [("hessen", "geld", "none", "open"), ("hessen", "info", "federal only", "open")]
    steps = [(step.state, step.support, step.before.value, step.after.value) for step in found.opened]
    assert steps == [("bayern", "geld", "municipal", "none")]
    assert len(found.steps) == 4
    assert by_state(found.closed, found.after) == [
        ("Hessen", 2, [("Hass im Netz", ["Finanzielle Hilfe", "Informationen"])])
    ]


def test_kinds_of_threat_and_help_that_are_new_close_and_open_nothing(offer):
    def change():
        offer.threat_types.add(make_threat_type())
        offer.support_types.add(make_support_type())

    found = compare(change)

    assert found.steps == []
    assert [each.fields for each in found.changed] == [["Arten der Bedrohung", "Arten der Hilfe"]]


def test_a_key_of_a_newer_format_changes_no_offer(offer):
    before, after = document(), document()
    del before["offers"][0]["chat"]

    assert Comparison(before, after).changed == []


def test_same_document_differs_in_nothing(offer):
    found = Comparison(document(), json.loads(snapshots.canonical(document())))

    assert (found.new, found.ended, found.changed, found.steps) == ([], [], [], [])
