"""What every browser test stands on: a real Chromium that reaches this machine only, set to Germany."""

import os
import sqlite3
from contextlib import closing
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from contact import keyring, throttle
from contact.models import SlotRule
from directory import catalogue
from directory.models import Offer, Organization, Region, SupportType, ThreatType
from directory.monitoring import snapshots
from tests.browser.chromium import ensure_chromium
from tests.browser.page_types import INVITATION
from tests.contact.clock import TUESDAY, Clock
from tests.exchange.factories import make_commitment, make_event
from tests.factories import make_offer
from tests.monitoring.factories import make_invitation

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop running in the thread of the tests


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    arguments = [
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",  # other hosts do not exist
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    return {**browser_type_launch_args, "executable_path": ensure_chromium(), "args": arguments}


@pytest.fixture(scope="session")
def base_url(live_server):
    """Tests say page.goto("/angebote/")."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "de-DE", "timezone_id": "Europe/Berlin"}


@pytest.fixture(autouse=True)
def _static_files_with_their_headers(monkeypatch):
    """The live server would serve them itself, past the middleware; a sandboxed frame needs the headers."""
    for handler in ("contrib.staticfiles.handlers.StaticFilesHandler", "test.testcases.FSFilesHandler"):
        monkeypatch.setattr(f"django.{handler}._should_handle", lambda *args: False)


@pytest.fixture(scope="session")
def _filled_database(django_db_setup, django_db_blocker):
    """A copy of the database with the real offers. SQLite copies it back in a millisecond; loading takes a second."""
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as copy:
        with django_db_blocker.unblock():
            call_command("load_directory", stdout=StringIO())
            connection.connection.backup(copy)
            call_command("flush", verbosity=0, interactive=False)
        yield copy


@pytest.fixture
def real_offers(transactional_db, _filled_database):
    """The live server shows what fixtures/ holds."""
    connection.ensure_connection()
    _filled_database.backup(connection.connection)
    catalogue.forget()


@pytest.fixture
def every_page_type(real_offers, monkeypatch):
    """The live server shows the real offers and whatever else the pages of PAGE_TYPES need."""
    there = {
        "regions": [Region.objects.get(slug="mecklenburg-vorpommern")],
        "threat_types": [ThreatType.objects.get(slug="hass-im-netz")],
        "phones": ["116006"],
    }
    make_offer(slug="geschlossen", name="Beratung in der Pause", status=Offer.Status.TEMPORARILY_CLOSED, **there)
    make_offer(slug="beendet", name="Beratung von früher", status=Offer.Status.DEFUNCT, **there)
    make_invitation(Organization.objects.get(slug="weisser-ring"), pk=INVITATION)  # the one with the most offers
    event = make_event(slug="netzwerktreffen", name="Netzwerktreffen", programme="## Vormittag\n\n- Begrüßung")
    bremen = Region.objects.get(slug="bremen")
    make_commitment(
        event=event, region=bremen, threat_type=there["threat_types"][0], support_type=SupportType.objects.first()
    )
    snapshots.take(date(2026, 10, 1))
    Offer.objects.filter(level="state").order_by("pk").first().delete()
    Offer.objects.filter(slug="geschlossen").update(website="https://neu.example/")
    snapshots.take(date(2026, 11, 1))
    catalogue.forget()
    monkeypatch.setattr("starkestelle.views.CatalogueVersion", None)  # now /bereit/ breaks


@pytest.fixture
def clock(real_offers, settings, tmp_path, monkeypatch):
    """The live server is open for talks; it is Tuesday, 10 o'clock, until a test moves the hands."""
    hands = Clock(TUESDAY)
    monkeypatch.setattr("django.utils.timezone.now", hands.now)
    monkeypatch.setattr("contact.tickets.time", hands)
    throttle.counters.forget()
    settings.CONTACT_PUBLIC_KEYS_DIR = tmp_path / "public"
    settings.CONTACT_PRIVATE_KEYS_DIR = tmp_path / "private"
    keyring.create_spare()
    keyring.create()
    for kind in ("callback", "video"):
        SlotRule.objects.create(kind=kind, opening_hours="Tu 14:00-15:30", capacity=1)
    return hands
