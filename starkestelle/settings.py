"""Settings of the portal. Everything that differs between installations is read from the environment, at the top."""

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def secret(name: str) -> str:
    """The environment variable `name`, or the content of the file that `name`_FILE points to (container secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, "")
    try:
        content = Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: this user cannot read {path} ({error.strerror}).") from None
    if not content:  # a default in its place would make codes void, or open another database
        raise ImproperlyConfigured(f"{name}_FILE: {path} is empty.")
    return content


# ---- the environment (docs/operations.md explains each) ----
DEBUG = os.environ.get("DEBUG") == "1"
ROLE = os.environ.get("STARKESTELLE_ROLE", "all" if DEBUG else "public")  # public | staff | all
SECRET_KEY = secret("SECRET_KEY")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").replace(",", " ").split()
DATABASE_URL = secret("DATABASE_URL")
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))
PLAIN_HTTP = os.environ.get("PLAIN_HTTP", "1" if DEBUG else "0") == "1"  # no TLS in front: this machine only
OPERATOR = {
    "name": os.environ.get("OPERATOR_NAME", ""),
    "address": [line.strip() for line in os.environ.get("OPERATOR_ADDRESS", "").split(";") if line.strip()],
    "email": os.environ.get("OPERATOR_EMAIL", ""),
    "phone": os.environ.get("OPERATOR_PHONE", ""),
}
QUICK_EXIT_URL = os.environ.get("QUICK_EXIT_URL", "https://www.dwd.de/")  # the weather: nobody has to explain it
CONTACT_PUBLIC_KEYS_DIR = Path(os.environ.get("CONTACT_PUBLIC_KEYS_DIR", VAR_DIR / "keys" / "public"))
CONTACT_PRIVATE_KEYS_DIR = Path(os.environ.get("CONTACT_PRIVATE_KEYS_DIR", VAR_DIR / "keys" / "private"))
CONTACT_PEPPER = secret("CONTACT_PEPPER")  # changes every receipt code's meaning; by default the SECRET_KEY
CONTACT_NOTIFY_EMAIL = os.environ.get("CONTACT_NOTIFY_EMAIL", "")  # who is told that a request came, not which
OFFICE_STATE = os.environ.get("OFFICE_STATE", "NW")  # whose public holidays count: ISO 3166-2 without DE-
PROXY_HOPS = int(os.environ.get("PROXY_HOPS", "0"))  # reverse proxies of ours in front, each adding X-Forwarded-For
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")  # one elsewhere has to speak STARTTLS
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD")
DCAT_CONTRIBUTOR_ID = os.environ.get("DCAT_CONTRIBUTOR_ID", "")  # the address that GovData gave the operator
VIDEO_CALL_BASE_URL = os.environ.get("VIDEO_CALL_BASE_URL", "").rstrip("/")  # a Jitsi server: https://video.example

# ---- what must be there before anybody is served ----
if DEBUG:
    SECRET_KEY = SECRET_KEY or "insecure-development-key"
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
    OPERATOR["name"] = OPERATOR["name"] or "Entwicklungsumgebung"
else:
    missing = [name for name, value in (("SECRET_KEY", SECRET_KEY), ("ALLOWED_HOSTS", ALLOWED_HOSTS)) if not value]
    missing += [f"OPERATOR_{key.upper()}" for key in ("name", "address", "email") if not OPERATOR[key]]
    if missing:
        raise ImproperlyConfigured(f"Set {', '.join(missing)} in the environment, or DEBUG=1 on your own machine.")
CONTACT_PEPPER = CONTACT_PEPPER or SECRET_KEY
if ROLE not in {"public", "staff", "all"}:
    raise ImproperlyConfigured(f"STARKESTELLE_ROLE is '{ROLE}'; it must be public, staff or all.")
STAFF = ROLE != "public"  # this process serves /redaktion/
PUBLIC_ADDRESS = f"{'http' if PLAIN_HTTP else 'https'}://{ALLOWED_HOSTS[0].removeprefix('.')}"  # the first host

# ---- applications ----
INSTALLED_APPS = [
    "starkestelle",
    "directory",
    "contact",
    "directory.exchange",
    "directory.monitoring",
    "django_filters",
    "simple_history",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "starkestelle.headers.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
]
if STAFF:  # visitors have no session, no account and no cookie
    INSTALLED_APPS += ["django.contrib.sessions", "django.contrib.messages", "django.contrib.admin"]
    # before "contact", whose admin takes their pages away
    INSTALLED_APPS = ["django_otp", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static", *INSTALLED_APPS]
    MIDDLEWARE += [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django_otp.middleware.OTPMiddleware",
        "contact.admin.second_factor.SecondFactorMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "simple_history.middleware.HistoryRequestMiddleware",  # who is editing
    ]
ROOT_URLCONF = "starkestelle.urls"
WSGI_APPLICATION = "starkestelle.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "starkestelle.context.site",
                *(
                    [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                    if STAFF
                    else []
                ),
            ],
            "builtins": ["django.templatetags.static", "directory.templatetags.directory"],
        },
    },
]

# ---- data ----
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "starkestelle.sqlite3",
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "timeout": 5,  # seconds to wait for another writer
                "transaction_mode": "IMMEDIATE",  # a transaction that will write waits at its start, not in its middle
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA secure_delete=ON;",  # what is deleted is overwritten
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
PLACES_DIR = BASE_DIR / "fixtures"  # places.csv and districts.csv

# ---- language and time ----
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch")]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

# ---- static files ----
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# ---- security ----
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = [r"^bereit/$"]  # asked by the machine itself, without TLS
SECURE_PROXY_SSL_HEADER = None if PLAIN_HTTP else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 2 * 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "no-referrer"  # starkestelle.headers has the exception
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/redaktion/"  # no cookie ever reaches a visitor's page
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True  # the thirty minutes count from the last action
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # its cookie would reach every page
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # accounts from before are changed at their next sign-in
]
OTP_TOTP_ISSUER = "starke Stelle"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # frame-ancestors of the Content-Security-Policy says who may frame a page
    "security.W003",  # CsrfViewMiddleware runs where there are sessions: in the staff process
]

# ---- e-mail ----
EMAIL_USE_TLS = EMAIL_HOST != "localhost"
EMAIL_TIMEOUT = 10  # seconds that a visitor may wait for it
DEFAULT_FROM_EMAIL = OPERATOR["email"]

# ---- logging: what happened, never to whom or with which words ----
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # these name the path or host of a visitor's request; errors are logged by starkestelle.views without them
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "gunicorn.http": {"level": "ERROR"},  # a line for each HEAD: Django leaves it to the server to drop the page
        "django.server": {"handlers": ["console"], "level": "INFO" if DEBUG else "CRITICAL", "propagate": False},
    },
}
