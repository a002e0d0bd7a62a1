"""A dead number is the worst that this portal can show: every number on a page is the one of fixtures/offers.json."""

import json
import re

import pytest

from directory.models import Region, ThreatType
from tests import offers_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_directory")]

PHONE_LINK = re.compile(r'<a [^>]*href="tel:([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
CARD = re.compile(r'<article class="card">(.*?)</article>', re.DOTALL)
OFFER_LINK = re.compile(r'<a href="/angebote/([^/"]+)/">')
EVERY_PAGE = ["+498003009944", "110"]  # of the header
EMERGENCY = {"110", "112"}


@pytest.fixture(scope="module")
def numbers_of_file():
    return {offer["slug"]: offer["phones"] for offer in offers_file.published()}


def html_of(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def list_pages():
    """Addresses of every page with cards: the whole finder and each browsing page."""
    yield from (f"/angebote/?seite={number}" for number in range(1, -(-len(offers_file.published()) // 20) + 1))
    yield from (f"/bedrohung/{slug}/" for slug in ThreatType.objects.values_list("slug", flat=True))
    yield from (f"/land/{slug}/" for slug in Region.objects.filter(kind="state").values_list("slug", flat=True))
    yield from (f"/akteure/{slug}/" for slug in {offer["organization"][0] for offer in offers_file.published()})


def numbers_on_cards(html):
    """(slug of the offer, its numbers) for each card."""
    for card in CARD.findall(html):
        yield OFFER_LINK.search(card)[1], [number for number, _ in PHONE_LINK.findall(card)]


def as_dialled(number):
    """The digits that somebody in Germany dials for a stored number."""
    return re.sub(r"\D", "", re.sub(r"^\+49", "0", number))


def test_offer_pages_link_exactly_the_numbers_of_the_file(client, numbers_of_file):
    shown, expected = {}, {}
    for slug, numbers in numbers_of_file.items():
        response = client.get(f"/angebote/{slug}/")
        shown[slug] = [number for number, _ in PHONE_LINK.findall(response.content.decode())]
        similar = [number for other in response.context["similar"] for number in numbers_of_file[other.slug]]
        expected[slug] = [*EVERY_PAGE, *numbers, *similar]

    assert shown == expected


def test_structured_data_name_exactly_the_numbers_of_the_file(client, numbers_of_file):
    shown = {}
    for slug in numbers_of_file:
        [block] = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', html_of(client, f"/angebote/{slug}/")
        )
        channel = json.loads(block).get("availableChannel", {})
        shown[slug] = [contact["telephone"] for contact in channel.get("servicePhone", [])]

    assert shown == numbers_of_file


def test_cards_of_every_list_link_exactly_the_numbers_of_the_file(client, numbers_of_file):
    wrong, seen = [], set()
    for path in list_pages():
        for slug, numbers in numbers_on_cards(html_of(client, path)):
            seen.add(slug)
            if numbers != numbers_of_file[slug]:
                wrong.append((path, slug, numbers))

    assert wrong == []
    assert seen == set(numbers_of_file)


def test_every_number_is_written_as_it_is_dialled(client, numbers_of_file):
    paths = [*(f"/angebote/{slug}/" for slug in numbers_of_file), *list_pages()]
    links = {link for path in paths for link in PHONE_LINK.findall(html_of(client, path))}
    digits = {(number, re.sub(r"\D", "", re.sub(r"<[^>]*>", "", text))) for number, text in links}

    assert {(number, written) for number, written in digits if written != as_dialled(number)} == set()
    assert {number for number, _ in digits} - EMERGENCY == {n for numbers in numbers_of_file.values() for n in numbers}


def test_finder_shows_at_least_seven_offers_of_each_land(client):
    counts = {}
    for slug in Region.objects.filter(kind="state").values_list("slug", flat=True):
        own = client.get("/angebote/", {"region": slug, "ebene": "land"}).context["filter"].qs
        everything = client.get("/angebote/", {"region": slug}).context["filter"].qs
        expected = {offer["slug"] for offer in offers_file.published() if [slug] in offer["regions"]}
        assert {offer.slug for offer in own} == expected
        assert everything.count() == len(expected) + len(offers_file.names())
        counts[slug] = own.count()

    assert len(counts) == 16
    assert {slug: count for slug, count in counts.items() if count < 7} == {}
