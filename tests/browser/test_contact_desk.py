"""A visitor and a counsellor, each at their own browser: what one does the other sees."""

import pytest
from playwright.sync_api import expect

from contact.models import AuditEntry, ContactRequest
from tests.browser.contact import NEXT, SLOT, book, cancel, delete, enter_code, fact
from tests.browser.screen import PHONE, too_wide
from tests.browser.steps import button, follow, heading, press, sign_in
from tests.contact.admin.staff import PASSWORD, make_colleague

QUEUE = "/redaktion/contact/contactrequest/"
LATER = "Dienstag, 24. November, 15 Uhr"
WAYS = {
    "we call": {"kind": "rueckruf", "number": "030 25208838"},
    "the visitor calls": {"kind": "rueckruf", "number": ""},
    "video": {"kind": "video"},
}


class Desk:
    """The staff area in a counsellor's browser."""

    def __init__(self, page):
        self.page = page
        make_colleague()
        self.log_in()

    def log_in(self):
        sign_in(self.page, "anna", PASSWORD)

    def open(self, codename, state=""):
        self.page.goto(QUEUE)
        if state:
            follow(self.page, self.page.get_by_role("link", name=state, exact=True))
        follow(self.page, self.page.get_by_role("link", name=codename).first)

    def deed(self, title):
        """The part of the page for one deed, unfolded."""
        part = self.page.locator(".deed").filter(has_text=title).first
        summary = part.locator("summary")
        if summary.count() and not part.evaluate("(element) => element.open"):
            summary.click()
        return part

    def do(self, title, name, **typed):
        part = self.deed(title)
        for label, value in typed.items():
            part.locator(f"[name={label}]").fill(value)
        self.send(part, name)

    def send(self, part, name):
        """Click, and wait: a form asks first whether the sign-in still holds."""
        with self.page.expect_navigation():
            button(part, name).click()

    def messages(self):
        return self.page.locator(".messagelist").inner_text()


@pytest.fixture
def visitor(new_context):
    """A small phone without JavaScript."""
    return new_context(java_script_enabled=False, viewport=PHONE).new_page()


@pytest.fixture
def desk(clock, new_context):
    return Desk(new_context().new_page())


def come_back(visitor, code):
    enter_code(visitor, code)
    assert heading(visitor) == "Ihr Anliegen"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_visitor_and_team_agree_move_answer_cancel_and_delete(visitor, desk, clock, settings, way):
    settings.VIDEO_CALL_BASE_URL = "https://video.example"
    book(visitor, clock, **way)
    code, codename = fact(visitor, "Code"), fact(visitor, "Terminname")

    desk.open(codename)
    expect(desk.page.get_by_text("Bitte um Rat.")).to_be_visible()
    call = desk.page.locator(".desk-call")
    expected = {
        "we call": "030 25208838",
        "the visitor calls": f"Die Person ruft zum Termin selbst an und nennt den Terminnamen „{codename}“.",
        "video": "Der Raum entsteht, sobald Sie den Termin bestätigen.",
    }
    expect(call).to_contain_text(expected[next(name for name in WAYS if WAYS[name] == way)])
    desk.do("Termin bestätigen", "Bestätigen")
    desk.do("Antworten", "Antwort senden", text="Wir freuen uns auf das Gespräch.")
    assert "Die Antwort liegt bereit." in desk.messages()

    come_back(visitor, code)
    assert (fact(visitor, "Stand"), fact(visitor, "Termin").split(" (")[0]) == ("bestätigt", SLOT)
    expect(visitor.get_by_text("Wir freuen uns auf das Gespräch.")).to_be_visible()
    visitor.locator("#id_message").fill("Später wäre besser.")
    press(visitor, "Nachricht senden")
    visitor.locator("#id_slot").select_option(label=NEXT)
    press(visitor, "Termin verlegen")

    desk.open(codename)
    expect(desk.page.get_by_text("Später wäre besser.")).to_be_visible()
    expect(desk.page.locator(".desk-facts")).to_contain_text("14:30 Uhr")
    part = desk.deed("Anderer Termin")
    part.get_by_label("Neuer Termin").select_option(label="Di, 24.11., 15 Uhr")
    desk.send(part, "Termin ändern")

    come_back(visitor, code)
    assert fact(visitor, "Stand") == "wartet auf Antwort"
    expect(visitor.get_by_text(f"Unser Vorschlag für einen neuen Termin: {LATER}.")).to_be_visible()
    cancel(visitor)
    assert fact(visitor, "Stand") == "abgesagt"

    desk.open(codename, "abgeschlossen")
    expect(desk.page.locator(".desk-facts")).to_contain_text("abgesagt")
    expect(desk.page.locator(".desk-call")).to_have_count(0)
    gone = desk.page.url
    delete(visitor)
    assert heading(visitor) == "Alles gelöscht"

    desk.page.goto(QUEUE)
    expect(desk.page.get_by_text(codename)).to_have_count(0)
    assert desk.page.goto(gone).url.endswith(QUEUE)
    assert ContactRequest.objects.count() == 0
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"opened", "confirmed", "replied", "moved"}


def test_room_opens_for_both_ten_minutes_before_the_talk(visitor, desk, clock, settings):
    settings.VIDEO_CALL_BASE_URL = "https://video.example"
    book(visitor, clock, kind="video")
    code, codename = fact(visitor, "Code"), fact(visitor, "Terminname")
    desk.open(codename)
    desk.do("Termin bestätigen", "Bestätigen")
    room = desk.page.get_by_role("link", name="Raum betreten").get_attribute("href")

    come_back(visitor, code)
    before = visitor.get_by_role("link", name="Raum betreten").count()
    clock.move(hours=3, minutes=50)
    come_back(visitor, code)

    assert before == 0
    assert room.startswith("https://video.example/")
    assert visitor.get_by_role("link", name="Raum betreten").get_attribute("href") == room


def test_nobody_reached_three_times_then_closed_then_deleted(visitor, desk, clock):
    book(visitor, clock)
    code, codename = fact(visitor, "Code"), fact(visitor, "Terminname")
    clock.move(hours=4)
    desk.log_in()
    for number in (1, 2, 3):
        desk.open(codename)
        desk.do("Nicht erreicht", f"{number}. Versuch vermerken")

    come_back(visitor, code)
    assert fact(visitor, "Stand") == "wartet auf Antwort"
    expect(visitor.get_by_text("Wir haben Sie zum Termin dreimal nicht erreicht.")).to_be_visible()
    assert ContactRequest.objects.get().phone is not None

    desk.open(codename)
    part = desk.deed("Abschließen")
    part.get_by_label("Das Gespräch ist beendet").check()
    desk.send(part, "Abschließen")
    assert ContactRequest.objects.get().phone is None
    come_back(visitor, code)
    assert fact(visitor, "Stand") == "abgeschlossen"

    desk.open(codename, "abgeschlossen")
    follow(desk.page, desk.page.get_by_role("link", name="Alles jetzt löschen …"))
    desk.send(desk.page, "Endgültig löschen")
    enter_code(visitor, code)
    assert heading(visitor) == "Mit dem Code weiter"


def test_desk_fits_a_phone(visitor, desk, clock):
    book(visitor, clock)
    codename = fact(visitor, "Terminname")
    desk.page.set_viewport_size(PHONE)

    desk.open(codename)
    request = too_wide(desk.page)
    desk.page.goto(QUEUE)

    assert (too_wide(desk.page), request) == ([], [])
    expect(desk.page.get_by_role("link", name=codename).first).to_be_visible()
