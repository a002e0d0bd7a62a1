"""Which encoding a client gets."""

import pytest

from directory.packing import best_encoding


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br ; q = 0.000, GZIP", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("identity", ""),
        ("x-gzip-not", ""),
        ("", ""),
    ],
)
def test_encoding_is_one_that_the_client_takes(header, encoding):
    assert best_encoding(header) == encoding


def test_encoding_that_is_not_at_hand_is_not_chosen():
    assert best_encoding("br, gzip", ("gzip",)) == "gzip"
    assert best_encoding("br", ("gzip",)) == ""
