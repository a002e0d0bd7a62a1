import tempfile

import pytest

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
