"""The page about our data, and every file that it names."""

from django.http import Http404
from django.views.generic import TemplateView

from directory import catalogue
from directory.monitoring.models import Snapshot
from directory.opendata import dcat, feeds, hsds, jsonl, licence, tables
from directory.opendata import edition as editions
from directory.opendata import package as packages
from directory.opendata.responses import open_data, send, send_file


class AboutView(TemplateView):
    template_name = "opendata/about.html"

    def get_context_data(self, **kwargs):
        edition = editions.current()
        titles = {table.file: table.title for table in tables.TABLES}
        titles |= {jsonl.FILE: "Angebote, JSON Lines", hsds.FILE: "Angebote und Akteure nach HSDS 3.0, JSON"}
        return super().get_context_data(
            edition=edition,
            files=[(title, edition.files[name], edition.rows[name]) for name, title in titles.items()],
            snapshot=Snapshot.objects.without_data().first(),
            licence=licence,
            states=catalogue.current().states,
            **kwargs,
        )


@open_data
def file(request, name):
    return send_file(request, editions.current().files[name])


@open_data
def package(request):
    return send(request, packages.data_package(editions.current()), packages.CONTENT_TYPE)


@open_data
def data_catalogue(request, name):
    content_type, write = dcat.FORMS[name]
    return send(request, write(dcat.triples(editions.current())), content_type)


@open_data
def feed(request, state=""):
    if state and catalogue.current().state(state) is None:
        raise Http404
    return send(request, feeds.atom(state), feeds.CONTENT_TYPE)
