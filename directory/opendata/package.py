"""datapackage.json: what the CSV files hold, as a Frictionless data package (specs.frictionlessdata.io)."""

import json

from django.conf import settings

from directory.opendata import licence
from directory.opendata.edition import Edition
from directory.opendata.tables import LIST_RULE, MOMENT, SHIELD_RULE, TABLES, Column, Table

FILE = "datapackage.json"
CONTENT_TYPE = "application/json"
LICENCE = {"name": licence.SPDX, "title": licence.NAME, "path": licence.URL}


def data_package(edition: Edition) -> bytes:
    return json.dumps(descriptor(edition), ensure_ascii=False, indent=1).encode()


def descriptor(edition: Edition) -> dict:
    return {
        "profile": "tabular-data-package",
        "name": "starke-stelle",
        "id": f"{settings.PUBLIC_ADDRESS}/daten/",
        "title": "Hilfsangebote für Menschen in kommunalen Ämtern und Mandaten",
        "description": f"{SHIELD_RULE} {LIST_RULE}",
        "homepage": f"{settings.PUBLIC_ADDRESS}/daten/",
        "version": edition.version,
        **({"created": edition.changed_at.isoformat()} if edition.changed_at else {}),
        "licenses": [LICENCE],
        "contributors": [{"title": settings.OPERATOR["name"], "role": "publisher"}],
        "sources": [{"title": "Jedes Angebot nennt seine Quellen in quellen.csv", "path": "quellen.csv"}],
        "resources": [resource(table, edition) for table in TABLES],
    }


def resource(table: Table, edition: Edition) -> dict:
    file = edition.files[table.file]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": table.file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "schema": {
            "fields": [field(column) for column in table.columns],
            "missingValues": [""],
            "primaryKey": list(table.key),
            **({"foreignKeys": [foreign_key(*each) for each in table.refers]} if table.refers else {}),
        },
    }


def field(column: Column) -> dict:
    constraints = {"required": True} if column.required else {}
    if column.values:
        constraints["enum"] = list(column.values)
    return {
        "name": column.name,
        "title": column.title,
        "type": column.type,
        **({"format": "%Y-%m-%dT%H:%M:%S%z"} if column.type == MOMENT else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def foreign_key(column: str, table: str) -> dict:
    return {"fields": column, "reference": {"resource": table, "fields": "slug"}}
