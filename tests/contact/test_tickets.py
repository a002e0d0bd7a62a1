import base64

import pytest
from django.core import signing

from contact import sealing, tickets
from contact.tickets import BadTicket, TooOld, TooYoung
from tests.contact.factories import CODE, make_ticket

HOUR = 3600


@pytest.fixture
def issued(clock):
    return tickets.issue("callback")


def swapped(ticket, position=0):
    other = "B" if ticket[position] == "A" else "A"
    return ticket[:position] + other + ticket[position + 1 :]


@pytest.mark.parametrize(
    ("age", "outcome"),
    [
        (0, TooYoung),
        (3, TooYoung),
        (4, None),
        (60, None),
        (2 * HOUR, None),
        (2 * HOUR + 1, TooOld),
        (30 * HOUR, TooOld),
    ],
)
def test_ticket_is_good_from_four_seconds_to_two_hours(issued, clock, age, outcome):
    clock.move(seconds=age)
    if outcome:
        with pytest.raises(outcome):
            tickets.code_of(issued, "callback")
    else:
        assert sealing.read_code(tickets.code_of(issued, "callback"))


def test_ticket_from_the_future_is_not_good(issued, clock):
    clock.move(seconds=-60)

    with pytest.raises(TooYoung):
        tickets.code_of(issued, "callback")


def test_each_ticket_has_a_code_of_its_own(clock):
    codes = [tickets.issue("video") for _ in range(3)]
    clock.move(seconds=10)

    assert len({tickets.code_of(ticket, "video") for ticket in codes}) == 3


@pytest.mark.parametrize("position", [0, 10, -1])
def test_altered_ticket_is_refused(clock, position):
    with pytest.raises(BadTicket):
        tickets.code_of(swapped(make_ticket(), position), "callback")


@pytest.mark.parametrize("ticket", ["", "x", ":", "::", ".eJw", "\x00", "ä:ö:ü", "a:b:c", "a" * 10_000, CODE])
def test_what_was_never_a_ticket_is_refused(ticket):
    with pytest.raises(BadTicket):
        tickets.code_of(ticket, "callback")
    with pytest.raises(BadTicket):
        tickets.renew(ticket, "callback")


def test_ticket_of_the_other_form_is_refused(clock):
    with pytest.raises(BadTicket):
        tickets.code_of(make_ticket("video"), "callback")
    with pytest.raises(BadTicket):
        tickets.renew(make_ticket("video"), "callback")


def test_ticket_with_a_longer_life_of_its_own_making_is_refused(clock):
    value, *signature = make_ticket().split(":")
    content = base64.urlsafe_b64encode(b'{"code":"%s","kind":"callback","at":%d}' % (CODE.encode(), clock.time() - 9))

    with pytest.raises(BadTicket):
        tickets.code_of(":".join([content.decode().rstrip("="), *signature]), "callback")
    assert tickets.code_of(":".join([value, *signature]), "callback") == CODE


def test_ticket_signed_for_something_else_is_refused(clock):
    content = {"code": CODE, "kind": "callback", "at": clock.time() - 60}

    with pytest.raises(BadTicket):
        tickets.code_of(signing.dumps(content, salt="another form"), "callback")


def test_ticket_signed_with_another_secret_is_refused(clock, settings):
    ticket = make_ticket()
    settings.SECRET_KEY = "another secret"

    with pytest.raises(BadTicket):
        tickets.code_of(ticket, "callback")


def test_renewed_ticket_is_good_at_once_and_keeps_the_code(clock):
    old = make_ticket(age=3 * HOUR)

    fresh = tickets.renew(old, "callback")

    assert tickets.code_of(fresh, "callback") == CODE
    clock.move(hours=2, seconds=1)
    with pytest.raises(TooOld):
        tickets.code_of(fresh, "callback")
