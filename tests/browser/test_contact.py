"""A visitor asks for a talk and comes back with the code: without JavaScript, without a mouse, on paper."""

import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from contact import sealing, throttle, views
from contact.models import ContactRequest, Reply, SlotRule, VisitorMessage
from tests.browser.axe import assert_axe_finds_nothing
from tests.browser.contact import NEXT, SLOT, book, cancel, check, delete, enter_code, fact, field, link
from tests.browser.keyboard import Keyboard
from tests.browser.screen import focus_problem
from tests.browser.steps import button, follow, heading, press
from tests.contact.clock import TUESDAY

pytestmark = pytest.mark.usefixtures("clock")

WRONG_CODE = "9876 5432 1098 7654 3210 9872"


@pytest.fixture
def without_script(new_context):
    """A page for somebody without a mouse and without JavaScript; nothing moves that they did not move."""
    window = {"width": 1280, "height": 1800}  # tall: browsers scroll to the beginning of a text field only
    return new_context(java_script_enabled=False, reduced_motion="reduce", viewport=window).new_page()


# ---- the whole way ----
WAYS = {
    "we call": ("Telefontermin wählen", "Rufen Sie mich an", "030 25208838"),
    "the visitor calls": (
        "Telefontermin wählen",
        "Ich rufe zum Termin selbst an und nenne meinen Terminnamen",
        "",
    ),
    "video": ("Video-Gespräch wählen", "", ""),
}


@pytest.mark.parametrize(("way", "who_calls", "number"), WAYS.values(), ids=WAYS)
def test_visitor_walks_the_whole_way_by_keyboard_without_javascript(without_script, clock, way, who_calls, number):
    page, keyboard = without_script, Keyboard(without_script)
    page.goto("/kontakt/")
    keyboard.go_to(link(page, way)).enter()

    keyboard.go_to(field(page, SLOT)).press("Space")
    if who_calls:
        first = field(page, "Rufen Sie mich an")
        keyboard.go_to(first).press("Space")
        if who_calls != "Rufen Sie mich an":
            keyboard.press("ArrowDown")
        expect(field(page, who_calls)).to_be_checked()
    if number:
        keyboard.go_to(page.locator("#id_number")).type(number)
    keyboard.go_to(page.locator("#id_message")).type("Bitte um Rat.")
    keyboard.go_to(page.locator("#id_consent")).press("Space")
    clock.move(minutes=2)
    keyboard.go_to(button(page, "Angaben prüfen")).enter()

    assert heading(page) == "Stimmt alles?"
    assert fact(page, "Termin") == SLOT
    assert fact(page, "Nachricht") == "Bitte um Rat."
    code = page.locator("p.code").inner_text()
    keyboard.go_to(page.locator("#id_noted")).press("Space")
    keyboard.go_to(button(page, "Termin verbindlich anfragen")).enter()

    assert heading(page) == "Ihr Termin ist angefragt"
    codename = fact(page, "Terminname")
    assert fact(page, "Code") == code
    keyboard.go_to(link(page, "mit dem Code")).enter()

    keyboard.go_to(page.locator("#id_code")).type(code)
    keyboard.enter()
    assert heading(page) == "Ihr Anliegen"
    assert (fact(page, "Terminname"), fact(page, "Stand")) == (codename, "noch nicht bestätigt")
    request = ContactRequest.objects.get()
    assert (request.phone is not None) is bool(number)

    keyboard.go_to(page.locator("#id_message")).type("Um 14:30 Uhr geht es auch.")
    keyboard.go_to(button(page, "Nachricht senden")).enter()
    expect(page.get_by_role("status")).to_have_text("Ihre Nachricht ist angekommen.")
    assert VisitorMessage.objects.count() == 1

    reply(request, "Dann gern um 14:30 Uhr.")
    keyboard.go_to(page.locator("#id_slot"))
    page.keyboard.type(NEXT)
    keyboard.go_to(button(page, "Termin verlegen")).enter()
    expect(page.get_by_role("status")).to_have_text(f"Ihr neuer Termin: {NEXT}.")
    expect(page.get_by_text("Dann gern um 14:30 Uhr.")).to_be_visible()

    keyboard.go_to(page.get_by_text("Termin absagen", exact=True)).press("Space")
    keyboard.go_to(button(page, "Ja, Termin absagen")).enter()
    expect(page.get_by_role("status")).to_have_text("Ihr Termin ist abgesagt.")
    assert fact(page, "Stand") == "abgesagt"

    keyboard.go_to(page.get_by_text("Alles jetzt löschen", exact=True)).press("Space")
    keyboard.go_to(button(page, "Ja, alles löschen")).enter()
    assert heading(page) == "Alles gelöscht"
    assert ContactRequest.objects.count() == 0
    assert page.context.cookies() == []


def reply(request, message):
    box = sealing.seal_reply(request.kid, request.reply_public_key, request.lookup_id, {"message": message})
    return Reply.objects.create(request=request, kid=request.kid, box=box)


# ---- errors ----
def test_every_error_is_linked_to_its_field_which_gets_the_focus(without_script, clock):
    page, keyboard = without_script, Keyboard(without_script)
    page.goto("/kontakt/rueckruf/")
    field(page, "Rufen Sie mich an").check()
    clock.move(minutes=1)
    press(page, "Angaben prüfen")

    summary = page.get_by_role("alert")
    assert page.title().startswith("Bitte prüfen: ")
    links = summary.get_by_role("link")
    targets = {}
    for number in range(links.count()):
        target = links.nth(number)
        keyboard.go_to(target)
        page.keyboard.press("Enter")
        targets[target.inner_text()[:13]] = page.evaluate("document.activeElement.id")
        assert focus_problem(page) == ""
        target.focus()
    assert targets == {
        "Termin": "id_slot_0",
        "Telefonnummer": "id_number",
        "Ohne Ihr Einv": "id_consent",
    }


