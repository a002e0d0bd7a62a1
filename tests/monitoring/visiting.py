"""What browsers of visitors and partners send."""

from django.core import signing

from contact import sealing, tickets
from directory.monitoring.forms import MissingOfferForm, ProposalForm

MISSING = "/aenderung/"


def address(offer):
    return f"/aenderung/{offer.slug}/" if offer else MISSING


def make_ticket(offer=None, age=60, code=None):
    """A ticket that the portal handed out `age` seconds ago, by the clock of contact.tickets."""
    kind = ProposalForm(offer).ticket_kind if offer else MissingOfferForm.ticket_kind
    content = {"code": code or sealing.new_code(), "kind": kind, "at": int(tickets.time.time()) - age}
    return signing.dumps(content, salt=tickets.SALT)


def send(visitor, offer=None, **fields):
    return visitor.post(address(offer), {"ticket": make_ticket(offer), **fields})
