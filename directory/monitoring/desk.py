"""What waits for the editors, counted: the top of their start page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from directory.exchange.models import Commitment
from directory.models import Offer
from directory.monitoring import confirmations
from directory.monitoring.models import ChangeProposal, LinkCheck, ProposedChange
from directory.querysets import VISIBLE

PUBLISHED = urlencode({"status__in": ",".join(VISIBLE)})


@dataclass(frozen=True)
class Task:
    label: str
    number: int
    url: str  # the list that shows exactly these


def proposals() -> QuerySet[ChangeProposal]:
    """With something that nobody decided yet."""
    still_open = ProposedChange.objects.filter(proposal=OuterRef("pk"), state=ProposedChange.State.OPEN)
    return ChangeProposal.objects.filter(Exists(still_open))


def tasks(user: User) -> list[Task]:
    """A query or two each, and only for what this person may see."""
    offers = Offer.objects
    partner = ChangeProposal.By.PARTNER
    lists = [
        ("Prüfung fällig", offers.due_for_review(timezone.localdate()), "pruefung=faellig"),
        ("Links kaputt", LinkCheck.objects.broken(), "urteil=kaputt"),
        ("Vorschläge offen", proposals(), ""),
        ("davon von Akteuren", proposals().filter(by=partner), f"by__exact={partner}"),
        ("Akteur hat nicht geantwortet", confirmations.of_the_silent(offers), "pruefung=still"),
        ("Entwürfe", offers.filter(status=Offer.Status.DRAFT), "status__exact=draft"),
        ("Zusagen überfällig", Commitment.objects.overdue(timezone.localdate()), "frist=vorbei"),
        ("Ohne Telefon und ohne Formular", offers.published().hard_to_reach(), f"erreichbar=kaum&{PUBLISHED}"),
    ]
    return [
        Task(label, found.count(), list_of(found.model, query))
        for label, found, query in lists
        if may_view(user, found.model)
    ]


def may_view(user: User, model: type[Model]) -> bool:
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def list_of(model: type[Model], query: str) -> str:
    """The address of the editors' list."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{query}" if query else url
