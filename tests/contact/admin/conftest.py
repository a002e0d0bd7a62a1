import pytest
from django.core.management import call_command

from tests.contact.admin.staff import log_in, make_colleague


@pytest.fixture
def groups(db):
    call_command("loaddata", "groups", verbosity=0)


@pytest.fixture
def clock(clock, monkeypatch):
    monkeypatch.setattr("contact.admin.password.time", clock)
    return clock


@pytest.fixture
def anna(groups):
    return make_colleague("anna", first_name="Anna", last_name="Berger")


@pytest.fixture
def ole(groups):
    return make_colleague("ole", first_name="Ole", last_name="Friis")


@pytest.fixture
def counsellor(anna, clock, keys):
    """Anna's browser, just logged in."""
    return log_in("anna")
