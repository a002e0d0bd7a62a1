"""What visitors say about the directory, and what organizations say about their own entries."""

import logging

from django.db import OperationalError
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from contact import throttle, tickets
from contact.origin import private_form
from directory.models import Offer
from directory.monitoring import confirmations
from directory.monitoring.forms import ConfirmationForm, MissingOfferForm, ProposalForm
from directory.monitoring.models import ChangeProposal, PartnerContact
from directory.monitoring.proposals import propose

logger = logging.getLogger(__name__)

MOST_PROPOSALS, MOST_PROPOSALS_IN_ALL = 10, 300  # an hour
BUSY = "Gerade kommen sehr viele Hinweise. Bitte senden Sie in einer Minute noch einmal."


@private_form
class ProposalView(View):
    """A visitor says that an offer is wrong or, without one, that one is missing.

    Form and thanks at one address. What is sent again from the same form is thanked for, and stored once.
    """

    def get(self, request, slug=None):
        form = self.form(slug)
        form.initial["ticket"] = tickets.issue(form.ticket_kind)
        return self.show(form)

    def post(self, request, slug=None):
        form = self.form(slug, request.POST)
        if not form.is_valid():
            return self.show(form)
        if form.cleaned_data["homepage"]:
            return self.again(form, tickets.BadTicket.advice)
        ticket = form.cleaned_data["ticket"]
        try:
            nonce = tickets.code_of(ticket, form.ticket_kind)
        except tickets.BadTicket as refusal:
            return self.again(form, refusal.advice, tickets.instead_of(ticket, form.ticket_kind, refusal))
        if throttle.is_too_often("propose", request, MOST_PROPOSALS, MOST_PROPOSALS_IN_ALL):
            return self.again(form, BUSY, ticket, 429)
        try:
            propose(nonce, ChangeProposal.By.VISITOR, form.offer, form.changes(), form.words())
        except OperationalError as error:  # it may be stored all the same: sent again, it is not stored twice
            logger.error("proposal: %s", type(error).__name__)
            return self.again(form, BUSY, ticket, 503)
        return render(request, "monitoring/proposal_sent.html", {"offer": form.offer})

    def form(self, slug, *data):
        if slug is None:
            return MissingOfferForm(*data)
        offer = Offer.objects.published().for_page().filter(slug=slug).first()
        if offer is None:
            raise Http404
        return ProposalForm(offer, *data)

    def again(self, form, message, ticket=None, status=200):
        """The form with all that was typed, a message, and a ticket that is good."""
        form.add_error(None, message)
        if ticket:
            form.data = form.data.copy()
            form.data["ticket"] = ticket
        return self.show(form, status)

    def show(self, form, status=200):
        return render(self.request, "monitoring/proposal.html", {"form": form, "offer": form.offer}, status=status)


@private_form
class ConfirmationView(View):
    """An organization answers by the link in its mail. To open the link changes nothing: mail scanners do it too."""

    def get(self, request, token):
        invitation = self.invitation(token)
        if confirmations.is_over(invitation.round):
            return self.over(invitation)
        form = ConfirmationForm(confirmations.offers_of(invitation))
        form.initial["seen"] = form.state
        return self.show(invitation, form)

    def post(self, request, token):
        invitation = self.invitation(token)
        if confirmations.is_over(invitation.round):
            return self.over(invitation)
        form = ConfirmationForm(confirmations.offers_of(invitation), request.POST)
        if not form.is_valid():
            form.data = form.data.copy()
            form.data["seen"] = form.state
            return self.show(invitation, form)
        try:
            confirmations.record(invitation, form.answers(), form.cleaned_data["comment"])
        except OperationalError as error:  # it may be stored all the same: sent again, it is replaced
            logger.error("confirmation: %s", type(error).__name__)
            form.add_error(None, BUSY)
            return self.show(invitation, form, 503)
        return render(request, "monitoring/confirmed.html", {"invitation": invitation})

    def invitation(self, token):
        invitation = confirmations.invitation_of(token)
        if invitation is None:
            raise Http404
        return invitation

    def over(self, invitation):
        return render(self.request, "monitoring/round_over.html", {"invitation": invitation}, status=410)

    def show(self, invitation, form, status=200):
        context = {"invitation": invitation, "form": form}
        return render(self.request, "monitoring/confirmation.html", context, status=status)


@private_form
class OptOutView(View):
    """No more requests. The link stays good when the round is over; the button does it, not the link."""

    def get(self, request, token):
        return self.show(token)

    def post(self, request, token):
        return self.show(token, timezone.localdate())

    def show(self, token, today=None):
        invitation = confirmations.invitation_of(token)
        if invitation is None:
            raise Http404
        contacts = PartnerContact.objects.filter(organization=invitation.organization)
        if today:
            contacts.filter(opted_out_on=None).update(opted_out_on=today)
        context = {"invitation": invitation, "is_out": not contacts.filter(opted_out_on=None).exists()}
        return render(self.request, "monitoring/opt_out.html", context)
