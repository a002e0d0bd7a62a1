from typing import Self

from django.db import models
from django.db.models import F, Q

from directory.models import Offer

DAYS_UNTIL_BROKEN = 3
# what published offers show of each kind
SHOWN_IN = {
    "link": ["website", "online_form", "chat", "sources__url", "organization__website"],
    "email": ["emails__address"],
    "phone": ["phones__number"],
}


class LinkCheckQuerySet(models.QuerySet):
    def in_use(self) -> Self:
        """What published offers show now, whenever it was checked."""
        shown = Q()
        for kind, fields in SHOWN_IN.items():
            for field in fields:
                shown |= Q(kind=kind, value__in=Offer.objects.published().values(field))
        return self.filter(shown)

    def broken(self) -> Self:
        """Failed on three different days in a row, and still shown: editors have to act."""
        return self.in_use().filter(result__in=LinkCheck.FAILURES, failed_days__gte=DAYS_UNTIL_BROKEN)

    def accept_content(self) -> int:
        """An editor looked at what has changed, and it is right: its title is the one to compare with from now on.

        Returns how many there were.
        """
        return self.filter(result=LinkCheck.Result.CHANGED).update(
            title=F("detail"), detail="", result=LinkCheck.Result.OK, failed_days=0, last_failed_on=None
        )


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

    # not among them: a site that refuses to be checked may be well
    FAILURES = [
        Result.GONE,
        Result.CERTIFICATE,
        Result.NAME,
        Result.TIMEOUT,
        Result.SERVER_ERROR,
        Result.CHANGED,
        Result.FORBIDDEN,
        Result.INVALID,
    ]

    kind = models.CharField("Art", max_length=5, choices=Kind)
    value = models.CharField("Wert", max_length=500)
    result = models.CharField("Ergebnis", max_length=12, choices=Result)
    detail = models.CharField("Einzelheiten", max_length=200, blank=True)  # of "changed" the title that it has now
    new_address = models.CharField("neue Adresse", max_length=500, blank=True)
    title = models.CharField("Titel der Seite", max_length=300, blank=True)  # when first seen
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
