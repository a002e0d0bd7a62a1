from io import StringIO

import pytest
from django.core.management import call_command

from directory import catalogue
from tests.monitoring.web import Web


@pytest.fixture
def real_rows(db):
    """The database holds what fixtures/ holds."""
    call_command("load_directory", stdout=StringIO())
    catalogue.forget()


@pytest.fixture
def web():
    with Web() as server:
        yield server
