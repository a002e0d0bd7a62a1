"""Takes the pictures of docs/. `make pictures` runs it; its name keeps it out of the tests."""

from datetime import datetime
from pathlib import Path

import pytest

from directory.opening import BERLIN

DOCS = Path(__file__).resolve().parents[2] / "docs"
FINDER = "/angebote/?ort=Neustrelitz&bedrohung=hass-im-netz"
MOMENT = datetime(2026, 11, 24, 10, 0, tzinfo=BERLIN)  # one Tuesday morning, so that a new picture shows new looks only


@pytest.mark.parametrize(
    ("name", "width", "height"), [("finder.png", 1280, 720), ("finder-phone.png", 360, 1000)], ids=["laptop", "phone"]
)
def test_picture(page, real_offers, monkeypatch, name, width, height):
    monkeypatch.setattr("django.utils.timezone.now", lambda: MOMENT)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")

    page.goto(FINDER)

    page.screenshot(path=DOCS / name)
