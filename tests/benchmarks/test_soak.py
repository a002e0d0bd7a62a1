"""What the soak says about made-up runs of an hour."""

from random import Random

import pytest

from tests.benchmarks.soak import FLAT, GROWING, UNKNOWN, growth


def run(minutes=60, per_hour=0.0, scatter=1.0, warm_up=40.0):
    """Samples: a warm-up, growth, scatter, and in every minute one moment that takes much."""
    random = Random(1)
    seconds = range(0, minutes * 60, 5)
    return [
        (
            second,
            80
            - warm_up * max(0, 1 - second / 600)
            + per_hour * second / 3600
            + random.gauss(0, scatter)
            + (64 if second % 60 == 30 else 0),
        )
        for second in seconds
    ]


@pytest.mark.parametrize("per_hour", [-20, 0, 3])
def test_what_does_not_grow_is_flat_whatever_warm_up_and_peaks_take(per_hour):
    assert growth(run(per_hour=per_hour)).verdict == FLAT


def test_slow_leak_is_found_and_measured():
    found = growth(run(per_hour=12))

    assert found.verdict == GROWING
    assert found.per_hour == pytest.approx(12, abs=found.uncertainty)


@pytest.mark.parametrize(("minutes", "per_hour", "scatter"), [(10, 30, 1), (60, 15, 15), (60, 15, 30)])
def test_no_verdict_without_certainty(minutes, per_hour, scatter):
    assert growth(run(minutes, per_hour, scatter)).verdict == UNKNOWN
