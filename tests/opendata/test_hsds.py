"""Objects of HSDS 3.0, held against the records that they are made of."""

import json
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.models import Offer
from directory.opendata import record
from directory.opendata.hsds import Hsds, ended_service, identify, schedules
from tests.opendata.hsds_schema import faults

REGIONS = [
    {"slug": "hamburg", "name": "Hamburg", "kind": "state", "official_key": "02", "iso_code": "DE-HH", "parent": None},
    {
        "slug": "landkreis-rostock",
        "name": "Landkreis Rostock",
        "kind": "district",
        "official_key": "13072",
        "iso_code": None,
        "parent": "mecklenburg-vorpommern",
    },
]
VOCABULARY = {
    "organizations": [{"slug": "weisser-ring", "name": "Weisser Ring", "sector": "aid", "website": ""}],
    "regions": REGIONS,
    "threat_types": [
        {"slug": "hass-im-netz", "name": "Hass im Netz", "description": "Was im Netz geschieht."},
        {"slug": "stalking", "name": "Nachstellen", "description": ""},
    ],
    "support_types": [{"slug": "meldestelle", "name": "Meldestelle", "description": "Wo man meldet."}],
    "languages": [{"slug": "de", "name": "Deutsch"}, {"slug": "en", "name": "Englisch"}],
}
MADE = Hsds(VOCABULARY)
HOURS = ["", "24/7", "Mo-Fr 09:00-16:00; PH off", "Fr-Mo 22:00-24:00", "week 1-53/2 Mo 10:00-12:00"]
WEB = ["", "https://angebot.example/hilfe?a=1#b"]


def slugs_of(kind):
    return st.lists(st.sampled_from([each["slug"] for each in VOCABULARY[kind]]), unique=True).map(sorted)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
maybe = st.sampled_from([None, True, False])
records = st.fixed_dictionaries(
    {
        "slug": st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
        "name": words,
        "status": st.sampled_from(["active", "temporarily closed"]),
        "level": st.sampled_from(["federal", "state"]),
        "audience": st.sampled_from(["municipal", "open"]),
        "for_some_only": st.booleans(),
        "summary": words,
        "description": words,
        "website": st.sampled_from(WEB),
        "online_form": st.sampled_from(WEB),
        "chat": st.sampled_from(WEB),
        "opening_hours": st.sampled_from(HOURS),
        "hours_note": st.just("") | words,
        "around_the_clock": st.booleans(),
        "anonymous": maybe,
        "free_of_charge": maybe,
        **{kind: slugs_of(kind) for kind in record.OFFER_TERMS},
        "organization": st.just("weisser-ring"),
        "phones": st.lists(
            st.fixed_dictionaries(
                {
                    "number": st.from_regex(r"\+49[0-9]{6,10}", fullmatch=True),
                    "label": st.just("") | words,
                    "free": maybe,
                    "opening_hours": st.sampled_from(HOURS),
                }
            ),
            max_size=3,
            unique_by=lambda phone: phone["number"],
        ),
        "emails": st.lists(
            st.fixed_dictionaries(
                {"address": st.from_regex(r"[a-z]{1,8}@example\.org", fullmatch=True), "label": st.just("") | words}
            ),
            max_size=3,
            unique_by=lambda email: email["address"],
        ),
        "locations": st.lists(words, max_size=3, unique=True).map(sorted),
        "sources": st.lists(
            st.fixed_dictionaries(
                {
                    "url": st.just("https://quelle.example/"),
                    "supports": st.just(["name"]),
                    "accessed_on": st.dates().map(date.isoformat),
                }
            ),
            max_size=2,
        ),
        "verified_on": st.none() | st.dates(min_value=date(2000, 1, 1)).map(date.isoformat),
        "updated_at": st.datetimes(min_value=datetime(2020, 1, 1)).map(  # noqa: DTZ001
            lambda moment: moment.isoformat(timespec="seconds") + "+00:00"
        ),
    }
)


def record_of(service):
    """What a reader of HSDS finds out about an offer, under the names of the record."""

    def codes(kind):
        found = service.get("attributes", [])
        return sorted(each["taxonomy_term"]["code"] for each in found if each["link_type"] == kind)

    return {
        **{name: service.get(name, "") for name in ("slug", "name", "status", "summary", "description")},
        **{name: service.get(name, "") for name in ("online_form", "chat", "opening_hours", "hours_note")},
        "website": service.get("url", ""),
        **{name: service[name] for name in ("for_some_only", "around_the_clock")},
        "anonymous": service.get("anonymous"),
        "free_of_charge": next((cost.get("amount") == 0 for cost in service.get("cost_options", [])), None),
        "regions": sorted(area["slug"] for area in service.get("service_areas", []) if "slug" in area),
        "threat_types": codes("threat_types"),
        "support_types": codes("support_types"),
        "level": "".join(codes("level")),
        "audience": "".join(codes("audience")),
        "languages": [language["code"] for language in service.get("languages", [])],
        "organization": service["organization"]["slug"],
        "phones": [
            {
                "number": phone["number"],
                "label": phone.get("description", ""),
                "free": phone.get("free"),
                "opening_hours": phone.get("opening_hours", ""),
            }
            for phone in service.get("phones", [])
        ],
        "emails": [
            {"address": contact["email"], "label": contact.get("name", "")} for contact in service.get("contacts", [])
        ],
        "locations": [each["location"]["name"] for each in service.get("service_at_locations", [])],
        "sources": service.get("sources", []),
        "verified_on": service.get("assured_date"),
        "updated_at": service["last_modified"],
    }


