"""Abuse control without storing addresses: counters under a salt that is forgotten every hour.

The table is anonymous memory shared by the workers of a machine (made before they fork), never a file. A counter's
place is a keyed hash; without the salt, which is nowhere else, a place says nothing about whose it is.
"""

import hashlib
import mmap
import secrets
import struct
from ipaddress import ip_address, ip_network
from time import time

from django.conf import settings
from django.http import HttpRequest

HOUR = 3600
SALT_SIZE = 32
PLACES = 1 << 15  # counters of two bytes
HEADER = struct.Struct(f"!Q{SALT_SIZE}s")  # the hour, and its salt


class SharedCounters:
    def __init__(self):
        self.memory = mmap.mmap(-1, HEADER.size + 2 * PLACES)  # no lock: a lost count does no harm, a dead holder would

    def add(self, what: str) -> int:
        """Count one more `what` in this hour; return how many there were."""
        place = HEADER.size + 2 * self._place(what)
        count = min(int.from_bytes(self.memory[place : place + 2], "big") + 1, 65535)
        self.memory[place : place + 2] = count.to_bytes(2, "big")
        return count

    def forget(self) -> None:
        """Begin anew, as every full hour does."""
        self._renew(0)

    def _place(self, what):
        hour, salt = HEADER.unpack_from(self.memory)
        now = int(time() // HOUR)
        if hour != now:
            salt = self._renew(now)
        digest = hashlib.blake2b(what.encode(), digest_size=8, key=salt).digest()
        return int.from_bytes(digest, "big") % PLACES

    def _renew(self, hour):
        salt = secrets.token_bytes(SALT_SIZE)
        self.memory[:] = HEADER.pack(hour, salt) + bytes(2 * PLACES)
        return salt


counters = SharedCounters()


def client(request: HttpRequest) -> str:
    """Whom a request comes from, for counting only: an address, for IPv6 its /64 network.

    Behind PROXY_HOPS proxies of ours the address is the one that the outermost of them wrote down; what a client
    claims further left is ignored.
    """
    chain = [request.META.get("REMOTE_ADDR", "")]
    if settings.PROXY_HOPS:
        chain = request.headers.get("X-Forwarded-For", "").split(",")[-settings.PROXY_HOPS :]
    try:
        address = ip_address(chain[0].strip())
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def is_too_often(action: str, request: HttpRequest, most: int, most_in_all: int | None = None) -> bool:
    """Count this try; whether it is one too many in this hour, from there or from everywhere.

    What is refused to one client does not count for all: one alone must not be able to shut everybody out.
    """
    if counters.add(f"{action} {client(request)}") > most:
        return True
    return most_in_all is not None and counters.add(action) > most_in_all
