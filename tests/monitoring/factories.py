"""Plain functions that make rows of the monitoring."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from directory.monitoring.models import ChangeProposal, ConfirmationRound, Invitation, PartnerContact, ProposedChange
from tests.factories import make_offer, make_organization

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


def make_partner(name="Opferhilfe Nord", offers=1, email=None, opted_out_on=None, **offer):
    """An organization with published offers and somebody to ask; with email="" nobody."""
    slug = name.lower().replace(" ", "-")
    organization = make_organization(name=name, slug=slug)
    for number in range(offers):
        make_offer(organization=organization, slug=f"{slug}-{number}", name=f"{name} {number}", **offer)
    if email != "":
        address = email or f"leitung@{slug}.example"
        PartnerContact.objects.create(organization=organization, email=address, opted_out_on=opted_out_on)
    return organization


def make_round(begun=0, lasts=28, **fields):
    """A round that began `begun` days ago."""
    started_on = timezone.localdate() - timedelta(days=begun)
    return ConfirmationRound.objects.create(
        started_on=started_on, answer_by=started_on + timedelta(days=lasts), **fields
    )


def make_invitation(organization=None, each=None, **fields):
    return Invitation.objects.create(
        organization=organization or make_partner(),
        round=each or make_round(),
        **{"sent_at": timezone.now(), **fields},
    )
