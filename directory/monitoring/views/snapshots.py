"""Snapshots: their list, the citable page and file of each, the comparison of two, and the report of a year."""

import gzip

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition
from django.views.generic import TemplateView

from directory import catalogue
from directory.monitoring import charts, figures, snapshots
from directory.monitoring.charts import Tile
from directory.monitoring.comparison import Comparison, by_state
from directory.monitoring.forms import ComparisonForm
from directory.monitoring.gaps import Coverage, tally
from directory.monitoring.models import Snapshot
from directory.opendata.responses import open_data
from directory.packing import best_encoding

RECENT = ("6 months", "12 months")


class SnapshotListView(TemplateView):
    template_name = "monitoring/snapshots.html"

    def get_context_data(self, **kwargs):
        rows = [
            (day, totals, figures.coverage_rows(totals["cells"]), sum(totals["freshness"][key] for key in RECENT))
            for day, totals in Snapshot.objects.values_list("day", "figures__totals")
        ]
        return super().get_context_data(
            rows=rows,
            lines=lines(rows[::-1]) if rows else [],
            years=sorted({day.year for day, *_ in rows}, reverse=True),
            coverages=Coverage,
            **kwargs,
        )


def lines(rows):
    """Three pictures of what the table says, oldest first."""
    days = [day for day, *_ in rows]
    own = [sum(per_cent for each, _, per_cent in cells if not each.is_gap) for _, _, cells, _ in rows]
    confirmed = [round(100 * recent / (totals["offers"] or 1)) for _, totals, _, recent in rows]
    return [
        charts.line("Angebote", "", days, [totals["offers"] for _, totals, *_ in rows]),
        charts.line("Felder mit eigenem Angebot", " %", days, own),
        charts.line("Im letzten Jahr bestätigt", " %", days, confirmed),
    ]


class SnapshotView(TemplateView):
    template_name = "monitoring/snapshot.html"

    def get_context_data(self, day, **kwargs):
        snapshot = get_object_or_404(Snapshot.objects.defer("data"), day=day)
        return super().get_context_data(
            snapshot=snapshot,
            tiles=tiles(snapshot.figures["gaps"], catalogue.current().areas),
            **tables(snapshot.figures),
            **kwargs,
        )


def tables(kept):
    totals = kept["totals"]
    return {
        "totals": totals,
        "cells": figures.coverage_rows(totals["cells"]),
        "sectors": figures.sector_rows(totals),
        "freshness": figures.freshness_rows(totals["freshness"]),
        "commitments": figures.commitment_rows(totals.get("commitments", {})),  # older snapshots do not know them
    }


def tiles(gaps, areas):
    """The Länder of a snapshot's figures, in the order of their names."""
    return [Tile(areas[slug], tally(gaps[slug])) for slug in areas if slug in gaps]


def checksum_of(request, day):
    checksum = Snapshot.objects.filter(day=day).values_list("checksum", flat=True).first()
    return checksum and f'W/"{checksum}"'  # weak: the same for the packed and the plain bytes


@open_data
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
@condition(etag_func=checksum_of)
def snapshot_data(request, day):
    """All public data of a day as JSON; who accepts gzip gets the bytes as they are kept."""
    snapshot = get_object_or_404(Snapshot.objects.defer("figures"), day=day)
    headers = {"Content-Disposition": f'attachment; filename="starke-stelle-{day}.json"'}
    data = snapshot.data
    if best_encoding(request.headers.get("Accept-Encoding", ""), ("gzip",)):
        headers["Content-Encoding"] = "gzip"
    else:
        data = gzip.decompress(data)
    return HttpResponse(data, content_type="application/json", headers=headers)


class ComparisonView(TemplateView):
    template_name = "monitoring/comparison.html"

    def get_context_data(self, **kwargs):
        form = ComparisonForm(self.request.GET, label_suffix="")
        form.full_clean()
        start = form.cleaned_data.get("von") or Snapshot.objects.without_data().first()
        end = form.cleaned_data.get("bis")
        if end and start.day > end.day:
            start, end = end, start
        context = {"form": form, "start": start, "end": end}
        if start:
            context |= differences(Comparison(snapshots.read(start), document_of(end)))
        return super().get_context_data(**context, **kwargs)


def document_of(snapshot):
    """What a snapshot keeps; without one, how it is now."""
    return snapshots.read(snapshot) if snapshot else snapshots.present(catalogue.current(), timezone.localdate())


def differences(comparison):
    before, after = (figures.coverage_rows(each["figures"]["totals"]["cells"]) for each in comparison.sides)
    return {
        "comparison": comparison,
        "closed": by_state(comparison.closed, comparison.after),
        "opened": by_state(comparison.opened, comparison.after),
        "cells": [(each, then, now, now - then) for (each, then, _), (_, now, _) in zip(before, after, strict=True)],
    }


class ReportView(TemplateView):
    """A year, to print: its last snapshot beside the last one before it."""

    template_name = "monitoring/report.html"

    def get_context_data(self, year, **kwargs):
        last = Snapshot.objects.filter(day__year=year).first()
        if last is None:
            raise Http404
        before = Snapshot.objects.filter(day__year__lt=year).first()
        changes = differences(Comparison(snapshots.read(before), snapshots.read(last))) if before else {}
        return super().get_context_data(
            year=year,
            snapshot=last,
            before=before,
            is_over=timezone.localdate().year > year,
            tiles=tiles(last.figures["gaps"], catalogue.current().areas),
            **tables(last.figures),
            **{key: changes[key] for key in ("comparison", "closed", "opened") if changes},
            **kwargs,
        )
