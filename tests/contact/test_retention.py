import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from contact import keyring, retention
from contact.models import (
    AuditEntry,
    CallAttempt,
    ContactRequest,
    Note,
    PublishedSlots,
    Reply,
    VisitorMessage,
)
from directory.opening import BERLIN
from tests.contact.factories import make_row
from tests.contact.portal import POSTGRES, new_portal, until

SLOT = datetime(2026, 11, 24, 14, tzinfo=BERLIN)
DAY = SLOT.date()
WITH_SLOT = {"slot": SLOT, "seat": 1}


def days_after(number):
    return DAY + timedelta(days=number)


def make_all_of(request, kid="none"):
    """One row of everything that belongs to a request."""
    sealed = {"request": request, "kid": kid, "content": b"x", "content_spare": b"x"}
    VisitorMessage.objects.create(**sealed)
    Note.objects.create(**sealed)
    Reply.objects.create(request=request, kid=kid, box=b"x")
    CallAttempt.objects.create(request=request)


def codenames():
    return sorted(ContactRequest.objects.values_list("codename", flat=True))


def retire(kid, hours_ago):
    """As if it had been retired earlier."""
    keyring.retire(kid)
    moment = (timezone.now() - timedelta(hours=hours_ago)).timestamp()
    os.utime(keyring._public(kid).with_suffix(".retired"), (moment, moment))


# ---- the day ----
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (WITH_SLOT, days_after(7)),
        ({"created_on": DAY}, days_after(21)),
        ({"created_on": DAY, "closed_on": days_after(2), "status": "cancelled"}, days_after(9)),
        ({**WITH_SLOT, "closed_on": days_after(3), "status": "done"}, days_after(10)),
        ({**WITH_SLOT, "slot": datetime(2026, 11, 24, 23, 30, tzinfo=UTC)}, days_after(8)),  # in Berlin it is the 25th
        ({**WITH_SLOT, "slot": datetime(9999, 12, 31, 23, 30, tzinfo=UTC)}, date.max),  # and in Berlin no year at all
    ],
)
def test_request_is_deleted_seven_days_after_its_slot_or_its_end(fields, expected):
    assert retention.deleted_on(ContactRequest(**fields)) == expected


def test_purge_deletes_all_whose_day_has_come_and_nothing_else(db, keys):
    for number in range(10):
        slot = SLOT - timedelta(days=number)
        make_row(codename=f"Termin vor {number} Tagen", slot=slot, seat=1)
        make_row(codename=f"Vor {number} Tagen abgesagt", status="cancelled", closed_on=slot.date())
    make_row(codename="Ohne Termin, 20 Tage", created_on=days_after(-20))
    make_row(codename="Ohne Termin, 21 Tage", created_on=days_after(-21))

    deleted = retention.purge(DAY)

    assert deleted == 7
    assert codenames() == sorted(
        ["Ohne Termin, 20 Tage"]
        + [f"Termin vor {number} Tagen" for number in range(7)]
        + [f"Vor {number} Tagen abgesagt" for number in range(7)]
    )


def test_purge_takes_everything_that_belongs_to_a_request(db, keys):
    make_all_of(make_row(**WITH_SLOT))
    kept = make_row(slot=SLOT + timedelta(days=1), seat=1)
    make_all_of(kept)
    user = User.objects.create(username="beraterin")
    AuditEntry.objects.create(user=user, action="opened", request_id=kept.pk)

    retention.purge(days_after(7))

    models = (VisitorMessage, Reply, Note, CallAttempt)
    assert [list(model.objects.values_list("request", flat=True)) for model in models] == [[kept.pk]] * 4
    assert AuditEntry.objects.count() == 1


def test_audit_outlives_the_request(db, keys):
    row = make_row(**WITH_SLOT)
    pk = row.pk
    AuditEntry.objects.create(user=User.objects.create(username="beraterin"), action="opened", request_id=pk)

    retention.delete(row)

    assert list(AuditEntry.objects.values_list("request_id", flat=True)) == [pk]


