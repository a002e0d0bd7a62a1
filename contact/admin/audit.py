from django.contrib import admin

from contact.models import AuditEntry
from directory.admin.read_only import ReadOnly


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, admin.ModelAdmin):
    """To be read only, by everybody."""

    list_display = ["at", "user", "action", "request_id"]
    list_display_links = None
    list_filter = ["action", "user"]
    list_select_related = ["user"]
    list_per_page = 100
    date_hierarchy = "at"
    search_fields = ["request_id"]
    search_help_text = "Kennung eines Anliegens"
    actions = None
