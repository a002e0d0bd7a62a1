"""Settings of the servers that the tests start: the portal's own, whatever the run of the tests has set."""

import os

from starkestelle.settings import *  # noqa: F403 - the settings under test

# no collectstatic before a test
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
