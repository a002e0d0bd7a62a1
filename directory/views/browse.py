"""Pages that list offers by one property: a threat, a Land, an actor."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from directory import catalogue
from directory.filters import OfferFilter
from directory.models import Offer, Organization
from directory.parameters import ChoiceFilter
from directory.selection import Selection, near_first
from directory.views.selection import SelectionView

SECTORS = {  # values of `bereich` in the URL
    "sicherheitsbehoerden": Organization.Sector.SECURITY,
    "justiz": Organization.Sector.JUSTICE,
    "verwaltung": Organization.Sector.ADMINISTRATION,
    "hilfsorganisationen": Organization.Sector.AID,
    "spitzenverbaende": Organization.Sector.ASSOCIATION,
    "wissenschaft": Organization.Sector.RESEARCH,
}


class ThreatTypeView(TemplateView):
    """What a threat is, and who helps everywhere; the finder knows the Länder."""

    template_name = "directory/threat_type.html"

    def get_context_data(self, slug, **kwargs):
        current = catalogue.current()
        threat = current.threat_types.get(slug)
        if threat is None:
            raise Http404
        selection = Selection(current).filter(threat_type=[slug])
        return super().get_context_data(
            threat=threat,
            offers=selection.filter(level=["federal"]),
            total=selection.count(),
            states=current.states,
            **kwargs,
        )


class StateView(TemplateView):
    template_name = "directory/state.html"

    def get_context_data(self, slug, **kwargs):
        current = catalogue.current()
        area = current.state(slug)
        if area is None:
            raise Http404
        selection = Selection(current).filter(region=[slug]).order_by(near_first(current))
        return super().get_context_data(
            area=area,
            offers=selection.filter(level=["state"]),
            total=selection.count(),
            threat_types=current.threat_types.values(),
            **kwargs,
        )


class ActorFilter(OfferFilter):
    """Those who provide the offers that are left."""

    bereich = ChoiceFilter("sector", "Bereich", SECTORS)

    FACETS = ("bereich", "bedrohung")


class OrganizationListView(SelectionView):
    filterset_class = ActorFilter
    template_name = "directory/organization_list.html"

    def get_filterset_kwargs(self, filterset_class):
        return super().get_filterset_kwargs(filterset_class) | {"path": reverse("directory:organization_list")}

    def get_context_data(self, **kwargs):
        current = self.filterset.catalogue
        with_offers = {offer.actor.slug for offer in self.filterset.qs}
        actors = [actor for slug, actor in current.actors.items() if slug in with_offers]
        sectors = [(sector, [actor for actor in actors if actor.sector == sector]) for sector in Organization.Sector]
        return super().get_context_data(sectors=sectors, total=len(actors), **kwargs)


class OrganizationView(TemplateView):
    """An actor with its offers. The address stays when the last of them has ended: partners have the link."""

    template_name = "directory/organization.html"

    def get_context_data(self, slug, **kwargs):
        current = catalogue.current()
        actor = current.actors.get(slug)
        if actor is None:
            former = Organization.objects.filter(offers__in=Offer.objects.ended()).distinct()
            actor = get_object_or_404(former, slug=slug)
        offers = Selection(current).filter(actor=[slug])
        return super().get_context_data(
            actor=actor,
            sector=Organization.Sector(actor.sector),
            offers=offers,
            confirmed_on=max((offer.verified_on for offer in offers if offer.verified_on), default=None),
            **kwargs,
        )
