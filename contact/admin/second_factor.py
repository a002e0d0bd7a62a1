"""The second factor of the staff: an app that shows codes, and printed emergency codes for the day the phone is lost.

Who has none yet signs in with the password alone and gets no further than the page that sets it up.
"""

import logging
from base64 import b32encode
from io import BytesIO

import django_otp
import segno
from django import forms
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

logger = logging.getLogger(__name__)

EMERGENCY_CODES = 10
WRONG = "Der Code stimmt nicht oder ist abgelaufen. Bitte geben Sie den nächsten ein, den die App zeigt."
OPEN_TO_ALL = ("admin:login", "admin:logout", "admin:auth_user_second_factor")

for model in (TOTPDevice, StaticDevice):  # their pages show secrets
    admin.site.unregister(model)


def verify(user: User, typed: str):
    """The device whose code was typed, or None. A used code is spent; wrong ones slow the next down, see django-otp."""
    code = "".join(typed.split()).lower()
    model = TOTPDevice if code.isdecimal() else StaticDevice
    devices = model.objects.filter(user=user, confirmed=True)
    found = (django_otp.verify_token(user, device.persistent_id, code) for device in devices)
    return next(filter(None, found), None)


def has_one(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def reset(user: User) -> None:
    """As if there had never been one: the next sign-in leads to the page that sets it up."""
    for model in (TOTPDevice, StaticDevice):
        model.objects.filter(user=user).delete()


def new_device(user: User) -> TOTPDevice:
    """The app that is being set up; it counts from the first right code on."""
    begun = TOTPDevice.objects.filter(user=user, confirmed=False).first()  # two windows at once may have made two
    return begun or TOTPDevice.objects.create(user=user, confirmed=False, name="App")


def take(device: TOTPDevice) -> None:
    """From now on this app is the user's only one."""
    TOTPDevice.objects.filter(user=device.user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])


def emergency_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


class SecondFactorMiddleware:
    """Keeps those who have only shown their password out of the staff area."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(reverse("admin:index")) and not self.may_pass(request):
            if not has_one(request.user):
                return redirect("admin:auth_user_second_factor")
            logout(request)  # signed in elsewhere, before there was a second factor
            return redirect("admin:login")
        return self.get_response(request)

    def may_pass(self, request):
        user = request.user
        return not user.is_authenticated or user.is_verified() or request.path in map(reverse, OPEN_TO_ALL)


class CodeForm(forms.Form):
    token = forms.CharField(
        label="Code aus der App",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
        error_messages={"required": "Bitte geben Sie den Code ein, den die App zeigt."},
    )

    def __init__(self, device, data=None):
        self.device = device
        super().__init__(data)

    def clean_token(self):
        code = "".join(self.cleaned_data["token"].split())
        if not self.device.verify_token(code):
            raise ValidationError(WRONG)
        return code


def new_emergency_codes(user: User) -> list[str]:
    """They take the place of all older ones. Each is good for one sign-in."""
    with transaction.atomic():
        device = StaticDevice.objects.filter(user=user).first() or StaticDevice.objects.create(
            user=user, name="Notfallcodes"
        )
        StaticToken.objects.filter(device__user=user).delete()  # of all: two windows at once may have made two
        codes = [StaticToken.random_token() for _ in range(EMERGENCY_CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def qr_code(device: TOTPDevice) -> str:
    svg = BytesIO()
    segno.make(device.config_url, micro=False).save(
        svg, "svg", scale=5, light="#fff", border=4, xmldecl=False, svgns=False, svgclass=None, lineclass=None
    )
    return mark_safe(svg.getvalue().decode())  # noqa: S308 – squares only


def key_in_groups(device: TOTPDevice) -> str:
    """What one types into an app that cannot see the QR code."""
    key = b32encode(device.bin_key).decode()
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
