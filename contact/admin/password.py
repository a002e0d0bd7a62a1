"""The password: asked for at the login, and again before a request is opened when the last time is a while ago."""

import logging
import time
from functools import wraps

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse

from contact import throttle
from contact.admin import second_factor

logger = logging.getLogger(__name__)

FRESH = 15 * 60  # seconds
ENTERED_AT = "password_entered_at"  # in the session
MOST_LOGINS = 60  # an hour and address; colleagues may share one
MOST_ENTRIES, MOST_ENTRIES_IN_ALL = 20, 40  # an hour and account
TOO_OFTEN = "Das waren zu viele Versuche. Bitte warten Sie bis zur nächsten vollen Stunde."


def is_fresh(request) -> bool:
    return 0 <= time.time() - request.session.get(ENTERED_AT, 0) <= FRESH


def remember(request) -> None:
    request.session[ENTERED_AT] = int(time.time())


class LoginForm(AdminAuthenticationForm):
    """Password and code at once. One answer to all that is wrong: nobody learns that a password was right."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": "Benutzername, Passwort oder Code stimmen nicht. Groß- und Kleinschreibung zählt. Jeder Code "
        "gilt nur einmal.",
    }

    token = forms.CharField(
        label="Code aus der App oder Notfallcode",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
        help_text="Bei der ersten Anmeldung leer lassen.",
    )

    def clean(self):
        if throttle.is_too_often("login", self.request, MOST_LOGINS):
            logger.warning("too many logins")
            raise ValidationError(TOO_OFTEN)
        cleaned = super().clean()  # raises ValidationError unless the password is right
        if user := self.get_user():
            if second_factor.has_one(user):
                user.otp_device = second_factor.verify(user, self.cleaned_data.get("token", ""))
                if user.otp_device is None:
                    logger.warning("second factor of user %s: wrong", user.pk)
                    raise self.get_invalid_login_error()
            remember(self.request)  # the login keeps the session's data, under a new key
        return cleaned


class PasswordForm(forms.Form):
    password = forms.CharField(
        label="Passwort",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "Bitte geben Sie Ihr Passwort ein."},
    )

    def __init__(self, request, *args):
        self.request = request
        super().__init__(*args)

    def clean_password(self):
        user, password = self.request.user, self.cleaned_data["password"]
        if throttle.is_too_often(f"password {user.pk}", self.request, MOST_ENTRIES, MOST_ENTRIES_IN_ALL):
            logger.warning("password of user %s: too many tries", user.pk)
            raise ValidationError(TOO_OFTEN)
        if not user.check_password(password):
            logger.warning("password of user %s: wrong", user.pk)
            raise ValidationError("Das Passwort stimmt nicht.")
        return password


def password_first(view):
    """Ask for the password when the last entry in this session is too old.

    The page stands at the view's own address and carries along what was sent there, so that nothing typed is lost and
    no address has to be trusted.
    """

    @wraps(view)
    def guarded(model_admin, request, *args, **kwargs):
        if is_fresh(request):
            return view(model_admin, request, *args, **kwargs)
        form = PasswordForm(request, request.POST if "password" in request.POST else None)
        if form.is_valid():
            remember(request)
            logger.info("password of user %s: entered again", request.user.pk)
            return view(model_admin, request, *args, **kwargs)
        if not form.is_bound:
            logger.info("password of user %s: too old, asked again", request.user.pk)
        kept = [pair for pair in request.POST.lists() if pair[0] not in {"password", "csrfmiddlewaretoken"}]
        context = {
            **model_admin.admin_site.each_context(request),
            "title": "Bitte geben Sie noch einmal Ihr Passwort ein",
            "opts": model_admin.opts,
            "form": form,
            "kept": kept,
        }
        return TemplateResponse(request, "admin/contact/password.html", context)

    return guarded
