"""Import and export in the browser: look first, then decide."""

import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from directory.history import entries
from directory.models import CatalogueVersion, Offer
from tests.directory.import_files import exported, file_of, sheet
from tests.factories import make_complete_offer
from tests.markup import elements

pytestmark = pytest.mark.django_db
URL = "/redaktion/directory/offer/import/"
EXPORT = "/redaktion/directory/offer/export/"
LIST = "/redaktion/directory/offer/"


def look(client, content, name="angebote.csv", **fields):
    return client.post(URL, {"file": SimpleUploadedFile(name, content), "reason": "Jahresabgleich", **fields})


def carried(response):
    page = response.content.decode()
    return next((each["value"] for _, each, _ in elements(page, "input") if each.get("name") == "carried"), "")


def confirm(client, response):
    return client.post(URL, {"carried": carried(response)}, follow=True)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_file_is_shown_first_and_written_when_confirmed(admin_client):
    offer = make_complete_offer(name="Alter Name", slug="hilfe", phones=["+493025208838"])
    same = make_complete_offer(name="Bleibt")
    row, *_ = [row for row in sheet() if row["Adresskürzel"] == "hilfe"]
    new = row | {"Adresskürzel": "", "Stand": "", "Status": "", "Name": "Ganz neu"}
    others = [other for other in sheet() if other != row]
    content = file_of([row | {"Name": "Neuer Name", "Telefonnummern": "116 006"}, *others, new])
    version = CatalogueVersion.objects.current()

    seen = look(admin_client, content)

    page = seen.content.decode()
    assert (len(seen.context["new"]), len(seen.context["changed"]), len(seen.context["unchanged"])) == (1, 1, 1)
    cells = [text for name, _, text in elements(page, "td", "th", "caption") if text]
    assert cells[cells.index("Zeile 2: Alter Name") :] == [
        *("Zeile 2: Alter Name", "Angabe", "vorher", "nachher"),
        *("Name", "Alter Name", "Neuer Name", "Telefonnummern", "030 25208838", "116 006"),
    ]
    assert "Zeile 4: Ganz neu" in page
    assert (Offer.objects.get(slug="hilfe").name, CatalogueVersion.objects.current()) == ("Alter Name", version)

    response = confirm(admin_client, seen)

    assert messages(response) == ["Übernommen: 1 neu, 1 geändert."]
    assert set(Offer.objects.values_list("name", "status")) == {
        ("Neuer Name", "active"),
        ("Ganz neu", "draft"),
        (same.name, "active"),
    }
    newest = entries(offer)[0]
    assert (newest.user.username, newest.reason) == ("admin", "Jahresabgleich")
    assert CatalogueVersion.objects.current() == version + 1


def test_faulty_rows_are_named_and_there_is_nothing_to_confirm(admin_client):
    make_complete_offer(name="Gut")
    make_complete_offer(name="Schlecht")
    good, bad = sheet()

    response = look(admin_client, file_of([good | {"Name": "Besser"}, bad | {"Website": "kein Link"}]))

    assert [(row.number, row.name) for row in response.context["faulty"]] == [(3, "Schlecht")]
    assert "Website: " in response.content.decode()
    assert carried(response) == ""
    assert set(Offer.objects.values_list("name", flat=True)) == {"Gut", "Schlecht"}


def test_edit_between_looking_and_confirming_is_not_overwritten(admin_client):
    offer = make_complete_offer(name="Alt")
    seen = look(admin_client, file_of([sheet()[0] | {"Name": "Aus der Datei"}]))
    offer.name = "Im Browser"
    offer.save()

    response = confirm(admin_client, seen)

    assert "Seit dem Export hat jemand dieses Angebot geändert" in response.content.decode()
    assert carried(response) == ""
    assert Offer.objects.get().name == "Im Browser"


def test_overwriting_is_possible_when_ticked(admin_client):
    offer = make_complete_offer()
    content = file_of([sheet()[0] | {"Name": "Aus der Datei"}])
    offer.name = "Im Browser"
    offer.save()

    confirm(admin_client, look(admin_client, content, overwrite="on"))

    assert Offer.objects.get().name == "Aus der Datei"


