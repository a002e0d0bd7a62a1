from django.contrib import admin

from contact.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
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

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
