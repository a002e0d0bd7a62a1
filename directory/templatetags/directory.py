"""What templates need to show offers: written numbers, hosts, and cards that are rendered once."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha384
from pathlib import Path
from urllib.parse import urlsplit

from django import template
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
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
def integrity(name):
    """The hash by which a browser knows that nobody on the way has changed a script of ours."""
    return f"sha384-{b64encode(sha384(Path(finders.find(name)).read_bytes()).digest()).decode()}"


@lru_cache(maxsize=256)
def _rendered(template_name, inputs):
    return mark_safe(get_template(template_name).render(dict(inputs)))  # noqa: S308 – an autoescaping template


@register.simple_tag
def once(template_name, **inputs):
    """The template rendered with `inputs` (hashable, and all that it needs), the first time only.

    Inputs are kept alive with the result: give values, never a catalogue.
    """
    return _rendered(template_name, tuple(inputs.items()))


@register.simple_tag
def offer_cards(offers, new_tab=False):
    """The cards of ListedOffers, as they are at this moment; inside a frame their links open a new tab."""
    now = timezone.now()
    return mark_safe("".join(_card(offer, offer.status_at(now), new_tab) for offer in offers))  # noqa: S308 – safe parts


@register.simple_tag
def offer_card(offer):
    return offer_cards([offer])


def _card(offer, status, new_tab):
    """The newest one is kept beside the offer: in a cache of its own it would keep offers of the past in memory."""
    kept = offer.cards.get(new_tab)
    if kept is None or kept[0] != status:
        card = get_template("components/offer_card.html")
        kept = offer.cards[new_tab] = status, card.render({"offer": offer, "status": status, "new_tab": new_tab})
    return kept[1]


@register.simple_tag
def facet_options(facet):
    """The check boxes of a facet, each with the number of offers that it would show."""
    parts = []
    for option in facet.options:
        before, after = _check_box(facet.parameter, option.value, option.label, option.chosen)
        parts.append(f"{before}{option.count}{after}")
    return mark_safe("".join(parts))  # noqa: S308 – made of escaped parts and numbers


@lru_cache(maxsize=1024)
def _check_box(name, value, label, checked):
    """The markup before and after the number."""
    return (
        format_html(
            '<label class="choice"><input type="checkbox" name="{}" value="{}"{}> <span>{}&nbsp;<span class="count">',
            name,
            value,
            mark_safe(" checked") if checked else "",
            label,
        ),
        "</span></span></label>",
    )


@register.simple_tag
def proof(verified_on):
    """How well an entry is confirmed."""
    if verified_on is None:
        return "Aus öffentlichen Quellen, noch nicht bestätigt"
    return f"Bestätigt am {date_format(verified_on, 'j. F Y')}"


@register.simple_tag
def source_marks(numbers, proof=None):
    """Links to the sources of a fact, by their numbers on the offer's page; and a word when it is old or in doubt."""
    mark = '<sup class="source-mark"><a href="#quelle-{0}" aria-label="Quelle {0}">{0}</a></sup>'
    marks = format_html_join("", mark, ((number,) for number in numbers))
    if not (proof and proof.needs_a_word):
        return marks
    words = []
    if proof.is_disputed:
        words.append("bestritten, wir prüfen das")
    elif proof.problem:
        words.append(f"am {date_format(proof.problem.verified_on, 'j. F Y')} nicht erreicht")
    if proof.is_old:
        words.append(f"zuletzt bestätigt vor {proof.age}")
    return format_html('{} <span class="unknown">({})</span>', marks, "; ".join(words))


@register.simple_tag
def hours_status(hours):
    """Whether somebody answers now by OpenStreetMap hours; None when the hours are unknown."""
    return opening.status_at(hours, timezone.now()) if hours else None
