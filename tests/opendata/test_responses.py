"""How public data are answered: for everybody, once, packed, and never by holding a worker."""

import gzip
import os
from datetime import UTC, datetime

import brotli
import pytest
from django.test import RequestFactory

from directory.opendata import files
from directory.opendata.files import Busy, FileInMaking
from directory.opendata.responses import open_data, send, send_file

BODY = ("Bürgermeisterin; „Hilfe“\r\n" * 10_000).encode()
CHANGED = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
UNPACK = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}
WAYS = ["send", "send_file"]


def keep(name, content_type, parts):
    making = FileInMaking(name, content_type)
    for part in parts:
        making.write(part)
    return making.done(CHANGED)


@pytest.fixture
def ask():
    """Asks one of both ways for BODY."""

    def ask(way, method="GET", **headers):
        @open_data
        def view(request):
            if way == "send":
                return send(request, BODY, "text/csv; charset=utf-8")
            return send_file(request, keep("angebote.csv", "text/csv; charset=utf-8", [BODY]))

        return view(RequestFactory().generic(method, "/daten/angebote.csv", headers=headers))

    return ask


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_body_comes_as_the_client_takes_it(ask, way, encoding):
    response = ask(way, **{"Accept-Encoding": encoding})

    text = body(response)
    assert response.headers["Content-Length"] == str(len(text))
    assert response.headers.get("Content-Encoding", "") == encoding
    assert UNPACK[encoding](text) == BODY
    assert len(text) < len(BODY) / 10 or not encoding


@pytest.mark.parametrize("way", WAYS)
def test_answer_is_open_and_cacheable_and_a_file_a_download(ask, way):
    headers = ask(way).headers
    of_a_file = {
        "Content-Disposition": 'attachment; filename="angebote.csv"',
        "Last-Modified": "Sun, 22 Nov 2026 10:00:00 GMT",
    }

    assert {name: headers[name] for name in headers if name not in ("ETag", "Content-Length")} == {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "public, max-age=300, stale-if-error=604800",
        "Content-Type": "text/csv; charset=utf-8",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept-Encoding",
    } | (of_a_file if way == "send_file" else {})


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_both_ways_agree_on_a_strong_etag_for_each_encoding(ask, encoding):
    tags = {ask(way, **{"Accept-Encoding": encoding}).headers["ETag"] for way in WAYS}

    assert len(tags) == 1
    assert tags.pop().endswith(f'-{encoding}"' if encoding else '"')


@pytest.mark.parametrize("way", WAYS)
def test_who_has_it_already_gets_no_body(ask, way):
    tag = ask(way).headers["ETag"]

    response = ask(way, **{"If-None-Match": tag})

    assert (response.status_code, body(response)) == (304, b"")
    assert response.headers["ETag"] == tag
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize(("since", "status"), [("10:00:00", 304), ("09:59:59", 200)])
def test_file_that_is_no_newer_is_not_sent_again(ask, since, status):
    assert ask("send_file", **{"If-Modified-Since": f"Sun, 22 Nov 2026 {since} GMT"}).status_code == status


@pytest.mark.parametrize("way", WAYS)
def test_etag_of_another_encoding_is_another(ask, way):
    packed = ask(way, **{"Accept-Encoding": "gzip"}).headers["ETag"]

    assert ask(way, **{"If-None-Match": packed}).status_code == 200


@pytest.mark.parametrize("way", WAYS)
def test_head_has_all_headers_and_no_body(ask, way):
    get, head = ask(way), ask(way, "HEAD")

    assert head.headers == get.headers
    assert (head.status_code, body(head)) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(ask, method):
    response = ask("send", method)

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_error_of_an_api_is_sent_whole_whatever_the_client_has():
    request = RequestFactory().get("/", headers={"If-None-Match": "*"})

    assert send(request, b"{}", "application/json", status=404).status_code == 404


# ---- files ----
def test_two_clients_read_one_file_independently():
    file = keep("a", "text/plain", [b"abc" * files.PIECE])

    first, second = file.pieces(), file.pieces()

    assert [next(first), next(second)] == [(b"abc" * files.PIECE)[: files.PIECE]] * 2
    assert b"".join(first) + b"".join(second) == 2 * (b"abc" * files.PIECE)[files.PIECE :]


def test_places_are_few_and_come_back(ask):
    file = keep("a", "text/plain", [b"abc"])
    taken = [file.pieces() for _ in range(files.AT_ONCE)]

    with pytest.raises(Busy):
        file.pieces()
    busy = ask("send_file")
    for each in taken:
        each.close()
        each.close()  # the server may do it twice

    assert (busy.status_code, busy.headers["Cache-Control"]) == (503, "no-store")
    assert [list(file.pieces()) for _ in range(files.AT_ONCE + 1)] == [[b"abc"]] * (files.AT_ONCE + 1)


@pytest.mark.django_db
def test_download_that_was_never_read_gives_its_place_back(ask):
    for _ in range(files.AT_ONCE + 1):
        response = ask("send_file")
        response.close()

        assert response.status_code == 200


def test_client_that_takes_too_long_is_cut_off(monkeypatch):
    pieces = keep("a", "text/plain", [b"abc" * files.PIECE]).pieces()
    next(pieces)
    monkeypatch.setattr(files, "monotonic", lambda: pieces.since + files.PATIENCE + 60)

    with pytest.raises(TimeoutError):
        next(pieces)
    pieces.close()


def test_file_has_no_name_and_ends_with_its_last_reader(tmp_path):
    file = keep("a", "text/plain", [b"abc"])
    at = file.descriptors[""]
    pieces = file.pieces()

    del file

    assert list(tmp_path.iterdir()) == []
    assert list(pieces) == [b"abc"]
    del pieces
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(at)
