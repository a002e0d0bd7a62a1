from django.contrib import admin

from directory.admin.catalogue import CatalogueAdmin
from directory.admin.read_only import ReadOnly
from directory.monitoring.models import Snapshot


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnly, CatalogueAdmin):
    """To be read only. Who is answerable for everything may take one back, for instance when it shows private data."""

    list_display = ["day", "checksum"]
    fields = ["day", "checksum"]

    def get_queryset(self, request):
        return super().get_queryset(request).without_data()

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser
