"""Events of the exchange: next and past ones, one of them, and both for calendars."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, TemplateView

from directory.exchange.calendars import calendar
from directory.exchange.models import Commitment, ExchangeEvent
from directory.staff_text import staff_text


class EventListView(TemplateView):
    template_name = "exchange/events.html"

    def get_context_data(self, **kwargs):
        events, now = ExchangeEvent.objects.public(), timezone.now()
        return super().get_context_data(upcoming=events.upcoming(now), past=events.past(now), **kwargs)


class EventView(DetailView):
    queryset = ExchangeEvent.objects.public()
    context_object_name = "event"
    template_name = "exchange/event.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            programme=staff_text(self.object.programme),
            results=staff_text(self.object.results),
            is_over=self.object.ends_at <= timezone.now(),
            commitments=Commitment.objects.filter(event=self.object).with_names(),
            **kwargs,
        )


@require_safe
def all_events(request):
    """Every public event: a calendar that subscribed to it keeps the past ones."""
    return answer(ExchangeEvent.objects.public(), "austausch")


@require_safe
def one_event(request, slug):
    return answer([get_object_or_404(ExchangeEvent.objects.public(), slug=slug)], slug)


def answer(events, name):
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    content = calendar(events, settings.PUBLIC_ADDRESS)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
