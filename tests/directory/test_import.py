"""What goes out comes back; what is wrong is named; nothing is half done."""

import json
import time
from datetime import timedelta
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from directory.admin.offer_file import MOST_BYTES, FileError, read, safe
from directory.history import entries
from directory.models import CatalogueVersion, Offer
from directory.plain import plain
from tests.directory.import_files import bring_in, counts, exported, file_of, only, sheet
from tests.factories import (
    make_language,
    make_offer,
    make_region,
    make_support_type,
    make_threat_type,
)

pytestmark = pytest.mark.django_db
CONFLICT = "Seit dem Export hat jemand dieses Angebot geändert"


def make_complete_offer(**fields):
    return make_offer(
        **{"threat_types": [make_threat_type()], "support_types": [make_support_type()], "slug": "hilfe", **fields}
    )


def state():
    """Everything that an import may touch."""
    return {offer.slug: (plain(offer), offer.updated_at) for offer in Offer.objects.for_page()}


def errors(content, **options):
    return bring_in(content, **options).errors


# ---- out and back ----
def test_export_of_the_real_directory_comes_back_without_a_change():
    call_command("load_directory", verbosity=0, stdout=StringIO())
    before, version, history = state(), CatalogueVersion.objects.current(), Offer.history.count()

    rows = bring_in(exported().encode())

    assert (counts(rows), rows.errors) == (only(unchanged=192), [])
    assert state() == before
    assert (CatalogueVersion.objects.current(), Offer.history.count()) == (version + 1, history)


def test_everything_in_an_offer_survives_the_way_out_and_in(settings):
    """Into an empty place: as a new draft, from the same file."""
    offer = make_complete_offer(
        regions=[make_region("Sachsen"), make_region("Bayern")],
        languages=[make_language()],
        cities=["Bonn", "Ulm, Donau"],
        emails=["b@example.org", "a@example.org"],
        status="draft",
        description='Erste Zeile; mit "Zeichen"\n\nund | Strich, = kein Rechnen',
        anonymous=True,
        free_of_charge=False,
        editorial_note="-- nachfragen",
        hours_note="@abends",
    )
    offer.phones.create(number="+41443020000", label='Büro "Süd" | Nord', free=False, opening_hours="Mo-Fr 09:00-12:00")
    offer.phones.create(number="116006", position=1, free=True)
    offer.sources.create(url="https://quelle.example/2", supports=["name", "hours"], accessed_on="2026-11-01")
    before, content = plain(Offer.objects.for_page().get()), exported()
    offer.delete()

    rows = bring_in(file_of([{**sheet(content)[0], "Stand": ""}]))

    assert (rows.errors, counts(rows)) == ([], only(new=1))
    assert plain(Offer.objects.for_page().get()) == before


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@x", "\tx", "\rx", "'=1", "''+1"])
def test_cell_that_a_spreadsheet_would_reckon_is_quoted_and_comes_back(text):
    make_complete_offer(editorial_note=text)

    cell = sheet()[0]["Notiz der Redaktion"]

    assert cell == f"'{text}"
    assert counts(bring_in(exported().encode())) == only(unchanged=1)


@pytest.mark.parametrize("text", ["0800 300 99 44", "'n Abend", "a=b", ""])
def test_harmless_cell_is_left_alone(text):
    assert safe(text) == text


def test_export_opens_in_a_german_excel():
    make_complete_offer(name="Büro", phones=["+498003009944", "+41443020000"], verified_on="2026-03-01")

    text, row = exported(), sheet()[0]

    assert text.startswith("\ufeffAdresskürzel;Stand;Name;")
    assert (row["Name"], row["Status"], row["Ebene"]) == ("Büro", "veröffentlicht", "Bund")
    assert (row["Rund um die Uhr"], row["Kostenfrei"], row["Bestätigt am"]) == ("nein", "", "2026-03-01")
    assert row["Telefonnummern"] == "0800 300 99 44\n+41 44 302 00 00"


