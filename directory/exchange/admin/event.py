from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from directory import catalogue
from directory.admin.catalogue import CatalogueAdmin
from directory.admin.slug import SlugFromNameForm
from directory.exchange import agenda
from directory.exchange.models import Commitment, ExchangeEvent
from directory.models import Organization


class ExchangeEventForm(SlugFromNameForm):
    sectors = forms.MultipleChoiceField(
        label="für wen",
        choices=Organization.Sector.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
    )


@admin.register(ExchangeEvent)
class ExchangeEventAdmin(CatalogueAdmin):
    form = ExchangeEventForm
    fields = [
        "name",
        "is_public",
        "starts_at",
        "ends_at",
        "place",
        "online_url",
        "sectors",
        "registration_url",
        "programme",
        "results",
        "slug",
    ]
    list_display = ["name", "starts_at", "place", "is_public", "agenda_link"]
    list_filter = ["is_public"]
    search_fields = ["name", "place"]
    date_hierarchy = "starts_at"
    readonly_fields = ["agenda_link"]

    def get_fields(self, request, obj=None):
        return [*self.fields, "agenda_link"] if obj else self.fields

    @admin.display(description="Tagesordnung")
    def agenda_link(self, event):
        return format_html(
            '<a href="{}">Vorschlag ansehen</a>', reverse("admin:exchange_exchangeevent_agenda", args=[event.pk])
        )

    def get_urls(self):
        page = path(
            "<int:pk>/tagesordnung/", self.admin_site.admin_view(self.agenda), name="exchange_exchangeevent_agenda"
        )
        return [page, *super().get_urls()]

    def agenda(self, request, pk):
        """What to talk about, from today's gaps and commitments: to read and to print."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        event, current, today = get_object_or_404(ExchangeEvent, pk=pk), catalogue.current(), timezone.localdate()
        commitments = Commitment.objects.with_names()
        context = {
            **self.admin_site.each_context(request),
            "title": f"Vorschlag für die Tagesordnung: {event}",
            "event": event,
            "today": today,
            "overdue": commitments.overdue(today),
            "open": commitments.open().filter(due_on__gte=today),
            "everywhere": agenda.missing_everywhere(current),
            "gaps": agenda.biggest_gaps(current),
        }
        return render(request, "admin/exchange/agenda.html", context)
