from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from directory.models import Offer
from directory.monitoring.models import ReviewInterval
from directory.slugs import german_slug
from tests.directory.admin.form_data import add_row, mistakes, read
from tests.factories import (
    make_complete_offer,
    make_language,
    make_offer,
    make_organization,
    make_region,
    make_support_type,
    make_threat_type,
)

pytestmark = pytest.mark.django_db
ADD = "/redaktion/directory/offer/add/"
SOURCE = {"url": "https://quelle.example/", "accessed_on": "22.11.2026", "supports": ["summary", "phones"]}


def page_of(offer):
    return reverse("admin:directory_offer_change", args=[offer.pk])


def new_offer(client, **fields):
    """The form of a new nationwide draft, filled in."""
    return read(client, ADD) | {
        "name": "Büro für Opfer – Köln",
        "organization": make_organization().pk,
        "summary": "Beratung nach Anfeindungen im Amt.",
        "description": "Das Team hört zu.",
        "level": "federal",
        "audience": "municipal",
        "threat_types": [make_threat_type().pk],
        "support_types": [make_support_type().pk],
        **fields,
    }


def test_offer_with_all_its_parts_is_saved(admin_client):
    land, language = make_region(), make_language()
    data = new_offer(
        admin_client, status="active", level="state", regions=[land.pk], languages=[language.pk], opening_hours="24/7"
    )
    data |= {"around_the_clock": "on", "anonymous": "True", "free_of_charge": "False", "verified_on": "01.03.2026"}
    add_row(data, "phones", number="0800 300 99 44", label="Beratung", free="True", position=0)
    add_row(data, "emails", address="hilfe@example.org", position=0)
    add_row(data, "locations", city="Köln")
    add_row(data, "sources", **SOURCE)

    response = admin_client.post(ADD, data)

    assert response.status_code == 302
    offer = Offer.objects.get()
    assert (offer.slug, offer.status, offer.anonymous, offer.free_of_charge) == (
        "buero-fuer-opfer-koeln",
        "active",
        True,
        False,
    )
    assert (offer.verified_on, offer.review_due) == (date(2026, 3, 1), date(2027, 3, 1))
    assert list(offer.regions.all()) == [land]
    assert list(offer.languages.all()) == [language]
    assert list(offer.phones.values_list("number", "label", "free")) == [("+498003009944", "Beratung", True)]
    assert list(offer.emails.values_list("address", flat=True)) == ["hilfe@example.org"]
    assert list(offer.locations.values_list("city", flat=True)) == ["Köln"]
    assert list(offer.sources.values_list("url", "accessed_on", "supports")) == [
        ("https://quelle.example/", date(2026, 11, 22), ["summary", "phones"])
    ]


# ---- where it applies ----
def test_offer_of_a_land_needs_a_region(admin_client):
    response = admin_client.post(ADD, new_offer(admin_client, level="state"))

    assert mistakes(response) == {
        "regions": ["Ein Angebot der Ebene „Land“ braucht mindestens ein Land oder einen Kreis."]
    }


def test_offer_of_the_bund_has_no_region(admin_client):
    response = admin_client.post(ADD, new_offer(admin_client, regions=[make_region().pk]))

    assert mistakes(response) == {
        "regions": [
            "Ein Angebot der Ebene „Bund“ gilt überall. Entfernen Sie die Regionen, oder wählen Sie die Ebene „Land“."
        ]
    }


def test_kreis_is_offered_with_its_land(admin_client):
    land = make_region("Mecklenburg-Vorpommern")
    make_region("Landkreis Rostock", parent=land)

    choices = admin_client.get(ADD).context["adminform"].form.fields["regions"].choices

    assert [label for _, label in choices] == ["Mecklenburg-Vorpommern", "Landkreis Rostock (Mecklenburg-Vorpommern)"]


# ---- telephone numbers ----
def test_phone_that_does_not_exist_is_refused_in_its_field(admin_client):
    data = add_row(new_offer(admin_client), "phones", number="030 12", position=0)

    response = admin_client.post(ADD, data)

    assert mistakes(response) == {
        "phones-0-number": ["Diese Telefonnummer gibt es nicht. Bitte prüfen Sie Vorwahl und Ziffern."]
    }


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("0800 300 99 44", "+498003009944"), ("+49 (0) 30 / 25 20 88 38", "+493025208838"), ("116 006", "116006")],
)
def test_phone_is_stored_in_one_spelling(admin_client, typed, stored):
    offer = make_complete_offer()
    data = add_row(read(admin_client, page_of(offer)), "phones", number=typed, position=0)

    admin_client.post(page_of(offer), data)

    assert list(offer.phones.values_list("number", flat=True)) == [stored]


