import re
from contextlib import suppress

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import path

from directory.admin.catalogue import CatalogueAdmin
from directory.admin.filters import ReachFilter, ReviewFilter, StateOfOfferFilter
from directory.admin.history import OfferHistory
from directory.admin.offer_form import OfferForm
from directory.admin.offer_inlines import EmailInline, LocationInline, PhoneInline, SourceInline
from directory.admin.offer_transfer import OfferTransfer
from directory.admin.status import STEPS, lock, set_status
from directory.models import Offer, Region
from directory.monitoring import verifications
from directory.monitoring.models import Verification
from directory.phone_numbers import canonical
from directory.querysets import VISIBLE
from directory.views.offers import render_offer

Method = Verification.Method
DIALLED = re.compile(r"[\d\s()+/.–-]{3,40}")


class RegionsField(forms.ModelMultipleChoiceField):
    """Länder first; a Kreis says its Land, so that typing the Land finds both."""

    def label_from_instance(self, region):
        return f"{region.name} ({region.parent.name})" if region.parent else region.name


@admin.register(Offer)
class OfferAdmin(OfferHistory, OfferTransfer, CatalogueAdmin):
    form = OfferForm
    inlines = [LocationInline, PhoneInline, EmailInline, SourceInline]
    fieldsets = [
        (
            "Was ist es?",
            {"fields": ["name", "organization", "summary", "description", "status", "reason", "slug", "seen"]},
        ),
        (
            "Für wen und wo?",
            {"fields": ["level", "regions", "audience", "for_some_only", "threat_types", "support_types"]},
        ),
        (
            "So erreicht man es",
            {"fields": ["website", "online_form", "chat", "around_the_clock", "opening_hours", "hours_note"]},
        ),
        ("Bedingungen", {"fields": ["anonymous", "free_of_charge", "languages"]}),
        ("Prüfung", {"fields": ["verified_on", "review_due"]}),
        ("Nur intern", {"fields": ["confidence", "editorial_note", "created_at", "updated_at"]}),
    ]
    readonly_fields = ["created_at", "updated_at"]
    radio_fields = {"level": admin.HORIZONTAL, "audience": admin.HORIZONTAL}
    filter_horizontal = ["regions"]
    list_display = ["name", "organization", "level", "region_names", "status", "confirmed", "updated_at"]
    list_filter = [
        "status",
        ReviewFilter,
        ReachFilter,
        "level",
        StateOfOfferFilter,
        "audience",
        "threat_types",
        "support_types",
        "organization__sector",
        "confidence",
    ]
    list_per_page = 50
    search_fields = ["name", "slug", "summary", "organization__name", "locations__city"]
    search_help_text = "Name, Akteur, Kurzbeschreibung, Ort oder Telefonnummer in beliebiger Schreibweise"
    actions = ["publish", "confirm_by_call", "confirm_by_website", "confirm_by_letter", *STEPS, "export"]

    class Media:
        js = ["js/redaktion.js"]

    # ---- the list ----
    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("regions")

    def get_search_results(self, request, queryset, search_term):
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        if not DIALLED.fullmatch(search_term):
            return found, may_have_duplicates
        digits = re.sub(r"\D", "", search_term).lstrip("0")  # a part of a number, or one without its area code
        phones = Q(phones__number__contains=digits) if digits else Q()
        with suppress(ValidationError):
            phones |= Q(phones__number=canonical(search_term))
        if not phones:
            return found, may_have_duplicates
        return queryset.filter(Q(pk__in=found.values("pk")) | phones), True

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # partners have the links; a draft is deleted on its own page
        return actions

    @admin.display(description="Regionen")
    def region_names(self, offer):
        return ", ".join(region.name for region in offer.regions.all()) or "bundesweit"

    @admin.display(description="bestätigt am", ordering="verified_on", empty_value="noch nicht")
    def confirmed(self, offer):
        return offer.verified_on

    @admin.action(description="Entwürfe veröffentlichen", permissions=["change"])
    def publish(self, request, queryset):
        drafts = queryset.filter(status=Offer.Status.DRAFT)
        with transaction.atomic():
            lock(queryset)
            ready = list(drafts.ready_to_publish())
            incomplete = list(drafts.exclude(pk__in=[offer.pk for offer in ready]))
            set_status(ready, Offer.Status.ACTIVE, user=request.user, reason="Veröffentlicht.")
        self.message_user(request, f"Veröffentlicht: {len(ready)}.", messages.SUCCESS if ready else messages.WARNING)
        if incomplete:
            names = ", ".join(f"„{offer}“" for offer in incomplete)
            self.message_user(
                request,
                "Nicht veröffentlicht, weil Regionen oder eine Quelle fehlen: " + names,
                messages.WARNING,
            )

    @admin.action(description="Unverändert bestätigt: Anruf", permissions=["change"])
    def confirm_by_call(self, request, queryset):
        self.confirm(request, queryset, Method.CALL)

    @admin.action(description="Unverändert bestätigt: Website", permissions=["change"])
    def confirm_by_website(self, request, queryset):
        self.confirm(request, queryset, Method.WEBSITE)

    @admin.action(description="Unverändert bestätigt: Brief oder E-Mail", permissions=["change"])
    def confirm_by_letter(self, request, queryset):
        self.confirm(request, queryset, Method.LETTER)

    def confirm(self, request, queryset, method):
        offers = list(queryset.for_page())
        with transaction.atomic():
            LogEntry.objects.log_actions(request.user.pk, offers, CHANGE, f"Unverändert bestätigt: {method.label}.")
            verifications.record(offers, by=Verification.By.EDITOR, method=method, user=request.user)
        self.message_user(request, f"Heute unverändert bestätigt: {len(offers)}.", messages.SUCCESS)

    # ---- one offer ----
    def get_object(self, request, object_id, from_field=None):
        offer = super().get_object(request, object_id, from_field)
        if offer and request.method == "POST":  # whoever saves at the same moment waits until this is done
            offer = self.model.objects.select_for_update().get(pk=offer.pk)
        if offer:
            offer.stored_status = offer.status  # a rejected form leaves its own choice in offer.status
        return offer

    def get_fieldsets(self, request, obj=None):
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        asked = self.form.declared_fields  # who may only look is not asked
        return [
            (title, {"fields": [name for name in part["fields"] if name not in asked]})
            for title, part in self.fieldsets
        ]

    def save_model(self, request, obj, form, change):
        obj._change_reason = form.cleaned_data["reason"]
        super().save_model(request, obj, form, change)

    def is_slug_fixed(self, obj):
        """From the first publication on."""
        return getattr(obj, "stored_status", obj.status) != Offer.Status.DRAFT

    def has_delete_permission(self, request, obj=None):
        may_go = obj is None or not self.is_slug_fixed(obj)  # what partners link to is ended, not deleted
        return may_go and super().has_delete_permission(request, obj)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "regions":
            kwargs["queryset"] = Region.objects.select_related("parent").order_by("-kind", "name")
            kwargs["form_class"] = RegionsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def view_on_site(self, offer):
        return offer.get_absolute_url() if offer.stored_status in VISIBLE else None

    # ---- the preview ----
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/vorschau/", view(self.preview), name="directory_offer_preview"),
            path("<int:pk>/bestaetigen/", view(self.confirm_one), name="directory_offer_confirm"),
            *super().get_urls(),
        ]

    def confirm_one(self, request, pk):
        """One click: everything was found as it stands here. A sign-in that came in between leads here by GET."""
        offer = get_object_or_404(Offer, pk=pk)
        if not self.has_change_permission(request, offer):
            raise PermissionDenied
        method = request.POST.get("method")
        if method in Verification.EDITORS_METHODS:
            self.confirm(request, Offer.objects.filter(pk=pk), Method(method))
        return redirect("admin:directory_offer_change", pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return super().change_view(
            request, object_id, form_url, {"methods": Verification.EDITORS_METHODS} | (extra_context or {})
        )

    def preview(self, request, pk):
        """The public page of an offer that is not public."""
        offer = get_object_or_404(Offer.objects.for_page(), pk=pk)
        if not self.has_view_permission(request, offer):
            raise PermissionDenied
        return render_offer(request, offer, preview=True)
