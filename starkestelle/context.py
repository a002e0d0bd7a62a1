"""What the frame of every page shows; the hotline is looked up where a template asks for it."""

from django.conf import settings

from directory.hotline import hotline


def site(request):
    return {
        "hotline": hotline,
        "operator": settings.OPERATOR,
        "address": settings.PUBLIC_ADDRESS,
    }
