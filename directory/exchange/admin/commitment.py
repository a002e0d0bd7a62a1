from django.contrib import admin
from django.utils import timezone

from directory.admin.catalogue import CatalogueAdmin
from directory.exchange.models import Commitment


class DueFilter(admin.SimpleListFilter):
    title = "Frist"
    parameter_name = "frist"

    def lookups(self, request, model_admin):
        return [("vorbei", "vorbei, noch offen")]

    def queryset(self, request, queryset):
        return queryset.overdue(timezone.localdate()) if self.value() == "vorbei" else queryset


@admin.register(Commitment)
class CommitmentAdmin(CatalogueAdmin):
    fieldsets = [
        ("Wer", {"fields": ["organization", "other_name"]}),
        ("Welche Lücke", {"fields": ["threat_type", "support_type", "region"]}),
        ("Wann", {"fields": ["event", "made_on", "due_on"]}),
        ("Was daraus wurde", {"fields": ["state", "decided_on", "note"]}),
    ]
    list_display = ["by", "threat_type", "support_type", "where", "due_on", "state_words"]
    list_filter = ["state", DueFilter, "event"]
    list_select_related = ["organization", "threat_type", "support_type", "region"]
    search_fields = ["organization__name", "other_name", "note"]

    @admin.display(description="wer", ordering="organization__name")
    def by(self, commitment):
        return commitment.by

    @admin.display(description="Land", ordering="region__name")
    def where(self, commitment):
        return commitment.region or "bundesweit"

    @admin.display(description="Stand", ordering="state")
    def state_words(self, commitment):
        return commitment.state_words
