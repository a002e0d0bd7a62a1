import pytest


@pytest.fixture(autouse=True)
def _files_elsewhere(settings, tmp_path):
    """Kept files lie beside nothing of this machine."""
    settings.VAR_DIR = tmp_path
