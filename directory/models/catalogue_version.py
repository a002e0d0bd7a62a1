from django.db import models
from django.db.models import F


class CatalogueVersionManager(models.Manager):
    def bump(self) -> None:
        """Tell every worker that published data changed. Call it in the transaction that changes them."""
        if not self.update(number=F("number") + 1):
            self.create(number=1)

    def current(self) -> int:
        """The number of the last change, 0 before the first."""
        return self.values_list("number", flat=True).first() or 0


class CatalogueVersion(models.Model):
    """One row: the counter that tells a worker when its catalogue is out of date."""

    only = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.PositiveBigIntegerField(default=0)

    objects = CatalogueVersionManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=1), name="catalogue_version_is_one_row")]

    def __str__(self):
        return str(self.number)
