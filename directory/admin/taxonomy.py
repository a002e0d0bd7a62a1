from django.contrib import admin
from django.db.models import Count

from directory.admin.catalogue import CatalogueAdmin, KeptWhileInUse
from directory.admin.history import RecordedAdmin
from directory.admin.slug import SlugFromNameForm
from directory.models import Language, SupportType, ThreatType


class TaxonomyAdmin(KeptWhileInUse, CatalogueAdmin):
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(offer_count=Count("offers"))

    @admin.display(description="Angebote", ordering="offer_count")
    def offer_count(self, term):
        return term.offer_count


@admin.register(SupportType)
class TermAdmin(TaxonomyAdmin):
    form = SlugFromNameForm
    fields = ["name", "description", "synonyms", "position", "slug"]
    list_display = ["name", "offer_count", "position"]
    search_fields = ["name", "synonyms"]


@admin.register(ThreatType)
class ThreatTypeAdmin(RecordedAdmin, TermAdmin):
    fields = ["name", "description", "first_steps", "first_steps_on", "synonyms", "position", "slug"]
    list_display = ["name", "offer_count", "first_steps_on", "position"]


@admin.register(Language)
class LanguageAdmin(TaxonomyAdmin):
    fields = ["name", "slug"]
    list_display = ["name", "slug", "offer_count"]
