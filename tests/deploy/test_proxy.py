"""The reverse proxy of compose.yaml, as a real nginx: what it hides from the portal, what it keeps, what it refuses."""

import re
import shutil
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from tests.contact.portal import ROOT, until
from tests.deploy.proxy import PUBLIC, STAFF, free_port, nginx, run_nginx

pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx; .ci/run installs it")
WORD = "Sanddornstrauch"
SHORT = "/angebote/?ebene=bund"  # good for a second


@contextmanager
def portal():
    """Stands for a process of the portal: answers with its pages' header, and remembers what it was asked."""
    asked = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length", 0))
            asked.append((self.path, dict(self.headers), self.rfile.read(length)))
            body = f"page {len(asked)} {self.path}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            if not self.path.startswith("/kontakt/"):
                self.send_header("Cache-Control", f"public, max-age={1 if self.path == SHORT else 60}")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name that http.server asks for

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield SimpleNamespace(port=server.server_port, asked=asked, server=server)
        finally:
            server.shutdown()
            thread.join()


def ask(proxy, path="/", host=PUBLIC, method="GET", body=None, **headers):
    """(status, headers, text) of an answer over TLS."""
    trusting = ssl._create_unverified_context()
    with socket.create_connection(("127.0.0.1", proxy.tls), timeout=20) as raw:
        connection = HTTPConnection(host)
        connection.sock = trusting.wrap_socket(raw, server_hostname=host)
        with closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read().decode()


@pytest.fixture(scope="module")
def everything():
    with portal() as public, portal() as staff, nginx(public.port, staff.port) as proxy:
        yield SimpleNamespace(public=public, staff=staff, proxy=proxy)


CLAIMS = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Real-IP": "203.0.113.7",
    "Forwarded": "for=203.0.113.7",
    "Referer": "https://rathaus.example/",
    "Cookie": "a=b",
    "Sec-Fetch-Site": "same-origin",
}


def test_portal_learns_the_true_address_and_nothing_it_does_not_need(everything):
    ask(everything.proxy, "/kontakt/", **CLAIMS)
    headers = everything.public.asked[-1][1]

    assert {name: headers[name] for name in sorted(headers)} == {
        "Host": PUBLIC,
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Proto": "https",
    }


def test_staff_process_gets_cookie_and_referrer_too(everything):
    ask(everything.proxy, "/redaktion/", host=STAFF, **CLAIMS)
    path, headers, _ = everything.staff.asked[-1]

    assert (path, headers["Host"], headers["X-Forwarded-For"]) == ("/redaktion/", STAFF, "127.0.0.1")
    assert (headers["Cookie"], headers["Referer"]) == ("a=b", "https://rathaus.example/")
    assert "X-Forwarded-Host" not in headers


def test_public_name_never_leads_to_the_staff_process(everything):
    before = len(everything.staff.asked)

    ask(everything.proxy, "/redaktion/")

    assert everything.staff.asked[before:] == []
    assert everything.public.asked[-1][0] == "/redaktion/"


def test_pages_are_kept_and_what_was_typed_is_not(everything):
    def times_asked(path):
        for _ in range(2):
            assert ask(everything.proxy, path)[0] == 200
        return [asked for asked, *_ in everything.public.asked].count(path)

    kept = ("/angebote/", "/angebote/?region=bayern&hilfe=meldestelle&seite=2", "/lotse/")
    not_kept = (f"/angebote/?q={WORD}", f"/angebote/?ort={WORD}", f"/?utm_source={WORD}", "/kontakt/rueckruf/")

    assert {path: times_asked(path) for path in kept} == dict.fromkeys(kept, 1)
    assert {path: times_asked(path) for path in not_kept} == dict.fromkeys(not_kept, 2)
    files = [path.read_bytes() for path in everything.proxy.folder.rglob("*") if path.is_file()]
    assert any(b"/angebote/?region=bayern" in content for content in files)
    assert [content for content in files if WORD.encode() in content] == []


def test_page_that_is_too_old_is_not_shown_once_more(everything):
    """It may name an offer that was withdrawn since, and its words would tell when somebody last asked for it."""
    before = ask(everything.proxy, SHORT)[2]
    began = time.monotonic()

    def is_too_old():
        return time.monotonic() > began + 2

    until(is_too_old)

    assert ask(everything.proxy, SHORT)[2] != before


def test_each_encoding_is_kept_apart(everything):
    ask(everything.proxy, "/spuren/", **{"Accept-Encoding": "gzip, deflate, br;q=1.0, zstd"})

    assert everything.public.asked[-1][1]["Accept-Encoding"] == "br"


def test_long_form_is_refused_and_a_form_of_ours_touches_no_disk(everything):
    refused = ask(everything.proxy, "/kontakt/", method="POST", body="x" * 300_000)
    passed = ask(everything.proxy, "/kontakt/", method="POST", body=WORD * 10_000)

    assert (refused[0], passed[0]) == (413, 200)
    assert everything.public.asked[-1][2] == (WORD * 10_000).encode()
    assert [path for path in (everything.proxy.folder / "body").rglob("*") if path.is_file()] == []


def test_without_tls_one_is_led_to_it(everything):
    with closing(HTTPConnection("127.0.0.1", everything.proxy.plain)) as connection:
        connection.request("GET", "/angebote/?ebene=bund", headers={"Host": PUBLIC})
        answer = connection.getresponse()

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{PUBLIC}/angebote/?ebene=bund")


