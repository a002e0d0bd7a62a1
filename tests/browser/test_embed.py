"""Offers inside other websites: a second web server plays the partner."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("real_offers")
EMBED = "/einbetten/angebote/?bedrohung=hass-im-netz&ort=Neustrelitz"
REFUSED = "chrome-error://chromewebdata/"
NOT_FOR_FRAMES = (
    "/",
    "/angebote/",
    "/angebote/hateaid/",
    "/bedrohung/hass-im-netz/",
    "/lotse/",
    "/partner/",
    "/partner/qr.svg",
    "/impressum/",
    "/einbetten/",
)
CHECKED_BY_AXE = (
    EMBED,
    f"{EMBED}&darstellung=hell",
    f"{EMBED}&darstellung=dunkel",
    "/einbetten/angebote/?ort=Neustadt",
    "/einbetten/angebote/?merkmal=rund-um-die-uhr&ebene=land&sprache=pl",
    "/partner/",
)
GROUND = "(element) => getComputedStyle(element).backgroundColor"


class PartnerSite:
    """A website of somebody else: another port, another host name, no style sheet of its own."""

    def __init__(self):
        self.pages = {}  # path → (HTML, headers)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler):  # noqa: N805 – self is the website
                html, headers = self.pages.get(handler.path, ("", {}))
                handler.send_response(200)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                    handler.send_header(name, value)
                handler.end_headers()
                handler.wfile.write(html.encode())

            def log_message(handler, *args):  # noqa: N805
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, body, headers=None):
        """The address of a new page."""
        path = f"/{len(self.pages)}"
        self.pages[path] = (f"<!doctype html><html lang=de><title>Rathaus</title><h1>Rathaus</h1>{body}", headers or {})
        return self.address + path

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def partner():
    site = PartnerSite()
    yield site
    site.close()


@pytest.fixture
def embed_code(page):
    """What /partner/ gives to copy."""
    page.goto("/partner/?bedrohung=hass-im-netz&ort=Neustrelitz&darstellung=dunkel")
    return page.get_by_label("HTML zum Kopieren").input_value()


@pytest.mark.parametrize("isolation", [None, "require-corp", "credentialless"])
def test_copied_code_shows_the_offers_on_another_website(page, partner, embed_code, isolation):
    headers = {"Cross-Origin-Embedder-Policy": isolation} if isolation else {}

    page.goto(partner.publish(embed_code, headers))

    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("36 Angebote für Neustrelitz: Hass und Hetze im Netz")
    expect(frame.locator("body")).to_have_css("background-color", "rgb(14, 25, 28)")
    expect(frame.locator(".card").first).to_have_css("background-color", "rgb(22, 37, 41)")


def test_no_other_page_can_be_framed(page, partner, live_server):
    frames = "".join(f'<iframe src="{live_server.url}{path}"></iframe>' for path in (EMBED, *NOT_FOR_FRAMES))

    page.goto(partner.publish(frames), wait_until="networkidle")  # a refused frame gets its error page after "load"

    framed, *others = page.main_frame.child_frames
    assert urlsplit(framed.url).path == "/einbetten/angebote/"
    assert {path: frame.url for path, frame in zip(NOT_FOR_FRAMES, others, strict=True)} == dict.fromkeys(
        NOT_FOR_FRAMES, REFUSED
    )


def test_link_opens_the_portal_in_a_new_tab_that_knows_nothing_of_the_partner(page, partner, embed_code, live_server):
    page.emulate_media(reduced_motion="reduce")
    page.goto(partner.publish(embed_code))
    frame = page.frame_locator("iframe")

    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Alle 36 Angebote bei der starken Stelle ansehen").click()

    tab = opened.value
    expect(tab.get_by_role("heading", level=1)).to_have_text("36 Angebote für Neustrelitz")
    assert tab.url == f"{live_server.url}/angebote/?ort=Neustrelitz&bedrohung=hass-im-netz"
    assert tab.evaluate("[window.opener, document.referrer]") == [None, ""]
    expect(tab.get_by_role("button", name="Angebote zeigen").first).to_be_visible()
    tab.get_by_label("Ort oder Postleitzahl").fill("Berlin")
    tab.get_by_role("button", name="Angebote zeigen").first.click()  # the sandbox does not follow into the tab
    expect(tab.get_by_role("heading", level=1)).to_contain_text("für Berlin")


def test_embed_asks_nobody_else_and_keeps_nothing(page, partner, embed_code, live_server):
    asked, told, errors = set(), [], []
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("request", lambda request: told.append(request.all_headers().get("referer")))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    page.goto(partner.publish(embed_code))
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert asked == {urlsplit(partner.address).netloc, urlsplit(live_server.url).netloc}
    assert errors == []
    assert page.context.cookies() == []
    assert [referer for referer in told if referer] == []
    assert page.frames[1].evaluate("document.scripts.length") == 0


def test_preview_on_the_builder_shows_the_same_embed(page):
    page.goto("/partner/?bedrohung=hass-im-netz&ort=Neustrelitz")
    page.locator("iframe").scroll_into_view_if_needed()

    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("36 Angebote für Neustrelitz: Hass und Hetze im Netz")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", CHECKED_BY_AXE)
def test_axe_finds_nothing(page, path, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(path)

    results = Axe().run(page)

    assert results.violations_count == 0, results.generate_report()


def ground_of(page, path, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    return page.locator("body").evaluate(GROUND)


def test_look_is_the_visitors_or_the_partners(page):
    light, dark = "rgb(255, 255, 255)", "rgb(14, 25, 28)"
    expected = {"": [light, dark], "hell": [light, light], "dunkel": [dark, dark]}

    found = {
        theme: [ground_of(page, f"/einbetten/angebote/?darstellung={theme}", scheme) for scheme in ("light", "dark")]
        for theme in expected
    }

    assert found == expected


@pytest.mark.parametrize("width", [320, 360, 768])
def test_embed_needs_no_sideways_scrolling(page, width):
    page.set_viewport_size({"width": width, "height": 600})
    page.goto(EMBED)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
