"""The first steps that the portal starts with: readable, dated, and with the law that they rest on."""

import json
import re

import pytest
from django.conf import settings

from directory.staff_text import staff_text
from tests.factories import make_threat_type

THREATS = {
    row["fields"]["slug"]: row["fields"]
    for row in json.loads((settings.BASE_DIR / "fixtures" / "taxonomies.json").read_text(encoding="utf-8"))
    if row["model"] == "directory.threattype"
}
# all paragraphs that the editors have checked, by their law
LAW = {
    "StGB": "77b 111 123 126 126a 130 140 185 186 187 188 194 201a 223 238 240 241 303".split(),
    "BMG": ["51"],
    "GewSchG": ["1"],
}
PARAGRAPHS = re.compile(r"§§? ([\dab, ]+?)(?: ff\.)? (StGB|BMG|GewSchG)")


def cited(text):
    return {(number, law) for numbers, law in PARAGRAPHS.findall(text) for number in numbers.split(", ")}


def test_all_ten_threats_have_first_steps():
    assert len(THREATS) == 10


@pytest.mark.parametrize("slug", THREATS)
def test_first_steps_are_as_long_as_somebody_under_stress_can_read(slug):
    words = re.sub(r"\]\([^)]*\)|[#*\[\]-]", " ", THREATS[slug]["first_steps"]).split()

    assert 120 <= len(words) <= 250
    assert THREATS[slug]["first_steps_on"] == "2026-11-22"


@pytest.mark.parametrize("slug", THREATS)
def test_first_steps_begin_with_the_emergency_call(slug):
    first = THREATS[slug]["first_steps"].split("\n\n")[0]

    assert "[110](tel:110)" in first


@pytest.mark.parametrize("slug", THREATS)
def test_first_steps_cite_only_checked_law_and_the_deadline(slug):
    text = THREATS[slug]["first_steps"]

    checked = {(number, law) for law, numbers in LAW.items() for number in numbers}
    assert cited(text) - checked == set()
    assert len(cited(text) - {("77b", "StGB")}) >= 3
    assert ("77b", "StGB") in cited(text)
    assert "drei Monate" in text
    # every other § names its law, too; only § 188 is spoken of a second time
    assert "§" not in PARAGRAPHS.sub("", text).replace("Bei § 188 kann", "").replace("die Justiz § 188 auch", "")


@pytest.mark.parametrize("slug", THREATS)
def test_first_steps_become_headings_lists_and_working_links(slug):
    html = staff_text(THREATS[slug]["first_steps"])

    assert html.count("<h3>") >= 3
    assert "<ul>" in html
    assert 'href="tel:110"' in html
    assert [mark for mark in ("**", "##", "](") if mark in html] == []


@pytest.mark.parametrize("slug", THREATS)
def test_first_steps_name_no_number_but_the_emergency_ones(slug):
    assert set(re.findall(r"tel:(\d+)", THREATS[slug]["first_steps"])) <= {"110", "112"}


@pytest.mark.parametrize("slug", THREATS)
def test_links_of_first_steps_show_offers(client, monkeypatch, real_catalogue, slug):
    monkeypatch.setattr("directory.catalogue.current", lambda: real_catalogue)
    links = re.findall(r"\]\((/[^)]*)\)", THREATS[slug]["first_steps"])

    for link in links:
        response = client.get(link)
        assert response.status_code == 200, link
        if link.startswith("/angebote/"):
            assert response.context["page_obj"].paginator.count > 0, link
            assert not response.context["filter"].notices, link


@pytest.mark.django_db
def test_threat_page_shows_first_steps_with_their_date_and_what_they_are_not(client):
    fields = THREATS["hass-im-netz"]
    make_threat_type(slug="hass", first_steps=fields["first_steps"], first_steps_on=fields["first_steps_on"])

    html = client.get("/bedrohung/hass/").content.decode()

    assert "<h3>Was das Gesetz sagt</h3>" in html
    assert "Das ist allgemeine Information, keine Rechtsberatung (Stand: 22. November 2026)." in html
