from django.contrib import admin

from directory.admin.catalogue import CatalogueAdmin, KeptWhileInUse
from directory.admin.filters import StateOfRegionFilter
from directory.admin.slug import SlugFromNameForm
from directory.models import Region


@admin.register(Region)
class RegionAdmin(KeptWhileInUse, CatalogueAdmin):
    form = SlugFromNameForm
    fields = ["name", "kind", "parent", "official_key", "iso_code", "slug"]
    list_display = ["name", "kind", "parent", "official_key"]
    list_filter = ["kind", StateOfRegionFilter]
    list_select_related = ["parent"]
    search_fields = ["name", "official_key", "parent__name"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "parent":
            kwargs["queryset"] = Region.objects.filter(kind="state")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
