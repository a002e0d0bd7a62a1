from django.contrib import admin
from django.db.models import Count

from directory.admin.catalogue import CatalogueAdmin, KeptWhileInUse
from directory.admin.history import RecordedAdmin
from directory.admin.slug import SlugFromNameForm
from directory.models import Organization


@admin.register(Organization)
class OrganizationAdmin(KeptWhileInUse, RecordedAdmin, CatalogueAdmin):
    form = SlugFromNameForm
    fields = ["name", "sector", "website", "slug"]
    list_display = ["name", "sector", "offer_count", "website"]
    list_filter = ["sector"]
    search_fields = ["name", "slug", "website"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(offer_count=Count("offers"))

    @admin.display(description="Angebote", ordering="offer_count")
    def offer_count(self, organization):
        return organization.offer_count
