from django.db import models
from django.db.models import Q

from directory.models.taxonomy import NaturalKeyManager


class Region(models.Model):
    """A Land, or a Kreis (district) in it."""

    class Kind(models.TextChoices):
        STATE = "state", "Land"
        DISTRICT = "district", "Kreis"

    slug = models.SlugField("Adresskürzel", max_length=80, unique=True)
    name = models.CharField("Name", max_length=80, help_text="So, wie er auf der Seite steht: „Landkreis Rostock“.")
    kind = models.CharField("Art", max_length=8, choices=Kind)
    official_key = models.CharField(
        "Amtlicher Schlüssel", max_length=5, unique=True, help_text="Zwei Stellen für ein Land, fünf für einen Kreis."
    )
    iso_code = models.CharField("ISO-Code", max_length=5, null=True, blank=True, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="gehört zu", null=True, blank=True, related_name="districts"
    )

    objects = NaturalKeyManager()

    class Meta:
        ordering = ["name"]
        verbose_name = "Region"
        verbose_name_plural = "Regionen"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="state", parent=None, iso_code__isnull=False)
                | Q(kind="district", parent__isnull=False, iso_code=None),
                name="region_state_has_iso_code_and_district_has_parent",
                violation_error_message="Ein Land braucht den ISO-Code, ein Kreis sein Land.",
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    natural_key.dependencies = ["directory.region"]
