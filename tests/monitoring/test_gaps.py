"""The rules of the gap map, cell by cell against the database."""

from datetime import date

import pytest
from django.db.models import Q

from directory import catalogue
from directory.models import Offer, Region, SupportType, ThreatType
from directory.monitoring import gaps
from directory.monitoring.figures import freshness, months_before, totals_of
from directory.monitoring.gaps import Coverage
from directory.selection import Selection
from tests.factories import make_offer, make_organization, make_region, make_support_type, make_threat_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    """One Land with a Kreis, another Land, one threat and one kind of help."""
    land = make_region("Hessen", slug="hessen")
    make_region("Landkreis Gießen", slug="giessen", parent=land)
    make_region("Bayern", slug="bayern")
    return {"threat_types": [make_threat_type(slug="hass")], "support_types": [make_support_type(slug="recht")]}


def region(slug):
    return Region.objects.get(slug=slug)


def coverage(state="hessen"):
    return gaps.gap_map(catalogue.build())[state]["hass"]["recht"]


def counted(state, threat, support):
    """What a cell must be, by counting rows."""
    suitable = Offer.objects.filter(
        status__in=["active", "temporarily closed"], threat_types=threat, support_types=support
    )
    own = suitable.filter(Q(regions=state) | Q(regions__parent=state), level="state")
    if own.filter(audience="municipal").exists():
        return "municipal"
    if own.exists():
        return "open"
    return "federal only" if suitable.filter(level="federal").exists() else "none"


def every_cell_counted():
    states = Region.objects.filter(parent=None)
    return {
        (state.slug, threat.slug, support.slug): counted(state, threat, support)
        for state in states
        for threat in ThreatType.objects.all()
        for support in SupportType.objects.all()
    }


def every_cell():
    return {
        (state, threat, support): cell.value
        for state, cells in gaps.gap_map(catalogue.build()).items()
        for threat, row in cells.items()
        for support, cell in row.items()
    }


# ---- the four states ----
def test_nothing_is_none(there):
    make_offer(threat_types=[make_threat_type()], support_types=there["support_types"], regions=[region("hessen")])
    make_offer(threat_types=there["threat_types"], support_types=[make_support_type()])

    assert coverage() is Coverage.NONE


@pytest.mark.parametrize("audience", Offer.Audience)
def test_nationwide_offers_are_federal_only_whoever_they_were_made_for(there, audience):
    make_offer(audience=audience, **there)

    assert (coverage("hessen"), coverage("bayern")) == (Coverage.FEDERAL, Coverage.FEDERAL)


def test_offer_for_all_is_open_in_its_land_only(there):
    make_offer(audience="open", regions=[region("hessen")], **there)

    assert (coverage("hessen"), coverage("bayern")) == (Coverage.OPEN, Coverage.NONE)


def test_municipal_offer_counts_more_than_open_and_nationwide_ones(there):
    make_offer(**there)
    make_offer(audience="open", regions=[region("hessen")], **there)
    make_offer(regions=[region("hessen")], **there)

    assert (coverage("hessen"), coverage("bayern")) == (Coverage.MUNICIPAL, Coverage.FEDERAL)


def test_offer_of_a_kreis_counts_for_its_land(there):
    make_offer(regions=[region("giessen")], **there)

    assert (coverage("hessen"), coverage("bayern")) == (Coverage.MUNICIPAL, Coverage.NONE)


def test_offer_for_two_laender_counts_in_both(there):
    make_offer(regions=[region("hessen"), region("bayern")], **there)

    assert (coverage("hessen"), coverage("bayern")) == (Coverage.MUNICIPAL, Coverage.MUNICIPAL)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("active", Coverage.MUNICIPAL),
        ("temporarily closed", Coverage.MUNICIPAL),
        ("draft", Coverage.NONE),
        ("defunct", Coverage.NONE),
    ],
)
def test_only_what_is_published_counts(there, status, expected):
    make_offer(status=status, regions=[region("hessen")], **there)

    assert coverage() is expected


def test_threat_and_help_must_be_those_of_one_offer(there):
    make_offer(threat_types=there["threat_types"], support_types=[make_support_type()], regions=[region("hessen")])
    make_offer(threat_types=[make_threat_type()], support_types=there["support_types"], regions=[region("hessen")])

    assert coverage() is Coverage.NONE


def test_every_made_up_cell_equals_a_count_of_rows(there):
    make_offer(audience="open", regions=[region("giessen")], **there)
    make_offer(regions=[region("bayern")], threat_types=[make_threat_type()], support_types=there["support_types"])
    make_offer(threat_types=there["threat_types"], support_types=[make_support_type()])
    make_offer(status="draft", regions=[region("hessen")], **there)

    assert every_cell() == every_cell_counted()
    assert len(every_cell()) == 2 * 2 * 2


# ---- the real offers ----
def test_every_real_cell_equals_a_count_of_rows(real_offers):
    cells = every_cell()

    assert cells == every_cell_counted()
    assert len(cells) == 10 * 12 * 16
    assert set(cells.values()) == set(Coverage.values)


def test_real_totals_equal_counts_of_rows(real_offers):
    totals = totals_of(Selection(catalogue.build()))
    published = Offer.objects.published()

    assert totals["offers"] == published.count()
    assert totals["level"] == {level: published.filter(level=level).count() for level in ("federal", "state")}
    assert totals["sector"] == {
        sector: {
            level: published.filter(organization__sector=sector, level=level).count() for level in ("federal", "state")
        }
        for sector in ("security", "justice", "administration", "aid", "association", "research")
    }
    assert totals["organizations"] == published.values("organization").distinct().count()


# ---- figures ----
def test_narrowed_cells_keep_only_what_is_chosen():
    cells = {"hass": {"recht": Coverage.OPEN, "geld": Coverage.NONE}, "stalking": {"recht": Coverage.FEDERAL}}

    assert gaps.narrow(cells, ["hass"], ["recht"]) == {"hass": {"recht": Coverage.OPEN}}
    assert gaps.narrow(cells, [], ["recht"]) == {
        "hass": {"recht": Coverage.OPEN},
        "stalking": {"recht": "federal only"},
    }
    assert gaps.narrow(cells, [], []) == cells


def test_tally_names_all_four():
    cells = {"hass": {"recht": Coverage.OPEN, "geld": Coverage.OPEN}, "stalking": {"recht": Coverage.FEDERAL}}

    assert gaps.tally(cells) == {"municipal": 0, "open": 2, "federal only": 1, "none": 0}


def test_freshness_counts_months_from_the_day():
    organization = make_organization()
    for verified_on in (
        date(2026, 8, 31),
        date(2026, 3, 1),  # half a year before the end of August is the end of February
        date(2026, 2, 28),
        date(2025, 8, 31),
        date(2024, 9, 1),
        date(2024, 8, 30),
        date(2020, 1, 1),
        date(2026, 9, 2),  # later than the day
        None,
    ):
        make_offer(verified_on=verified_on, organization=organization)

    found = freshness(Selection(catalogue.build()), date(2026, 8, 31))

    assert found == {"6 months": 3, "12 months": 1, "24 months": 2, "older": 2, "never": 1}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 12, 31), 24, date(2024, 12, 31)),
    ],
)
def test_months_before(day, months, expected):
    assert months_before(day, months) == expected
