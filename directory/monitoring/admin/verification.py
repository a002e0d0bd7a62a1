"""What was checked: written once, read ever after."""

from django import forms
from django.contrib import admin

from directory.admin.catalogue import CatalogueAdmin
from directory.models import Fact
from directory.monitoring import verifications
from directory.monitoring.models import ReviewInterval, Verification


class VerificationForm(forms.ModelForm):
    facts = forms.MultipleChoiceField(
        label="Angaben", choices=Fact, widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"})
    )
    method = forms.ChoiceField(label="wie", choices=[(each, each.label) for each in Verification.EDITORS_METHODS])


@admin.register(Verification)
class VerificationAdmin(admin.ModelAdmin):
    form = VerificationForm
    fields = ["offer", "facts", "method", "outcome", "note"]
    list_display = ["verified_on", "offer", "outcome", "by", "method", "checked"]
    list_display_links = ["verified_on"]
    list_filter = ["outcome", "by", "method", "verified_on"]
    list_select_related = ["offer"]
    search_fields = ["offer__name"]

    @admin.display(description="Angaben")
    def checked(self, verification):
        return ", ".join(verification.fact_names)

    def save_model(self, request, obj, form, change):
        [made] = verifications.record(
            [obj.offer],
            by=Verification.By.EDITOR,
            user=request.user,
            **{name: form.cleaned_data[name] for name in ("facts", "method", "outcome", "note")},
        )
        obj.pk, obj.verified_on = made.pk, made.verified_on

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ReviewInterval)
class ReviewIntervalAdmin(CatalogueAdmin):
    """After a change other facts count as old on pages that are kept."""

    list_display = ["fact", "days"]
