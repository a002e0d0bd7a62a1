import pytest
from django.test import Client

from contact.origin import MOST_BYTES
from tests.contact import pages

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
    response = Client(enforce_csrf_checks=True, headers=headers).post(address)

    assert response.status_code == expected
    assert (pages.heading(response) == "Das haben wir nicht angenommen") is (expected == 403)


@pytest.mark.parametrize("address", [*ADDRESSES, "/kontakt/"])
def test_page_may_be_opened_from_anywhere(address):
    response = Client().get(address, headers={"Sec-Fetch-Site": "cross-site", "Origin": FOREIGN, "Referer": FOREIGN})

    assert response.status_code == 200


def test_refusal_tells_the_number_to_call_and_keeps_nothing():
    response = Client(headers={"Origin": FOREIGN}).post(ADDRESSES[0], {"message": "Geheimes"})

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


def test_file_is_not_read_either(visitor, tmp_path):
    upload = tmp_path / "11-mb"
    upload.write_bytes(b"x" * 11_000_000)

    with upload.open("rb") as file:
        assert visitor.post(ADDRESSES[0], {"message": file}).status_code == 413
