"""What comes over the wire, to a real server: broken, smuggled, endless and slow requests."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from contact import sealing
from tests.contact.portal import new_portal

HOTLINE = "tel:+498003009944"


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with new_portal(tmp_path_factory.mktemp("portal") / "var") as portal:
        yield portal


@pytest.fixture(scope="module")
def server(portal):
    with portal.serve() as server:
        yield server


def raw(server, request, seconds=20):
    """All bytes that come back until the server closes the connection, which it may do in the middle of a request."""
    received = []
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as connection, suppress(OSError):
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received.extend(iter(lambda: connection.recv(65536), b""))
    return b"".join(received)


def statuses(answer):
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]


def request(method="GET", path="/", host="127.0.0.1", headers="", body=""):
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n{body}".encode()


# ---- 53 ----
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "QUATSCH"])
@pytest.mark.parametrize("path", ["/", "/angebote/", "/kontakt/code/", "/lotse/", "/impressum/"])
def test_other_methods_are_refused_and_echo_nothing(server, method, path):
    answer = raw(server, request(method, path, headers="X-Mark: Holunder\r\nConnection: close\r\n"))

    assert statuses(answer)[0] in {400, 403, 405}
    assert b"Holunder" not in answer


SMUGGLED = "GET /geschmuggelt/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SMUGGLERS = {
    "both lengths": ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", f"0\r\n\r\n{SMUGGLED}"),
    "two lengths": (f"Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n", SMUGGLED),
    "length with a sign": (f"Content-Length: +{len(SMUGGLED)}\r\n", SMUGGLED),
    "length in hexadecimal": ("Content-Length: 0x10\r\n", SMUGGLED),
    "unknown coding": ("Transfer-Encoding: xchunked\r\n", f"0\r\n\r\n{SMUGGLED}"),
    "coding twice": ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", f"0\r\n\r\n{SMUGGLED}"),
    "space before the colon": ("Transfer-Encoding : chunked\r\n", f"0\r\n\r\n{SMUGGLED}"),
    "folded header": ("X-Long: a\r\n Transfer-Encoding: chunked\r\n", SMUGGLED),
}


@pytest.mark.parametrize(("headers", "body"), SMUGGLERS.values(), ids=SMUGGLERS)
def test_smuggled_request_is_not_served(server, headers, body):
    answer = raw(server, request("POST", "/kontakt/code/", headers=headers, body=body))

    assert statuses(answer)[0] in {400, 501}
    assert 404 not in statuses(answer)


# ---- 37 ----
@pytest.mark.parametrize(
    "hostile",
    [
        request(path=f"/angebote/?q={'x' * 1_000_000}"),
        request(path="/" + "a/" * 500_000),
        request(headers="".join(f"X-{n}: a\r\n" for n in range(5000))),
        request(headers=f"Cookie: {'x' * 1_000_000}\r\n"),
        request(path="/angebote/?" + "&".join(f"a{n}=1" for n in range(700))),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"GET\r\n\r\n",
        b"\0" * 10_000,
    ],
    ids=["long query", "long path", "many headers", "long cookie", "many parameters", "TLS", "half a line", "zeros"],
)
def test_oversized_and_broken_requests_do_no_harm(server, hostile):
    workers = server.workers()

    answer = raw(server, hostile)

    assert statuses(answer)[:1] in ([], [200], [400], [414], [431])
    assert server.get("/angebote/")[0] == 200
    assert set(workers) <= set(server.workers()), "a worker died"


# ---- 36 ----
@pytest.mark.parametrize("path", ["/kontakt/rueckruf/", "/kontakt/code/"])
@pytest.mark.parametrize(
    "data", [{"name": "x" * 1_000_000}, {f"a{n}": "1" for n in range(10_000)}], ids=["1 MB", "10,000 fields"]
)
def test_body_that_is_too_long_is_refused(server, path, data):
    status, page = server.post(path, data, Connection="keep-alive")  # as browsers: the rest is read, the answer arrives

    assert status in {400, 413}
    assert HOTLINE in page


@pytest.mark.parametrize("path", ["/kontakt/rueckruf/", "/kontakt/code/", "/"])
def test_eleven_megabytes_are_not_even_read(server, path):
    body = "name=" + "x" * 11_000_000
    headers = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"

    answer = raw(server, request("POST", path, headers=f"Sec-Fetch-Site: same-origin\r\n{headers}", body=body))

    assert statuses(answer) in ([], [405], [413])  # nothing: the server hung up in the middle
    assert server.get("/kontakt/")[0] == 200


# ---- 29 ----
@pytest.mark.parametrize(
    "path", ["/angebote/?{}", "/lotse/weg/?ort={}", "/partner/?q={}", "/akteure/?bereich={}", "/{}/", "/raus/?{}"]
)
def test_line_breaks_make_no_header(server, path):
    mark = "a%0d%0aSet-Cookie:%20x=1%0d%0a%0d%0aHolunder"

    head = raw(server, request(path=path.format(mark), headers="Connection: close\r\n")).split(b"\r\n\r\n")[0]

    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n")]
    assert b"set-cookie" not in names
    assert [name for name in names if b"holunder" in name] == []


# ---- 30 ----
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:80@evil.example", "", "a b"])
def test_foreign_host_is_refused(server, host):
    answer = raw(server, request(host=host, headers="Connection: close\r\n"))

    assert statuses(answer) == [400]
    assert b"evil" not in answer


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"])
def test_forwarded_host_counts_for_nothing(server, header):
    for path in ("/", "/partner/", "/sitemap.xml", "/robots.txt", "/.well-known/security.txt"):
        status, page = server.get(path, **{header: "host=evil.example"})
        assert (status, "evil" in page) == (200, False), path


# ---- 55 ----
@pytest.mark.parametrize(
    "path", ["/gibt-es-nicht/", "/static/gibt-es-nicht.css", "/angebote/%00/", "/%ff/", "/redaktion/x/"]
)
def test_error_says_nothing_of_the_machine(server, path):
    answer = raw(server, request(path=path, headers="Connection: close\r\n"))

    assert statuses(answer)[0] in {302, 400, 404}
    for word in (b"gunicorn/", b"django", b"python", b"traceback", b"site-packages", b"select "):
        assert word not in answer.lower(), word


# ---- 16 ----
def resident(pid):
    """Kilobytes."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def test_many_wrong_codes_at_once_take_little_memory(server):
    server.post("/kontakt/code/", {"code": sealing.new_code()})
    before = {pid: resident(pid) for pid in server.workers()}

    def try_one(number):
        return server.post("/kontakt/code/", {"code": sealing.new_code()}, source=f"127.9.0.{number}")[0]

    with ThreadPoolExecutor(40) as pool:
        found = list(pool.map(try_one, range(1, 41)))

    assert set(found) <= {200, 429, 503}
    assert [pid for pid in server.workers() if resident(pid) - before[pid] > 200_000] == []
