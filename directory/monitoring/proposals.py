"""What visitors and partners say is wrong, as rows that an editor decides one by one (directory.monitoring.decisions).

Nothing in a row says who sent it: the day, what was shown, and what they wrote.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from directory.models import Offer
from directory.monitoring.models import ChangeProposal, ProposedChange
from directory.monitoring.models.proposal import COMMENT, STATUS
from directory.monitoring.shown_facts import ShownFact


def corrections(facts: Iterable[ShownFact], typed: dict[str, str]) -> list[ProposedChange]:
    """What was typed beside a fact and differs from it; `typed` has the names of the facts."""
    said = [(shown, shown.in_its_form(typed.get(shown.name) or "")) for shown in facts]
    return [
        ProposedChange(field=shown.fact, old=shown.value, new=new)
        for shown, new in said
        if new and not shown.is_same(new)
    ]


def ended(offer: Offer) -> ProposedChange:
    return ProposedChange(field=STATUS, old=offer.status, new=Offer.Status.DEFUNCT)


@transaction.atomic
def propose(
    nonce: str, by: str, offer: Offer | None, changes: list[ProposedChange], comment: str = ""
) -> ChangeProposal:
    """Store a proposal once, however often and at how many places at once it is sent."""
    proposal, is_new = ChangeProposal.objects.get_or_create(
        nonce=nonce, defaults={"by": by, "offer": offer, "comment": comment, "created_on": timezone.localdate()}
    )
    if is_new:
        add_changes(proposal, changes)
    return proposal


def add_changes(proposal: ChangeProposal, changes: list[ProposedChange]) -> None:
    if proposal.comment or not changes:
        changes = [*changes, ProposedChange(field=COMMENT)]  # somebody has to read it, and say so
    for change in changes:
        change.proposal = proposal
    ProposedChange.objects.bulk_create(changes)
