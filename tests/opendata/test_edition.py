"""Every file says what the public record says: whatever editors write, for every reader, and nothing more."""

import csv
import io
import json
from datetime import date, datetime
from hashlib import sha256
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import catalogue
from directory.models import CatalogueVersion, Offer
from directory.opendata import edition as editions
from directory.opendata import jsonl, record
from directory.opendata.package import descriptor
from directory.opendata.tables import DANGEROUS, TABLES, cell
from tests.factories import (
    make_language,
    make_offer,
    make_organization,
    make_region,
    make_support_type,
    make_threat_type,
)

pytestmark = pytest.mark.django_db
EVERY_FILE = [*[table.file for table in TABLES], jsonl.FILE]


def rows(edition, file):
    """What any CSV reader sees."""
    return list(csv.DictReader(io.StringIO(edition.files[file].read().decode(), newline="")))


def text(shielded):
    return shielded.removeprefix("'")


def value(shown, field):
    """A cell as the schema of the data package says it is read."""
    if shown == "":
        return "" if field["type"] == "string" else None
    readers = {
        "string": text,
        "boolean": {"true": True, "false": False}.__getitem__,
        "array": json.loads,
        "date": lambda day: date.fromisoformat(day).isoformat(),
        "datetime": lambda moment: datetime.strptime(moment, field["format"]).isoformat(),  # noqa: DTZ007 - the format has %z
    }
    return readers[field["type"]](shown)


def tables(edition):
    """The rows of every table, read by its schema alone."""
    found = {}
    for resource in descriptor(edition)["resources"]:
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        found[resource["name"]] = [
            {name: value(shown, fields[name]) for name, shown in row.items()} for row in rows(edition, resource["path"])
        ]
    return found


def offers_of_tables(found):
    """The offers' records, put together again from the tables."""
    offers = {row["slug"]: {**row, "phones": [], "emails": [], "sources": []} for row in found["offers"]}
    for row in found["contacts"]:
        offer, kind, uri = offers[row.pop("offer")], row.pop("kind"), urlsplit(row.pop("uri"))
        if kind == "phone":
            offer["phones"].append({"number": uri.path, **row})
        else:
            offer["emails"].append({"address": unquote(uri.path), "label": row["label"]})
    for row in found["sources"]:
        offers[row.pop("offer")]["sources"].append(row)
    return list(offers.values())


# ---- whatever editors write ----
NASTY = [*DANGEROUS, "'", '"', ",", ";", "\n", "\r\n", "ä", "ß", "„“", "\u2028", "\x85", "{{7*7}}", "<b>", "\\", "=1+1"]
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
texts = st.lists(st.sampled_from(NASTY) | letters, min_size=1, max_size=12).map("".join)
maybe = st.none() | st.booleans()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.fixed_dictionaries(
        {
            "name": texts,
            "summary": texts,
            "description": texts,
            "hours_note": texts | st.just(""),
            "website": st.sampled_from(["", "https://müller.example/?a=1&b=,;", "https://a.example/'+'"]),
            "anonymous": maybe,
            "free_of_charge": maybe,
            "for_some_only": st.booleans(),
            "verified_on": st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
            "status": st.sampled_from(["active", "temporarily closed"]),
        }
    ),
    cities=st.sets(texts, max_size=2),
    label=texts | st.just(""),
    address=st.sampled_from(["a@b.example", "o'hara+%41@b.example", "+x@b.example"]),
    free=maybe,
)
def test_every_format_holds_the_same_record(fields, cities, label, address, free):
    Offer.objects.all().delete()
    offer = make_offer(cities=cities, phones=["+4930123", "116006"], emails=[address], **fields)
    offer.phones.update(label=label, free=free)
    expected = record.public_data()

    edition = editions.build(1)

    found = tables(edition)
    assert [json.loads(line) for line in edition.files[jsonl.FILE].read().splitlines()] == expected["offers"]
    assert offers_of_tables(found) == expected["offers"]
    assert found["organizations"] == expected["organizations"]


def test_lists_are_those_of_the_record():
    bayern = make_region("Bayern")
    make_region("Landkreis Hof", parent=bayern)
    make_threat_type(name="=1+1", description="@a")
    make_support_type(name="-2")
    make_language(name="+3")
    expected = record.vocabulary()

    found = tables(editions.build(1))

    assert [
        {**row, "iso_code": row["iso_code"] or None, "parent": row["parent"] or None} for row in found["regions"]
    ] == (expected["regions"])
    for kind in ("threat_types", "support_types", "languages"):
        terms = [row for row in found["terms"] if row["kind"] == kind]
        assert terms == [{"description": "", **term, "kind": kind} for term in expected[kind]]


@pytest.mark.parametrize("start", [*DANGEROUS, "'"])
def test_no_cell_is_a_formula(start):
    shown = cell(f"{start}cmd|'/C calc'!A0")

    assert shown == f"'{start}cmd|'/C calc'!A0"


def test_no_cell_of_any_file_begins_like_a_formula():
    name = "=HYPERLINK(A1)"
    organization = make_organization(name=name, website="@a")
    make_offer(organization=organization, name=name, cities=[name], phones=["+4930123"], sources=["=a"])

    edition = editions.build(1)

    cells = [shown for table in TABLES for row in rows(edition, table.file) for shown in row.values()]
    assert [shown for shown in cells if shown.startswith(DANGEROUS)] == []
    assert f"'{name}" in cells


