from django.conf import settings
from django.contrib import admin
from django.urls import path

urlpatterns = []
if settings.STAFF:
    urlpatterns += [path("redaktion/", admin.site.urls)]
