"""Staff need a code besides the password; without one they get no further than the page that sets it up."""

import re
import time
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from contact.admin import second_factor
from starkestelle import settings as production
from tests.contact.admin.staff import PASSWORD, make_colleague

INDEX, LOGIN, OWN = "/redaktion/", "/redaktion/login/", "/redaktion/auth/user/zweiter-faktor/"
REFUSED = "Benutzername, Passwort oder Code stimmen nicht."
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _required(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, settings.SECOND_FACTOR]


@pytest.fixture
def anna(groups):
    return make_colleague()


@pytest.fixture
def device(anna):
    return TOTPDevice.objects.create(user=anna, name="App", confirmed=True)


def code_of(device, steps=0):
    """What the app shows; each step is half a minute later."""
    return f"{totp(device.bin_key, t0=-30 * steps):06d}"


def sign_in(token="", password=PASSWORD, client=None):
    client = client or Client()
    return client, client.post(LOGIN, {"username": "anna", "password": password, "token": token, "next": INDEX})


def shown_codes(response):
    return re.findall(r"<li><code>(.*?)</code>", response.content.decode())


def text(response):
    return unescape(response.content.decode())


# ---- without one ----
def test_password_alone_leads_to_the_set_up_page_and_nowhere_else(anna):
    client, response = sign_in()

    assert response["Location"] == INDEX
    for address in (
        INDEX,
        "/redaktion/contact/contactrequest/",
        "/redaktion/directory/offer/",
        "/redaktion/password_change/",
    ):
        assert client.get(address)["Location"] == OWN, address
    assert client.post("/redaktion/contact/contactrequest/")["Location"] == OWN
    assert client.get(OWN).status_code == 200
    assert "schließen Sie jetzt das Fenster" in client.post("/redaktion/logout/").content.decode()


def test_set_up_needs_the_code_of_the_app(anna):
    client, _ = sign_in()
    page = text(client.get(OWN))
    device = TOTPDevice.objects.get()

    assert second_factor.key_in_groups(device) in page
    assert "<svg" in page
    refused = client.post(OWN, {"action": "device", "token": "000000"})
    assert second_factor.WRONG in text(refused)
    assert client.get(INDEX).status_code == 302
    TOTPDevice.objects.update(throttling_failure_count=0)

    done = client.post(OWN, {"action": "device", "token": code_of(device)})

    assert len(shown_codes(done)) == second_factor.EMERGENCY_CODES
    assert shown_codes(done) == list(StaticToken.objects.order_by("pk").values_list("token", flat=True))
    assert client.get(INDEX).status_code == 200


def test_the_page_stays_the_same_until_the_code_was_right(anna):
    client, _ = sign_in()
    client.get(OWN)
    client.get(OWN)

    assert TOTPDevice.objects.count() == 1


def test_two_windows_that_begin_at_the_same_moment_lock_nobody_out(anna):
    client, _ = sign_in()
    first, _ = (TOTPDevice.objects.create(user=anna, name="App", confirmed=False) for _ in range(2))
    for _ in range(2):
        StaticDevice.objects.create(user=anna).token_set.create(token="old")

    done = client.post(OWN, {"action": "device", "token": code_of(first)})

    assert [(each.pk, each.confirmed) for each in TOTPDevice.objects.all()] == [(first.pk, True)]
    assert shown_codes(done) == list(StaticToken.objects.order_by("pk").values_list("token", flat=True))
    assert client.get(INDEX).status_code == 200


def test_visitors_and_strangers_have_no_set_up_page(anna):
    assert Client().get(OWN)["Location"] == f"{LOGIN}?next={OWN}"
    assert Client().get("/").status_code == 200


# ---- with one ----
def test_password_and_code_open_the_staff_area(anna, device):
    client, response = sign_in(code_of(device))

    assert response["Location"] == INDEX
    assert client.get(INDEX).status_code == 200
    assert "zweiter Faktor ist eingerichtet" in text(client.get(OWN))


@pytest.mark.parametrize(
    ("password", "shown"),
    [(PASSWORD, "000000"), (PASSWORD, ""), (PASSWORD, "abcdefgh"), ("falsch", "right"), ("falsch", "000000")],
)
def test_one_answer_to_all_that_is_wrong(anna, device, password, shown):
    client, response = sign_in(code_of(device) if shown == "right" else shown, password)

    assert response.status_code == 200
    assert [str(error).split(" Groß")[0] for error in response.context["form"].non_field_errors()] == [REFUSED]
    assert client.get(INDEX).status_code == 302


def test_a_code_is_good_for_one_sign_in(anna, device):
    code = code_of(device)

    first, second = sign_in(code)[1], sign_in(code)[1]

    assert (first.status_code, second.status_code) == (302, 200)


