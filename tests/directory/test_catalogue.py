import gc
import weakref
from datetime import datetime

import pytest
from django.db import OperationalError

from directory import catalogue
from directory.models import CatalogueVersion, Offer, Region
from directory.opening import BERLIN
from tests.factories import (
    make_language,
    make_offer,
    make_organization,
    make_region,
    make_support_type,
    make_threat_type,
)

pytestmark = pytest.mark.django_db


def offers_in(built, mask):
    return [offer.slug for offer in built.offers if mask >> offer.position & 1]


def test_build_holds_published_offers_only():
    make_offer(slug="shown")
    make_offer(slug="closed", status=Offer.Status.TEMPORARILY_CLOSED)
    make_offer(slug="draft", status=Offer.Status.DRAFT)
    make_offer(slug="defunct", status=Offer.Status.DEFUNCT)

    assert {offer.slug for offer in catalogue.build().offers} == {"shown", "closed"}


def test_build_copies_what_lists_show():
    land = make_region("Hessen")
    offer = make_offer(
        regions=[land],
        threat_types=[make_threat_type(slug="stalking")],
        support_types=[make_support_type(slug="beratung")],
        languages=[make_language(slug="de")],
        phones=["+493025208838", "116006"],
        emails=["hilfe@example.org"],
        free_of_charge=True,
        opening_hours="Mo-Fr 09:00-16:00",
    )

    [listed] = catalogue.build().offers

    assert (listed.name, listed.reach, listed.actor.name) == (offer.name, "Hessen", offer.organization.name)
    assert [phone.number for phone in listed.phones] == ["+493025208838", "116006"]
    assert (listed.threat_types, listed.support_types, listed.languages) == (("stalking",), ("beratung",), ("de",))
    assert (listed.emails, listed.free_of_charge, listed.anonymous) == (("hilfe@example.org",), True, None)
    assert listed.hours == "Mo-Fr 09:00-16:00"


@pytest.mark.parametrize("count", [1, 3])
def test_build_needs_six_queries_however_many_offers(count, django_assert_num_queries):
    for _ in range(count):
        make_offer(
            regions=[make_region()],
            threat_types=[make_threat_type()],
            support_types=[make_support_type()],
            phones=["116006"],
            emails=["a@example.org"],
        )

    with django_assert_num_queries(6):
        catalogue.build()


@pytest.mark.parametrize("query", ["Türkisch", "auf türkisch", "turkish", "Türkçe"])
def test_search_knows_a_language_by_its_names(query):
    turkish, german = make_language(slug="tr", name="Türkisch"), make_language(slug="de", name="Deutsch")
    make_offer(slug="beides", languages=[german, turkish])
    make_offer(slug="deutsch", languages=[german])

    built = catalogue.build()

    [found] = built.search.search(query).groups
    assert [offer.slug for offer in built.offers if found >> offer.position & 1] == ["beides"]


def test_base_order_is_municipal_then_narrow_then_answering_then_focused_then_name():
    land, other = make_region("Hessen"), make_region("Bayern")
    district = make_region("Landkreis Gießen", parent=land)
    one, two = make_threat_type(), make_threat_type()
    phone = {"phones": ["116006"]}
    everyone = Offer.Audience.OPEN
    expected = [
        make_offer(regions=[district], threat_types=[one, two]),
        make_offer(regions=[land], threat_types=[one], **phone),
        make_offer(regions=[land], threat_types=[one, two], **phone),
        make_offer(regions=[land], threat_types=[one]),
        make_offer(regions=[land, other], threat_types=[one], **phone),
        make_offer(threat_types=[one], name="Ärger", **phone),
        make_offer(threat_types=[one], name="Bedroht", **phone),
        make_offer(threat_types=[one], audience=everyone, **phone),
    ]
    Offer.objects.filter(pk=expected[0].pk).update(name="zuletzt im Alphabet")

    assert [offer.slug for offer in catalogue.build().offers] == [offer.slug for offer in expected]


def test_region_mask_agrees_with_the_queryset_rule():
    hessen, bayern = make_region("Hessen"), make_region("Bayern")
    district = make_region("Landkreis Gießen", parent=hessen)
    sibling = make_region("Landkreis Fulda", parent=hessen)
    make_offer()
    for regions in ([hessen], [bayern], [district], [sibling], [hessen, bayern]):
        make_offer(regions=regions)
    built = catalogue.build()

    for region in Region.objects.all():
        expected = set(Offer.objects.published().available_in(region).values_list("slug", flat=True))
        assert set(offers_in(built, built.masks["region"][region.slug])) == expected, region.name
    assert len(offers_in(built, built.masks["region"][district.slug])) == 4


