"""What is kept of a contact request. In clear: what the day's queue needs. All words and numbers are sealed.

No row holds a time of writing finer than a day, an address, or anything that names a person.
"""

import uuid
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from directory.opening import validate_opening_hours


class Kind(models.TextChoices):
    CALLBACK = "callback", "Rückruf"
    VIDEO = "video", "Video-Gespräch"


class ContactRequestQuerySet(models.QuerySet):
    def for_visitors(self) -> Self:
        """Without what only the team opens: the public process may not even read the boxes (database_rights.py)."""
        return self.defer("content", "content_spare", "phone_spare", "handler")


class ContactRequest(models.Model):
    """A wish to talk (Anliegen)."""

    class Status(models.TextChoices):
        NEW = "new", "neu"
        CONFIRMED = "confirmed", "bestätigt"
        WAITING = "waiting", "wartet auf Antwort"
        DONE = "done", "abgeschlossen"
        CANCELLED = "cancelled", "abgesagt"

    OPEN = (Status.NEW, Status.CONFIRMED, Status.WAITING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("Art", max_length=8, choices=Kind)
    status = models.CharField("Status", max_length=9, choices=Status, default=Status.NEW)
    slot = models.DateTimeField("Termin", null=True)
    seat = models.PositiveSmallIntegerField(null=True)
    codename = models.CharField("Terminname", max_length=40)
    created_on = models.DateField("eingegangen am", default=timezone.localdate)
    closed_on = models.DateField("abgeschlossen am", null=True)
    lookup_id = models.CharField(max_length=32, unique=True)
    reply_public_key = models.BinaryField(max_length=32)
    kid = models.CharField("Schlüssel", max_length=20)
    content = models.BinaryField()  # sealed: name, threat types, Land, message, reminder
    content_spare = models.BinaryField()
    phone = models.BinaryField(null=True)  # sealed: number, whose line, voicemail, opening phrase
    phone_spare = models.BinaryField(null=True)
    video_room = models.BinaryField(null=True)  # sealed as a reply to the visitor
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="Bearbeitung"
    )

    objects = ContactRequestQuerySet.as_manager()

    class Meta:
        ordering = ["slot"]
        verbose_name = "Anliegen"
        verbose_name_plural = "Anliegen"
        constraints = [
            models.UniqueConstraint(fields=["kind", "slot", "seat"], name="contact_slot_is_sold_once"),
            models.CheckConstraint(
                condition=Q(slot=None, seat=None) | Q(slot__isnull=False, seat__isnull=False),
                name="contact_slot_has_a_seat",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["done", "cancelled"]) | Q(closed_on__isnull=False),
                name="contact_closed_request_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["new", "confirmed", "waiting", "done", "cancelled"])
                & Q(kind__in=["callback", "video"]),
                name="contact_status_and_kind_are_known",
            ),
        ]

    def __str__(self):
        return self.codename

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class VisitorMessage(models.Model):
    """What the visitor adds later, sealed like the request."""

    request = models.ForeignKey(ContactRequest, models.CASCADE, related_name="messages")
    kid = models.CharField(max_length=20)
    content = models.BinaryField()
    content_spare = models.BinaryField()
    created_on = models.DateField(default=timezone.localdate)
    is_read = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Nachricht {self.pk}"


class Reply(models.Model):
    """What the team answers; only the code opens it."""

    request = models.ForeignKey(ContactRequest, models.CASCADE, related_name="replies")
    kid = models.CharField(max_length=20)
    box = models.BinaryField()
    created_on = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Antwort {self.pk}"


class Note(models.Model):
    """What colleagues tell each other, sealed to the team's key: a note, or a copy of what the visitor gets."""

    request = models.ForeignKey(ContactRequest, models.CASCADE, related_name="notes")
    kid = models.CharField(max_length=20)
    content = models.BinaryField()
    content_spare = models.BinaryField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_on = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Notiz {self.pk}"


class CallAttempt(models.Model):
    """Nobody picked up. After the third the visitor is asked for another slot."""

    request = models.ForeignKey(ContactRequest, models.CASCADE, related_name="attempts")
    created_on = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Versuch {self.pk}"


class AuditEntry(models.Model):
    """Which colleague did what with which request; never its content. Outlives the request."""

    class Action(models.TextChoices):
        OPENED = "opened", "gelesen"
        CONFIRMED = "confirmed", "bestätigt"
        MOVED = "moved", "verlegt"
        REPLIED = "replied", "geantwortet"
        NOTED = "noted", "Notiz geschrieben"
        ATTEMPTED = "attempted", "nicht erreicht"
        HANDED_OVER = "handed over", "übergeben"
        CLOSED = "closed", "abgeschlossen"
        DELETED = "deleted", "gelöscht"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="wer")
    action = models.CharField("was", max_length=12, choices=Action)
    request_id = models.UUIDField("Anliegen")
    at = models.DateTimeField("wann", default=timezone.now)

    class Meta:
        ordering = ["-at"]
        verbose_name = "Protokolleintrag"
        verbose_name_plural = "Protokoll"

    def __str__(self):
        return f"{self.get_action_display()} {self.request_id}"


class SlotRule(models.Model):
    """When talks of a kind are offered, and how many at once. A kind without a rule is closed."""

    kind = models.CharField("Art", max_length=8, choices=Kind, unique=True)
    opening_hours = models.CharField(
        "Zeiten",
        max_length=200,
        validators=[validate_opening_hours],
        help_text="Schreibweise von OpenStreetMap, zum Beispiel: Mo-Fr 09:00-12:00,13:00-16:00. Feiertage zählt die "
        "Seite selbst ab.",
    )
    capacity = models.PositiveSmallIntegerField(
        "Plätze je Termin", validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    kept_back = models.PositiveSmallIntegerField(
        "davon für Anrufende",
        default=0,
        help_text="So viele Plätze vergibt nur die Hotline selbst, am Telefon.",
    )

    class Meta:
        verbose_name = "Terminregel"
        verbose_name_plural = "Terminregeln"
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1) & Q(kept_back__lte=models.F("capacity")),
                name="contact_rule_keeps_back_what_it_has",
                violation_error_message="Es können nicht mehr Plätze zurückgehalten werden, als es gibt.",
            )
        ]

    def __str__(self):
        return self.get_kind_display()


class Closure(models.Model):
    """Days on which nobody is in the office."""

    first_day = models.DateField("erster Tag")
    last_day = models.DateField("letzter Tag")
    reason = models.CharField("Grund", max_length=80, blank=True, help_text="Nur intern.")

    class Meta:
        ordering = ["first_day"]
        verbose_name = "Schließzeit"
        verbose_name_plural = "Schließzeiten"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")),
                name="contact_closure_ends_after_it_begins",
                violation_error_message="Der letzte Tag liegt vor dem ersten.",
            )
        ]

    def __str__(self):
        return f"{self.first_day:%d.%m.%Y} bis {self.last_day:%d.%m.%Y}"


class PublishedSlots(models.Model):
    """What visitors see as free, one list for each quarter hour: a live list would tell a watcher who just booked."""

    quarter = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    slots = models.JSONField()  # ISO times in UTC

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quarter", "kind"], name="contact_one_list_a_quarter")]

    def __str__(self):
        return f"{self.kind} {self.quarter}"