# ---- in ----
def test_changed_cells_go_in_and_stand_in_the_history(admin_user):
    offer = make_complete_offer(phones=["+493025208838", "116006"], anonymous=None)
    kept = offer.phones.get(number="116006").pk
    version = CatalogueVersion.objects.current()
    row = sheet()[0] | {
        "Name": "Neuer Name",
        "Telefonnummern": "116 006|Nachts\n0800/3009944||ja",
        "Anonym möglich": "Ja",
        "Bestätigt am": "01.03.2026",
    }

    rows = bring_in(file_of([row]), user=admin_user)

    offer.refresh_from_db()
    assert (rows.errors, counts(rows)) == ([], only(changed=1))
    assert (offer.name, offer.anonymous, str(offer.review_due)) == ("Neuer Name", True, "2027-03-01")
    assert list(offer.phones.values_list("number", "label", "free")) == [
        ("116006", "Nachts", None),
        ("+498003009944", "", True),
    ]
    assert offer.phones.get(number="116006").pk == kept
    assert CatalogueVersion.objects.current() == version + 1
    newest, _ = entries(offer)
    assert (newest.user, newest.reason) == (admin_user, "Import")
    assert [(one.label, one.old, one.new) for one in newest.differences] == [
        ("Name", offer.history.last().name, "Neuer Name"),
        ("Anonym möglich", "unbekannt", "ja"),
        ("Bestätigt am", "–", "01.03.2026"),
        ("Nächste Prüfung", "–", "01.03.2027"),
        ("Telefonnummern", "030 25208838; 116 006", "116 006 (Nachts); 0800 300 99 44 (gebührenfrei)"),
    ]


def test_columns_that_are_missing_stay_as_they_are():
    make_complete_offer(phones=["116006"], hours_note="abends")
    row = sheet()[0]
    before = state()["hilfe"][0]

    bring_in(file_of([{name: row[name] for name in ("Stand", "Adresskürzel")} | {"Name": "Neuer Name"}], delimiter=","))

    assert state()["hilfe"][0] == before | {"name": "Neuer Name"}


def test_new_rows_come_as_drafts_with_a_slug_from_the_name():
    make_complete_offer(name="Hilfe")
    row = sheet()[0] | {"Stand": "", "Adresskürzel": "", "Status": "", "Name": "Büro Köln"}

    rows = bring_in(file_of([row, row, row | {"Status": "veröffentlicht"}]))
    assert rows.errors == [(4, "Status: Neue Angebote kommen als Entwurf. Schreiben Sie „Entwurf“.")]
    bring_in(file_of([row, row]))

    found = list(Offer.objects.exclude(slug="hilfe").order_by("slug").values_list("slug", "status"))
    assert found == [("buero-koeln", "draft"), ("buero-koeln-2", "draft")]
    assert [entry.is_first for entry in entries(Offer.objects.get(slug="buero-koeln"))] == [True]


def test_drafts_are_published_only_when_they_are_ready():
    make_complete_offer(slug="fertig", status="draft")
    make_complete_offer(slug="ohne-quelle", status="draft", sources=[])
    rows = [row | {"Status": "veröffentlicht"} for row in sheet()]

    assert errors(file_of(rows)) == [(3, "Status: Zum Veröffentlichen fehlen die Regionen oder eine Quelle.")]
    assert set(Offer.objects.values_list("status", flat=True)) == {"draft"}

    assert errors(file_of(rows[:1])) == []
    assert Offer.objects.get(slug="fertig").status == "active"
    assert [(one.old, one.new) for one in entries(Offer.objects.get(slug="fertig"))[0].differences] == [
        ("Entwurf", "veröffentlicht")
    ]


