"""Which answers are kept, under what, for how long, and that nobody can slip others a page of theirs."""

import encodings
import gzip
from datetime import datetime, timedelta
from io import BytesIO
from wsgiref.util import setup_testing_defaults

import brotli
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, close_old_connections
from django.test import override_settings
from django.urls import get_resolver
from django.utils import timezone

from directory import catalogue
from directory.models import CatalogueVersion, Offer
from directory.opening import BERLIN
from starkestelle import front_cache, wsgi
from starkestelle.headers import EVERYBODY, ONE_VISITOR
from tests.factories import make_offer, make_region, make_threat_type

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, 3, tzinfo=BERLIN)  # a Tuesday
HOST = "testserver"


class Answer:
    def __init__(self, front, environ):
        self.started = None
        self.body = b"".join(front(environ, self.start))

    def start(self, status, headers, exc_info=None):
        self.status, self.pairs = status, headers
        self.headers = dict(headers)

    @property
    def text(self):
        return self.body.decode()


class Front:
    """The front cache around the real application; `computed` counts what Django was asked for."""

    def __init__(self):
        self.django = get_wsgi_application()
        self.cache = front_cache.FrontCache(self.count)
        self.computed = 0

    def count(self, environ, start_response):
        self.computed += 1
        return self.django(environ, start_response)

    def ask(self, address, method="GET", host=HOST, **meta):
        path, _, query = address.partition("?")
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": host}
        environ |= {"wsgi.input": BytesIO(meta.pop("form", b"")), **meta}
        setup_testing_defaults(environ)
        return Answer(self.cache, environ)

    def keep(self, address, **meta):
        """Ask until it is kept."""
        self.ask(address, **meta)
        return self.ask(address, **meta)

    def is_kept(self, address, **meta):
        before = self.computed
        self.ask(address, **meta)
        return self.computed == before


