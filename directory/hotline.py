"""The hotline that every page names. Staff keep its number, hours and address in the directory, as the offer below."""

from dataclasses import dataclass

from django.db import DatabaseError
from django.utils import timezone

from directory import catalogue, opening

OFFER = "starke-stelle"
# where the directory cannot be read, or does not say: error pages, an empty database
NUMBER, EMAIL = "+498003009944", "info@starkestelle.de"


@dataclass(frozen=True)
class Hotline:
    number: str
    hours: str
    email: str

    @property
    def status(self) -> opening.Status | None:
        """Whether somebody answers now; None when nobody knows."""
        return opening.status_at(self.hours, timezone.now()) if self.hours else None


def hotline() -> Hotline:
    try:
        offer = catalogue.current().by_slug.get(OFFER)
    except DatabaseError:
        offer = None
    email = offer.emails[0] if offer and offer.emails else EMAIL
    if offer is None or not offer.phones:
        return Hotline(NUMBER, "", email)
    phone = offer.phones[0]
    return Hotline(phone.number, phone.hours or offer.hours, email)
