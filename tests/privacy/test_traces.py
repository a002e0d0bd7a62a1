"""No file of the portal, and nothing that it prints, holds what a visitor has sent or where they sent it from."""

import re
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest

from tests.privacy.search import found_in, spellings
from tests.privacy.visit import visit


@pytest.mark.parametrize("before", ["", "x", "xy"])
def test_search_finds_a_text_in_every_coding(before):
    mark = "Pfefferkorn äöü"
    haystacks = {
        "UTF-8": before.encode() + mark.encode(),
        "UTF-16 LE": (before + mark).encode("utf-16-le"),
        "UTF-16 BE": (before + mark).encode("utf-16-be"),
        "base64": b64encode((before + mark + "z").encode()),
        "base64 for addresses": urlsafe_b64encode((before + mark + "z").encode()),
        "URL": quote(before + mark).encode(),
        "form": quote_plus(before + mark).encode(),
        "JSON": (before + mark).encode("ascii", "backslashreplace"),
        "hexadecimal": (before + mark).encode().hex().encode(),
    }

    assert [name for name, hay in haystacks.items() if not any(each in hay for each in spellings(mark))] == []


def test_search_says_what_it_found_where():
    files = {"log": b"GET /?q=Sanddorn%20xy", "row": b"nothing"}

    assert found_in(files, {"word": "Sanddorn xy", "other": "Quitte"}) == [("word", "log")]


def test_marked_visit_leaves_no_trace(tmp_path):
    """The same as `make privacy`."""
    traces = visit(tmp_path / "var")

    assert (traces.astray, traces.unseen) == ([], [])
    assert traces.found == []
    assert [path for path in (tmp_path / "var" / "tmp").rglob("*") if path.is_file()] == []
    assert not re.search(rb"POST|/kontakt/|/angebote/", (tmp_path / "var" / "server.output").read_bytes())
