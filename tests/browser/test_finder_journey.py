"""The way of a person in need: from the start page to somebody who helps, on any device."""

import re

import pytest
from playwright.sync_api import expect

from tests import offers_file
from tests.browser.finder import Finder, Start
from tests.browser.keyboard import Keyboard
from tests.browser.screen import LAPTOP, PHONE, too_wide
from tests.browser.steps import follow

pytestmark = pytest.mark.usefixtures("real_offers")

DEVICES = {
    "laptop": {},
    "phone": {"viewport": PHONE, "has_touch": True},
    "no-javascript": {"java_script_enabled": False},
}
THREAT = "Hass und Hetze im Netz"
IN_NEUSTRELITZ = "ort=Neustrelitz&bedrohung=hass-im-netz"
NEUSTRELITZ = "Ort: Neustrelitz · Mecklenburg-Vorpommern · Landkreis Mecklenburgische Seenplatte"
HOTLINE = "starke Stelle – Ansprechstelle zum Schutz kommunaler Amts- und Mandatsträger"
NO_RESULT = "merkmal=rund-um-die-uhr&ebene=land&sprache=pl"


@pytest.fixture(params=DEVICES, scope="module")
def visitor(request, browser, browser_context_args):
    """A page of each kind of device, one for all tests: the portal leaves nothing in it."""
    with browser.new_context(**browser_context_args, **DEVICES[request.param]) as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def keyboard(browser, browser_context_args):
    """Somebody without a mouse; nothing moves that they did not move."""
    with browser.new_context(**browser_context_args, reduced_motion="reduce") as context:
        yield Keyboard(context.new_page())


# ---- from the start page to the offers ----


def test_mayor_finds_the_offers_of_the_land_for_local_politics_first(visitor):
    land, threat = "mecklenburg-vorpommern", "hass-im-netz"
    municipal = offers_file.names(state=land, audience="municipal", threat=threat)
    others = offers_file.names(state=land, audience="open", threat=threat)
    federal = offers_file.names(threat=threat)

    finder = Start(visitor).ask("Neustrelitz", THREAT)

    expect(finder.heading).to_have_text(f"{len(municipal + others + federal)} Angebote für Neustrelitz")
    expect(visitor).to_have_url(re.compile(r"/angebote/\?bedrohung=hass-im-netz&ort=Neustrelitz$"))
    expect(finder.chips).to_have_text(
        [f"Filter entfernen: {NEUSTRELITZ}", f"Filter entfernen: {THREAT}", "Alle entfernen"]
    )
    assert too_wide(visitor) == []
    shown = finder.groups_of_all_pages()
    assert [(heading, sorted(names)) for heading, names in shown.items()] == [
        ("Für die Kommunalpolitik in Mecklenburg-Vorpommern", municipal),
        ("Für alle in Mecklenburg-Vorpommern", others),
        ("Bundesweite Angebote", federal),
    ]
    federal_municipal = offers_file.names(audience="municipal", threat=threat)
    assert sorted(shown["Bundesweite Angebote"][: len(federal_municipal)]) == federal_municipal


def test_postal_code_leads_to_the_same_offers_as_the_name(page):
    by_name = Start(page).ask("Neustrelitz", THREAT).groups()
    by_code = Start(page).ask("17235", THREAT)

    expect(by_code.heading).to_have_text(re.compile(r"^\d+ Angebote für Neustrelitz$"))
    assert by_code.groups() == by_name


def test_every_card_offers_its_phones_to_tap(page):
    phones = {offer["name"]: offer["phones"] for offer in offers_file.published()}

    finder = Finder(page, IN_NEUSTRELITZ)

    shown = {
        card.locator(".card__title").inner_text(): [
            link.get_attribute("href") for link in card.locator("a[href^='tel:']").all()
        ]
        for card in finder.cards.all()
    }
    assert len(shown) == 20
    assert shown[HOTLINE] == ["tel:+498003009944"]
    assert shown == {name: [f"tel:{number}" for number in phones[name]] for name in shown}


def test_address_shows_a_colleague_the_same_offers(page, new_context):
    finder = Start(page).ask("Neustrelitz", THREAT)
    heading, groups = finder.heading.inner_text(), finder.groups()

    of_colleague = new_context().new_page()
    of_colleague.goto(page.url)

    expect(Finder(of_colleague).heading).to_have_text(heading)
    assert Finder(of_colleague).groups() == groups


# ---- changing the question ----


