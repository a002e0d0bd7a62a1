from django.conf import settings
from django.db import models
from django.db.models import Q

from directory.models import Fact, Offer

STATUS, COMMENT = "status", "comment"  # fields of a ProposedChange that are no Fact
LABELS = {**dict(Fact.choices), STATUS: "Status", COMMENT: "Bemerkung"}


class ChangeProposal(models.Model):
    """Somebody says that an entry is wrong, or that one is missing. Nothing in it says who."""

    class By(models.TextChoices):
        VISITOR = "visitor", "Besucherin oder Besucher"
        PARTNER = "partner", "Akteur"
        LINK_CHECK = "link check", "Linkprüfung"

    offer = models.ForeignKey(  # none: an offer is missing in the directory
        Offer, models.CASCADE, verbose_name="Angebot", null=True, blank=True, related_name="proposals"
    )
    by = models.CharField("von", max_length=10, choices=By)
    comment = models.TextField("Bemerkung", blank=True)
    created_on = models.DateField("eingegangen am")
    nonce = models.CharField(max_length=64, unique=True, editable=False)  # one ticket, one proposal

    class Meta:
        ordering = ["created_on", "pk"]
        verbose_name = "Änderungsvorschlag"
        verbose_name_plural = "Änderungsvorschläge"

    def __str__(self):
        return f"{self.offer or 'Fehlendes Angebot'} ({self.created_on:%d.%m.%Y})"


class ProposedChange(models.Model):
    """One field of a proposal; an editor accepts or rejects it alone."""

    class State(models.TextChoices):
        OPEN = "open", "offen"
        ACCEPTED = "accepted", "übernommen"
        REJECTED = "rejected", "abgelehnt"

    proposal = models.ForeignKey(ChangeProposal, models.CASCADE, related_name="changes")
    field = models.CharField("Angabe", max_length=20)  # a Fact, "status", or "comment": to be read
    old = models.TextField("bisher", blank=True)  # as it was shown to whoever proposes
    new = models.TextField("neu", blank=True)
    state = models.CharField("Stand", max_length=8, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name="entschieden von",
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField("entschieden", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "vorgeschlagene Angabe"
        verbose_name_plural = "vorgeschlagene Angaben"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "rejected"]), name="proposed_change_state_is_known"
            ),
        ]

    def __str__(self):
        return LABELS.get(self.field, self.field)
