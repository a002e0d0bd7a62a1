"""The file in which editors take offers out and bring them back: CSV for their spreadsheets, or JSON.

A column a field, headed by its German label; in JSON its English name. Lists of slugs are separated by commas. Of
phones and the like one stands on a line, its parts separated by "|". What a spreadsheet would take for a formula gets
an apostrophe in front, which is taken away again on the way back.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.admin.offer_rows import Row
from directory.models import Fact, Offer, Phone
from directory.phone_numbers import canonical, display
from directory.plain import COLUMNS, LINKS, PART_FIELDS, PARTS, label, plain

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
HEADINGS = {"slug": "Adresskürzel", "updated_at": "Stand"} | {name: label(name) for name in COLUMNS}
NAMES = {heading: name for name, heading in HEADINGS.items()}
YES_NO = {True: "ja", False: "nein", None: ""}
DAY = forms.DateField()
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")  # also what looks like one that was made safe
MADE_SAFE = re.compile(r"'+[=+\-@\t\r\n]")


class FileError(Exception):
    """Not a file that can be read at all; says why, in German."""


# ---- out ----
def csv_of(offers: Iterable[Offer]) -> str:
    """With a byte order mark and semicolons: a German Excel opens it with a double click."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    writer.writerow(HEADINGS.values())
    for offer in offers:
        values = plain(offer)
        cells = [offer.slug, timezone.localtime(offer.updated_at).isoformat()]
        writer.writerow(map(safe, [*cells, *(cell(name, values[name]) for name in COLUMNS)]))
    return "\ufeff" + file.getvalue()


def safe(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def cell(name: str, value) -> str:
    if name in LINKS:
        return ", ".join(value)
    if name in PARTS:
        return lines([[part_cell(field, part[field]) for field in PART_FIELDS[name]] for part in value])
    if isinstance(value, bool) or value is None:
        return YES_NO[value]
    return str(choices(name).get(value, value))


def part_cell(field, value):
    if field == "number":
        return display(value)
    if field == "supports":
        return ", ".join(Fact(fact).label for fact in value)
    return YES_NO[value] if field == "free" else value


def lines(rows):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter="|", lineterminator="\n").writerows(without_end(row) for row in rows)
    return file.getvalue().removesuffix("\n")


def without_end(cells):
    while len(cells) > 1 and not cells[-1]:
        cells = cells[:-1]
    return cells


def choices(name):
    """Value → German label, of fields with choices other than yes and no."""
    field = Offer._meta.get_field(name)
    return dict(field.flatchoices) if field.get_internal_type() == "CharField" else {}


# ---- in ----
def read(content: bytes) -> list[Row]:
    """Rows with the number that a spreadsheet gives them. What is wrong with one of them stands in its errors."""
    if len(content) > MOST_BYTES:
        raise FileError(f"Die Datei ist zu groß. Höchstens {MOST_BYTES // 1024 // 1024} MB sind möglich.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            "Die Datei ist nicht als UTF-8 gespeichert. In Excel: „Speichern unter“, dann „CSV UTF-8“."
        ) from error
    if not text.strip():
        raise FileError("Die Datei ist leer.")
    if "\0" in text:
        raise FileError("Das ist keine CSV- und keine JSON-Datei.")
    rows = list(read_json(text) if text.lstrip()[0] in "[{" else read_csv(text))
    if not rows:
        raise FileError("In der Datei steht kein Angebot.")
    if len(rows) > MOST_ROWS:
        raise FileError(f"Die Datei hat {len(rows)} Zeilen. Höchstens {MOST_ROWS} sind möglich.")
    return rows


def read_csv(text):
    heading = text.splitlines()[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in heading else ",", strict=True)
    number = 1
    try:
        names = names_of([heading.strip() for heading in next(reader)], NAMES)
        for number, cells in enumerate(reader, 2):
            if any(map(str.strip, cells)):
                yield row_of_cells(number, names, cells)
    except csv.Error as error:
        raise FileError(
            f"Nach Zeile {number} ist die Datei nicht als CSV lesbar. Vielleicht fehlt dort ein Anführungszeichen."
        ) from error


def names_of(headings, known):
    unknown = [heading or "(leer)" for heading in headings if heading not in known]
    if unknown:
        raise FileError(f"Diese Spalten gibt es nicht: {', '.join(unknown)}. Nehmen Sie den Export als Vorlage.")
    twice = sorted(heading for heading, count in Counter(headings).items() if count > 1)
    if twice:
        raise FileError(f"Diese Spalten stehen zweimal da: {', '.join(twice)}.")
    if not {"slug", "name"} & {known[heading] for heading in headings}:
        raise FileError("Es fehlt die Spalte „Adresskürzel“. Nehmen Sie den Export als Vorlage.")
    return [known[heading] for heading in headings]


