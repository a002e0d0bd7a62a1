"""A short storm on every run of the tests; `make storm` has the long one."""

import pytest

from tests.contact.portal import POSTGRES
from tests.contact.storm.comparison import Row, compare
from tests.contact.storm.run import Report, portal_with, storm

SUBMISSIONS = 60
FIRST = Row("id 1", "key 1", "Blauer Leuchtturm", "callback", "2026-11-24T13:00:00+00:00", "[]")
SECOND = FIRST._replace(lookup_id="id 2", reply_key="key 2", codename="Rote Tasse")


def test_nothing_is_lost_or_doubled_while_workers_die_and_postgresql_restarts(tmp_path):
    with portal_with(tmp_path / "var", own_postgresql=POSTGRES) as (portal, restart):
        report = storm(portal, SUBMISSIONS, restart, cheap_codes=True)

    assert (report.confirmed, report.lost, report.doubled) == (SUBMISSIONS, [], [])
    assert report.killed >= 4
    assert report.restarts == (1 if POSTGRES else 0)
    assert report.again["hung up"] == SUBMISSIONS / 10
    assert report.again["no answer"] > 0


@pytest.mark.parametrize(
    ("stored", "lost", "doubled"),
    [
        ([FIRST._replace(seat=1), SECOND._replace(seat=2)], [], []),
        ([SECOND._replace(seat=2)], [FIRST], []),
        (
            [FIRST._replace(seat=1), FIRST._replace(seat=3, codename="Neue Insel"), SECOND._replace(seat=2)],
            [],
            [FIRST._replace(codename="Neue Insel")],
        ),
        (
            [FIRST._replace(seat=1, words="[{}]"), SECOND._replace(seat=2)],
            [FIRST],
            [FIRST._replace(words="[{}]")],
        ),
        (
            [FIRST._replace(seat=1), SECOND._replace(seat=1)],
            [],
            [FIRST._replace(seat=1), SECOND._replace(seat=1)],
        ),
    ],
    ids=["all well", "one is gone", "one is there twice", "one says something else", "one seat for two"],
)
def test_comparison_names_what_is_lost_and_what_is_doubled(stored, lost, doubled):
    assert compare([FIRST, SECOND], stored) == (lost, doubled)


def test_report_is_well_only_when_all_are_confirmed_and_nothing_is_wrong():
    assert Report(1, confirmed=1).is_well
    assert not Report(1, confirmed=0).is_well
    assert not Report(1, confirmed=1, lost=[FIRST]).is_well
    assert not Report(1, confirmed=1, doubled=[FIRST]).is_well
