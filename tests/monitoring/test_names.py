"""Questions to a name server of our own, over the network."""

import socket
import threading
import time

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from directory.monitoring.names import NameServiceSilent, NameUnknown, lookup

ZONE = {
    ("angebot.example.", "A"): ["192.0.2.1", "192.0.2.2"],
    ("angebot.example.", "MX"): ["10 mail.angebot.example."],
    ("xn--bro-hoa.example.", "A"): ["192.0.2.3"],
}


def reply(query):
    """Every name with "kaputt" fails, with "still" stays without answer, others outside of ZONE do not exist."""
    name, kind = query.question[0].name.to_text(), dns.rdatatype.to_text(query.question[0].rdtype)
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    if name.startswith("still"):
        return None
    if name.startswith("kaputt"):
        response.set_rcode(dns.rcode.SERVFAIL)
    elif records := ZONE.get((name, kind)):
        response.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *records))
    elif not any(known == name for known, _ in ZONE):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response


@pytest.fixture(autouse=True)
def name_server(monkeypatch):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve():
        while (packet := server.recvfrom(4096))[0]:  # an empty packet ends it
            if answer := reply(dns.message.from_wire(packet[0])):
                server.sendto(answer.to_wire(), packet[1])

    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
    resolver.domain = dns.name.from_text("angebot.example")  # the domain of this machine
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
    thread = threading.Thread(target=serve)
    thread.start()
    yield
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.sendto(b"", server.getsockname())
    thread.join()
    server.close()


@pytest.mark.parametrize(
    ("name", "record", "expected"),
    [
        ("angebot.example", "A", ["192.0.2.1", "192.0.2.2"]),
        ("angebot.example", "MX", ["10 mail.angebot.example."]),
        ("angebot.example", "AAAA", []),
        ("büro.example", "A", ["192.0.2.3"]),
    ],
)
def test_records_come_as_text(name, record, expected):
    assert sorted(lookup(name, record, 2)) == expected  # servers shuffle


@pytest.mark.parametrize(
    "name", ["fehlt.example", "fehlt", "a" * 64 + ".example", "a..example", ".".join(["a" * 60] * 5), "fehlt.example."]
)
def test_name_that_does_not_exist(name):
    with pytest.raises(NameUnknown):
        lookup(name, "A", 2)


def test_server_that_fails_says_neither_yes_nor_no():
    with pytest.raises(NameServiceSilent):
        lookup("kaputt.example", "A", 2)


def test_silence_ends_in_time():
    start = time.monotonic()

    with pytest.raises(NameServiceSilent):
        lookup("still.example", "A", 0.5)

    assert time.monotonic() - start < 2
