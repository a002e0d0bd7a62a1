import json
import re
from datetime import date

import pytest

from directory.models import Fact, Offer
from directory.monitoring import verifications
from tests.factories import make_language, make_offer, make_region, make_support_type, make_threat_type

pytestmark = pytest.mark.django_db


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_offer_page_shows_every_fact_with_its_source(client):
    offer = make_offer(
        slug="hilfe",
        regions=[make_region("Hessen")],
        threat_types=[make_threat_type(name="Hass im Netz")],
        support_types=[make_support_type(name="Rechtliche Hilfe")],
        languages=[make_language(name="Englisch")],
        phones=["+493025208838"],
        emails=["hilfe@example.org"],
        cities=["Kassel"],
        sources=["https://eins.example/", "https://zwei.example/x"],
        online_form="https://formular.example/",
        chat="https://chat.example/",
        hours_note="Mo–Do 9–15 Uhr",
        opening_hours="Mo-Th 09:00-15:00",
        free_of_charge=True,
        anonymous=False,
    )
    supports = ["phones", "hours", "threat_types", "support_types"]
    offer.sources.filter(url="https://zwei.example/x").update(supports=supports)

    html = client.get("/angebote/hilfe/").content.decode()
    text = text_of(html)

    assert 'href="tel:+493025208838">030 25208838</a><sup class="source-mark"><a href="#quelle-2"' in html
    assert 'href="mailto:hilfe@example.org"' in html
    for fact in (
        "Erreichbarkeit Mo–Do 9–15 Uhr 2",
        "Kosten kostenfrei",
        "Anonym nicht möglich",
        "Wo Hessen; Standort: Kassel",
        "Bei Hass im Netz 2",
        "Art der Hilfe Rechtliche Hilfe 2",
        "Sprachen Englisch",
        "zwei.example , gelesen am 15. Januar 2026. Belegt: Telefon, Erreichbarkeit, Arten der Bedrohung,",
        "Online-Formular (formular.example)",
        "Chat (chat.example)",
    ):
        assert fact in text, fact


@pytest.mark.parametrize("supports", [["hours"], ["around_the_clock"], ["hours", "around_the_clock"]])
def test_hours_around_the_clock_name_each_source_once(client, supports):
    offer = make_offer(slug="hilfe", around_the_clock=True)
    offer.sources.update(supports=supports)

    text = text_of(client.get("/angebote/hilfe/").content.decode())

    assert "Erreichbarkeit rund um die Uhr 1 Kosten" in text


def test_phone_that_is_answered_around_the_clock_says_so(client):
    make_offer(slug="hilfe", around_the_clock=True, phones=["116006"])

    text = text_of(client.get("/angebote/hilfe/").content.decode())

    assert "116 006 Telefon rund um die Uhr erreichbar" in text


def test_doubt_about_hours_around_the_clock_stands_beside_them(client):
    offer = make_offer(slug="hilfe", around_the_clock=True)
    verifications.record([offer], by="editor", method="call", outcome="disputed", facts=["around_the_clock"])

    text = text_of(client.get("/angebote/hilfe/").content.decode())

    assert "rund um die Uhr (bestritten, wir prüfen das) Kosten" in text


def test_stated_facts_without_a_source_are_named(client):
    offer = make_offer(slug="hilfe", phones=["116006"], threat_types=[make_threat_type()])
    offer.sources.update(supports=sorted(set(Fact) - {Fact.PHONES, Fact.THREAT_TYPES}))

    before = text_of(client.get("/angebote/hilfe/").content.decode())
    offer.sources.update(supports=list(Fact))

    assert "Keine Quelle ist vermerkt für: Telefon, Arten der Bedrohung." in before
    assert "Keine Quelle ist vermerkt" not in text_of(client.get("/angebote/hilfe/").content.decode())


def test_unknown_facts_say_so(client):
    make_offer(slug="hilfe")

    text = text_of(client.get("/angebote/hilfe/").content.decode())

    assert "Kosten Keine Quelle sagt etwas dazu." in text
    assert "Anonym Keine Quelle sagt etwas dazu." in text
    assert "Erreichbarkeit Keine Quelle nennt Zeiten." in text
    assert "kostenfrei" not in text.replace("vertraulich, kostenfrei, auf Wunsch anonym", "")


