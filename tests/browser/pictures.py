"""Takes the pictures of docs/. `make pictures` runs it; its name keeps it out of the tests."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from contact.models import ContactRequest
from directory.models import SupportType, ThreatType
from tests.browser.contact import SLOT, book
from tests.browser.steps import sign_in
from tests.factories import make_offer, make_organization
from tests.monitoring.factories import make_proposal

DOCS = Path(__file__).resolve().parents[2] / "docs"
FINDER = "/angebote/?ort=Neustrelitz&bedrohung=hass-im-netz"
PASSWORD = "nur für dieses Bild"


@pytest.fixture(autouse=True)
def calm(page, clock):
    """One Tuesday morning in light colours, so that a new picture shows new looks only."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


def shoot(page, name):
    page.wait_for_load_state("networkidle")  # icons, too
    page.screenshot(path=DOCS / name)


@pytest.mark.parametrize(
    ("name", "width", "height"), [("finder.png", 1280, 720), ("finder-phone.png", 360, 1000)], ids=["laptop", "phone"]
)
def test_finder(page, name, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(FINDER)
    shoot(page, name)


def test_gap_map(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/monitoring/?bedrohung=hass-im-netz&hilfe=rechtliche-hilfe")
    shoot(page, "monitoring.png")


def test_staff_area(page, new_context, clock):
    visitor = new_context().new_page()
    book(visitor, clock)
    ContactRequest.objects.update(codename="Blauer Leuchtturm")
    example = {"threat_types": ThreatType.objects.all()[:3], "support_types": SupportType.objects.all()[:2]}
    actor = make_organization(name="Beispielverein e. V.")
    offer = make_offer(name="Beispiel: Beratungsstelle", organization=actor, phones=["116006"], **example)
    proposal = make_proposal(offer, ("website", offer.website, "https://beispiel.example/"))
    User.objects.create_superuser("anna", password=PASSWORD, first_name="Anna")
    page.set_viewport_size({"width": 1280, "height": 800})
    sign_in(page, "anna", PASSWORD)
    shoot(page, "how-to/start.png")

    page.goto(f"/redaktion/directory/offer/{offer.pk}/change/")
    shoot(page, "how-to/angebot.png")
    page.goto(f"/redaktion/monitoring/changeproposal/{proposal.pk}/change/")
    shoot(page, "how-to/vorschlag.png")
    page.goto("/redaktion/contact/contactrequest/")
    assert SLOT.split(", ")[1] in page.content()
    shoot(page, "how-to/beratung.png")
