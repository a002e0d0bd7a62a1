from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from directory.models.history import recorded
from directory.models.organization import Organization
from directory.models.region import Region
from directory.models.taxonomy import Language, NaturalKeyManager, SupportType, ThreatType
from directory.opening import validate_opening_hours
from directory.phone_numbers import validate_phone_number
from directory.querysets import OfferQuerySet

YES_NO_UNKNOWN = [(None, "unbekannt"), (True, "ja"), (False, "nein")]


class Fact(models.TextChoices):
    """What a source can support and a verification can confirm."""

    NAME = "name", "Name"
    PROVIDER = "provider", "Träger"
    SUMMARY = "summary", "Kurzbeschreibung"
    DESCRIPTION = "description", "Beschreibung"
    PHONES = "phones", "Telefon"
    EMAILS = "emails", "E-Mail"
    WEBSITE = "website", "Website"
    ONLINE_FORM = "online_form", "Online-Formular"
    CHAT = "chat", "Chat"
    HOURS = "hours", "Erreichbarkeit"
    AROUND_THE_CLOCK = "around_the_clock", "rund um die Uhr"
    ANONYMOUS = "anonymous", "anonym"
    FREE_OF_CHARGE = "free_of_charge", "kostenfrei"
    LANGUAGES = "languages", "Sprachen"
    CITIES = "cities", "Orte"
    REGIONS = "regions", "Region"
    AUDIENCE = "audience", "Zielgruppe"
    THREAT_TYPES = "threat_types", "Arten der Bedrohung"
    SUPPORT_TYPES = "support_types", "Arten der Hilfe"


def validate_facts(values) -> None:
    unknown = [value for value in values if value not in Fact.values] if isinstance(values, list) else [values]
    if unknown:
        raise ValidationError(f"Diese Angaben gibt es nicht: {', '.join(map(str, unknown))}.")


