"""A visitor reports a dead number, and an organization confirms its entries: without JavaScript, at every width."""

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import expect

from contact import throttle
from directory import catalogue
from directory.models import Offer
from directory.monitoring.models import (
    ChangeProposal,
    ConfirmationRound,
    Invitation,
    PartnerContact,
    ProposedChange,
    Verification,
)
from directory.monitoring.views import entries as views
from tests.browser.axe import assert_axe_finds_nothing
from tests.browser.screen import PHONE, focus_problem
from tests.browser.steps import follow, heading, press
from tests.contact.clock import TUESDAY, Clock

OFFER = "/angebote/telefonseelsorge/"
REPORT = "/aenderung/telefonseelsorge/"


@pytest.fixture(autouse=True)
def clock(real_offers, monkeypatch):
    """The live server shows the real offers; it is Tuesday, 10 o'clock, until a test moves the hands."""
    hands = Clock(TUESDAY)
    monkeypatch.setattr("django.utils.timezone.now", hands.now)
    monkeypatch.setattr("contact.tickets.time", hands)
    throttle.counters.forget()
    return hands


@pytest.fixture
def without_script(new_context):
    return new_context(java_script_enabled=False, reduced_motion="reduce", viewport=PHONE).new_page()


def ask_partner():
    """The link in the mail to the organization of the offer."""
    organization = Offer.objects.get(slug="telefonseelsorge").organization
    PartnerContact.objects.create(organization=organization, email="leitung@example.org")
    call_command("confirmation_round", "--start", verbosity=0, stdout=StringIO())
    return re.search(r"http://\S+?(/bestaetigen/\S+?/)\n", mail.outbox[-1].body)[1]


# ---- the ways ----
def test_visitor_reports_a_dead_number_by_three_clicks(without_script, clock):
    page = without_script
    page.goto(OFFER)
    follow(page, page.get_by_role("link", name="Sagen Sie es uns"))
    assert heading(page) == "Stimmt etwas nicht?"
    clock.move(seconds=20)

    page.get_by_label("Die Telefonnummer stimmt nicht").check()
    press(page, "Hinweis senden")

    assert heading(page) == "Danke für Ihren Hinweis"
    proposal = ChangeProposal.objects.get()
    assert (proposal.offer.slug, proposal.comment) == ("telefonseelsorge", "Die Telefonnummer stimmt nicht.")
    assert page.context.cookies() == []
    follow(page, page.get_by_role("link", name="Zurück zu"))
    assert page.url.endswith(OFFER)


def test_visitor_says_what_is_right_after_a_mistake(without_script, clock):
    page = without_script
    page.goto(REPORT)
    clock.move(seconds=20)
    press(page, "Hinweis senden")
    error = page.get_by_role("alert").get_by_role("link", name="Was stimmt nicht?")
    error.click()
    assert page.url.endswith("#id_reason_0")

    page.get_by_label("Website", exact=False).first.fill("www.neu.example")
    page.get_by_label("Was sollen wir wissen?").fill("Steht auf der alten Seite.")
    press(page, "Hinweis senden")

    assert heading(page) == "Danke für Ihren Hinweis"
    assert set(ProposedChange.objects.values_list("field", "new")) == {("website", "www.neu.example"), ("comment", "")}


def test_partner_confirms_and_comes_back_to_correct(without_script, clock):
    page = without_script
    link = ask_partner()
    page.goto(link)
    assert heading(page) == "Stimmen Ihre Angaben?"
    assert Verification.objects.count() == 0
    press(page, "Alle Angaben stimmen")
    assert heading(page) == "Danke für Ihre Antwort"
    assert Verification.objects.count() == 1

    clock.move(days=1)
    page.goto(link)
    expect(page.get_by_role("status")).to_contain_text("Sie haben am 24. November 2026 geantwortet")
    page.get_by_label("Name: richtig ist").fill("TelefonSeelsorge Deutschland")
    page.get_by_role("group", name="Website").get_by_label("stimmt").check()
    press(page, "Antworten senden")

    assert heading(page) == "Danke für Ihre Antwort"
    assert [row.facts for row in Verification.objects.all()] == [["provider", "website"]]
    assert list(ProposedChange.objects.values_list("field", "new")) == [("name", "TelefonSeelsorge Deutschland")]
    assert page.context.cookies() == []


def test_partner_opts_out(without_script):
    page = without_script
    page.goto(f"{ask_partner()}abmelden/")
    press(page, "Keine Anfragen mehr bekommen")

    assert heading(page) == "Sie bekommen keine Anfragen mehr"
    assert PartnerContact.objects.get().opted_out_on is not None


