"""What an offer has several of. Each inline names the fieldset of the offer that it stands after."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from directory.admin.catalogue import ASSUME_HTTPS
from directory.models import Email, Fact, Location, Phone, Source
from directory.phone_numbers import canonical, display
from directory.querysets import VISIBLE

TWICE = "Hier steht zweimal dasselbe. Bitte löschen Sie einen der Einträge."
NO_SOURCE = "Ein veröffentlichtes Angebot braucht mindestens eine Quelle."


class PartFormSet(BaseInlineFormSet):
    def kept(self):
        """The forms that will be rows once this is saved."""
        return [
            form
            for form in self.forms
            if (form.instance.pk or form.has_changed()) and not form.cleaned_data.get(DELETION_FIELD_NAME)
        ]

    def get_unique_error_message(self, unique_check):
        return TWICE

    def get_form_error(self):
        return "Das steht hier schon."


class SourceFormSet(PartFormSet):
    def clean(self):
        super().clean()
        if self.instance.status in VISIBLE and not self.kept():
            raise ValidationError(NO_SOURCE)


class PhoneForm(forms.ModelForm):
    number = forms.CharField(
        label="Nummer",
        max_length=40,  # as people write it; the stored form is shorter
        help_text=Phone._meta.get_field("number").help_text,
        widget=forms.TextInput(attrs={"placeholder": "030 25208838", "size": 18}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.number:
            self.initial["number"] = display(self.instance.number)

    def clean_number(self):
        return canonical(self.cleaned_data["number"])


class SourceForm(forms.ModelForm):
    supports = forms.MultipleChoiceField(
        label="Belegt",
        choices=Fact.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
        help_text=Source._meta.get_field("supports").help_text,
        error_messages={"required": "Kreuzen Sie an, welche Angaben auf dieser Seite stehen."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["accessed_on"].initial = timezone.localdate


class PhoneInline(admin.TabularInline):
    model = Phone
    form = PhoneForm
    formset = PartFormSet
    fields = ["number", "label", "free", "opening_hours", "position"]
    extra = 0
    after = "So erreicht man es"


class EmailInline(admin.TabularInline):
    model = Email
    formset = PartFormSet
    fields = ["address", "label", "position"]
    extra = 0
    after = "So erreicht man es"


class LocationInline(admin.TabularInline):
    model = Location
    formset = PartFormSet
    extra = 0
    after = "Für wen und wo?"


class SourceInline(admin.StackedInline):
    model = Source
    form = SourceForm
    formset = SourceFormSet
    fields = ["url", "accessed_on", "supports"]
    formfield_overrides = ASSUME_HTTPS
    extra = 0
    after = "Prüfung"
