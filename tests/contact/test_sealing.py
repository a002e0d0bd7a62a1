import subprocess
import sys
from itertools import product

import pytest
from django.utils import timezone
from nacl.bindings import crypto_box_SEALBYTES
from nacl.encoding import Base64Encoder
from nacl.public import Box, PrivateKey, PublicKey, SealedBox

from contact import keyring, sealing
from tests.contact.factories import CODE, OTHER_CODE, derive

pytestmark = pytest.mark.usefixtures("keys")

REQUEST, OTHER_REQUEST = "0b6c9e5e-1111-4222-8333-444455556666", "0b6c9e5e-1111-4222-8333-444455557777"
WORDS = {"name": "", "threats": [], "state": "", "message": "Er stand vor dem Haus."}


def unreadable(call, *arguments):
    """The message of the refusal, which must not hold what was in the box."""
    with pytest.raises(sealing.Unreadable) as refused:
        call(*arguments)
    return str(refused.value)


# ---- receipt codes ----
def test_new_codes_have_24_digits_and_read_as_they_were_shown():
    codes = [sealing.new_code() for _ in range(50)]

    assert [len(code) for code in codes] == [24] * 50
    assert [sealing.read_code(sealing.in_groups(code)) for code in codes] == codes
    assert len(set(codes)) == 50


def test_code_is_shown_in_six_groups_of_four():
    assert sealing.in_groups(CODE) == "1234 5678 9012 3456 7890 1234"


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        "1234 5678 9012 3456 7890 1234",
        "  12345678 9012-3456-7890-1234\t",
        "1234.5678.9012.3456.7890.1234",
        "Code: 1234\n5678\n9012\n3456\n7890\n1234",
        "1234\u00a05678\u20099012\u200b3456\u202f7890 1234",
    ],
)
def test_code_is_read_however_it_is_spaced(typed):
    assert sealing.read_code(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", "abc", CODE[:-1], CODE + "0", CODE[:-1] + "5", "１" + CODE[1:], "٣" * 24, "0" * 23, "\x00", "-" * 24]
)
def test_what_cannot_be_a_code_is_none(typed):
    assert sealing.read_code(typed) == ""


def test_check_digit_finds_every_single_wrong_digit():
    wrong = [
        CODE[:place] + digit + CODE[place + 1 :]
        for place, digit in product(range(24), "0123456789")
        if digit != CODE[place]
    ]

    assert len(wrong) == 24 * 9
    assert [code for code in wrong if sealing.read_code(code)] == []


def test_check_digit_finds_exchanged_neighbours_but_0_and_9():
    slips = {CODE[at : at + 2]: CODE[:at] + CODE[at + 1] + CODE[at] + CODE[at + 2 :] for at in range(23)}

    assert [pair for pair, code in slips.items() if sealing.read_code(code)] == ["90"]


# ---- what a code becomes ----
def test_derivation_says_the_same_again():
    first, again = derive(CODE), sealing.derive(CODE)

    assert (first.lookup_id, bytes(first.reply_key)) == (again.lookup_id, bytes(again.reply_key))


def test_derivation_depends_on_code_and_pepper(settings):
    first, other = derive(CODE), derive(OTHER_CODE)
    settings.CONTACT_PEPPER = "another pepper"
    elsewhere = sealing.derive(CODE)

    assert len({first.lookup_id, other.lookup_id, elsewhere.lookup_id}) == 3
    assert len({bytes(each.reply_key) for each in (first, other, elsewhere)}) == 3


def test_derivation_tells_neither_code_nor_key():
    derived = derive(CODE)

    assert len(derived.lookup_id) == 32
    assert CODE not in repr(derived)
    assert bytes(derived.reply_key).hex() not in repr(derived)


def test_derivation_is_slow_on_purpose():
    """The numbers that OWASP and RFC 9106 ask for; less would be found at once by a reader of this test."""
    assert (sealing.ARGON_MEMORY, sealing.ARGON_PASSES) == (64 * 1024 * 1024, 3)


def test_whoever_has_waited_too_long_is_told_so(monkeypatch):
    monkeypatch.setattr(sealing, "PATIENCE", 0.01)
    with sealing._turn, pytest.raises(sealing.Busy):
        sealing.derive(CODE)


