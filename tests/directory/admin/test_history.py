"""Who changed what in an offer, and the way back."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import CatalogueVersion, Offer
from tests.directory.admin.form_data import add_row, read
from tests.factories import make_complete_offer, make_organization, make_region, make_threat_type

pytestmark = pytest.mark.django_db


def change_page(row):
    return reverse(f"admin:directory_{row._meta.model_name}_change", args=[row.pk])


def history_page(row):
    return reverse(f"admin:directory_{row._meta.model_name}_history", args=[row.pk])


def edit(client, offer, **changes):
    response = client.post(change_page(offer), read(client, change_page(offer)) | changes)
    assert response.status_code == 302, "the form was refused"


def entries(client, offer):
    return client.get(history_page(offer)).context["entries"]


def said(entry):
    return [(one.label, one.old, one.new) for one in entry.differences]


def restore(client, offer, entry, **options):
    return client.post(reverse("admin:directory_offer_restore", args=[offer.pk, entry.change]), **options)


# ---- what it says ----
def test_changed_number_shows_on_the_public_page_and_in_the_history(admin_client, client):
    offer = make_complete_offer(phones=["+493025208838"])
    version = CatalogueVersion.objects.current()

    edit(admin_client, offer, **{"phones-0-number": "0800 300 99 44"})

    assert CatalogueVersion.objects.current() == version + 1
    assert 'href="tel:+498003009944"' in client.get(offer.get_absolute_url()).content.decode()
    newest, first = entries(admin_client, offer)
    assert said(newest) == [("Telefonnummern", "030 25208838", "0800 300 99 44")]
    assert (newest.user.username, first.is_first, said(first)) == ("admin", True, [])


def test_one_save_is_one_entry_with_everything_that_changed(admin_client):
    land, threat = make_region("Sachsen"), make_threat_type(name="Doxing")
    offer = make_complete_offer(emails=["alt@example.org"], cities=["Bonn"], anonymous=None)
    old_threat = offer.threat_types.get()
    data = read(admin_client, change_page(offer)) | {
        "name": "Beratung Ost",
        "level": "state",
        "regions": [land.pk],
        "threat_types": [threat.pk],
        "anonymous": "True",
        "verified_on": "01.03.2026",
        "emails-0-address": "neu@example.org",
        "locations-0-DELETE": "on",
        "reason": "Gespräch mit dem Träger",
    }
    source = {"url": "https://quelle.example/2", "accessed_on": "01.03.2026", "supports": ["name", "phones"]}
    add_row(data, "sources", **source)

    admin_client.post(change_page(offer), data)

    newest, _ = entries(admin_client, offer)
    assert newest.reason == "Gespräch mit dem Träger"
    assert said(newest) == [
        ("Name", offer.name, "Beratung Ost"),
        ("Ebene", "Bund", "Land"),
        ("Regionen", "–", "Sachsen"),
        ("Arten der Bedrohung", old_threat.name, "Doxing"),
        ("Anonym möglich", "unbekannt", "ja"),
        ("Bestätigt am", "–", "01.03.2026"),
        ("Nächste Prüfung", "–", "01.03.2027"),
        ("Standorte", "Bonn", "–"),
        ("E-Mail-Adressen", "alt@example.org", "neu@example.org"),
        ("Quellen", "–", "https://quelle.example/2 (gelesen am 01.03.2026, Name, Telefon)"),
    ]


def test_save_without_a_change_makes_no_entry(admin_client):
    offer = make_complete_offer(phones=["+493025208838"])

    edit(admin_client, offer)

    assert [entry.is_first for entry in entries(admin_client, offer)] == [True]


def test_history_tells_two_editors_apart(admin_client, client):
    offer = make_complete_offer()
    client.force_login(User.objects.create_superuser("berta", first_name="Berta", last_name="Klein"))

    edit(admin_client, offer, name="Erster Name")
    edit(client, offer, name="Zweiter Name")

    page = admin_client.get(history_page(offer)).content.decode()
    assert [(entry.user and entry.user.username, said(entry)) for entry in entries(admin_client, offer)] == [
        ("berta", [("Name", "Erster Name", "Zweiter Name")]),
        ("admin", [("Name", offer.name, "Erster Name")]),
        (None, []),
    ]
    assert "Uhr, Berta Klein</h2>" in page
    assert "Uhr, ohne Konto</h2>" in page


def test_history_can_only_be_read(admin_client):
    """A POST would lock the row as the page of the offer does, but outside a transaction."""
    assert admin_client.post(history_page(make_complete_offer())).status_code == 405


def test_history_of_another_offer_is_not_shown(admin_client):
    offer, other = make_complete_offer(), make_complete_offer()

    edit(admin_client, other, name="Anderer Name")

    assert [entry.is_first for entry in entries(admin_client, offer)] == [True]


@pytest.mark.parametrize("name", ["history", "organization", "threattype"])
def test_pages_carry_no_inline_script_or_style(admin_client, name):
    row = {"history": make_complete_offer, "organization": make_organization, "threattype": make_threat_type}[name]()
    row.name = "Anders"
    row.save()

    page = admin_client.get(history_page(row)).content.decode()

    assert "Anders" in page
    assert re.findall(r"<script(?![^>]* src=)[^>]*>|<style|<[^>]* (?:style|on[a-z]+)=", page) == []


@pytest.mark.parametrize("make", [make_organization, make_threat_type])
def test_other_rows_have_a_history_too(admin_client, make):
    row = make(name="Alt")
    admin_client.post(change_page(row), {**read(admin_client, change_page(row)), "name": "Neu"})

    page = admin_client.get(history_page(row)).content.decode()

    assert "<h1>Änderungshistorie: Neu</h1>" in page
    assert "<strong>Name:</strong> Alt → Neu" in page
    assert "zurücksetzen" not in page.lower()


def test_history_needs_as_many_queries_for_three_changes_as_for_one(admin_client):
    def number_of_queries(offer):
        admin_client.get(history_page(offer))
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(history_page(offer))
        return len([query for query in queries if "catalogueversion" not in query["sql"]])

    one, three = make_complete_offer(phones=["116006"]), make_complete_offer(phones=["116006"], cities=["Ulm", "Bonn"])
    edit(admin_client, one, name="Name 1")
    for number in range(3):
        edit(admin_client, three, **{"name": f"Name {number}", "phones-0-label": f"Büro {number}"})

    assert number_of_queries(one) == number_of_queries(three)
    assert number_of_queries(one) <= 22


# ---- two editors at once ----
def test_who_saves_second_is_told_and_may_save_again(admin_client, client):
    offer = make_complete_offer(phones=["116006"])
    client.force_login(User.objects.create_superuser("berta"))
    mine = read(admin_client, change_page(offer)) | {"name": "Mein Name"}
    edit(client, offer, **{"phones-0-number": "116 117"})

    refused = admin_client.post(change_page(offer), mine)

    assert refused.context["adminform"].form.non_field_errors() == [
        "Inzwischen hat berta dieses Angebot gesichert. Bitte vergleichen Sie in einem zweiten Fenster. "
        "Wenn Sie noch einmal sichern, gilt, was hier steht."
    ]
    assert Offer.objects.get().name == offer.name
    again = mine | {"seen": refused.context["adminform"].form["seen"].value()}
    assert admin_client.post(change_page(offer), again).status_code == 302
    assert (Offer.objects.get().name, Offer.objects.get().phones.get().number) == ("Mein Name", "116006")
    assert [entry.user and entry.user.username for entry in entries(admin_client, offer)] == ["admin", "berta", None]


def test_page_shows_the_hidden_time_and_asks_a_reader_nothing(admin_client, client):
    offer = make_complete_offer()
    reader = User.objects.create_user("neu", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_offer"))
    client.force_login(reader)

    seen = f'<input type="hidden" name="seen" value="{offer.updated_at.isoformat()}"'
    assert seen in admin_client.get(change_page(offer)).content.decode()
    page = client.get(change_page(offer)).content.decode()
    assert ("Grund der Änderung" in page, "Seen" in page) == (False, False)


# ---- the way back ----
def test_restoring_brings_everything_back_as_a_new_entry(admin_client, client):
    land = make_region("Sachsen")
    offer = make_complete_offer(regions=[land], phones=["+493025208838"], emails=["a@example.org"], cities=["Bonn"])
    data = read(admin_client, change_page(offer)) | {
        "name": "Falsch",
        "regions": [make_region("Bayern").pk],
        "phones-0-number": "116 006",
        "emails-0-DELETE": "on",
        "locations-0-city": "Ulm",
    }
    admin_client.post(change_page(offer), data)
    version = CatalogueVersion.objects.current()

    response = restore(admin_client, offer, entries(admin_client, offer)[-1])

    assert response.url == history_page(offer)
    restored = Offer.objects.get()
    assert (restored.name, list(restored.regions.all())) == (offer.name, [land])
    assert list(restored.phones.values_list("number", flat=True)) == ["+493025208838"]
    assert list(restored.emails.values_list("address", flat=True)) == ["a@example.org"]
    assert list(restored.locations.values_list("city", flat=True)) == ["Bonn"]
    assert CatalogueVersion.objects.current() == version + 1
    newest, before, _ = entries(admin_client, offer)
    assert newest.user.username == "admin"
    assert re.fullmatch(r"Stand vom \d\d\.\d\d\.\d{4}, \d\d:\d\d Uhr wiederhergestellt", newest.reason)
    assert said(newest) == [(label, new, old) for label, old, new in said(before)]


def test_restoring_what_already_is_changes_nothing(admin_client):
    offer = make_complete_offer(phones=["116006"])

    response = restore(admin_client, offer, entries(admin_client, offer)[0], follow=True)

    assert [str(message) for message in response.context["messages"]] == ["So steht es schon: Es gab nichts zu ändern."]
    assert len(response.context["entries"]) == 1


def test_state_that_no_longer_is_valid_is_refused_with_reasons(admin_client):
    offer = make_complete_offer(status="draft")
    edit(admin_client, offer, status="active")
    draft = entries(admin_client, offer)[-1]

    response = restore(admin_client, offer, draft)

    assert response.status_code == 409
    (hindrance,) = response.context["hindrances"]
    assert "Was einmal veröffentlicht war, kann kein Entwurf mehr werden" in hindrance
    assert hindrance in response.content.decode()
    assert Offer.objects.get().status == "active"
    assert len(entries(admin_client, offer)) == 2


def test_state_that_names_a_deleted_region_is_refused(admin_client):
    kreis, land = make_region("Leipzig", parent=make_region("Sachsen")), make_region("Bayern")
    offer = make_complete_offer(regions=[kreis])
    edit(admin_client, offer, regions=[land.pk])
    kreis.delete()

    response = restore(admin_client, offer, entries(admin_client, offer)[-1])

    assert response.context["hindrances"] == ["Regionen: Das gibt es nicht: gelöscht."]
    assert list(Offer.objects.get().regions.all()) == [land]


def test_restoring_needs_a_post_and_the_right_to_change(client, admin_client):
    offer = make_complete_offer()
    edit(admin_client, offer, name="Neuer Name")
    first = entries(admin_client, offer)[-1]
    reader = User.objects.create_user("neu", is_staff=True)
    client.force_login(reader)
    url = reverse("admin:directory_offer_restore", args=[offer.pk, first.change])

    assert (client.get(history_page(offer)).status_code, client.post(url).status_code) == (403, 403)
    reader.user_permissions.add(Permission.objects.get(codename="view_offer"))
    assert "wiederherstellen" not in client.get(history_page(offer)).content.decode()
    assert client.get(change_page(offer)).status_code == 200
    assert (client.post(url).status_code, admin_client.get(url).status_code) == (403, 302)
    assert Offer.objects.get().name == "Neuer Name"


def test_unknown_state_is_not_found(admin_client):
    offer, other = make_complete_offer(), make_complete_offer()

    assert restore(admin_client, offer, entries(admin_client, other)[0]).status_code == 404
    assert admin_client.get("/redaktion/directory/offer/99/history/").status_code == 404
