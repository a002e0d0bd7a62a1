"""The parameters of the finder one by one: how a value is read, and which offers it leaves."""

import unicodedata
from copy import copy

import django_filters
from django import forms
from django.utils import timezone

from directory.catalogue import Catalogue
from directory.models import Offer
from directory.selection import Selection

MOST_TEXT = 200  # characters of a free text that are looked at
MOST_VALUES = 50  # values of one parameter that are looked at
LEVELS = {"bund": Offer.Level.FEDERAL, "land": Offer.Level.STATE}
AUDIENCES = {"kommunal": Offer.Audience.MUNICIPAL, "alle": Offer.Audience.OPEN}
OPEN_NOW = "jetzt-erreichbar"
FEATURES = {  # URL value → (label, feature of the catalogue)
    OPEN_NOW: ("jetzt erreichbar", None),
    "telefon": ("mit Telefon", "phone"),
    "online": ("mit Online-Formular oder Chat", "online"),
    "chat": ("mit Chat", "chat"),
    "anonym": ("anonym möglich", "anonymous"),
    "kostenfrei": ("kostenfrei", "free_of_charge"),
    "rund-um-die-uhr": ("rund um die Uhr", "around_the_clock"),
}


def plain(text: str) -> str:
    """Text without control, format and undecodable characters, at most two accents a letter, single spaces."""
    kept, accents = [], 0
    for character in unicodedata.normalize("NFC", text[: 4 * MOST_TEXT]):
        category = unicodedata.category(character)
        accents = accents + 1 if category == "Mn" else 0
        if category[0] == "C" or character == "\ufffd":
            kept.append(" ")
        elif accents <= 2:
            kept.append(character)
    return " ".join("".join(kept).split())[:MOST_TEXT].strip()


class TextField(forms.CharField):
    def __deepcopy__(self, memo):
        return self  # a form copies its fields to change them; nobody changes these

    def to_python(self, value: str | None) -> str:
        return plain(value or "")


class ValuesField(forms.Field):
    """Any number of values, each once."""

    widget = forms.SelectMultiple
    __deepcopy__ = TextField.__deepcopy__

    def clean(self, value: list[str] | None) -> list[str]:
        return list(dict.fromkeys(filter(None, (plain(item).lower() for item in (value or ())[:MOST_VALUES]))))


class QuickFilter(django_filters.Filter):
    """A filter that a FilterSet copies in no time: it has nothing of its own that changes."""

    def __deepcopy__(self, memo):
        return copy(self)


class TextFilter(QuickFilter):
    field_class = TextField


class FacetFilter(QuickFilter):
    """Narrows a Selection to the offers that have any of the values."""

    field_class = ValuesField

    def __init__(self, facet, label):
        super().__init__(field_name=facet, label=label)

    def filter(self, selection: Selection, values: list[str]) -> Selection:
        return selection.limit(self.field_name, self.mask(selection.catalogue, values)) if values else selection

    def mask(self, catalogue: Catalogue, values: list[str]) -> int:
        return catalogue.mask(self.field_name, values)

    def terms(self, catalogue: Catalogue) -> dict:
        """URL value → what it stands for, for every value there is."""
        return getattr(catalogue, f"{self.field_name}s")

    def label_of(self, catalogue: Catalogue, value: str) -> str:
        return self.terms(catalogue)[value].name


class RegionFilter(FacetFilter):
    def terms(self, catalogue: Catalogue) -> dict:
        return catalogue.areas

    def label_of(self, catalogue: Catalogue, value: str) -> str:
        return catalogue.areas[value].path


class ChoiceFilter(FacetFilter):
    """A facet whose values are called otherwise in the URL."""

    def __init__(self, facet, label, choices):
        super().__init__(facet, label)
        self.choices = choices

    def mask(self, catalogue: Catalogue, values: list[str]) -> int:
        return catalogue.mask(self.field_name, [self.choices[value].value for value in values])

    def terms(self, catalogue: Catalogue) -> dict:
        return self.choices

    def label_of(self, catalogue: Catalogue, value: str) -> str:
        return self.choices[value].label


class AnswerFilter(ChoiceFilter):
    """A choice that says something about the person and nothing about the offers."""

    def __init__(self, label, choices):
        super().__init__(None, label, {choice.value: choice for choice in choices})

    def filter(self, selection: Selection, values: list[str]) -> Selection:
        return selection


class FeatureFilter(FacetFilter):
    def mask(self, catalogue: Catalogue, values: list[str]) -> int:
        mask = catalogue.mask("feature", [FEATURES[value][1] for value in values])
        return mask | catalogue.open_at(timezone.now()) if OPEN_NOW in values else mask

    def terms(self, catalogue: Catalogue) -> dict:
        return FEATURES

    def label_of(self, catalogue: Catalogue, value: str) -> str:
        return FEATURES[value][0]