def test_wrong_codes_slow_down_the_right_one(anna, device):
    for _ in range(3):
        sign_in("000000")

    assert sign_in(code_of(device))[1].status_code == 200


def test_somebody_elses_code_does_not_help(anna, device):
    ole = make_colleague("ole")
    other = TOTPDevice.objects.create(user=ole, name="App", confirmed=True)

    assert sign_in(code_of(other))[1].status_code == 200


def test_emergency_code_works_once_written_in_any_way(anna, device):
    codes = second_factor.new_emergency_codes(anna)

    first = sign_in(f" {codes[0].upper()[:4]} {codes[0][4:]} ")[1]
    again = sign_in(codes[0])[1]

    assert (first.status_code, again.status_code) == (302, 200)
    assert second_factor.emergency_codes_left(anna) == second_factor.EMERGENCY_CODES - 1


def test_session_from_before_the_second_factor_ends(anna):
    client, _ = sign_in()
    TOTPDevice.objects.create(user=anna, name="App", confirmed=True)

    assert client.get(INDEX)["Location"] == LOGIN
    assert client.get(OWN)["Location"].startswith(LOGIN)


def test_somebody_with_the_password_cannot_put_a_device_of_their_own_in_place(anna):
    client, _ = sign_in()
    device = TOTPDevice.objects.create(user=anna, name="App", confirmed=True)

    response = client.post(OWN, {"action": "device"})

    assert response["Location"] == LOGIN
    assert TOTPDevice.objects.get() == device


# ---- changes ----
@pytest.fixture
def signed_in(anna, device):
    return sign_in(code_of(device))[0]


def test_new_emergency_codes_replace_the_old(signed_in, anna):
    old = second_factor.new_emergency_codes(anna)

    new = shown_codes(signed_in.post(OWN, {"action": "codes"}))

    assert sorted(StaticToken.objects.values_list("token", flat=True)) == sorted(new)
    assert set(new) & set(old) == set()


def test_new_phone_takes_the_place_of_the_old_once_it_has_shown_a_code(signed_in, anna, device):
    signed_in.post(OWN, {"action": "device"})
    new = TOTPDevice.objects.get(confirmed=False)
    assert second_factor.has_one(anna)

    signed_in.post(OWN, {"action": "device", "token": code_of(new)})

    assert [(each.pk, each.confirmed) for each in TOTPDevice.objects.all()] == [(new.pk, True)]
    assert signed_in.get(INDEX).status_code == 200


def test_changes_ask_for_the_password_after_a_while(signed_in):
    session = signed_in.session
    session["password_entered_at"] = time.time() - 16 * 60
    session.save()

    page = text(signed_in.post(OWN, {"action": "codes"}))

    assert "Bitte geben Sie noch einmal Ihr Passwort ein" in page
    assert StaticToken.objects.count() == 0


def test_lead_takes_away_a_lost_second_factor(device, anna, groups):
    make_colleague("lena", "Leitung")
    lena = Client()
    lena.post(LOGIN, {"username": "lena", "password": PASSWORD})
    lena.get(OWN)
    lena.post(OWN, {"action": "device", "token": code_of(TOTPDevice.objects.get(user__username="lena"))})
    address = f"/redaktion/auth/user/{anna.pk}/zweiter-faktor/"
    assert address in text(lena.get(f"/redaktion/auth/user/{anna.pk}/change/"))
    lena.get(address)
    assert second_factor.has_one(anna)

    lena.post(address, {"action": "reset"})

    assert not second_factor.has_one(anna)
    assert [entry.get_change_message() for entry in LogEntry.objects.all()] == ["Zweiten Faktor zurückgesetzt."]
    assert sign_in()[0].get(INDEX)["Location"] == OWN


def test_counsellors_take_away_nobodys(signed_in, groups):
    ole = make_colleague("ole")
    TOTPDevice.objects.create(user=ole, name="App", confirmed=True)

    assert signed_in.post(f"/redaktion/auth/user/{ole.pk}/zweiter-faktor/", {"action": "reset"}).status_code == 403
    assert second_factor.has_one(ole)


# ---- what is kept ----
def test_no_page_of_the_admin_shows_secrets(admin_client, device):
    assert "otp_totp" not in text(admin_client.get(OWN))
    assert admin_client.get("/redaktion/otp_totp/totpdevice/").status_code in {302, 404}


def test_passwords_are_kept_with_argon2(settings):
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS

    user = User.objects.create_user("neu", password=PASSWORD)

    assert identify_hasher(user.password).algorithm == "argon2"


def test_production_requires_it(settings):
    assert settings.SECOND_FACTOR in production.MIDDLEWARE
