import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.contrib.staticfiles import finders
from django.urls import reverse

from directory.admin.catalogue import CatalogueAdmin
from directory.models import CatalogueVersion, Offer, Region
from tests.directory.admin.form_data import add_row, read
from tests.factories import (
    make_language,
    make_offer,
    make_organization,
    make_region,
    make_support_type,
    make_threat_type,
)

pytestmark = pytest.mark.django_db
MAKERS = {
    "offer": make_offer,
    "organization": make_organization,
    "region": make_region,
    "threattype": make_threat_type,
    "supporttype": make_support_type,
    "language": make_language,
}
MODELS = sorted(MAKERS)


def test_words_that_django_has_no_german_for_are_still_those_of_its_picker(admin_client):
    page = admin_client.get(reverse("admin:directory_offer_add")).content.decode()
    words = re.findall(r'^ +"(.+)": "', Path(finders.find("js/redaktion.js")).read_text(), re.MULTILINE)
    picker = Path(finders.find("admin/js/SelectFilter2.js")).read_text()
    german = admin_client.get(reverse("admin:jsi18n")).content.decode()

    assert page.index("/jsi18n/") < page.index("js/redaktion.js")
    assert len(words) == 3
    assert [word for word in words if f"gettext('{word}')" not in picker or f'"{word}"' in german] == []


def change_page(row):
    return reverse(f"admin:directory_{row._meta.model_name}_change", args=[row.pk])


def delete_page(row):
    return reverse(f"admin:directory_{row._meta.model_name}_delete", args=[row.pk])


# ---- every page answers ----
@pytest.fixture(params=MODELS)
def pages(request):
    row = MAKERS[request.param]()
    name = f"admin:directory_{request.param}"
    return [reverse(f"{name}_changelist"), reverse(f"{name}_add"), change_page(row), delete_page(row)]


def test_pages_answer_an_editor(admin_client, pages):
    offer_is_published = "/offer/" in pages[0]

    assert [admin_client.get(url).status_code for url in pages] == [200, 200, 200, 403 if offer_is_published else 200]


def test_pages_send_a_stranger_to_the_login(client, pages):
    responses = [client.get(url) for url in pages]

    assert [response.url for response in responses] == [f"/redaktion/login/?next={url}" for url in pages]


def test_pages_carry_no_inline_script_or_style(admin_client, pages):
    for url in pages[:3]:
        page = admin_client.get(url).content.decode()
        assert re.findall(r"<script(?![^>]* src=)[^>]*>|<style|<[^>]* (?:style|on[a-z]+)=", page) == []


def test_start_page_greets_in_german(admin_client):
    page = admin_client.get("/redaktion/").content.decode()

    assert "starke Stelle – Redaktion" in page
    assert "Was möchten Sie bearbeiten?" in page


# ---- every visible change raises the version of the catalogue ----
@pytest.fixture
def version():
    CatalogueVersion.objects.bump()
    before = CatalogueVersion.objects.current()
    return lambda: CatalogueVersion.objects.current() - before


def test_every_admin_of_the_directory_raises_the_version():
    admins = [one for model, one in admin.site._registry.items() if model._meta.app_label == "directory"]

    assert sorted(one.opts.model_name for one in admins) == MODELS
    assert [one for one in admins if not isinstance(one, CatalogueAdmin)] == []


@pytest.mark.parametrize("model", MODELS)
def test_saving_raises_the_version(admin_client, version, model):
    terms = {"threat_types": [make_threat_type()], "support_types": [make_support_type()]} if model == "offer" else {}
    row = MAKERS[model](**terms)
    data = read(admin_client, change_page(row)) | {"name": "Neuer Name"}

    admin_client.post(change_page(row), data)

    row.refresh_from_db()
    assert (row.name, version()) == ("Neuer Name", 1)


@pytest.mark.parametrize("model", ["organization", "threattype", "supporttype", "language"])
def test_adding_raises_the_version(admin_client, version, model):
    url = reverse(f"admin:directory_{model}_add")
    data = read(admin_client, url) | {"name": "Für Ämter", "sector": "aid", "position": 0}

    admin_client.post(url, data | ({"slug": "xx"} if model == "language" else {}))

    row = apps.get_model("directory", model).objects.get()
    assert (row.slug, version()) == ("xx" if model == "language" else "fuer-aemter", 1)


def test_adding_and_deleting_a_phone_raises_the_version(admin_client, version):
    offer = make_offer(threat_types=[make_threat_type()], support_types=[make_support_type()])
    url = change_page(offer)

    admin_client.post(url, add_row(read(admin_client, url), "phones", number="116 006", position=0))
    assert (offer.phones.count(), version()) == (1, 1)

    admin_client.post(url, read(admin_client, url) | {"phones-0-DELETE": "on"})
    assert (offer.phones.count(), version()) == (0, 2)


