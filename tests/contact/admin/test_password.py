"""Before anything is opened the password must have been entered in this session within a quarter of an hour."""

import logging

import pytest
from django.contrib.auth.models import User
from django.test import Client

from contact.admin.password import MOST_ENTRIES, MOST_LOGINS
from contact.models import AuditEntry
from tests.contact.admin.staff import (
    PASSWORD,
    QUEUE,
    at,
    hidden_fields,
    log_in,
    look,
    make_colleague,
    make_planned,
    page_of,
    send,
)

ASKED = "Bitte geben Sie noch einmal Ihr Passwort ein"
LOGIN = "/redaktion/login/"


def log_lines(caplog):
    return [line for name, _, line in caplog.record_tuples if name == "contact.admin.password"]


@pytest.fixture
def stale(counsellor, clock):
    """Anna's browser, 16 minutes after she logged in."""
    clock.move(minutes=16)
    return counsellor


def test_no_question_within_a_quarter_of_an_hour_after_the_login(counsellor, clock):
    request = make_planned()
    clock.move(minutes=15)

    assert "Bitte rufen Sie an." in look(counsellor, request)


def test_question_after_a_quarter_of_an_hour_whatever_was_done_since(counsellor, clock, caplog):
    request = make_planned()
    look(counsellor, request)
    clock.move(minutes=14)
    look(counsellor, request)
    clock.move(minutes=2)

    with caplog.at_level(logging.INFO):
        page = look(counsellor, request)

    assert ASKED in page
    for word in ("Bitte rufen Sie an.", "25208838", "Leuchtturm"):
        assert word not in page
    assert AuditEntry.objects.count() == 2, "nothing more was read"
    assert log_lines(caplog) == [f"password of user {User.objects.get().pk}: too old, asked again"]


def test_question_when_the_session_never_saw_a_password(anna, clock, keys):
    client = Client()
    client.force_login(anna)

    assert ASKED in look(client, make_planned())


@pytest.mark.parametrize("moment", [at(11).timestamp(), at(9).timestamp(), 0, -1])
def test_a_wrong_clock_makes_no_password_fresh(counsellor, moment):
    session = counsellor.session
    session["password_entered_at"] = moment
    session.save()

    assert ASKED in look(counsellor, make_planned())


def test_the_right_password_opens(stale, caplog):
    request = make_planned()

    with caplog.at_level(logging.INFO):
        response = stale.post(page_of(request), {"password": PASSWORD})

    assert response.url == page_of(request)
    assert "Bitte rufen Sie an." in look(stale, request)
    assert log_lines(caplog) == [f"password of user {User.objects.get().pk}: entered again"]


@pytest.mark.parametrize(
    ("password", "message"),
    [("falsch", "Das Passwort stimmt nicht."), ("", "Bitte geben Sie Ihr Passwort ein."), (f" {PASSWORD}", "stimmt")],
)
def test_a_wrong_password_opens_nothing(stale, caplog, password, message):
    request = make_planned()

    with caplog.at_level(logging.INFO):
        page = stale.post(page_of(request), {"password": password}).content.decode()

    assert ASKED in page
    assert message in page
    assert "Bitte rufen Sie an." not in page
    assert ASKED in look(stale, request)
    assert not password or password not in page
    assert PASSWORD not in caplog.text
    assert "falsch" not in caplog.text


def test_a_colleagues_password_does_not_count(stale, ole):
    User.objects.filter(username="ole").update(password="")
    ole = make_colleague("eva")
    ole.set_password("ein anderes Kennwort")
    ole.save()

    page = stale.post(page_of(make_planned()), {"password": "ein anderes Kennwort"}).content.decode()

    assert "Das Passwort stimmt nicht." in page


def test_a_password_in_the_address_does_not_count(stale):
    page = stale.get(page_of(make_planned()), {"password": PASSWORD}).content.decode()

    assert ASKED in page
    assert "nicht." not in page, "it was looked at"


def test_the_words_of_a_form_survive_the_question(counsellor, clock):
    request = make_planned()
    page = look(counsellor, request)
    clock.move(minutes=16)

    question = send(counsellor, request, "reply", page, text='Wir rufen "morgen" an.\nBis dann')
    page = question.content.decode()
    kept = hidden_fields(page, page_of(request, "reply"))

    assert ASKED in page
    assert request.replies.count() == 0
    assert set(kept) == {"csrfmiddlewaretoken", "seen", "text"}
    wrong = counsellor.post(page_of(request, "reply"), kept | {"password": "falsch"}).content.decode()
    kept = hidden_fields(wrong, page_of(request, "reply"))
    done = counsellor.post(page_of(request, "reply"), kept | {"password": PASSWORD})
    assert done.url == page_of(request)
    assert "Wir rufen &quot;morgen&quot; an.<br>Bis dann" in look(counsellor, request)


