import encodings

import pytest
from django.test import Client

from contact.origin import MOST_BYTES
from tests.contact import pages
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db

ADDRESSES = ["/kontakt/rueckruf/", "/kontakt/video/", "/kontakt/code/"]
OWN, FOREIGN = "http://testserver", "https://evil.example"
COMBINATIONS = [
    ({"Sec-Fetch-Site": "same-origin"}, 200),
    ({"Sec-Fetch-Site": "same-origin", "Origin": OWN}, 200),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),  # so send browsers that were told to send no referrer
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, 403),
    ({"Sec-Fetch-Site": "none"}, 403),
    ({"Sec-Fetch-Site": ""}, 403),
    ({"Sec-Fetch-Site": "same-origin, cross-site"}, 403),
    ({"Origin": OWN}, 200),
    ({"Origin": "https://testserver"}, 403),
    ({"Origin": f"{OWN}:8000"}, 403),
    ({"Origin": f"{OWN}.evil.example"}, 403),
    ({"Origin": FOREIGN}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": ""}, 403),
    ({"Referer": f"{OWN}/kontakt/"}, 403),
    ({}, 403),
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(("headers", "expected"), COMBINATIONS, ids=str)
def test_form_is_taken_from_our_own_pages_only(address, headers, expected):
    response = Visitor(enforce_csrf_checks=True, headers=headers).post(address)

    assert response.status_code == expected
    assert (pages.heading(response) == "Das haben wir nicht angenommen") is (expected == 403)


@pytest.mark.parametrize("address", [*ADDRESSES, "/kontakt/"])
def test_page_may_be_opened_from_anywhere(address):
    response = Client().get(address, headers={"Sec-Fetch-Site": "cross-site", "Origin": FOREIGN, "Referer": FOREIGN})

    assert response.status_code == 200


def test_refusal_tells_the_number_to_call_and_keeps_nothing():
    response = Visitor(headers={"Origin": FOREIGN}).post(ADDRESSES[0], {"message": "Geheimes"})

    assert pages.HOTLINE in pages.main(response)
    assert "Geheimes" not in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_not_there(visitor, address, method):
    assert getattr(visitor, method)(address).status_code == 405


@pytest.mark.parametrize(("size", "expected"), [(MOST_BYTES, 200), (MOST_BYTES + 1, 413), (11_000_000, 413)])
def test_body_longer_than_any_of_our_forms_is_not_read(visitor, size, expected):
    response = visitor.post(ADDRESSES[2], b"x" * size, content_type="application/x-www-form-urlencoded")

    assert response.status_code == expected
    assert (pages.heading(response) == "Das haben wir nicht angenommen") is (expected == 413)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data", "application/json", ""])
@pytest.mark.parametrize("address", ADDRESSES)
def test_body_of_a_kind_that_no_form_of_ours_sends_is_not_read(visitor, address, kind):
    """Each unknown name of letters in the parts of such a body would stay in memory for ever."""
    unknown = len(encodings._cache)
    part = "--x\r\nContent-Disposition: form-data; name=message; a*=gibt-es-nicht''%41\r\n\r\nHallo\r\n--x--\r\n"

    response = visitor.post(address, part.encode(), content_type=kind)

    assert (response.status_code, pages.heading(response)) == (403, "Das haben wir nicht angenommen")
    assert len(encodings._cache) == unknown
