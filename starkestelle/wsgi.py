import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "starkestelle.settings")
application = get_wsgi_application()
if not settings.DEBUG:  # who works on a template wants to see it change
    from starkestelle.front_cache import FrontCache

    application = FrontCache(application)
