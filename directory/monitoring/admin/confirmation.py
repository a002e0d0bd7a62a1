"""Whom the portal asks whether entries are right, and how the rounds go."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q

from directory.admin.catalogue import CatalogueAdmin
from directory.admin.read_only import ReadOnly
from directory.monitoring.models import ConfirmationRound, Invitation, PartnerContact


@admin.register(PartnerContact)
class PartnerContactAdmin(admin.ModelAdmin):
    list_display = ["organization", "email", "opted_out_on"]
    list_select_related = ["organization"]
    list_filter = [("opted_out_on", admin.EmptyFieldListFilter)]
    search_fields = ["organization__name", "email"]


class RoundForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        begins, ends = cleaned.get("started_on"), cleaned.get("answer_by")
        if not begins or not ends:
            return cleaned
        if ends <= begins:
            self.add_error("answer_by", "Dieser Tag muss nach dem Beginn liegen.")
        others = ConfirmationRound.objects.exclude(pk=self.instance.pk)
        if others.filter(started_on__lte=ends, answer_by__gte=begins).exists():
            raise ValidationError("In dieser Zeit läuft schon eine Runde.")
        return cleaned


class InvitationInline(ReadOnly, admin.TabularInline):
    model = Invitation
    fields = ["organization", "sent_at", "reminded_at", "answered_at"]
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organization", "round")


@admin.register(ConfirmationRound)
class ConfirmationRoundAdmin(CatalogueAdmin):
    """Offers' pages say who has not answered the last round."""

    form = RoundForm
    fieldsets = [
        (
            None,
            {
                "fields": ["started_on", "answer_by", "is_paused"],
                "description": "Gefragt wird, wer unter „Kontakte für Bestätigungen“ steht und sich nicht abgemeldet "
                "hat. Die E-Mails gehen am Tag des Beginns hinaus, die Erinnerung eine Woche vor dem letzten Tag.",
            },
        )
    ]
    list_display = ["__str__", "answer_by", "is_paused", "asked", "answered"]
    inlines = [InvitationInline]
    actions = None

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                asked=Count("invitations", filter=Q(invitations__sent_at__isnull=False)),
                answered=Count("invitations", filter=Q(invitations__answered_at__isnull=False)),
            )
        )

    @admin.display(description="gefragt", ordering="asked")
    def asked(self, each):
        return each.asked

    @admin.display(description="geantwortet", ordering="answered")
    def answered(self, each):
        return each.answered
