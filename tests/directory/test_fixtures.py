"""The data the portal starts with are complete, consistent and ready for visitors."""

import json
import re
from collections import Counter

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError

from directory.gazetteer import STATES, gazetteer
from directory.models import Fact, Language, Offer, Organization, Phone, Region, Source, SupportType, ThreatType
from directory.opening import in_words, parse
from directory.phone_numbers import canonical

pytestmark = pytest.mark.usefixtures("real_directory")

FILES = ["taxonomies", "regions", "organizations", "offers"]
# words of somebody who collects entries, not of somebody who reads them
INTERNAL = re.compile(
    r"Treffer|Auszug|Auszüge|gespeicherte Seite|nicht gesehen|nicht belegt|nicht gefunden|vor Veröffentlichung|"
    r"gegenprüfen|weggelassen|TODO|\bconfidence\b|\bnull\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", FILES)
def test_files_are_written_so_that_a_change_shows_as_few_lines(name):
    text = (settings.BASE_DIR / "fixtures" / f"{name}.json").read_text(encoding="utf-8")

    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("name", FILES)
def test_rows_are_named_by_slugs_not_by_database_ids(name):
    rows = json.loads((settings.BASE_DIR / "fixtures" / f"{name}.json").read_text(encoding="utf-8"))

    assert [row for row in rows if set(row) != {"model", "fields"}] == []


def test_counts():
    counts = {model.__name__: model.objects.count() for model in (Offer, Organization, Phone, Source, Language)}

    assert counts == {"Offer": 192, "Organization": 161, "Phone": 64, "Source": 557, "Language": 12}


def test_every_row_passes_the_checks_of_its_form():
    failures = {}
    models = [model for model in apps.get_app_config("directory").get_models() if not hasattr(model, "instance_type")]
    for model in models:  # without the entries of the history, which are copies
        for row in model.objects.all():
            try:
                row.full_clean()
            except ValidationError as error:
                failures[f"{model.__name__} {row}"] = error.message_dict
    assert failures == {}


# ---- kinds of threat and of help ----


def test_threat_types_stand_in_their_order():
    assert list(ThreatType.objects.values_list("slug", flat=True)) == [
        "hass-im-netz",
        "beleidigung-verleumdung",
        "bedrohung-noetigung",
        "koerperlicher-angriff",
        "sachbeschaedigung",
        "stalking-ausspaehen",
        "doxing-identitaetsmissbrauch",
        "extremismus",
        "diskriminierung",
        "konflikte-im-gremium",
    ]


def test_support_types_stand_in_their_order():
    assert list(SupportType.objects.values_list("slug", flat=True)) == [
        "orientierung",
        "psychosoziale-beratung",
        "rechtliche-hilfe",
        "anzeige-strafverfolgung",
        "meldestelle",
        "sicherheitsberatung",
        "digitale-sicherheit",
        "kommunikation",
        "finanzielle-hilfe",
        "vernetzung",
        "praevention-fortbildung",
        "information",
    ]


@pytest.mark.parametrize("model", [ThreatType, SupportType])
def test_each_term_has_synonyms_of_its_own(model):
    synonyms = {term.slug: term.synonyms.splitlines() for term in model.objects.all()}
    everywhere = Counter(word.lower() for words in synonyms.values() for word in words)

    assert {slug: len(words) for slug, words in synonyms.items() if not 12 <= len(words) <= 50} == {}
    assert [word for word, count in everywhere.items() if count > 1] == []
    assert [term.slug for term in model.objects.all() if not term.description.endswith(".")] == []


# ---- regions ----


def test_all_states_are_there():
    states = Region.objects.filter(kind="state").order_by("official_key")

    expected = [(key, iso, name) for key, (iso, name, _) in sorted(STATES.items())]
    assert list(states.values_list("official_key", "iso_code", "name")) == expected


def test_all_districts_are_in_their_state():
    districts = Region.objects.filter(kind="district").select_related("parent")

    assert len(districts) == 401
    assert [d.name for d in districts if d.official_key[:2] != d.parent.official_key] == []


