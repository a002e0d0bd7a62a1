"""manage.py import_hsds: what comes in, what stays out, and that a round trip loses nothing public."""

import io
import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from directory.models import Fact, Offer, Organization
from directory.opendata import edition, hsds, record
from directory.opendata.hsds import identify
from tests.factories import (
    make_language,
    make_offer,
    make_organization,
    make_region,
    make_support_type,
    make_threat_type,
)

pytestmark = pytest.mark.django_db
NOT_IMPORTED = {"status", "verified_on", "updated_at"}  # a draft, not checked by us, changed just now
FOREIGN_ID = "0b3c1f5e-0d1f-4f0e-9a3f-2f6d1c1f0a11"


@pytest.fixture
def load(tmp_path):
    """Import a document; gives the report."""

    def load(document, *options):
        path = tmp_path / "hsds.json"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        report = StringIO()
        try:
            call_command("import_hsds", str(path), *options, stdout=report)
        except CommandError as error:
            return f"{report.getvalue()}{error}"
        return report.getvalue()

    return load


def exported():
    """The bulk file of what is published now."""
    return edition.build(0).files[hsds.FILE].read()


def foreign(**fields):
    """A service as another directory writes it."""
    return {
        "id": FOREIGN_ID,
        "name": "Beratung für Betroffene",
        "status": "active",
        "description": "Wir beraten Menschen nach Drohungen. Auch abends.",
        "organization": {"id": FOREIGN_ID, "name": "Hilfe für Köln e. V.", "description": ""},
        **fields,
    }


def part(report, title):
    """The lines below a title of the report."""
    lines = report.partition(f"{title}: ")[2].splitlines()[1:]
    found = []
    for line in lines:
        if not line.startswith("  "):
            break
        found.append(line.strip())
    return found


def public(offers):
    return [{name: value for name, value in offer.items() if name not in NOT_IMPORTED} for offer in offers]


# ---- the round trip ----
def round_trip(load):
    """(public data before, after) an export, the loss of all offers and organizations, and an import."""
    before = record.public_data()
    document = exported()
    Offer.objects.all().delete()
    Organization.objects.all().delete()
    report = load(document)
    assert (part(report, "Übersprungen"), part(report, "Nicht übernommen"), part(report, "Fehler")) == ([], [], [])
    assert list(Offer.objects.exclude(status="draft", verified_on=None)) == []
    Offer.objects.update(status="active")
    return before, record.public_data()


def test_round_trip_keeps_every_public_field_of_all_real_offers(load, real_offers):
    before, after = round_trip(load)

    assert len(after["offers"]) > 180
    assert public(after["offers"]) == public(before["offers"])
    assert after | {"offers": []} == before | {"offers": []}


def test_round_trip_keeps_every_field_at_once(load):
    land = make_region(name="Land", slug="land")
    offer = make_offer(
        slug="alles",
        name="Alles – „zugleich“ <b>",
        organization=make_organization(slug="t", sector="research", website="https://traeger.example/"),
        status="temporarily closed",
        regions=[land, make_region(name="Kreis", slug="kreis", parent=land)],
        threat_types=[make_threat_type(), make_threat_type()],
        support_types=[make_support_type()],
        languages=[make_language(), make_language()],
        phones=["+4930123456", "116006"],
        emails=["b@example.org", "a@example.org"],
        cities=["Ulm", "Aue"],
        sources=["https://b.example/", "https://a.example/"],
        audience="open",
        for_some_only=True,
        online_form="https://angebot.example/formular",
        chat="https://angebot.example/chat",
        opening_hours="Mo-Fr 09:00-16:00; PH off; week 1-53/2 Sa 10:00-12:00",
        hours_note="und nach Vereinbarung",
        anonymous=False,
        free_of_charge=False,
        verified_on=date(2026, 3, 1),
    )
    offer.phones.filter(number="116006").update(label="Zentrale", free=True, opening_hours="Mo 10:00-12:00")
    offer.emails.filter(address="a@example.org").update(label="Vorzimmer")

    before, after = round_trip(load)

    assert public(after["offers"]) == public(before["offers"])
    assert after | {"offers": []} == before | {"offers": []}


