"""What is deleted when. The hourly `manage.py purge` does it; deletion by hand goes the same way."""

import logging
import time
from datetime import date, timedelta

from django.db import Error, OperationalError, connection, transaction
from django.utils import timezone

from contact import keyring
from contact.models import ContactRequest, Note, PublishedSlots, Reply, VisitorMessage

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)  # after the slot, or after closing
KEPT_WITHOUT_SLOT = timedelta(days=21)  # after the day it came, when nobody ever found a slot
ON_ITS_WAY = timedelta(hours=1)  # what was sealed just before its key was retired may not be stored yet
PATIENCE = 2  # seconds that the rewriting of a table waits for others
TABLES = (VisitorMessage, Reply, Note, ContactRequest)  # whose bytes must be gone


def deleted_on(request: ContactRequest) -> date:
    """The day on which nothing of a request is left."""
    if request.closed_on:
        return request.closed_on + KEPT
    if request.slot:
        try:
            return timezone.localdate(request.slot) + KEPT
        except OverflowError:  # no form of ours writes such a slot; it must not keep the others from being deleted
            return date.max
    return request.created_on + KEPT_WITHOUT_SLOT


def close(request: ContactRequest, status: str) -> None:
    """End a request: its number goes at once, its seat too when the talk did not happen."""
    request.status = status
    request.closed_on = timezone.localdate()
    request.phone = request.phone_spare = None
    if status == ContactRequest.Status.CANCELLED:
        request.slot = request.seat = None
    request.save(update_fields=["status", "closed_on", "phone", "phone_spare", "slot", "seat"])
    scrub()


def delete(request: ContactRequest) -> None:
    request.delete()
    scrub()


def purge(today: date) -> int:
    """Delete all whose day has come; return how many. Safe to repeat at any time."""
    with transaction.atomic():
        requests = ContactRequest.objects.only("closed_on", "slot", "created_on")  # without the sealed boxes
        requests = requests.select_for_update()  # who moves a talk at this moment keeps it
        due = [each.pk for each in requests if deleted_on(each) <= today]
        ContactRequest.objects.filter(pk__in=due).delete()
        PublishedSlots.objects.filter(quarter__lt=timezone.now() - timedelta(hours=1)).delete()
    scrub()
    for kid in set(filter(_rests, keyring.kids())) - kids_in_use():
        keyring.destroy(kid)
    return len(due)


def _rests(kid):
    """Nothing that was sealed with the pair can still be on its way into the database."""
    retired_at = keyring.retired_at(kid)
    return retired_at is not None and retired_at <= timezone.now() - ON_ITS_WAY


def kids_in_use() -> set[str]:
    """Key pairs that something is still sealed with."""
    return {kid for model in TABLES for kid in model.objects.values_list("kid", flat=True).distinct()}


def scrub() -> None:
    """Let no copy of deleted rows stay in the database's files.

    SQLite overwrites freed pages (secure_delete) but keeps old ones in its log until a checkpoint; PostgreSQL keeps
    dead rows until the table is rewritten. There only the owner of the tables can do it: where the public process has a
    role of its own, the hourly purge overwrites what a visitor deleted.
    """
    if connection.in_atomic_block:
        transaction.on_commit(scrub)
        return
    try:
        with connection.cursor() as cursor:
            _overwrite(cursor)
    except Error as error:  # often somebody reads; whatever it is, the rows are deleted, and the visitor is told so
        kind = type(error.__cause__ or error).__name__
        logger.warning("The bytes of deleted rows could not be overwritten (%s); the next purge tries again.", kind)


def _overwrite(cursor):
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if cursor.fetchone()[0]:
            raise OperationalError("the log is in use")
        return
    if not _is_owner(cursor):
        return  # without a word in the log, which would tell when somebody deleted something
    still_seen = not _all_earlier_transactions_end(cursor)
    cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")  # while we wait for a table, everybody else waits behind us
    try:
        for model in TABLES:
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(model._meta.db_table)}")
    finally:
        cursor.execute("RESET lock_timeout")
    if still_seen:
        raise OperationalError("a transaction that runs for long keeps deleted rows alive")


def _is_owner(cursor):
    """Whether this process may rewrite the tables. PostgreSQL would only warn, and skip them."""
    names = [model._meta.db_table for model in TABLES]
    cursor.execute(
        "SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE oid = ANY(%s::regclass[])", [names]
    )
    return cursor.fetchone()[0]


def _all_earlier_transactions_end(cursor):
    """Whether they did within our patience. PostgreSQL keeps each row that one of them, in any database, might read."""
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
    first_later = cursor.fetchone()
    end = time.monotonic() + PATIENCE
    while True:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", first_later)
        if cursor.fetchone()[0]:
            return True
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
