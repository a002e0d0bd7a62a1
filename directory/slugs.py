"""Addresses made of German names."""

import re

from django.utils.text import slugify

GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"})


def german_slug(text: str, max_length: int) -> str:
    """ "Büro für Opfer – Köln" becomes "buero-fuer-opfer-koeln"; cut between words; empty without letters or digits."""
    slug = slugify(re.sub(r"[\W_]+", "-", text.translate(GERMAN)))
    return slug if len(slug) <= max_length else slug[: max_length + 1].rpartition("-")[0] or slug[:max_length]
