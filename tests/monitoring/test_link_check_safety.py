"""Nobody can lead the link check into our own network, hold it up, or fill its memory."""

import socket
import ssl
import time
from ipaddress import ip_address

import httpcore
import httpx
import pytest

from directory.monitoring.fetch import MAX_BODY, Fetcher, Forbidden, is_public
from directory.monitoring.link_check import Kind, Result, check
from directory.monitoring.names import NameServiceSilent
from tests.monitoring import web as servers
from tests.monitoring.web import BOMB, GARBAGE, answer, lookup, page, redirect

FORBIDDEN = "Die Adresse führt nicht zu einem öffentlichen Webserver."


class Connected(Exception):
    """A test without a server reached the network."""


@pytest.fixture
def no_network(monkeypatch):
    def fail(*args, **kwargs):
        raise Connected(args)

    monkeypatch.setattr(socket, "create_connection", fail)
    monkeypatch.setattr(socket, "getaddrinfo", fail)


def strict(**options):
    return Fetcher("Test", **{"lookup": lookup, "pause": 0, **options})


def result_of(address, fetcher):
    return check(Kind.LINK, address, fetcher).result


# ---- which addresses ----
@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::5db8:d822", True),  # NAT64 of 93.184.216.34
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),  # shared by customers of one provider
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("198.18.0.1", False),
        ("203.0.113.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::5db8:d822", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),  # Teredo
        ("2001:db8::1", False),
        ("2002:7f00:1::", False),  # 6to4 of 127.0.0.1
        ("2002:a9fe:a9fe::", False),
        ("fc00::1", False),
        ("fd12:3456::1", False),
        ("fe80::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
    ],
)
def test_only_public_addresses_may_be_reached(address, allowed):
    assert is_public(ip_address(address), 443) is allowed


@pytest.mark.parametrize(("port", "allowed"), [(80, True), (443, True), (22, False), (6379, False), (8080, False)])
def test_only_web_ports_may_be_reached(port, allowed):
    assert is_public(ip_address("93.184.216.34"), port) is allowed


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    "address",
    [
        "http://127.1/",
        "http://127.0.0.1/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.1.2.3/",
        "https://[fc00::1]/",
        "https://[fe80::1]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://[2002:a00:1::]/",
        "http://93.184.216.34:22/",
        "http://93.184.216.34:99999/",
        "http://localhost:8000/",
        "http://name-that-leads-to-loopback.example/",
        "http://www.bund.de@127.0.0.1/",
        "http://www.bund.de:80@127.0.0.1/",
        "http://www.bund.de%40@127.0.0.1/",
        "ftp://www.bund.de/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:///etc/passwd",
        "//www.bund.de/",
    ],
)
def test_addresses_that_are_never_asked(address):
    assert result_of(address, strict()) == Result.FORBIDDEN


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    "address", ["http://①②⑦.0.0.1/", "http://[::1/", "http://a\x00b/", "http://" + "a" * 70000, "http://xn--a.example/"]
)
def test_addresses_that_cannot_be_read(address):
    assert result_of(address, strict()) == Result.INVALID


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    "records", [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["10.0.0.1", "93.184.216.34"], ["169.254.169.254"]]
)
def test_one_private_address_among_those_of_a_name_forbids_it(records):
    def private(name, record, seconds):
        return records if record == "A" else []

    assert result_of("https://angebot.example/", strict(lookup=private)) == Result.FORBIDDEN


@pytest.mark.usefixtures("no_network")
def test_private_ipv6_address_beside_a_public_ipv4_address_forbids_the_name():
    def mixed(name, record, seconds):
        return ["93.184.216.34"] if record == "A" else ["fd00::1"]

    assert result_of("https://angebot.example/", strict(lookup=mixed)) == Result.FORBIDDEN


@pytest.mark.parametrize("who", ["name:password", "name", "www.bund.de"])
def test_credentials_in_an_address_are_never_sent(web, who):
    web.pages["/"] = page()

    finding = check(Kind.LINK, web.address(f"{who}@a.example/"), web.fetcher())

    assert (finding.result, finding.detail) == (Result.FORBIDDEN, "Die Adresse enthält Zugangsdaten.")
    assert web.requests == []


