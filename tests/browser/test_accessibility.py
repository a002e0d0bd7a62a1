"""What can be measured of accessibility (WCAG 2.2 AA), on every page type."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from tests.browser.axe import assert_axe_finds_nothing
from tests.browser.page_types import PAGE_TYPES, visit
from tests.browser.screen import LAPTOP, PHONE, WINDOW_AT_400_PERCENT, focus_problem, too_wide

pytestmark = pytest.mark.usefixtures("every_page_type")

TYPED = "input:not([type=checkbox], [type=radio])"  # the others are as large as their .choice
CONTROLS = f"button, .button, select, {TYPED}, .choice, summary, nav a, .chip, .way, .card__title a"
WALKED = ("start", "finder, filtered", "offer", "threat type")
FIND_STOPS = """() => {
    const controls = [...document.querySelectorAll("a[href], button, select, input:not([type=hidden]), summary")];
    window.stops = controls.filter((control) => control.checkVisibility());
    return window.stops.length;
}"""
SPACE_TEXT = """() => {
    const spaced = new CSSStyleSheet();
    spaced.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets.push(spaced);
}"""
SIZES_OF = """(elements) => elements
    .filter((element) => element.checkVisibility() && !element.closest(".visually-hidden"))
    .map((element) => [element.textContent.trim() || element.id, element.getBoundingClientRect().toJSON()])"""


@pytest.fixture(scope="module")
def window(browser, browser_context_args):
    """One for all tests: to open it costs more than most of them, and the portal leaves nothing in it."""
    with browser.new_context(**browser_context_args) as context:
        yield context.new_page()


@pytest.fixture
def page(window):
    window.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="reduce")
    window.set_viewport_size(LAPTOP)
    return window


def sizes_of(page, selector):
    """Text and box of every visible element that matches."""
    return page.locator(selector).evaluate_all(SIZES_OF)


def skips_a_level(levels):
    return levels[0] != 1 or any(following > level + 1 for level, following in pairwise(levels))


@pytest.mark.parametrize("name", PAGE_TYPES)
def test_axe_finds_nothing(page, name):
    visit(page, name)
    assert_axe_finds_nothing(page)


def test_dark_scheme_is_dark_and_light_is_light(page):
    page.goto("/")
    brightness = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness[scheme] = sum(map(int, re.findall(r"\d+", ground))) / 3

    assert brightness["light"] > 200
    assert brightness["dark"] < 60


def test_nothing_sticks_out_or_needs_sideways_scrolling(page):
    found = []
    for name in PAGE_TYPES:
        visit(page, name)
        for size in (PHONE, WINDOW_AT_400_PERCENT):
            for forced_colors in ("none", "active"):
                page.emulate_media(forced_colors=forced_colors)
                page.set_viewport_size(size)
                found += [(name, size["height"], forced_colors, each) for each in too_wide(page)]
    assert found == []


def test_text_can_be_spaced_as_readers_need_it(page):
    """WCAG 1.4.12."""
    page.set_viewport_size(PHONE)

    found = []
    for name in PAGE_TYPES:
        visit(page, name)
        page.evaluate(SPACE_TEXT)
        found += [(name, each) for each in too_wide(page)]
    assert found == []


def test_forced_colours_keep_the_edges_of_controls(page):
    page.emulate_media(forced_colors="active")

    found = {}
    for name in ("start", "finder, filtered", "offer"):
        visit(page, name)
        borders = page.locator(".button, .chip, .emergency-link, .card, input, select").evaluate_all(
            "(elements) => elements.filter((e) => e.checkVisibility() && e.type !== 'checkbox')"
            ".map((e) => [e.className || e.id, parseFloat(getComputedStyle(e).borderTopWidth)])"
        )
        found[name] = [control for control, width in borders if width < 1]
        assert borders
    assert found == {"start": [], "finder, filtered": [], "offer": []}


def test_phone_links_are_44_px_high_and_other_controls_24(page):
    small, without_help = [], []
    for name in PAGE_TYPES:
        visit(page, name)
        for size in (PHONE, LAPTOP):
            page.set_viewport_size(size)
            phones, controls = sizes_of(page, "a[href^='tel:']"), sizes_of(page, CONTROLS)
            small += [(name, size["width"], text) for text, box in phones if box["height"] < 44]
            small += [(name, size["width"], text) for text, box in controls if min(box["height"], box["width"]) < 24]
            if len(phones) < 2:
                without_help.append(name)
    assert small == []
    assert without_help == []  # the hotline and 110 are on every page


def test_every_page_is_german_with_a_title_of_its_own_and_a_sound_outline(page):
    titles, languages, outlines = {}, {}, {}
    for name in PAGE_TYPES:
        visit(page, name)
        titles[name] = page.title()
        languages[name] = page.locator("html").get_attribute("lang")
        outlines[name] = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
            "(headings) => headings.map((heading) => Number(heading.localName[1]))"
        )

    assert languages == dict.fromkeys(PAGE_TYPES, "de")
    assert [title for title, count in Counter(titles.values()).items() if count > 1] == []
    assert [title for title in titles.values() if not re.fullmatch(r"\S.* – starke Stelle", title)] == []
    assert {name: levels for name, levels in outlines.items() if levels.count(1) != 1 or skips_a_level(levels)} == {}


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize("name", WALKED)
def test_tab_key_stops_at_every_control_in_order_and_shows_where(page, name, size):
    page.set_viewport_size(size)
    visit(page, name)
    stops = page.evaluate(FIND_STOPS)

    there, back = [], []
    for _ in range(stops):
        page.keyboard.press("Tab")
        there.append((page.evaluate("stops.indexOf(document.activeElement)"), focus_problem(page)))
    for _ in range(stops - 1):
        page.keyboard.press("Shift+Tab")
        back.append((page.evaluate("stops.indexOf(document.activeElement)"), focus_problem(page)))

    assert there == [(number, "") for number in range(stops)]
    assert back == [(number, "") for number in reversed(range(stops - 1))]
