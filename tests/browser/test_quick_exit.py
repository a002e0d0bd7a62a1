"""Leaving at once: by link, by keyboard, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

THREE_SHIFTS = """times => times.forEach(time => {
  const press = new KeyboardEvent("keydown", {key: "Shift", bubbles: true});
  Object.defineProperty(press, "timeStamp", {value: time});
  document.body.dispatchEvent(press);
})"""

WATCH_WHETHER_HIDDEN = """() => {
  const page = document.documentElement;
  new MutationObserver(() => console.log(`hidden: ${page.hidden}`)).observe(page, {attributes: true});
}"""


@pytest.fixture
def neutral(settings, live_server):
    """The neutral page of these tests: another origin on this machine, because no other host can be reached."""
    settings.QUICK_EXIT_URL = live_server.url.replace("localhost", "127.0.0.1") + "/robots.txt"
    return settings.QUICK_EXIT_URL


@pytest.fixture
def plain_page(new_context, base_url):
    """A browser without JavaScript."""
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture
def at_traces(page, neutral):
    """Somebody has read one page and is on a second one."""
    page.goto("/impressum/")
    page.goto("/spuren/")
    return page


def test_link_leads_to_the_neutral_page(at_traces, neutral):
    at_traces.get_by_role("link", name="Seite schnell verlassen").click()

    expect(at_traces).to_have_url(neutral)


def test_three_times_shift_leads_to_the_neutral_page(at_traces, neutral):
    for _ in range(3):
        at_traces.keyboard.press("Shift")

    expect(at_traces).to_have_url(neutral)


def test_back_does_not_return_to_the_page_that_was_left(at_traces, neutral, base_url):
    at_traces.get_by_role("link", name="Seite schnell verlassen").click()
    expect(at_traces).to_have_url(neutral)

    at_traces.go_back()

    expect(at_traces).to_have_url(f"{base_url}/impressum/")


def test_page_hides_itself_before_the_neutral_one_is_there(at_traces, neutral):
    said = []
    at_traces.on("console", lambda message: said.append(message.text))
    at_traces.evaluate(WATCH_WHETHER_HIDDEN)

    at_traces.get_by_role("link", name="Seite schnell verlassen").click()

    expect(at_traces).to_have_url(neutral)
    assert said[0] == "hidden: true"


def test_slow_presses_stay(at_traces, base_url):
    at_traces.evaluate(THREE_SHIFTS, [1000, 2000, 2500.1])

    expect(at_traces.locator("html")).to_be_visible()
    expect(at_traces).to_have_url(f"{base_url}/spuren/")


def test_quick_presses_leave_even_after_a_slow_one(at_traces, neutral):
    at_traces.evaluate(THREE_SHIFTS, [1000, 2600, 3000, 3400])

    expect(at_traces).to_have_url(neutral)


def test_typing_capital_letters_stays(page, neutral, base_url):
    page.goto("/angebote/")
    page.get_by_label("Suchwörter").click()
    page.keyboard.type("B")
    for letter in "KA":
        page.keyboard.press(f"Shift+{letter}")
    page.keyboard.press("Shift")

    expect(page.get_by_label("Suchwörter")).to_have_value("BKA")
    expect(page).to_have_url(f"{base_url}/angebote/")


def test_link_works_without_javascript(plain_page, neutral, base_url):
    plain_page.goto(f"{base_url}/spuren/")

    plain_page.get_by_role("link", name="Seite schnell verlassen").click()

    expect(plain_page).to_have_url(neutral)


@pytest.mark.parametrize(("width", "height"), [(320, 256), (320, 640), (1280, 800)])
def test_link_stays_in_view_and_leaves_room_to_read(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/datenschutz/")
    page.mouse.wheel(0, 2000)
    page.wait_for_function("scrollY > 1000")

    link = page.get_by_role("link", name="Seite schnell verlassen").bounding_box()
    strip = page.locator(".exit").bounding_box()
    assert link["height"] >= 44
    assert link["y"] >= 0
    assert link["x"] + link["width"] <= width
    assert strip["height"] <= 56


def test_focus_is_never_hidden_behind_the_link(page):
    page.emulate_media(reduced_motion="reduce")  # so that scrolling has ended when a place is measured
    page.set_viewport_size({"width": 360, "height": 400})
    page.goto("/spuren/")
    page.get_by_role("contentinfo").get_by_role("link").last.focus()

    covered = []
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        focused = page.locator(":focus")
        if focused.get_attribute("class") == "skip-link":
            break
        strip = page.locator(".exit").bounding_box()
        box = focused.bounding_box()
        inside = focused.evaluate("element => !!element.closest('.exit')")
        if not inside and box["y"] < strip["y"] + strip["height"]:
            covered.append(focused.inner_text())

    assert focused.get_attribute("class") == "skip-link"
    assert covered == []
