"""One request to a stranger's server: safe for us, polite to them.

Safe: a name is looked up by us, every address that it has must be public, and the connection goes to exactly such an
address while TLS still checks the name. So nobody can lead us into the network that we stand in: not by an address, not
by a redirect (each is a request of its own; the caller follows), not by a name that changes between look and leap.
httpcore is the part of httpx that does HTTP and nothing else: no proxies of the environment, no cookies, no
credentials, no decompression, no redirects.
"""

import html
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpcore
import httpx

from directory.monitoring import names

SECONDS = 10  # in all, from the name to the last byte
PAUSE = 1  # seconds between two requests to one host
MAX_BODY = 1024 * 1024
MAX_TITLE = 200
MAX_ADDRESSES = 3  # of one name that are tried
PORTS = {80, 443}
GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")


class Forbidden(Exception):
    """An address that we never ask; the message says in German why."""


def is_public(address: IPv4Address | IPv6Address, port: int) -> bool:
    """The rule for the real world: web ports of addresses that everybody can reach."""
    if port not in PORTS:
        return False
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return is_public(inner, port)
        if address not in GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast


@dataclass(frozen=True)
class Answer:
    status: int
    headers: httpx.Headers
    title: str  # of an HTML page asked for by GET, else ""

    @property
    def is_html(self) -> bool:
        kind = self.headers.get("content-type", "text/html")  # who says nothing sends a page
        return kind.lower().startswith(("text/html", "application/xhtml"))

    @property
    def is_redirect(self) -> bool:
        return self.status in {301, 302, 303, 307, 308}


def readable(text: str, length: int) -> str:
    """Strangers' text for a database column: one line, without control characters (PostgreSQL refuses NUL)."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(shown.split())[:length]


@dataclass
class Fetcher:
    """Sends requests, at most one at a time to a host. Threads share it.

    All but the name we go by is for the tests: no setting and no option reaches it.
    """

    user_agent: str
    lookup: Callable[[str, str, float], list[str]] = names.lookup
    may_connect: Callable[[IPv4Address | IPv6Address, int], bool] = is_public
    ssl_context: ssl.SSLContext = field(default_factory=lambda: httpx.create_ssl_context(trust_env=False))
    seconds: float = SECONDS
    pause: float = PAUSE
    _turns: dict[str, "Turn"] = field(default_factory=dict, repr=False)

    def ask(self, method: str, url: httpx.URL) -> Answer:
        """Raises Forbidden, the exceptions of `names`, and those of httpcore."""
        if url.scheme not in {"http", "https"} or not url.host:
            raise Forbidden("Nur http und https sind erlaubt.")
        if url.userinfo:
            raise Forbidden("Die Adresse enthält Zugangsdaten.")
        with self._turns.setdefault(url.host, Turn()).taken(self.pause):
            return self._ask(method, url)

    def _ask(self, method, url):
        deadline = Deadline(self.seconds)
        backend = VettingBackend(self.lookup, self.may_connect, deadline)
        # a pool for one request: its connection knows one deadline and is closed wherever we stop reading
        with (
            httpcore.ConnectionPool(ssl_context=self.ssl_context, network_backend=backend) as pool,
            pool.stream(method, _core_url(url), headers=self._headers(url)) as response,
        ):
            headers = httpx.Headers(response.headers)
            answer = Answer(response.status, headers, "")
            if method == "HEAD" or not answer.is_html or "content-encoding" in headers:
                return answer
            return Answer(response.status, headers, _title(_read(response, deadline), headers))

    def _headers(self, url):
        return {
            b"Host": url.netloc,
            b"User-Agent": self.user_agent.encode("ascii", "ignore"),
            b"Accept": b"text/html, */*;q=0.8",
            b"Accept-Language": b"de, en;q=0.5",
            b"Accept-Encoding": b"identity",  # and what comes compressed all the same stays packed
            b"Connection": b"close",
        }


class Turn:
    """Lets one request at a time through to a host, with `pause` seconds between two."""

    def __init__(self):
        self._lock = threading.Lock()
        self._free_at = 0.0

    @contextmanager
    def taken(self, pause: float) -> Iterator[None]:
        with self._lock:
            time.sleep(max(0, self._free_at - time.monotonic()))
            try:
                yield
            finally:
                self._free_at = time.monotonic() + pause


class Deadline:
    def __init__(self, seconds):
        self._moment = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds. Raises a time-out when there are none."""
        seconds = self._moment - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("The whole request took too long.")
        return seconds


class VettingBackend(httpcore.NetworkBackend):
    """Looks a name up, vets all its addresses, and connects to one of those that it vetted."""

    def __init__(self, lookup, may_connect, deadline):
        self._lookup, self._may_connect, self._deadline = lookup, may_connect, deadline

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None) -> httpcore.NetworkStream:
        addresses = self._addresses(host)
        if not all(self._may_connect(address, port) for address in addresses):
            raise Forbidden("Die Adresse führt nicht zu einem öffentlichen Webserver.")
        addresses = addresses[:MAX_ADDRESSES]
        for remaining in range(len(addresses), 0, -1):
            address = addresses[-remaining]
            try:
                # a literal address: nobody looks a name up again
                stream = httpcore.SyncBackend().connect_tcp(
                    str(address), port, timeout=self._deadline.left() / remaining
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if remaining == 1:
                    raise
            else:
                return TimedStream(stream, self._deadline)
        raise names.NameUnknown(host)

    def _addresses(self, host):
        with suppress(ValueError):
            return [ip_address(host)]
        with suppress(OSError):  # 127.1, 0x7f000001, 2130706433, 017700000001: numbers to every C library
            return [ip_address(socket.inet_aton(host))]
        found, silent = [], None
        for record in ("A", "AAAA"):
            try:
                found += self._lookup(host, record, self._deadline.left())
            except names.NameServiceSilent as error:
                silent = error
        if silent and not found:
            raise silent
        return [ip_address(text) for text in found]


class TimedStream(httpcore.NetworkStream):
    """A connection on which every step gets what is left of the whole time: dripping does not prolong it."""

    def __init__(self, stream, deadline):
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes, timeout=None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer, timeout=None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context, server_hostname=None, timeout=None) -> httpcore.NetworkStream:
        return TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()),
            self._deadline,
        )

    def get_extra_info(self, info) -> object:
        return self._stream.get_extra_info(info)


def _core_url(url):
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _read(response, deadline):
    """The page up to the end of its title, at most MAX_BODY bytes."""
    page = bytearray()
    for chunk in response.iter_stream():
        seen = len(page)
        page += chunk
        deadline.left()  # many small pieces of one read take time too
        if len(page) >= MAX_BODY or b"</title" in page[max(0, seen - 7) :].lower():
            break
    return bytes(page[:MAX_BODY])


def _title(page, headers):
    lower = page.lower()
    start = lower.find(b">", lower.find(b"<title")) + 1 if b"<title" in lower else 0
    end = lower.find(b"</title", start)
    if not start or end < 0:
        return ""
    raw = page[start : min(end, start + 4 * MAX_TITLE)]  # some decoders are slow with long texts
    charset = re.search(r"charset=[\"']?([\w-]+)", headers.get("content-type", "")) or re.search(
        rb"charset=[\"']?([\w-]+)", page[:4096], re.IGNORECASE
    )
    name = charset[1] if charset else "utf-8"
    try:
        text = raw.decode(name if isinstance(name, str) else name.decode("ascii"), "replace")
    except (LookupError, ValueError):
        text = raw.decode("utf-8", "replace")
    return readable(html.unescape(text), MAX_TITLE)
