"""What the page of an offer says, fact by fact: what visitors may correct and partners confirm."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from directory import opening, phone_numbers
from directory.models import Fact, Offer

YES_NO = {True: "ja", False: "nein", None: ""}
VISITORS_KNOW = {Fact.PHONES, Fact.EMAILS, Fact.WEBSITE, Fact.HOURS, Fact.NAME, Fact.DESCRIPTION}
LONG = {Fact.DESCRIPTION}
OTHERS = OTHER_PHONE, OTHER_EMAIL = "phones_other", "emails_other"  # one more than we know


@dataclass(frozen=True)
class ShownFact:
    fact: Fact
    name: str  # of its form field
    label: str
    value: str  # as it is stored; "" where nothing is known
    text: str  # as people read it

    @property
    def is_long(self) -> bool:
        return self.fact in LONG

    def in_its_form(self, typed: str) -> str:
        """In one line, unless it is a long text."""
        return typed if self.is_long else " ".join(typed.split())

    def is_same(self, typed: str) -> bool:
        """Whether somebody only wrote down again what we show."""
        if typed in {self.value, self.text}:
            return True
        try:
            return self.fact == Fact.PHONES and phone_numbers.canonical(typed) == self.value
        except ValidationError:
            return False


def shown_facts(offer: Offer) -> list[ShownFact]:
    """In the order in which people look for mistakes; several phones and e-mails stand one by one."""
    return [*_phones(offer), *_emails(offer), *(_one(fact, text) for fact, text in _texts(offer))]


def hours_in_words(offer: Offer) -> str:
    return offer.hours_note or (opening.in_words(offer.hours) if offer.hours else "")


def stored_values(offer: Offer, field: str) -> list[str]:
    """What the offer says of a fact now; "" among them where one could be added."""
    if field == "status":
        return [offer.status]
    return [shown.value for shown in shown_facts(offer) if shown.fact == field]


def fingerprint(facts: Iterable[ShownFact]) -> str:
    """Differs when anything that was shown has changed."""
    shown = repr([(shown.name, shown.value) for shown in facts])
    return hashlib.blake2b(shown.encode(), digest_size=12).hexdigest()


def _one(fact, text):
    return ShownFact(fact, fact.value, fact.label, text, text)


def _phones(offer):
    for number, phone in enumerate(offer.phones.all()):
        label = f"Telefon ({phone.label})" if phone.label else "Telefon"
        yield ShownFact(Fact.PHONES, f"phones_{number}", label, phone.number, phone_numbers.display(phone.number))
    yield ShownFact(Fact.PHONES, OTHER_PHONE, "Weitere Telefonnummer", "", "")


def _emails(offer):
    for number, email in enumerate(offer.emails.all()):
        label = f"E-Mail ({email.label})" if email.label else "E-Mail"
        yield ShownFact(Fact.EMAILS, f"emails_{number}", label, email.address, email.address)
    yield ShownFact(Fact.EMAILS, OTHER_EMAIL, "Weitere E-Mail-Adresse", "", "")


def _texts(offer):
    def listed(rows):
        return ", ".join(str(row) for row in rows.all())

    return [
        (Fact.WEBSITE, offer.website),
        (Fact.ONLINE_FORM, offer.online_form),
        (Fact.CHAT, offer.chat),
        (Fact.HOURS, hours_in_words(offer)),
        (Fact.NAME, offer.name),
        (Fact.SUMMARY, offer.summary),
        (Fact.DESCRIPTION, offer.description),
        (Fact.FREE_OF_CHARGE, YES_NO[offer.free_of_charge]),
        (Fact.ANONYMOUS, YES_NO[offer.anonymous]),
        (Fact.LANGUAGES, listed(offer.languages)),
        (Fact.AUDIENCE, offer.get_audience_display()),
        (Fact.REGIONS, "bundesweit" if offer.level == Offer.Level.FEDERAL else listed(offer.regions)),
        (Fact.CITIES, listed(offer.locations)),
        (Fact.THREAT_TYPES, listed(offer.threat_types)),
        (Fact.SUPPORT_TYPES, listed(offer.support_types)),
    ]
