"""What was checked when, by whom and with which outcome, and how old that makes a fact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from directory import history
from directory.models import CatalogueVersion, Fact, Offer
from directory.monitoring.models import ReviewInterval, Verification

REVIEW_INTERVAL = timedelta(days=365)  # for kinds of facts that ReviewInterval does not name
Method, Outcome = Verification.Method, Verification.Outcome
RIGHT = (Outcome.CONFIRMED, Outcome.CORRECTED)


@dataclass(frozen=True)
class Proof:
    """How well one fact is confirmed: the last time it was found right, and what has gone wrong since."""

    fact: Fact
    confirmed: Verification | None = None
    problem: Verification | None = None  # disputed or not reached, later than `confirmed`
    is_old: bool = False

    @property
    def is_disputed(self) -> bool:
        return self.problem is not None and self.problem.outcome == Outcome.DISPUTED

    @property
    def needs_a_word(self) -> bool:
        """Whether the reader must be told beside the fact itself."""
        return self.is_old or self.problem is not None

    @property
    def age(self) -> str:
        """ "14 Monaten" """
        months = (timezone.localdate() - self.confirmed.verified_on).days * 12 // 365
        if months < 24:
            return "einem Monat" if months == 1 else f"{months} Monaten"
        return f"{months // 12} Jahren"


def known_facts(offer: Offer) -> list[Fact]:
    """The kinds of facts that an offer states: what is unknown cannot be confirmed."""
    values = {
        Fact.PHONES: offer.phones.all(),
        Fact.EMAILS: offer.emails.all(),
        Fact.WEBSITE: offer.website,
        Fact.ONLINE_FORM: offer.online_form,
        Fact.CHAT: offer.chat,
        Fact.HOURS: offer.opening_hours or offer.hours_note,
        Fact.AROUND_THE_CLOCK: offer.around_the_clock,
        Fact.ANONYMOUS: offer.anonymous is not None,
        Fact.FREE_OF_CHARGE: offer.free_of_charge is not None,
        Fact.LANGUAGES: offer.languages.all(),
        Fact.CITIES: offer.locations.all(),
    }
    return [fact for fact in Fact if values.get(fact, True)]


def record(
    offers: Iterable[Offer],
    *,
    by: str,
    method: str,
    outcome: str = Outcome.CONFIRMED,
    facts: Iterable[str] | None = None,
    user: User | None = None,
    note: str = "",
) -> list[Verification]:
    """Note that `facts` (by default all that are known) of the offers were checked today.

    An offer of which everything was found right counts as confirmed as a whole. One transaction; visitors see it
    within a second.
    """
    today, intervals, made, whole = timezone.localdate(), review_intervals(), [], []
    with transaction.atomic():
        for offer in offers:
            known = known_facts(offer)
            checked = [fact for fact in Fact if fact in (known if facts is None else facts)]
            verification = Verification(
                offer=offer,
                facts=checked,
                by=by,
                user=user,
                method=method,
                outcome=outcome,
                verified_on=today,
                note=note,
            )
            verification.full_clean(exclude=["offer", "user"])
            verification.save()
            made.append(verification)
            if outcome in RIGHT and set(known) <= set(checked):
                due = today + min(intervals[fact] for fact in known)
                Offer.objects.filter(pk=offer.pk).update(verified_on=today, review_due=due, updated_at=timezone.now())
                whole.append(offer.pk)
        if user:  # what partners confirm stands in the verification alone
            reason = f"{Outcome(outcome).label.capitalize()}: {Method(method).label}."
            history.record(Offer.objects.filter(pk__in=whole), user=user, reason=reason)
        CatalogueVersion.objects.bump()
    return made


def review_intervals() -> dict[Fact, timedelta]:
    set_by_staff = dict(ReviewInterval.objects.values_list("fact", "days"))
    return {fact: timedelta(days=set_by_staff[fact]) if fact in set_by_staff else REVIEW_INTERVAL for fact in Fact}


def proofs(offer: Offer, today: date) -> dict[Fact, Proof]:
    """The proof of each fact that the offer states, in the order of Fact. Two queries."""
    known, intervals = known_facts(offer), review_intervals()
    confirmed, problems = {}, {}
    for verification in reversed(offer.verifications.all()):  # oldest first
        right = verification.outcome in RIGHT
        for fact in verification.facts:
            if right:
                confirmed[fact] = verification
                problems.pop(fact, None)
            else:
                problems[fact] = verification
    found = {}
    for fact in known:
        last = confirmed.get(fact)
        is_old = last is not None and last.verified_on + intervals[fact] < today
        found[fact] = Proof(fact, last, problems.get(fact), is_old)
    return found
