"""Pages on paper: Chromium prints them into a PDF, whose text and picture are looked at."""

import re

import pypdfium2
import pytest
from django.utils import timezone
from django.utils.formats import date_format

pytestmark = pytest.mark.usefixtures("real_offers")
FINDER = "/angebote/?bedrohung=hass-im-netz&ort=Neustrelitz"
PAGES = [FINDER, "/angebote/hateaid/", "/bedrohung/hass-im-netz/", "/land/sachsen/"]
PROOF = "Aus öffentlichen Quellen, noch nicht bestätigt"


class Paper:
    def __init__(self, page, path="", color_scheme="dark"):
        """What `page` looks like on paper, after it went to `path` if there is one."""
        page.emulate_media(color_scheme=color_scheme)
        if path:
            page.goto(path)
        self.document = pypdfium2.PdfDocument(page.pdf(print_background=True))
        self.sheets = [sheet.get_textpage().get_text_range() for sheet in self.document]
        self.lines = [line.strip() for text in self.sheets for line in text.splitlines() if line.strip()]
        self.text = squeezed("".join(self.sheets))

    def missing(self, texts):
        return [text for text in texts if squeezed(text) not in self.text]

    def shades(self, number=0):
        """The brightness of every dot of a sheet, 0 to 255."""
        picture = self.document[number].render(grayscale=True)
        rows = (bytes(picture.buffer)[row * picture.stride :][: picture.width] for row in range(picture.height))
        return b"".join(rows)


def squeezed(text):
    """Without what lines are broken at."""
    return re.sub(r"[\s\u00ad\ufffe-]", "", text)


def texts(page, selector):
    return page.locator(selector).evaluate_all("(elements) => elements.map((element) => element.textContent.trim())")


def addresses(page, selector):
    return page.locator(selector).evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")


@pytest.mark.parametrize("path", PAGES)
def test_paper_begins_with_whom_to_call_and_how_old_it_is(page, path):
    paper = Paper(page, path)

    canonical = page.locator("link[rel=canonical]").get_attribute("href")
    stand = f"Stand: {date_format(timezone.localdate(), 'j. F Y')}. Im Netz: http://testserver{canonical}"
    assert paper.text.startswith(
        squeezed("starke Stelle 0800 300 99 44 Mo–Fr 9–16 Uhr, nicht an Feiertagen Notruf 110")
    )
    assert 0 < paper.text.find(squeezed(stand)) < 300


@pytest.mark.parametrize("path", PAGES)
def test_paper_has_every_number_and_address_in_full(page, path):
    paper = Paper(page, path)

    numbers = texts(page, "main a[href^='tel:']")
    spelled = addresses(page, "main a[href^='http']")
    assert numbers
    assert spelled
    assert paper.missing(numbers + spelled) == []
    assert "tel:" not in paper.text
    assert "mailto:" not in paper.text


@pytest.mark.parametrize("path", PAGES)
def test_paper_has_no_chrome(page, path):
    paper = Paper(page, path)

    chrome = texts(page, ".skip-link, .exit a, .site-nav a, .site-footer a, .finder__form :is(summary, label, button)")
    chrome += texts(page, ".pagination a, .pagination p, .panel :is(label, button), .visually-hidden, .status")
    assert len(chrome) > 8
    assert sorted(set(chrome) & set(paper.lines) - set(texts(page, "main h2"))) == []  # an offer has its own "Kontakt"
    assert "SucheundFilterändern" not in paper.text
    assert "Filterentfernen" not in paper.text


def test_moment_is_not_printed_but_the_hours_are(page):
    paper = Paper(page, "/angebote/?q=Opfer-Telefon")

    assert re.findall("jetzterreichbar|wiedererreichbar|zurzeitnicht", paper.text) == []
    assert "täglich 7–22 Uhr" in " ".join(paper.lines)


def test_no_card_is_torn_and_no_heading_left_behind(page):
    """Wherever on the sheet the cards begin."""
    page.goto(FINDER)
    titles, headings = texts(page, ".card__title"), texts(page, "h1, h2, h3")

    torn, left = [], []
    for lower in range(0, 220, 12):
        page.locator("h1").evaluate("(heading, mm) => heading.style.marginTop = `${mm}mm`", lower)
        for text in map(squeezed, Paper(page).sheets):
            if sum(squeezed(title) in text for title in titles) != text.count(squeezed(PROOF)):
                torn.append(lower)
            left += [(lower, heading) for heading in headings if text.endswith(squeezed(heading))]
    assert (torn, left) == ([], [])


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_paper_is_black_on_white(page, path, color_scheme):
    shades = Paper(page, path, color_scheme).shades()

    assert shades[0] == 255
    assert min(shades) == 0
    assert sum(shade > 250 for shade in shades) > 0.85 * len(shades)


def test_sheet_for_those_at_home_says_nothing_of_printing(page):
    paper = Paper(page, "/lotse/haushalt/")

    assert paper.missing(["Blatt für zu Hause", "Codewort:"]) == []
    assert paper.missing(["Drucken Sie dieses Blatt aus"]) == ["Drucken Sie dieses Blatt aus"]