def test_second_purge_finds_nothing_more(db, keys):
    make_row(**WITH_SLOT)

    assert [retention.purge(days_after(8)), retention.purge(days_after(8))] == [1, 0]


@pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer at a time")
def test_talk_that_is_moved_while_the_purge_runs_is_kept(transactional_db, keys):
    make_row(**WITH_SLOT)
    with another_connection() as visitor, ThreadPoolExecutor(1) as pool:
        visitor.execute("UPDATE contact_contactrequest SET slot = slot + interval '14 days'")
        purged = pool.submit(purge_in_a_thread)
        with another_connection() as watcher:
            watcher.autocommit = True
            waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            until(lambda: purged.done() or watcher.execute(waits).fetchone())
        visitor.commit()

        assert purged.result() == 0

    assert codenames() == ["Blauer Leuchtturm"]


def purge_in_a_thread():
    try:
        return retention.purge(days_after(7))
    finally:
        connection.close()


def test_purge_by_hand_says_how_many(db, keys, clock):
    make_row(slot=SLOT - timedelta(days=8), seat=1)
    make_row(slot=SLOT - timedelta(days=6), seat=1)
    output = StringIO()

    call_command("purge", stdout=output)

    assert output.getvalue() == "Deleted 1 requests.\n"


def test_lists_of_past_quarters_go_too(db, keys, clock):
    for minutes in (0, 60, 61, 600):
        PublishedSlots.objects.create(kind="callback", quarter=clock.now() - timedelta(minutes=minutes), slots=[])

    retention.purge(DAY)

    assert PublishedSlots.objects.count() == 2


# ---- the number ----
def test_number_goes_when_the_talk_is_done_and_the_seat_stays_sold(db):
    row = make_row(**WITH_SLOT, phone=b"box", phone_spare=b"box")

    retention.close(row, ContactRequest.Status.DONE)

    row.refresh_from_db()
    assert (row.phone, row.phone_spare, row.status, row.closed_on) == (None, None, "done", timezone.localdate())
    assert (row.slot, row.seat) == (SLOT, 1)


def test_number_and_seat_go_when_the_talk_is_called_off(db):
    row = make_row(**WITH_SLOT, phone=b"box", phone_spare=b"box")

    retention.close(row, ContactRequest.Status.CANCELLED)

    row.refresh_from_db()
    assert (row.phone, row.phone_spare, row.status, row.slot, row.seat) == (None, None, "cancelled", None, None)


# ---- the keys ----
def test_retired_key_is_destroyed_after_its_last_request(db, keys):
    row = make_row(kid=keys.kid, **WITH_SLOT)
    newer = keyring.create()
    retire(keys.kid, hours_ago=2)

    seen = []
    for day in (days_after(6), days_after(7)):
        retention.purge(day)
        seen.append(keyring.is_destroyed(keys.kid))

    assert seen == [False, True]
    assert not keyring.is_destroyed(newer)
    assert not ContactRequest.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [VisitorMessage, Note, Reply])
def test_key_is_kept_while_anything_is_sealed_with_it(db, keys, model):
    row = make_row(kid="another", slot=timezone.now(), seat=1)
    sealed = {"box": b"x"} if model is Reply else {"content": b"x", "content_spare": b"x"}
    model.objects.create(request=row, kid=keys.kid, **sealed)
    retire(keys.kid, hours_ago=2)

    retention.purge(timezone.localdate())

    assert not keyring.is_destroyed(keys.kid)


def test_key_in_use_by_nobody_is_kept_until_it_is_retired(db, keys):
    retention.purge(date(2030, 1, 1))

    assert not keyring.is_destroyed(keys.kid)


@pytest.mark.parametrize(("hours_ago", "destroyed"), [(0, False), (0.9, False), (1.1, True)])
def test_key_is_kept_while_a_request_sealed_with_it_may_be_on_its_way(db, keys, hours_ago, destroyed):
    retire(keys.kid, hours_ago)

    retention.purge(timezone.localdate())

    assert keyring.is_destroyed(keys.kid) is destroyed


