from django.contrib import admin
from django.db import models, transaction

from directory.models import CatalogueVersion

ASSUME_HTTPS = {models.URLField: {"assume_scheme": "https"}}  # "www.example.org" typed without a scheme


class CatalogueAdmin(admin.ModelAdmin):
    """Every change that visitors could see raises the version of the catalogue in its own transaction.

    The add, change and delete pages open that transaction; a list action has to open one itself.
    """

    save_on_top = True
    formfield_overrides = ASSUME_HTTPS

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        CatalogueVersion.objects.bump()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        CatalogueVersion.objects.bump()

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        CatalogueVersion.objects.bump()

    def get_readonly_fields(self, request, obj=None):
        fixed = ("slug",) if hasattr(obj, "slug") and self.is_slug_fixed(obj) else ()
        return (*fixed, *super().get_readonly_fields(request, obj))

    def is_slug_fixed(self, obj) -> bool:
        """Slugs stand in links of partners, from the first save on."""
        return True


class KeptWhileInUse:
    """Rows that offers point to, some by a many-to-many field that the database would empty without a word."""

    def get_deleted_objects(self, objs, request):
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if not protected:
            protected = [f"Angebot: {offer}" for obj in objs for offer in obj.offers.all()]
        # the page names either missing permissions or what stands in the way; the latter helps
        return deleted, counts, set() if protected else lacking, protected
