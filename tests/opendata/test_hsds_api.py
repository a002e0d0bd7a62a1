"""The API of HSDS 3.0 under /daten/hsds/: lists, pages, filters, single objects, what is refused."""

import json
import re
import shlex
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import catalogue
from directory.models import Offer
from directory.opendata import edition, record
from directory.opendata.hsds import Hsds, identify
from directory.opendata.hsds_api import MOST_PER_PAGE, RESOURCES
from directory.opendata.openapi import PAGE
from tests.factories import (
    make_language,
    make_offer,
    make_organization,
    make_region,
    make_support_type,
    make_threat_type,
)
from tests.opendata.hsds_schema import faults

pytestmark = pytest.mark.django_db
SERVICES = "/daten/hsds/services"
HOW_TO = (settings.BASE_DIR / "docs" / "how-to" / "harvest.md").read_text(encoding="utf-8")


def ask(client, path, **parameters):
    response = client.get(path, parameters)
    assert response.status_code == 200
    return json.loads(response.getvalue())


def slugs(page):
    return [service["slug"] for service in page["contents"]]


def make_full_offer(**fields):
    return make_offer(
        regions=[make_region(name=f"Land {Offer.objects.count()}")],
        threat_types=[make_threat_type()],
        support_types=[make_support_type()],
        languages=[make_language()],
        phones=["+4930123456"],
        emails=["hilfe@example.org"],
        cities=["Pirna", "Aue"],
        opening_hours="Mo-Fr 09:00-16:00; PH off",
        free_of_charge=True,
        **fields,
    )


def changed(offer, day):
    Offer.objects.filter(pk=offer.pk).update(updated_at=datetime(2026, 3, day, 12, tzinfo=UTC))


# ---- pages ----
@pytest.mark.parametrize(
    ("page", "per_page", "expected"),
    [
        (1, 2, (2, 3, True, False, False, ["a", "b"])),
        (2, 2, (2, 3, False, False, False, ["c", "d"])),
        (3, 2, (1, 3, False, True, False, ["e"])),
        (4, 2, (0, 3, False, True, True, [])),
        (1, 5, (5, 1, True, True, False, ["a", "b", "c", "d", "e"])),
        (10**18, 1, (0, 5, False, True, True, [])),
    ],
)
def test_pages(client, page, per_page, expected):
    for slug in "ecabd":
        make_offer(slug=slug)

    found = ask(client, SERVICES, page=page, per_page=per_page)

    names = ("size", "total_pages", "first_page", "last_page", "empty")
    assert (*(found[name] for name in names), slugs(found)) == expected
    assert (found["total_items"], found["page_number"]) == (5, page)
    assert list(found) == [*PAGE, "contents"]


def test_nothing_published_is_one_empty_page(client):
    found = ask(client, SERVICES)

    assert found == {
        "total_items": 0,
        "total_pages": 0,
        "page_number": 1,
        "size": 0,
        "first_page": True,
        "last_page": True,
        "empty": True,
        "contents": [],
    }


# ---- what is there ----
def test_services_are_short_in_lists_and_full_on_request(client):
    offer = make_full_offer()

    short = ask(client, SERVICES)["contents"][0]
    full = ask(client, SERVICES, full="true")["contents"][0]

    made = Hsds(record.vocabulary())
    assert full == made.service(record.offer_record(Offer.objects.for_page().get()))
    assert short == {name: value for name, value in full.items() if not isinstance(value, (list, dict))}
    assert ask(client, f"{SERVICES}/{identify('service', offer.slug)}") == full


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_listed_object_is_valid_and_has_an_address(client, resource):
    for _ in range(2):
        make_full_offer()

    listed = ask(client, f"/daten/hsds/{resource.name}")["contents"]

    objects = [ask(client, f"/daten/hsds/{resource.name}/{each['id']}") for each in listed]
    assert [each["id"] for each in objects] == [each["id"] for each in listed]
    assert [fault for each in [*listed, *objects] for fault in faults(resource.schema, each)] == []
    assert len(objects) >= 2


