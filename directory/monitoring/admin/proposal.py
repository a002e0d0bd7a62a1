"""Change proposals: a list of what waits, and a page on which an editor decides one by one."""

import difflib
import re
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from directory import phone_numbers
from directory.models import Fact, Offer
from directory.monitoring import decisions
from directory.monitoring.models import ChangeProposal, ProposedChange, Verification
from directory.monitoring.models.proposal import COMMENT, STATUS
from directory.monitoring.shown_facts import stored_values

Method, State = Verification.Method, ProposedChange.State
IS_OPEN = Q(changes__state=State.OPEN)
ADDRESSES = {Fact.EMAILS, Fact.WEBSITE, Fact.ONLINE_FORM, Fact.CHAT}
FOREIGN = re.compile(r"[^\x00-\x7fäöüÄÖÜß]")  # a Cyrillic "а" in an address looks like ours
LIST = "admin:monitoring_changeproposal_changelist"
PAGE = "admin:monitoring_changeproposal_change"


class DecisionForm(forms.Form):
    change = forms.IntegerField()
    decision = forms.ChoiceField(choices=[("accept", "übernehmen"), ("reject", "ablehnen")])
    method = forms.ChoiceField(
        label="Wie haben Sie es geprüft?",
        choices=[(method.value, method.label) for method in Verification.EDITORS_METHODS],
        initial=Method.WEBSITE,
        required=False,
    )


@dataclass(frozen=True)
class Row:
    """A proposed change as an editor sees it."""

    change: ProposedChange
    label: str
    old: list[tuple[bool, str]]  # (whether it differs, words)
    new: list[tuple[bool, str]]
    is_automatic: bool
    now: str  # what the offer says today, if that is something else than it said then


class StateFilter(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return [("entschieden", "entschieden"), ("alle", "alle")]

    def choices(self, changelist):
        default, *others = super().choices(changelist)
        return [{**default, "display": "offen"}, *others]

    def queryset(self, request, queryset):
        if self.value() == "alle":
            return queryset
        return queryset.filter(open_changes=0) if self.value() else queryset.filter(open_changes__gt=0)


@admin.register(ChangeProposal)
class ChangeProposalAdmin(admin.ModelAdmin):
    list_display = ["__str__", "by", "what", "open_changes"]
    list_filter = [StateFilter, "by"]
    list_select_related = ["offer"]
    list_per_page = 50
    search_fields = ["offer__name", "offer__organization__name"]
    search_help_text = "Name des Angebots oder des Akteurs"
    actions = None

    def get_queryset(self, request):
        rows = super().get_queryset(request).prefetch_related("changes")
        return rows.annotate(open_changes=Count("changes", filter=IS_OPEN))

    @admin.display(description="Angaben")
    def what(self, proposal):
        return ", ".join(dict.fromkeys(str(each) for each in proposal.changes.all()))

    @admin.display(description="offen", ordering="open_changes")
    def open_changes(self, proposal):
        return proposal.open_changes

    def has_add_permission(self, request):
        return False

    # ---- one proposal ----
    def change_view(self, request, object_id, form_url="", extra_context=None):
        with_offer = ChangeProposal.objects.prefetch_related(Prefetch("offer", Offer.objects.for_page()))
        proposal = get_object_or_404(with_offer, pk=object_id)
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        if request.method == "POST":
            return self.decide(request, proposal)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(proposal),
            "proposal": proposal,
            "rows": [row_of(change, proposal.offer) for change in proposal.changes.select_related("decided_by")],
            "method": DecisionForm()["method"] if proposal.by == ChangeProposal.By.VISITOR else None,
            "may_decide": self.may_decide(request),
            "may_delete": self.has_delete_permission(request, proposal),
        }
        return TemplateResponse(request, "admin/monitoring/proposal.html", context)

    def may_decide(self, request):
        """Accepting writes into the offer."""
        return self.has_change_permission(request) and request.user.has_perm("directory.change_offer")

    def decide(self, request, proposal):
        if not self.may_decide(request):
            raise PermissionDenied
        form = DecisionForm(request.POST)
        if not form.is_valid() or not proposal.changes.filter(pk=form.cleaned_data["change"]).exists():
            messages.error(request, "Bitte entscheiden Sie noch einmal.")
            return redirect(PAGE, proposal.pk)
        cleaned = form.cleaned_data
        try:
            if cleaned["decision"] == "accept":
                change = decisions.accept(cleaned["change"], request.user, cleaned["method"] or Method.WEBSITE)
            else:
                change = decisions.reject(cleaned["change"], request.user)
        except decisions.Refused as refused:
            messages.error(request, str(refused))
            return redirect(PAGE, proposal.pk)
        messages.success(request, f"{change}: {change.get_state_display()}.")
        return redirect(PAGE, proposal.pk) if proposal.changes.filter(state=State.OPEN).exists() else redirect(LIST)


def row_of(change: ProposedChange, offer: Offer | None) -> Row:
    old, new = (in_words(change.field, value) for value in (change.old, change.new))
    now = ""
    if offer and change.state == State.OPEN and change.field != COMMENT:
        values = stored_values(offer, change.field)
        if change.old not in values:
            now = ", ".join(in_words(change.field, value) for value in values if value) or "nichts"
    return Row(
        change,
        str(change),
        *compared(old, new),
        decisions.is_automatic(change, offer),
        now,
    )


def in_words(field: str, value: str) -> str:
    if field == STATUS:
        return dict(Offer.Status.choices).get(value, value)
    if field == Fact.PHONES and re.fullmatch(r"\+?\d+", value):
        return phone_numbers.display(value)
    foreign = "".join(dict.fromkeys(FOREIGN.findall(value))) if field in ADDRESSES else ""
    return f"{value} (Vorsicht, fremde Schriftzeichen: {foreign})" if foreign else value


def compared(old: str, new: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
    """Both texts in pieces of words, each with whether it differs from the other text."""
    before, after = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return (
        [(kind != "equal", "".join(before[start:end])) for kind, start, end, _, _ in blocks if end > start],
        [(kind != "equal", "".join(after[start:end])) for kind, _, _, start, end in blocks if end > start],
    )