# ---- what is there stays ----
def test_known_offers_are_skipped_and_named(load):
    offer = make_offer(slug="da", name="Wie es war")
    document = json.loads(exported())
    document["services"][0]["name"] = "Wie es sein soll"
    before = record.public_data()

    report = load(document)

    assert part(report, "Übersprungen") == ["Angebot 1 („Wie es sein soll“): gibt es schon als „da“."]
    assert part(report, "Als Entwurf angelegt") == []
    assert record.public_data() == before
    assert list(Offer.objects.all()) == [offer]


def test_known_identifier_is_skipped_under_another_slug(load):
    make_offer(slug="da")

    report = load([foreign(id=identify("service", "da"), slug="anders")])

    assert part(report, "Übersprungen") == ["Angebot 1 („Beratung für Betroffene“): gibt es schon als „da“."]


def test_file_of_another_directory_comes_in_once(load):
    load([foreign()])

    report = load([foreign()])

    assert len(part(report, "Übersprungen")) == 1
    assert Offer.objects.count() == 1


def test_ended_services_stay_out(load):
    report = load([foreign(status="defunct"), foreign(status="inactive")])

    assert part(report, "Übersprungen") == [
        "Angebot 1 („Beratung für Betroffene“): wird nicht mehr angeboten.",
        "Angebot 2 („Beratung für Betroffene“): wird nicht mehr angeboten.",
    ]
    assert (Offer.objects.count(), Organization.objects.count()) == (0, 0)


def test_organization_that_is_there_is_used_and_stays_as_it_is(load):
    known = make_organization(name="Hilfe für Köln e. V.", slug="koeln", website="https://alt.example/")
    given = {"id": FOREIGN_ID, "name": "HILFE für Köln e. V.", "description": "", "website": "https://neu.example/"}

    report = load([foreign(organization=given)])

    assert Offer.objects.get().organization == known
    assert part(report, "Akteure angelegt") == []
    assert part(report, "Nicht übernommen")[0].endswith(
        "Der Akteur „Hilfe für Köln e. V.“ bleibt, wie er hier steht (Name, Website anders)."
    )
    known.refresh_from_db()
    assert (known.name, known.website) == ("Hilfe für Köln e. V.", "https://alt.example/")