@pytest.fixture
def front(monkeypatch):
    """What a request of the real application does at its ends would end the test's transaction."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    front_cache.canonical.cache_clear()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Front()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def public_addresses():
    """The routes of all pages that are marked as public."""

    def found(patterns, before=""):
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from found(pattern.url_patterns, route)
            elif getattr(pattern.callback, "is_public_page", False):
                yield f"/{route}"

    return list(found(get_resolver().url_patterns))


PUBLIC = [
    "/",
    "/angebote/",
    "/angebote/<slug:slug>/",
    "/lotse/",
    "/lotse/notruf/",
    "/lotse/antworten/",
    "/lotse/weg/",
    "/lotse/haushalt/",
    "/lotse/<slug:page>/",
    "/bedrohung/<slug:slug>/",
    "/land/<slug:slug>/",
    "/akteure/",
    "/akteure/<slug:slug>/",
    "/einbetten/angebote/",
    "/monitoring/",
    "/monitoring/land/<slug:slug>/",
    "/monitoring/methodik/",
    "/ueber-uns/",
    "/leichte-sprache/",
    "/spuren/",
    "/barrierefreiheit/",
    "/datenschutz/",
    "/impressum/",
]
SLUGS = {"<slug:page>": "was", "<slug:slug>": "eins"}


def example(route):
    for pattern, slug in SLUGS.items():
        route = route.replace(pattern, slug)
    return route


@pytest.fixture
def offer():
    threat, land = make_threat_type(slug="eins"), make_region("Hessen", slug="eins")
    offer = make_offer(slug="eins", threat_types=[threat], regions=[land], phones=["+498001110111"])
    offer.organization.slug = "eins"
    offer.organization.save()
    return offer


# ---- which pages ----


def test_served_application_has_the_front_cache_around_it():
    assert isinstance(wsgi.application, front_cache.FrontCache)


def test_exactly_these_pages_are_public():
    assert public_addresses() == PUBLIC


@pytest.mark.parametrize("route", PUBLIC)
def test_public_page_is_kept_and_the_same_as_computed(front, offer, route):
    path = example(route)

    first = front.ask(path)
    second = front.ask(path)
    kept = front.ask(path)

    assert front.computed == 2
    assert first.status == second.status == kept.status == "200 OK"
    assert first.body == second.body == kept.body
    assert first.headers == second.headers == kept.headers


@pytest.mark.parametrize("route", PUBLIC)
def test_public_page_says_nothing_of_host_scheme_parameters_or_headers(front, offer, route):
    """What a page depends on and is not kept by would be shown to others."""
    path = example(route)
    marks = {"HTTP_REFERER": "https://mark.example/", "HTTP_USER_AGENT": "mark", "HTTP_COOKIE": "mark=1"}
    marks |= {"HTTP_X_FORWARDED_HOST": "mark.example", "HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "192.0.2.77"}

    plain = front.ask(path)
    marked = front.ask(f"{path}?mark=1&utm_source=mark", host="localhost:8000", **marks)

    assert front.computed == 2
    assert marked.body == plain.body


@pytest.mark.parametrize(
    ("path", "status"),
    {
        "/kontakt/": 200,
        "/kontakt/rueckruf/": 200,
        "/kontakt/code/": 200,
        "/partner/": 200,
        "/partner/qr.svg": 200,
        "/monitoring/vergleich/": 200,
        "/monitoring/staende/": 200,
        "/redaktion/login/": 200,
        "/robots.txt": 200,
        "/sitemap.xml": 200,
        "/.well-known/security.txt": 200,
        "/bereit/": 200,
        "/raus/": 302,
        "/favicon.ico": 302,
        "/angebote": 301,
        "/gibt-es-nicht/": 404,
        "/angebote/gibt-es-nicht/": 404,
        "/lotse/gibt-es-nicht/": 404,
        "/lotse/weg/?ort=Gibtsnicht": 302,
        "/angebote/beendet/": 410,
        "/angebote/?" + "a=1&" * 1001: 400,
    }.items(),
)
def test_nothing_else_is_kept_or_compressed(front, path, status):
    make_offer(slug="beendet", status=Offer.Status.DEFUNCT)
    front.keep(path)

    answer = front.ask(path, HTTP_ACCEPT_ENCODING="br, gzip")

    assert front.computed == 3
    assert int(answer.status[:3]) == status
    assert "public" not in answer.headers.get("Cache-Control", "")
    assert "Content-Encoding" not in answer.headers
    assert len(front.cache.pages.by_address) == 0


def test_forms_are_never_kept_nor_compressed_nor_framed(front):
    answer = front.ask("/kontakt/rueckruf/", HTTP_ACCEPT_ENCODING="br")

    assert "no-store" in answer.headers["Cache-Control"]
    assert "Content-Encoding" not in answer.headers
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_neither_answered_from_what_is_kept_nor_kept(front, method):
    kept = front.keep("/angebote/")

    answer = front.ask("/angebote/", method=method)

    assert front.computed == 3
    assert answer.body != kept.body
    assert front.ask("/angebote/").body == kept.body


@pytest.mark.parametrize("name", ["HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_METHOD_OVERRIDE", "HTTP_RANGE"])
def test_method_override_and_range_change_nothing(front, name):
    for _ in range(2):
        front.ask("/angebote/", **{name: "bytes=0-10" if name == "HTTP_RANGE" else "POST"})

    answer = front.ask("/angebote/")

    assert front.computed == 2
    assert answer.status == "200 OK"
    assert "<h1" in answer.text
    assert answer.text.endswith("</html>\n")


def test_head_is_answered_like_get_without_the_body(front):
    kept = front.keep("/angebote/")

    answer = front.ask("/angebote/", method="HEAD")

    assert front.computed == 2
    assert answer.headers == kept.headers
    assert answer.body == b""


def test_answer_to_head_is_never_kept(front):
    for _ in range(3):
        answer = front.ask("/angebote/", method="HEAD")

    assert front.computed == 3
    assert answer.body == b""
    assert front.ask("/angebote/").text.endswith("</html>\n")


# ---- under what ----


def test_order_of_parameters_and_unknown_ones_do_not_matter(front, offer):
    front.keep("/einbetten/angebote/?bedrohung=eins&darstellung=hell")

    assert front.is_kept("/einbetten/angebote/?darstellung=hell&bedrohung=eins")
    assert front.is_kept(
        "/einbetten/angebote/?utm_source=x&bedrohung=EINS&x=1&darstellung=+hell+&q=&bedrohung=eins&darstellung=hell"
    )
    assert len(front.cache.pages.by_address) == 1


@pytest.mark.parametrize(
    "other",
    [
        "/angebote/?bedrohung=zwei",
        "/angebote/?q=eins",
        "/angebote/?Bedrohung=eins",
        "/angebote/?bedrohung=eins&seite=2",
        "/angebote/",
        "/einbetten/angebote/?bedrohung=eins",
        "/lotse/weg/?bedrohung=eins",
        "/akteure/?bedrohung=eins",
    ],
)
def test_other_values_are_another_page(front, offer, other):
    front.keep("/angebote/?bedrohung=eins")

    assert not front.is_kept(other)


def test_view_gets_no_parameter_that_is_left_out(front):
    seen = []
    front.cache.application = lambda environ, start: (
        seen.append(environ["QUERY_STRING"]) or front.django(environ, start)
    )

    front.ask("/angebote/?x=1&q=Wort&ebene=bund&y=2")
    front.ask("/impressum/?q=Wort")

    assert seen == ["q=Wort&ebene=bund", ""]


def test_retired_value_leads_on_with_all_parameters(front, monkeypatch):
    monkeypatch.setattr("directory.filters.RETIRED", {"bedrohung": {"alt": "neu"}})

    answer = front.keep("/angebote/?bedrohung=alt&utm_source=brief")

    assert answer.status.startswith("301")
    assert answer.headers["Location"] == "/angebote/?bedrohung=neu&utm_source=brief"


@pytest.mark.parametrize(
    "host", ["evil.example", "", "testserver.evil.example", "testserver@evil.example", "testserver:x"]
)
def test_foreign_host_is_refused_though_the_page_is_kept(front, host):
    kept = front.keep("/angebote/")

    answer = front.ask("/angebote/", host=host)

    assert answer.status.startswith("400")
    assert front.ask("/angebote/").body == kept.body


@pytest.mark.parametrize(
    "meta",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_PORT": "1"},
        {"HTTP_X_FORWARDED_PREFIX": "/evil"},
        {"HTTP_X_FORWARDED_PROTO": "gopher"},
        {"HTTP_FORWARDED": "host=evil.example"},
        {"HTTP_X_ORIGINAL_URL": "/evil"},
        {"HTTP_X_REWRITE_URL": "/evil"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_COOKIE": "evil=evil"},
        {"HTTP_AUTHORIZATION": "Basic evil"},
        {"HTTP_ACCEPT_LANGUAGE": "en"},
        {"HTTP_CACHE_CONTROL": "no-store"},
    ],
)
def test_headers_of_one_visitor_change_nothing_for_the_next(front, meta):
    front.keep("/", **meta)

    answer = front.ask("/")

    assert front.computed == 2
    assert answer.status == "200 OK"
    assert "evil" not in answer.text + str(answer.pairs)
    assert '<html lang="de">' in answer.text


@pytest.mark.parametrize("charset", ["cp037", "utf-16", '"rot13"', "punycode", "undefined", "gibt-es-nicht"])
@pytest.mark.parametrize("name", ["charset", "Charset", "charset*"])
def test_letters_that_a_visitor_names_are_not_those_of_the_address(front, offer, name, charset):
    """In another alphabet the same bytes are other parameters, and what they show would be kept for all."""
    unknown = len(encodings._cache)
    front.keep("/angebote/?bedrohung=eins", CONTENT_TYPE=f"text/plain; {name}={charset}")

    answer = front.ask("/angebote/?bedrohung=eins")

    assert answer.status == "200 OK"
    assert 'value="eins" checked' in answer.text
    assert len(encodings._cache) == unknown


@pytest.mark.parametrize("parameter", ["charset=rot13", "name*=gibt-es-nicht''%41"])
def test_letters_that_a_visitor_names_do_not_make_other_answers_fail(front, parameter):
    assert front.ask("/daten/hsds/services?search=hass", CONTENT_TYPE=f"x/y; {parameter}").status == "200 OK"


def test_behind_tls_only_requests_through_tls_are_answered(front):
    tls = {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"), "SECURE_SSL_REDIRECT": True}
    with override_settings(SECURE_HSTS_SECONDS=3600, **tls):
        front = Front()
        kept = front.keep("/", HTTP_X_FORWARDED_PROTO="https")

        assert front.is_kept("/", HTTP_X_FORWARDED_PROTO="https")
        assert "max-age=3600" in kept.headers["Strict-Transport-Security"]
        assert front.ask("/").status.startswith("301")
        assert front.ask("/", HTTP_X_FORWARDED_PROTO="http").status.startswith("301")


# ---- for how long ----


def test_edit_shows_at_once(front, offer, monkeypatch):
    monkeypatch.setattr(catalogue, "POLL_SECONDS", 0)
    paths = ("/angebote/eins/", "/angebote/", "/akteure/eins/")
    for path in paths:
        front.keep(path)

    Offer.objects.update(name="Ganz neuer Name")
    CatalogueVersion.objects.bump()

    assert [path for path in paths if "Ganz neuer Name" not in front.ask(path).text] == []


def test_page_computed_while_the_catalogue_changes_is_not_kept(front, offer, monkeypatch):
    monkeypatch.setattr(catalogue, "POLL_SECONDS", 0)
    front.ask("/angebote/eins/")
    django = front.cache.application

    def overtaken(environ, start_response):
        answer = django(environ, start_response)
        Offer.objects.update(name="Ganz neuer Name")
        CatalogueVersion.objects.bump()
        front.cache.application = django
        front.ask("/impressum/")  # another thread finds out
        return answer

    front.cache.application = overtaken
    assert "Ganz neuer Name" not in front.ask("/angebote/eins/").text

    assert "Ganz neuer Name" in front.ask("/angebote/eins/").text


def test_page_is_true_until_somebody_opens_or_closes(front, offer, monkeypatch):
    Offer.objects.update(opening_hours="Mo-Fr 09:00-12:11")
    front.keep("/angebote/eins/")

    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(minutes=7, seconds=59))
    assert front.is_kept("/angebote/eins/")
    assert "jetzt erreichbar bis 12:11 Uhr" in front.ask("/angebote/eins/").text
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(minutes=8))
    assert "wieder erreichbar morgen ab 9 Uhr" in front.ask("/angebote/eins/").text


def test_hotline_that_is_closed_for_now_shows_its_hours_truly(front, monkeypatch):
    closed = Offer.Status.TEMPORARILY_CLOSED
    make_offer(slug="starke-stelle", phones=["+498001110111"], opening_hours="Mo-Fr 09:00-12:11", status=closed)
    front.keep("/")

    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(minutes=8))

    assert not front.is_kept("/")


def test_page_is_true_for_a_quarter_of_an_hour_at_most(front, monkeypatch):
    """Slots are published by the quarter, and days begin with one."""
    front.keep("/lotse/weg/")

    monkeypatch.setattr(timezone, "now", lambda: NOON.replace(minute=14, second=59))
    assert front.is_kept("/lotse/weg/")
    monkeypatch.setattr(timezone, "now", lambda: NOON.replace(minute=15))
    assert not front.is_kept("/lotse/weg/")


def test_clock_that_is_set_back_lets_go_of_all(front, monkeypatch):
    front.keep("/")

    monkeypatch.setattr(timezone, "now", lambda: NOON - timedelta(minutes=10))

    assert not front.is_kept("/")


def test_without_the_database_kept_pages_are_still_answered(front, offer, monkeypatch):
    kept = front.keep("/angebote/eins/")
    monkeypatch.setattr(catalogue, "POLL_SECONDS", 0)
    monkeypatch.setattr(CatalogueVersion.objects, "current", lost)

    assert front.ask("/angebote/eins/").body == kept.body
    assert front.computed == 2


def test_page_without_its_slots_is_not_kept(front, monkeypatch):
    monkeypatch.setattr("contact.templatetags.contact.published_at", lost)

    answer = front.keep("/lotse/weg/")

    assert answer.status == "200 OK"
    assert "Cache-Control" not in answer.headers
    assert not front.is_kept("/lotse/weg/")


def test_before_there_is_a_catalogue_django_decides(front, monkeypatch):
    monkeypatch.setattr("directory.catalogue.current", lost)

    assert front.keep("/").status.startswith("503")
    assert front.computed == 2


def lost(*arguments):
    raise OperationalError


# ---- how many ----


def test_what_is_asked_for_once_is_not_kept(front):
    for number in range(20):
        front.ask(f"/angebote/?region=wort{number}")

    assert len(front.cache.pages.by_address) == 0


@pytest.mark.parametrize(
    "address",
    [
        "/angebote/?ort=Wiesbaden",
        "/angebote/?q=Hilfe",
        "/angebote/?q=Hilfe&bedrohung=eins",
        "/einbetten/angebote/?ort=Wiesbaden&darstellung=hell",
    ],
)
def test_stranger_cannot_tell_by_the_time_whether_somebody_typed_the_same(front, offer, address):
    """A village has one mayor. Three times, as she goes back and forth."""
    for _ in range(3):
        assert front.ask(address).status == "200 OK"

    assert not front.is_kept(address)


def test_page_in_use_stays_while_others_are_asked_for(front, monkeypatch):
    monkeypatch.setattr(front_cache, "MOST_PAGES", 3)
    front.keep("/")

    for number in range(6):
        front.keep(f"/angebote/?region=wort{number}")
        assert front.is_kept("/")

    assert len(front.cache.pages.by_address) == 3
    assert front.is_kept("/angebote/?region=wort5")
    assert not front.is_kept("/angebote/?region=wort0")


def test_pages_take_no_more_bytes_than_allowed(front, monkeypatch):
    front.keep("/impressum/")
    [page] = front.cache.pages.by_address.values()
    monkeypatch.setattr(front_cache, "MOST_BYTES", 2 * page.size)

    for path in ("/angebote/", "/lotse/", "/akteure/", "/datenschutz/", "/"):
        front.keep(path)

    pages = front.cache.pages
    assert pages.size == sum(each.size for each in pages.by_address.values()) <= 2 * page.size
    assert front.is_kept("/")


def test_notes_of_what_was_asked_for_once_are_few(front, monkeypatch):
    monkeypatch.setattr(front_cache, "MOST_NOTED", 5)

    for number in range(12):
        front.ask(f"/impressum/?{number}")
        front.ask(f"/angebote/?region={number}")

    assert len(front.cache.noted) <= 5


def test_very_long_address_is_answered_and_not_kept(front):
    answer = front.keep(f"/angebote/?region={'a' * 1000}")

    assert answer.status == "200 OK"
    assert len(front.cache.pages.by_address) == 0


def test_popular_page_is_kept_again_at_its_first_request_after_a_change(front, monkeypatch):
    front.keep("/")
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(hours=1))

    front.ask("/")

    assert front.is_kept("/")


# ---- how it is sent ----


@pytest.mark.parametrize(
    ("accept", "encoding", "decode"),
    [
        ("br, gzip", "br", brotli.decompress),
        ("gzip, deflate, br;q=0.5", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("GZIP;q=1.0, br;q=0", "gzip", gzip.decompress),
        ("gzip;q=0.000, br; q=0", None, bytes),
        ("", None, bytes),
        ("brotli, x-gzip, zstd", None, bytes),
    ],
)
def test_page_is_sent_in_the_best_encoding_that_is_allowed(front, accept, encoding, decode):
    plain = front.ask("/angebote/")

    answers = [front.ask("/angebote/", HTTP_ACCEPT_ENCODING=accept) for _ in range(3)]

    for answer in answers:
        assert answer.headers.get("Content-Encoding") == encoding
        assert decode(answer.body) == plain.body
        assert answer.headers["Content-Length"] == str(len(answer.body))
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_every_encoding_has_its_own_strong_tag(front):
    tags = {front.keep("/", HTTP_ACCEPT_ENCODING=encoding).headers["ETag"] for encoding in ("", "gzip", "br")}

    assert len(tags) == 3
    assert all(tag.startswith('"') for tag in tags)


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}'])
def test_known_tag_is_answered_with_304_and_all_headers_but_those_of_the_body(front, form):
    kept = front.keep("/", HTTP_ACCEPT_ENCODING="br")

    answer = front.ask("/", HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=form.format(kept.headers["ETag"]))

    assert (answer.status, answer.body) == ("304 Not Modified", b"")
    assert answer.headers == {
        name: value
        for name, value in kept.headers.items()
        if name not in ("Content-Type", "Content-Length", "Content-Encoding")
    }
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("tag", ['""', "", '"other"', "*other*"])
def test_unknown_tag_is_answered_with_the_page(front, tag):
    kept = front.keep("/")

    assert front.ask("/", HTTP_IF_NONE_MATCH=tag).body == kept.body


def test_tag_of_another_encoding_or_version_is_unknown(front, offer, monkeypatch):
    monkeypatch.setattr(catalogue, "POLL_SECONDS", 0)
    tag = front.keep("/angebote/").headers["ETag"]

    assert front.ask("/angebote/", HTTP_IF_NONE_MATCH=tag, HTTP_ACCEPT_ENCODING="br").status == "200 OK"
    Offer.objects.update(name="Ganz neuer Name")
    CatalogueVersion.objects.bump()
    assert front.ask("/angebote/", HTTP_IF_NONE_MATCH=tag).status == "200 OK"


def test_proxies_may_keep_a_page_but_not_what_a_visitor_said(front):
    front.keep("/angebote/")

    assert front.ask("/angebote/").headers["Cache-Control"] == EVERYBODY
    for query in ("q=Geheimes", "ort=Neustrelitz", "Geheimes", "utm_source=brief"):
        assert front.ask(f"/angebote/?{query}").headers["Cache-Control"] == ONE_VISITOR


def test_header_appears_once_each(front):
    for _ in range(3):
        names = [name for name, _ in front.ask("/").pairs]
        assert len(names) == len(set(names))
