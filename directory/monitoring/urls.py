"""Addresses by the place where starkestelle.urls puts them; its own are those under /monitoring/."""

from datetime import date

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from directory.monitoring.views import entries, gap_map, snapshots
from directory.public_page import public_page


class DayConverter:
    """ "2026-11-30"; a day that no calendar has is not found."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    to_python = date.fromisoformat
    to_url = str


class YearConverter(IntConverter):
    regex = "20[0-9]{2}"


register_converter(DayConverter, "day")
register_converter(YearConverter, "year")

app_name = "monitoring"
urlpatterns = [
    path("", public_page(gap_map.MapView.as_view()), name="map"),
    path("land/<slug:slug>/", public_page(gap_map.StateView.as_view()), name="state"),
    path("methodik/", public_page(gap_map.MethodView.as_view()), name="method"),
    path("staende/", snapshots.SnapshotListView.as_view(), name="snapshots"),
    path("staende/<day:day>/", snapshots.SnapshotView.as_view(), name="snapshot"),
    path("staende/<day:day>.json", snapshots.snapshot_data, name="snapshot_data"),
    path("vergleich/", snapshots.ComparisonView.as_view(), name="comparison"),
    path("bericht/<year:year>/", snapshots.ReportView.as_view(), name="report"),
]
proposals = [
    path("", entries.ProposalView.as_view(), name="missing"),
    path("<slug:slug>/", entries.ProposalView.as_view(), name="offer"),
]
confirmations = [
    path("<str:token>/", entries.ConfirmationView.as_view(), name="answer"),
    path("<str:token>/abmelden/", entries.OptOutView.as_view(), name="opt_out"),
]
