"""Who changed what, and when: django-simple-history, with the entries of one deed held together."""

from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

from django.db import models
from simple_history.models import HistoricalRecords

_change = ContextVar("change", default=None)


@contextmanager
def one_change():
    """What a command writes in here is one change, as everything is that one request of the staff process writes."""
    token = _change.set(uuid4())
    try:
        yield
    finally:
        _change.reset(token)


def current_change():
    if change := _change.get():
        return change
    request = getattr(HistoricalRecords.context, "request", None)  # the middleware of the package puts it there
    if request is None:
        return uuid4()
    request.change = getattr(request, "change", None) or uuid4()
    return request.change


class Change(models.Model):
    """An offer and its phones lie in several tables; `change` says which entries were made at once."""

    change = models.UUIDField(default=current_change, editable=False)

    class Meta:
        abstract = True


def recorded(**options) -> HistoricalRecords:
    return HistoricalRecords(
        bases=[Change],
        history_change_reason_field=models.CharField("Grund", max_length=200, blank=True, null=True),
        **options,
    )
