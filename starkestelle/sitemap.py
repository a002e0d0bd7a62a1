"""What search engines may list: public pages without parameters, as the catalogue has them at this moment."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from directory import catalogue
from directory.exchange.models import ExchangeEvent
from directory.monitoring.models import Snapshot

FIXED_PAGES = (
    "directory:start",
    "directory:offer_list",
    "directory:lotse",
    "directory:organization_list",
    "directory:partner",
    "exchange:events",
    "monitoring:map",
    "monitoring:snapshots",
    "monitoring:comparison",
    "monitoring:method",
    "opendata:about",
    "about",
    "easy_language",
    "traces",
    "accessibility",
    "privacy",
    "imprint",
)


class FixedPages(Sitemap):
    def items(self):
        return FIXED_PAGES

    def location(self, name):
        return reverse(name)


class Offers(Sitemap):
    def items(self):
        return catalogue.current().offers

    def location(self, offer):
        return reverse("directory:offer", args=[offer.slug])

    def lastmod(self, offer):
        return offer.updated_at


class ThreatTypes(Sitemap):
    def items(self):
        return list(catalogue.current().threat_types)

    def location(self, slug):
        return reverse("directory:threat_type", args=[slug])


class States(Sitemap):
    def items(self):
        return [area.slug for area in catalogue.current().states]

    def location(self, slug):
        return reverse("directory:state", args=[slug])


class Organizations(Sitemap):
    def items(self):
        return list(catalogue.current().actors)

    def location(self, slug):
        return reverse("directory:organization", args=[slug])


class ExchangeEvents(Sitemap):
    def items(self):
        return ExchangeEvent.objects.public()

    def lastmod(self, event):
        return event.updated_at


class GapMaps(States):
    def location(self, slug):
        return reverse("monitoring:state", args=[slug])


class Snapshots(Sitemap):
    def items(self):
        return Snapshot.objects.without_data()


SECTIONS = {
    "pages": FixedPages,
    "threats": ThreatTypes,
    "states": States,
    "offers": Offers,
    "organizations": Organizations,
    "exchange": ExchangeEvents,
    "gap_maps": GapMaps,
    "snapshots": Snapshots,
}