@pytest.mark.parametrize(
    ("verified_on", "proof"),
    [
        (None, "Aus öffentlichen Quellen, noch nicht bestätigt."),
        (date(2026, 5, 3), "Bestätigt am 3. Mai 2026."),
    ],
)
def test_proof_is_told(client, verified_on, proof):
    make_offer(slug="hilfe", verified_on=verified_on)

    assert proof in text_of(client.get("/angebote/hilfe/").content.decode())


def test_internal_notes_never_show(client):
    make_offer(slug="hilfe", editorial_note="GEHEIMNOTIZ", confidence="medium")

    for url in ("/angebote/hilfe/", "/angebote/"):
        html = client.get(url).content.decode()
        assert "GEHEIMNOTIZ" not in html
        assert "medium" not in html


@pytest.mark.parametrize("slug", ["entwurf", "gibt-es-nicht"])
def test_draft_and_unknown_offers_are_not_found(client, slug):
    make_offer(slug="entwurf", status=Offer.Status.DRAFT)

    response = client.get(f"/angebote/{slug}/")

    assert response.status_code == 404
    assert "tel:+498003009944" in response.content.decode()


def test_ended_offer_answers_gone_with_alternatives(client):
    threat = make_threat_type()
    land, other = make_region("Hessen"), make_region("Bayern")
    make_offer(slug="ende", status=Offer.Status.DEFUNCT, regions=[land], threat_types=[threat], phones=["116006"])
    make_offer(slug="nah", regions=[land], threat_types=[threat])
    make_offer(slug="bund", threat_types=[threat])
    make_offer(slug="fern", regions=[other], threat_types=[threat])
    make_offer(slug="fremd", regions=[land], threat_types=[make_threat_type()])

    response = client.get("/angebote/ende/")

    assert response.status_code == 410
    assert [offer.slug for offer in response.context["similar"]] == ["nah", "bund"]
    assert "tel:116006" not in response.content.decode()


def test_closed_offer_is_marked_and_names_the_hotline(client):
    make_offer(slug="zu", status=Offer.Status.TEMPORARILY_CLOSED, around_the_clock=True, phones=["116006"])

    text = text_of(client.get("/angebote/zu/").content.decode())

    assert "Dieses Angebot ist vorübergehend geschlossen." in text
    assert "rund um die Uhr erreichbar" not in text


def test_similar_offers_put_the_same_help_first(client):
    threat, legal = make_threat_type(), make_support_type()
    make_offer(slug="hier", threat_types=[threat], support_types=[legal])
    make_offer(slug="a-anders", name="A", threat_types=[threat], support_types=[make_support_type()])
    make_offer(slug="b-gleich", name="B", threat_types=[threat], support_types=[legal])

    response = client.get("/angebote/hier/")

    assert [offer.slug for offer in response.context["similar"]] == ["b-gleich", "a-anders"]


def test_structured_data_is_valid_and_cannot_break_out(client):
    make_offer(
        slug="hilfe", name="</script><script>alert(1)</script>", phones=["116006"], regions=[make_region("Hessen")]
    )

    html = client.get("/angebote/hilfe/").content.decode()
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)

    data = json.loads(block)
    assert data["name"] == "</script><script>alert(1)</script>"
    assert data["areaServed"] == [{"@type": "AdministrativeArea", "name": "Hessen"}]
    assert data["availableChannel"]["servicePhone"] == [{"@type": "ContactPoint", "telephone": "116006"}]


@pytest.mark.parametrize("count", [1, 3])
def test_offer_page_costs_twelve_queries(client, django_assert_num_queries, count):
    threats = [make_threat_type() for _ in range(count)]
    make_offer(slug="hilfe", threat_types=threats, phones=["116006", "116016", "116123"][:count])
    client.get("/angebote/hilfe/")

    with django_assert_num_queries(12):
        client.get("/angebote/hilfe/")
