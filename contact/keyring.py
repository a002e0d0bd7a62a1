"""The key pairs of the team, as files: public keys that every process may read, private ones for the staff process.

A pair is named by its month and is used for new requests until it is retired; then it only opens old ones, and when
the last of them is gone its private key is destroyed. The spare pair's private key lies on paper in a safe.
"""

import os
import secrets
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from nacl.encoding import Base64Encoder
from nacl.public import PrivateKey, PublicKey

SPARE = "spare"


class KeyMissing(Exception):
    """No such key is at hand: never made, retired, destroyed, or not for this process."""


def public_key(kid: str) -> PublicKey:
    return PublicKey(_read(_public(kid)), Base64Encoder)


def private_key(kid: str) -> PrivateKey:
    return PrivateKey(_read(_private(kid)), Base64Encoder)


def kids() -> list[str]:
    """All pairs that were made, oldest first, without the spare."""
    return sorted(path.stem for path in settings.CONTACT_PUBLIC_KEYS_DIR.glob("*.pub") if path.stem != SPARE)


def is_retired(kid: str) -> bool:
    return _public(kid).with_suffix(".retired").exists()


def retired_at(kid: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(_public(kid).with_suffix(".retired").stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def is_destroyed(kid: str) -> bool:
    return not _private(kid).exists()


def has_spare() -> bool:
    return _public(SPARE).exists()


def active_kids() -> list[str]:
    """Pairs that are not retired, oldest first; new requests are sealed with the last one."""
    return [kid for kid in kids() if not is_retired(kid)]


def current_kid() -> str:
    """The pair for new requests; raises KeyMissing when there is none."""
    active = active_kids()
    if not active:
        raise KeyMissing("no active key pair")
    return active[-1]


def create() -> str:
    """Make a pair and return its name; raises FileExistsError when another process makes one at this moment."""
    names = (f"{timezone.localdate():%Y-%m}-{number:02}" for number in count(1))
    kid = next(name for name in names if not (_public(name).exists() or _private(name).exists()))
    pair = PrivateKey.generate()
    _write(_private(kid), pair.encode(Base64Encoder), 0o600)
    _write(_public(kid), pair.public_key.encode(Base64Encoder), 0o644)
    return kid


def create_spare() -> str:
    """Make the spare pair, keep its public key and return the private one, which is stored nowhere."""
    if _public(SPARE).exists():
        raise FileExistsError("There is a spare key already.")
    pair = PrivateKey.generate()
    _write(_public(SPARE), pair.public_key.encode(Base64Encoder), 0o644)
    return pair.encode(Base64Encoder).decode()


def retire(kid: str) -> None:
    public_key(kid)  # raises KeyMissing
    _write(_public(kid).with_suffix(".retired"), b"", 0o644)


def destroy(kid: str) -> None:
    """Delete the private key for good; what was sealed with it can be opened with the spare key only."""
    if not is_retired(kid):
        raise ValueError(f"{kid} is in use; retire it first.")
    _private(kid).unlink(missing_ok=True)


def _public(kid):
    return settings.CONTACT_PUBLIC_KEYS_DIR / f"{kid}.pub"


def _private(kid):
    return settings.CONTACT_PRIVATE_KEYS_DIR / f"{kid}.key"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyMissing(path.name) from error


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never over an existing key."""
    new = path.with_suffix(f".{secrets.token_hex(8)}.new")  # its own: another process may be making the same key
    umask = os.umask(0o022)  # a stricter one of an administrator's shell would hide public keys from the public process
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == 0o600 else 0o755)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(new, path)
    finally:
        os.umask(umask)
        new.unlink(missing_ok=True)
