"""The page of one offer."""

import json

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from directory import catalogue
from directory.models import Fact, Offer
from directory.monitoring import confirmations, verifications
from directory.monitoring.shown_facts import hours_in_words
from directory.selection import Selection, near_first

MOST_SIMILAR = 4
SCRIPT_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&"}


class OfferView(View):
    def get(self, request, slug):
        offers = Offer.objects.published() | Offer.objects.ended()
        offer = offers.for_page().filter(slug=slug).first()
        if offer is None:
            raise Http404
        return render_offer(request, offer)


def render_offer(request, offer, preview=False):
    """The public page of `offer`. An ended one answers 410 with alternatives; staff preview a draft."""
    similar = similar_offers(offer)
    if offer.status == Offer.Status.DEFUNCT and not preview:
        return render(request, "directory/offer_gone.html", {"offer": offer, "similar": similar}, status=410)
    facts, proofs = facts_of(offer), verifications.proofs(offer, timezone.localdate())
    context = {
        "offer": offer,
        "hours": hours_in_words(offer),
        "facts": facts,
        "proofs": proofs,
        "without_source": [fact.label for fact in proofs if not facts[fact]],
        "silent_until": confirmations.silent_until(offer.organization),
        "similar": similar,
        "structured_data": structured_data(offer),
        "preview": preview,
    }
    return render(request, "directory/offer.html", context)


def facts_of(offer):
    """Fact → numbers of the sources that support it."""
    facts = {fact.value: [] for fact in Fact}
    for number, source in enumerate(offer.sources.all(), 1):
        for fact in source.supports:
            facts[fact].append(number)
    facts[Fact.HOURS] = sorted({*facts[Fact.HOURS], *facts[Fact.AROUND_THE_CLOCK]})  # the page says both in one line
    return facts


def similar_offers(offer):
    """Other offers for the same region and threats, those with the same kind of help first."""
    selection = Selection(catalogue.current())
    regions = [region.slug for region in offer.regions.all()]
    selection = selection.filter(threat_type=[term.slug for term in offer.threat_types.all()])
    if regions:
        selection = selection.filter(region=regions).order_by(near_first(selection.catalogue))
    same_help = selection.filter(support_type=[term.slug for term in offer.support_types.all()])
    found = [*same_help[: MOST_SIMILAR + 1], *selection[: 2 * MOST_SIMILAR + 2]]
    others = [other for other in dict.fromkeys(found) if other.slug != offer.slug]
    return others[:MOST_SIMILAR]


def structured_data(offer):
    """schema.org as JSON-LD, safe inside a script element."""
    areas = [region.name for region in offer.regions.all()] or ["Deutschland"]
    channel = {
        "@type": "ServiceChannel",
        "servicePhone": [{"@type": "ContactPoint", "telephone": phone.number} for phone in offer.phones.all()],
        "serviceUrl": offer.online_form or offer.website or None,
        "availableLanguage": [language.slug for language in offer.languages.all()],
    }
    data = {
        "@context": "https://schema.org",
        "@type": "Service",
        "name": offer.name,
        "description": offer.summary,
        "url": offer.website or None,
        "provider": {
            "@type": "Organization",
            "name": offer.organization.name,
            "url": offer.organization.website or None,
        },
        "areaServed": [{"@type": "AdministrativeArea", "name": name} for name in areas],
        "availableChannel": without_empty(channel),
    }
    data["provider"] = without_empty(data["provider"])
    return json.dumps(without_empty(data), ensure_ascii=False).translate(SCRIPT_ESCAPES)


def without_empty(data):
    return {name: value for name, value in data.items() if value not in (None, [], "")}
