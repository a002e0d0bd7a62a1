from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from directory.admin.read_only import ReadOnly
from directory.monitoring.link_results import offers_showing
from directory.monitoring.models import LinkCheck


class BrokenFilter(admin.SimpleListFilter):
    title = "Urteil"
    parameter_name = "urteil"

    def lookups(self, request, model_admin):
        return [("kaputt", "kaputt (an drei Tagen fehlgeschlagen)")]

    def queryset(self, request, queryset):
        return queryset.broken() if self.value() == "kaputt" else queryset


@admin.register(LinkCheck)
class LinkCheckAdmin(ReadOnly, admin.ModelAdmin):
    """To be read; what is wrong is mended in the offer."""

    list_display = ["shown_value", "result", "detail", "shown_new_address", "failed_days", "checked_at", "offers"]
    list_display_links = None
    list_filter = [BrokenFilter, "result", "kind"]
    list_per_page = 50
    search_fields = ["value", "new_address"]
    actions = ["accept_content"]

    def has_accept_permission(self, request):
        return request.user.has_perm("monitoring.change_linkcheck")

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        offers = offers_showing(changelist.result_list)
        for check in changelist.result_list:
            check.shown_in = offers.get((check.kind, check.value), {})
        return changelist

    @admin.display(description="Wert", ordering="value")
    def shown_value(self, check):
        return self._link(check.value) if check.kind == LinkCheck.Kind.LINK else check.value

    @admin.display(description="neue Adresse", ordering="new_address")
    def shown_new_address(self, check):
        return self._link(check.new_address)

    @admin.display(description="Angebote")
    def offers(self, check):
        return format_html_join(
            ", ",
            '<a href="{}">{}</a>',
            ((reverse("admin:directory_offer_change", args=[pk]), name) for pk, name in check.shown_in.items()),
        )

    @admin.action(description="Inhalt angesehen, er ist in Ordnung (nur „anderer Inhalt“)", permissions=["accept"])
    def accept_content(self, request, queryset):
        self.message_user(request, f"Als richtig vermerkt: {queryset.accept_content()}.")

    def _link(self, address):
        """Only what a browser opens as a web page: the value may be anything that failed the check."""
        if not address.startswith(("http://", "https://")):
            return address
        return format_html('<a href="{}" rel="noreferrer">{}</a>', address, address)
