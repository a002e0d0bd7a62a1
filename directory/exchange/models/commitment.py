from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from directory.exchange.models.event import ExchangeEvent
from directory.models import Organization, Region, SupportType, ThreatType

OVERDUE = "Frist vorbei, Ergebnis noch nicht bekannt"


class CommitmentQuerySet(models.QuerySet):
    def public(self) -> Self:
        """All but those that were made behind closed doors."""
        return self.filter(Q(event=None) | Q(event__is_public=True))

    def for_state(self, slug: str) -> Self:
        """What somebody promised for a Land, or for all of them."""
        return self.filter(Q(region=None) | Q(region__slug=slug))

    def open(self) -> Self:
        return self.filter(state=Commitment.State.OPEN)

    def overdue(self, day: date) -> Self:
        """Nobody said yet what became of them."""
        return self.open().filter(due_on__lt=day)

    def cells(self) -> list[tuple[str, str, str | None]]:
        """(threat, kind of help, Land) of each as slugs; the Land is None for all of them."""
        return list(self.values_list("threat_type__slug", "support_type__slug", "region__slug"))

    def with_names(self) -> Self:
        return self.select_related("organization", "threat_type", "support_type", "region", "event")


class Commitment(models.Model):
    """Somebody promised to close a gap (Zusage)."""

    class State(models.TextChoices):
        OPEN = "open", "offen"
        KEPT = "kept", "eingelöst"
        MISSED = "missed", "nicht eingelöst"
        DROPPED = "dropped", "zurückgezogen"

    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="Akteur", null=True, blank=True, related_name="commitments"
    )
    other_name = models.CharField(
        "oder: wer sonst", max_length=200, blank=True, help_text="Eine Einrichtung, die nicht im Verzeichnis steht."
    )
    threat_type = models.ForeignKey(
        ThreatType, models.PROTECT, verbose_name="Art der Bedrohung", related_name="commitments"
    )
    support_type = models.ForeignKey(
        SupportType, models.PROTECT, verbose_name="Art der Hilfe", related_name="commitments"
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        verbose_name="Land",
        null=True,
        blank=True,
        limit_choices_to={"kind": Region.Kind.STATE},
        related_name="commitments",
        help_text="Leer heißt: bundesweit.",
    )
    event = models.ForeignKey(  # protected: without its closed event a commitment would become public
        ExchangeEvent,
        models.PROTECT,
        verbose_name="zugesagt beim Austausch",
        null=True,
        blank=True,
        related_name="commitments",
        help_text="Eine Zusage ohne Austausch ist öffentlich, die eines geschlossenen Austauschs nicht.",
    )
    made_on = models.DateField("zugesagt am")
    due_on = models.DateField("bis")
    state = models.CharField("Stand", max_length=7, choices=State, default=State.OPEN)
    decided_on = models.DateField(
        "Stand seit", null=True, blank=True, help_text="Der Tag, an dem sie eingelöst, versäumt oder zurückgezogen war."
    )
    note = models.TextField("Bemerkung", blank=True, help_text="Öffentlich.")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = "Zusage"
        verbose_name_plural = "Zusagen"
        constraints = [
            models.CheckConstraint(
                condition=Q(organization=None) & ~Q(other_name="") | Q(organization__isnull=False, other_name=""),
                name="commitment_is_made_by_one",
                violation_error_message="Bitte wählen Sie einen Akteur oder nennen Sie jemand anderen, nicht beides.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("made_on")),
                name="commitment_is_not_due_before_it_was_made",
                violation_error_message="Die Frist darf nicht vor dem Tag der Zusage liegen.",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_on=None)
                | Q(state__in=["kept", "missed", "dropped"], decided_on__isnull=False),
                name="commitment_state_has_its_day",
                violation_error_message="„Stand seit“ ist bei einer offenen Zusage leer, jede andere braucht den Tag.",
            ),
        ]

    def __str__(self):
        return f"{self.by}: {self.gap}"

    @property
    def by(self) -> str:
        return self.organization.name if self.organization else self.other_name

    @property
    def gap(self) -> str:
        """ "Rechtliche Hilfe, Hass im Netz, Hessen"."""
        where = self.region.name if self.region else "bundesweit"
        return f"{self.support_type.name}, {self.threat_type.name}, {where}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def is_overdue(self, day: date) -> bool:
        return self.is_open and self.due_on < day

    @property
    def state_words(self) -> str:
        """As visitors read it today. Time says that the date is over; that it was missed only editors say."""
        return OVERDUE if self.is_overdue(timezone.localdate()) else self.get_state_display()