def row_of_cells(number, names, cells):
    row = Row(number, {})
    if len(cells) != len(names):
        row.errors.append(f"Die Zeile hat {len(cells)} statt {len(names)} Spalten.")
        return row
    texts = {name: text[1:] if MADE_SAFE.match(text) else text for name, text in zip(names, cells, strict=True)}
    return fill(row, texts, from_cell)


def fill(row, values, convert):
    row.slug = str(values.pop("slug", None) or "").strip()
    row.seen = str(values.pop("updated_at", None) or "").strip()
    for name, value in values.items():
        try:
            row.values[name] = convert(name, value)
        except ValueError as error:
            row.errors.append(f"{label(name)}: {error}")
    return row


def from_cell(name, text):
    text = text.replace("\r\n", "\n")
    if name in LINKS:
        return items(text)
    if name in PARTS:
        reader = csv.reader(io.StringIO(text.strip(), newline=""), delimiter="|")
        return [part_of_cells(name, cells) for cells in reader if cells]
    field = Offer._meta.get_field(name)
    if field.get_internal_type() == "BooleanField":
        return yes_or_no(text.strip(), field.null)
    if field.get_internal_type() == "DateField":
        return day(text.strip()) if text.strip() else None
    labels = choices(name)
    return one_of(text.strip(), labels) if labels else text


def items(text):
    return [item.strip() for item in re.split(r"[,\n]", text) if item.strip()]


def part_of_cells(name, cells):
    fields = PART_FIELDS[name]
    if len(cells) > len(fields):
        raise ValueError(f"„{'|'.join(cells)}“ hat mehr als {len(fields)} Teile.")
    texts = dict(zip(fields, [*map(str.strip, cells), *[""] * len(fields)], strict=False))
    return {field: part_value(field, text) for field, text in texts.items()}


def part_value(field, text):
    if field == "number":
        return same_spelling(text)
    if field == "free":
        return yes_or_no(text, Phone._meta.get_field("free").null)
    if field == "accessed_on":
        return day(text)
    return [one_of(item, dict(Fact.choices)) for item in items(text)] if field == "supports" else text


def same_spelling(number):
    try:
        return canonical(number)
    except ValidationError:
        return number  # refused later, with all else that is wrong in the row


def yes_or_no(text, may_be_unknown):
    answers = {"ja": True, "nein": False}
    if not text or text.lower() == "unbekannt":
        return None if may_be_unknown else False
    if text.lower() not in answers:
        raise ValueError(f"„{text}“ ist nicht möglich. Schreiben Sie ja oder nein.")
    return answers[text.lower()]


def one_of(text, labels):
    known = {name.lower(): value for value, name in labels.items()} | {value: value for value in labels}
    if text and text.lower() not in known:
        raise ValueError(f"„{text}“ ist nicht möglich. Wählen Sie: {', '.join(labels.values())}.")
    return known.get(text.lower(), "")


def day(text):
    try:
        return DAY.to_python(text).isoformat()
    except (ValidationError, AttributeError) as error:
        raise ValueError(f"„{text}“ ist kein Tag. Beispiel: 22.11.2026.") from error


# ---- JSON ----
def read_json(text):
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()  # half of a character ("\ud83d") is refused by the database
    except (ValueError, RecursionError) as error:
        raise FileError("Die Datei ist nicht als JSON lesbar.") from error
    if not isinstance(found, list):
        raise FileError("Die JSON-Datei muss eine Liste von Angeboten sein.")
    known = {name: name for name in HEADINGS}
    for number, values in enumerate(found, 1):
        if not isinstance(values, dict):
            raise FileError(f"Eintrag {number} ist kein Angebot.")
        names_of(list(values), known)
        yield fill(Row(number, {}), dict(values), from_json)


def from_json(name, value):
    if name in PARTS:
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise ValueError("Hier steht keine Liste.")
        return [{field: json_value(field, part.get(field), part) for field in PART_FIELDS[name]} for part in value]
    field = Offer._meta.get_field(name)
    if name in LINKS:
        return texts(value)
    if field.get_internal_type() == "BooleanField":
        if not isinstance(value, bool) and not (value is None and field.null):
            raise ValueError("Möglich sind true und false.")
        return value
    if field.get_internal_type() == "DateField":
        return day(value) if value else None
    if not isinstance(value, str):
        raise ValueError("Hier steht kein Text.")
    return value.replace("\r\n", "\n").strip()


def json_value(field, value, part):
    if unknown := part.keys() - {name for fields in PART_FIELDS.values() for name in fields}:
        raise ValueError(f"Das gibt es hier nicht: {', '.join(sorted(unknown))}.")
    if field == "supports":
        return texts(value)
    if field == "free":
        return value if isinstance(value, bool) else None
    if not isinstance(value, str | None):
        raise ValueError("Hier steht kein Text.")
    return part_value(field, (value or "").strip())


def texts(value):
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("Hier steht keine Liste von Texten.")
    return value