# ---- redirects ----
@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "//10.0.0.1/",
        "http://offen.example@127.0.0.1/",
        "http://innen.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
    ],
)
def test_redirect_into_our_network_is_not_followed(web, target):
    web.pages["/"] = redirect(target)

    finding = check(Kind.LINK, web.address("offen.example/"), web.fetcher())

    assert finding.result == Result.FORBIDDEN
    assert (finding.new_address, finding.title) == ("", "")
    assert web.requests == ["HEAD offen.example/"]


def test_every_step_of_a_chain_is_vetted(web):
    web.pages |= {"a.example/": redirect(web.address("b.example/")), "b.example/": redirect("http://innen.example/")}

    def inside(name, record, seconds):
        return ["10.0.0.1"] if name == "innen.example" else lookup(name, record, seconds)

    assert result_of(web.address("a.example/"), web.fetcher(lookup=inside)) == Result.FORBIDDEN
    assert web.requests == ["HEAD a.example/", "HEAD b.example/"]


# ---- a name that changes ----
def test_connects_to_the_vetted_address_and_looks_no_name_up_again(web, monkeypatch):
    """The second answer of the name service, to the GET, is another one: it is vetted like the first."""
    asked, resolved = [], []
    answers = iter([["127.0.0.1"], [], ["127.0.0.2"], []])
    getaddrinfo = socket.getaddrinfo

    def rebinding(name, record, seconds):
        asked.append((name, record))
        return next(answers)

    def spy(host, *args, **kwargs):
        resolved.append(host)
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", spy)
    web.pages["/"] = page()

    finding = check(Kind.LINK, web.address("wechsel.example/"), web.fetcher(lookup=rebinding))

    assert (finding.result, finding.detail) == (Result.FORBIDDEN, FORBIDDEN)
    assert asked == [("wechsel.example", "A"), ("wechsel.example", "AAAA")] * 2
    assert web.requests == ["HEAD wechsel.example/"]
    assert set(resolved) == {"127.0.0.1"}


def test_second_address_is_tried_when_the_first_refuses(web):
    web.pages["/"] = page()

    def two(name, record, seconds):
        return ["127.0.0.9", "127.0.0.1"] if record == "A" else []  # nobody listens on the first

    def loopback(address, port):
        return str(address) in {"127.0.0.9", "127.0.0.1"}

    assert result_of(web.address("a.example/"), web.fetcher(lookup=two, may_connect=loopback)) == Result.OK


def test_ipv4_answers_while_the_name_service_keeps_silent_about_ipv6(web):
    web.pages["/"] = page()

    def half(name, record, seconds):
        if record == "AAAA":
            raise NameServiceSilent(name)
        return ["127.0.0.1"]

    assert result_of(web.address("a.example/"), web.fetcher(lookup=half)) == Result.OK


# ---- TLS ----
def test_certificate_is_checked_for_the_name_not_for_the_address(web):
    web.pages["/"] = page()
    good = web.address("sicher.example/", "https")

    assert result_of(good, web.fetcher()) == Result.OK
    assert result_of(web.address("anders.example/", "https"), web.fetcher()) == Result.CERTIFICATE
    assert result_of(web.address("127.0.0.1/", "https"), web.fetcher()) == Result.CERTIFICATE


def test_unknown_authority_is_refused(web):
    finding = check(
        Kind.LINK,
        web.address("sicher.example/", "https"),
        web.fetcher(ssl_context=httpx.create_ssl_context(trust_env=False)),
    )

    assert finding.result == Result.CERTIFICATE
    assert finding.detail == "Keine sichere Verbindung: unable to get local issuer certificate"


def test_server_that_speaks_no_tls_is_a_certificate_fault(web):
    plain = web.address("sicher.example/").replace("http:", "https:")

    assert result_of(plain, web.fetcher()) == Result.CERTIFICATE


def test_strict_rules_are_the_default():
    fetcher = Fetcher("Test")

    assert (fetcher.may_connect, fetcher.seconds, fetcher.pause) == (is_public, 10, 1)
    assert (fetcher.ssl_context.verify_mode, fetcher.ssl_context.check_hostname) == (ssl.CERT_REQUIRED, True)


