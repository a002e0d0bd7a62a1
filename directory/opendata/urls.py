from django.urls import path

from directory.opendata import jsonl, tables, views

app_name = "opendata"
urlpatterns = [
    path("datapackage.json", views.package, name="package"),
    *(
        path(file, views.file, {"name": file}, name=file)
        for file in (*[each.file for each in tables.TABLES], jsonl.FILE)
    ),
]