def test_phone_is_shown_as_people_write_it_and_survives_an_unchanged_save(admin_client):
    offer = make_complete_offer(phones=["+498003009944"])
    data = read(admin_client, page_of(offer))

    admin_client.post(page_of(offer), data)

    assert data["phones-0-number"] == "0800 300 99 44"
    assert list(offer.phones.values_list("number", flat=True)) == ["+498003009944"]


def test_same_phone_in_two_spellings_is_refused(admin_client):
    offer = make_complete_offer(phones=["+498003009944"])
    data = add_row(read(admin_client, page_of(offer)), "phones", number="0800/3009944", position=1)

    response = admin_client.post(page_of(offer), data)

    assert mistakes(response)["phones"] == ["Hier steht zweimal dasselbe. Bitte löschen Sie einen der Einträge."]


# ---- opening hours ----
@pytest.mark.parametrize("field", ["opening_hours", "phones-0-opening_hours"])
def test_unreadable_opening_hours_are_refused(admin_client, field):
    offer = make_complete_offer(phones=["+498003009944"])
    data = read(admin_client, page_of(offer)) | {field: "werktags"}

    response = admin_client.post(page_of(offer), data)

    assert mistakes(response) == {
        field: ["Diese Öffnungszeiten sind nicht lesbar. Schreiben Sie zum Beispiel: Mo-Fr 09:00-16:00; PH off."]
    }


def test_around_the_clock_contradicts_office_hours(admin_client):
    data = new_offer(admin_client, around_the_clock="on", opening_hours="Mo-Fr 09:00-16:00")

    assert mistakes(admin_client.post(ADD, data)) == {
        "opening_hours": [
            "Das passt nicht zu „rund um die Uhr“. Tragen Sie hier 24/7 ein, oder nehmen Sie das Häkchen weg."
        ]
    }


def test_hours_without_end_need_the_tick(admin_client):
    data = new_offer(admin_client, opening_hours="24/7")

    assert mistakes(admin_client.post(ADD, data)) == {
        "around_the_clock": ["Die Öffnungszeiten sagen 24/7. Setzen Sie auch dieses Häkchen."]
    }


# ---- what publication asks for ----
NO_SOURCE = "Ein veröffentlichtes Angebot braucht mindestens eine Quelle."


@pytest.mark.parametrize("status", ["active", "temporarily closed"])
def test_publication_needs_a_source(admin_client, status):
    response = admin_client.post(ADD, new_offer(admin_client, status=status))

    assert mistakes(response) == {"sources": [NO_SOURCE]}


def test_draft_needs_no_source(admin_client):
    response = admin_client.post(ADD, new_offer(admin_client, status="draft"))

    assert response.status_code == 302


def test_last_source_of_a_published_offer_stays(admin_client):
    offer = make_complete_offer()
    data = read(admin_client, page_of(offer)) | {"sources-0-DELETE": "on"}

    response = admin_client.post(page_of(offer), data)

    assert mistakes(response) == {"sources": [NO_SOURCE]}
    assert offer.sources.count() == 1


def test_source_has_to_say_what_it_supports(admin_client):
    data = add_row(new_offer(admin_client), "sources", url="https://quelle.example/", accessed_on="22.11.2026")

    assert mistakes(admin_client.post(ADD, data)) == {
        "sources-0-supports": ["Kreuzen Sie an, welche Angaben auf dieser Seite stehen."]
    }


def test_mistakes_are_listed_above_the_form(admin_client):
    data = add_row(new_offer(admin_client, level="state", status="active"), "phones", number="030 12", position=0)

    page = admin_client.post(ADD, data).content.decode()

    summary = page[page.index('<ul class="mistakes">') : page.index('<fieldset class="module aligned')]
    assert "braucht mindestens ein Land oder einen Kreis" in summary
    assert "Diese Telefonnummer gibt es nicht" in summary
    assert NO_SOURCE in summary


# ---- the slug ----
def test_slug_of_a_draft_may_change(admin_client):
    offer = make_complete_offer(status="draft")
    data = read(admin_client, page_of(offer)) | {"slug": "besser"}

    admin_client.post(page_of(offer), data)

    assert Offer.objects.get().slug == "besser"


