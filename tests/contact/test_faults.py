"""What goes wrong at the worst moment, with real processes on a real database."""

import re
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import RemoteDisconnected

import pytest

from contact import sealing
from tests.contact.factories import CODE, WAYS, answers
from tests.contact.portal import POSTGRES, all_at_once, new_portal, until

ADDRESS = WAYS["callback"]
HOTLINE = "tel:+498003009944"
MAKE_REQUESTS = """
import sys, django
django.setup()
from datetime import datetime
from tests.contact.factories import make_request
for code, slot in zip({codes}, {slots}):
    make_request(code, slot=datetime.fromisoformat(slot), seat=1)
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with new_portal(tmp_path_factory.mktemp("portal") / "var") as portal:
        yield portal


@pytest.fixture(scope="module")
def _running(portal):
    with portal.serve() as server:
        yield server


@pytest.fixture
def server(portal, _running):
    """A running portal without any request."""
    portal.empty()
    return _running


@pytest.fixture
def slots(portal, server):
    """Free slots that visitors are shown for as long as a test takes, even if a quarter of an hour ends meanwhile."""
    free = server.free_slots()[4:]
    next_quarter = "quarter + interval '15 minutes'" if POSTGRES else "datetime(quarter, '+15 minutes')"
    columns = "kind, slots FROM contact_publishedslots"
    portal.do(f"INSERT INTO contact_publishedslots (quarter, kind, slots) SELECT {next_quarter}, {columns}")
    return free


def sources():
    """Addresses of this machine; a visitor may book six times an hour only."""
    sources.number += 1
    return f"127.0.{sources.number}."


sources.number = 0


def requests(portal):
    return portal.rows("SELECT codename, status, seat FROM contact_contactrequest")


def codename(page):
    return re.search(r"<dt>Terminname</dt><dd><strong>(.*?)</strong>", page)[1]


def notice(page):
    return re.search(r'<div class="notice"[^>]* role="status"><p>(.*?)</p>', page)[1]


def patiently(server, address, form, source):
    """Who is asked to send again in a minute does so at once."""
    for _ in range(5):
        status, page = server.post(address, form, source=source)
        if status != 503:
            break
    assert status != 500, server.output.read_text()
    return status, page


# ---- everybody at once ----
def test_last_seat_goes_to_one_of_fifty_and_the_others_are_told_kindly(portal, server, slots):
    network = sources()
    sent = [answers(code=sealing.new_code(), slot=slots[0], name="Petra") for _ in range(50)]

    results = all_at_once(
        [partial(patiently, server, ADDRESS, form, f"{network}{n}") for n, form in enumerate(sent, start=1)]
    )

    assert Counter(status for status, _ in results) == {200: 1, 409: 49}
    lost = [page for status, page in results if status == 409]
    assert [page for page in lost if "Ihre anderen Angaben stehen noch da" not in page] == []
    assert [page for page in lost if 'value="Petra"' not in page] == []
    assert [codename(page) for status, page in results if status == 200] == [row[0] for row in requests(portal)]


def test_same_form_sent_twenty_times_at_once_is_one_talk(portal, server, slots):
    network = sources()
    form = answers(code=sealing.new_code(), slot=slots[0])

    results = all_at_once([partial(patiently, server, ADDRESS, form, f"{network}{n}") for n in range(1, 21)])

    assert Counter(status for status, _ in results) == {200: 20}
    assert len(requests(portal)) == 1
    assert {codename(page) for _, page in results} == {requests(portal)[0][0]}


def test_slot_that_ten_want_to_move_to_goes_to_one_and_nobody_loses_theirs(portal, server, slots):
    network = sources()
    codes = [sealing.new_code() for _ in range(10)]
    portal.python(MAKE_REQUESTS.format(codes=codes, slots=slots[1:11]))

    moves = [{"code": code, "action": "move", "slot": slots[0]} for code in codes]
    results = all_at_once(
        [partial(patiently, server, "/kontakt/code/", move, f"{network}{n}") for n, move in enumerate(moves, start=1)]
    )

    assert Counter(re.split("[:.]", notice(page))[0] for _, page in results) == {
        "Ihr neuer Termin": 1,
        "Dieser Termin ist nicht mehr frei": 9,
    }
    kept = portal.rows("SELECT count(DISTINCT slot), count(*) FROM contact_contactrequest")
    assert kept == [(10, 10)]


def test_deleting_while_writing_and_moving_leaves_nothing(portal, server, slots):
    network = sources()
    portal.python(MAKE_REQUESTS.format(codes=[CODE], slots=slots[1:2]))
    deeds = [{"action": "write", "message": "Noch etwas"}, {"action": "move", "slot": slots[0]}, {"action": "delete"}]
    deeds += [{"action": "cancel"}, {"action": "show"}, *deeds]

    results = all_at_once(
        [
            partial(patiently, server, "/kontakt/code/", {"code": CODE, **deed}, f"{network}{n}")
            for n, deed in enumerate(deeds, start=1)
        ]
    )

    assert Counter(status for status, _ in results) == {200: len(deeds)}
    assert requests(portal) == []
    assert portal.rows("SELECT * FROM contact_visitormessage") == []


def test_workers_count_together_whatever_the_client_claims(server, slots):
    source = sources() + "1"
    form = answers(code=sealing.new_code(), slot=slots[0])

    statuses = [server.post(ADDRESS, form, source=source, **{"X-Forwarded-For": f"203.0.113.{n}"})[0] for n in range(8)]

    assert statuses == [200] * 6 + [429] * 2


# ---- a worker dies ----
def test_worker_that_dies_before_the_commit_leaves_the_seat_free(portal, server, slots):
    source = sources() + "1"
    form = answers(code=sealing.new_code(), slot=slots[0])
    server.get(ADDRESS)
    before = server.computing_time()

    with ThreadPoolExecutor(1) as pool, portal.locked():
        sending = pool.submit(server.post, ADDRESS, form, source=source)

        def has_computed():
            return server.computing_time() - before >= 3

        until(has_computed)
        assert not sending.done()
        server.kill_workers()
        with pytest.raises((RemoteDisconnected, ConnectionError)):
            sending.result()
    stored = requests(portal)
    again = server.post(ADDRESS, form, source=source)

    assert stored == []
    assert again[0] == 200
    assert [row[0] for row in requests(portal)] == [codename(again[1])]


def test_worker_that_dies_after_the_commit_loses_nothing_and_the_next_try_doubles_nothing(portal, slots):
    """It dies while it tells the mail server, which comes after the commit and before the answer."""
    source = sources() + "1"
    form = answers(code=sealing.new_code(), slot=slots[0])
    with socket.create_server(("127.0.0.1", 0)) as mail:
        mail.settimeout(30)
        environment = {"EMAIL_PORT": str(mail.getsockname()[1]), "CONTACT_NOTIFY_EMAIL": "team@example.org"}
        with portal.serve("mailing", **environment) as server, ThreadPoolExecutor(1) as pool:
            sending = pool.submit(server.post, ADDRESS, form, source=source)
            with mail.accept()[0]:
                stored = requests(portal)
                server.kill_workers()
                with pytest.raises((RemoteDisconnected, ConnectionError)):
                    sending.result()
            again = server.post(ADDRESS, form, source=source)

    assert len(stored) == 1
    assert again[0] == 200
    assert codename(again[1]) == stored[0][0]
    assert requests(portal) == stored


# ---- the database is away ----
def test_while_the_database_is_out_of_reach_pages_show_the_number_to_call(portal, server, slots):
    source = sources() + "1"
    form = answers(code=sealing.new_code(), slot=slots[0], message="Bitte um Rat")

    with portal.out_of_reach():
        refused = server.post(ADDRESS, form, source=source)
        ways = server.get("/kontakt/")
    again = server.post(ADDRESS, form, source=source)

    assert refused[0] in {500, 503}
    assert HOTLINE in refused[1]
    assert (ways[0], HOTLINE in ways[1]) == (200, True)
    assert again[0] == 200
    assert [row[0] for row in requests(portal)] == [codename(again[1])]


# ---- deleting ----
def test_visitor_who_deletes_leaves_no_bytes_while_the_server_runs_on(portal, server, slots):
    source = sources() + "1"
    code = sealing.new_code()
    name = codename(server.post(ADDRESS, answers(code=code, slot=slots[0]), source=source)[1])
    before = portal.bytes_of_tables()

    page = server.post("/kontakt/code/", {"code": code, "action": "delete"}, source=source)[1]

    assert "<h1>Alles gelöscht</h1>" in page
    assert name.encode() in before
    assert name.encode() not in portal.bytes_of_tables_without(name)
