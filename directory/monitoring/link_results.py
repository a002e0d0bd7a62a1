"""What the link check remembers: what there is to check, how often it failed, which moves it proposes."""

import hashlib
from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from directory.models import Fact, Offer
from directory.monitoring.link_check import Finding, is_other_content
from directory.monitoring.models import ChangeProposal, LinkCheck, ProposedChange
from directory.monitoring.models.link_check import DAYS_UNTIL_BROKEN, SHOWN_IN

FRESH = timedelta(hours=20)  # an aborted run goes on where it stopped; a daily one may start a little earlier
PROPOSED = [Fact.WEBSITE, Fact.ONLINE_FORM, Fact.CHAT]  # sources and websites of organizations are no facts of an offer
Kind, Result = LinkCheck.Kind, LinkCheck.Result


def forget_unused() -> None:
    LinkCheck.objects.exclude(pk__in=LinkCheck.objects.in_use().values("pk")).delete()


def to_check(now: datetime, again: bool = False) -> list[tuple[Kind, str]]:
    """Everything that published offers show, each once; without `again` only what is not fresh."""
    published = Offer.objects.published().order_by()
    shown = {
        (Kind(kind), value)
        for kind, fields in SHOWN_IN.items()
        for field in fields
        for value in published.values_list(field, flat=True).distinct()
        if value
    }
    if not again:
        shown -= {
            (Kind(kind), value)
            for kind, value in LinkCheck.objects.filter(checked_at__gt=now - FRESH).values_list("kind", "value")
        }
    return sorted(shown)


def offers_showing(checks: list[LinkCheck]) -> dict[tuple[str, str], dict[int, str]]:
    """(kind, value) → {pk: name} of the published offers concerned, for a list of checks."""
    shown = defaultdict(dict)
    for kind, fields in SHOWN_IN.items():
        values = [check.value for check in checks if check.kind == kind]
        if not values:
            continue
        for field in fields:
            rows = Offer.objects.published().filter(**{f"{field}__in": values})
            for value, pk, name in rows.values_list(field, "pk", "name"):
                shown[kind, value][pk] = name
    return shown


@transaction.atomic
def record(kind: Kind, value: str, finding: Finding, now: datetime) -> tuple[LinkCheck, bool]:
    """Keep what was found; True when this finding makes it broken."""
    check = LinkCheck.objects.filter(kind=kind, value=value).first() or LinkCheck(kind=kind, value=value)
    if kind == Kind.LINK and is_other_content(value, check.title, finding.title):
        finding = Finding(Result.CHANGED, detail=finding.title)  # whoever took over an address proposes nothing
    check.result, check.detail, check.new_address = finding.result, finding.detail, finding.new_address
    check.title = check.title or finding.title
    check.checked_at = now
    newly_broken = False
    if finding.result not in LinkCheck.FAILURES:
        check.failed_days, check.last_failed_on = 0, None
    elif check.last_failed_on != timezone.localdate(now):
        check.failed_days, check.last_failed_on = check.failed_days + 1, timezone.localdate(now)
        newly_broken = check.failed_days == DAYS_UNTIL_BROKEN
    check.save()
    if check.new_address:
        propose_move(check, timezone.localdate(now))
    return check, newly_broken


def propose_move(check: LinkCheck, day: date) -> None:
    """Propose the new address for each published offer that shows the old one, and each only once.

    The nonce is reckoned from offer, field and new address. So what was rejected is not proposed again.
    """
    for field in PROPOSED:
        for offer in Offer.objects.published().filter(**{field: check.value}):
            waiting = ProposedChange.objects.filter(
                proposal__offer=offer,
                proposal__by=ChangeProposal.By.LINK_CHECK,
                field=field,
                state=ProposedChange.State.OPEN,
            )
            if waiting.exists():
                continue
            proposal, created = ChangeProposal.objects.get_or_create(
                nonce=hashlib.sha256(f"{offer.pk} {field} {check.new_address}".encode()).hexdigest(),
                defaults={"offer": offer, "by": ChangeProposal.By.LINK_CHECK, "created_on": day},
            )
            if created:
                proposal.changes.create(field=field, old=check.value, new=check.new_address)