def test_deleting_asks_too(stale):
    request = make_planned()

    assert ASKED in look(stale, request, "delete")
    stale.post(page_of(request, "delete"), {"seen": "x"})
    assert request.messages.model.objects.count() == 0
    assert type(request).objects.count() == 1


def test_the_queue_asks_nothing(stale):
    make_planned()

    page = stale.get(QUEUE).content.decode()

    assert ASKED not in page
    assert "Blauer Leuchtturm" in page


def test_too_many_tries_are_stopped_even_with_the_right_password(stale, caplog):
    request = make_planned()
    for _ in range(MOST_ENTRIES):
        stale.post(page_of(request), {"password": "falsch"})

    page = stale.post(page_of(request), {"password": PASSWORD}).content.decode()

    assert "Das waren zu viele Versuche." in page
    assert log_lines(caplog)[-1] == f"password of user {User.objects.get().pk}: too many tries"
    assert ASKED in look(stale, request)


def test_an_hour_later_the_right_password_opens_again(stale, clock):
    request = make_planned()
    for _ in range(MOST_ENTRIES + 1):
        stale.post(page_of(request), {"password": "falsch"})
    clock.move(minutes=20)
    stale.get(QUEUE)  # stays logged in
    clock.move(minutes=25)

    assert stale.post(page_of(request), {"password": PASSWORD}).status_code == 302


def test_tries_of_one_account_do_not_stop_another(stale, ole):
    request = make_planned()
    for _ in range(MOST_ENTRIES + 1):
        stale.post(page_of(request), {"password": "falsch"})

    assert "Bitte rufen Sie an." in look(log_in("ole"), request)


# ---- the login ----
def test_logins_from_one_address_are_limited(anna, clock, caplog):
    for _ in range(MOST_LOGINS):
        Client().post(LOGIN, {"username": "anna", "password": "falsch"})

    page = Client().post(LOGIN, {"username": "anna", "password": PASSWORD}).content.decode()

    assert "Das waren zu viele Versuche." in page
    assert log_lines(caplog) == ["too many logins"]
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, {"username": "anna", "password": PASSWORD})
    assert elsewhere.status_code == 302


def test_a_refused_login_says_the_same_for_known_and_unknown_names(anna, clock):
    def answer(**typed):
        page = Client().post(LOGIN, typed).content.decode()
        return page.replace(typed["username"], "NAME").partition("<form")[0]

    User.objects.create_user("visitor", password=PASSWORD)  # no staff

    known = answer(username="anna", password="falsch")
    assert known == answer(username="nadja", password="falsch")
    assert known == answer(username="visitor", password=PASSWORD)


def test_a_login_gets_a_new_session_key(anna, clock):
    client = Client()
    client.force_login(make_colleague("before"))
    old = client.session.session_key

    client.post(LOGIN, {"username": "anna", "password": PASSWORD})

    assert client.session.session_key != old
    assert client.session["_auth_user_id"] == str(anna.pk)


def test_a_failed_login_makes_no_password_fresh(anna, clock, keys):
    client = Client()
    client.force_login(anna)

    client.post(LOGIN, {"username": "anna", "password": "falsch"})

    assert ASKED in look(client, make_planned())


def test_another_accounts_login_in_a_session_does_not_open_the_first_ones(stale, ole):
    """Logging in as somebody else ends the session: nothing of it is left to the first account."""
    old = stale.session.session_key

    stale.post(LOGIN, {"username": "ole", "password": PASSWORD})

    assert stale.session["_auth_user_id"] == str(ole.pk)
    assert not stale.session.exists(old)


def test_logging_out_and_a_new_password_end_the_session(counsellor, anna):
    request = make_planned()
    other = log_in("anna")
    counsellor.post("/redaktion/logout/")
    anna.set_password("ein neues Kennwort")
    anna.save()

    for client in (counsellor, other):
        assert client.get(page_of(request)).url.startswith(LOGIN)


def test_the_session_ends_after_thirty_idle_minutes(counsellor, clock):
    request = make_planned()
    clock.move(minutes=29)
    counsellor.get(QUEUE)
    clock.move(minutes=29)
    assert counsellor.get(QUEUE).status_code == 200
    clock.move(minutes=31)

    assert counsellor.get(page_of(request)).url.startswith(LOGIN)
