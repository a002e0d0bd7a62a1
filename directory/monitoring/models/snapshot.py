from django.db import models


class Snapshot(models.Model):
    """Figures and public data of one day (Stand). Never changed afterwards."""

    day = models.DateField("Stand vom", unique=True)
    figures = models.JSONField("Zahlen")
    data = models.BinaryField("Daten")  # gzip of canonical JSON: all public data of that day
    checksum = models.CharField("SHA-256", max_length=64)  # of the JSON, in hexadecimal

    class Meta:
        ordering = ["-day"]
        verbose_name = "Stand"
        verbose_name_plural = "Stände"

    def __str__(self):
        return f"Stand vom {self.day:%d.%m.%Y}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("A snapshot is never changed.")
        super().save(*args, **kwargs)
