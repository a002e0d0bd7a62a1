"""The public record as tables: what each CSV file holds, and the schema that the data package states of it."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from directory.models import Fact, Offer, Organization, Region
from directory.opendata.record import OFFER_TERMS
from directory.querysets import VISIBLE

CONTENT_TYPE = "text/csv; charset=utf-8"
TEXT, LIST, YES_NO, DAY, MOMENT = "string", "array", "boolean", "date", "datetime"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take such a cell for a formula
SHIELD = "'"
SHIELD_RULE = (
    "Cells that begin with = + - @ tab, carriage return or ' have one more ' in front, so that no spreadsheet takes "
    "them for a formula. Remove one leading ' to get the text."
)
LIST_RULE = "Cells of type array are JSON."


@dataclass(frozen=True)
class Column:
    name: str
    title: str
    type: str = TEXT
    required: bool = False
    values: tuple[str, ...] = ()  # the only ones possible


@dataclass(frozen=True)
class Table:
    name: str
    file: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[dict], Iterable[dict]]  # of an offer's record, or of record.vocabulary()
    of_offers: bool = False
    refers: tuple[tuple[str, str], ...] = ()  # (column, table whose slug it holds)

    def header(self) -> bytes:
        return _line(column.name for column in self.columns)

    def line(self, row: dict) -> bytes:
        return _line(cell(row[column.name]) for column in self.columns)


def cell(value: str | bool | list | None) -> str:
    """A value of the record as a cell: nothing is lost, nothing is calculated."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return json.dumps(value, ensure_ascii=False)
    return SHIELD + value if value.startswith((*DANGEROUS, SHIELD)) else value


class _Line:
    """What csv.writer writes to: gives the line back."""

    def write(self, text: str) -> bytes:
        return text.encode()


def _line(cells) -> bytes:
    return _writer.writerow(cells)


_writer = csv.writer(_Line())  # RFC 4180: commas, CRLF, quotes where they are needed


def contacts(offer: dict) -> Iterator[dict]:
    for phone in offer["phones"]:
        yield {**phone, "offer": offer["slug"], "kind": "phone", "uri": f"tel:{phone['number']}"}
    for email in offer["emails"]:
        uri = f"mailto:{quote(email['address'], safe='@')}"
        yield {**email, "offer": offer["slug"], "kind": "email", "uri": uri, "free": None, "opening_hours": ""}


def sources(offer: dict) -> list[dict]:
    return [{**source, "offer": offer["slug"]} for source in offer["sources"]]


def terms(vocabulary: dict) -> Iterator[dict]:
    for kind in ("threat_types", "support_types", "languages"):
        for term in vocabulary[kind]:
            yield {"description": "", **term, "kind": kind}


SLUG = Column("slug", "Kürzel", required=True)
OF_OFFER = Column("offer", "Kürzel des Angebots", required=True)
TERM_TITLES = dict(zip(OFFER_TERMS, ("Regionen", "Arten der Bedrohung", "Arten der Hilfe", "Sprachen"), strict=True))

TABLES = (
    Table(
        "offers",
        "angebote.csv",
        "Angebote",
        (
            SLUG,
            Column("name", "Name", required=True),
            Column("organization", "Kürzel des Akteurs", required=True),
            Column("status", "Status", required=True, values=VISIBLE),
            Column("level", "Ebene", required=True, values=tuple(Offer.Level.values)),
            *(Column(name, TERM_TITLES[name], LIST, required=True) for name in OFFER_TERMS),
            Column("audience", "Zielgruppe", required=True, values=tuple(Offer.Audience.values)),
            Column("for_some_only", "nur für bestimmte Menschen", YES_NO, required=True),
            Column("summary", "Kurzbeschreibung", required=True),
            Column("description", "Beschreibung", required=True),
            Column("website", "Website"),
            Column("online_form", "Online-Formular"),
            Column("chat", "Chat"),
            Column("opening_hours", "Öffnungszeiten in der Schreibweise von OpenStreetMap"),
            Column("hours_note", "Erreichbarkeit in Worten"),
            Column("around_the_clock", "rund um die Uhr", YES_NO, required=True),
            Column("anonymous", "anonym möglich; leer: unbekannt", YES_NO),
            Column("free_of_charge", "kostenfrei; leer: unbekannt", YES_NO),
            Column("locations", "Orte", LIST, required=True),
            Column("verified_on", "bestätigt am; leer: noch nie", DAY),
            Column("updated_at", "zuletzt geändert", MOMENT, required=True),
        ),
        key=("slug",),
        rows=lambda offer: [offer],
        of_offers=True,
        refers=(("organization", "organizations"),),
    ),
    Table(
        "contacts",
        "kontakte.csv",
        "Telefonnummern und E-Mail-Adressen der Angebote",
        (
            OF_OFFER,
            Column("kind", "Art", required=True, values=("phone", "email")),
            Column("uri", "tel: oder mailto:", required=True),
            Column("label", "Bezeichnung"),
            Column("free", "gebührenfrei; leer: unbekannt", YES_NO),
            Column("opening_hours", "eigene Öffnungszeiten; leer: die des Angebots"),
        ),
        key=("offer", "uri"),
        rows=contacts,
        of_offers=True,
        refers=(("offer", "offers"),),
    ),
    Table(
        "sources",
        "quellen.csv",
        "Quellen der Angaben",
        (
            OF_OFFER,
            Column("url", "Adresse", required=True),
            Column("supports", f"belegt: {', '.join(Fact.values)}", LIST, required=True),
            Column("accessed_on", "gelesen am", DAY, required=True),
        ),
        key=("offer", "url"),
        rows=sources,
        of_offers=True,
        refers=(("offer", "offers"),),
    ),
    Table(
        "organizations",
        "akteure.csv",
        "Akteure",
        (
            SLUG,
            Column("name", "Name", required=True),
            Column("sector", "Bereich", required=True, values=tuple(Organization.Sector.values)),
            Column("website", "Website"),
        ),
        key=("slug",),
        rows=lambda vocabulary: vocabulary["organizations"],
    ),
    Table(
        "regions",
        "regionen.csv",
        "Länder und Kreise",
        (
            SLUG,
            Column("name", "Name", required=True),
            Column("kind", "Art", required=True, values=tuple(Region.Kind.values)),
            Column("official_key", "Amtlicher Schlüssel", required=True),
            Column("iso_code", "ISO 3166-2, nur Länder"),
            Column("parent", "Kürzel des Landes, nur Kreise"),
        ),
        key=("slug",),
        rows=lambda vocabulary: vocabulary["regions"],
        refers=(("parent", ""),),  # this table's own
    ),
    Table(
        "terms",
        "begriffe.csv",
        "Arten der Bedrohung, Arten der Hilfe, Sprachen",
        (
            Column("kind", "Spalte der Angebote", required=True, values=("threat_types", "support_types", "languages")),
            SLUG,
            Column("name", "Name", required=True),
            Column("description", "Erklärung"),
        ),
        key=("kind", "slug"),
        rows=terms,
    ),
)