def test_removed_filter_widens_the_list(visitor):
    finder = Finder(visitor, IN_NEUSTRELITZ)
    in_the_land = len(offers_file.names(state="mecklenburg-vorpommern") + offers_file.names())

    finder.open_link(f"Filter entfernen: {THREAT}")

    expect(finder.heading).to_have_text(f"{in_the_land} Angebote für Neustrelitz")
    expect(finder.chips).to_have_text([f"Filter entfernen: {NEUSTRELITZ}"])
    assert too_wide(visitor) == []


def test_all_filters_can_be_removed_at_once(page):
    finder = Finder(page, IN_NEUSTRELITZ)

    finder.open_link("Alle entfernen")

    expect(finder.heading).to_have_text(f"{len(offers_file.published())} Angebote")
    expect(finder.chips).to_have_count(0)


def test_filters_of_the_finder_narrow_the_list(visitor):
    finder = Finder(visitor, IN_NEUSTRELITZ)
    closed = visitor.locator(".filters > summary")
    if closed.is_visible():
        closed.click()

    visitor.get_by_label("Bundesland", exact=True).select_option("Hessen")
    visitor.get_by_label("Ort oder Postleitzahl", exact=True).fill("")
    follow(visitor, visitor.get_by_role("button", name="Angebote zeigen", exact=True).first)

    names = offers_file.names(state="hessen", threat="hass-im-netz") + offers_file.names(threat="hass-im-netz")
    expect(finder.heading).to_have_text(f"{len(names)} Angebote für Hessen")
    expect(finder.chips).to_have_text(["Filter entfernen: Hessen", f"Filter entfernen: {THREAT}", "Alle entfernen"])
    assert too_wide(visitor) == []


def test_pages_lead_on_and_back(visitor):
    finder = Finder(visitor, IN_NEUSTRELITZ)
    first = finder.groups()
    expect(finder.page_number).to_have_text("Seite 1 von 2")
    expect(visitor.get_by_role("link", name="Vorherige Seite")).to_have_count(0)

    finder.open_link("Nächste Seite")

    expect(finder.page_number).to_have_text("Seite 2 von 2")
    expect(visitor.get_by_role("link", name="Nächste Seite")).to_have_count(0)
    assert too_wide(visitor) == []

    finder.open_link("Vorherige Seite")

    expect(finder.page_number).to_have_text("Seite 1 von 2")
    assert finder.groups() == first


# ---- when the place is not clear, when nothing fits ----


def test_name_of_many_places_is_asked_about_and_the_answer_counts(visitor):
    finder = Start(visitor).ask("Neustadt")
    expect(finder.question).to_have_text("Welchen Ort meinen Sie mit „Neustadt“?")
    expect(finder.answers).to_have_count(12)
    assert too_wide(visitor) == []

    finder.open_link("Neustadt in Sachsen (Sachsen)")

    names = offers_file.names(state="sachsen") + offers_file.names()
    expect(finder.heading).to_have_text(f"{len(names)} Angebote für Neustadt in Sachsen")
    expect(finder.question).to_have_count(0)
    expect(finder.chips).to_have_text(
        ["Filter entfernen: Ort: Neustadt in Sachsen · Sachsen · Landkreis Sächsische Schweiz-Osterzgebirge"]
    )
    assert list(finder.groups()) == [
        "Für die Kommunalpolitik in Sachsen",
        "Für alle in Sachsen",
        "Bundesweite Angebote",
    ]


def test_postal_code_of_two_laender_is_asked_about_and_the_answer_counts(page):
    finder = Start(page).ask("19273")
    expect(finder.question).to_have_text("Welchen Ort meinen Sie mit „19273“?")
    expect(finder.answers).to_have_text(
        [
            "Bleckede (Niedersachsen)",
            "Amt Neuhaus (Niedersachsen)",
            "Brahlstorf (Mecklenburg-Vorpommern)",
            "Dersenow (Mecklenburg-Vorpommern)",
            "Teldau (Mecklenburg-Vorpommern)",
        ]
    )

    finder.open_link("Amt Neuhaus (Niedersachsen)")

    expect(finder.question).to_have_count(0)
    expect(finder.chips).to_have_text(["Filter entfernen: Ort: Amt Neuhaus · Niedersachsen · Landkreis Lüneburg"])


