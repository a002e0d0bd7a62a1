from datetime import datetime
from typing import Self
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from directory.models import Organization

MARKDOWN = "Eine Leerzeile trennt Absätze, „- “ macht einen Listenpunkt, „## “ eine Überschrift, **fett** hebt hervor."


def validate_sectors(value) -> None:
    """A list of sectors, each once."""
    known = isinstance(value, list) and all(each in Organization.Sector.values for each in value)
    if not known or len(set(value)) < len(value):
        raise ValidationError("Bitte wählen Sie Bereiche aus der Liste, jeden einmal.")


class ExchangeEventQuerySet(models.QuerySet):
    def public(self) -> Self:
        """What visitors may see, in pages, calendars and data."""
        return self.filter(is_public=True)

    def upcoming(self, moment: datetime) -> Self:
        """Those that are not over, the next one first."""
        return self.filter(ends_at__gt=moment).order_by("starts_at", "pk")

    def past(self, moment: datetime) -> Self:
        return self.filter(ends_at__lte=moment)


class ExchangeEvent(models.Model):
    """A meeting of those who help (Austausch)."""

    name = models.CharField("Titel", max_length=200)
    slug = models.SlugField("Adresskürzel", max_length=100, unique=True, help_text="Steht in der Adresse der Seite.")
    is_public = models.BooleanField(
        "öffentlich",
        default=False,
        help_text="Ohne Häkchen ist der Austausch geschlossen: Er und seine Zusagen erscheinen nirgends öffentlich.",
    )
    starts_at = models.DateTimeField("Beginn", help_text="Deutsche Zeit.")
    ends_at = models.DateTimeField("Ende")
    place = models.CharField("Ort", max_length=300, blank=True, help_text="Haus, Straße, Stadt.")
    online_url = models.URLField("Adresse für die Teilnahme online", max_length=500, blank=True)
    sectors = models.JSONField("für wen", default=list, blank=True, validators=[validate_sectors])
    registration_url = models.URLField("Adresse für die Anmeldung", max_length=500, blank=True)
    programme = models.TextField(
        "Programm", blank=True, help_text=f"{MARKDOWN} Bitte nennen Sie keine Privatpersonen mit Namen."
    )
    results = models.TextField(
        "Unterlagen und Ergebnisse",
        blank=True,
        help_text=f"{MARKDOWN} Einen Link schreiben Sie als [Protokoll](https://…).",
    )
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)  # by which calendars know it for good
    updated_at = models.DateTimeField("zuletzt geändert", auto_now=True)

    objects = ExchangeEventQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = "Austausch"
        verbose_name_plural = "Termine des Austauschs"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="exchange_event_ends_after_its_start",
                violation_error_message="Das Ende muss nach dem Beginn liegen.",
            ),
            models.CheckConstraint(
                condition=~Q(place="", online_url=""),
                name="exchange_event_is_somewhere",
                violation_error_message="Bitte nennen Sie einen Ort oder eine Adresse für die Teilnahme online.",
            ),
            models.CheckConstraint(
                condition=~Q(slug="termine"),  # the address of the calendar of all events
                name="exchange_event_leaves_the_calendar_its_address",
                violation_error_message="Das Adresskürzel „termine“ ist vergeben. Bitte wählen Sie ein anderes.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("exchange:event", args=[self.slug])

    @property
    def sector_names(self) -> list[str]:
        return [Organization.Sector(each).label for each in self.sectors]
