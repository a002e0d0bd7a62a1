"""What `check --deploy` says about an installation: nothing when all is well, and each fault by its own number."""

import os
import subprocess
import sys

import pytest
from django.contrib.auth.models import User
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.db import connection
from django_otp.plugins.otp_totp.models import TOTPDevice

from contact import keyring
from starkestelle import checks, views
from tests.contact.portal import POSTGRES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _well(settings, tmp_path):
    """An installation without a fault, seen from the staff process."""
    settings.ROLE = "staff"
    settings.PLAIN_HTTP = False
    settings.CONTACT_PEPPER = "x" * checks.FEWEST_CHARACTERS
    settings.CONTACT_PUBLIC_KEYS_DIR = tmp_path / "public"
    settings.CONTACT_PRIVATE_KEYS_DIR = tmp_path / "private"
    keyring.create_spare()
    keyring.create()


def found():
    """Number → message of our own checks."""
    tags = [Tags.security, Tags.database, Tags.staticfiles]
    messages = run_checks(tags=tags, include_deployment_checks=True, databases=["default"])
    own = {each.id.removeprefix("starkestelle."): each for each in messages if each.id.startswith("starkestelle.")}
    assert [number for number, each in own.items() if not each.hint] == []
    return {number: each.msg for number, each in own.items()}


def test_nothing_is_found_when_all_is_well():
    assert found() == {}


def test_private_key_that_the_public_process_can_read(settings):
    settings.ROLE = "public"

    assert found()["E001"] == f"The public process can read private keys: {keyring.current_kid()}.key."


def test_private_keys_that_are_not_there_for_the_public_process(settings, tmp_path):
    settings.ROLE = "public"
    settings.CONTACT_PRIVATE_KEYS_DIR = tmp_path / "not mounted"

    assert "E001" not in found()


def test_missing_spare_key(settings):
    (settings.CONTACT_PUBLIC_KEYS_DIR / "spare.pub").unlink()

    assert list(found()) == ["E002"]


def test_missing_active_key(settings):
    keyring.retire(keyring.current_kid())

    assert list(found()) == ["E003"]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"name": ""}, "OPERATOR_NAME"),
        ({"address": []}, "OPERATOR_ADDRESS"),
        ({"email": ""}, "OPERATOR_EMAIL"),
        ({"email": "kontakt"}, "OPERATOR_EMAIL"),
    ],
)
def test_missing_operator(settings, changes, missing):
    settings.OPERATOR = {**settings.OPERATOR, **changes}

    assert found() == {"E004": f"The imprint does not say who is responsible: {missing}."}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PLAIN_HTTP", True, "E005"),
        ("ALLOWED_HOSTS", ["portal.example", "*"], "E006"),
        ("ROLE", "all", "W007"),
        ("CONTACT_PEPPER", "x" * (checks.FEWEST_CHARACTERS - 1), "W008"),
    ],
)
def test_setting_that_is_not_for_the_public(settings, name, value, expected):
    setattr(settings, name, value)

    assert list(found()) == [expected]


@pytest.mark.parametrize(("days", "expected"), [(20, ["E009"]), (31, []), (365, []), (400, ["E009"])])
def test_security_txt_that_is_stale_or_good_for_too_long(monkeypatch, days, expected):
    monkeypatch.setattr(views, "SECURITY_CONTACT_LASTS", views.timedelta(days=days))

    assert list(found()) == expected


def test_staff_without_a_second_factor_are_named():
    make = User.objects.create_user
    make("ohne", is_staff=True)
    make("angefangen", is_superuser=True, is_staff=True).totpdevice_set.create(confirmed=False)
    TOTPDevice.objects.create(user=make("mit", is_staff=True), confirmed=True)
    make("gesperrt", is_staff=True, is_active=False)
    make("nirgends")

    assert found() == {"W010": "These accounts have no second factor yet: angefangen, ohne."}


@pytest.mark.skipif(not POSTGRES, reason="SQLite has no roles")
def test_public_process_with_the_rights_of_the_owner(settings, tmp_path):
    settings.ROLE = "public"
    settings.CONTACT_PRIVATE_KEYS_DIR = tmp_path / "not mounted"

    assert list(found()) == ["W011"]


def test_database_that_cannot_be_asked(monkeypatch):
    def broken(*args, **kwargs):
        raise checks.DatabaseError("password authentication failed")

    monkeypatch.setattr(connection, "cursor", broken)

    assert found() == {"W012": "The database could not be asked. DatabaseError: password authentication failed"}


@pytest.mark.skipif(not POSTGRES, reason="SQLite has no roles")
def test_public_process_without_its_rights(settings):
    settings.ROLE = "public"
    with connection.cursor() as cursor:  # and all of it is taken back with the test's transaction
        cursor.execute("CREATE ROLE without_rights")
        cursor.execute("SET LOCAL ROLE without_rights")

    said = checks.public_process_reads_no_accounts(None, ["default"])

    assert [each.id for each in said] == ["starkestelle.W012"]
    assert "permission denied for table directory_catalogueversion" in said[0].msg


@pytest.fixture
def collected(settings, tmp_path):
    """Static files as in production."""
    settings.STATIC_ROOT = tmp_path / "static"
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}
    call_command("collectstatic", interactive=False, verbosity=0)


def test_collected_static_files(collected):
    assert found() == {}


def test_static_file_that_came_after_they_were_collected(collected, settings, tmp_path):
    new = tmp_path / "new"
    for name in ("css/neu.css", "img/neu.svg"):
        (new / name).parent.mkdir(parents=True)
        (new / name).write_text("")
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, new]

    assert found() == {"E013": "2 style sheets, scripts and images are not collected, css/neu.css among them."}


def test_debug_is_found_by_the_command(tmp_path):
    """The whole command, in a process of its own: what it says of an installation that nobody has set up."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={"PATH": os.environ["PATH"], "DEBUG": "1", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    numbers = (
        "security.W009",
        "security.W018",
        *(f"starkestelle.{n}" for n in "E002 E003 E004 E005 W007 W008".split()),
    )
    assert [number for number in numbers if f"({number})" not in done.stderr] == []