@pytest.mark.parametrize("status", ["active", "temporarily closed", "defunct"])
def test_slug_is_fixed_once_published(admin_client, status):
    offer = make_complete_offer(status=status, slug="bleibt")
    data = read(admin_client, page_of(offer))

    admin_client.post(page_of(offer), data | {"name": "Neuer Name", "slug": "anders"})

    assert "slug" not in data
    assert Offer.objects.values_list("name", "slug").get() == ("Neuer Name", "bleibt")


def test_rejected_publication_keeps_the_slug_of_the_draft_editable(admin_client):
    offer = make_complete_offer(status="draft", sources=[])
    data = read(admin_client, page_of(offer)) | {"status": "active", "slug": "gewaehlt"}

    response = admin_client.post(page_of(offer), data)

    assert mistakes(response) == {"sources": [NO_SOURCE]}
    assert 'name="slug" value="gewaehlt"' in response.content.decode()


def test_slug_taken_by_another_offer_gets_a_number(admin_client):
    make_offer(slug="buero-fuer-opfer-koeln")

    admin_client.post(ADD, new_offer(admin_client))

    assert Offer.objects.filter(slug="buero-fuer-opfer-koeln-2").exists()


def test_name_without_letters_asks_for_a_slug(admin_client):
    assert mistakes(admin_client.post(ADD, new_offer(admin_client, name="???"))) == {
        "slug": ["Aus diesem Namen entsteht kein Adresskürzel. Bitte tragen Sie eines ein."]
    }


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Büro für Äußerungen & Öl", "buero-fuer-aeusserungen-oel"),
        ("#sicherimDienst", "sicherimdienst"),
        ("René/Zoë", "rene-zoe"),
        ("Beratung für alle Bürgermeister", "beratung-fuer-alle"),
        ("Donaudampfschifffahrtsgesellschaftskapitän", "donaudampfschifffahrtsgesell"),
    ],
)
def test_german_slug_is_cut_between_words(name, slug):
    assert german_slug(name, max_length=28) == slug


# ---- status ----
def test_draft_cannot_be_ended(admin_client):
    offer = make_complete_offer(status="draft")
    data = read(admin_client, page_of(offer)) | {"status": "defunct"}

    assert mistakes(admin_client.post(page_of(offer), data)) == {
        "status": ["Ein Entwurf war nie zu sehen und kann nicht „beendet“ werden. Löschen Sie ihn."]
    }


def test_published_offer_cannot_become_a_draft_again(admin_client):
    offer = make_complete_offer()
    data = read(admin_client, page_of(offer)) | {"status": "draft"}

    assert mistakes(admin_client.post(page_of(offer), data)) == {
        "status": [
            "Was einmal veröffentlicht war, kann kein Entwurf mehr werden: Partner haben den Link. "
            "Wählen Sie „vorübergehend geschlossen“ oder „beendet“."
        ]
    }


# ---- verification ----
def test_new_confirmation_moves_the_next_review(admin_client):
    offer = make_complete_offer(verified_on=date(2025, 1, 1), review_due=date(2026, 1, 1))
    data = read(admin_client, page_of(offer)) | {"verified_on": "01.02.2026"}

    admin_client.post(page_of(offer), data)

    offer.refresh_from_db()
    assert offer.review_due == date(2027, 2, 1)


def test_shortest_interval_set_by_staff_counts_for_the_next_review(admin_client):
    for fact, days in (("phones", 90), ("chat", 400)):
        ReviewInterval.objects.create(fact=fact, days=days)
    data = new_offer(admin_client, verified_on="01.02.2026", review_due="")

    admin_client.post(ADD, data)

    assert Offer.objects.get().review_due == date(2026, 5, 2)


def test_review_before_confirmation_is_refused(admin_client):
    data = new_offer(admin_client, verified_on="01.02.2026", review_due="31.01.2026")

    assert mistakes(admin_client.post(ADD, data)) == {
        "review_due": ["Die nächste Prüfung muss nach der letzten Bestätigung liegen."]
    }


@pytest.mark.parametrize("ahead", [timedelta(days=1), date.max - timezone.localdate()])
def test_confirmation_of_a_day_to_come_is_refused(admin_client, ahead):
    day = timezone.localdate() + ahead

    assert mistakes(admin_client.post(ADD, new_offer(admin_client, verified_on=day))) == {
        "verified_on": ["Dieser Tag liegt in der Zukunft."]
    }
