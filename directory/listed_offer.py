"""What the catalogue holds of an offer, and of what it belongs to: plain values, the same for every request."""

from dataclasses import dataclass, field
from datetime import date, datetime

from directory import opening
from directory.models import Offer


@dataclass(frozen=True, slots=True)
class Term:
    """A threat type, a support type or a language."""

    slug: str
    name: str
    description: str = ""
    synonyms: tuple[str, ...] = ()
    first_steps: str = ""  # safe HTML
    first_steps_on: date | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A Land (no parent) or a Kreis."""

    slug: str
    name: str
    official_key: str
    iso_code: str | None  # of a Land
    parent: "Area | None"

    @property
    def state(self) -> "Area":
        return self.parent or self

    @property
    def inside(self) -> str:
        """ "in Bayern", "im Saarland" """
        return f"im {self.name}" if self.slug == "saarland" else f"in {self.name}"

    @property
    def path(self) -> str:
        """ "Mecklenburg-Vorpommern · Landkreis Rostock", once where both are one: "Berlin"."""
        return self.name if self.name == self.state.name else f"{self.state.name} · {self.name}"


@dataclass(frozen=True, slots=True)
class Actor:
    slug: str
    name: str
    sector: str
    website: str


@dataclass(frozen=True, slots=True)
class PhoneLine:
    number: str
    label: str
    free: bool | None
    hours: str


@dataclass(frozen=True, slots=True, eq=False)
class ListedOffer:
    """What a list of offers shows of one, and what it is narrowed by."""

    position: int
    slug: str
    name: str
    summary: str
    actor: Actor
    level: str
    audience: str
    for_some_only: bool
    status: str
    areas: tuple[Area, ...]
    threat_types: tuple[str, ...]
    support_types: tuple[str, ...]
    languages: tuple[str, ...]
    phones: tuple[PhoneLine, ...]
    emails: tuple[str, ...]
    website: str
    online_form: str
    chat: str
    hours: str
    hours_note: str
    around_the_clock: bool
    anonymous: bool | None
    free_of_charge: bool | None
    verified_on: date | None
    updated_at: datetime
    cards: dict = field(default_factory=dict)  # rendered once, and gone with the offer

    @property
    def is_federal(self) -> bool:
        return self.level == Offer.Level.FEDERAL

    @property
    def is_municipal(self) -> bool:
        return self.audience == Offer.Audience.MUNICIPAL

    @property
    def is_closed(self) -> bool:
        return self.status == Offer.Status.TEMPORARILY_CLOSED

    @property
    def reach(self) -> str:
        """Where it helps: "bundesweit", "Hamburg, Schleswig-Holstein"."""
        return "bundesweit" if self.is_federal else ", ".join(area.name for area in self.areas)

    def status_at(self, moment: datetime) -> opening.Status | None:
        """Whether any of its lines answers; None when no source says when it does."""
        known = [opening.status_at(hours, moment) for hours in self.known_hours]
        return max(known, key=lambda status: status.is_open, default=None)

    @property
    def known_hours(self) -> list[str]:
        """All OpenStreetMap hours of the offer; a phone's own ones replace those of the offer."""
        if self.is_closed:
            return []
        lines = [phone.hours or self.hours for phone in self.phones] or [self.hours]
        return [hours for hours in dict.fromkeys(lines) if hours]
