from django.urls import path

from directory.opendata import dcat, hsds, hsds_api, jsonl, openapi, package, tables, views

app_name = "opendata"
urlpatterns = [
    path("", views.AboutView.as_view(), name="about"),
    *(path(table.file, views.file, {"name": table.file}, name=table.file) for table in tables.TABLES),
    path(jsonl.FILE, views.file, {"name": jsonl.FILE}, name=jsonl.FILE),
    path(package.FILE, views.package, name=package.FILE),
    *(path(name, views.data_catalogue, {"name": name}, name=name) for name in dcat.FORMS),
    path("aenderungen.atom", views.feed, name="feed"),
    path("aenderungen/<slug:state>.atom", views.feed, name="state_feed"),
    path("openapi.json", openapi.openapi, name="openapi"),
    path(hsds.FILE, views.file, {"name": hsds.FILE}, name="hsds_bulk"),
    path("hsds/", hsds_api.about, name="hsds"),
]
for resource in hsds_api.RESOURCES:
    urlpatterns += [
        path(f"hsds/{resource.name}", hsds_api.listing, {"resource": resource}, name=resource.name),
        path(f"hsds/{resource.name}/<str:id>", hsds_api.detail, {"resource": resource}, name=resource.schema),
    ]