# ---- servers that hold us up ----
@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (servers.silent, Result.TIMEOUT),
        (servers.dripping_headers, Result.TIMEOUT),
        ({"HEAD": page(), "GET": servers.dripping}, Result.TIMEOUT),
        ({"HEAD": page(), "GET": servers.endless}, Result.OK),
        ({"HEAD": page(), "GET": answer("200 OK", "Content-Type: text/html", body=b"<title>" * 200_000)}, Result.OK),
        ({"HEAD": page(), "GET": answer("200 OK", "Content-Encoding: gzip", body=BOMB)}, Result.OK),
        (servers.endless_headers, Result.SERVER_ERROR),
        (GARBAGE, Result.SERVER_ERROR),
        (b"\r\n\r\n", Result.SERVER_ERROR),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", Result.SERVER_ERROR),
        (b"HTTP/1.1 100 Continue\r\n\r\n", Result.SERVER_ERROR),
    ],
)
def test_odd_servers_end_in_time(web, behaviour, expected):
    web.pages["/"] = behaviour
    start = time.monotonic()

    assert result_of(web.address("odd.example/"), web.fetcher(seconds=1)) == expected
    assert time.monotonic() - start < 4


def test_a_name_service_that_keeps_silent_counts_as_part_of_the_time(web):
    left = []

    def slow(name, record, seconds):
        left.append(seconds)
        return lookup(name, record, seconds)

    web.pages["/"] = page()
    result_of(web.address("a.example/"), web.fetcher(lookup=slow, seconds=2))

    assert all(seconds <= 2 for seconds in left)
    assert left[1] < left[0]


def test_reads_no_more_than_a_megabyte(web, monkeypatch):
    read = []
    original = httpcore.SyncBackend.connect_tcp

    def counting(*args, **kwargs):
        stream = original(*args, **kwargs)
        take = stream.read
        stream.read = lambda *args: read.append(take(*args)) or read[-1]
        return stream

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", counting)
    web.pages["/"] = {"HEAD": page(), "GET": servers.endless}

    result_of(web.address("gross.example/"), web.fetcher())

    assert MAX_BODY <= sum(map(len, read)) < MAX_BODY + 2 * 65536


def test_title_that_a_slow_decoder_would_chew_on_is_cut_before(web):
    page = b"<title>" + b"a" * 300_000 + b"</title>"
    web.pages["/"] = answer("200 OK", "Content-Type: text/html; charset=punycode", body=page)
    start = time.monotonic()

    check(Kind.LINK, web.address("a.example/"), web.fetcher())

    assert time.monotonic() - start < 2


def test_redirect_loop_is_noticed_at_its_first_round(web):
    web.pages |= {"/": redirect("/b"), "/b": redirect("/")}

    assert result_of(web.address("kreis.example/"), web.fetcher()) == Result.SERVER_ERROR
    assert web.requests == ["HEAD kreis.example/", "HEAD kreis.example/b"]


def test_ten_redirects_are_followed_and_no_more(web):
    web.pages |= {f"/{number}": redirect(f"/{number + 1}", "302 Found") for number in range(1, 12)} | {"/12": page()}

    assert result_of(web.address("lang.example/2"), web.fetcher()) == Result.OK
    web.requests.clear()
    assert result_of(web.address("lang.example/1"), web.fetcher()) == Result.SERVER_ERROR
    assert web.requests == [f"HEAD lang.example/{number}" for number in range(1, 12)]


# ---- what we say about ourselves ----
def test_request_says_who_asks_and_nothing_else(web):
    web.pages |= {"/": redirect("/neu", "302 Found", "Set-Cookie: a=b"), "/neu": page()}
    host = f"a.example:{web.port}"

    result_of(web.address("a.example/"), web.fetcher())

    names = [line.split(": ")[0] for line in web.heads[-1].strip().split("\r\n")[1:]]
    assert web.requests == ["HEAD a.example/", "HEAD a.example/neu", "GET a.example/neu"]
    assert names == ["Host", "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Connection"]
    assert f"Host: {host}\r\nUser-Agent: Testbetrieb/1.0 (+https://portal.example/; test@example.org)" in web.heads[-1]


def test_proxy_of_the_environment_is_not_used(web, monkeypatch):
    web.pages["/"] = page()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert result_of(web.address("a.example/"), web.fetcher()) == Result.OK


def test_forbidden_says_so_in_german():
    with pytest.raises(Forbidden, match="öffentlichen Webserver"):
        strict().ask("GET", httpx.URL("http://127.0.0.1/"))
