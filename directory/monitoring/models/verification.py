from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from directory.models import Fact, Offer


class Verification(models.Model):
    """Somebody compared facts of an offer with the world."""

    class By(models.TextChoices):
        EDITOR = "editor", "Redaktion"
        PARTNER = "partner", "Akteur"
        AUTOMATIC = "automatic", "automatisch"

    class Method(models.TextChoices):
        CALL = "call", "Anruf"
        WEBSITE = "website", "Website"
        LETTER = "letter", "Brief oder E-Mail"
        CONFIRMATION_LINK = "confirmation link", "Bestätigungslink"
        LINK_CHECK = "link check", "Linkprüfung"

    EDITORS_METHODS = (Method.CALL, Method.WEBSITE, Method.LETTER)

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "bestätigt"
        CORRECTED = "corrected", "berichtigt"
        UNREACHABLE = "unreachable", "nicht erreicht"
        DISPUTED = "disputed", "bestritten"

    offer = models.ForeignKey(Offer, models.CASCADE, verbose_name="Angebot", related_name="verifications")
    facts = models.JSONField("Angaben", help_text="Welche Angaben geprüft wurden.")
    by = models.CharField("durch", max_length=9, choices=By)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="Person", null=True, blank=True, related_name="+"
    )
    method = models.CharField("wie", max_length=17, choices=Method)
    outcome = models.CharField("Ergebnis", max_length=11, choices=Outcome)
    verified_on = models.DateField("am")
    note = models.CharField("Notiz", max_length=500, blank=True, help_text="Nur intern.")

    class Meta:
        ordering = ["-verified_on", "-pk"]
        verbose_name = "Prüfung"
        verbose_name_plural = "Prüfungen"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["confirmed", "corrected", "unreachable", "disputed"]),
                name="verification_outcome_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.offer}: {self.get_outcome_display()} am {self.verified_on:%d.%m.%Y}"

    @property
    def fact_names(self) -> list[str]:
        return [Fact(value).label for value in self.facts]


class ReviewInterval(models.Model):
    """After how many days a kind of fact counts as old; without a row after verifications.REVIEW_INTERVAL."""

    fact = models.CharField("Angabe", max_length=20, choices=Fact, unique=True)
    days = models.PositiveSmallIntegerField("Tage", validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["fact"]
        verbose_name = "Prüfabstand"
        verbose_name_plural = "Prüfabstände"

    def __str__(self):
        return f"{self.get_fact_display()}: {self.days} Tage"
