"""What `check --deploy` finds out about this installation beyond Django's own checks. Each message names its cure.

DEBUG, the length of SECRET_KEY and the cookies are Django's to check (security.W…).
"""

import os
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection
from django.http import HttpRequest

from contact import keyring
from directory.models import CatalogueVersion

FEWEST_CHARACTERS = 50  # of a secret, as Django wants them of SECRET_KEY
SECURITY_TXT_LASTS = timedelta(days=30), timedelta(days=365)


@register(Tags.security, deploy=True)
def private_keys_are_the_teams(app_configs, **kwargs) -> list[CheckMessage]:
    if settings.ROLE != "public":
        return []
    folder = settings.CONTACT_PRIVATE_KEYS_DIR
    readable = sorted(path.name for path in folder.glob("*.key") if os.access(path, os.R_OK))
    if not readable:
        return []
    return [
        Error(
            f"The public process can read private keys: {', '.join(readable)}.",
            hint=f"Mount {folder} in the staff process only, or let another user own it with mode 0700.",
            id="starkestelle.E001",
        )
    ]


@register(Tags.security, deploy=True)
def keys_are_there(app_configs, **kwargs) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not keyring.has_spare():
        found.append(
            Error(
                "There is no spare key: nobody can send a request, and lost keys would be lost for good.",
                hint="Run manage.py contact_keys create as staff, and put what it prints into the safe.",
                id="starkestelle.E002",
            )
        )
    try:
        keyring.current_kid()
    except keyring.KeyMissing:
        found.append(
            Error(
                "There is no active key pair: nobody can send a request.",
                hint="Run manage.py contact_keys create as staff. Is CONTACT_PUBLIC_KEYS_DIR the folder it wrote to?",
                id="starkestelle.E003",
            )
        )
    return found


@register(Tags.security, deploy=True)
def operator_is_named(app_configs, **kwargs) -> list[CheckMessage]:
    missing = [f"OPERATOR_{name.upper()}" for name in ("name", "address", "email") if not settings.OPERATOR[name]]
    if "@" not in settings.OPERATOR["email"]:
        missing.append("OPERATOR_EMAIL")
    if not missing:
        return []
    return [
        Error(
            f"The imprint does not say who is responsible: {', '.join(dict.fromkeys(missing))}.",
            hint="Set them in the environment (§ 5 DDG; security.txt needs the e-mail address too).",
            id="starkestelle.E004",
        )
    ]


@register(Tags.security, deploy=True)
def settings_are_for_the_public(app_configs, **kwargs) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.PLAIN_HTTP:
        found.append(
            Error(
                "PLAIN_HTTP=1: everybody on the way reads what visitors write.",
                hint="Leave PLAIN_HTTP out, and let a reverse proxy speak TLS.",
                id="starkestelle.E005",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "ALLOWED_HOSTS=*: pages would name whatever host a request claims.",
                hint="Name the portal's host names.",
                id="starkestelle.E006",
            )
        )
    if settings.ROLE == "all":
        found.append(
            Warning(
                "STARKESTELLE_ROLE=all: who breaks into the public pages has the staff area and the private keys.",
                hint="Run two processes, one with the role public and one with staff.",
                id="starkestelle.W007",
            )
        )
    if len(settings.CONTACT_PEPPER) < FEWEST_CHARACTERS:
        found.append(
            Warning(
                f"CONTACT_PEPPER has fewer than {FEWEST_CHARACTERS} characters.",
                hint="Before the first request came: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'",
                id="starkestelle.W008",
            )
        )
    return found


@register(Tags.security, deploy=True)
def security_txt_is_good_for_a_while(app_configs, **kwargs) -> list[CheckMessage]:
    from starkestelle.views import security_txt  # which needs the apps to be loaded

    request = HttpRequest()
    request.method = "GET"
    lines = security_txt(request).content.decode().splitlines()
    expires = next((line.partition(": ")[2] for line in lines if line.startswith("Expires: ")), "1970-01-01T00:00:00Z")
    shortest, longest = SECURITY_TXT_LASTS
    if shortest <= datetime.fromisoformat(expires) - datetime.now(UTC) <= longest:
        return []
    return [
        Error(
            f"security.txt expires on {expires}; RFC 9116 asks for a day ahead of us, and within a year.",
            hint="Set SECURITY_CONTACT_LASTS in starkestelle/views.py to between 30 and 365 days; is the clock right?",
            id="starkestelle.E009",
        )
    ]


@register(Tags.staticfiles, deploy=True)
def static_files_are_collected(app_configs, **kwargs) -> list[CheckMessage]:
    """Without them no page can be made, not even the one that says so; the server asks before it starts, too."""
    if not hasattr(staticfiles_storage, "hashed_files"):  # where files are served from where they were written
        return []
    written = {name for finder in get_finders() for name, _ in finder.list([])}
    missing = sorted(written.difference(staticfiles_storage.hashed_files))
    if not missing:
        return []
    return [
        Error(
            f"{len(missing)} style sheets, scripts and images are not collected, {missing[0]} among them.",
            hint="Run manage.py collectstatic with STARKESTELLE_ROLE=staff, then start the processes anew.",
            id="starkestelle.E013",
        )
    ]


@register(Tags.database, deploy=True)
def colleagues_have_a_second_factor(app_configs, databases, **kwargs) -> list[CheckMessage]:
    """With --database default, as all checks that ask the database."""
    if not databases or not apps.is_installed("django_otp.plugins.otp_totp"):
        return []
    users = apps.get_model("auth.User").objects.filter(is_active=True, is_staff=True)
    try:
        bare = list(users.exclude(totpdevice__confirmed=True).order_by("username").values_list("username", flat=True))
    except DatabaseError as error:
        return [_not_asked(error)]
    if not bare:
        return []
    return [
        Warning(
            f"These accounts have no second factor yet: {', '.join(bare)}.",
            hint="They set it up when they sign in; close accounts that nobody uses.",
            id="starkestelle.W010",
        )
    ]


@register(Tags.database, deploy=True)
def public_process_reads_no_accounts(app_configs, databases, **kwargs) -> list[CheckMessage]:
    if not databases or settings.ROLE != "public" or connection.vendor != "postgresql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_any_column_privilege(to_regclass('auth_user'), 'SELECT')")
            reads = cursor.fetchone()[0]
        CatalogueVersion.objects.current()  # which every page asks for
    except DatabaseError as error:
        return [_not_asked(error)]
    if not reads:
        return []
    return [
        Warning(
            "The public process can read the accounts of the staff in the database.",
            hint="Give it a role of its own: manage.py database_roles, see docs/operations.md.",
            id="starkestelle.W011",
        )
    ]


def _not_asked(error):
    return Warning(
        f"The database could not be asked. {type(error).__name__}: {error}",
        hint="Is DATABASE_URL right, and have manage.py migrate and then database_roles run?",
        id="starkestelle.W012",
    )
