"""The gap map as it is now: for all Länder, and for one."""

from heapq import nlargest
from operator import attrgetter
from urllib.parse import urlencode

from django.http import Http404
from django.utils import timezone
from django.views.generic import TemplateView

from directory import catalogue
from directory.exchange.models import Commitment
from directory.filters import OfferFilter, finder_path
from directory.monitoring import figures, gaps
from directory.monitoring.charts import Tile
from directory.parameters import FacetFilter
from directory.views.selection import SelectionView

NEWEST = 10


class GapFilter(OfferFilter):
    """The map's parameters: two of the finder's, with the same values."""

    q = ort = region = merkmal = zielgruppe = ebene = sprache = seite = None
    bedrohung = FacetFilter("threat_type", "Art der Bedrohung")
    hilfe = FacetFilter("support_type", "Art der Hilfe")

    FACETS = ("bedrohung", "hilfe")

    def filter_queryset(self, selection):
        for name in self.FACETS:
            selection = self.filters[name].filter(selection, self._known(name, self.form.cleaned_data[name]))
        return selection

    @property
    def threats(self):
        return self.chosen.get("bedrohung", ())

    @property
    def supports(self):
        return self.chosen.get("hilfe", ())

    def finder(self, state) -> str:
        """The finder's address for a Land and what is chosen here."""
        chosen = [(name, value) for name in self.FACETS for value in self.chosen.get(name, ())]
        return f"{finder_path()}?{urlencode([('region', state), *chosen])}"


class MapView(SelectionView):
    filterset_class = GapFilter
    template_name = "monitoring/map.html"

    def get_filterset_kwargs(self, filterset_class):
        return super().get_filterset_kwargs(filterset_class) | {"path": self.request.path}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        chosen, selection = self.filterset, self.filterset.qs
        promised = Commitment.objects.public().open().cells()
        tiles = [self.tile(area, promised) for area in selection.catalogue.states]
        counts = {each: sum(tile.counts[each] for tile in tiles) for each in gaps.Coverage}
        totals = figures.totals_of(selection)
        return context | {
            "tiles": tiles,
            "whole": Tile(None, counts),
            "any_promised": any(tile.promised for tile in tiles),
            "one_cell": len(chosen.threats) == len(chosen.supports) == 1,
            "coverages": gaps.Coverage,
            "totals": totals,
            "sectors": figures.sector_rows(totals),
            "freshness": figures.freshness_rows(figures.freshness(selection, timezone.localdate())),
            "newest": nlargest(NEWEST, selection, key=attrgetter("updated_at")),
        }

    def tile(self, area, promised):
        chosen, slug = self.filterset, area.slug
        cells = gaps.narrow(gaps.cells(chosen.catalogue, slug), chosen.threats, chosen.supports)
        offers = chosen.qs.filter(region=[slug]).count()
        here = sum(support in cells.get(threat, ()) for threat, support, state in promised if state in (None, slug))
        return Tile(area, gaps.tally(cells), offers, chosen.finder(slug), here)


class StateView(TemplateView):
    """One Land: every threat and every kind of help, and who promised to close which gap."""

    template_name = "monitoring/state.html"

    def get_context_data(self, slug, **kwargs):
        current = catalogue.current()
        area = current.state(slug)
        if area is None:
            raise Http404
        cells = gaps.cells(current, slug)
        commitments = list(Commitment.objects.public().for_state(slug).with_names())
        first = {(each.threat_type.slug, each.support_type.slug): each for each in commitments[::-1] if each.is_open}
        rows = [
            (
                current.threat_types[threat],
                [(support, coverage, first.get((threat, support))) for support, coverage in row.items()],
            )
            for threat, row in cells.items()
        ]
        return super().get_context_data(
            area=area,
            rows=rows,
            commitments=commitments,
            supports=current.support_types.values(),
            tile=Tile(area, gaps.tally(cells)),
            offers=gaps.own_offers(current, slug).bit_count(),
            coverages=gaps.Coverage,
            states=current.states,
            **kwargs,
        )


class MethodView(TemplateView):
    template_name = "monitoring/method.html"
    extra_context = {"coverages": gaps.Coverage}