def test_error_is_read_out_with_its_field(page, clock):
    page.goto("/kontakt/rueckruf/")
    clock.move(minutes=1)
    press(page, "Angaben prüfen")

    described = page.locator("main [aria-describedby*='_error']").evaluate_all(
        "(all) => all.map((e) => [e.id, e.getAttribute('aria-describedby').split(' ')"
        ".map((id) => document.getElementById(id)?.textContent ?? `no ${id}`).join(' ')])"
    )
    assert described == [
        ["id_slot", "Bitte wählen Sie einen Termin aus der Liste."],
        ["id_way", "Bitte sagen Sie, wer anruft."],
        ["id_consent", "Ohne Ihr Einverständnis dürfen wir nichts speichern. Anrufen können Sie immer."],
    ]


# ---- paper ----
def test_confirmation_can_be_printed(page, clock):
    book(page, clock)
    codename = fact(page, "Terminname")
    code = fact(page, "Code")

    document = pypdfium2.PdfDocument(page.pdf(format="A4", print_background=True))

    text = re.sub(r"\s+", " ", " ".join(sheet.get_textpage().get_text_range() for sheet in document))
    wanted = ["Dienstag, 24. November, 14 Uhr", codename, code, "Sieben Tage nach dem Gespräch löschen wir alles."]
    assert [part for part in wanted if part not in text] == []
    assert len(document) == 1


# ---- accessibility of every step and of every error ----
def come_back(page, clock, **more):
    book(page, clock, **more)
    code = fact(page, "Code")
    follow(page, link(page, "mit dem Code"))
    enter_code(page, code)


def empty_form(page, clock):
    page.goto("/kontakt/rueckruf/")
    clock.move(minutes=1)
    press(page, "Angaben prüfen")


def code_not_noted(page, clock):
    check(page, clock)
    press(page, "Termin verbindlich anfragen")


def slot_taken(page, clock):
    check(page, clock)
    page.locator("#id_noted").check()
    ContactRequest.objects.create(kind="callback", codename="Rotes Boot", lookup_id="b" * 32, slot=slot(), seat=1)
    press(page, "Termin verbindlich anfragen")


def slot():
    return TUESDAY.replace(hour=14)


def no_slot(page, clock):
    SlotRule.objects.all().delete()
    page.goto("/kontakt/rueckruf/")


def too_often(page, clock):
    throttle.counters.forget()
    for _ in range(views.MOST_CODES + 1):
        throttle.counters.add("code 127.0.0.1")
    enter_code(page, WRONG_CODE)


def answered(page, clock):
    book(page, clock)
    request = ContactRequest.objects.get()
    reply(request, "Wir rufen an.")
    forged = reply(request, "Rufen Sie 0900 an.")
    forged.kid = "1999-01-01"
    forged.save()
    enter_code(page, fact(page, "Code"))


def long_message(page, clock):
    come_back(page, clock)
    page.locator("#id_message").fill("x" * 1501)
    press(page, "Nachricht senden")


def cancelled(page, clock):
    come_back(page, clock)
    cancel(page)


def deleted(page, clock):
    come_back(page, clock)
    delete(page)


def foreign_page(page, clock):
    page.goto("/kontakt/rueckruf/")
    address = page.url
    page.goto("about:blank")
    page.set_content(f'<form method="post" action="{address}"><button>Falle</button></form>')
    press(page, "Falle")


STATES = {  # what leads there, and the heading by which one knows to have arrived
    "ways": (lambda page, clock: page.goto("/kontakt/"), "So erreichen Sie uns"),
    "callback form": (lambda page, clock: page.goto("/kontakt/rueckruf/"), "Telefontermin wählen"),
    "video form": (lambda page, clock: page.goto("/kontakt/video/"), "Video-Gespräch wählen"),
    "form with errors": (empty_form, "Telefontermin wählen"),
    "form without a slot": (no_slot, "Telefontermin wählen"),
    "check": (check, "Stimmt alles?"),
    "code not noted": (code_not_noted, "Stimmt alles?"),
    "slot taken": (slot_taken, "Telefontermin wählen"),
    "booked": (book, "Ihr Termin ist angefragt"),
    "code": (lambda page, clock: page.goto("/kontakt/code/"), "Mit dem Code weiter"),
    "no code": (lambda page, clock: enter_code(page, "123"), "Mit dem Code weiter"),
    "unknown code": (lambda page, clock: enter_code(page, WRONG_CODE), "Mit dem Code weiter"),
    "too many codes": (too_often, "Mit dem Code weiter"),
    "request": (answered, "Ihr Anliegen"),
    "request of a video talk": (lambda page, clock: come_back(page, clock, kind="video"), "Ihr Anliegen"),
    "message too long": (long_message, "Ihr Anliegen"),
    "cancelled": (cancelled, "Ihr Anliegen"),
    "deleted": (deleted, "Alles gelöscht"),
    "foreign page": (foreign_page, "Das haben wir nicht angenommen"),
}


@pytest.mark.parametrize(("lead", "expected"), STATES.values(), ids=STATES)
def test_axe_finds_nothing_and_nothing_sticks_out(page, clock, lead, expected):
    lead(page, clock)
    assert heading(page) == expected
    page.evaluate("document.getElementById('id_website')?.remove()")  # which sticks out of a box that nobody sees

    assert_axe_finds_nothing(page)
