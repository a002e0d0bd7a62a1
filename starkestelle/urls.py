from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from starkestelle import views

urlpatterns = [
    path("", include("directory.urls")),
    path("impressum/", views.ImprintView.as_view(), name="imprint"),
    path("bereit/", views.ready, name="ready"),
]
if settings.STAFF:
    urlpatterns += [path("redaktion/", admin.site.urls)]

handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.server_error