# ---- files of other directories ----
def test_foreign_service_becomes_a_draft(load):
    land = make_region(name="Bayern", official_key="09", iso_code="DE-BY")
    threat, german = make_threat_type(name="Stalking"), make_language(slug="de", name="Deutsch")
    at_location = {"id": "1", "location": {"name": "Rathaus", "addresses": [{"city": "Köln"}]}}

    report = load(
        {
            "services": [
                foreign(
                    organization=None,
                    organization_id="o1",
                    url="https://beratung.example/",
                    email="post@beratung.example",
                    assured_date="2026-01-01",
                    phones=[{"id": "1", "number": "0800 3009944", "description": "Telefon"}],
                    service_areas=[{"id": "1", "extent": "09"}],
                    service_at_locations=[at_location],
                    languages=[{"id": "1", "name": "deutsch"}],
                    cost_options=[{"id": "1", "amount": 0}],
                    attributes=[{"id": "1", "taxonomy_term_id": "t1"}],
                    schedules=[
                        {"id": "1", "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "12:00"},
                        {"id": "2", "freq": "WEEKLY", "byday": "MO", "opens_at": "14:00:00", "closes_at": "23:59"},
                    ],
                )
            ],
            "organizations": [{"id": "o1", "name": "Hilfe für Köln e. V.", "description": ""}],
            "taxonomy_terms": [{"id": "t1", "name": "STALKING", "description": ""}],
        }
    )

    offer = Offer.objects.for_page().get()
    assert (offer.status, offer.verified_on, offer.slug) == ("draft", None, "beratung-fuer-betroffene")
    assert record.offer_record(offer) | {"updated_at": ""} == {
        "slug": "beratung-fuer-betroffene",
        "name": "Beratung für Betroffene",
        "status": "draft",
        "level": "state",
        "audience": "open",
        "for_some_only": False,
        "summary": "Wir beraten Menschen nach Drohungen.",
        "description": "Wir beraten Menschen nach Drohungen. Auch abends.",
        "website": "https://beratung.example/",
        "online_form": "",
        "chat": "",
        "opening_hours": "Mo 09:00-12:00,14:00-24:00; Tu 09:00-12:00",
        "hours_note": "",
        "around_the_clock": False,
        "anonymous": None,
        "free_of_charge": True,
        "regions": [land.slug],
        "threat_types": [threat.slug],
        "support_types": [],
        "languages": [german.slug],
        "organization": "hilfe-fuer-koeln-e-v",
        "phones": [{"number": "+498003009944", "label": "Telefon", "free": None, "opening_hours": ""}],
        "emails": [{"address": "post@beratung.example", "label": ""}],
        "locations": ["Köln"],
        "sources": [],
        "verified_on": None,
        "updated_at": "",
    }
    assert part(report, "Als Entwurf angelegt") == ["beratung-fuer-betroffene – Beratung für Betroffene"]
    assert part(report, "Akteure angelegt") == ["hilfe-fuer-koeln-e-v – Hilfe für Köln e. V."]
    assert part(report, "Nicht übernommen") == [
        "Angebot 1 („Beratung für Betroffene“): Bereich des Akteurs unbekannt: „Hilfsorganisationen“ angenommen."
    ]


def test_what_has_no_counterpart_is_named(load):
    make_organization(name="Hilfe für Köln e. V.")

    report = load(
        [
            foreign(
                funding=[{"id": "1"}],
                minimum_age=18,
                fees_description="auf Anfrage",
                contacts=[{"id": "1", "name": "Ada", "phones": [{"id": "1", "number": "110"}]}],
                service_at_locations=[{"id": "1", "location": {"id": "2", "name": "Ulm", "accessibility": [{}]}}],
                wait_time="",
                languages=[{"id": "1", "code": "xx", "name": "Elbisch"}],
                service_areas=[{"id": "1", "name": "Mittelerde"}],
                attributes=[{"id": "1", "taxonomy_term": {"id": "2", "name": "Drachen", "description": ""}}],
                schedules=[{"id": "1", "description": "Bei Neumond", "freq": "MONTHLY"}],
                phones=[
                    {"id": "1", "number": "116 006", "description": "x" * 81},
                    {"id": "2", "number": "030 25208838", "type": "fax"},
                ],
            )
        ]
    )

    texts = [line.partition("): ")[2] for line in part(report, "Nicht übernommen")]
    assert texts == [
        "Begriff „Drachen“ ist hier unbekannt.",
        "Die Öffnungszeiten lassen sich nicht übertragen. Ihre Beschreibung steht in Worten da.",
        "Gebiet „Mittelerde“ ist hier unbekannt.",
        "Kein bekanntes Gebiet: Ebene „Land“ angenommen, die Region fehlt noch.",
        "Sprache „Elbisch“ ist hier unbekannt.",
        f"„{'x' * 81}“ ist zu lang und wurde gekürzt.",
        "Faxnummer 030 25208838.",
        "Felder ohne Entsprechung: contacts.name, contacts.phones, fees_description, funding, location.accessibility, "
        "minimum_age.",
    ]
    offer = Offer.objects.get()
    assert (offer.hours_note, offer.level) == ("Bei Neumond", "state")
    assert offer.phones.get().label == f"{'x' * 79}…"


@pytest.mark.parametrize(
    "schedule",
    [
        {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00-05:00", "closes_at": "12:00-05:00"},
        {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "12:00", "interval": 2},
        {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "12:00", "valid_to": "2026-01-01"},
        {"freq": "WEEKLY", "byday": "2MO", "opens_at": "09:00", "closes_at": "12:00"},
        {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00"},
        {"freq": "MONTHLY", "byday": "MO", "opens_at": "09:00", "closes_at": "12:00"},
    ],
)
def test_hours_that_say_more_than_a_week_become_words(load, schedule):
    load([foreign(schedules=[schedule | {"id": "1", "description": "siehe Aushang"}])])

    offer = Offer.objects.get()
    assert (offer.opening_hours, offer.hours_note) == ("", "siehe Aushang")


def test_nationwide_service_area(load):
    load([foreign(service_areas=[{"id": "1", "name": "Deutschland"}])])

    assert Offer.objects.get().level == "federal"


def test_two_services_of_one_name_become_two_drafts(load):
    load([foreign(), foreign(id="ffffffff-0d1f-4f0e-9a3f-2f6d1c1f0a11")])

    slugs = sorted(Offer.objects.values_list("slug", flat=True))
    assert slugs == ["beratung-fuer-betroffene", "beratung-fuer-betroffene-ffffffff"]


def test_page_of_the_api_can_be_read(load):
    load({"total_items": 1, "contents": [foreign()]})

    assert Offer.objects.count() == 1


# ---- all or nothing ----
@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"phones": [{"number": "0123"}]}, "Diese Telefonnummer gibt es nicht. Bitte prüfen Sie Vorwahl und Ziffern."),
        ({"email": "post"}, "Adresse: Bitte gültige E-Mail-Adresse eingeben."),
        ({"opening_hours": "immer"}, "Öffnungszeiten (OpenStreetMap): Diese Öffnungszeiten sind nicht lesbar."),
        ({"url": "kein Link"}, "Website: Bitte eine gültige Adresse eingeben."),
        (
            {"description": "", "summary": "Hilfe nach einer Drohung."},
            "Beschreibung: Dieses Feld darf nicht leer sein.",
        ),
        ({"organization": None}, "Der Akteur („organization“) fehlt."),
        ({"phones": "030 1234"}, "„phones“ ist keine Liste von Objekten."),
        ({"organization": "Verein"}, "„organization“ ist kein Objekt."),
        ({"description": 5}, "„description“ ist kein Text."),
        ({"description": "a\0b"}, "„description“ ist kein Text."),
        ({"anonymous": "ja"}, "„anonymous“ muss true oder false sein."),
        ({"sources": [{"url": "https://a.example/", "supports": ["x"]}]}, "„supports“ nennt Angaben, die es hier"),
        ({"around_the_clock": True, "opening_hours": "Mo 10:00-12:00"}, "„Rund um die Uhr“ passt nicht zu den"),
    ],
)
def test_error_names_row_and_field_and_nothing_comes_in(load, fields, error):
    report = load([foreign(name="Gut", id="1"), foreign(name="Schlecht") | fields])

    [line] = part(report, "Fehler")
    assert line.startswith(f"Angebot 2 („Schlecht“): {error}")
    assert report.endswith("Nichts gespeichert.\nDie Datei hat Fehler. Nichts wurde gespeichert.")
    assert (Offer.objects.count(), Organization.objects.count()) == (0, 0)


