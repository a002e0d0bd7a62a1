import re

from django import forms
from django.utils.text import slugify

GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"})


def german_slug(text: str, max_length: int) -> str:
    """ "Büro für Opfer – Köln" becomes "buero-fuer-opfer-koeln"; cut between words; empty without letters or digits."""
    slug = slugify(re.sub(r"[\W_]+", "-", text.translate(GERMAN)))
    return slug if len(slug) <= max_length else slug[: max_length + 1].rpartition("-")[0] or slug[:max_length]


class SlugFromNameForm(forms.ModelForm):
    """An empty slug is made from the name. (Django's prepopulated_fields would make "fur" of "für".)"""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text += " Leer lassen: Es entsteht aus dem Namen."

    def clean(self):
        cleaned = super().clean()
        if "slug" in self.fields and cleaned.get("slug") == "" and cleaned.get("name"):
            cleaned["slug"] = self._free_slug(cleaned["name"])
            if not cleaned["slug"]:
                self.add_error("slug", "Aus diesem Namen entsteht kein Adresskürzel. Bitte tragen Sie eines ein.")
        return cleaned

    def _free_slug(self, name):
        max_length = self._meta.model._meta.get_field("slug").max_length
        slug = base = german_slug(name, max_length - 4)
        number = 2
        while self.is_taken(slug):
            slug = f"{base}-{number}"
            number += 1
        return slug

    def is_taken(self, slug):
        return self._meta.model.objects.exclude(pk=self.instance.pk).filter(slug=slug).exists()
