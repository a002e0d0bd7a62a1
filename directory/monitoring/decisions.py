"""An editor accepts or rejects one proposed change. Only the staff process may import this."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from directory.models import CatalogueVersion, Email, Fact, Offer, Phone
from directory.monitoring import verifications
from directory.monitoring.models import ChangeProposal, ProposedChange, Verification
from directory.monitoring.models.proposal import STATUS
from directory.monitoring.shown_facts import stored_values
from directory.phone_numbers import canonical
from directory.querysets import VISIBLE

By, Method, State = ChangeProposal.By, Verification.Method, ProposedChange.State
FIELDS = {  # facts that are one field of the offer, and nothing else depends on
    Fact.WEBSITE: "website",
    Fact.ONLINE_FORM: "online_form",
    Fact.CHAT: "chat",
    Fact.HOURS: "hours_note",
    Fact.NAME: "name",
    Fact.SUMMARY: "summary",
}
WHO_AND_HOW = {  # a visitor's word is checked by the editor, who says how
    By.PARTNER: (Verification.By.PARTNER, Method.CONFIRMATION_LINK),
    By.LINK_CHECK: (Verification.By.EDITOR, Method.LINK_CHECK),
}


class Refused(Exception):
    """Nothing was done; the text says why."""


def is_automatic(change: ProposedChange, offer: Offer | None) -> bool:
    """Whether accepting can write the value; the rest an editor does in the form of the offer."""
    if offer is None or not change.new:
        return False
    if change.field == Fact.HOURS:  # they are written once more for "jetzt erreichbar", which must not go on promising
        return not _has_reckoned_hours(offer)
    return change.field in {*FIELDS, Fact.PHONES, Fact.EMAILS, STATUS}


@transaction.atomic
def accept(pk: int, user: User, method: str = Method.WEBSITE) -> ProposedChange:
    """Write the value into the offer, or note that an editor has done what cannot be written automatically.

    Raises Refused when somebody was faster, when the offer says something else by now, and when the value is not valid.
    """
    change = _open_change(pk)
    proposal = change.proposal
    offer = proposal.offer_id and Offer.objects.select_for_update().get(pk=proposal.offer_id)
    if is_automatic(change, offer):
        _write(offer, change)
        offer.save()
        CatalogueVersion.objects.bump()
        _verify(offer, change, user, method)
        LogEntry.objects.log_actions(
            user.pk, [offer], CHANGE, f"{change} geändert (Änderungsvorschlag).", single_object=True
        )
    return _decide(change, user, State.ACCEPTED)


@transaction.atomic
def reject(pk: int, user: User) -> ProposedChange:
    """Raises Refused when somebody was faster."""
    return _decide(_open_change(pk), user, State.REJECTED)


def _open_change(pk):
    change = ProposedChange.objects.select_for_update().filter(pk=pk).first()
    if change is None:
        raise Refused("Dieser Vorschlag ist nicht mehr da.")
    if change.state != State.OPEN:
        raise Refused(f"Darüber ist schon entschieden: {change.get_state_display()}.")
    return change


def _decide(change, user, state):
    change.state, change.decided_by, change.decided_at = state, user, timezone.now()
    change.save(update_fields=["state", "decided_by", "decided_at"])
    return change


def _has_reckoned_hours(offer):
    own = any(phone.opening_hours for phone in offer.phones.all())
    return bool(offer.hours or own)


def _write(offer, change):
    now = stored_values(offer, change.field)
    if change.old not in now:
        says = ", ".join(filter(None, now)) or "nichts"
        raise Refused(f"{change} hat sich inzwischen geändert. Heute steht da: {says}.")
    try:
        WRITERS.get(change.field, _write_field)(offer, change)
    except ValidationError as error:
        raise Refused(f"{change}: {' '.join(error.messages)}") from error


def _write_field(offer, change):
    name = FIELDS[change.field]
    field = Offer._meta.get_field(name)
    more = {"assume_scheme": "https"} if name in {"website", "online_form", "chat"} else {}
    setattr(offer, name, field.formfield(**more).clean(change.new))
    _check(offer, name)


def _write_status(offer, change):
    if offer.status not in VISIBLE:
        raise ValidationError("Das Angebot ist nicht veröffentlicht.")
    offer.status = change.new
    _check(offer, "status")


def _check(offer, name):
    offer.clean_fields(exclude={field.name for field in Offer._meta.fields} - {name})
    offer.validate_constraints()


def _write_phone(offer, change):
    _save_part(offer.phones, Phone, "number", change, canonical(change.new))


def _write_email(offer, change):
    _save_part(offer.emails, Email, "address", change, change.new)


def _save_part(parts, model, name, change, value):
    part = parts.get(**{name: change.old}) if change.old else model(offer=parts.instance, position=parts.count())
    setattr(part, name, value)
    part.full_clean()
    part.save()


WRITERS = {Fact.PHONES: _write_phone, Fact.EMAILS: _write_email, STATUS: _write_status}


def _verify(offer, change, user, method):
    if change.field not in Fact.values:
        return
    by, method = WHO_AND_HOW.get(change.proposal.by, (Verification.By.EDITOR, method))
    corrected = Verification.Outcome.CORRECTED
    verifications.record([offer], by=by, method=method, outcome=corrected, facts=[change.field], user=user)
