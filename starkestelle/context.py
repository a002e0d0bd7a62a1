"""What the frame of every page shows."""

from django.conf import settings

from starkestelle.hotline import hotline


def site(request):
    return {"hotline": hotline(), "operator": settings.OPERATOR}