def test_organization_names_its_services(client):
    actor = make_organization(slug="traeger")
    make_offer(slug="b", name="B", organization=actor)
    make_offer(slug="a", name="A", organization=actor, status="temporarily closed")
    make_offer(slug="c", organization=actor, status="draft")
    make_offer()

    found = ask(client, f"/daten/hsds/organizations/{identify('organization', 'traeger')}")

    assert found["services"] == [
        {"id": identify("service", "a"), "name": "A", "status": "temporarily closed"},
        {"id": identify("service", "b"), "name": "B", "status": "active"},
    ]


def test_service_at_locations_are_one_for_each_town(client):
    make_offer(slug="a", cities=["Pirna", "Aue"])
    make_offer(slug="b", cities=["Aue"])
    make_offer(slug="c", cities=["Aue"], status="draft")

    found = ask(client, "/daten/hsds/service_at_locations")["contents"]

    pairs = [(each["service_id"], each["location"]["name"]) for each in found]
    assert pairs == [
        (identify("service", "a"), "Aue"),
        (identify("service", "a"), "Pirna"),
        (identify("service", "b"), "Aue"),
    ]


def test_service_areas_have_official_keys(client):
    land = make_region(name="Land A", slug="land-a", official_key="13", iso_code="DE-MV")
    kreis = make_region(name="Kreis B", slug="kreis-b", parent=land, official_key="13072")
    make_offer(slug="a", regions=[land, kreis])
    make_offer(slug="b")

    found = ask(client, SERVICES, full="true")["contents"]

    areas = [[(area["extent"], area["uri"]) for area in service["service_areas"]] for service in found]
    assert areas == [
        [
            ("13072", "http://dcat-ap.de/def/politicalGeocoding/districtKey/13072"),
            ("13", "http://dcat-ap.de/def/politicalGeocoding/stateKey/13"),
        ],
        [("DE", "http://publications.europa.eu/resource/authority/country/DEU")],
    ]


# ---- what must not be there ----
def test_drafts_and_internal_fields_appear_nowhere(client):
    secret = {"editorial_note": "GEHEIM-Notiz", "confidence": "low"}
    draft = make_full_offer(slug="entwurf", status="draft", name="GEHEIM-Entwurf", **secret)
    make_full_offer(slug="da", **secret)
    paths = [f"/daten/hsds/{resource.name}" for resource in RESOURCES] + ["/daten/hsds.json"]

    bodies = [client.get(path).getvalue().decode() for path in paths]
    bodies += [client.get(f"{SERVICES}?full=true&modified_after=2020-01-01").getvalue().decode()]

    assert "da" in bodies[0]
    assert [body for body in bodies if "GEHEIM" in body or "confidence" in body or "review_due" in body] == []
    assert client.get(f"{SERVICES}/{identify('service', draft.slug)}").status_code == 404
    organization = identify("organization", draft.organization.slug)
    assert client.get(f"/daten/hsds/organizations/{organization}").status_code == 404


def test_ended_service_keeps_its_address_and_says_only_that_it_ended(client):
    offer = make_full_offer(slug="weg", name="War einmal", status="defunct")
    changed(offer, 5)

    found = ask(client, f"{SERVICES}/{identify('service', 'weg')}")

    assert found == {
        "id": identify("service", "weg"),
        "organization_id": identify("organization", offer.organization.slug),
        "name": "War einmal",
        "status": "defunct",
        "last_modified": "2026-03-05T12:00:00+00:00",
        "slug": "weg",
    }
    assert slugs(ask(client, SERVICES)) == []


