import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError

from directory import catalogue
from tests.factories import make_offer

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "SECRET_KEY": "x" * 50,
    "ALLOWED_HOSTS": "portal.example",
    "OPERATOR_NAME": "Betreiber",
    "OPERATOR_ADDRESS": "Straße 1;12345 Stadt",
    "OPERATOR_EMAIL": "kontakt@portal.example",
}


def settings_error(**environment):
    """What the settings say when they refuse these values; "" when they accept them."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-c", "import starkestelle.settings"],
        env=kept | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    return result.stderr.strip().splitlines()[-1] if result.returncode else ""


def test_settings_start_with_all_production_values():
    assert settings_error(**PRODUCTION) == ""


def test_settings_start_for_development_without_any():
    assert settings_error(DEBUG="1") == ""


@pytest.mark.parametrize("name", PRODUCTION)
def test_settings_refuse_to_start_without(name):
    environment = {key: value for key, value in PRODUCTION.items() if key != name}

    assert f"Set {name} in the environment" in settings_error(**environment)


def test_settings_refuse_an_unknown_role():
    assert "must be public, staff or all" in settings_error(**PRODUCTION, STARKESTELLE_ROLE="admin")


@pytest.mark.django_db
def test_imprint_names_the_operator_and_the_licences_of_the_data(client):
    html = client.get("/impressum/").content.decode()

    for line in (
        "Testbetrieb<br>Teststraße 1<br>12345 Teststadt",
        "Die bearbeitete Datenbank places.csv steht ebenfalls unter der ODbL 1.0.",
        "© Statistisches Bundesamt (Destatis), 2019",
        'GeoNames</a>, <a href="https://creativecommons.org/licenses/by/4.0/"',
    ):
        assert line in html, line


@pytest.mark.django_db
def test_every_page_names_the_hotline_from_the_directory(client):
    make_offer(slug="starke-stelle", phones=["+498001110111"], around_the_clock=True)

    html = client.get("/impressum/").content.decode()

    assert 'href="tel:+498001110111"' in html
    assert "rund um die Uhr erreichbar" in html
    assert 'href="tel:110"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/kontakt/", "/leichte-sprache/"])
def test_address_of_the_team_is_that_of_the_directory(client, settings, path):
    make_offer(slug="starke-stelle", emails=["team@starke.example", "presse@starke.example"])

    addresses = re.findall(r'href="mailto:([^"]*)"', client.get(path).content.decode())

    assert [address for address in addresses if address != settings.OPERATOR["email"]] == ["team@starke.example"]


@pytest.mark.django_db
def test_hotline_is_known_without_the_directory(client):
    html = client.get("/kontakt/").content.decode()

    assert "0800 300 99 44" in html
    assert 'href="mailto:info@starkestelle.de"' in html


def test_not_found_helps_without_a_database(client, monkeypatch):
    def unreachable():
        raise DatabaseError

    monkeypatch.setattr(catalogue, "current", unreachable)

    response = client.get("/gibt-es-nicht/")

    assert response.status_code == 404
    html = response.content.decode()
    assert 'action="/angebote/"' in html
    assert "tel:+498003009944" in html


@pytest.mark.django_db
def test_ready_says_so_and_is_never_cached(client):
    response = client.get("/bereit/")

    assert (response.status_code, response.content) == (200, b"bereit\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/angebote/", "/akteure/", "/impressum/", "/gibt-es-nicht/", "/bereit/"])
def test_no_public_page_sets_a_cookie_and_all_carry_the_policy(client, path):
    response = client.get(path)

    assert not response.cookies
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_error_is_told_kindly_and_logged_without_words(client, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise ValueError("GEHEIM getippt")

    monkeypatch.setattr("directory.catalogue.Catalogue.open_at", broken)
    client.raise_request_exception = False

    response = client.get("/angebote/", {"q": "GEHEIM", "merkmal": "jetzt-erreichbar"})

    assert response.status_code == 500
    assert "tel:+498003009944" in response.content.decode()
    [record] = [record for record in caplog.records if record.name == "starkestelle.views"]
    assert record.getMessage().startswith("ValueError at ")
    assert "GEHEIM" not in caplog.text


@pytest.mark.django_db
def test_lost_database_is_told_as_unavailable(client, monkeypatch):
    def lost(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr("directory.models.Offer.objects.for_page", lost, raising=False)
    monkeypatch.setattr("directory.querysets.OfferQuerySet.for_page", lost)
    client.raise_request_exception = False

    response = client.get("/angebote/hilfe/")

    assert response.status_code == 503
    html = response.content.decode()
    assert "Unsere Daten sind gerade nicht erreichbar." in html
    assert 'href="tel:110"' in html
    assert "tel:+498003009944" in html
