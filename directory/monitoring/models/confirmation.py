from django.db import models

from directory.models import Organization


class PartnerContact(models.Model):
    """Whom we ask whether an organization's entries are right. Internal."""

    organization = models.OneToOneField(
        Organization, models.CASCADE, verbose_name="Akteur", related_name="partner_contact"
    )
    email = models.EmailField("E-Mail-Adresse")
    opted_out_on = models.DateField("möchte keine Anfragen seit", null=True, blank=True)

    class Meta:
        ordering = ["organization__name"]
        verbose_name = "Kontakt für Bestätigungen"
        verbose_name_plural = "Kontakte für Bestätigungen"

    def __str__(self):
        return f"{self.organization}: {self.email}"


class ConfirmationRound(models.Model):
    """We ask every organization once whether its entries are right."""

    started_on = models.DateField("begonnen am")
    answer_by = models.DateField("Antwort bis")
    is_paused = models.BooleanField("angehalten", default=False)

    class Meta:
        ordering = ["-started_on", "-pk"]
        verbose_name = "Bestätigungsrunde"
        verbose_name_plural = "Bestätigungsrunden"

    def __str__(self):
        return f"Bestätigungsrunde vom {self.started_on:%d.%m.%Y}"


class Invitation(models.Model):
    """One organization in one round. Who was asked, reminded, and when it answered."""

    round = models.ForeignKey(
        ConfirmationRound, models.CASCADE, verbose_name="Bestätigungsrunde", related_name="invitations"
    )
    organization = models.ForeignKey(Organization, models.CASCADE, verbose_name="Akteur", related_name="invitations")
    sent_at = models.DateTimeField("gesendet", null=True, blank=True)
    reminded_at = models.DateTimeField("erinnert", null=True, blank=True)
    answered_at = models.DateTimeField("beantwortet", null=True, blank=True)

    class Meta:
        ordering = ["round", "organization__name"]
        verbose_name = "Anfrage an einen Akteur"
        verbose_name_plural = "Anfragen an Akteure"
        constraints = [models.UniqueConstraint(fields=["round", "organization"], name="invitation_once_per_round")]

    def __str__(self):
        return f"{self.organization} ({self.round})"
