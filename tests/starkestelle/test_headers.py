"""The headers of every answer, whatever it is, and who may keep it."""

import re

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver

from directory.models import Offer
from starkestelle.front_cache import Page
from starkestelle.headers import EVERYBODY, ONE_VISITOR, SecurityHeadersMiddleware
from tests.factories import make_offer

pytestmark = pytest.mark.django_db

OUTSIDE = {  # what other websites may do with a page of ours: nothing
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
}
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "script-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@pytest.fixture(autouse=True)
def _tls(settings):
    settings.SECURE_HSTS_SECONDS = 63072000


def policy(response):
    return dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))


def broken(error):
    def fail(*args, **kwargs):
        raise error

    return fail


ANSWERS = {
    "page": ("/", 200, {}),
    "address without its slash": ("/angebote", 301, {}),
    "redirect": ("/favicon.ico", 302, {}),
    "way out": ("/raus/", 302, {}),
    "foreign host": ("/", 400, {"headers": {"host": "evil.example"}}),
    "too many parameters": ("/angebote/?" + "a=1&" * 1001, 400, {}),
    "no such page": ("/gibt-es-nicht/", 404, {}),
    "no such offer": ("/angebote/gibt-es-nicht/", 404, {}),
    "ended offer": ("/angebote/beendet/", 410, {}),
    "form": ("/kontakt/rueckruf/", 200, {}),
    "for machines": ("/robots.txt", 200, {}),
    "sitemap": ("/sitemap.xml", 200, {}),
    "readiness": ("/bereit/", 200, {}),
    "picture": ("/partner/qr.svg", 200, {}),
}


