"""The Lotse: a few questions, and from the answers a route of offers, each with the reason why it is there.

The questions, what speaks for an offer, and the groups of the route are data; `route` is the only rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from directory.catalogue import PREVENTIVE, Catalogue
from directory.hotline import OFFER as HOTLINE
from directory.listed_offer import Area, ListedOffer
from directory.models import Offer
from directory.search import add_up
from directory.selection import Selection, near_first


class Danger(models.TextChoices):
    YES = "ja", "Ja, jetzt gerade"
    NO = "nein", "Nein"


class Person(models.TextChoices):
    """Whom it concerns."""

    OFFICE = "amt", "Mich selbst: Ich habe ein Amt oder Mandat"
    FAMILY = "familie", "Jemanden in meiner Familie"
    TEAM = "team", "Mein Team oder meine Verwaltung"
    NOBODY = "vorbeugen", "Noch niemanden: Wir möchten vorbeugen"


@dataclass(frozen=True)
class Question:
    slug: str
    title: str
    short: str  # as the summary calls it
    parameters: tuple[str, ...]  # of the URL
    template: str


QUESTIONS = (
    Question("gefahr", "Ist gerade jemand in Gefahr?", "Gefahr", ("gefahr",), "directory/lotse/choose.html"),
    Question("wen", "Wen betrifft es?", "Betroffen", ("wen",), "directory/lotse/choose.html"),
    Question("was", "Was ist passiert?", "Passiert", ("bedrohung",), "directory/lotse/threats.html"),
    Question("wo", "Wo brauchen Sie Hilfe?", "Ort", ("ort", "region"), "directory/lotse/place.html"),
    Question("hilfe", "Was brauchen Sie jetzt?", "Hilfe", ("hilfe",), "directory/lotse/support.html"),
)


@dataclass(frozen=True)
class Answers:
    person: Person | None = None
    threats: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    area: Area | None = None


# ---- what speaks for an offer ----
THREAT, SUPPORT, AUDIENCE, EVERYONE, SUGGESTED, ANSWERS = 8, 6, 5, 3, 2, 1  # points
FOR_SOME = "diskriminierung"  # a threat for which offers for certain people are as good as those for everyone
LISTENING = ("psychosoziale-beratung",)  # helps whatever happened
AUDIENCE_OF = {  # whom an offer should be made for
    Person.OFFICE: Offer.Audience.MUNICIPAL,
    Person.TEAM: Offer.Audience.MUNICIPAL,
    Person.NOBODY: Offer.Audience.MUNICIPAL,
    Person.FAMILY: Offer.Audience.OPEN,
}
SUGGESTED_FOR = {  # kinds of help that suit a person who did not say which
    Person.OFFICE: ("orientierung", "sicherheitsberatung"),
    Person.FAMILY: ("psychosoziale-beratung", "orientierung"),
    Person.TEAM: ("orientierung", "praevention-fortbildung"),
    Person.NOBODY: PREVENTIVE,
    None: ("orientierung",),
}
SUGGESTED_WHEN = {  # and what suits a threat
    "hass-im-netz": ("meldestelle", "anzeige-strafverfolgung"),
    "beleidigung-verleumdung": ("anzeige-strafverfolgung", "rechtliche-hilfe"),
    "bedrohung-noetigung": ("anzeige-strafverfolgung", "sicherheitsberatung"),
    "koerperlicher-angriff": ("psychosoziale-beratung", "finanzielle-hilfe"),
    "sachbeschaedigung": ("anzeige-strafverfolgung", "finanzielle-hilfe"),
    "stalking-ausspaehen": ("sicherheitsberatung", "psychosoziale-beratung"),
    "doxing-identitaetsmissbrauch": ("digitale-sicherheit", "sicherheitsberatung"),
    "extremismus": ("psychosoziale-beratung", "sicherheitsberatung"),
    "diskriminierung": ("psychosoziale-beratung", "meldestelle"),
    "konflikte-im-gremium": ("kommunikation", "praevention-fortbildung"),
}


@dataclass(frozen=True)
class Group:
    """A part of the route. Offers that an earlier group shows are not shown again."""

    slug: str
    heading: str
    most: dict[Person | None, int]  # offers; the hotline stands beside them


def up_to(usual: int, when_preventing: int) -> dict:
    return dict.fromkeys([None, *Person], usual) | {Person.NOBODY: when_preventing}


GROUPS = (
    Group("jetzt", "Jetzt erreichbar", up_to(3, 1)),
    Group("land", "In Ihrem Land", up_to(4, 4)),
    Group("bund", "Bundesweit", up_to(3, 3)),
    Group("vorbeugen", "Weiter vorbeugen", up_to(2, 4)),
)


@dataclass(frozen=True)
class Step:
    offer: ListedOffer
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    slug: str
    heading: str
    steps: tuple[Step, ...]


def route(catalogue: Catalogue, answers: Answers, now: datetime) -> list[Part]:
    """The groups with their offers: a dozen at most, and some as long as the directory has any."""
    region = catalogue.mask("region", [answers.area.slug]) if answers.area else catalogue.everything
    federal = catalogue.nationwide
    municipal = catalogue.mask("audience", [Offer.Audience.MUNICIPAL])
    hotline = catalogue.by_slug.get(HOTLINE)
    free = region & ~(1 << hotline.position if hotline else 0)
    fitting = free & catalogue.mask("threat_type", answers.threats) or free
    open_now = catalogue.open_at(now)
    near = region if answers.area else federal
    land = free & ~federal if answers.area else 0
    limits = {
        "jetzt": fitting & near & open_now,
        "land": land & (fitting | municipal) or land,  # who knows the Land helps on, even if made for something else
        "bund": fitting & federal,
        "vorbeugen": free & near & catalogue.mask("support_type", PREVENTIVE),
    }
    if not limits["jetzt"] and not (hotline and open_now >> hotline.position & 1):  # at night somebody who listens
        limits["jetzt"] = free & near & open_now & catalogue.mask("support_type", LISTENING)
        limits["jetzt"] &= catalogue.mask("feature", ["for_everyone"])
    parts = []
    for group in GROUPS:
        offers = best(catalogue, answers, limits[group.slug])[: group.most[answers.person]]
        for offer in offers:
            for name in limits:
                limits[name] &= ~(1 << offer.position)
        steps = tuple(Step(offer, reasons(catalogue, answers, offer, open_now)) for offer in offers)
        parts.append(Part(group.slug, group.heading, steps))
    return parts


def best(catalogue: Catalogue, answers: Answers, limit: int) -> Selection:
    """The offers of the mask `limit`, those with most points first."""
    scored = [[(points, catalogue.mask(facet, values))] for points, facet, values in points_for(answers)]
    groups = add_up(scored, limit)
    order = [groups[total] & near for total in sorted(groups, reverse=True) for near in near_first(catalogue)]
    return Selection(catalogue, {"route": limit}, order)


def points_for(answers: Answers) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """(points, facet, values): what an offer gets for having any of the values."""
    for threat in answers.threats:
        yield THREAT, "threat_type", (threat,)
        if not answers.supports:
            yield SUGGESTED, "support_type", SUGGESTED_WHEN.get(threat, ())
    for support in answers.supports:
        yield SUPPORT, "support_type", (support,)
    if not answers.supports:
        yield SUGGESTED, "support_type", SUGGESTED_FOR[answers.person]
    if answers.person:
        yield AUDIENCE, "audience", (AUDIENCE_OF[answers.person],)
    if FOR_SOME not in answers.threats:
        yield EVERYONE, "feature", ("for_everyone",)
    yield ANSWERS, "feature", ("phone", "online")


def reasons(catalogue: Catalogue, answers: Answers, offer: ListedOffer, open_now: int) -> tuple[str, ...]:
    """Why an offer is on the route, in the words of the answers."""
    found = [offer.reach]
    if offer.is_municipal:
        found.append("für die Kommunalpolitik")
    found += [catalogue.threat_types[slug].name for slug in answers.threats if slug in offer.threat_types]
    found += [catalogue.support_types[slug].name for slug in answers.supports if slug in offer.support_types]
    if open_now >> offer.position & 1:
        found.append("jetzt erreichbar")
    return tuple(found)
