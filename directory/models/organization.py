from django.db import models

from directory.models.history import recorded
from directory.models.taxonomy import NaturalKeyManager


class Organization(models.Model):
    """A body that provides offers (Akteur, Träger)."""

    class Sector(models.TextChoices):
        SECURITY = "security", "Sicherheitsbehörden"
        JUSTICE = "justice", "Justiz"
        ADMINISTRATION = "administration", "Verwaltung"
        AID = "aid", "Hilfsorganisationen"
        ASSOCIATION = "association", "Spitzenverbände"
        RESEARCH = "research", "Wissenschaft"

    slug = models.SlugField("Adresskürzel", max_length=100, unique=True)
    name = models.CharField("Name", max_length=200, unique=True)
    sector = models.CharField("Bereich", max_length=14, choices=Sector)
    website = models.URLField("Website", blank=True)

    objects = NaturalKeyManager()
    history = recorded()

    class Meta:
        ordering = ["name"]
        verbose_name = "Akteur"
        verbose_name_plural = "Akteure"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    sector__in=["security", "justice", "administration", "aid", "association", "research"]
                ),
                name="organization_sector_is_known",
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)
