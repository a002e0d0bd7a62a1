"""DCAT-AP.de: one list of triples, three notations that say the same, and every address in it answers."""

import json
import re
from datetime import date
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from directory.monitoring import snapshots
from directory.opendata import dcat, rdf
from directory.opendata import edition as editions
from directory.opendata.rdf import PREFIXES, Iri, Text
from tests.factories import make_offer, make_region

pytestmark = pytest.mark.django_db
RDF = PREFIXES["rdf"]
NASTY = "Größe \"1\"\\2\n<3> & '4'"


def plain(triples):
    """(subject, predicate, value, language or type) in full."""
    return sorted(
        (subject, Iri(predicate).full, value.full, "@")
        if isinstance(value, Iri)
        else (subject, Iri(predicate).full, value.value, value.language or (value.type and value.type.full) or "")
        for subject, predicate, value in triples
    )


def read_json_ld(text):
    document = json.loads(text)
    for node in document["@graph"]:
        for kind in node.get("@type", ()):
            yield node["@id"], RDF + "type", kind, "@"
        for name, values in node.items():
            if name.startswith("@"):
                continue
            prefix, _, local = name.partition(":")
            for value in values:
                address = value.get("@id")
                about = "@" if address else value.get("@language") or value.get("@type") or ""
                yield node["@id"], document["@context"][prefix] + local, address or value["@value"], about


def read_rdf_xml(text):
    for node in ElementTree.fromstring(text):
        for said in node:
            address = said.get(f"{{{RDF}}}resource")
            language = said.get("{http://www.w3.org/XML/1998/namespace}lang") or said.get(f"{{{RDF}}}datatype") or ""
            name = said.tag[1:].replace("}", "")
            yield node.get(f"{{{RDF}}}about"), name, address or said.text, "@" if address else language


PREFIX_LINE = re.compile(r"^@prefix (\w+): <([^<>\s]+)> \.$", re.MULTILINE)
STATEMENT = re.compile(r"^<([^<>\s]+)>\n((?:    .*(?: ;|\.)\n?)+)", re.MULTILINE)
PAIR = re.compile(
    r'    (\w+):(\w+) (?:<([^<>"\s]+)>|"((?:[^"\\\n\r]|\\.)*)"(?:@([a-z]+)|\^\^<([^<>\s]+)>)?)(?: ;\n| \.\n)'
)


def read_turtle(text):
    text = text.decode()
    prefixes = dict(PREFIX_LINE.findall(text))
    rest = PREFIX_LINE.sub("", text)
    for subject, pairs in STATEMENT.findall(rest):
        assert PAIR.sub("", pairs) == ""  # nothing that is no pair
        for prefix, name, address, literal, language, kind in PAIR.findall(pairs):
            value = re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), literal)
            yield subject, prefixes[prefix] + name, address or value, "@" if address else language or kind
    assert STATEMENT.sub("", rest).strip() == ""


READERS = {"katalog.ttl": read_turtle, "katalog.jsonld": read_json_ld, "katalog.rdf": read_rdf_xml}


@pytest.mark.parametrize("name", dcat.FORMS)
def test_every_notation_says_the_same(name, settings):
    settings.OPERATOR = {**settings.OPERATOR, "name": NASTY, "email": 'a"<b>@c.example'}
    make_offer()
    snapshots.take(date(2026, 6, 1))
    triples = dcat.triples(editions.build(1))

    assert sorted(READERS[name](dcat.FORMS[name][1](triples))) == plain(triples)
    assert any(NASTY in value for _, _, value, _ in plain(triples))


@pytest.mark.parametrize("write", [rdf.turtle, rdf.json_ld, rdf.rdf_xml])
def test_a_subject_is_written_once_wherever_its_triples_stand(write):
    triples = [
        (Iri("http://a.example/"), "dcterms:title", Text("eins", "de")),
        (Iri("http://b.example/"), "dcterms:title", Text("2", type=Iri("xsd:date"))),
        (Iri("http://a.example/"), "rdf:type", Iri("dcat:Dataset")),
    ]
    readers = {rdf.turtle: read_turtle, rdf.json_ld: read_json_ld, rdf.rdf_xml: read_rdf_xml}

    assert sorted(readers[write](write(triples))) == plain(triples)


def test_every_address_of_ours_answers(client, settings):
    make_offer()
    snapshots.take(date(2026, 6, 1))
    places = {
        urlsplit(value).path
        for subject, _, each in dcat.triples(editions.build(1))
        for value in (subject, each if isinstance(each, Iri) else "")
        if value.startswith(settings.PUBLIC_ADDRESS)
    }

    answers = {path: client.get(path).status_code for path in places}

    assert {path: status for path, status in answers.items() if status != 200} == {}
    assert {"/daten/angebote.csv", "/daten/hsds.json", "/monitoring/staende/2026-06-01.json"} <= places


def objects(triples, predicate, subject=""):
    return [value for each, name, value in triples if name == predicate and each.endswith(subject)]


def test_sizes_and_checksums_are_those_of_the_files():
    make_offer()
    edition = editions.build(1)

    triples = dcat.triples(edition)

    files = edition.files.values()
    assert {text.value for text in objects(triples, "dcat:byteSize")} == {str(file.size) for file in files}
    assert {text.value for text in objects(triples, "spdx:checksumValue")} == {file.sha256 for file in files}


def test_places_and_provider_are_named(settings):
    make_region("Bayern", official_key="09", iso_code="DE-BY")
    settings.DCAT_CONTRIBUTOR_ID = "http://dcat-ap.de/def/contributors/beispiel"

    triples = dcat.triples(editions.build(1))

    assert set(objects(triples, "dcterms:spatial")) == {
        "http://publications.europa.eu/resource/authority/country/DEU",
        "http://dcat-ap.de/def/politicalGeocoding/stateKey/09",
    }
    assert objects(triples, "dcatde:contributorID") == [settings.DCAT_CONTRIBUTOR_ID]


def test_what_is_not_known_is_left_out(settings):
    settings.DCAT_CONTRIBUTOR_ID = ""
    settings.OPERATOR = {**settings.OPERATOR, "email": ""}

    triples = dcat.triples(editions.build(1))

    left_out = ("dcatde:contributorID", "vcard:hasEmail", "dcterms:modified", "dcterms:temporal")
    assert [name for name in left_out if objects(triples, name)] == []
    assert len(objects(triples, "dcat:dataset")) == 1
