from django.db import models

from directory.models.history import recorded


class NaturalKeyManager(models.Manager):
    """Finds rows by their permanent slug, so that fixtures need no database ids."""

    def get_by_natural_key(self, slug: str) -> models.Model:
        return self.get(slug=slug)


class Term(models.Model):
    slug = models.SlugField("Adresskürzel", unique=True, help_text="Steht in Links von Partnern. Bitte nie ändern.")
    name = models.CharField("Name", max_length=80, unique=True)
    description = models.TextField("Erklärung", blank=True, help_text="Ein bis zwei Sätze in einfachen Worten.")
    synonyms = models.TextField(
        "Suchwörter",
        blank=True,
        help_text="Wörter, die Menschen stattdessen eingeben – eines je Zeile, zum Beispiel: Shitstorm. "
        "Die Suche findet damit alle Angebote dieser Art.",
    )
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    objects = NaturalKeyManager()

    class Meta:
        abstract = True
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class ThreatType(Term):
    """Art der Bedrohung."""

    first_steps = models.TextField(
        "Erste Schritte",
        blank=True,
        help_text="Was jetzt zu tun ist. Eine Leerzeile trennt Absätze, „- “ macht einen Listenpunkt, „## “ eine "
        "Überschrift, **fett** hebt hervor. Eine Telefonnummer schreiben Sie als [110](tel:110).",
    )
    first_steps_on = models.DateField(
        "Stand der ersten Schritte", null=True, blank=True, help_text="Steht mit dem rechtlichen Hinweis auf der Seite."
    )

    history = recorded()

    class Meta(Term.Meta):
        verbose_name = "Art der Bedrohung"
        verbose_name_plural = "Arten der Bedrohung"


class SupportType(Term):
    """Art der Hilfe."""

    class Meta(Term.Meta):
        verbose_name = "Art der Hilfe"
        verbose_name_plural = "Arten der Hilfe"


class Language(models.Model):
    """A language in which an offer helps."""

    slug = models.SlugField(
        "Sprachkürzel", unique=True, help_text="Zwei oder drei Buchstaben nach ISO 639, zum Beispiel: de, en, gsg."
    )
    name = models.CharField("Name", max_length=40, unique=True)

    objects = NaturalKeyManager()

    class Meta:
        ordering = ["name"]
        verbose_name = "Sprache"
        verbose_name_plural = "Sprachen"

    def __str__(self):
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)
