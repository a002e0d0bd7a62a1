import tempfile
from io import StringIO

import pytest
from django.core.management import call_command

from directory.opendata import edition


@pytest.fixture(autouse=True)
def _files_elsewhere(settings, tmp_path, monkeypatch):
    """Kept files lie beside nothing of this machine, and are those of this test. VAR_DIR is not for the public process
    to write to."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.VAR_DIR = tmp_path / "missing"
    edition.forget()
    yield
    edition.forget()


@pytest.fixture
def real_offers(db):
    """The database holds what fixtures/ holds."""
    call_command("load_directory", stdout=StringIO())
