"""The fixed pages, readiness, and pages for what went wrong."""

import logging
import sys
from pathlib import Path
from traceback import extract_tb

from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from directory.models import CatalogueVersion

logger = logging.getLogger(__name__)


class ImprintView(TemplateView):
    template_name = "pages/imprint.html"


@never_cache
def ready(request):
    """Whether this process can serve: for load balancers and monitoring."""
    try:
        CatalogueVersion.objects.current()
    except DatabaseError:
        return HttpResponse("Datenbank nicht erreichbar\n", content_type="text/plain; charset=utf-8", status=503)
    return HttpResponse("bereit\n", content_type="text/plain; charset=utf-8")


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    """Log where it broke: no message, no path, no value, because they may hold what a visitor typed."""
    error, _, traceback = sys.exc_info()
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(traceback)]
    logger.error("%s at %s", error.__name__ if error else "error", " > ".join(frames))
    return render(request, "500.html", status=500)