# ---- filters ----
def test_modified_after_takes_that_moment_and_what_ended_since(client):
    for slug, day, status in (
        ("alt", 1, "active"),
        ("genau", 5, "active"),
        ("neu", 9, "temporarily closed"),
        ("vorher-weg", 4, "defunct"),
        ("jetzt-weg", 6, "defunct"),
        ("entwurf", 9, "draft"),
    ):
        changed(make_offer(slug=slug, status=status), day)

    found = ask(client, SERVICES, modified_after="2026-03-05T12:00:00Z")

    assert [(each["slug"], each["status"]) for each in found["contents"]] == [
        ("genau", "active"),
        ("jetzt-weg", "defunct"),
        ("neu", "temporarily closed"),
    ]
    assert slugs(ask(client, SERVICES, modified_after="2026-03-05T13:00:00+01:00")) == slugs(found)
    assert slugs(ask(client, SERVICES, modified_after="2026-03-05T13:00:00")) == slugs(found)  # German time
    assert slugs(ask(client, SERVICES, modified_after="2026-03-09")) == ["neu"]


def test_search_gives_the_best_hits_first(client):
    make_offer(slug="actor", organization=make_organization(name="Drohbrief e. V."))
    make_offer(slug="name", name="Drohbrief-Telefon")
    make_offer(slug="anderes", name="Rechtsschutz")

    assert slugs(ask(client, SERVICES, search="Drohbrief")) == ["name", "actor"]
    assert slugs(ask(client, SERVICES, search="xqzwvk")) == []


def test_terms_and_organizations_narrow_services(client):
    threat, support = make_threat_type(slug="stalking"), make_support_type(slug="recht")
    actor = make_organization(slug="traeger", sector="justice")
    make_offer(slug="a", threat_types=[threat], organization=actor)
    make_offer(slug="b", threat_types=[threat], support_types=[support], audience="open")
    make_offer(slug="c")

    def narrowed(*term):
        return slugs(ask(client, SERVICES, taxonomy_term_id=identify("taxonomy_term", *term)))

    assert narrowed("threat_types", "stalking") == ["a", "b"]
    assert narrowed("support_types", "recht") == ["b"]
    assert narrowed("audience", "municipal") == ["a", "c"]
    assert narrowed("level", "federal") == ["a", "b", "c"]
    assert narrowed("sector", "justice") == ["a"]
    assert narrowed("sector", "unknown") == []
    assert slugs(ask(client, SERVICES, organization_id=identify("organization", "traeger"))) == ["a"]
    assert slugs(ask(client, SERVICES, organization_id=identify("organization", "unknown"))) == []


def test_search_in_other_lists(client):
    make_offer(name="Drohbrief-Telefon", organization=make_organization(slug="a"), cities=["Aue"])
    make_offer(name="Rechtsschutz", organization=make_organization(slug="b"), cities=["Ulm"])
    make_threat_type(name="Nachstellen", description="Jemand späht Sie aus.", slug="stalking")
    make_threat_type(name="Angriff")

    def found(name, **parameters):
        return ask(client, f"/daten/hsds/{name}", **parameters)["contents"]

    assert [each["slug"] for each in found("organizations", search="Drohbrief")] == ["a"]
    at_locations = found("service_at_locations", search="Drohbrief")
    assert [each["location"]["name"] for each in at_locations] == ["Aue"]
    assert [each["code"] for each in found("taxonomy_terms", search="SPÄHT")] == ["stalking"]
    assert [each["name"] for each in found("taxonomies", search="zielgruppe")] == ["Zielgruppe"]
    threats = found("taxonomy_terms", taxonomy_id=identify("taxonomy", "threat_types"))
    assert sorted(each["name"] for each in threats) == ["Angriff", "Nachstellen"]