def test_json_goes_in_too():
    make_complete_offer(phones=["116006"])
    seen = Offer.objects.get().updated_at.isoformat()
    values = {"slug": "hilfe", "updated_at": seen, "name": "Neu", "anonymous": True, "verified_on": "2026-03-01"}
    values["phones"] = [{"number": "030 25208838", "label": "Büro", "free": None}]

    assert errors(json.dumps([values]).encode()) == []

    assert (Offer.objects.get().name, Offer.objects.get().phones.get().number) == ("Neu", "+493025208838")


# ---- two editors at once ----
def test_offer_edited_since_the_export_is_not_overwritten_silently():
    offer = make_complete_offer()
    other = make_complete_offer(slug="andere")
    rows = [row | {"Name": "Aus der Datei"} for row in sheet()]
    offer.name = "Im Browser"
    offer.save()

    ((number, message),) = errors(file_of(rows))
    assert (number, message.startswith(CONFLICT)) == ([row["Adresskürzel"] for row in rows].index("hilfe") + 2, True)
    assert set(Offer.objects.values_list("name", flat=True)) == {"Im Browser", other.name}

    assert errors(file_of(rows), overwrite=True) == []
    assert set(Offer.objects.values_list("name", flat=True)) == {"Aus der Datei"}


def test_old_row_without_a_difference_is_no_conflict():
    make_complete_offer()
    content = exported().encode()
    Offer.objects.update(updated_at=timezone.now() + timedelta(days=1))

    assert counts(bring_in(content)) == only(unchanged=1)


@pytest.mark.parametrize("seen", ["", "gestern", "2026-13-45T00:00:00+01:00"])
def test_row_without_a_readable_age_is_refused(seen):
    make_complete_offer()

    assert errors(file_of([sheet()[0] | {"Stand": seen, "Name": "Neu"}])) == [
        (2, "Stand: Er fehlt oder ist nicht lesbar. Bitte übernehmen Sie ihn aus dem Export.")
    ]


# ---- what is wrong is named, by the rules of the form ----
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Name": ""}, "Name: Dieses Feld ist zwingend erforderlich."),
        ({"Akteur": "gibt-es-nicht"}, "Akteur: Das gibt es nicht: gibt-es-nicht."),
        ({"Regionen": "atlantis"}, "Regionen: Das gibt es nicht: atlantis."),
        ({"Status": "offen"}, "Status: „offen“ ist nicht möglich. Wählen Sie: Entwurf, veröffentlicht, "),
        ({"Status": "Entwurf"}, "Status: Was einmal veröffentlicht war, kann kein Entwurf mehr werden"),
        ({"Ebene": "Land"}, "Regionen: Ein Angebot der Ebene „Land“ braucht mindestens ein Land oder einen Kreis."),
        ({"Kostenfrei": "vielleicht"}, "Kostenfrei: „vielleicht“ ist nicht möglich. Schreiben Sie ja oder nein."),
        ({"Bestätigt am": "bald"}, "Bestätigt am: „bald“ ist kein Tag. Beispiel: 22.11.2026."),
        ({"Öffnungszeiten (OpenStreetMap)": "mittags"}, "Öffnungszeiten (OpenStreetMap): Diese Öffnungszeiten sind"),
        ({"Öffnungszeiten (OpenStreetMap)": "24/7"}, "Rund um die Uhr: Die Öffnungszeiten sagen 24/7."),
        ({"Kurzbeschreibung": "kurz"}, "Kurzbeschreibung: "),
        ({"Website": "kein Link"}, "Website: "),
        ({"Telefonnummern": "030 12"}, "Telefonnummern, 030 12: Diese Telefonnummer gibt es nicht."),
        ({"Telefonnummern": "116006|a|b|c|d"}, "Telefonnummern: „116006|a|b|c|d“ hat mehr als 4 Teile."),
        ({"Telefonnummern": "116006\n116 006"}, "Telefonnummern, 116006: Hier steht zweimal dasselbe."),
        ({"E-Mail-Adressen": "keine"}, "E-Mail-Adressen, keine: "),
        ({"Quellen": ""}, "Quellen: Ein veröffentlichtes Angebot braucht mindestens eine Quelle."),
        ({"Quellen": "https://quelle.example/|2026-11-01|"}, "Quellen, https://quelle.example/: "),
        ({"Adresskürzel": "weg"}, "Dieses Angebot gibt es nicht (mehr)."),
        ({"Bestätigt am": "02.03.2026", "Nächste Prüfung": "01.03.2026"}, "Nächste Prüfung: Die nächste Prüfung muss"),
    ],
)
def test_faulty_cell_is_named_with_its_row(changes, message):
    make_complete_offer(verified_on="2026-03-02", review_due="2027-03-02")
    before = state()

    ((number, found),) = errors(file_of([sheet()[0] | {"Notiz der Redaktion": "geprüft"} | changes]))

    assert (number, found[: len(message)]) == (2, message)
    assert state() == before


