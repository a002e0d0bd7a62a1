import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from nacl.encoding import Base64Encoder
from nacl.public import PrivateKey

from contact import keyring, sealing
from tests.contact.factories import make_row
from tests.contact.portal import ROOT, all_at_once

CREATE = """
import sys
from pathlib import Path
from django.conf import settings
settings.configure(TIME_ZONE="UTC", USE_TZ=True, CONTACT_PUBLIC_KEYS_DIR=Path(sys.argv[1], "public"),
    CONTACT_PRIVATE_KEYS_DIR=Path(sys.argv[1], "private"))
from contact import keyring
print("ready", flush=True)
sys.stdin.readline()
try:
    print(keyring.create())
except FileExistsError:
    print("there was one already")
"""


@pytest.fixture
def empty(settings, tmp_path):
    settings.CONTACT_PUBLIC_KEYS_DIR = tmp_path / "public"
    settings.CONTACT_PRIVATE_KEYS_DIR = tmp_path / "private"
    return tmp_path


def command(*arguments):
    output = StringIO()
    call_command("contact_keys", *arguments, stdout=output)
    return output.getvalue().splitlines()


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def mode(path):
    return oct(path.stat().st_mode & 0o777)


# ---- pairs ----
def test_pair_is_named_by_its_month_and_lies_in_two_folders(empty, clock):
    keyring.create()
    clock.move(days=1)
    keyring.create()
    clock.move(days=30)
    keyring.create()

    assert keyring.kids() == ["2026-11-01", "2026-11-02", "2026-12-01"]
    assert keyring.current_kid() == "2026-12-01"
    assert files(empty) == [
        f"{folder}/{kid}.{ending}"
        for folder, ending in (("private", "key"), ("public", "pub"))
        for kid in ("2026-11-01", "2026-11-02", "2026-12-01")
    ]


@pytest.mark.parametrize("umask", [0, 0o077])
def test_private_keys_are_for_their_owner_alone_and_public_ones_for_all(empty, umask):
    before = os.umask(umask)
    try:
        kid = keyring.create()
    finally:
        os.umask(before)

    assert mode(empty / "private") == "0o700"
    assert mode(empty / f"private/{kid}.key") == "0o600"
    assert mode(empty / "public") == "0o755"
    assert mode(empty / f"public/{kid}.pub") == "0o644"


def test_public_and_private_key_are_a_pair(empty):
    kid = keyring.create()

    assert keyring.private_key(kid).public_key == keyring.public_key(kid)


def test_spare_pair_leaves_only_its_public_key_behind(empty):
    spare = keyring.create_spare()

    assert files(empty) == ["public/spare.pub"]
    assert PrivateKey(spare.encode(), Base64Encoder).public_key == keyring.public_key("spare")
    assert keyring.kids() == []
    with pytest.raises(FileExistsError):
        keyring.create_spare()
    assert PrivateKey(spare.encode(), Base64Encoder).public_key == keyring.public_key("spare")


def test_without_a_pair_there_is_no_current_one(empty):
    with pytest.raises(keyring.KeyMissing):
        keyring.current_kid()


def test_retired_pair_is_used_no_more_but_opens(empty, clock):
    keyring.create_spare()
    old = keyring.create()
    sealed = sealing.seal("1", {"message": "alt"})
    keyring.retire(old)
    new = keyring.create()

    assert (sealed.kid, sealing.seal("1", {}).kid) == (old, new)
    assert sealing.unseal("1", old, sealed.box) == {"message": "alt"}
    assert [keyring.is_retired(kid) for kid in (old, new)] == [True, False]


def test_pair_in_use_is_not_destroyed(empty):
    kid = keyring.create()

    with pytest.raises(ValueError, match="retire it first"):
        keyring.destroy(kid)

    assert keyring.private_key(kid)