def test_no_result_names_the_filters_to_lift(visitor):
    finder = Finder(visitor, NO_RESULT)
    expect(finder.heading).to_have_text("Keine Angebote")
    expect(finder.results).to_contain_text("Kein Angebot passt auf alle Filter zugleich. Lassen Sie einen davon weg:")
    expect(finder.results.locator(".lifts a")).to_have_text(
        ["ohne „Sprache“: 2 Angebote", "ohne „Bund oder Land?“: 1 Angebot", "Alle Angebote zeigen"]
    )
    expect(finder.results.get_by_role("link", name="0800 300 99 44", exact=True)).to_be_visible()
    assert too_wide(visitor) == []

    finder.open_link("ohne „Sprache“: 2 Angebote")

    expect(finder.heading).to_have_text("2 Angebote")
    expect(finder.cards).to_have_count(2)


# ---- one offer ----


def test_way_to_an_offer_and_back(visitor):
    finder = Finder(visitor, IN_NEUSTRELITZ)
    heading, groups = finder.heading.inner_text(), finder.groups()

    finder.open_link(HOTLINE)

    expect(visitor).to_have_url(re.compile(r"/angebote/starke-stelle/$"))
    expect(visitor.get_by_role("heading", level=1)).to_have_text(HOTLINE)
    contact = visitor.get_by_role("region", name="So erreichen Sie die Stelle", exact=True)
    expect(contact.get_by_role("link", name="0800 300 99 44", exact=True)).to_have_attribute(
        "href", "tel:+498003009944"
    )
    assert too_wide(visitor) == []

    visitor.go_back()

    expect(finder.heading).to_have_text(heading)
    assert finder.groups() == groups


# ---- by keyboard only ----


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_whole_way_by_keyboard(keyboard, size):
    page = keyboard.page
    page.set_viewport_size(size)
    Start(page)
    keyboard.go_to(page.get_by_label(THREAT, exact=True))
    keyboard.press("Space")
    keyboard.go_to(page.get_by_label("Wo?"))
    keyboard.type("Neustrelitz")
    keyboard.go_to(page.get_by_role("button", name="Hilfe finden", exact=True))
    keyboard.enter()

    finder = Finder(page)
    expect(finder.heading).to_have_text(re.compile(r"^\d+ Angebote für Neustrelitz$"))
    keyboard.go_to(page.get_by_role("link", name="Zu den Ergebnissen springen", exact=True))
    keyboard.press("Enter")
    keyboard.go_to(finder.results.get_by_role("link", name="0800 300 99 44", exact=True).first)
    keyboard.go_to(page.get_by_role("link", name="Nächste Seite", exact=True))
    keyboard.enter()
    expect(finder.page_number).to_have_text("Seite 2 von 2")

    keyboard.go_to(page.get_by_role("link", name=f"Filter entfernen: {THREAT}", exact=True))
    keyboard.enter()
    expect(finder.chips).to_have_text([f"Filter entfernen: {NEUSTRELITZ}"])

    keyboard.go_to(page.get_by_role("link", name="Zum Inhalt springen", exact=True))
    keyboard.press("Enter")
    keyboard.go_to(page.get_by_role("link", name=f"Filter entfernen: {NEUSTRELITZ}", exact=True), most=1)


def test_filters_of_a_small_screen_open_and_answer_by_keyboard(keyboard):
    page = keyboard.page
    page.set_viewport_size(PHONE)
    finder = Finder(page, IN_NEUSTRELITZ)
    place = page.get_by_label("Ort oder Postleitzahl", exact=True)
    expect(place).to_be_hidden()

    keyboard.go_to(page.locator(".filters > summary"))
    keyboard.press("Space")
    keyboard.go_to(place)
    keyboard.press("Control+a")
    keyboard.type("17489")
    keyboard.enter()

    expect(finder.heading).to_have_text(re.compile(r"^\d+ Angebote für Greifswald$"))


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_skip_links_show_when_they_have_the_focus_and_lead_on(keyboard, size):
    page = keyboard.page
    page.set_viewport_size(size)
    finder = Finder(page, IN_NEUSTRELITZ)
    to_content = page.get_by_role("link", name="Zum Inhalt springen", exact=True)
    to_results = page.get_by_role("link", name="Zu den Ergebnissen springen", exact=True)
    expect(to_content).not_to_be_in_viewport()
    expect(to_results).not_to_be_in_viewport()

    keyboard.press("Tab")
    expect(to_content).to_be_focused()
    expect(to_content).to_be_in_viewport(ratio=1)

    keyboard.press("Tab")
    expect(to_results).to_be_focused()
    expect(to_results).to_be_in_viewport(ratio=1)
    expect(to_content).not_to_be_in_viewport()
    assert too_wide(page) == []

    keyboard.press("Enter")
    expect(finder.results).to_be_focused()
    keyboard.go_to(finder.cards.first.locator(".card__title a"), most=1)
