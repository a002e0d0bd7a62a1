from io import StringIO

import pytest
from django.core.management import call_command

from directory.opendata import edition


@pytest.fixture(autouse=True)
def _files_elsewhere(settings, tmp_path):
    """Kept files lie beside nothing of this machine, and are those of this test."""
    settings.VAR_DIR = tmp_path
    edition.forget()
    yield
    edition.forget()


@pytest.fixture
def real_offers(db):
    """The database holds what fixtures/ holds."""
    call_command("load_directory", stdout=StringIO())
