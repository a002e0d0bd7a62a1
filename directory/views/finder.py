"""The start page and the finder."""

from itertools import groupby

from django.views.generic import TemplateView

from directory import catalogue
from directory.filters import OfferFilter
from directory.views.selection import SelectionView


class StartView(TemplateView):
    template_name = "directory/start.html"

    def get_context_data(self, **kwargs):
        current = catalogue.current()
        return super().get_context_data(threat_types=current.threat_types.values(), states=current.states, **kwargs)


class OfferListView(SelectionView):
    """A list in pages; a page that is not there is the last."""

    filterset_class = OfferFilter
    template_name = "directory/offer_list.html"
    paginate_by = 20

    def paginate_queryset(self, selection, page_size):
        paginator = self.get_paginator(selection, page_size)
        page = paginator.get_page(self.filterset.page_number)
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"groups": self.groups(context["object_list"]), "links": self.links(context["page_obj"])}

    def links(self, page):
        """Addresses of this page and its neighbours, without parameters that are not ours."""
        numbers = {
            "canonical": page.number,
            "previous": page.number - 1,
            "next": page.number + 1 if page.has_next() else 0,
        }
        return {name: self.filterset.url(seite=n if n > 1 else "") if n else "" for name, n in numbers.items()}

    def groups(self, offers):
        """The page's offers under headings, in their order; search results stay one group."""
        if "search" in self.filterset.qs.limits:
            return [("Die besten Treffer zuerst", offers)]
        return [(heading, list(group)) for heading, group in groupby(offers, self.heading)]

    def heading(self, offer):
        if offer.is_federal:
            return "Bundesweite Angebote"
        areas = self.filterset.where.areas
        if len(areas) != 1:
            return "Angebote einzelner Länder"
        name = areas[0].state.name
        return f"Für die Kommunalpolitik in {name}" if offer.is_municipal else f"Für alle in {name}"
