"""Rounds in which every organization says whether its entries are right, by a signed link and without an account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from directory.models import CatalogueVersion, Fact, Offer, Organization
from directory.monitoring import verifications
from directory.monitoring.models import ChangeProposal, ConfirmationRound, Invitation, ProposedChange, Verification
from directory.monitoring.proposals import add_changes
from directory.querysets import OfferQuerySet

SIGNER = signing.Signer(salt="monitoring.invitation", sep=".")  # a colon would have to be escaped by mail programs


def token_of(invitation: Invitation) -> str:
    return SIGNER.sign(str(invitation.pk))


def invitation_of(token: str) -> Invitation | None:
    """None when the token is forged, or the round was deleted. Whether the round is over the caller has to ask."""
    try:
        pk = int(SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Invitation.objects.select_related("round", "organization").filter(pk=pk).first()


def running_round(today: date) -> ConfirmationRound | None:
    return ConfirmationRound.objects.filter(started_on__lte=today, answer_by__gte=today).first()


def is_over(each: ConfirmationRound) -> bool:
    return each.answer_by < timezone.localdate()


def offers_of(invitation: Invitation) -> list[Offer]:
    """What visitors see of the organization."""
    return list(invitation.organization.offers.published().for_page())


def last_finished() -> ConfirmationRound | None:
    return ConfirmationRound.objects.filter(answer_by__lt=timezone.localdate()).order_by("-answer_by", "-pk").first()


def unconfirmed(last: ConfirmationRound | None) -> QuerySet[Organization]:
    """Organizations that stayed silent in a finished round although they were reminded („nicht bestätigt“)."""
    if last is None:
        return Organization.objects.none()
    silent = last.invitations.filter(sent_at__isnull=False, reminded_at__isnull=False, answered_at=None)
    return Organization.objects.filter(pk__in=silent.values("organization"))


def of_the_silent(offers) -> OfferQuerySet:
    """Published ones of `offers` (a queryset or Offer.objects) whose organization did not answer the last round."""
    return offers.published().filter(organization__in=unconfirmed(last_finished()))


def silent_until(organization: Organization) -> date | None:
    """The day on which the last round ended without an answer of the organization."""
    last = last_finished()
    return last.answer_by if unconfirmed(last).filter(pk=organization.pk).exists() else None


@dataclass(frozen=True)
class Answer:
    """What an organization says of one offer."""

    offer: Offer
    confirmed: list[str]  # facts
    changes: list[ProposedChange]


@transaction.atomic
def record(invitation: Invitation, answers: Iterable[Answer], comment: str) -> None:
    """Keep the answers in place of earlier ones of this round; what an editor has decided since stays decided."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    for answer in answers:
        _confirm(invitation, answer)
        _propose(invitation, answer, comment)
        comment = ""  # it stands beside the first offer
    locked.answered_at = timezone.now()
    locked.save(update_fields=["answered_at"])
    CatalogueVersion.objects.bump()


def _confirm(invitation, answer):
    same = {
        "by": Verification.By.PARTNER,
        "method": Verification.Method.CONFIRMATION_LINK,
        "outcome": Verification.Outcome.CONFIRMED,
    }
    answer.offer.verifications.filter(**same, verified_on__gte=invitation.round.started_on).delete()
    if answer.confirmed:
        stated = verifications.known_facts(answer.offer)
        told = {*answer.confirmed, Fact.PROVIDER}  # it is the provider who answers
        if Fact.HOURS in told:
            told.add(Fact.AROUND_THE_CLOCK)
        verifications.record([answer.offer], **same, facts=told.intersection(stated))


def _propose(invitation, answer, comment):
    proposal, _ = ChangeProposal.objects.get_or_create(
        nonce=f"invitation {invitation.pk} {answer.offer.pk}",
        defaults={"by": ChangeProposal.By.PARTNER, "offer": answer.offer, "created_on": timezone.localdate()},
    )
    proposal.changes.filter(state=ProposedChange.State.OPEN).delete()
    if answer.changes or comment:
        proposal.comment = comment
        proposal.save(update_fields=["comment"])
        add_changes(proposal, answer.changes)
    elif not proposal.changes.exists():
        proposal.delete()
