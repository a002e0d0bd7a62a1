"""Links that were published. A line of links.txt is a promise: repair the portal, never the line."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command

from directory import parameters
from directory.views.partner import PartnerFilter

LIST_PATHS = ("/angebote/", "/einbetten/angebote/", "/partner/")
PAGES_WITH_OFFERS = ("/angebote/", "/einbetten/angebote/", "/land/", "/bedrohung/")


def published():
    """(status, path and query) of every line."""
    lines = (Path(__file__).parents[1] / "links.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            status, _, link = line.rpartition(" ")
            yield int(status or 200), link


def broken(client, status, link):
    """What a reader of `link` would miss; "" when nothing."""
    response = client.get(link)
    if response.status_code != status:
        return f"{link}: status {response.status_code}"
    if status == 301:
        return broken(client, 200, response["Location"])
    path = urlsplit(link).path
    if path in LIST_PATHS and (found := response.context["filter"]) and (found.notices or not found.qs.count()):
        return f"{link}: {found.qs.count()} offers, {[notice.text for notice in found.notices]}"
    if path.startswith(PAGES_WITH_OFFERS) and 'class="card"' not in response.content.decode():
        return f"{link}: no offer"
    return ""


@pytest.mark.django_db
def test_published_links_answer(client):
    call_command("load_directory", verbosity=0)

    assert list(filter(None, (broken(client, status, link) for status, link in published()))) == []


def test_published_links_cover_the_contract(real_catalogue):
    links = [link for _, link in published()]
    queries = [parse_qs(urlsplit(link).query) for link in links]
    used = {(name, value) for query in queries for name, values in query.items() for value in values}

    missing = set(PartnerFilter.base_filters) - {name for name, _ in used}
    missing |= {f"/land/{area.slug}/" for area in real_catalogue.states} - set(links)
    missing |= {f"/bedrohung/{slug}/" for slug in real_catalogue.threat_types} - set(links)
    for name, values in (
        ("region", [area.slug for area in real_catalogue.states]),
        ("hilfe", real_catalogue.support_types),
        ("merkmal", parameters.FEATURES),
        ("zielgruppe", parameters.AUDIENCES),
        ("ebene", parameters.LEVELS),
    ):
        missing |= {(name, value) for value in values} - used
    assert missing == set()
