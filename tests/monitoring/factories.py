"""Plain functions that make rows of the monitoring."""

from itertools import count

from django.utils import timezone

from directory.monitoring.models import ChangeProposal, ProposedChange

numbers = count(1)


def make_proposal(offer=None, *changes, by="visitor", comment=""):
    """A proposal with open changes, each (field, old, new)."""
    proposal = ChangeProposal.objects.create(
        offer=offer, by=by, comment=comment, created_on=timezone.localdate(), nonce=f"nonce-{next(numbers)}"
    )
    ProposedChange.objects.bulk_create(
        ProposedChange(proposal=proposal, field=field, old=old, new=new) for field, old, new in changes
    )
    return proposal