def test_same_offer_twice_is_refused():
    make_complete_offer()
    row = sheet()[0] | {"Name": "Neu"}

    assert errors(file_of([row, row])) == [(3, "Dasselbe Angebot steht schon in Zeile 2.")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Die Datei ist leer."),
        ("Name\nBüro".encode("latin-1"), "Die Datei ist nicht als UTF-8 gespeichert."),
        (b"PK\x03\x04\x00\x00", "Das ist keine CSV- und keine JSON-Datei."),
        (b"Name;Farbe\nA;rot", "Diese Spalten gibt es nicht: Farbe."),
        (b"Name;Name\nA;B", "Diese Spalten stehen zweimal da: Name."),
        (b"Stand;Ebene\n;Bund", "Es fehlt die Spalte „Adresskürzel“."),
        ("Adresskürzel;Name\n".encode(), "In der Datei steht kein Angebot."),
        ('Adresskürzel;Name\na;"b\n'.encode(), "Nach Zeile 1 ist die Datei nicht als CSV lesbar."),
        (b"[{", "Die Datei ist nicht als JSON lesbar."),
        (b"[" * 100_000, "Die Datei ist nicht als JSON lesbar."),
        (rb'[{"slug": "a\ud83d"}]', "Die Datei ist nicht als JSON lesbar."),
        (b"Name;" * 100_000 + b"Name", "Diese Spalten stehen zweimal da: Name."),
        (b'{"slug": "a"}', "Die JSON-Datei muss eine Liste von Angeboten sein."),
        (b"[1]", "Eintrag 1 ist kein Angebot."),
        (b'[{"farbe": "rot"}]', "Diese Spalten gibt es nicht: farbe."),
        (b"x" * (MOST_BYTES + 1), "Die Datei ist zu groß. Höchstens 5 MB sind möglich."),
        (b"Name\n" + b"A\n" * 5001, "Die Datei hat 5001 Zeilen. Höchstens 5000 sind möglich."),
    ],
    ids=range(17),
)
def test_file_that_cannot_be_read_is_refused_in_plain_words(content, message):
    with pytest.raises(FileError) as refusal:
        read(content)

    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    "values",
    [
        {"name": 5},
        {"name": None},
        {"regions": "sachsen"},
        {"regions": [1]},
        {"anonymous": "ja"},
        {"around_the_clock": None},
        {"phones": "110"},
        {"phones": [{"number": 110}]},
        {"phones": [{"nummer": "110"}]},
        {"sources": [{"url": "https://a.example/", "accessed_on": "2026-01-01", "supports": [None]}]},
        {"sources": [{"url": "https://a.example/", "accessed_on": "2026-01-01", "supports": ["farbe"]}]},
        {"verified_on": 2026},
        {"status": "offen"},
        {"organization": ""},
    ],
    ids=str,
)
def test_json_of_another_kind_is_refused_in_its_row(values):
    make_complete_offer()
    seen = Offer.objects.get().updated_at.isoformat()

    assert [number for number, _ in errors(json.dumps([{"slug": "hilfe", "updated_at": seen, **values}]).encode())] == [
        1
    ]


