"""Who is asked and reminded in a round, and the mails. At most once each: a mark is committed before the mail leaves.

Killed in between, a mail is missing and never doubled; whom the first one did not reach, the reminder does.
"""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from directory.models import Offer, Organization
from directory.monitoring.confirmations import token_of
from directory.monitoring.models import ConfirmationRound, Invitation

REMIND_BEFORE = timedelta(days=7)  # the last day for answers
LEAVE_ALONE = timedelta(days=5)  # after the first mail
SUBJECTS = {
    "sent_at": "Stimmen Ihre Angaben im Wegweiser der starken Stelle?",
    "reminded_at": "Erinnerung: Stimmen Ihre Angaben im Wegweiser der starken Stelle?",
}


@dataclass(frozen=True)
class Due:
    """A mail that should leave now."""

    mark: str  # the field of the invitation that says it has left: "sent_at" or "reminded_at"
    organization: Organization

    def __str__(self):
        kind = "remind" if self.mark == "reminded_at" else "ask"
        return f"{kind} {self.organization} <{self.organization.partner_contact.email}>"


def with_offers() -> QuerySet[Organization]:
    return Organization.objects.filter(pk__in=Offer.objects.published().values("organization"))


def without_contact() -> QuerySet[Organization]:
    """Nobody can be asked about these."""
    return with_offers().filter(partner_contact=None)


def reachable() -> QuerySet[Organization]:
    willing = with_offers().filter(partner_contact__isnull=False, partner_contact__opted_out_on=None)
    return willing.select_related("partner_contact")


def due(each: ConfirmationRound, today: date) -> list[Due]:
    """`each` may be a round that is only thought of."""
    if each.is_paused:
        return []
    begun = each.invitations.all() if each.pk else Invitation.objects.none()
    asked = begun.filter(sent_at__isnull=False)
    mails = [Due("sent_at", organization) for organization in reachable().exclude(pk__in=asked.values("organization"))]
    if today >= each.answer_by - REMIND_BEFORE:
        silent = asked.filter(answered_at=None, reminded_at=None, sent_at__lte=timezone.now() - LEAVE_ALONE)
        mails += [
            Due("reminded_at", organization)
            for organization in reachable().filter(pk__in=silent.values("organization"))
        ]
    return mails


def mail_to(organization: Organization, each: ConfirmationRound, mark: str, token: str) -> EmailMessage:
    context = {
        "organization": organization,
        "offers": organization.offers.published(),
        "answer_by": each.answer_by,
        "is_reminder": mark == "reminded_at",
        "page": settings.PUBLIC_ADDRESS + reverse("confirmations:answer", args=[token]),
        "opt_out": settings.PUBLIC_ADDRESS + reverse("confirmations:opt_out", args=[token]),
        "operator": settings.OPERATOR,
    }
    return EmailMessage(
        SUBJECTS[mark],
        render_to_string("monitoring/invitation.txt", context),
        settings.OPERATOR["email"],
        [organization.partner_contact.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def send(each: ConfirmationRound, mails: list[Due], connection: BaseEmailBackend) -> Iterator[tuple[Due, str]]:
    """Send over an open connection; yields each mail with what went wrong, "" for nothing.

    Raises OSError when the connection is lost; whether that mail left nobody knows, and it is not sent again.
    """
    for mail in mails:
        invitation, _ = Invitation.objects.get_or_create(round=each, organization=mail.organization)
        if not _claim(invitation, mail.mark):
            continue
        message = mail_to(mail.organization, each, mail.mark, token_of(invitation))
        message.connection = connection
        try:
            message.send()
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as refused:
            yield mail, type(refused).__name__
        else:
            yield mail, ""


def _claim(invitation, mark):
    """Whether this process is the one that may send. One statement on one row, committed at once."""
    if ConfirmationRound.objects.filter(pk=invitation.round_id, is_paused=True).exists():
        return False
    free = Invitation.objects.filter(pk=invitation.pk, answered_at=None, **{mark: None})
    return free.update(**{mark: timezone.now()}) == 1
