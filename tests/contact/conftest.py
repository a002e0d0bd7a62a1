from types import SimpleNamespace

import pytest

from contact import keyring, sealing
from contact.throttle import counters
from tests.contact.factories import derive


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