# ---- many rows ----
def make_rows(number):
    make_complete_offer(status="draft", phones=["116006"], cities=["Bonn"], emails=["a@example.org"])
    pattern = sheet()[0] | {"Stand": "", "Status": "Entwurf"}
    return [pattern | {"Adresskürzel": f"neu-{index}", "Name": f"Neues Angebot {index}"} for index in range(number)]


def test_thirty_faulty_of_two_thousand_rows_are_named_and_nothing_changes_until_they_are_mended():
    rows = make_rows(2000)
    before, history, version = state(), Offer.history.count(), CatalogueVersion.objects.current()
    faults = [{"Name": ""}, {"Telefonnummern": "030 12"}, {"Regionen": "atlantis"}]
    faulty = {index: faults[number % 3] for number, index in enumerate(range(7, 2000, 67))}
    spoiled = [row | faulty.get(index, {}) for index, row in enumerate(rows)]

    found = bring_in(file_of(spoiled))

    assert len(faulty) == 30
    assert [number for number, _ in found.errors] == [index + 2 for index in faulty]
    assert counts(found) == only(new=1970, faulty=30)
    assert (state(), Offer.history.count(), CatalogueVersion.objects.current()) == (before, history, version)

    began = time.process_time()
    mended = bring_in(file_of(rows))

    assert (mended.errors, counts(mended)) == ([], only(new=2000))
    assert time.process_time() - began < 10
    assert Offer.objects.count() == 2001
    assert CatalogueVersion.objects.current() == version + 1


def test_number_of_queries_does_not_grow_with_new_rows(django_assert_max_num_queries):
    rows = make_rows(50)

    with django_assert_max_num_queries(150):
        bring_in(file_of(rows))


# ---- the command ----
def run(*arguments, **options):
    output, complaints = StringIO(), StringIO()
    try:
        call_command("import_offers", *arguments, stdout=output, stderr=complaints, **options)
    except CommandError as error:
        return output.getvalue(), complaints.getvalue(), str(error)
    return output.getvalue(), complaints.getvalue(), ""


def test_command_checks_first_and_writes_when_told(tmp_path):
    make_complete_offer()
    file = tmp_path / "angebote.csv"
    file.write_bytes(file_of([sheet()[0] | {"Name": "Neu"}]))
    counted = "0 neu, 1 geändert, 0 unverändert, 0 fehlerhaft.\n"

    assert run(str(file)) == (counted + "Nur geprüft. Mit --write wird übernommen.\n", "", "")
    assert Offer.objects.get().name != "Neu"
    assert run(str(file), "--write", "--reason", "Jahresabgleich") == (counted + "Übernommen.\n", "", "")
    assert Offer.objects.get().name == "Neu"
    assert entries(Offer.objects.get())[0].reason == "Jahresabgleich"


def test_command_reads_standard_input_and_names_rows(monkeypatch):
    make_complete_offer()
    content = file_of([sheet()[0] | {"Name": ""}])
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(content)))

    output, complaints, error = run("-", "--write")

    assert output == "0 neu, 0 geändert, 0 unverändert, 1 fehlerhaft.\n"
    assert complaints == "Zeile 2: Name: Dieses Feld ist zwingend erforderlich.\n"
    assert error == "Nichts wurde übernommen. Verbessern Sie die genannten Zeilen."


def test_command_says_what_stands_in_the_way(tmp_path, settings):
    (tmp_path / "leer.csv").write_bytes(b"")

    assert run(str(tmp_path / "leer.csv"))[2] == "Die Datei ist leer."
    assert run(str(tmp_path / "keine.csv"))[2].startswith("Die Datei lässt sich nicht lesen: ")
    settings.STAFF = False
    assert "STARKESTELLE_ROLE=staff" in run("-")[2]
