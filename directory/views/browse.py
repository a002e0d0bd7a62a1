"""Pages that list offers by one property: a threat, a Land, an actor."""

from django.http import Http404
from django.views.generic import TemplateView

from directory import catalogue
from directory.models import Organization
from directory.selection import Selection, near_first


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
            states=current.state_by_iso.values(),
            **kwargs,
        )


class StateView(TemplateView):
    template_name = "directory/state.html"

    def get_context_data(self, slug, **kwargs):
        current = catalogue.current()
        area = current.areas.get(slug)
        if area is None or area.parent:
            raise Http404
        selection = Selection(current).filter(region=[slug]).order_by(near_first(current))
        return super().get_context_data(
            area=area,
            offers=selection.filter(level=["state"]),
            total=selection.count(),
            threat_types=current.threat_types.values(),
            **kwargs,
        )


class OrganizationListView(TemplateView):
    template_name = "directory/organization_list.html"

    def get_context_data(self, **kwargs):
        actors = catalogue.current().actors.values()
        sectors = [(sector, [actor for actor in actors if actor.sector == sector]) for sector in Organization.Sector]
        return super().get_context_data(sectors=sectors, total=len(actors), **kwargs)


class OrganizationView(TemplateView):
    template_name = "directory/organization.html"

    def get_context_data(self, slug, **kwargs):
        current = catalogue.current()
        actor = current.actors.get(slug)
        if actor is None:
            raise Http404
        return super().get_context_data(
            actor=actor,
            sector=Organization.Sector(actor.sector),
            offers=Selection(current).filter(actor=[slug]),
            **kwargs,
        )