@pytest.mark.parametrize(("path", "status", "more"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_carries_all_headers(client, path, status, more):
    make_offer(slug="beendet", status=Offer.Status.DEFUNCT)

    response = client.get(path, secure=True, **more)

    assert response.status_code == status
    assert {name: response.get(name) for name in OUTSIDE} == OUTSIDE
    assert policy(response) == POLICY


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_refused_method_carries_all_headers(client, method):
    response = getattr(client, method)("/angebote/", secure=True)

    assert response.status_code == 405
    assert {name: response.get(name) for name in OUTSIDE} == OUTSIDE
    assert policy(response) == POLICY


def test_refused_form_carries_all_headers(client):
    response = client.post("/kontakt/rueckruf/", secure=True, headers={"origin": "https://evil.example"})

    assert response.status_code == 403
    assert {name: response.get(name) for name in OUTSIDE} == OUTSIDE
    assert policy(response) == POLICY


@pytest.mark.parametrize(("error", "status"), [(ValueError, 500), (OperationalError, 503)])
def test_fault_carries_all_headers(client, monkeypatch, error, status):
    monkeypatch.setattr("directory.views.selection.Selection", broken(error))
    client.raise_request_exception = False

    response = client.get("/angebote/", secure=True)

    assert response.status_code == status
    assert {name: response.get(name) for name in OUTSIDE} == OUTSIDE
    assert policy(response) == POLICY


def test_static_files_carry_all_headers_also_when_they_have_not_changed(client):
    """In a sandboxed frame of the embed they are another origin's, so they may be loaded from everywhere."""
    first = client.get("/static/css/base.css", secure=True)
    again = client.get("/static/css/base.css", secure=True, headers={"if-modified-since": first["Last-Modified"]})

    b"".join(first.streaming_content)
    for response, status in ((first, 200), (again, 304)):
        assert response.status_code == status
        everywhere = OUTSIDE | {"Cross-Origin-Resource-Policy": "cross-origin"}
        assert {name: response.get(name) for name in OUTSIDE} == everywhere
        assert policy(response) == POLICY


def test_page_that_has_not_changed_carries_all_headers(client):
    page = client.get("/", secure=True)
    started = []

    tag = Page(page.items(), page.content).variant("")[1]
    Page(page.items(), page.content).answer({"HTTP_IF_NONE_MATCH": tag}, lambda *given: started.append(given))

    [(status, headers)] = started
    assert status == "304 Not Modified"
    assert {name: dict(headers).get(name) for name in OUTSIDE} == OUTSIDE
    assert policy(dict(headers)) == POLICY


def test_only_the_embed_may_be_framed_and_it_can_send_and_run_nothing(client):
    response = client.get("/einbetten/angebote/", secure=True)

    limits = {"script-src": "'none'", "form-action": "'none'", "frame-src": "'none'", "frame-ancestors": "*"}
    assert policy(response) == POLICY | limits
    assert b"<form" not in response.content
    assert b"<script" not in response.content
    assert not response.cookies


@pytest.mark.parametrize("parameter", ["q", "ort", "region", "seite", "x", "darstellung", "next"])
def test_line_breaks_in_parameters_make_no_header(client, parameter):
    for path in ("/angebote/", "/lotse/weg/", "/raus/", "/partner/", "/einbetten/angebote/"):
        response = client.get(f"{path}?{parameter}=a%0d%0aX-Evil:%201%0d%0aSet-Cookie:%20evil=1")

        assert response.status_code in (200, 302)
        assert "X-Evil" not in response.headers
        assert not response.cookies
        assert [value for value in response.headers.values() if "\n" in value or "\r" in value] == []


@pytest.mark.parametrize("value", ["-1", "0", "1" + "0" * 30, "1e9", "eins", "'", "٣", "None", "%00", ""])
def test_page_numbers_and_values_that_are_none_are_answered(client, value):
    for parameter in ("seite", "ebene", "bedrohung", "merkmal", "region"):
        assert client.get(f"/angebote/?{parameter}={value}").status_code == 200


# ---- the published scoring of Mozilla's HTTP Observatory: 100 points, and a bonus for each of these ----
BONUS = {
    "default-src 'none', nothing unsafe, forms to ourselves": 10,
    "frame-ancestors says who may frame us": 5,
    "no referrer": 5,
    "no other origin loads our pages": 10,
    "in the preload list of HSTS": 5,  # once the operator has registered the domain
    "every script with its hash": 5,
}


def test_only_forms_of_the_staff_area_may_ask_the_server(client):
    staff, public = client.get("/redaktion/login/"), client.get("/kontakt/")

    assert policy(staff) == policy(public) | {"connect-src": "'self'"}
    assert "connect-src" not in policy(public)
    assert (staff["Referrer-Policy"], public["Referrer-Policy"]) == ("same-origin", "no-referrer")


def test_observatory_finds_nothing_to_take_points_off(client):
    response = client.get("/", secure=True)
    found = policy(response)
    html = response.content.decode()

    assert "unsafe" not in response["Content-Security-Policy"]
    assert found["default-src"] == "'none'"
    assert found["form-action"] == "'self'"
    assert "frame-ancestors" in found
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "preload" in response["Strict-Transport-Security"]
    assert "Access-Control-Allow-Origin" not in response
    assert not response.cookies
    assert [script for script in re.findall(r"<script\b[^>]*>", html) if "integrity=" not in script] == []
    assert 100 + sum(BONUS.values()) == 140  # five more only for a cookie that is safe; we have none


# ---- who may keep an answer ----


def kept_by(response, query="", **request_marks):
    request = RequestFactory().get(f"/?{query}")
    for name, value in request_marks.items():
        setattr(request, name, value)
    return SecurityHeadersMiddleware(lambda request: response)(request).get("Cache-Control")


def public(**fields):
    response = HttpResponse(**fields)
    response.is_public_page = True
    return response


def test_public_page_may_be_kept_for_seconds():
    assert kept_by(public()) == EVERYBODY
    assert kept_by(public(), "ort=Neustrelitz") == ONE_VISITOR


def test_everything_else_says_nothing_or_no():
    with_cookie = public()
    with_cookie.set_cookie("name", "value")
    for_some = public(headers={"Vary": "Cookie"})
    never = public(headers={"Cache-Control": "no-store"})

    assert kept_by(HttpResponse()) is None
    assert kept_by(with_cookie) is None
    assert kept_by(for_some) is None
    assert kept_by(never) == "no-store"
    assert kept_by(public(), is_incomplete=True) is None
    assert [status for status in (301, 400, 403, 404, 405, 410, 500, 503) if kept_by(public(status=status))] == []


def test_no_public_page_sets_a_cookie(client):
    def routes(patterns, before=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from routes(pattern.url_patterns, before + str(pattern.pattern))
            elif "<" not in str(pattern.pattern):
                yield f"/{before}{pattern.pattern}"

    crawled = [path for path in routes(get_resolver().url_patterns) if not path.startswith("/redaktion/")]

    assert len(crawled) > 25
    assert [path for path in crawled if client.get(path).cookies] == []
