from typing import NoReturn, Self

from django.db import models
from django.urls import reverse

UNCHANGEABLE = "A snapshot is never changed."


class SnapshotQuerySet(models.QuerySet):
    def update(self, **kwargs) -> NoReturn:
        raise TypeError(UNCHANGEABLE)

    def without_data(self) -> Self:
        """For lists: everything that is small."""
        return self.defer("figures", "data")


class Snapshot(models.Model):
    """Figures and public data of one day (Stand). Never changed afterwards."""

    day = models.DateField("Stand vom", unique=True)
    figures = models.JSONField("Zahlen")
    data = models.BinaryField("Daten")  # gzip of canonical JSON: all public data of that day
    checksum = models.CharField("SHA-256", max_length=64)  # of the JSON, in hexadecimal

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        verbose_name = "Stand"
        verbose_name_plural = "Stände"

    def __str__(self):
        return f"Stand vom {self.day:%d.%m.%Y}"

    def save(self, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError(UNCHANGEABLE)
        super().save(**kwargs | {"force_insert": True})  # not even a row made anew with the old number replaces one

    def get_absolute_url(self) -> str:
        return reverse("monitoring:snapshot", args=[self.day])
