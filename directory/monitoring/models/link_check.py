from django.db import models

DAYS_UNTIL_BROKEN = 3


class LinkCheckQuerySet(models.QuerySet):
    def broken(self):
        """Failed on three different days in a row: editors have to act."""
        return self.filter(failed_days__gte=DAYS_UNTIL_BROKEN)


class LinkCheck(models.Model):
    """What the last checks of one address, e-mail domain or phone number found."""

    class Kind(models.TextChoices):
        LINK = "link", "Adresse"
        EMAIL = "email", "E-Mail"
        PHONE = "phone", "Telefon"

    class Result(models.TextChoices):
        OK = "ok", "in Ordnung"
        MOVED = "moved", "umgezogen"
        GONE = "gone", "nicht mehr da"
        CERTIFICATE = "certificate", "Zertifikat ungültig"
        NAME = "name", "Name unbekannt"
        TIMEOUT = "timeout", "antwortet nicht"
        SERVER_ERROR = "server error", "Fehler auf dem Server"
        CHANGED = "changed", "anderer Inhalt"
        REFUSED = "refused", "will nicht geprüft werden"
        FORBIDDEN = "forbidden", "Adresse nicht erlaubt"
        INVALID = "invalid", "ungültig"

    kind = models.CharField("Art", max_length=5, choices=Kind)
    value = models.CharField("Wert", max_length=500)
    result = models.CharField("Ergebnis", max_length=12, choices=Result)
    detail = models.CharField("Einzelheiten", max_length=200, blank=True)
    new_address = models.CharField("neue Adresse", max_length=500, blank=True)
    title = models.CharField("Titel der Seite", max_length=300, blank=True)
    checked_at = models.DateTimeField("geprüft")
    failed_days = models.PositiveSmallIntegerField("Tage mit Fehlern", default=0)  # in a row; one judges after three
    last_failed_on = models.DateField("zuletzt fehlgeschlagen", null=True, blank=True)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "value"]
        verbose_name = "Linkprüfung"
        verbose_name_plural = "Linkprüfungen"
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="link_check_once")]

    def __str__(self):
        return self.value
