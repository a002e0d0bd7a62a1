"""docs/url-contract.md says what the code does: partners have it in writing."""

import re

import pytest
from django.conf import settings
from django.urls import URLResolver, get_resolver

from directory.filters import RETIRED, OfferFilter
from directory.parameters import MOST_TEXT, MOST_VALUES
from directory.views.finder import OfferListView

pytestmark = pytest.mark.django_db
CONTRACT = (settings.BASE_DIR / "docs" / "url-contract.md").read_text(encoding="utf-8")


def spans(text):
    """What stands in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def section(title):
    """The text below a heading, up to the next heading of any level."""
    return re.search(rf"^##+ {re.escape(title)}$(.*?)(?=^#|\Z)", CONTRACT, re.MULTILINE | re.DOTALL)[1]


def rows(text):
    """(value, name) of a table with these two columns."""
    return re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, re.MULTILINE)


def paths(patterns, before="/"):
    """Every path that the code answers, as the document writes it; the admin is one."""
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and pattern.app_name != "admin":
            yield from paths(pattern.url_patterns, path)
        else:
            yield re.sub(r"<\w+:(\w+)>", r"<\1>", path)


PATHS = list(paths(get_resolver().url_patterns))
COPIED = [span for span in spans(section("Links to copy")) if span.startswith("/")]
FINDER_LINKS = sorted({span for span in spans(CONTRACT) if span.startswith("/angebote/?")})


# ---- everything is named ----
def test_every_path_is_named():
    assert [path for path in PATHS if path not in spans(CONTRACT)] == []


def test_parameters_stand_in_their_canonical_order():
    assert [name for name, _ in rows_of_parameters()] == list(OfferFilter.base_filters)


def test_repeatable_parameters_are_those_with_several_values():
    several = [name for name, each in OfferFilter.base_filters.items() if hasattr(each, "terms")]

    assert [name for name, repeatable in rows_of_parameters() if repeatable == "yes"] == several


def rows_of_parameters():
    return re.findall(r"^\| `(\w+)` \| (yes|no) \|", section("Finder parameters"), re.MULTILINE)


@pytest.mark.parametrize("name", OfferFilter.FACETS)
def test_values_are_those_of_the_finder(real_catalogue, name):
    each = OfferFilter.base_filters[name]
    values = {value: each.label_of(real_catalogue, value) for value in each.terms(real_catalogue)}

    assert dict(rows(section(f"`{name}`"))) == values


def test_regions_are_those_of_the_finder(real_catalogue):
    text = section("`region`")

    assert rows(text) == [(area.slug, area.name) for area in real_catalogue.states]
    assert [slug for slug in spans(text) if slug not in real_catalogue.areas] == []


def test_retired_values_are_named_with_their_successors():
    retired = {value for values in RETIRED.values() for pair in values.items() for value in pair}

    assert retired - set(spans(section("Retired values"))) == set()


def test_limits_are_those_of_the_code():
    assert f"a text {MOST_TEXT} characters are read, of a parameter {MOST_VALUES} values" in CONTRACT
    assert f"More than {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} parameters" in CONTRACT
    assert f"{OfferListView.paginate_by} offers each" in CONTRACT


# ---- methods ----
@pytest.mark.parametrize("path", [path for path in PATHS if "<" not in path and path != "/redaktion/"])
def test_methods_of_no_page_and_no_form_are_refused(client, path):
    assert client.put(path).status_code == 405


# ---- every example works ----
def test_every_link_to_copy_is_canonical_and_shows_offers(real_directory, client):
    answers = {link: client.get(link) for link in COPIED}
    finders = {link: answers[link].context["filter"] for link in COPIED if link in FINDER_LINKS}

    assert {link: answer for link, answer in answers.items() if answer.status_code != 200} == {}
    assert {link: found.url() for link, found in finders.items() if found.url() != link} == {}
    assert [link for link, found in finders.items() if found.notices or not found.qs.count()] == []
    assert len(COPIED) >= 10


def test_every_finder_link_answers_with_offers(real_directory, client):
    answers = {link: client.get(link) for link in FINDER_LINKS}

    assert {link: answer for link, answer in answers.items() if answer.status_code != 200} == {}
    assert [link for link, answer in answers.items() if b'class="card"' not in answer.content] == []
    assert len(FINDER_LINKS) >= 15
