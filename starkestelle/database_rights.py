"""What the public process may do in PostgreSQL. What is not named here it may not: no accounts, no sessions, no notes.

Somebody who takes that process over gets no further than these rights: sealed words stay out of reach, and so does
everything of the staff area.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps

ALL = ()  # fields; without names a right is for the whole table


@dataclass(frozen=True)
class Rights:
    """The fields that may be read and changed; rows may be added and removed, or not."""

    select: tuple[str, ...] | None = ALL
    update: tuple[str, ...] | None = None
    insert: bool = False
    delete: bool = False


READ = Rights()
PUBLIC = {
    # the directory: all that is published is public, and drafts are no secret of a visitor's
    "directory.CatalogueVersion": Rights(insert=True, update=("number",)),  # a partner's answer changes what all see
    **dict.fromkeys(
        [
            f"directory.{name}"
            for name in ("Organization Phone Email Location Source Region ThreatType SupportType Language".split())
        ],
        READ,
    ),
    "directory.Offer": Rights(update=("verified_on", "review_due", "updated_at")),  # a partner's answer, too
    "exchange.ExchangeEvent": READ,
    "exchange.Commitment": READ,
    # monitoring: proposals of visitors, answers of partners
    "monitoring.Snapshot": READ,
    "monitoring.ReviewInterval": READ,
    "monitoring.ConfirmationRound": READ,
    "monitoring.Invitation": Rights(update=("answered_at",)),
    "monitoring.PartnerContact": Rights(select=("id", "organization", "opted_out_on"), update=("opted_out_on",)),
    "monitoring.Verification": Rights(insert=True, delete=True),
    "monitoring.ChangeProposal": Rights(insert=True, update=("comment",), delete=True),
    "monitoring.ProposedChange": Rights(insert=True, delete=True),
    # contact: a visitor sends, comes back with the code, moves, cancels and deletes
    "contact.SlotRule": READ,
    "contact.Closure": READ,
    "contact.PublishedSlots": Rights(insert=True, delete=True),
    "contact.ContactRequest": Rights(
        select=(
            *"id kind status slot seat codename created_on closed_on lookup_id reply_public_key kid".split(),
            *"phone video_room".split(),
        ),
        update=("status", "closed_on", "phone", "phone_spare", "slot", "seat"),
        insert=True,
        delete=True,
    ),
    "contact.VisitorMessage": Rights(select=("id", "request"), insert=True, delete=True),
    "contact.Reply": Rights(delete=True),
    "contact.Note": Rights(select=("request",), delete=True),
    "contact.CallAttempt": Rights(select=("request",), delete=True),
}


def statements(role: str, quote: Callable[[str], str]) -> list[str]:
    """The SQL that gives `role` exactly the rights above, and takes all others away. Raises LookupError for a name
    that no model has, so that the list cannot outlive the models."""
    who = quote(role)
    made = [
        f"GRANT USAGE ON SCHEMA public TO {who}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {who}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {who}",
    ]
    for label, rights in PUBLIC.items():
        meta = apps.get_model(label)._meta
        given = [_right("SELECT", rights.select, meta, quote), _right("UPDATE", rights.update, meta, quote)]
        given += ["INSERT"] * rights.insert + ["DELETE"] * rights.delete
        made.append(f"GRANT {', '.join(filter(None, given))} ON {quote(meta.db_table)} TO {who}")
        for each in meta.local_many_to_many:
            if rights.select == ALL and each.remote_field.through._meta.auto_created:
                made.append(f"GRANT SELECT ON {quote(each.m2m_db_table())} TO {who}")
    return made


def _right(name, fields, meta, quote):
    if fields is None:
        return ""
    columns = ", ".join(quote(meta.get_field(field).column) for field in fields)
    return f"{name} ({columns})" if columns else name
