"""What keeps a visitor's words secret: receipt codes, sealed boxes and replies. All cryptography of the portal is here.

docs/decisions tell the format of the code and of the boxes; libsodium (PyNaCl) does the work.
"""

import hashlib
import hmac
import json
import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import nacl.pwhash
from django.conf import settings
from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.exceptions import RuntimeError as NoMemory
from nacl.public import Box, PrivateKey, PublicKey, SealedBox

from contact import keyring

CODE_DIGITS = 24  # the last one checks the others
CONTENT_SIZE = 8192  # bytes of any sealed message, however short; 1,500 characters of four bytes fit
PHONE_SIZE = 2048  # two answers of 120 such characters, and the number
ARGON_MEMORY = 64 * 1024 * 1024
ARGON_PASSES = 3
PATIENCE = 4.0  # seconds that a request waits for its turn with Argon2id


class Unreadable(Exception):
    """The box was damaged, exchanged, forged, or its key is gone. Nothing of it may be shown."""


class Busy(Exception):
    """Too many codes are being checked at this moment."""


# ---- receipt codes ----
def new_code() -> str:
    digits = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS - 1))
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """By the Luhn rule (ISO/IEC 7812-1), which finds every single wrong digit and most exchanged neighbours."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def read_code(text: str) -> str:
    """The 24 digits of a typed code, "" when it cannot be one."""
    digits = "".join(character for character in text if character in "0123456789")
    return digits if len(digits) == CODE_DIGITS and check_digit(digits[:-1]) == digits[-1] else ""


def in_groups(code: str) -> str:
    """ "1234 5678 9012 3456 7890 1234" """
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


@dataclass(frozen=True)
class Derived:
    """What a code becomes: where its request is found, and the key that opens its replies. Neither is stored."""

    lookup_id: str
    reply_key: PrivateKey


_turn = threading.Semaphore(1)  # 64 MiB at a time for each worker


@contextmanager
def _one_at_a_time():
    if not _turn.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _turn.release()


def derive(code: str) -> Derived:
    """Slow on purpose: about 0.1 s and 64 MiB. Raises Busy when its turn or the memory does not come."""
    pepper = settings.CONTACT_PEPPER.encode()
    password = hmac.digest(pepper, b"receipt code" + code.encode(), "sha256")
    salt = hashlib.blake2b(pepper, digest_size=16, person=b"receipt salt").digest()
    with _one_at_a_time():
        try:
            key = nacl.pwhash.argon2id.kdf(48, password, salt, opslimit=ARGON_PASSES, memlimit=ARGON_MEMORY)
        except NoMemory as error:  # the only failure that libsodium knows here
            raise Busy from error
    return Derived(key[:16].hex(), PrivateKey(key[16:]))


# ---- what visitors send: the public process seals, only the staff process opens ----
@dataclass(frozen=True)
class Sealed:
    kid: str
    box: bytes
    spare_box: bytes


def seal(request_id: UUID, content: dict, size: int = CONTENT_SIZE, kid: str = "") -> Sealed:
    """Seal `content` for the team and for the spare key; both boxes have the same length whatever it says.

    `kid`: the pair that the rest is sealed with, should another have become the current one meanwhile.
    Raises keyring.KeyMissing, and ValueError when the content is too long.
    """
    kid = kid or keyring.current_kid()
    plain = _pad({**content, "request": str(request_id)}, size)
    boxes = [SealedBox(keyring.public_key(name)).encrypt(plain) for name in (kid, keyring.SPARE)]
    return Sealed(kid, *boxes)


def unseal(request_id: UUID, kid: str, box: bytes, size: int = CONTENT_SIZE, key: PrivateKey | None = None) -> dict:
    """Open a box that was sealed for this request; raises Unreadable. `key`: the spare key instead of the team's."""
    try:
        plain = SealedBox(key or keyring.private_key(kid)).decrypt(bytes(box))
        content = _unpad(plain, size)
    except (CryptoError, ValueError, TypeError, keyring.KeyMissing) as error:
        raise Unreadable from error
    if content.pop("request", None) != str(request_id):
        raise Unreadable
    return content


# ---- what the team answers: opened only while the visitor presents the code ----
def seal_reply(kid: str, reply_public_key: bytes, lookup_id: str, content: dict) -> bytes:
    """Raises keyring.KeyMissing when the team's private key is not in this process."""
    box = Box(keyring.private_key(kid), PublicKey(bytes(reply_public_key)))
    return bytes(box.encrypt(_pad({**content, "lookup": lookup_id}, CONTENT_SIZE)))


def open_reply(derived: Derived, kid: str, box: bytes) -> dict:
    """Raises Unreadable for anything that the team did not write for this code."""
    try:
        plain = Box(derived.reply_key, keyring.public_key(kid)).decrypt(bytes(box))
        content = _unpad(plain, CONTENT_SIZE)
    except (CryptoError, ValueError, TypeError, keyring.KeyMissing) as error:
        raise Unreadable from error
    if content.pop("lookup", None) != derived.lookup_id:
        raise Unreadable
    return content


def _pad(content, size):
    plain = json.dumps(content, ensure_ascii=False).encode()
    if len(plain) >= size:
        raise ValueError("too long to be sealed")
    return sodium_pad(plain, size)


def _unpad(plain, size):
    """Raises ValueError for what _pad cannot have made: whoever has the public key can seal anything."""
    if len(plain) != size:
        raise ValueError("not of this size")
    try:
        content = json.loads(sodium_unpad(plain, size))
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(content, dict):
        raise ValueError("no content")
    return content
