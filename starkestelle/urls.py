from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from directory.monitoring import urls as monitoring
from directory.public_page import public_page
from starkestelle import views
from starkestelle.sitemap import SECTIONS

urlpatterns = [
    path("", include("directory.urls")),
    path("kontakt/", include("contact.urls")),
    path("austausch/", include("directory.exchange.urls")),
    path("monitoring/", include("directory.monitoring.urls")),
    path("aenderung/", include((monitoring.proposals, "proposals"))),
    path("bestaetigen/", include((monitoring.confirmations, "confirmations"))),
    path("daten/", include("directory.opendata.urls")),
    path("ueber-uns/", public_page(views.AboutView.as_view()), name="about"),
    path("leichte-sprache/", public_page(views.EasyLanguageView.as_view()), name="easy_language"),
    path("spuren/", public_page(views.TracesView.as_view()), name="traces"),
    path("barrierefreiheit/", public_page(views.AccessibilityView.as_view()), name="accessibility"),
    path("datenschutz/", public_page(views.PrivacyView.as_view()), name="privacy"),
    path("impressum/", public_page(views.ImprintView.as_view()), name="imprint"),
    path("raus/", views.leave, name="exit"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("sitemap.xml", sitemap, {"sitemaps": SECTIONS}, name="sitemap"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("bereit/", views.ready, name="ready"),
]
if settings.STAFF:
    urlpatterns += [path("redaktion/", admin.site.urls)]

handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.server_error