def test_destroyed_pair_keeps_its_name_and_its_public_key(empty, clock):
    kid = keyring.create()
    keyring.retire(kid)
    keyring.destroy(kid)
    keyring.destroy(kid)

    assert files(empty) == [f"public/{kid}.pub", f"public/{kid}.retired"]
    assert keyring.is_destroyed(kid)
    assert keyring.create() == "2026-11-02"


def test_pair_that_was_never_made_cannot_be_retired(empty):
    with pytest.raises(keyring.KeyMissing):
        keyring.retire("2026-11-01")

    assert files(empty) == []


def test_half_a_pair_that_a_crash_left_behind_is_passed_over(empty, clock):
    keyring.create()
    (empty / "public/2026-11-01.pub").unlink()

    kid = keyring.create()

    assert kid == "2026-11-02"
    assert keyring.private_key(kid).public_key == keyring.public_key(kid)


def test_processes_that_create_at_the_same_time_overwrite_nothing(empty):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CREATE, empty], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    said = [answer.strip() for answer, _ in all_at_once([lambda p=p: p.communicate("\n") for p in processes])]

    made = [kid for kid in said if kid != "there was one already"]
    assert sorted(made) == keyring.kids()
    assert made
    assert [kid for kid in made if keyring.private_key(kid).public_key != keyring.public_key(kid)] == []
    assert len(files(empty)) == 2 * len(made)


def test_creation_that_loses_the_race_changes_nothing(empty, clock, monkeypatch):
    first = keyring.create()
    pair = bytes(keyring.private_key(first))
    monkeypatch.setattr(keyring, "count", lambda start: iter([1]))  # it looked before the other had written
    monkeypatch.setattr("pathlib.Path.exists", lambda path: False)

    with pytest.raises(FileExistsError):
        keyring.create()

    monkeypatch.undo()
    assert files(empty) == ["private/2026-11-01.key", "public/2026-11-01.pub"]
    assert bytes(PrivateKey((empty / "private/2026-11-01.key").read_bytes(), Base64Encoder)) == pair


# ---- manage.py contact_keys ----
def test_first_create_prints_the_spare_key_once(empty, db, clock):
    first, second = command("create"), command("create")

    assert first[0].startswith("The spare key, for the safe.")
    assert PrivateKey(first[1].strip().encode(), Base64Encoder).public_key == keyring.public_key("spare")
    assert first[2:] == ["Created 2026-11-01."]
    assert second == ["Created 2026-11-02."]


def test_create_if_missing_makes_no_second_pair(empty, db, clock):
    command("create", "--if-missing")

    assert command("create", "--if-missing") == []
    assert keyring.kids() == ["2026-11-01"]


def test_create_if_missing_replaces_a_retired_pair(empty, db, clock):
    command("create")
    keyring.retire("2026-11-01")

    assert command("create", "--if-missing") == ["Created 2026-11-02."]


def test_rotation_retires_all_older_pairs(empty, db, clock):
    command("create")
    command("create")
    clock.move(days=30)

    assert command("rotate") == ["Created 2026-12-01.", "Retired 2026-11-01.", "Retired 2026-11-02."]
    assert keyring.current_kid() == "2026-12-01"


def test_list_says_what_became_of_each_pair(empty, db, clock):
    command("create")
    make_row(kid="2026-11-01")
    command("rotate")
    make_row(kid="2026-11-02")
    command("rotate")
    command("retire", "2026-11-03")
    keyring.destroy("2026-11-03")
    command("create")

    assert command("list") == [
        "2026-11-01  retired, in use",
        "2026-11-02  retired, in use",
        "2026-11-03  destroyed",
        "2026-11-04  active",
        "spare  public key here",
    ]


def test_retire_names_a_pair_that_is_not_there(empty, db):
    with pytest.raises(CommandError, match="no pair 2026-11-09"):
        command("retire", "2026-11-09")


def test_missing_spare_key_is_listed(empty, db):
    assert command("list") == ["spare  MISSING"]