# ---- what is refused ----
@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("page=0", "page", "Ensure this value is greater than or equal to 1."),
        ("page=eins", "page", "Enter a whole number."),
        ("per_page=0", "per_page", "Ensure this value is greater than or equal to 1."),
        (
            f"per_page={MOST_PER_PAGE + 1}",
            "per_page",
            f"Ensure this value is less than or equal to {MOST_PER_PAGE}.",
        ),
        ("modified_after=gestern", "modified_after", "Enter a valid date/time."),
        ("modified_after=24.11.2026", "modified_after", "Enter a valid date/time."),
        (
            "modified_after=0001-01-01",
            "modified_after",
            "Ensure this value is greater than or equal to 1970-01-01 00:00:00+00:00.",
        ),
        (
            "modified_after=9999-12-31T23:59:59-23:59",
            "modified_after",
            "Ensure this value is less than or equal to 9000-01-01 00:00:00+00:00.",
        ),
        ("organization_id=1", "organization_id", "Enter a valid UUID."),
        ("search=a%00b", "search", "Null characters are not allowed."),
        (
            "full=vielleicht",
            "full",
            "Select a valid choice. vielleicht is not one of the available choices.",
        ),
        (
            "postcode=18055",
            "postcode",
            "Unknown parameter. Known ones: page, per_page, search, taxonomy_term_id, organization_id, "
            "modified_after, full.",
        ),
    ],
)
def test_wrong_parameters_are_refused_in_english(client, query, name, message):
    response = client.get(f"{SERVICES}?{query}")

    assert response.status_code == 400
    assert response.json() == {"errors": {name: [message]}}
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
@pytest.mark.parametrize("identifier", ["1", "00000000-0000-4000-8000-000000000000", quote("ä b")])
def test_unknown_objects_answer_404_as_json(client, resource, identifier):
    response = client.get(f"/daten/hsds/{resource.name}/{identifier}")

    assert response.status_code == 404
    assert response.json() == {"errors": {"id": [f"There is no such object among the {resource.name}."]}}


def test_nothing_can_be_written(client):
    assert client.post(SERVICES).status_code == 405