class Offer(models.Model):
    """One kind of help that somebody provides (HSDS: service)."""

    class Level(models.TextChoices):
        FEDERAL = "federal", "Bund"
        STATE = "state", "Land"

    class Audience(models.TextChoices):
        MUNICIPAL = "municipal", "für Kommunalpolitik"
        OPEN = "open", "für alle"

    class Status(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        ACTIVE = "active", "veröffentlicht"
        TEMPORARILY_CLOSED = "temporarily closed", "vorübergehend geschlossen"
        DEFUNCT = "defunct", "beendet"

    class Confidence(models.TextChoices):
        HIGH = "high", "hoch"
        MEDIUM = "medium", "mittel"
        LOW = "low", "gering"

    slug = models.SlugField(
        "Adresskürzel",
        max_length=100,
        unique=True,
        help_text="Letzter Teil der Webadresse. Kann nach dem Veröffentlichen nicht mehr geändert werden.",
    )
    name = models.CharField("Name", max_length=160)
    organization = models.ForeignKey(Organization, models.PROTECT, verbose_name="Akteur", related_name="offers")
    status = models.CharField(
        "Status",
        max_length=20,
        choices=Status,
        default=Status.DRAFT,
        help_text="„Beendet“ zeigt statt des Angebots ähnliche Angebote. Bitte nicht löschen: Partner haben den Link.",
    )
    level = models.CharField("Ebene", max_length=8, choices=Level)
    regions = models.ManyToManyField(
        Region,
        verbose_name="Regionen",
        blank=True,
        related_name="offers",
        help_text="Nur bei Ebene „Land“: für welche Länder oder Kreise das Angebot da ist.",
    )
    audience = models.CharField("Zielgruppe", max_length=10, choices=Audience)
    for_some_only = models.BooleanField(
        "nur für bestimmte Menschen",
        default=False,
        help_text="Zum Beispiel nur für Frauen, nur nach antisemitischen Vorfällen. Der Lotse nennt zuerst, was für "
        "alle da ist; wer Diskriminierung angibt, sieht beides gleich.",
    )
    threat_types = models.ManyToManyField(ThreatType, verbose_name="Arten der Bedrohung", related_name="offers")
    support_types = models.ManyToManyField(SupportType, verbose_name="Arten der Hilfe", related_name="offers")
    summary = models.CharField(
        "Kurzbeschreibung",
        max_length=160,
        validators=[MinLengthValidator(20)],
        help_text="Ein Satz, höchstens 160 Zeichen: Was bekommt, wer sich meldet?",
    )
    description = models.TextField("Beschreibung", help_text="Zwei bis vier Sätze: was geschieht, für wen, Grenzen.")
    website = models.URLField("Website", max_length=400, blank=True)
    online_form = models.URLField("Online-Formular", max_length=400, blank=True)
    chat = models.URLField("Chat", max_length=400, blank=True)
    opening_hours = models.CharField(
        "Öffnungszeiten (OpenStreetMap)",
        max_length=200,
        blank=True,
        validators=[validate_opening_hours],
        help_text="Damit rechnet die Seite „jetzt erreichbar“. Beispiel: Mo-Fr 09:00-16:00; PH off. "
        "Leer lassen, wenn keine Quelle sie eindeutig nennt.",
    )
    hours_note = models.CharField(
        "Erreichbarkeit in Worten", max_length=250, blank=True, help_text="So, wie die Quelle es sagt."
    )
    around_the_clock = models.BooleanField("rund um die Uhr", default=False)
    anonymous = models.BooleanField("anonym möglich", null=True, blank=True, choices=YES_NO_UNKNOWN)
    free_of_charge = models.BooleanField("kostenfrei", null=True, blank=True, choices=YES_NO_UNKNOWN)
    languages = models.ManyToManyField(Language, verbose_name="Sprachen", blank=True, related_name="offers")
    verified_on = models.DateField(
        "bestätigt am",
        null=True,
        blank=True,
        help_text="Wann die Redaktion die Angaben zuletzt geprüft hat. Leer heißt: noch nicht bestätigt.",
    )
    review_due = models.DateField("nächste Prüfung", null=True, blank=True)
    confidence = models.CharField(
        "Verlässlichkeit der Quellen", max_length=6, choices=Confidence, blank=True, help_text="Nur intern."
    )
    editorial_note = models.TextField("Notiz der Redaktion", blank=True, help_text="Nur intern, nie auf der Seite.")
    created_at = models.DateTimeField("angelegt", auto_now_add=True)
    updated_at = models.DateTimeField("zuletzt geändert", auto_now=True)

    objects = NaturalKeyManager.from_queryset(OfferQuerySet)()
    history = recorded(m2m_fields=["regions", "threat_types", "support_types", "languages"])

    class Meta:
        ordering = ["name"]
        verbose_name = "Angebot"
        verbose_name_plural = "Angebote"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "active", "temporarily closed", "defunct"]),
                name="offer_status_is_known",
            ),
            models.CheckConstraint(condition=Q(level__in=["federal", "state"]), name="offer_level_is_known"),
            models.CheckConstraint(condition=Q(audience__in=["municipal", "open"]), name="offer_audience_is_known"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(summary="") & ~Q(description=""), name="offer_says_what_it_is"
            ),
            models.CheckConstraint(
                condition=Q(around_the_clock=False) | Q(opening_hours__in=["", "24/7"]),
                name="offer_around_the_clock_agrees_with_opening_hours",
                violation_error_message="„Rund um die Uhr“ passt nicht zu den Öffnungszeiten. "
                "Tragen Sie dort 24/7 ein oder nehmen Sie das Häkchen weg.",
            ),
            models.CheckConstraint(
                condition=Q(verified_on=None) | Q(review_due=None) | Q(review_due__gt=models.F("verified_on")),
                name="offer_review_follows_verification",
                violation_error_message="Die nächste Prüfung muss nach der letzten Bestätigung liegen.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("directory:offer", args=[self.slug])

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    @property
    def hours(self) -> str:
        """OpenStreetMap hours; "around the clock" says enough."""
        return self.opening_hours or ("24/7" if self.around_the_clock else "")


class Phone(models.Model):
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="phones")
    number = models.CharField(
        "Nummer",
        max_length=16,
        validators=[validate_phone_number],
        help_text="Mit Vorwahl, zum Beispiel 030 25208838, oder eine Kurznummer wie 116 006.",
    )
    label = models.CharField("Bezeichnung", max_length=80, blank=True, help_text="Wer abhebt: „Beratungstelefon“.")
    free = models.BooleanField("gebührenfrei", null=True, blank=True, choices=YES_NO_UNKNOWN)
    opening_hours = models.CharField(
        "eigene Öffnungszeiten",
        max_length=200,
        blank=True,
        validators=[validate_opening_hours],
        help_text="Nur wenn sie von denen des Angebots abweichen. Schreibweise von OpenStreetMap.",
    )
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    history = recorded()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "Telefonnummer"
        verbose_name_plural = "Telefonnummern"
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "number"],
                name="phone_once_per_offer",
                violation_error_message="Diese Nummer steht schon bei diesem Angebot.",
            ),
            models.CheckConstraint(
                condition=Q(number__startswith="+") | Q(number__startswith="1"), name="phone_is_e164_or_short_code"
            ),
        ]

    def __str__(self):
        return self.number


class Email(models.Model):
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="emails")
    address = models.EmailField("Adresse")
    label = models.CharField("Bezeichnung", max_length=80, blank=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    history = recorded()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "E-Mail-Adresse"
        verbose_name_plural = "E-Mail-Adressen"
        constraints = [models.UniqueConstraint(fields=["offer", "address"], name="email_once_per_offer")]

    def __str__(self):
        return self.address


class Location(models.Model):
    """A town in which an offer has a place to go to."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="locations")
    city = models.CharField("Ort", max_length=80)

    history = recorded()

    class Meta:
        ordering = ["city"]
        verbose_name = "Standort"
        verbose_name_plural = "Standorte"
        constraints = [models.UniqueConstraint(fields=["offer", "city"], name="location_once_per_offer")]

    def __str__(self):
        return self.city


class Source(models.Model):
    """A public page that says what we say."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="sources")
    url = models.URLField("Adresse", max_length=500)
    supports = models.JSONField(
        "belegt", default=list, validators=[validate_facts], help_text="Welche Angaben auf dieser Seite stehen."
    )
    accessed_on = models.DateField("gelesen am")

    history = recorded()

    class Meta:
        ordering = ["pk"]
        verbose_name = "Quelle"
        verbose_name_plural = "Quellen"
        constraints = [models.UniqueConstraint(fields=["offer", "url"], name="source_once_per_offer")]

    def __str__(self):
        return self.url

    @property
    def supported_facts(self) -> list[str]:
        """German names of the facts that this source supports."""
        return [Fact(value).label for value in self.supports]
