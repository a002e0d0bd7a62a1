"""What templates need to show offers: written numbers, hosts, and cards that are rendered once."""

from functools import lru_cache
from urllib.parse import urlsplit

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from directory import opening, phone_numbers

register = template.Library()
register.filter("phone", phone_numbers.display)
register.filter("hours", opening.in_words)


@register.filter
def host(url):
    """ "https://www.hateaid.org/x" → "hateaid.org" """
    return (urlsplit(url).hostname or url).removeprefix("www.")


@register.simple_tag
def offer_card(offer):
    """The card of a ListedOffer, as it is at this moment."""
    return _card(offer, offer.status_at(timezone.now()))


@lru_cache(maxsize=4096)
def _card(offer, status):
    card = get_template("components/offer_card.html").render({"offer": offer, "status": status})
    return mark_safe(card)  # noqa: S308 – rendered by an autoescaping template


@register.simple_tag
def proof(verified_on):
    """How well an entry is confirmed."""
    if verified_on is None:
        return "Aus öffentlichen Quellen, von der Redaktion noch nicht bestätigt"
    return f"Von der Redaktion bestätigt am {date_format(verified_on, 'j. F Y')}"


@register.simple_tag
def source_marks(numbers):
    """Links to the sources of a fact, by their numbers on the offer's page."""
    mark = '<sup class="source-mark"><a href="#quelle-{0}" aria-label="Quelle {0}">{0}</a></sup>'
    return format_html_join("", mark, ((number,) for number in numbers))


@register.simple_tag
def hours_status(hours):
    """Whether somebody answers now by OpenStreetMap hours; None when the hours are unknown."""
    return opening.status_at(hours, timezone.now()) if hours else None
