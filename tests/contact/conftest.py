from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from contact import keyring, sealing
from contact.throttle import counters
from directory.opening import BERLIN
from tests.contact.clock import Clock
from tests.contact.factories import derive

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def _nobody_was_counted():
    counters.forget()


@pytest.fixture
def keys(tmp_path, settings):
    """A team with one key pair and a spare key: `kid`, and the spare pair's private key as it is printed."""
    settings.CONTACT_PUBLIC_KEYS_DIR = tmp_path / "public"
    settings.CONTACT_PRIVATE_KEYS_DIR = tmp_path / "private"
    spare = keyring.create_spare()
    return SimpleNamespace(kid=keyring.create(), spare=spare)


@pytest.fixture
def codes_known(monkeypatch):
    """Each code is derived once for all tests of this process, which takes a tenth of a second."""
    monkeypatch.setattr(sealing, "derive", derive)


@pytest.fixture
def clock(monkeypatch):
    """It is Tuesday, 24 November 2026, 10 o'clock in Berlin, until a test moves the hands."""
    hands = Clock(TUESDAY)
    monkeypatch.setattr("django.utils.timezone.now", hands.now)
    monkeypatch.setattr("contact.tickets.time", hands)
    monkeypatch.setattr("contact.throttle.time", hands.time)
    return hands


@pytest.fixture
def visitor(db):
    """A browser on one of our pages."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})