@pytest.mark.parametrize(
    ("key", "name", "slug"),
    [
        ("13", "Mecklenburg-Vorpommern", "mecklenburg-vorpommern"),
        ("16", "Thüringen", "thueringen"),
        ("13072", "Landkreis Rostock", "landkreis-rostock"),
        ("13003", "Rostock", "rostock"),
        ("05166", "Kreis Viersen", "kreis-viersen"),
        ("03241", "Region Hannover", "region-hannover"),
        ("05162", "Rhein-Kreis Neuss", "rhein-kreis-neuss"),
        ("16063", "Wartburgkreis", "wartburgkreis"),
        ("07316", "Neustadt an der Weinstraße", "neustadt-an-der-weinstrasse"),
        ("08111", "Stuttgart", "stuttgart"),
        ("11000", "Berlin", "stadt-berlin"),
        ("02000", "Hamburg", "stadt-hamburg"),
        ("04011", "Bremen", "stadt-bremen"),
    ],
)
def test_names_and_slugs_of_regions_follow_the_rule(key, name, slug):
    region = Region.objects.get(official_key=key)

    assert (region.name, region.slug) == (name, slug)


def test_every_place_lies_in_a_known_region():
    known = set(Region.objects.values_list("official_key", flat=True))
    places = {place for named in gazetteer().by_name.values() for place in named}

    assert {place.region_key for place in places} - known == set()
    assert set(gazetteer().regions.values()) - known == set()


# ---- offers ----


@pytest.mark.parametrize("iso", sorted(iso for iso, _, _ in STATES.values()))
def test_every_state_has_offers_of_its_own(iso):
    state = Region.objects.get(iso_code=iso)
    available = Offer.objects.published().available_in(state)

    assert available.filter(level="state").count() >= 7
    assert available.filter(level="federal").count() == 48


def test_exactly_the_offers_of_low_confidence_start_as_drafts():
    drafts = Offer.objects.filter(status="draft")

    assert set(drafts) == set(Offer.objects.filter(confidence="low"))
    assert drafts.count() == 8
    assert Offer.objects.exclude(status__in=["draft", "active"]).count() == 0


def test_no_offer_claims_to_be_confirmed():
    assert list(Offer.objects.exclude(verified_on=None, review_due=None)) == []


def test_level_and_regions_agree():
    assert list(Offer.objects.filter(level="state", regions=None)) == []
    assert list(Offer.objects.filter(level="federal").exclude(regions=None)) == []


@pytest.mark.parametrize("relation", ["threat_types", "support_types", "languages", "sources"])
def test_every_offer_has(relation):
    assert list(Offer.objects.filter(**{relation: None})) == []


def test_every_source_supports_facts_that_are_published():
    facts = set(Fact.values)

    assert [source.url for source in Source.objects.all() if not source.supports or set(source.supports) - facts] == []


def test_links_carry_no_session_and_no_campaign():
    links = [*Source.objects.values_list("url", flat=True)]
    for field in ("website", "online_form", "chat"):
        links += Offer.objects.values_list(field, flat=True)

    assert [link for link in links if re.search(r"jsessionid|[?&]utm_", link)] == []


def test_every_phone_number_is_canonical():
    assert [phone.number for phone in Phone.objects.all() if canonical(phone.number) != phone.number] == []


def test_opening_hours_are_readable_for_the_page_and_for_people():
    texts = set(Offer.objects.values_list("opening_hours", flat=True))
    texts = (texts | set(Phone.objects.values_list("opening_hours", flat=True))) - {""}

    for text in texts:
        parse(text)
    assert len(texts) == 10
    assert [text for text in texts if re.search(r"[A-Z][a-z]-|:00|;|off|Tu|We|Th|Su", in_words(text))] == []


def test_offers_around_the_clock_say_so_in_their_hours():
    assert list(Offer.objects.filter(around_the_clock=True).exclude(opening_hours="24/7")) == []
    assert list(Offer.objects.filter(around_the_clock=False, opening_hours="24/7")) == []


def test_nothing_internal_is_in_a_text_that_visitors_read():
    texts = [text for row in Offer.objects.values_list("name", "summary", "description", "hours_note") for text in row]
    texts += [*Phone.objects.values_list("label", flat=True), *Organization.objects.values_list("name", flat=True)]

    assert [text for text in texts if INTERNAL.search(text)] == []


def test_no_note_of_the_editors_is_repeated_in_the_offer():
    noted = Offer.objects.exclude(editorial_note="")

    assert noted.count() == 115
    assert [offer.slug for offer in noted if offer.editorial_note in offer.description] == []