def test_service_without_a_name_is_an_error(load):
    report = load([foreign(name=""), "Text"])

    assert part(report, "Fehler") == [
        "Angebot 1 („“): Der Name fehlt, oder aus ihm entsteht kein Adresskürzel.",
        "Angebot 2: Das ist kein Angebot, sondern etwas anderes.",
    ]


def test_dry_run_reports_and_saves_nothing(load):
    report = load([foreign()], "--dry-run")

    assert part(report, "Als Entwurf angelegt") == ["beratung-fuer-betroffene – Beratung für Betroffene"]
    assert report.endswith("Nichts gespeichert.\n")
    assert (Offer.objects.count(), Organization.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"<html>", "Die Datei enthält kein JSON in UTF-8."),
        (b'{"a": "\xff"}', "Die Datei enthält kein JSON in UTF-8."),
        (rb'[{"name": "a\ud83d"}]', "Die Datei enthält kein JSON in UTF-8."),
        (b"[" * 100_000, "Die Datei enthält kein JSON in UTF-8."),
        (b"5", "In der Datei fehlt die Liste „services“."),
        (b'{"services": {}}', "In der Datei fehlt die Liste „services“."),
        (b'{"services": [], "organizations": [1]}', "„organizations“ ist keine Liste von Objekten."),
    ],
)
def test_what_is_no_hsds_file_is_refused(load, content, error):
    assert load(content) == error


def test_missing_file_is_said():
    with pytest.raises(CommandError, match="Die Datei lässt sich nicht öffnen"):
        call_command("import_hsds", "gibt-es-nicht.json")


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps([foreign()]).encode())))

    call_command("import_hsds", "-", stdout=StringIO())

    assert Offer.objects.get().slug == "beratung-fuer-betroffene"


def test_facts_of_sources_are_those_of_the_model(load):
    source = {"url": "https://a.example/", "supports": [*Fact.values], "accessed_on": "2026-01-15"}

    load([foreign(sources=[source])])

    assert record.offer_record(Offer.objects.for_page().get())["sources"] == [
        source | {"supports": sorted(Fact.values)}
    ]
