import threading
import time

import httpx
import pytest

from directory.monitoring.link_check import Finding, Kind, Result, check, is_other_content
from directory.monitoring.names import NameServiceSilent, NameUnknown
from tests.monitoring import web as servers
from tests.monitoring.web import answer, page, redirect

HTML = "Content-Type: text/html"


def look(web, path="/seite"):
    return check(Kind.LINK, web.address(f"alt.example{path}"), web.fetcher())


# ---- classes ----
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("200 OK", Result.OK),
        ("204 No Content", Result.OK),
        ("401 Unauthorized", Result.REFUSED),
        ("403 Forbidden", Result.REFUSED),
        ("404 Not Found", Result.GONE),
        ("405 Method Not Allowed", Result.REFUSED),
        ("406 Not Acceptable", Result.REFUSED),
        ("410 Gone", Result.GONE),
        ("429 Too Many Requests", Result.REFUSED),
        ("300 Multiple Choices", Result.SERVER_ERROR),
        ("500 Internal Server Error", Result.SERVER_ERROR),
        ("503 Service Unavailable", Result.SERVER_ERROR),
        ("999 Odd", Result.SERVER_ERROR),
    ],
)
def test_status_decides_the_class(web, status, expected):
    web.pages["/seite"] = answer(status, HTML)

    assert look(web).result == expected


def test_unknown_name(web):
    assert check(Kind.LINK, "https://unbekannt.example/", web.fetcher()) == Finding(
        Result.NAME, "unbekannt.example gibt es nicht."
    )


def test_port_where_nobody_listens_does_not_answer(web):
    fetcher = web.fetcher(may_connect=lambda address, port: True)

    assert check(Kind.LINK, "http://alt.example:9/", fetcher).result == Result.TIMEOUT


# ---- HEAD and GET ----
@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "405 Method Not Allowed", "500 Fault"])
def test_get_has_the_last_word_where_head_is_refused(web, status):
    web.pages["/seite"] = {"HEAD": answer(status, HTML), "GET": page()}

    assert look(web) == Finding(Result.OK, title="Beratung im Amt")
    assert web.requests == ["HEAD alt.example/seite", "GET alt.example/seite"]


def test_get_is_tried_where_head_makes_no_sense(web):
    web.pages["/seite"] = {"HEAD": b"garbage\r\n\r\n", "GET": page()}

    assert look(web).result == Result.OK


@pytest.mark.parametrize("head", [answer("200 OK", "Content-Type: application/pdf"), answer("429 Slow Down", HTML)])
def test_head_is_enough_for_a_file_and_for_who_wants_less(web, head):
    web.pages["/seite"] = head

    look(web)

    assert web.requests == ["HEAD alt.example/seite"]


# ---- moves ----
def test_permanent_move_names_the_new_address(web):
    web.pages |= {"/seite": redirect("/neu"), "/neu": page()}

    assert look(web) == Finding(Result.MOVED, new_address=web.address("alt.example/neu"), title="Beratung im Amt")


def test_permanent_move_keeps_the_place_on_the_page(web):
    web.pages |= {"/seite": redirect("/neu", "308 Permanent Redirect"), "/neu": page()}

    assert look(web, "/seite#kontakt").new_address == web.address("alt.example/neu#kontakt")


def test_move_counts_up_to_the_first_temporary_step(web):
    web.pages |= {
        "/seite": redirect("/a"),
        "/a": redirect("/b"),
        "/b": redirect("/c", "302 Found"),
        "/c": redirect("/d"),
        "/d": page(),
    }

    assert look(web).new_address == web.address("alt.example/b")


def test_temporary_move_is_in_order(web):
    web.pages |= {"/seite": redirect("/neu", "302 Found"), "/neu": page()}

    assert look(web) == Finding(Result.OK, title="Beratung im Amt")


def test_move_to_a_page_that_is_gone_is_gone(web):
    web.pages["/seite"] = redirect("/neu")

    assert look(web) == Finding(Result.GONE, "Status 404")


@pytest.mark.parametrize("target", ["/", "//neu.example:{port}", "/login?next=/seite", "/a;jsessionid=1", "/Anmeldung"])
def test_start_pages_and_sign_in_pages_are_no_new_address(web, target):
    target = target.format(port=web.port)
    web.pages |= {"/seite": redirect(target), target: page(), "/": page()}

    finding = look(web)

    assert (finding.result, finding.new_address) == (Result.MOVED, "")


@pytest.mark.parametrize(("start", "target"), [("/seite", "/seite/"), ("/", "/de/"), ("", "/startseite.html")])
def test_slash_and_the_inner_page_of_a_start_page_are_no_move(web, start, target):
    web.pages |= {start or "/": redirect(target), target: page()}

    assert look(web, start) == Finding(Result.OK, title="Beratung im Amt")


def test_start_page_may_move_to_another_site(web):
    web.pages |= {"alt.example/": redirect(web.address("neu.example/")), "neu.example/": page()}

    assert look(web, "/").new_address == web.address("neu.example/")


