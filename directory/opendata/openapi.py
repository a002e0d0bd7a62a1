"""The OpenAPI 3.1 description of /daten/, made of the tables that the code itself uses."""

from django import forms
from django.urls import reverse

from directory.opendata.hsds import EXTENSIONS, VERSION
from directory.opendata.hsds_api import JSON, RESOURCES, answer, base_of
from directory.opendata.responses import open_data

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
def openapi(request):
    return answer(request, description(base_of(request)))


def description(base: str) -> dict:
    paths = {"/hsds/": {"get": operation("about", "Which version of HSDS this is, and where it is described.", {})}}
    for resource in RESOURCES:
        schema = {"$ref": f"#/components/schemas/{resource.schema}"}
        paths[f"/hsds/{resource.name}"] = {
            "get": operation(f"list_{resource.name}", resource.about, page_of(schema), parameters(resource.form), "400")
        }
        paths[f"/hsds/{resource.name}/{{id}}"] = {
            "get": operation(f"get_{resource.schema}", f"One {resource.schema}, in full.", schema, [IDENTIFIER], "404")
        }
    paths["/hsds.json"] = {"get": operation("bulk", "Everything in one file, every service in full.", bulk_schema())}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "starke Stelle: help for local politicians under attack",
            "version": VERSION,
            "summary": "Read-only API of the Human Services Data Specification",
            "description": "Texts are German. No key is needed, and every website may ask. Parameters that are unknown "
            "or wrong are refused with 400.",
        },
        "servers": [{"url": base + reverse("opendata:hsds").removesuffix("/hsds/")}],
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


def operation(name, about, schema, asked=(), refused="") -> dict:
    answers = {"200": {"description": about, "content": {JSON: {"schema": schema}}}}
    if refused:
        content = {JSON: {"schema": {"$ref": "#/components/schemas/errors"}}}
        answers[refused] = {"description": REFUSED[refused], "content": content}
    return {"operationId": name, "summary": about, "parameters": list(asked), "responses": answers}


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
