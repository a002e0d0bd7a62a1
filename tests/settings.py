"""Settings for the tests: those of production, with made-up values, whatever the caller's environment says."""

import os

for name in ("DEBUG", "SECRET_KEY_FILE", "DATABASE_URL_FILE", "OPERATOR_PHONE"):
    os.environ.pop(name, None)
os.environ.update(
    STARKESTELLE_ROLE="all",
    PLAIN_HTTP="1",
    SECRET_KEY="made-up-for-the-tests",
    ALLOWED_HOSTS="testserver localhost 127.0.0.1",
    OPERATOR_NAME="Testbetrieb",
    OPERATOR_ADDRESS="Teststraße 1;12345 Teststadt",
    OPERATOR_EMAIL="test@example.org",
)

from starkestelle.settings import *  # noqa: E402, F403 - reads the environment

# no collectstatic before a test: static files are served from where they are written
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests that log in need no slow one
# most tests of the staff area are about something else; those of the second factor put it back
SECOND_FACTOR = "contact.admin.second_factor.SecondFactorMiddleware"
MIDDLEWARE = [each for each in MIDDLEWARE if each != SECOND_FACTOR]  # noqa: F405