def test_unchanged_file_leaves_nothing_to_confirm(admin_client):
    make_complete_offer()

    assert carried(look(admin_client, exported().encode())) == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Die Datei ist leer."),
        ("Name\nBüro".encode("latin-1"), "Die Datei ist nicht als UTF-8 gespeichert."),
        (b"Name;Farbe\nA;rot", "Diese Spalten gibt es nicht: Farbe."),
        (b"x" * (5 * 1024 * 1024 + 1), "Die Datei ist zu groß."),
    ],
    ids=["empty", "encoding", "columns", "size"],
)
def test_unreadable_file_is_refused_at_its_field(admin_client, content, message):
    response = look(admin_client, content)

    assert response.context["form"].errors["file"][0].startswith(message)
    assert message in response.content.decode()


def test_reason_and_file_are_asked_for(admin_client):
    assert admin_client.post(URL, {}).context["form"].errors == {
        "file": ["Bitte wählen Sie eine Datei."],
        "reason": ["Bitte schreiben Sie, warum. Ein kurzer Satz genügt."],
    }


def test_forged_or_old_confirmation_writes_nothing(admin_client):
    make_complete_offer(name="Alt")
    seen = look(admin_client, file_of([sheet()[0] | {"Name": "Neu"}]))

    response = admin_client.post(URL, {"carried": carried(seen)[:-1] + "!"})

    assert "Bitte laden Sie die Datei noch einmal." in response.content.decode()
    assert Offer.objects.get().name == "Alt"


def test_pages_carry_no_inline_script_or_style(admin_client):
    make_complete_offer()
    pages = [
        admin_client.get(URL),
        look(admin_client, file_of([sheet()[0] | {"Name": "Neu"}])),
        look(admin_client, b""),
    ]

    for page in pages:
        assert re.findall(r"<script(?![^>]* src=)[^>]*>|<style|<[^>]* (?:style|on[a-z]+)=", page.content.decode()) == []


# ---- out ----
def test_export_holds_all_or_the_chosen_offers(admin_client):
    chosen, _ = make_complete_offer(slug="a", cities=["Ulm", "Bonn"]), make_complete_offer(slug="b", status="draft")

    everything = admin_client.get(EXPORT)
    some = admin_client.post(f"{LIST}?q=ulm", {"action": "export", "_selected_action": [chosen.pk]})

    assert [row["Adresskürzel"] for row in sheet(everything.content.decode())] == ["a", "b"]
    assert [row["Adresskürzel"] for row in sheet(some.content.decode())] == ["a"]
    assert re.fullmatch(
        r'attachment; filename="angebote-\d{4}-\d\d-\d\d\.csv"', everything.headers["Content-Disposition"]
    )
    assert everything.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in everything.headers["Cache-Control"]


# ---- who may ----
@pytest.mark.parametrize(
    ("group", "statuses"),
    [(None, [403, 403, 403]), ("Beratung", [403, 403, 403]), ("Redaktion", [200] * 3), ("Leitung", [200] * 3)],
)
def test_permission_by_group(client, group, statuses):
    call_command("loaddata", "groups", verbosity=0)
    user = User.objects.create_user("neu", is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    assert [client.get(EXPORT).status_code, client.get(URL).status_code, look(client, b"").status_code] == statuses


def test_who_may_only_look_exports_and_does_not_import(client):
    make_complete_offer()
    user = User.objects.create_user("neu", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_offer"))
    client.force_login(user)

    assert [client.get(EXPORT).status_code, client.get(URL).status_code] == [200, 403]
    page = client.get(LIST).content.decode()
    assert (reverse("admin:directory_offer_export") in page, URL in page) == (True, False)


def test_strangers_are_sent_to_the_login(client):
    assert [client.get(url).url for url in (URL, EXPORT)] == [f"/redaktion/login/?next={url}" for url in (URL, EXPORT)]
