"""What machines ask for, the way out, and pages for what went wrong."""

import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from traceback import extract_tb

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directory.models import CatalogueVersion

logger = logging.getLogger(__name__)

PLAIN = "text/plain; charset=utf-8"
SECURITY_CONTACT_LASTS = timedelta(days=180)  # RFC 9116 asks for less than a year
NOT_FOR_ROBOTS = ("/redaktion/", "/raus/", "/einbetten/", "/bereit/", "/kontakt/code/")


@require_safe
def leave(request):
    """The quick exit: to one fixed page that nobody has to explain, whatever the address says.

    "storage" is all that it clears. "cookies" would reach every website of the same domain, and let any page that
    embeds this address log the editors out. "cache" keeps the old page on the screen while Chromium searches its whole
    cache: 1.7 seconds for 10,000 entries, measured on a fast machine.
    """
    response = HttpResponseRedirect(settings.QUICK_EXIT_URL)
    response.headers["Clear-Site-Data"] = '"storage"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def security_txt(request):
    """Whom to tell about a weakness (RFC 9116). It expires at a midnight, so that a day's answers are alike."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{settings.OPERATOR['email']}",
        f"Expires: {today + SECURITY_CONTACT_LASTS:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: de, en",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


@require_safe
def robots_txt(request):
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), "", f"Sitemap: {sitemap}"]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


@require_safe
def favicon(request):
    """For programs that ask for the old place; pages name the icon themselves."""
    return HttpResponseRedirect(static("img/icon.svg"))


@never_cache
@require_safe
def ready(request):
    """Whether this process can serve: for load balancers and monitoring."""
    try:
        CatalogueVersion.objects.current()
    except DatabaseError:
        return HttpResponse("Datenbank nicht erreichbar\n", content_type=PLAIN, status=503)
    return HttpResponse("bereit\n", content_type=PLAIN)


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    """Log where it broke: no message, no path, no value, because they may hold what a visitor typed.

    A database that cannot be reached is 503: it comes back, and so should the visitor.
    """
    error, _, traceback = sys.exc_info()
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(traceback)]
    logger.error("%s at %s", error.__name__ if error else "error", " > ".join(frames))
    lost = error is not None and issubclass(error, (OperationalError, InterfaceError))
    return render(request, "500.html", {"lost": lost}, status=503 if lost else 500)
