from django import forms

from directory.slugs import german_slug


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