def test_feature_masks_count_known_facts_only():
    make_offer(slug="unknown")
    make_offer(slug="no", anonymous=False, free_of_charge=False)
    certain = {"anonymous": True, "free_of_charge": True, "chat": "https://chat.example/", "phones": ["116006"]}
    make_offer(slug="yes", for_some_only=True, **certain)
    built = catalogue.build()

    found = {name: offers_in(built, mask) for name, mask in built.masks["feature"].items()}

    known = {name: ["yes"] for name in ("anonymous", "free_of_charge", "chat", "online", "phone")}
    assert found == known | {"for_everyone": ["unknown", "no"]}


def test_open_at_counts_the_hours_of_phones_and_never_a_closed_offer():
    noon, night = (datetime(2026, 11, 23, hour, tzinfo=BERLIN) for hour in (12, 23))
    make_offer(slug="office", opening_hours="Mo-Fr 09:00-16:00")
    make_offer(slug="always", around_the_clock=True)
    make_offer(slug="silent")
    make_offer(slug="closed", around_the_clock=True, status=Offer.Status.TEMPORARILY_CLOSED)
    late = make_offer(slug="late", opening_hours="Mo-Fr 09:00-16:00", phones=["116006"])
    late.phones.update(opening_hours="Mo-Su 22:00-24:00")
    built = catalogue.build()

    assert set(offers_in(built, built.open_at(noon))) == {"office", "always"}
    assert set(offers_in(built, built.open_at(night))) == {"late", "always"}


def test_current_builds_again_when_the_version_moved(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(catalogue, "monotonic", lambda: now[0])
    make_offer(slug="first")
    before = catalogue.current()
    make_offer(slug="second")
    CatalogueVersion.objects.bump()

    assert catalogue.current() is before
    now[0] += catalogue.POLL_SECONDS
    assert {offer.slug for offer in catalogue.current().offers} == {"first", "second"}
    assert [offer.slug for offer in before.offers] == ["first"]


def test_current_keeps_the_snapshot_when_nothing_changed(monkeypatch, django_assert_num_queries):
    now = [1000.0]
    monkeypatch.setattr(catalogue, "monotonic", lambda: now[0])
    before = catalogue.current()
    make_offer()  # no bump

    with django_assert_num_queries(0):
        assert catalogue.current() is before
    now[0] += catalogue.POLL_SECONDS
    with django_assert_num_queries(1):
        assert catalogue.current() is before


def test_current_serves_on_while_the_database_is_gone(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(catalogue, "monotonic", lambda: now[0])
    before = catalogue.current()

    def gone(self):
        raise OperationalError

    monkeypatch.setattr(type(CatalogueVersion.objects), "current", gone)
    now[0] += catalogue.POLL_SECONDS

    assert catalogue.current() is before


def test_old_snapshots_are_let_go(client, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(catalogue, "monotonic", lambda: now[0])
    make_offer()
    client.get("/angebote/")
    old = weakref.ref(catalogue.current())
    CatalogueVersion.objects.bump()
    now[0] += catalogue.POLL_SECONDS
    client.get("/angebote/")
    gc.collect()

    assert old() is None


def test_actors_are_those_with_published_offers():
    shown = make_organization(name="Zeigt sich")
    make_offer(organization=shown)
    make_offer(organization=make_organization(name="Nur Entwurf"), status=Offer.Status.DRAFT)
    make_organization(name="Ohne Angebot")

    assert [actor.name for actor in catalogue.build().actors.values()] == ["Zeigt sich"]


def test_what_is_kept_with_a_catalogue_goes_with_it():
    make_offer()
    asked = []
    result = catalogue.kept_with_catalogue(lambda current, *more: asked.append(more) or [current.version, *more])
    current = catalogue.build()
    gone = weakref.ref(current)

    assert [result(current, 1)[1:], result(current, 1)[1:], result(current, 2)[1:]] == [[1], [1], [2]]
    assert asked == [(1,), (2,)]
    del current
    gc.collect()
    assert gone() is None
