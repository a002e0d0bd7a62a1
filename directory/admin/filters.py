"""Filters of the lists in the margin."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from directory.models import Region
from directory.monitoring.confirmations import of_the_silent


class StateOfRegionFilter(admin.SimpleListFilter):
    """Rows of a Land and of the Kreise in it."""

    title = "Land"
    parameter_name = "land"

    def lookups(self, request, model_admin):
        return Region.objects.filter(kind="state").values_list("slug", "name")

    def regions(self):
        return Region.objects.filter(Q(slug=self.value()) | Q(parent__slug=self.value()))

    def queryset(self, request, queryset):
        return queryset.filter(pk__in=self.regions()) if self.value() else queryset


class StateOfOfferFilter(StateOfRegionFilter):
    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        # a subquery: one row an offer, however many Kreise of the Land it names
        return queryset.filter(pk__in=queryset.model.objects.filter(regions__in=self.regions()).values("pk"))


class ReachFilter(admin.SimpleListFilter):
    title = "Erreichbarkeit"
    parameter_name = "erreichbar"

    def lookups(self, request, model_admin):
        return [("kaum", "ohne Telefon und ohne Formular")]

    def queryset(self, request, queryset):
        return queryset.hard_to_reach() if self.value() == "kaum" else queryset


class ReviewFilter(admin.SimpleListFilter):
    title = "Prüfung"
    parameter_name = "pruefung"

    def lookups(self, request, model_admin):
        return [
            ("nie", "noch nicht bestätigt"),
            ("faellig", "fällig (veröffentlicht)"),
            ("still", "Akteur hat nicht geantwortet"),
        ]

    def queryset(self, request, queryset):
        if self.value() == "nie":
            return queryset.filter(verified_on=None)
        if self.value() == "faellig":
            return queryset.due_for_review(timezone.localdate())
        if self.value() == "still":
            return of_the_silent(queryset)
        return queryset
