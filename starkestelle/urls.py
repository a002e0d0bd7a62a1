from collections.abc import Callable

from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from directory.monitoring import urls as monitoring
from directory.public_page import public_page
from starkestelle import views
from starkestelle.sitemap import SECTIONS


def fixed_page(template: str, **context: object) -> Callable:
    return public_page(TemplateView.as_view(template_name=template, extra_context=context))


urlpatterns = [
    path("", include("directory.urls")),
    path("kontakt/", include("contact.urls")),
    path("austausch/", include("directory.exchange.urls")),
    path("monitoring/", include("directory.monitoring.urls")),
    path("aenderung/", include((monitoring.proposals, "proposals"))),
    path("bestaetigen/", include((monitoring.confirmations, "confirmations"))),
    path("daten/", include("directory.opendata.urls")),
    path("ueber-uns/", fixed_page("pages/about.html"), name="about"),
    path("leichte-sprache/", fixed_page("pages/easy_language.html"), name="easy_language"),
    path("spuren/", fixed_page("pages/traces.html"), name="traces"),
    path("barrierefreiheit/", fixed_page("pages/accessibility.html"), name="accessibility"),
    path("datenschutz/", fixed_page("pages/privacy.html", exit_url=settings.QUICK_EXIT_URL), name="privacy"),
    path("impressum/", fixed_page("pages/imprint.html"), name="imprint"),
    path("raus/", views.leave, name="exit"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": SECTIONS}, name="sitemap"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("bereit/", views.ready, name="ready"),
]
if settings.STAFF:
    urlpatterns += [path("redaktion/", admin.site.urls)]

handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.server_error