def test_every_offer_is_one_line_for_every_reader():
    make_offer(name="a\u2028b\u2029c\x85d\ne")

    lines = editions.build(1).files[jsonl.FILE].read().decode().splitlines()

    assert [json.loads(line)["name"] for line in lines] == ["a\u2028b\u2029c\x85d\ne"]


# ---- what is in it, and what is not ----
def test_only_what_is_published_is_in_any_file():
    shown = make_offer(name="Gezeigt", organization=make_organization(name="Zeigt"))
    closed = make_offer(name="Pause", status="temporarily closed", organization=shown.organization)
    hidden = {"organization": make_organization(name="Versteckt", website="https://versteckt.example/")}
    for status in ("draft", "defunct"):
        make_offer(name="Versteckt", status=status, sources=["https://versteckt.example/"], **hidden)

    edition = editions.build(1)

    assert [row["slug"] for row in rows(edition, "angebote.csv")] == sorted([shown.slug, closed.slug])
    assert [row["name"] for row in rows(edition, "akteure.csv")] == ["Zeigt"]
    assert [name for name in EVERY_FILE if b"ersteckt" in edition.files[name].read()] == []


def test_no_internal_field_is_in_any_file():
    make_offer(editorial_note="Streng intern", confidence="medium", review_due=date(2033, 3, 3))

    edition = editions.build(1)

    inside = b"".join(edition.files[name].read() for name in EVERY_FILE)
    internal = (
        *[name.encode() for name in record.INTERNAL if name != "id"],
        b"Streng intern",
        b"medium",
        b"2033-03-03",
    )
    assert [each for each in internal if each in inside] == []
    assert "id" not in rows(edition, "angebote.csv")[0]


def test_table_of_offers_has_a_column_for_every_public_field():
    make_offer()
    offer = record.public_data()["offers"][0]

    assert {column.name for column in TABLES[0].columns} == set(offer) - {"phones", "emails", "sources"}


def test_empty_directory_makes_files_with_headers_only():
    edition = editions.build(1)

    assert edition.changed_at is None
    assert edition.files[jsonl.FILE].read() == b""
    assert [edition.files[table.file].read() for table in TABLES] == [
        (",".join(column.name for column in table.columns) + "\r\n").encode() for table in TABLES
    ]


def test_edition_is_the_same_wherever_it_is_made():
    make_offer(phones=["+4930123"], cities=["Köln"])

    assert [editions.build(1).files[name].sha256 for name in EVERY_FILE] == [
        editions.build(1).files[name].sha256 for name in EVERY_FILE
    ]


# ---- the data package ----
def test_package_states_size_and_checksum_of_every_table():
    make_offer(name="Ümläute")
    edition = editions.build(7)

    package = descriptor(edition)

    assert [(each["path"], each["bytes"], each["hash"]) for each in package["resources"]] == [
        (table.file, len(body), f"sha256:{sha256(body).hexdigest()}")
        for table in TABLES
        for body in [edition.files[table.file].read()]
    ]
    assert package["version"] == "1.7"
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def test_schema_fits_every_cell(real_offers):
    edition = editions.build(1)
    slugs = {table.name: {row["slug"] for row in rows(edition, table.file) if "slug" in row} for table in TABLES}

    for resource in descriptor(edition)["resources"]:
        schema, found = resource["schema"], rows(edition, resource["path"])
        assert list(found[0]) == [field["name"] for field in schema["fields"]]
        keys = [tuple(row[name] for name in schema["primaryKey"]) for row in found]
        assert len(set(keys)) == len(keys)
        for field in schema["fields"]:
            limits = field.get("constraints", {})
            for row in found:
                shown = row[field["name"]]
                assert shown or not limits.get("required")
                assert text(shown) in limits.get("enum", [text(shown)])
                value(shown, field)
        for key in schema.get("foreignKeys", ()):
            there = slugs[key["reference"]["resource"] or resource["name"]]
            assert {row[key["fields"]] for row in found} - {""} <= there


# ---- when it is made ----
def test_edition_is_made_anew_when_the_version_moves(django_assert_num_queries):
    catalogue.current()
    first = editions.current()
    with django_assert_num_queries(0):
        assert editions.current() is first
    make_offer(name="Neu")
    CatalogueVersion.objects.bump()
    catalogue.forget()
    catalogue.current()

    second = editions.current()

    assert [row["name"] for row in rows(second, "angebote.csv")] == ["Neu"]
    assert (first.number, second.number) == (0, 1)
    assert rows(first, "angebote.csv") == []


@pytest.mark.parametrize("offers", [1, 3])
def test_edition_costs_the_same_queries_however_many_offers(django_assert_num_queries, offers):
    for _ in range(offers):
        make_offer(phones=["+4930123"], emails=["a@b.example"], cities=["Köln"])

    with django_assert_num_queries(15):
        editions.build(1)


def test_large_directory_is_read_in_portions(monkeypatch):
    monkeypatch.setattr(record, "AT_ONCE", 2)
    slugs = sorted(make_offer(slug=slug).slug for slug in ("a-b", "ab", "a-c", "a_a", "b"))

    assert [offer["slug"] for offer in record.offer_records()] == slugs
