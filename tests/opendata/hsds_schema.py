"""What HSDS 3.0 asks of an object, as far as we use it: required fields, fields that are lists, kinds of values."""

import re
from urllib.parse import urlsplit
from uuid import UUID

REQUIRED = {
    "service": {"id", "name", "status"},
    "organization": {"id", "name", "description"},
    "service_at_location": {"id"},
    "location": {"id", "location_type"},
    "phone": {"id", "number"},
    "contact": {"id"},
    "schedule": {"id"},
    "service_area": {"id"},
    "language": {"id"},
    "cost_option": {"id"},
    "attribute": {"id"},
    "taxonomy": {"id", "name", "description"},
    "taxonomy_term": {"id", "name", "description"},
}
LISTS = {
    "phones": "phone",
    "contacts": "contact",
    "schedules": "schedule",
    "service_areas": "service_area",
    "service_at_locations": "service_at_location",
    "languages": "language",
    "cost_options": "cost_option",
    "attributes": "attribute",
    "services": "service",
}
NESTED = {"organization": "organization", "location": "location", "taxonomy_term": "taxonomy_term"}
PATTERNS = {
    "status": r"active|inactive|defunct|temporarily closed",
    "location_type": r"physical|postal|virtual",
    "freq": r"WEEKLY|MONTHLY",
    "byday": r"(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*",
    "wkst": r"MO|TU|WE|TH|FR|SA|SU",
    "opens_at": r"([01]\d|2[0-3]):[0-5]\d",
    "closes_at": r"([01]\d|2[0-3]):[0-5]\d",
    "assured_date": r"\d{4}-\d\d-\d\d",
    "last_modified": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00",
    "email": r"\S+@\S+",
    "extent_type": r"geojson|topojson|kml|text",
}
ADDRESSES = {"url", "uri", "website", "term_uri"}
OURS = {"sources", "supports"}  # properties of our profile that are no objects of HSDS


def faults(kind: str, each: dict, path: str = "") -> list[str]:
    """What is wrong with an object, with everything in it."""
    found = [f"{path}{kind} has no {name}" for name in REQUIRED[kind] - each.keys()]
    for name, value in each.items():
        at = f"{path}{kind}.{name}"
        if value is None or value == [] or (value == "" and name not in REQUIRED[kind]):
            found.append(f"{at} is empty")
        elif name in NESTED:
            found += faults(NESTED[name], value, f"{at}/")
        elif name in LISTS:
            found += [fault for row in value for fault in faults(LISTS[name], row, f"{at}/")]
        elif name not in OURS and not is_right(name, value):
            found.append(f"{at} is {value!r}")
    return found


def is_right(name, value) -> bool:
    if isinstance(value, bool):
        return name not in PATTERNS
    if name == "amount":
        return isinstance(value, int)
    if not isinstance(value, str):
        return False
    if name == "id" or name.endswith("_id"):
        return str(UUID(value)) == value
    if name in ADDRESSES:
        return bool(urlsplit(value).scheme and urlsplit(value).netloc)
    return re.fullmatch(PATTERNS.get(name, r"(?s).+"), value) is not None