@pytest.mark.parametrize("model", MODELS)
def test_deleting_raises_the_version(admin_client, version, model):
    row = make_offer(status="draft") if model == "offer" else MAKERS[model]()

    admin_client.post(delete_page(row), {"post": "yes"})

    assert (type(row).objects.count(), version()) == (0, 1)


@pytest.mark.parametrize("model", [model for model in MODELS if model != "offer"])
def test_deleting_from_the_list_raises_the_version(admin_client, version, model):
    row = MAKERS[model]()
    data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}

    admin_client.post(reverse(f"admin:directory_{model}_changelist"), data)

    assert (type(row).objects.count(), version()) == (0, 1)


@pytest.mark.parametrize("action", ["publish", "confirm_by_call", "confirm_by_website", "confirm_by_letter"])
def test_list_actions_raise_the_version(admin_client, version, action):
    offer = make_offer(status="draft")

    admin_client.post(reverse("admin:directory_offer_changelist"), {"action": action, "_selected_action": [offer.pk]})

    assert version() == 1


# ---- what stays ----
@pytest.mark.parametrize("status", ["active", "temporarily closed", "defunct"])
def test_offer_that_was_published_cannot_be_deleted(admin_client, status):
    offer = make_offer(status=status)

    assert admin_client.post(delete_page(offer), {"post": "yes"}).status_code == 403
    assert "deletelink" not in admin_client.get(change_page(offer)).content.decode()
    assert Offer.objects.count() == 1


@pytest.mark.parametrize("how", ["page", "list"])
@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("organization", "organization"),
        ("region", "regions"),
        ("threattype", "threat_types"),
        ("supporttype", "support_types"),
        ("language", "languages"),
    ],
)
def test_row_in_use_is_kept_and_the_offer_named(admin_client, how, model, field):
    row = MAKERS[model]()
    make_offer(name="Beratung Nord", **{field: row if model == "organization" else [row]})
    data = {"post": "yes"}
    url = delete_page(row)
    if how == "list":
        data |= {"action": "delete_selected", "_selected_action": [row.pk]}
        url = reverse(f"admin:directory_{model}_changelist")

    response = admin_client.post(url, data)

    assert "Angebot: " in response.content.decode()
    assert "Beratung Nord" in response.content.decode()
    assert list(type(row).objects.all()) == [row]


def test_land_with_kreise_is_kept(admin_client):
    land = make_region("Sachsen")
    make_region("Leipzig", parent=land)

    admin_client.post(delete_page(land), {"post": "yes"})

    assert Region.objects.count() == 2


@pytest.mark.parametrize("model", [model for model in MODELS if model != "offer"])
def test_slug_is_fixed_after_the_first_save(admin_client, model):
    row = MAKERS[model](slug="bleibt")

    admin_client.post(change_page(row), read(admin_client, change_page(row)) | {"slug": "anders"})

    row.refresh_from_db()
    assert row.slug == "bleibt"


# ---- the page that visitors see ----
def test_published_offer_links_to_its_public_page(admin_client):
    offer = make_offer(slug="hilfe")

    page = admin_client.get(change_page(offer)).content.decode()

    assert '<a href="/angebote/hilfe/" class="viewsitelink">Auf der Seite ansehen</a>' in page
    assert "vorschau" not in page


@pytest.mark.parametrize("status", ["draft", "defunct"])
def test_hidden_offer_links_to_its_preview(admin_client, status):
    offer = make_offer(slug="hilfe", status=status)

    page = admin_client.get(change_page(offer)).content.decode()

    assert f'<a href="/redaktion/directory/offer/{offer.pk}/vorschau/" class="viewsitelink">Vorschau</a>' in page
    assert "/angebote/hilfe/" not in page


def test_preview_shows_a_draft_to_an_editor(admin_client):
    offer = make_offer(name="Noch geheim", status="draft")

    response = admin_client.get(reverse("admin:directory_offer_preview", args=[offer.pk]))

    assert response.status_code == 200
    assert "Noch geheim" in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


def test_preview_is_closed_to_strangers_and_to_staff_without_the_permission(client):
    offer = make_offer(status="draft")
    url = reverse("admin:directory_offer_preview", args=[offer.pk])
    staff = User.objects.create_user("neu", is_staff=True)

    assert client.get(url).status_code == 302
    client.force_login(staff)
    assert client.get(url).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_offer"))
    assert client.get(url).status_code == 200


def test_preview_of_a_missing_offer_is_not_found(admin_client):
    assert admin_client.get("/redaktion/directory/offer/99/vorschau/").status_code == 404
