"""The choices above the queue."""

from datetime import datetime, time, timedelta

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from contact.admin.queue import OVERDUE
from contact.models import ContactRequest
from directory.opening import BERLIN

Status = ContactRequest.Status


class QueueFilter(admin.SimpleListFilter):
    template = "admin/contact/contactrequest/filter.html"
    everything = "alle"

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [{**first, "display": self.everything}, *others]


class StatusFilter(QueueFilter):
    title = "Stand"
    parameter_name = "stand"
    everything = "offen"
    states = {
        "neu": ("neu", [Status.NEW]),
        "bestaetigt": ("bestätigt", [Status.CONFIRMED]),
        "wartet": ("wartet", [Status.WAITING]),
        "abgeschlossen": ("abgeschlossen", [Status.DONE, Status.CANCELLED]),
    }

    def lookups(self, request, model_admin):
        return [(value, label) for value, (label, states) in self.states.items()]

    def queryset(self, request, queryset):
        if self.value() in self.states:
            return queryset.filter(status__in=self.states[self.value()][1])
        # who wrote while a colleague closed the request is heard all the same
        return queryset.filter(Q(status__in=ContactRequest.OPEN) | Q(has_unread=True))


class PeriodFilter(QueueFilter):
    title = "Zeit"
    parameter_name = "zeit"

    def lookups(self, request, model_admin):
        return [("heute", "heute"), ("woche", "diese Woche")]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        first, days = {"heute": (today, 1), "woche": (today - timedelta(days=today.weekday()), 7)}.get(
            self.value(), (None, None)
        )
        if first is None:
            return queryset
        start, end = (datetime.combine(day, time(), BERLIN) for day in (first, first + timedelta(days=days)))
        return queryset.filter(Q(slot__gte=start, slot__lt=end) | Q(place=OVERDUE))


class HandlerFilter(QueueFilter):
    title = "Bearbeitung"
    parameter_name = "bearbeitung"

    def lookups(self, request, model_admin):
        return [("meine", "meine"), ("frei", "noch niemand")]

    def queryset(self, request, queryset):
        if self.value() == "meine":
            return queryset.filter(handler=request.user)
        return queryset.filter(handler=None) if self.value() == "frei" else queryset
