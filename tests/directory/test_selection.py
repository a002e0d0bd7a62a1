import pytest

from directory import catalogue
from directory.models import Offer
from directory.search import Ranking, mask_of
from directory.selection import Selection, near_first, skip
from tests.factories import make_offer, make_region, make_threat_type


@pytest.mark.parametrize("count", [0, 1, 2, 700, 1023, 1024, 1025, 1400, 2000])
def test_skip_clears_the_lowest_bits(count):
    positions = [3 * n for n in range(2000)]

    assert skip(mask_of(positions), count) == mask_of(positions[count:])


def test_skip_survives_gaps_longer_than_a_stride():
    assert skip(1 | 1 << 5000, 1) == 1 << 5000


@pytest.mark.django_db
def test_slices_are_those_of_the_whole_list():
    land = make_region()
    for _ in range(3):
        make_offer(regions=[land])
        make_offer()
    selection = Selection(catalogue.build())
    everything = list(selection)

    assert len(everything) == 6
    for start in range(7):
        for stop in range(8):
            assert selection[start:stop] == everything[start:stop], (start, stop)
    assert selection[:] == everything


@pytest.mark.django_db
def test_filter_is_or_within_and_between():
    threat, other = make_threat_type(slug="a"), make_threat_type(slug="b")
    make_offer(slug="one", threat_types=[threat])
    make_offer(slug="two", threat_types=[other], audience=Offer.Audience.OPEN)
    make_offer(slug="three", audience=Offer.Audience.OPEN)
    selection = Selection(catalogue.build())

    both = selection.filter(threat_type=["a", "b"])

    assert {offer.slug for offer in both} == {"one", "two"}
    assert [offer.slug for offer in both.filter(audience=["open"])] == ["two"]
    assert {offer.slug for offer in both.filter(audience=["open"]).without("threat_type")} == {"two", "three"}
    assert selection.filter(threat_type=["unknown"]).count() == 0


@pytest.mark.django_db
def test_order_is_nationwide_first_without_a_region_and_near_first_with_one():
    land = make_region()
    make_offer(slug="bund")
    make_offer(slug="land", regions=[land], audience=Offer.Audience.OPEN)
    make_offer(slug="land-kommunal", regions=[land])
    selection = Selection(catalogue.build())

    assert [offer.slug for offer in selection] == ["bund", "land-kommunal", "land"]
    near = selection.order_by(near_first(selection.catalogue))
    assert [offer.slug for offer in near] == ["land-kommunal", "land", "bund"]


@pytest.mark.django_db
def test_ranked_is_best_first_and_keeps_the_order_among_equals():
    land = make_region()
    make_offer(slug="bund", name="A")
    make_offer(slug="land", name="B", regions=[land])
    make_offer(slug="best", name="C", regions=[land])
    make_offer(slug="miss", name="D")
    built = catalogue.build()
    bit = {offer.slug: 1 << offer.position for offer in built.offers}

    ranked = Selection(built).ranked(Ranking((bit["best"], bit["land"] | bit["bund"])))

    assert [offer.slug for offer in ranked] == ["best", "bund", "land"]