# ---- the bytes ----
def test_deletion_inside_a_transaction_overwrites_after_its_end(transactional_db, monkeypatch):
    inside = []
    monkeypatch.setattr(retention, "_overwrite", lambda cursor: inside.append(connection.in_atomic_block))
    row = make_row(**WITH_SLOT)

    with transaction.atomic():
        retention.delete(row)
        assert inside == []

    assert inside == [False]


def another_connection():
    parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    return psycopg.connect(**{name: parameters[name] for name in parameters if name != "context"})


@pytest.mark.skipif(not POSTGRES, reason="SQLite has no table locks")
def test_reader_who_holds_the_table_does_not_stop_the_deletion(transactional_db, monkeypatch, caplog):
    monkeypatch.setattr(retention, "PATIENCE", 0.1)
    row = make_row(**WITH_SLOT)
    with another_connection() as reader:
        reader.execute("SELECT count(*) FROM contact_reply")

        retention.delete(row)

    assert ContactRequest.objects.count() == 0
    assert [record.getMessage() for record in caplog.records] == [
        "The bytes of deleted rows could not be overwritten (LockNotAvailable); the next purge tries again."
    ]
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_error_of_the_database_after_the_deletion_is_not_the_visitors(transactional_db, monkeypatch, caplog):
    monkeypatch.setattr(retention, "_overwrite", lambda cursor: cursor.execute("SELECT * FROM no_such_table"))
    row = make_row(**WITH_SLOT)

    retention.delete(row)

    assert ContactRequest.objects.count() == 0
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.skipif(not POSTGRES, reason="SQLite overwrites what it deletes")
def test_old_transaction_that_keeps_deleted_rows_alive_does_not_stop_the_deletion(
    transactional_db, monkeypatch, caplog
):
    monkeypatch.setattr(retention, "PATIENCE", 0.1)
    row = make_row(**WITH_SLOT)
    with another_connection() as writer:
        writer.execute("SELECT pg_current_xact_id()")

        retention.delete(row)

    assert ContactRequest.objects.count() == 0
    assert [record.getMessage() for record in caplog.records] == [
        "The bytes of deleted rows could not be overwritten (OperationalError); the next purge tries again."
    ]


MAKE_ROWS = """
import django
django.setup()
import os
from datetime import timedelta
from django.utils import timezone
from tests.contact.factories import make_row
for name, days in (("vor acht Tagen", 8), ("vor sieben Tagen", 7), ("vor sechs Tagen", 6), ("vor einem Tag", 1)):
    slot = timezone.now() - timedelta(days=days)
    noise = os.urandom(20_000)  # which PostgreSQL cannot compress
    row = make_row(codename=f"Marke {name}", slot=slot, seat=1, content=noise + f"Inhalt {name}".encode())
    row.messages.create(kid="x", content=f"Nachricht {name}".encode() + noise, content_spare=b"x")
"""
WORDS = ("Marke", "Inhalt", "Nachricht")
AGES = ("vor acht Tagen", "vor sieben Tagen", "vor sechs Tagen", "vor einem Tag")


def test_purged_words_are_gone_from_the_files_and_others_stay(tmp_path):
    """Plain words in place of sealed ones, so that they can be looked for."""
    with new_portal(tmp_path / "portal") as portal:
        portal.python(MAKE_ROWS)
        before = portal.bytes_of_tables()
        with portal.connection() as another:  # as the servers have; the last one to leave would tidy up SQLite's log
            another.execute("SELECT count(*) FROM contact_contactrequest").fetchall()
            said = portal.manage("purge")
            after = portal.bytes_of_tables_without(f"Inhalt {AGES[0]}")

    marks = [f"{word} {age}" for age in AGES for word in WORDS]
    assert [mark for mark in marks if mark.encode() not in before] == []
    assert said == "Deleted 2 requests.\n"
    assert [mark for mark in marks if mark.encode() in after] == marks[6:]
