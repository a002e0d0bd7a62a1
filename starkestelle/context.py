"""What the frame of every page shows; the hotline is looked up where a template asks for it."""

from django.conf import settings

from directory.hotline import hotline

SCHEME = "http" if settings.PLAIN_HTTP else "https"
ADDRESS = f"{SCHEME}://{settings.ALLOWED_HOSTS[0].removeprefix('.')}"  # the first host is the portal's own name


def site(request):
    return {
        "hotline": hotline,
        "operator": settings.OPERATOR,
        "address": ADDRESS,
    }
