"""The ways of an offer after its publication. Each asks why; the answer stands in the history."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone

from directory.history import record
from directory.models import CatalogueVersion, Offer
from directory.querysets import VISIBLE

Status = Offer.Status


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Warum?",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "wide"}),
        help_text="Ein kurzer Satz für die Änderungshistorie: „Förderung endet laut Website“. Nie auf der Seite.",
        error_messages={"required": "Bitte schreiben Sie, warum. Ein kurzer Satz genügt."},
    )


@dataclass(frozen=True)
class Step:
    name: str
    title: str
    done: str
    becomes: str
    possible_from: tuple[str, ...]
    consequence: str
    hindrance: str


CLOSE = Step(
    "close_temporarily",
    "Vorübergehend schließen",
    "Vorübergehend geschlossen",
    Status.TEMPORARILY_CLOSED,
    (Status.ACTIVE,),
    "Die Angebote bleiben in der Liste und nennen stattdessen die starke Stelle.",
    "Nicht geschlossen, weil nicht veröffentlicht",
)
END = Step(
    "end",
    "Beenden",
    "Beendet",
    Status.DEFUNCT,
    VISIBLE,
    "Die Adressen bleiben und zeigen ähnliche Angebote. Partner haben die Links.",
    "Nicht beendet, weil nie veröffentlicht oder schon beendet",
)
REOPEN = Step(
    "reopen",
    "Wieder öffnen",
    "Wieder geöffnet",
    Status.ACTIVE,
    (Status.TEMPORARILY_CLOSED, Status.DEFUNCT),
    "Die Angebote stehen wieder auf der Seite, mit den Angaben von damals.",
    "Nicht geöffnet, weil nicht geschlossen oder weil Regionen oder eine Quelle fehlen",
)


def lock(offers):
    """Wait for whoever is saving one of them, and let nobody save them until the transaction ends."""
    list(Offer.objects.select_for_update().filter(pk__in=offers.values("pk")).order_by("pk").values_list("pk"))


def set_status(offers, status, *, user, reason):
    """In the transaction of the caller: status, history, log and the version of the catalogue."""
    pks = [offer.pk for offer in offers]
    Offer.objects.filter(pk__in=pks).update(status=status, updated_at=timezone.now())
    LogEntry.objects.log_actions(user.pk, offers, CHANGE, reason)
    record(Offer.objects.filter(pk__in=pks), user=user, reason=reason)
    CatalogueVersion.objects.bump()


def take_step(modeladmin, request, queryset, step):
    form = ReasonForm(request.POST if "confirmed" in request.POST else None)
    if not form.is_valid():
        context = {
            **modeladmin.admin_site.each_context(request),
            "title": step.title,
            "opts": modeladmin.opts,
            "media": modeladmin.media,
            "step": step,
            "form": form,
            "offers": queryset,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        return render(request, "admin/directory/offer/change_status.html", context)
    with transaction.atomic():
        lock(queryset)
        possible = Offer.objects.filter(pk__in=queryset.values("pk"), status__in=step.possible_from)
        able = list(possible.complete() if step is REOPEN else possible)
        others = queryset.exclude(pk__in=[offer.pk for offer in able])
        names = ", ".join(f"„{offer}“" for offer in others)
        set_status(able, step.becomes, user=request.user, reason=form.cleaned_data["reason"])
    level = messages.SUCCESS if able else messages.WARNING
    modeladmin.message_user(request, f"{step.done}: {len(able)}.", level)
    if names:
        modeladmin.message_user(request, f"{step.hindrance}: {names}", messages.WARNING)
    return None


def as_action(step):
    @admin.action(description=step.title, permissions=["change"])
    def action(modeladmin, request, queryset):
        return take_step(modeladmin, request, queryset, step)

    action.__name__ = step.name
    return action


STEPS = [as_action(step) for step in (CLOSE, END, REOPEN)]
