"""The monitoring as a ministry uses it: the map by keyboard, and two snapshots compared."""

from datetime import date

import pytest
from playwright.sync_api import expect

from directory import catalogue
from directory.models import Offer
from directory.monitoring import snapshots
from tests.browser.keyboard import Keyboard
from tests.browser.screen import PHONE
from tests.browser.steps import follow


@pytest.fixture
def two_snapshots(real_offers):
    """Between them a reporting office in Hessen ended, and one offer got another website."""
    snapshots.take(date(2026, 10, 1))
    Offer.objects.filter(slug="beratung-bei-hass-hessen").update(status=Offer.Status.DEFUNCT)
    Offer.objects.filter(slug="hateaid").update(website="https://neu.example/")
    snapshots.take(date(2026, 11, 1))
    catalogue.forget()


def test_map_by_keyboard_leads_to_the_offers_of_a_land(page, real_offers):
    keyboard = Keyboard(page)
    page.set_viewport_size(PHONE)
    page.emulate_media(reduced_motion="reduce")  # no smooth scrolling to wait for
    page.goto("/monitoring/")
    page.get_by_label("Art der Bedrohung").select_option("Anfeindungen im eigenen Gremium")
    page.get_by_label("Art der Hilfe").select_option("Vorbeugen und Fortbildung")
    keyboard.go_to(page.get_by_role("button", name="Karte zeigen")).enter()

    tile = page.get_by_role("group", name="Kachelkarte der Länder").get_by_role(
        "link", name="Mecklenburg-Vorpommern: für Kommunalpolitik"
    )
    keyboard.go_to(tile).enter()

    expect(page).to_have_url(
        "/angebote/?region=mecklenburg-vorpommern&bedrohung=konflikte-im-gremium&hilfe=praevention-fortbildung"
    )
    expect(page.get_by_role("heading", name="Für die Kommunalpolitik in Mecklenburg-Vorpommern")).to_be_visible()


def test_wide_table_of_a_land_scrolls_by_keyboard(page, real_offers):
    page.set_viewport_size(PHONE)
    page.goto("/monitoring/land/bremen/")
    table = page.get_by_role("region", name="Was es in Bremen gibt, nach Bedrohung und Hilfe")

    table.focus()
    page.keyboard.press("ArrowRight")

    page.wait_for_function("(element) => element.scrollLeft > 0", arg=table.element_handle())


def test_two_snapshots_are_compared(page, two_snapshots):
    page.goto("/")
    follow(page, page.get_by_role("contentinfo").get_by_role("link", name="Monitoring"))
    follow(page, page.get_by_role("navigation", name="Monitoring").get_by_role("link", name="Stände"))
    follow(page, page.get_by_role("link", name="1. Oktober 2026"))
    follow(page, page.get_by_role("link", name="Was sich seitdem geändert hat"))
    page.get_by_label("Bis").select_option("Stand vom 01.11.2026")
    follow(page, page.get_by_role("button", name="Vergleichen"))

    expect(page).to_have_url("/monitoring/vergleich/?von=2026-10-01&bis=2026-11-01")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Angebote: 0 neu, 1 geändert, 1 beendet.")
    expect(main.get_by_role("listitem").filter(has_text="HateAid")).to_contain_text("Website")
    expect(main.get_by_role("heading", name="Neue Lücken")).to_be_visible()
    expect(main.get_by_role("group").filter(has_text="Hessen")).to_contain_text("Inhalte melden")


def test_file_of_a_snapshot_can_be_saved(page, two_snapshots):
    page.goto("/monitoring/staende/2026-11-01/")

    with page.expect_download() as download:
        page.get_by_role("link", name="Daten herunterladen (JSON)").click()

    assert download.value.suggested_filename == "starke-stelle-2026-11-01.json"