WITHOUT_MEMORY = """
import django
django.setup()
import resource
from pathlib import Path
from contact import sealing
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**25,) * 2)
try:
    sealing.derive("1" * 24)
except sealing.Busy:
    print("busy")
"""


def test_code_waits_while_the_machine_has_no_memory_for_it():
    done = subprocess.run([sys.executable, "-c", WITHOUT_MEMORY], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("busy\n", "")


def test_turn_is_given_back_after_a_failure(monkeypatch, settings):
    monkeypatch.setattr(sealing, "PATIENCE", 0.01)
    monkeypatch.setattr(sealing, "ARGON_MEMORY", 1)  # which libsodium refuses

    for _ in range(2):
        with pytest.raises(Exception, match="memlimit"):
            sealing.derive(CODE)


# ---- sealed boxes ----
@pytest.mark.parametrize("message", ["", "x", "x" * 1500, "\U0001f9ff" * 1500, '"\\\n' * 500, "\u2028" * 1500])
def test_box_opens_and_is_as_long_as_any_other(message):
    content = {**WORDS, "name": "ß" * 80, "message": message}

    sealed = sealing.seal(REQUEST, content)

    assert sealing.unseal(REQUEST, sealed.kid, sealed.box) == content
    assert {len(sealed.box), len(sealed.spare_box)} == {sealing.CONTENT_SIZE + crypto_box_SEALBYTES}


@pytest.mark.parametrize("size", [sealing.CONTENT_SIZE, sealing.PHONE_SIZE])
def test_what_is_too_long_is_refused_rather_than_cut(size):
    with pytest.raises(ValueError, match="too long"):
        sealing.seal(REQUEST, {"message": "x" * size}, size)


def test_same_words_never_give_the_same_box():
    boxes = [sealing.seal(REQUEST, WORDS) for _ in range(3)]

    assert len({box.box for box in boxes} | {box.spare_box for box in boxes}) == 6


def test_spare_key_opens_what_the_team_can_no_longer(keys):
    sealed = sealing.seal(REQUEST, WORDS)
    keyring.retire(keys.kid)
    keyring.destroy(keys.kid)
    spare = PrivateKey(keys.spare.encode(), Base64Encoder)

    unreadable(sealing.unseal, REQUEST, sealed.kid, sealed.box)
    assert sealing.unseal(REQUEST, sealed.kid, sealed.spare_box, key=spare) == WORDS
    unreadable(sealing.unseal, REQUEST, sealed.kid, sealed.box, sealing.CONTENT_SIZE, spare)


def test_process_without_private_keys_seals_but_does_not_open(settings, tmp_path):
    settings.CONTACT_PRIVATE_KEYS_DIR = tmp_path / "nothing"

    sealed = sealing.seal(REQUEST, WORDS)

    unreadable(sealing.unseal, REQUEST, sealed.kid, sealed.box)
    with pytest.raises(keyring.KeyMissing):
        sealing.seal_reply(sealed.kid, bytes(32), "lookup", {"message": "gefälscht"})


def test_without_a_spare_key_nothing_is_sealed(settings):
    (settings.CONTACT_PUBLIC_KEYS_DIR / "spare.pub").unlink()

    with pytest.raises(keyring.KeyMissing):
        sealing.seal(REQUEST, WORDS)


@pytest.mark.parametrize("place", [0, 31, 32, 40, 5000, -1])
def test_single_flipped_bit_is_found(place):
    sealed = sealing.seal(REQUEST, WORDS)
    damaged = bytearray(sealed.box)
    damaged[place] ^= 1

    assert unreadable(sealing.unseal, REQUEST, sealed.kid, bytes(damaged)) == ""


@pytest.mark.parametrize("box", [b"", b"x", bytes(48), bytes(8240)])
def test_what_is_no_box_is_unreadable(keys, box):
    unreadable(sealing.unseal, REQUEST, keys.kid, box)


def test_box_of_another_request_is_unreadable():
    mine, other = sealing.seal(REQUEST, WORDS), sealing.seal(OTHER_REQUEST, WORDS)

    unreadable(sealing.unseal, REQUEST, other.kid, other.box)
    unreadable(sealing.unseal, OTHER_REQUEST, mine.kid, mine.box)


def test_box_of_another_key_is_unreadable(keys):
    newer = keyring.create()
    sealed = sealing.seal(REQUEST, WORDS)

    assert sealed.kid == newer
    unreadable(sealing.unseal, REQUEST, keys.kid, sealed.box)
    unreadable(sealing.unseal, REQUEST, "1999-01-01", sealed.box)


def test_phone_box_is_not_taken_for_the_content():
    sealed = sealing.seal(REQUEST, {"number": "+493025208838"}, sealing.PHONE_SIZE)

    unreadable(sealing.unseal, REQUEST, sealed.kid, sealed.box)


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"\x80",
        b"{}",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 4000,
        b'{"request": 1}',
    ],
    ids=lambda plain: repr(plain[:12]),
)
def test_what_we_would_never_seal_is_unreadable_though_the_key_fits(keys, plain):
    """Everybody has the public key."""
    padded = plain + b"\x80" + bytes(sealing.CONTENT_SIZE - 1 - len(plain))
    box = SealedBox(keyring.public_key(keys.kid)).encrypt(padded)

    unreadable(sealing.unseal, REQUEST, keys.kid, box)