@given(records)
def test_service_says_exactly_what_the_record_says(offer):
    service = json.loads(json.dumps(MADE.service(offer)))

    assert record_of(service) == offer


@given(records)
def test_services_are_valid_in_full_and_in_short(offer):
    assert faults("service", MADE.service(offer)) == []
    assert faults("service", MADE.service(offer, full=False)) == []


@given(records)
def test_identifiers_of_one_service_differ(offer):
    service = MADE.service(offer)
    parts = [part for name, parts in service.items() if isinstance(parts, list) and name != "sources" for part in parts]

    assert len({service["id"], *(part["id"] for part in parts)}) == 1 + len(parts)


def test_other_objects_are_valid():
    actor = VOCABULARY["organizations"][0]
    services = [{"id": identify("service", "a"), "name": "A", "status": "active"}]
    ended = {
        "slug": "a",
        "name": "A",
        "status": "defunct",
        "organization": "weisser-ring",
        "updated_at": "2026-11-22T10:00:00+00:00",
    }

    assert faults("organization", MADE.organization(actor, services)) == []
    assert faults("service_at_location", MADE.service_at_location("a", "Pirna")) == []
    assert faults("service", ended_service(ended)) == []
    assert [fault for each in MADE.taxonomies for fault in faults("taxonomy", each)] == []
    assert [fault for each in MADE.terms.values() for fault in faults("taxonomy_term", each)] == []


@pytest.mark.parametrize(
    ("names", "identifier"),
    [
        (("service", "starke-stelle"), "8c3f7b37-73e6-5138-842a-c3bd766c344e"),
        (("organization", "weisser-ring"), "8adc1e93-8204-539a-8eb4-3384986dd890"),
        (("taxonomy", "threat_types"), "c27f8de8-6f76-54e0-b454-b75a3e9d8977"),
        (("taxonomy_term", "threat_types", "hass-im-netz"), "2e2000d8-64e7-5f77-936e-45757023bb7d"),
        (("phone", "starke-stelle", "+498003009944"), "e78257d0-87ca-5d58-ab1a-8bb4a5d34ba9"),
        (("service_at_location", "starke-stelle", "Köln"), "af3d736c-cc30-5ed2-afa5-e502bf09248f"),
    ],
)
def test_identifiers_never_change(names, identifier):
    assert identify(*names) == identifier


def spans(hours, **fields):
    offer = {"slug": "a", "opening_hours": hours, "hours_note": "", "around_the_clock": False, **fields}
    names = ("byday", "opens_at", "closes_at", "description")
    return [tuple(each.get(name, "") for name in names) for each in schedules(offer, "own")]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("", []),
        ("Mo-Fr 09:00-16:00; PH off", [("MO,TU,WE,TH,FR", "09:00", "16:00", "Mo–Fr 9–16 Uhr, nicht an Feiertagen")]),
        (
            "Mo-Fr 10:00-12:30,14:00-16:30",
            [
                ("MO,TU,WE,TH,FR", "10:00", "12:30", "Mo–Fr 10–12:30 und 14–16:30 Uhr"),
                ("MO,TU,WE,TH,FR", "14:00", "16:30", "Mo–Fr 10–12:30 und 14–16:30 Uhr"),
            ],
        ),
        ("24/7", [("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59", "rund um die Uhr")]),
        ("Mo-We 9:00-12:00; Tu off", [("MO,WE", "09:00", "12:00", "Mo–Mi 9–12 Uhr, nicht Di")]),
        ("Sa-Mo 08:00-10:00", [("MO,SA,SU", "08:00", "10:00", "Sa–Mo 8–10 Uhr")]),
        ("week 1-53/2 Mo 10:00-12:00", [("", "", "", "week 1-53/2 Mo 10:00-12:00")]),
    ],
)
def test_schedules_say_what_comes_back_every_week(hours, expected):
    assert spans(hours) == expected


def test_schedule_of_words_only_has_a_description():
    assert spans("", hours_note="nach Vereinbarung") == [("", "", "", "nach Vereinbarung")]


def test_schedule_of_around_the_clock_needs_no_opening_hours():
    assert spans("", around_the_clock=True) == [("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59", "rund um die Uhr")]


def test_no_public_field_of_an_offer_is_forgotten():
    """A new field of the model is either public, and then in the record, or named as internal."""
    fields = {field.name for field in Offer._meta.get_fields() if not field.one_to_many}
    public = {*record.OFFER_FIELDS, *record.OFFER_TERMS, "organization", "verified_on", "updated_at"}

    assert fields - public == set(record.INTERNAL)
