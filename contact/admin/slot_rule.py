"""When talks are offered."""

from datetime import datetime, time, timedelta

from django.contrib import admin, messages

from contact.models import Closure, ContactRequest, SlotRule
from directory import opening
from directory.opening import BERLIN


@admin.register(SlotRule)
class SlotRuleAdmin(admin.ModelAdmin):
    list_display = ["kind", "hours", "capacity", "kept_back"]
    fieldsets = [
        (
            None,
            {
                "fields": ["kind", "opening_hours", "capacity", "kept_back"],
                "description": "Aus den Zeiten macht das Portal Termine von je 30 Minuten, zwei Stunden bis 14 Tage im "
                "Voraus. Ohne Regel gibt es für diese Art keine Termine. Auf der Seite erscheint eine Änderung mit der "
                "nächsten Viertelstunde; vergebene Termine bleiben, wie sie sind.",
            },
        )
    ]

    @admin.display(description="Zeiten")
    def hours(self, rule):
        return opening.in_words(rule.opening_hours)


@admin.register(Closure)
class ClosureAdmin(admin.ModelAdmin):
    list_display = ["__str__", "reason"]
    fieldsets = [
        (
            None,
            {
                "fields": ["first_day", "last_day", "reason"],
                "description": "An diesen Tagen bietet das Portal keine Termine an. Gesetzliche Feiertage kennt es "
                "schon. Termine, die schon vergeben sind, verlegen Sie bitte selbst.",
            },
        )
    ]

    def save_model(self, request, closure, form, change):
        super().save_model(request, closure, form, change)
        start, end = (
            datetime.combine(day, time(), BERLIN) for day in (closure.first_day, closure.last_day + timedelta(days=1))
        )
        sold = ContactRequest.objects.filter(status__in=ContactRequest.OPEN, slot__gte=start, slot__lt=end).count()
        if sold:
            messages.warning(request, f"In dieser Zeit sind schon Termine vergeben: {sold}. Bitte verlegen Sie sie.")
