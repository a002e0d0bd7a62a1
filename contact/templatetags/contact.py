"""What pages of other apps show of the talks that one can book."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.db import DatabaseError
from django.utils import timezone

from contact import slots
from contact.forms import slot_label

MOST = 3

register = template.Library()
register.filter(slot_label)


@lru_cache(maxsize=1)
def published_at(quarter: datetime) -> list[datetime]:
    return slots.published("callback", quarter)


@register.simple_tag(takes_context=True)
def next_callbacks(context) -> list[str]:
    """The next free slots for a call, in words; none while the database is away, and then nobody keeps the page."""
    now = timezone.now()
    try:
        published = published_at(slots.quarter_of(now))
    except DatabaseError:
        context.request.is_incomplete = True
        return []
    bookable = [slot for slot in published if slot >= now + slots.LEAD]
    return [slot_label(slot) for slot in bookable[:MOST]]