def test_loop_that_wants_a_cookie_is_no_fault(web):
    web.pages["/seite"] = redirect("/seite", "302 Found", "Set-Cookie: besucht=1")

    assert look(web).result == Result.REFUSED


def test_redirect_without_a_readable_target(web):
    web.pages |= {
        "/seite": answer("302 Found"),
        "/b": redirect("http://[::1/"),
        "/c": redirect("http://xn--a.example/"),
    }

    assert look(web).result == Result.SERVER_ERROR
    assert look(web, "/b").result == Result.INVALID
    assert look(web, "/c").result == Result.INVALID


# ---- titles ----
@pytest.mark.parametrize(
    ("body", "headers", "title"),
    [
        (b"<TITLE lang=de>\n Hilfe &amp;  Rat </TITLE>", "", "Hilfe & Rat"),
        ("<title>Büro</title>".encode("latin-1"), "; charset=iso-8859-1", "Büro"),
        ('<meta charset="windows-1252"><title>Büro</title>'.encode("cp1252"), "", "Büro"),
        ("<title>Büro</title>".encode(), "; charset=gibt-es-nicht", "Büro"),
        (b"<title>a\x00b\x1b[31m</title>", "", "a b [31m"),
        (b"<title>" + b"a" * 5000 + b"</title>", "", "a" * 200),
        (b"<title>" + b"a" * 5000 + b"</title>", "; charset=punycode", None),
        (b"<title>+2AA-</title>", "; charset=utf-7", ""),
        (b"<title>" * 1000, "", ""),
        (b"</title><title>b</title>", "", "b"),
        (b"<title>packed</title>", "\r\nContent-Encoding: gzip", ""),
        (b"no title", "", ""),
    ],
)
def test_titles_are_read_whatever_comes(web, body, headers, title):
    web.pages["/seite"] = answer("200 OK", HTML + headers, body=body)

    finding = look(web)

    assert finding.result == Result.OK
    assert title is None or finding.title == title
    assert finding.title.isprintable()
    assert len(finding.title) <= 200


@pytest.mark.parametrize(
    ("first", "now", "other"),
    [
        ("Beratung für Opfer", "Beratung für Opfer", False),
        ("Beratung für Opfer", "Startseite – Beratung für Betroffene", False),
        ("Beratung für Opfer", "Willkommen bei HateAid", False),  # the name of the site
        ("Beratung für Opfer", "", False),
        ("", "Beratung für Opfer", False),
        ("Beratung für Opfer", "Online Casino Bonus", True),
        ("Beratung für Opfer", "hateaid.org steht zum Verkauf: Domain kaufen", True),
        ("", "Diese Domain ist geparkt – domain parking", True),
        ("", "404 – Seite nicht gefunden", True),
        ("", "Welcome to nginx!", True),
        ("404 – Seite nicht gefunden", "404 – Seite nicht gefunden", False),  # an editor said so
    ],
)
def test_other_content_is_told_carefully(first, now, other):
    assert is_other_content("https://www.hate-aid.example/beratung", first, now) is other


# ---- one request at a time a host ----
def test_host_is_asked_one_at_a_time_by_all_threads(web):
    web.pages["/"] = servers.thoughtful
    fetcher = web.fetcher()
    threads = [
        threading.Thread(target=fetcher.ask, args=("GET", httpx.URL(web.address("eng.example/")))) for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(web.requests) == 10
    assert not web.crowded


def test_host_has_a_pause_between_two_requests_and_others_do_not_wait(web):
    web.pages["/"] = page()
    fetcher = web.fetcher(pause=0.3)

    def seconds(host):
        start = time.monotonic()
        fetcher.ask("GET", httpx.URL(web.address(f"{host}.example/")))
        return time.monotonic() - start

    first, again = seconds("a"), seconds("a")
    other = seconds("b")

    assert again > 0.25
    assert max(first, other) < 0.25


# ---- telephone and e-mail ----
@pytest.mark.parametrize(
    ("number", "expected"),
    [("+498003009944", Result.OK), ("116006", Result.OK), ("+4912", Result.INVALID), ("110110", Result.INVALID)],
)
def test_phone_numbers_are_checked_by_the_numbering_plan(web, number, expected):
    assert check(Kind.PHONE, number, web.fetcher()).result == expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({"MX": ["10 mail.example."]}, Result.OK),
        ({"A": ["93.184.216.34"]}, Result.OK),
        ({"AAAA": ["2606:2800:220:1::1"]}, Result.OK),
        ({}, Result.INVALID),
        ({"MX": ["0 ."], "A": ["93.184.216.34"]}, Result.INVALID),
        (NameUnknown("x"), Result.NAME),
        (NameServiceSilent("x"), Result.TIMEOUT),
    ],
)
def test_email_domain_must_take_mail(web, records, expected):
    def lookup(name, record, seconds):
        assert name == "verein.example"
        if isinstance(records, Exception):
            raise records
        return records.get(record, [])

    assert check(Kind.EMAIL, "hilfe@verein.example", web.fetcher(lookup=lookup)).result == expected