# ---- answers ----
@pytest.mark.parametrize("path", ["", "services", "organizations", "taxonomies"])
def test_answers_are_open_to_every_website_and_can_be_compared(client, path):
    make_offer()
    first = client.get(f"/daten/hsds/{path}")

    again = client.get(f"/daten/hsds/{path}", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Type"] == "application/json"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert (again.status_code, again.content) == (304, b"")


def test_version_object(client):
    openapi = "http://testserver/daten/openapi.json"
    assert ask(client, "/daten/hsds/") == {
        "version": "3.0",
        "profile": f"{openapi}#/components/schemas",
        "openapi_url": openapi,
    }


def test_file_holds_everything_in_full(client):
    make_full_offer(slug="b")
    make_full_offer(slug="a")
    make_offer(slug="c", status="defunct")

    found = ask(client, "/daten/hsds.json")

    assert found.pop("version") == "3.0"
    for name in ("services", "taxonomies", "taxonomy_terms"):
        full = {"full": "true"} if name == "services" else {}
        assert found[name] == ask(client, f"/daten/hsds/{name}", **full)["contents"]
    assert found["organizations"] == ask(client, "/daten/hsds/organizations")["contents"]
    assert list(found) == ["taxonomies", "taxonomy_terms", "organizations", "services"]


def test_file_of_an_empty_directory_is_json(client):
    found = ask(client, "/daten/hsds.json")

    assert (found["services"], found["organizations"]) == ([], [])


@pytest.mark.parametrize(
    "path",
    [
        f"{SERVICES}?full=true",
        f"{SERVICES}?modified_after=2020-01-01",
        "/daten/hsds/organizations",
        "/daten/hsds/service_at_locations",
        "/daten/hsds.json",
    ],
)
def test_queries_do_not_grow_with_the_offers(client, path):
    def queries():
        catalogue.forget()
        catalogue.current()
        edition.forget()
        with CaptureQueriesContext(connection) as captured:
            client.get(path).getvalue()
        return len(captured)

    make_full_offer()
    with_one = queries()
    for _ in range(2):
        make_full_offer()
    make_offer(status="defunct")

    assert queries() == with_one


def test_another_page_of_one_version_asks_only_for_its_offers(client, django_assert_num_queries):
    make_full_offer()
    ask(client, SERVICES, full="true")

    with django_assert_num_queries(9):
        ask(client, SERVICES, full="true")
    with django_assert_num_queries(0):
        ask(client, "/daten/hsds/taxonomy_terms")


# ---- descriptions ----
def test_openapi_names_every_path_and_parameter(client):
    found = ask(client, "/daten/openapi.json")

    assert found["openapi"] == "3.1.0"
    assert found["servers"] == [{"url": "/daten"}]
    for resource in RESOURCES:
        listed = found["paths"][f"/hsds/{resource.name}"]["get"]
        assert [each["name"] for each in listed["parameters"]] == list(resource.form.base_fields)
        assert f"/hsds/{resource.name}/{{id}}" in found["paths"]
    assert {each["name"]: each["schema"] for each in found["paths"]["/hsds/services"]["get"]["parameters"]} == {
        "page": {"type": "integer", "minimum": 1},
        "per_page": {"type": "integer", "minimum": 1, "maximum": 200},
        "search": {"type": "string", "maxLength": 200},
        "taxonomy_term_id": {"type": "string", "format": "uuid"},
        "organization_id": {"type": "string", "format": "uuid"},
        "modified_after": {"type": "string", "format": "date-time"},
        "full": {"type": "boolean"},
    }


def test_openapi_refers_only_to_what_it_holds(client):
    response = client.get("/daten/openapi.json")

    names = set(re.findall(r"#/components/schemas/(\w+)", response.content.decode()))
    assert names - response.json()["components"]["schemas"].keys() == set()
    operations = re.findall(r'"operationId":"(\w+)"', response.content.decode())
    assert len(operations) == len(set(operations))


def test_every_path_of_openapi_answers(client, real_offers):
    found = ask(client, "/daten/openapi.json")
    paths = [path for path in found["paths"] if "{id}" not in path]
    types = {path: set(found["paths"][path]["get"]["responses"]["200"]["content"]) for path in paths}
    answers = {}
    for path in paths:
        response = client.get(f"/daten{path}")
        assert response.getvalue()
        answers[path] = (response.status_code, {response.headers["Content-Type"].partition(";")[0]})

    assert answers == {path: (200, types[path]) for path in paths}


# ---- the how-to ----
def requests():
    """What each curl command asks for."""
    for command in re.findall(r"^    (curl .+)$", HOW_TO, re.MULTILINE):
        words = iter(shlex.split(command.replace("$PORTAL", ""))[1:])
        path, data = "", []
        for word in words:
            if word in ("--output", "--etag-save", "--etag-compare"):
                next(words)
            elif word == "--data-urlencode":
                name, _, value = next(words).partition("=")
                data.append(f"{name}={quote(value)}")
            elif not word.startswith("--"):
                path = word
        yield f"{path}{'?' if data else ''}{'&'.join(data)}"


def test_commands_of_the_how_to_work(client, real_offers):
    refused = re.search(r"^    (\{\"errors\".+)$", HOW_TO, re.MULTILINE)[1]
    answers = {}
    for path in requests():
        response = client.get(path)
        answers[path] = (response.status_code, response.getvalue())

    wrong = {path: answer for path, answer in answers.items() if answer[0] != 200}
    assert wrong == {f"{SERVICES}?postcode=18055": (400, refused.encode())}
    assert [path for path, (_, body) in answers.items() if not json.loads(body)] == []


def test_how_to_explains_every_parameter():
    names = {name for resource in RESOURCES for name in resource.form.base_fields}

    assert {name for name in names if name not in HOW_TO} - {"taxonomy_id"} == set()
    assert len(list(requests())) >= 9


def test_addresses_are_those_of_the_contract():
    assert reverse("opendata:services") == SERVICES