def test_every_control_of_a_partners_page_is_reached_by_keyboard(page):
    page.set_viewport_size({"width": 1280, "height": 1800})
    page.emulate_media(reduced_motion="reduce")
    page.goto(ask_partner())
    wanted = page.locator("main :is(a, button, input:not([type=hidden]), textarea)").count()

    reached = set()
    for _ in range(wanted + 40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('main') !== null"):
            assert focus_problem(page) == ""
            reached.add(page.evaluate("[...document.querySelectorAll('main *')].indexOf(document.activeElement)"))
    assert len(reached) == wanted


# ---- accessibility of every step and of every error ----
def report_nothing(page, clock):
    page.goto(REPORT)
    clock.move(minutes=1)
    press(page, "Hinweis senden")


def let_too_much_in(page):
    page.evaluate("document.querySelectorAll('[maxlength]').forEach((each) => each.removeAttribute('maxlength'))")


def report_too_much(page, clock):
    page.goto(REPORT)
    let_too_much_in(page)
    clock.move(minutes=1)
    page.get_by_label("Was sollen wir wissen?").fill("x" * 1501)
    press(page, "Hinweis senden")


def report(page, clock):
    page.goto(REPORT)
    clock.move(minutes=1)
    page.get_by_label("Es ist niemand erreichbar").check()
    press(page, "Hinweis senden")


def report_too_often(page, clock):
    for _ in range(views.MOST_PROPOSALS):
        throttle.counters.add("propose 127.0.0.1")
    report(page, clock)


def report_missing(page, clock):
    page.goto("/aenderung/")
    clock.move(minutes=1)
    press(page, "Hinweis senden")


def partner(page, clock):
    page.goto(ask_partner())


def partner_again(page, clock):
    link = ask_partner()
    Invitation.objects.update(answered_at=clock.now())
    page.goto(link)


def partner_says_nothing(page, clock):
    partner(page, clock)
    press(page, "Antworten senden")


def partner_writes_too_much(page, clock):
    partner(page, clock)
    let_too_much_in(page)
    page.get_by_label("Name: richtig ist").fill("x" * 401)
    press(page, "Antworten senden")


def partner_answered(page, clock):
    partner(page, clock)
    press(page, "Alle Angaben stimmen")


def partner_too_late(page, clock):
    link = ask_partner()
    ConfirmationRound.objects.update(answer_by=clock.now().date().replace(day=1))
    page.goto(link)


def partner_without_offers(page, clock):
    link = ask_partner()
    Offer.objects.update(status=Offer.Status.DEFUNCT)
    catalogue.forget()
    page.goto(link)


def opt_out(page, clock):
    page.goto(f"{ask_partner()}abmelden/")


def opted_out(page, clock):
    opt_out(page, clock)
    press(page, "Keine Anfragen mehr bekommen")


STATES = {  # what leads there, and the heading by which one knows to have arrived
    "report": (lambda page, clock: page.goto(REPORT), "Stimmt etwas nicht?"),
    "report, nothing said": (report_nothing, "Stimmt etwas nicht?"),
    "report, too long": (report_too_much, "Stimmt etwas nicht?"),
    "report, too often": (report_too_often, "Stimmt etwas nicht?"),
    "reported": (report, "Danke für Ihren Hinweis"),
    "missing": (lambda page, clock: page.goto("/aenderung/"), "Fehlendes Angebot melden"),
    "missing, no name": (report_missing, "Fehlendes Angebot melden"),
    "partner": (partner, "Stimmen Ihre Angaben?"),
    "partner, again": (partner_again, "Stimmen Ihre Angaben?"),
    "partner, nothing said": (partner_says_nothing, "Stimmen Ihre Angaben?"),
    "partner, too long": (partner_writes_too_much, "Stimmen Ihre Angaben?"),
    "partner, answered": (partner_answered, "Danke für Ihre Antwort"),
    "partner, too late": (partner_too_late, "Diese Runde ist zu Ende"),
    "partner without offers": (partner_without_offers, "Stimmen Ihre Angaben?"),
    "opt out": (opt_out, "Keine Anfragen mehr?"),
    "opted out": (opted_out, "Sie bekommen keine Anfragen mehr"),
}


@pytest.mark.parametrize(("lead", "expected"), STATES.values(), ids=STATES)
def test_axe_finds_nothing_and_nothing_sticks_out(page, clock, lead, expected):
    lead(page, clock)
    assert heading(page) == expected
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")

    assert_axe_finds_nothing(page)


@pytest.mark.parametrize("state", ["report, too long", "partner, too long"])
def test_every_error_is_read_out_with_its_field(page, clock, state):
    lead, _ = STATES[state]
    lead(page, clock)

    missing = page.locator("main [aria-invalid=true]").evaluate_all(
        "(all) => all.filter((e) => !e.getAttribute('aria-describedby').split(' ')"
        ".some((id) => id.endsWith('_error') && document.getElementById(id))).map((e) => e.id)"
    )
    assert page.locator("main [aria-invalid=true]").count() == 1
    assert missing == []
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
