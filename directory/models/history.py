"""Who changed what, and when: django-simple-history, with the entries of one deed held together."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid4

from django.db import models
from simple_history.models import HistoricalRecords

_change = ContextVar("change", default=None)


@contextmanager
def one_change() -> Iterator[None]:
    """What a command writes in here is one change, as everything is that one request of the staff process writes."""
    token = _change.set(uuid4())
    try:
        yield
    finally:
        _change.reset(token)


def current_change() -> UUID:
    """That of the command or request under way; a new one where there is neither."""
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


def recorded(**options: object) -> HistoricalRecords:
    return HistoricalRecords(
        bases=[Change],
        history_change_reason_field=models.CharField("Grund", max_length=200, blank=True, null=True),
        **options,
    )
