"""The database goes away in the middle of everything, or its disk is full."""

import resource
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from contact import sealing
from tests.contact.factories import WAYS, answers
from tests.contact.portal import POSTGRES, SET_UP, Portal, new_portal, until
from tests.postgres import throwaway_postgres

ADDRESS = WAYS["callback"]
HOTLINE = "tel:+498003009944"


# ---- 5 ----
@pytest.mark.skipif(not POSTGRES, reason="runs with the tests on PostgreSQL")
def test_restart_of_postgresql_under_load_loses_and_doubles_nothing(tmp_path):
    with throwaway_postgres() as cluster:
        portal = Portal(tmp_path, cluster.url)
        portal.python(SET_UP)
        with portal.serve() as server:
            slots = server.free_slots()[4:]
            sent = [answers(code=sealing.new_code(), slot=slot) for slot in slots]

            def book(number):
                time.sleep(0.02 * number)
                return server.post(ADDRESS, sent[number], source=f"127.5.0.{number + 1}")

            with ThreadPoolExecutor(8) as pool:
                bookings = [pool.submit(book, number) for number in range(len(sent))]
                until(lambda: bookings[4].done())
                cluster.restart()
                back = time.monotonic()

                def answers_again():
                    return server.get(ADDRESS)[0] == 200

                until(answers_again, seconds=5)
                first = [booking.result() for booking in bookings]
            took = time.monotonic() - back
            again = [
                server.post(ADDRESS, sent[number], source=f"127.6.0.{number + 1}")
                for number, (status, _) in enumerate(first)
                if status != 200
            ]
            stored = portal.rows("SELECT count(*), count(DISTINCT lookup_id) FROM contact_contactrequest")

    assert took < 60
    assert set(Counter(status for status, _ in first)) <= {200, 500, 503}
    assert [page for status, page in first if status != 200 and HOTLINE not in page] == []
    assert Counter(status for status, _ in again) in (Counter(), Counter({200: len(again)}))
    assert stored == [(len(sent), len(sent))]


# ---- 7 ----
def limit_files(server, size):
    for pid in server.workers():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.skipif(POSTGRES, reason="the server's disk is not ours to fill; SQLite's file is")
def test_full_disk_refuses_and_leaves_nothing_half_written(tmp_path):
    with new_portal(tmp_path / "var") as portal, portal.serve() as server:
        slots = server.free_slots()
        booked = server.post(ADDRESS, answers(code=sealing.new_code(), slot=slots[-1]))
        before = portal.rows("SELECT codename, slot FROM contact_contactrequest")
        form = answers(code=sealing.new_code(), slot=slots[-2], message="Bitte um Rat")

        limit_files(server, 1)  # not one byte more in any file
        refused = server.post(ADDRESS, form, source="127.0.0.2")
        reading = server.get("/kontakt/")
        limit_files(server, resource.RLIM_INFINITY)
        kept = portal.rows("SELECT codename, slot FROM contact_contactrequest")
        again = server.post(ADDRESS, form, source="127.0.0.2")
        sound = portal.rows("PRAGMA integrity_check")

    assert booked[0] == 200
    assert (refused[0] in {500, 503}, HOTLINE in refused[1]) == (True, True)
    assert reading[0] == 200
    assert kept == before
    assert again[0] == 200
    assert sound == [("ok",)]
