import pytest

from directory.staff_text import staff_text
from tests.factories import make_threat_type


def test_markdown_becomes_paragraphs_lists_and_links():
    html = staff_text("## Jetzt\n\nRufen Sie **[110](tel:110)** an.\n\n- Beweise\n- [Spuren](/spuren/)\n")

    assert html.split("\n") == [
        "<h3>Jetzt</h3>",
        '<p>Rufen Sie <strong><a href="tel:110" rel="noreferrer">110</a></strong> an.</p>',
        "<ul>",
        "<li>Beweise</li>",
        '<li><a href="/spuren/" rel="noreferrer">Spuren</a></li>',
        "</ul>",
        "",
    ]


def test_paragraph_sign_is_not_torn_from_its_number():
    assert staff_text("Bedrohung: § 241 StGB") == "<p>Bedrohung: §&nbsp;241 StGB</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "![x](https://tracker.example/x.png)",
        '<a href="https://x.example" onclick="alert(1)">x</a>',
        "<style>body{display:none}</style>",
    ],
)
def test_nothing_active_passes(text):
    html = staff_text(text)

    assert not any(f"<{tag}" in html for tag in ("script", "img", "a ", "style"))
    assert "&lt;" in html or "href" not in html


@pytest.mark.django_db
def test_threat_page_shows_first_steps_with_the_legal_note(client):
    make_threat_type(slug="hass", first_steps="Machen Sie **Screenshots**.", first_steps_on="2026-11-22")
    make_threat_type(slug="leer")

    html = client.get("/bedrohung/hass/").content.decode()

    assert "<p>Machen Sie <strong>Screenshots</strong>.</p>" in html
    assert "Das ist allgemeine Information, keine Rechtsberatung (Stand: 22. November 2026)." in html
    assert "Erste Schritte" not in client.get("/bedrohung/leer/").content.decode()
