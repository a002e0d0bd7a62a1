"""The OpenAPI 3.1 description of /daten/, made of the tables that the code itself uses."""

import re
from collections.abc import Iterable, Iterator

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from directory.opendata import dcat, feeds, jsonl, licence, package
from directory.opendata.hsds import CONTENT_TYPE, EXTENSIONS, FILE, VERSION
from directory.opendata.hsds_api import RESOURCES, answer
from directory.opendata.responses import open_data
from directory.opendata.tables import CONTENT_TYPE as TABLE
from directory.opendata.tables import TABLES

HSDS_SCHEMA = "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/{}.json"
PAGE = {
    "total_items": ("integer", "objects on all pages"),
    "total_pages": ("integer", "pages; 0 when nothing fits"),
    "page_number": ("integer", "this page, from 1"),
    "size": ("integer", "objects on this page"),
    "first_page": ("boolean", "whether this is the first page"),
    "last_page": ("boolean", "whether no page follows"),
    "empty": ("boolean", "whether this page holds nothing"),
}


@open_data
def openapi(request: HttpRequest) -> HttpResponse:
    return answer(request, description())


def description() -> dict:
    paths = {"/hsds/": {"get": operation("about", "Which version of HSDS this is, and where it is described.", {})}}
    for resource in RESOURCES:
        schema = {"$ref": f"#/components/schemas/{resource.schema}"}
        paths[f"/hsds/{resource.name}"] = {
            "get": operation(f"list_{resource.name}", resource.about, page_of(schema), parameters(resource.form), "400")
        }
        paths[f"/hsds/{resource.name}/{{id}}"] = {
            "get": operation(f"get_{resource.schema}", f"One {resource.schema}, in full.", schema, [IDENTIFIER], "404")
        }
    paths[f"/{FILE}"] = {"get": operation("bulk", "Everything in one file, every service in full.", bulk_schema())}
    for name, about, content_type in other_files():
        paths[f"/{name}"] = {"get": download(name, about, content_type)}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "starke Stelle: help for local politicians under attack",
            "version": VERSION,
            "summary": "Read-only API of the Human Services Data Specification",
            "description": "Texts are German. No key is needed, and every website may ask. Parameters that are unknown "
            "or wrong are refused with 400.",
            "license": {"name": licence.NAME, "url": licence.URL},
            "contact": {"name": settings.OPERATOR["name"], "email": settings.OPERATOR["email"]},
        },
        "servers": [{"url": reverse("opendata:hsds").removesuffix("/hsds/")}],
        "paths": paths,
        "components": {
            "schemas": {resource.schema: profile(resource.schema) for resource in RESOURCES}
            | {name: profile(name) for name in EXTENSIONS}
            | {"errors": ERRORS}
        },
    }


IDENTIFIER = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "permanent identifier",
    "schema": {"type": "string", "format": "uuid"},
}
ERRORS = {
    "type": "object",
    "properties": {
        "errors": {
            "type": "object",
            "description": "what is wrong, by parameter",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        }
    },
}
REFUSED = {"400": "A parameter is unknown or wrong.", "404": "There is no such object."}


def operation(name: str, about: str, schema: dict, asked: Iterable[dict] = (), refused: str = "") -> dict:
    answers = {"200": {"description": about, "content": {CONTENT_TYPE: {"schema": schema}}}}
    if refused:
        content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/errors"}}}
        answers[refused] = {"description": REFUSED[refused], "content": content}
    return {"operationId": name, "summary": about, "parameters": list(asked), "responses": answers}


def other_files() -> Iterator[tuple[str, str, str]]:
    """(name, what it is, content type) of the formats that have no parameters."""
    yield from ((table.file, f"All that is published, as a table: {table.title}", TABLE) for table in TABLES)
    yield package.FILE, "What the tables hold (Frictionless data package).", package.CONTENT_TYPE
    yield jsonl.FILE, "Offers, one record a line.", jsonl.CONTENT_TYPE
    yield from ((name, "The catalogue of our data (DCAT-AP.de).", kind) for name, (kind, _) in dcat.FORMS.items())
    yield "aenderungen.atom", "New, changed and ended offers.", feeds.CONTENT_TYPE


def download(name: str, about: str, content_type: str) -> dict:
    content = {content_type.partition(";")[0]: {"schema": {"type": "string"}}}
    return {
        "operationId": re.sub(r"\W", "_", name),
        "summary": about,
        "responses": {"200": {"description": about, "content": content}},
    }


def profile(schema: str) -> dict:
    """The schema of HSDS with what we add to it."""
    added = {name: {"description": meaning} for name, meaning in EXTENSIONS.get(schema, {}).items()}
    standard = {"$ref": HSDS_SCHEMA.format(schema)}
    return {"allOf": [standard, {"type": "object", "properties": added}]} if added else standard


def page_of(schema: dict) -> dict:
    fields = {name: {"type": kind, "description": meaning} for name, (kind, meaning) in PAGE.items()}
    fields["contents"] = {"type": "array", "items": schema}
    return {"type": "object", "required": list(fields), "properties": fields}


def bulk_schema() -> dict:
    lists = {
        resource.name: {"type": "array", "items": {"$ref": f"#/components/schemas/{resource.schema}"}}
        for resource in RESOURCES
        if resource.in_bulk
    }
    return {"type": "object", "properties": {"version": {"type": "string", "const": VERSION}} | lists}


def parameters(form: type[forms.Form]) -> list[dict]:
    return [
        {"name": name, "in": "query", "required": False, "description": field.help_text, "schema": schema_of(field)}
        for name, field in form.base_fields.items()
    ]


def schema_of(field: forms.Field) -> dict:
    match field:
        case forms.IntegerField():
            limits = {"minimum": field.min_value, "maximum": field.max_value}
            return {"type": "integer"} | {name: limit for name, limit in limits.items() if limit is not None}
        case forms.UUIDField():
            return {"type": "string", "format": "uuid"}
        case forms.DateTimeField():
            return {"type": "string", "format": "date-time"}
        case forms.TypedChoiceField():
            return {"type": "boolean"}
        case _:
            return {"type": "string", "maxLength": field.max_length}
