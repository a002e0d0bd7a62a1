import os
import socket
from hashlib import sha256
from ipaddress import ip_address
from itertools import count

import pytest
from django.test import RequestFactory

from contact import throttle
from contact.throttle import client, counters, is_too_often


@pytest.fixture(autouse=True)
def _known_salts(monkeypatch):
    """Once in ten thousand times two clients share a place; not in these tests."""
    numbers = count(1)
    monkeypatch.setattr(throttle.secrets, "token_bytes", lambda size: sha256(bytes([next(numbers)])).digest()[:size])


def request_from(address="192.0.2.1", forwarded=None):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


def tries(number, **request):
    return [is_too_often("book", request_from(**request), most=3) for _ in range(number)]


# ---- counting ----
def test_one_client_is_slowed_down_after_the_most(clock):
    assert tries(5) == [False, False, False, True, True]


def test_another_client_and_another_action_count_for_themselves(clock):
    tries(5)

    assert tries(1, address="192.0.2.2") == [False]
    assert is_too_often("code", request_from(), most=3) is False


def test_all_clients_together_are_slowed_down_too(clock):
    seen = [is_too_often("code", request_from(f"192.0.2.{n}"), most=3, most_in_all=4) for n in range(6)]

    assert seen == [False, False, False, False, True, True]


def test_one_client_alone_cannot_shut_out_the_others(clock):
    for _ in range(50):
        is_too_often("code", request_from("192.0.2.66"), most=3, most_in_all=10)

    assert is_too_often("code", request_from("192.0.2.1"), most=3, most_in_all=10) is False


def test_full_hour_forgets_everything(clock):
    clock.move(minutes=59)
    tries(5)
    clock.move(minutes=1)

    assert tries(4) == [False, False, False, True]


def test_last_minute_of_the_hour_still_counts(clock):
    tries(4)
    clock.move(minutes=59, seconds=59)

    assert tries(1) == [True]


def test_count_ends_at_what_two_bytes_hold(clock):
    place = throttle.HEADER.size + 2 * counters._place("x")
    counters.memory[place : place + 2] = b"\xff\xff"

    assert counters.add("x") == 65535


# ---- what the memory tells ----
def places(clients):
    return [counters._place(f"book {address}") for address in clients]


def test_salt_of_another_hour_makes_places_unlinkable(clock):
    addresses = [f"192.0.2.{n}" for n in range(50)]
    this_hour = places(addresses)
    again = places(addresses)
    clock.move(hours=1)
    next_hour = places(addresses)

    assert this_hour == again
    assert sum(before == after for before, after in zip(this_hour, next_hour, strict=True)) <= 2


def test_memory_names_no_address(clock):
    address = "198.51.100.77"
    is_too_often("book", request_from(address), most=3)
    memory = bytes(counters.memory)

    assert address.encode() not in memory
    assert ip_address(address).packed not in memory
    assert sum(memory[throttle.HEADER.size :]) == 1


def test_old_hour_leaves_nothing_in_memory(clock):
    tries(3)
    salt = bytes(counters.memory[8 : throttle.HEADER.size])
    clock.move(hours=1)
    counters.add("somebody else")

    assert salt not in bytes(counters.memory)
    assert sum(counters.memory[throttle.HEADER.size :]) == 1


def test_memory_is_no_file():
    """An anonymous shared mapping: no path in the list of what the process maps."""
    size = len(counters.memory)
    with open("/proc/self/maps") as maps:
        lines = [line.split(maxsplit=5) for line in maps]
    shared = [line for line in lines if "s" in line[1] and _length(line[0]) >= size and _length(line[0]) < size + 8192]

    assert shared
    assert {line[5].strip() if len(line) > 5 else "" for line in shared} <= {"", "/dev/zero (deleted)"}


def _length(addresses):
    start, end = addresses.split("-")
    return int(end, 16) - int(start, 16)


def test_forked_workers_count_together(clock):
    """What each of two children counts is seen by the other and by their parent."""
    parent, child = socket.socketpair()
    counters.add("book 192.0.2.1")
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            child.send(bytes([counters.add("book 192.0.2.1")]))
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0

    assert parent.recv(2) == bytes([2, 3])
    assert counters.add("book 192.0.2.1") == 4
    parent.close()
    child.close()


# ---- who a client is ----
@pytest.mark.parametrize(
    ("hops", "address", "forwarded", "expected"),
    [
        (0, "192.0.2.1", None, "192.0.2.1"),
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "10.0.0.1", "192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1", "203.0.113.9,192.0.2.1 ", "192.0.2.1"),
        (2, "10.0.0.1", "203.0.113.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        (2, "10.0.0.1", "192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1", None, "unknown"),
        (1, "10.0.0.1", "192.0.2.1:4711", "unknown"),
        (1, "10.0.0.1", "<script>", "unknown"),
        (0, "", None, "unknown"),
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        (0, "fe80::1%eth0", None, "fe80::/64"),
        (0, "::ffff:192.0.2.1", None, "192.0.2.1"),
    ],
)
def test_client_is_whom_our_own_proxies_name(settings, hops, address, forwarded, expected):
    settings.PROXY_HOPS = hops

    assert client(request_from(address, forwarded)) == expected


@pytest.mark.parametrize("hops", [0, 1])
def test_made_up_header_gives_nobody_new_tries(settings, clock, hops):
    settings.PROXY_HOPS = hops
    written_by_us = ", 192.0.2.1" if hops else ""

    seen = [tries(1, forwarded=f"203.0.113.{n}{written_by_us}")[0] for n in range(6)]

    assert seen == [False, False, False, True, True, True]


def test_ipv6_network_counts_as_one_client(clock):
    seen = [tries(1, address=f"2001:db8::{n:x}")[0] for n in range(1, 6)]

    assert seen == [False, False, False, True, True]
    assert tries(1, address="2001:db8:0:1::1") == [False]