def test_second_box_of_a_request_keeps_to_its_key(keys):
    keyring.create()

    assert sealing.seal(REQUEST, {"number": "1"}, sealing.PHONE_SIZE, keys.kid).kid == keys.kid


# ---- replies ----
def make_box(code=CODE, kid=None, lookup_id=None, content=None):
    derived = derive(code)
    return sealing.seal_reply(
        kid or keyring.current_kid(),
        derived.reply_key.public_key.encode(),
        lookup_id or derived.lookup_id,
        content or {"message": "Wir rufen an."},
    )


def test_reply_is_opened_by_its_code_alone(keys):
    box = make_box()

    assert sealing.open_reply(derive(CODE), keys.kid, box) == {"message": "Wir rufen an."}
    unreadable(sealing.open_reply, derive(OTHER_CODE), keys.kid, box)


def test_replies_are_all_of_one_length():
    assert len({len(make_box(content={"message": message})) for message in ("x", "x" * 1500, "ß" * 3000)}) == 1


def test_reply_is_still_opened_when_the_teams_key_is_destroyed(keys):
    box = make_box()
    keyring.retire(keys.kid)
    keyring.destroy(keys.kid)

    assert sealing.open_reply(derive(CODE), keys.kid, box) == {"message": "Wir rufen an."}


def test_forged_reply_is_unreadable(keys):
    """By somebody who can write the database, and so knows the visitor's public key, but not the team's private one."""
    thief = PrivateKey.generate()
    derived = derive(CODE)
    plain = sealing._pad({"message": "Rufen Sie 0900 an.", "lookup": derived.lookup_id}, sealing.CONTENT_SIZE)
    box = bytes(Box(thief, derived.reply_key.public_key).encrypt(plain))

    unreadable(sealing.open_reply, derived, keys.kid, box)
    unreadable(sealing.open_reply, derived, "spare", box)
    unreadable(sealing.open_reply, derived, "../private/no", box)


def test_reply_for_another_request_is_unreadable(keys):
    box = make_box(lookup_id=derive(OTHER_CODE).lookup_id)

    unreadable(sealing.open_reply, derive(CODE), keys.kid, box)


def test_reply_is_unreadable_once_a_bit_has_flipped(keys):
    damaged = bytearray(make_box())
    damaged[100] ^= 1

    unreadable(sealing.open_reply, derive(CODE), keys.kid, bytes(damaged))


def test_spare_key_has_a_length_that_can_be_written_on_paper(keys):
    assert len(keys.spare) == 44
    assert PrivateKey(keys.spare.encode(), Base64Encoder).public_key == PublicKey(
        keyring._read(keyring._public("spare")), Base64Encoder
    )
    assert keys.kid.startswith(f"{timezone.localdate():%Y-%m}-")
