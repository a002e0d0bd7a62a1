"""Colleagues, and what their browsers do at the desk."""

from datetime import UTC, datetime

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from directory.opening import BERLIN
from tests.contact.factories import CODE, make_request
from tests.markup import elements

PASSWORD = "ein langes Kennwort"
QUEUE = "/redaktion/contact/contactrequest/"
PHONE = {
    "number": "+493025208838",
    "line": "office",
    "pickup": "nur ich",
    "voicemail": False,
    "phrase": "Hier ist die Bücherei.",
    "reminder": "",
}


def make_colleague(username="anna", group="Beratung", **fields):
    user = User.objects.create_user(username, password=PASSWORD, **{"is_staff": True, **fields})
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def log_in(username, **client_options):
    client = Client(**client_options)
    response = client.post("/redaktion/login/?next=/redaktion/", {"username": username, "password": PASSWORD})
    assert response.status_code == 302, "the login was refused"
    return client


def at(hours, minutes=0, day=24):
    """A time in November 2026; the tests' clock stands at Tuesday the 24th, 10:00."""
    return datetime(2026, 11, day, hours, minutes, tzinfo=BERLIN)


def slot_value(*time, **day):
    """The same as a form sends it."""
    return at(*time, **day).astimezone(UTC).isoformat()


def make_planned(code=CODE, slot=None, **fields):
    """A sealed request with a seat; by default a callback today at 14:00."""
    return make_request(code, **{"slot": slot or at(14), "seat": 1, "phone": PHONE, **fields})


def page_of(request, deed="change"):
    return reverse(f"admin:contact_contactrequest_{deed}", args=[request.pk])


def hidden_fields(html, action):
    """The hidden fields of the form that is sent to `action`; a form without an address is sent to its own page."""
    fields, inside = {}, False
    for name, attributes, _ in elements(html, "form", "input"):
        if name == "form":
            inside = attributes.get("action") in {action, None} and attributes.get("id") != "logout-form"
        elif inside and attributes.get("type") == "hidden":
            fields[attributes["name"]] = attributes["value"]
    return fields


def look(client, request, deed="change"):
    response = client.get(page_of(request, deed))
    assert response.status_code == 200
    return response.content.decode()


def do(client, request, deed, **typed):
    """Open the page of a request, fill in a form and send it. Returns the response."""
    page = look(client, request, "delete" if deed == "delete" else "change")
    return send(client, request, deed, page, **typed)


def send(client, request, deed, page, **typed):
    """Send a form of a page that was opened some time ago."""
    action = page_of(request, deed)
    return client.post(action, hidden_fields(page, action) | typed)


def said(response):
    """The messages that stand on the page to which a form led."""
    return [str(message) for message in response.context["messages"]]
