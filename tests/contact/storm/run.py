"""The storm: many visitors at once, a worker killed every second, PostgreSQL restarted half way."""

import math
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from tests.contact.factories import WAYS
from tests.contact.portal import SET_UP, Portal, new_portal, until
from tests.contact.storm.comparison import Row, compare, expected_rows, stored_rows
from tests.contact.storm.visitor import GaveUp, Visitor
from tests.postgres import throwaway_postgres

AT_ONCE = 64  # visitors
SPARE_SEATS = 1.1  # so that who finds a slot taken finds another
PROGRESS = 10  # seconds
Restart = Callable[[], None] | None


@dataclass
class Report:
    submissions: int
    confirmed: int = 0
    killed: int = 0
    restarts: int = 0
    again: Counter = field(default_factory=Counter)  # why visitors sent something again
    lost: list[Row] = field(default_factory=list)
    doubled: list[Row] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_well(self):
        return self.confirmed == self.submissions and not self.lost and not self.doubled


def storm(portal: Portal, submissions: int, restart: Restart, cheap_codes=False, tell=lambda text: None) -> Report:
    """Let it blow over an empty portal. `restart`, where the database can be restarted, is called once, half way."""
    report = Report(submissions)
    portal.environment["DJANGO_SETTINGS_MODULE"] = "tests.contact.storm.settings"
    portal.environment["CHEAP_CODES"] = "1" if cheap_codes else ""
    over = Event()
    began = told = time.monotonic()
    with portal.serve(STARKESTELLE_ROLE="public") as server, ThreadPoolExecutor(AT_ONCE + 1) as pool:
        make_room(portal, server, submissions)
        visitors = [Visitor(number, server) for number in range(submissions)]
        killing = pool.submit(kill_every_second, server, over)
        try:
            for walking in as_completed([pool.submit(visitor.walk) for visitor in visitors]):
                if not isinstance(walking.exception(), GaveUp):
                    walking.result()
                    report.confirmed += 1
                if restart and not report.restarts and report.confirmed >= submissions / 2:
                    restart()
                    report.restarts += 1
                if time.monotonic() - told > PROGRESS:
                    told = time.monotonic()
                    tell(f"  {report.confirmed} of {submissions} confirmed after {told - began:.0f} seconds")
        finally:
            over.set()
            pool.shutdown(cancel_futures=True)
        report.killed = killing.result()
    report.seconds = time.monotonic() - began
    report.again = sum((visitor.again for visitor in visitors), Counter())
    tell("  calm again; comparing what visitors were told with what the team finds …")
    report.lost, report.doubled = compare(expected_rows(portal, visitors), stored_rows(portal))
    return report


def make_room(portal, server, submissions):
    """A little more seats than visitors, so that late ones find slots that are taken."""
    for kind in WAYS:
        seats = math.ceil(submissions / len(WAYS) * SPARE_SEATS / len(server.free_slots(kind)))
        portal.do(f"UPDATE contact_slotrule SET capacity = {seats} WHERE kind = '{kind}'")


def kill_every_second(server, over) -> int:
    killed = 0
    while not over.wait(1):
        os.kill(random.choice(until(server.workers)), signal.SIGKILL)
        killed += 1
    return killed


@contextmanager
def portal_with(folder: Path, own_postgresql: bool) -> Iterator[tuple[Portal, Restart]]:
    """A portal, and what restarts its database: that must be its own; nobody restarts the one that the tests share."""
    if not own_postgresql:
        with new_portal(folder) as portal:
            yield portal, None
        return
    folder.mkdir()
    with throwaway_postgres() as cluster:
        portal = Portal(folder, cluster.url)
        portal.python(SET_UP)
        yield portal, cluster.restart
