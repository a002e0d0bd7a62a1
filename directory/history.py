"""The history of an offer as editors read it: one entry a change, with its phones, e-mails, towns and sources."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from simple_history.models import HistoricalRecords

from directory.models import Offer
from directory.models.history import current_change
from directory.plain import LINKS, PARTS, Difference, Words, parts_of, values_of

BATCH = 500


def record(rows: Iterable, *, user: User | None = None, reason: str = "", created: bool = False) -> None:
    """Write entries for rows of one model that update() or bulk_create() wrote: those send no signal."""
    rows = list(rows)
    if not rows:
        return
    entries = type(rows[0]).history.bulk_history_create(
        rows,
        batch_size=BATCH,
        update=not created,
        default_user=user,
        default_change_reason=reason,
        custom_historical_attrs={"change": current_change()},
    )
    for field in getattr(entries[0], "_history_m2m_fields", ()):
        _record_links(field, {entry.id: entry for entry in entries})


def _record_links(field, entries):
    link, entry_of_link = field.remote_field.through, HistoricalRecords.m2m_models[field]
    names = [column.attname for column in link._meta.fields]
    links = link.objects.filter(**{f"{field.m2m_field_name()}__in": list(entries)}).values(*names)
    entry_of_link.objects.bulk_create(
        [entry_of_link(history=entries[values[f"{field.m2m_field_name()}_id"]], **values) for values in links], BATCH
    )


@dataclass(frozen=True)
class Entry:
    change: UUID
    at: datetime
    user: object  # None: a command, or an account that is gone
    reason: str
    state: dict  # the offer after it, as directory.plain has it
    differences: list[Difference]
    is_first: bool


def entries(offer: Offer) -> list[Entry]:
    """Newest first, without those that changed nothing and say nothing. A fixed number of queries."""
    words, found, state = Words(), [], None
    for change, records in _changes(offer):
        before, state = state, _after(state, records)
        if not state.is_complete:
            continue  # parts of an offer that was not recorded yet
        is_first = before is None or not before.is_complete
        differences = [] if is_first else words.differences(before.plain(), state.plain())
        reason = next((record.history_change_reason for record in records if record.history_change_reason), "")
        if not (is_first or differences or reason):
            continue
        user = next((record.history_user for record in records if record.history_user), None)
        found.append(Entry(change, records[-1].history_date, user, reason, state.plain(), differences, is_first))
    return found[::-1]


def _changes(offer):
    """(change, its entries in all tables) in the order of time."""
    own = list(Offer.history.filter(id=offer.pk).select_related("history_user", "organization"))
    for name in LINKS:
        field = Offer._meta.get_field(name)
        slugs = {}
        links = HistoricalRecords.m2m_models[field].objects.filter(history__in=own)
        for pk, slug in links.values_list("history_id", f"{field.m2m_reverse_field_name()}__slug"):
            slugs.setdefault(pk, []).append(slug or "gelöscht")
        for entry in own:
            entry.links = {**getattr(entry, "links", {}), name: sorted(slugs.get(entry.pk, ()))}
    for model in PARTS.values():
        own += model.history.filter(offer_id=offer.pk).select_related("history_user")
    changes = {}
    for entry in sorted(own, key=lambda entry: (entry.history_date, entry.history_id)):
        changes.setdefault(entry.change, []).append(entry)
    return changes.items()


@dataclass(frozen=True)
class _State:
    offer: object  # an entry of the offer itself
    parts: dict  # name → {id: entry}

    @property
    def is_complete(self) -> bool:
        return self.offer is not None

    def plain(self) -> dict:
        """The rows in the order in which the offer's page shows them."""
        parts = {name: parts_of(name, sorted(rows.values(), key=place)) for name, rows in self.parts.items()}
        return values_of(self.offer) | self.offer.links | parts


def place(row) -> tuple[int, str, int]:
    """As `ordering` of the parts has it."""
    return getattr(row, "position", 0), getattr(row, "city", ""), row.id


def _after(state, records):
    offer = state.offer if state else None
    parts = {name: dict(state.parts[name]) if state else {} for name in PARTS}
    for entry in records:
        name = next((name for name, model in PARTS.items() if entry.instance_type is model), None)
        if name is None:
            offer = entry
        elif entry.history_type == "-":
            parts[name].pop(entry.id, None)
        else:
            parts[name][entry.id] = entry
    return _State(offer, parts)