def test_unknown_names_get_no_answer(everything):
    with closing(HTTPConnection("127.0.0.1", everything.proxy.plain)) as connection:
        connection.request("GET", "/", headers={"Host": "evil.example"})
        with pytest.raises(RemoteDisconnected):
            connection.getresponse()
    with pytest.raises(ssl.SSLError):
        ask(everything.proxy, host="evil.example")


def test_staff_name_is_closed_to_other_networks():
    with portal() as staff, nginx(staff.port, staff.port, network="10.0.0.0/8") as proxy:
        status, _, _ = ask(proxy, "/redaktion/", host=STAFF)

        assert (status, staff.asked) == (403, [])


def test_kept_pages_are_served_while_the_portal_is_away_and_others_name_the_hotline():
    with portal() as public, nginx(public.port, free_port()) as proxy:
        before = [ask(proxy, path)[2] for path in ("/angebote/", SHORT)]
        began = time.monotonic()
        public.server.server_close()

        def is_stale():
            return time.monotonic() > began + 2

        until(is_stale)
        away = [ask(proxy, path)[2] for path in ("/angebote/", SHORT)]
        unknown = ask(proxy, f"/angebote/?q={WORD}")
        output = (proxy.folder / "output").read_text()

    assert away == before
    assert unknown[0] == 503
    assert re.findall(r'href="tel:([^"]+)"', unknown[2]) == ["110", "+498003009944"]
    assert unknown[1]["Retry-After"] == "60"
    assert output == ""


def test_slow_connections_do_not_keep_others_out(everything):
    """gunicorn alone would have all its threads waiting for eight of them."""
    proxy, slow = everything.proxy, []
    try:
        for number in range(500):
            connection = socket.create_connection(("127.0.0.1", proxy.tls if number % 2 else proxy.plain), timeout=5)
            connection.sendall(b"\x16\x03\x01" if number % 2 else f"GET / HTTP/1.1\r\nHost: {PUBLIC}\r\nX: ".encode())
            slow.append(connection)
        status, _, page = ask(proxy, "/angebote/?seite=2")
    finally:
        for connection in slow:
            connection.close()

    assert (status, page) == (200, f"page {len(everything.public.asked)} /angebote/?seite=2")


# ---- docs/operations.md ----
DOCUMENT = (ROOT / "docs" / "operations.md").read_text()
OWN_PROXY, LIMITS = re.findall(r"^```nginx\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def test_limits_for_an_attack_refuse_and_write_nothing():
    zone, limit = LIMITS.splitlines()

    public_server = f"server_name {PUBLIC};\n"
    changes = {"http {\n": f"http {{\n{zone}\n", public_server: f"{public_server}{limit}\n"}
    with portal() as public, nginx(public.port, free_port(), changes=changes) as proxy:
        with ThreadPoolExecutor(8) as visitors:  # sixty are let through in two seconds, so two hundred are too many
            codes = set(visitors.map(lambda _: ask(proxy, "/angebote/")[0], range(200)))

        assert codes == {200, 503}
        assert (proxy.folder / "output").read_text() == ""


def test_proxy_of_the_document_leads_each_name_to_its_process():
    with portal() as public, portal() as staff:
        replaced = {
            "/etc/ssl/portal.example.pem": "FOLDER/certificate",
            "/etc/ssl/portal.example.key": "FOLDER/key",
            "/var/log/nginx/portal.log": "FOLDER/portal.log",
            "192.0.2.0/24": "127.0.0.0/8",
            "/srv/portal/code/deploy": str(ROOT / "deploy"),
            "127.0.0.1:8000": f"127.0.0.1:{public.port}",
            "127.0.0.1:8001": f"127.0.0.1:{staff.port}",
            "listen 80;": "listen 127.0.0.1:PLAIN;",
            "listen 443": "listen 127.0.0.1:TLS",
        }
        own = "error_log stderr emerg;\npid nginx.pid;\nevents {}\nhttp {\naccess_log off;\n" + OWN_PROXY + "}\n"
        with run_nginx(own, replaced) as proxy:
            ask(proxy, "/kontakt/", **CLAIMS)
            ask(proxy, "/redaktion/", host=STAFF, **CLAIMS)
            with closing(HTTPConnection("127.0.0.1", proxy.plain)) as connection:
                connection.request("GET", "/lotse/", headers={"Host": PUBLIC})
                answer = connection.getresponse()
            public.server.server_close()
            away = ask(proxy, "/kontakt/")
            log = (proxy.folder / "portal.log").read_text()

    told = [(path, {key: headers.get(key) for key in CLAIMS}) for path, headers, _ in public.asked + staff.asked]
    assert [path for path, _ in told] == ["/kontakt/", "/redaktion/"]
    assert [headers["X-Forwarded-For"] for _, headers in told] == ["127.0.0.1", "127.0.0.1"]
    assert [headers["X-Forwarded-Proto"] for _, headers in told] == ["https", "https"]
    assert [headers["Referer"] for _, headers in told] == [None, CLAIMS["Referer"]]
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{PUBLIC}/lotse/")
    assert (away[0], 'href="tel:+498003009944"' in away[2]) == (503, True)
    assert log == ""
