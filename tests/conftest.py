import pytest
from django.core.management import call_command
from django.db import transaction

from contact.throttle import counters
from directory import catalogue
from tests.contact.clock import TUESDAY, Clock
from tests.visitor import Visitor


def pytest_collection_modifyitems(items):
    """Who uses the real offers needs the test database, even alone; without the mark there would be none."""
    for item in items:
        if {"real_catalogue", "real_directory"}.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(autouse=True)
def _no_catalogue_of_another_test(request, monkeypatch):
    """A rolled back test leaves the version counter as it was; its snapshot must not live on.

    Nor does a test that takes longer than a second ask for the version in between: its queries may be counted.
    """
    if "live_server" not in request.fixturenames:
        monkeypatch.setattr(catalogue, "POLL_SECONDS", 3600)
    catalogue.forget()
    yield
    catalogue.forget()


@pytest.fixture(scope="session")
def real_catalogue(django_db_setup, django_db_blocker):
    """The catalogue of the real fixtures, in memory; the database stays empty."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_directory", verbosity=0)
        built = catalogue.build()
        transaction.set_rollback(True)
    return built


@pytest.fixture(scope="module")
def real_directory(django_db_setup, django_db_blocker):
    """The database holds what fixtures/ holds, for all tests of a module; none of them may change it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_directory", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def real_offers(db):
    """The database holds what fixtures/ holds."""
    call_command("load_directory", verbosity=0)


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
    return Visitor()
