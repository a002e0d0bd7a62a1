"""A form of the staff area that took longer than the session."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from directory.models import ThreatType
from tests.browser.steps import sign_in
from tests.contact.admin.staff import PASSWORD

ENDED = "Ihre Anmeldung ist zu Ende"


@pytest.fixture
def page(page, transactional_db):
    """Signed in, on the form of a new kind of threat."""
    User.objects.create_superuser("anna", password=PASSWORD)
    sign_in(page, "anna", PASSWORD)
    page.goto("/redaktion/directory/threattype/add/")
    return page


def fill(page):
    page.get_by_label("Name:", exact=True).fill("Neue Bedrohung")
    page.get_by_label("Adresskürzel").fill("neu")
    page.get_by_label("Erklärung").fill("Was lange gedauert hat.")


def names():
    return list(ThreatType.objects.values_list("name", flat=True))


def test_what_was_typed_stays_when_the_session_has_ended_and_is_sent_after_a_new_sign_in(page):
    fill(page)
    Session.objects.all().delete()

    page.get_by_role("button", name="Sichern und weiter bearbeiten").first.click()

    expect(page.get_by_role("alert")).to_contain_text(ENDED)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Erklärung")).to_have_value("Was lange gedauert hat.")
    assert names() == []

    with page.expect_popup() as new_window:
        page.get_by_role("link", name="in einem neuen Fenster").click()
    sign_in(new_window.value, "anna", PASSWORD)
    page.get_by_role("button", name="Sichern und weiter bearbeiten").first.click()

    expect(page.locator(".messagelist .success")).to_be_visible()
    assert page.url.endswith("/change/")  # the button that was clicked counts
    assert names() == ["Neue Bedrohung"]


def test_what_was_typed_stays_when_the_server_does_not_answer(page, context):
    fill(page)
    context.set_offline(True)

    page.get_by_role("button", name="Sichern", exact=True).first.click()

    expect(page.get_by_role("alert")).to_contain_text("Die Redaktion antwortet gerade nicht")
    expect(page.get_by_label("Erklärung")).to_have_value("Was lange gedauert hat.")

    context.set_offline(False)
    page.get_by_role("button", name="Sichern", exact=True).first.click()

    expect(page.locator(".messagelist .success")).to_be_visible()
    assert names() == ["Neue Bedrohung"]


def test_a_form_that_is_sent_twice_arrives_once(page):
    fill(page)

    page.get_by_role("button", name="Sichern", exact=True).first.dblclick()

    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(page.locator(".messagelist .error, .errornote")).to_have_count(0)
    assert names() == ["Neue Bedrohung"]
