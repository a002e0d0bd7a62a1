from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from contact.throttle import counters
from directory import catalogue
from directory.opening import BERLIN
from tests.contact.clock import Clock
from tests.monitoring.web import Web

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BERLIN)


@pytest.fixture
def clock(monkeypatch):
    """It is Tuesday, 24 November 2026, 10 o'clock in Berlin, until a test moves the hands."""
    hands = Clock(TUESDAY)
    monkeypatch.setattr("django.utils.timezone.now", hands.now)
    monkeypatch.setattr("contact.tickets.time", hands)
    monkeypatch.setattr("contact.throttle.time", hands.time)
    counters.forget()
    return hands


@pytest.fixture
def visitor(db):
    """A browser on one of our pages."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def real_rows(db):
    """The database holds what fixtures/ holds."""
    call_command("load_directory", stdout=StringIO())
    catalogue.forget()


@pytest.fixture
def web():
    with Web() as server:
        yield server
