"""Finished public pages, kept by each worker and sent without asking Django; around the whole application.

What is not in the address under which a page is kept never reaches the view: Django is asked with the canonical query,
so no parameter that is left out can change what others see. A page is kept by one version of the catalogue and until
the clock may change a word of it; when either moves, all pages go. The first request for a page only notes a hash, the
second keeps it: what is asked for once, such as made-up searches by the thousand, takes no page's place. Beyond that
the page that nobody has asked for the longest makes room, and who would drive out pages in use has to have others
computed faster than those are asked for.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from threading import Lock

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import QueryDict
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve
from django.utils import timezone

from contact import slots
from directory import catalogue, filters
from directory.hotline import hotline
from directory.packing import PACKERS, best_encoding
from starkestelle.headers import EVERYBODY, ONE_VISITOR, cache_control

MOST_PAGES = 2000
MOST_BYTES = 24_000_000  # of bodies; a page takes about 45 KB: as it is, with gzip and with brotli
MOST_NOTED = 10_000  # pages asked for once, as hashes
LONGEST_ADDRESS = 1000  # characters; longer ones are answered, but not kept
TYPED = {"q", "ort"}  # never kept: a page that comes faster would tell a stranger that somebody has just asked for it
# A page is compressed whatever it says: it holds no secret that its length could betray.
VARIANTS = PACKERS | {"": bytes}
NAMES_LETTERS = re.compile(r"charset|\*", re.IGNORECASE)  # in a Content-Type; "*" as in RFC 8187
REPLACED = {"Cache-Control", "Content-Length"}  # headers of Django's that each answer has its own of
OF_THE_BODY = {"Content-Type", "Content-Length", "Content-Encoding"}  # headers that a 304 leaves out


class FrontCache:
    def __init__(self, application):
        self.application = application
        self.forget()

    def forget(self) -> None:
        """Keep nothing, as in a new worker."""
        self.pages = Pages()
        self.noted = set()

    def __call__(self, environ, start_response):
        if NAMES_LETTERS.search(environ.get("CONTENT_TYPE", "")):
            # Django would read the address in these letters, find other values in it or fail; and Python never forgets
            # a name of letters that it does not know
            environ["CONTENT_TYPE"] = environ["CONTENT_TYPE"].partition(";")[0]
        address = address_of(environ)
        pages = self.current_pages() if address else None
        if pages is None:
            return self.application(environ, start_response)
        page = pages.get(address)
        if page is None:
            started = []
            response = self.application(environ | {"QUERY_STRING": address[1]}, lambda *given: started.append(given))
            [(status, headers)] = started
            if not {("Cache-Control", EVERYBODY), ("Cache-Control", ONE_VISITOR)} & set(headers):
                start_response(status, headers)
                return response
            page = Page(headers, response.content)
            response.close()
            is_typed = not TYPED.isdisjoint(QueryDict(address[1]))
            if environ["REQUEST_METHOD"] == "GET" and not is_typed and self.is_asked_again(address):
                pages.keep(address, page)
        return page.answer(environ, start_response)

    def current_pages(self) -> "Pages | None":
        """The pages that are true now; None while there is no catalogue yet."""
        try:
            current = catalogue.current()
        except DatabaseError:
            return None
        now = timezone.now()
        if not self.pages.are_true(current.version, now):
            self.pages = Pages(current.version, now, next_change(current, now))
            canonical.cache_clear()  # what visitors typed is not remembered for longer than the pages
        return self.pages

    def is_asked_again(self, address: tuple[str, str]) -> bool:
        if len(self.noted) >= MOST_NOTED:
            self.noted.clear()
        known = hash(address) in self.noted
        self.noted.add(hash(address))
        return known


def address_of(environ: dict) -> tuple[str, str] | None:
    """Path and canonical query of a public page that this request may have from others; None: Django decides."""
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or len(path) + len(query) > LONGEST_ADDRESS:
        return None
    if not is_our_host(environ.get("HTTP_HOST", "")):
        return None
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        if environ.get(name) != secure:
            return None
    return canonical(path, query)


@lru_cache(maxsize=64)
def is_our_host(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


@lru_cache(maxsize=1024)
def canonical(path: str, query: str) -> tuple[str, str] | None:
    try:
        view = resolve(path).func
        data = QueryDict(query)
    except (Resolver404, SuspiciousOperation):
        return None
    if not getattr(view, "is_public_page", False) or filters.successor(data):
        return None
    filterset = getattr(getattr(view, "view_class", None), "filterset_class", None)
    return path, filterset.canonical_query(data) if filterset else ""


def next_change(current: catalogue.Catalogue, now: datetime) -> datetime:
    """When a page may say something else though nobody edited it.

    Somebody starts or ends answering; or a quarter of an hour begins, and with it other slots, or another day.
    """
    status = hotline().status  # it is shown even while the hotline's offer is closed
    changes = (current.next_change(now), status and status.until, slots.quarter_of(now) + slots.QUARTER)
    return min(filter(None, changes))


class Pages:
    """The pages of one version of the catalogue that are true at the same time."""

    def __init__(self, version=None, since=None, until=None):
        self.version, self.since, self.until = version, since, until
        self.lock = Lock()
        self.by_address = OrderedDict()  # the one asked for last at the end
        self.size = 0

    def are_true(self, version: int, now: datetime) -> bool:
        return version == self.version and self.since <= now < self.until

    def get(self, address: tuple[str, str]) -> "Page | None":
        with self.lock:
            page = self.by_address.get(address)
            if page:
                self.by_address.move_to_end(address)
            return page

    def keep(self, address: tuple[str, str], page: "Page") -> None:
        page.compress()
        with self.lock:
            if address in self.by_address:  # another thread was faster
                return
            self.by_address[address] = page
            self.size += page.size
            while self.size > MOST_BYTES or len(self.by_address) > MOST_PAGES:
                self.size -= self.by_address.popitem(last=False)[1].size


class Page:
    """A finished page in the encodings that were asked for so far."""

    def __init__(self, headers, body):
        self.headers = [(name, value) for name, value in headers if name not in REPLACED]
        self.headers.append(("Vary", "Accept-Encoding"))
        self.body = body
        self.digest = sha256(body).hexdigest()[:24]
        self.variants = {}

    def compress(self) -> None:
        """Make all variants ready."""
        self.size = sum(len(self.variant(encoding)[0]) for encoding in VARIANTS)

    def answer(self, environ: dict, start_response: Callable) -> list[bytes]:
        body, etag, headers, not_modified = self.variant(best_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
        control = ("Cache-Control", cache_control(environ.get("QUERY_STRING", "")))
        if etag in environ.get("HTTP_IF_NONE_MATCH", ""):  # quoted, so that it is never part of another one
            start_response("304 Not Modified", [*not_modified, control])
            return []
        start_response("200 OK", [*headers, control])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def variant(self, encoding: str) -> tuple[bytes, str, list, list]:
        """(body, entity tag, headers, headers of a 304)"""
        if encoding not in self.variants:
            body = VARIANTS[encoding](self.body)
            etag = f'"{self.digest}{encoding}"'
            headers = [*self.headers, ("ETag", etag), ("Content-Length", str(len(body)))]
            if encoding:
                headers.append(("Content-Encoding", encoding))
            not_modified = [header for header in headers if header[0] not in OF_THE_BODY]
            self.variants[encoding] = body, etag, headers, not_modified
        return self.variants[encoding]
