from datetime import date

import pytest
from pytest_django.asserts import assertContains

from directory.filters import RETIRED
from directory.models import Offer
from tests.factories import make_offer, make_organization, make_region, make_threat_type

pytestmark = pytest.mark.django_db


def test_threat_page_lists_federal_offers_and_links_to_the_laender(client):
    threat = make_threat_type(slug="hass", name="Hass im Netz", description="Beschimpfungen in sozialen Medien.")
    land = make_region("Hessen", slug="hessen")
    make_offer(slug="bund", threat_types=[threat])
    make_offer(slug="land", threat_types=[threat], regions=[land])
    make_offer(slug="anders", threat_types=[make_threat_type()])

    response = client.get("/bedrohung/hass/")

    assert [offer.slug for offer in response.context["offers"]] == ["bund"]
    html = response.content.decode()
    assert "Beschimpfungen in sozialen Medien." in html
    assert 'href="/angebote/?region=hessen&amp;bedrohung=hass"' in html
    assert "Alle 2 Angebote" in html


def test_state_page_lists_the_offers_of_the_land_municipal_first(client):
    land, other = make_region("Hessen", slug="hessen"), make_region("Bayern")
    district = make_region("Landkreis Gießen", parent=land)
    make_offer(slug="bund")
    make_offer(slug="alle", regions=[land], audience=Offer.Audience.OPEN)
    make_offer(slug="kommunal", regions=[land])
    make_offer(slug="kreis", regions=[district])
    make_offer(slug="fern", regions=[other])

    response = client.get("/land/hessen/")

    assert [offer.slug for offer in response.context["offers"]] == ["kreis", "kommunal", "alle"]
    assert response.context["total"] == 4


@pytest.mark.parametrize(("name", "heading"), [("Hessen", "Angebote in Hessen"), ("Saarland", "Angebote im Saarland")])
def test_state_page_speaks_german(client, name, heading):
    make_region(name, slug=name.lower())

    assertContains(client.get(f"/land/{name.lower()}/"), f"<h2>{heading}</h2>", html=True)


@pytest.mark.parametrize("path", ["/land/gibt-es-nicht/", "/bedrohung/nein/", "/akteure/niemand/", "/land/kreis/"])
def test_unknown_slugs_are_not_found(client, path):
    make_region("Landkreis Gießen", slug="kreis", parent=make_region("Hessen"))

    response = client.get(path)

    assert response.status_code == 404
    assert "Diese Seite gibt es nicht" in response.content.decode()


def test_organizations_stand_by_sector_in_german_order(client):
    for name, sector in (("Zebra", "aid"), ("Ärger e. V.", "aid"), ("BKA", "security"), ("Bund", "aid")):
        make_offer(organization=make_organization(name=name, sector=sector))
    make_organization(name="Ohne Angebot")

    sectors = client.get("/akteure/").context["sectors"]

    assert [(str(sector.label), [actor.name for actor in actors]) for sector, actors in sectors if actors] == [
        ("Sicherheitsbehörden", ["BKA"]),
        ("Hilfsorganisationen", ["Ärger e. V.", "Bund", "Zebra"]),
    ]


def test_organization_page_lists_its_published_offers(client):
    organization = make_organization(slug="traeger", name="Träger", website="https://traeger.example/")
    make_offer(slug="eins", organization=organization)
    make_offer(slug="entwurf", organization=organization, status=Offer.Status.DRAFT)
    make_offer(slug="fremd")

    response = client.get("/akteure/traeger/")

    assert [offer.slug for offer in response.context["offers"]] == ["eins"]
    assert 'href="https://traeger.example/"' in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", ["/", "/bedrohung/hass/", "/land/hessen/", "/akteure/", "/akteure/traeger/"])
def test_warm_pages_cost_no_query(client, django_assert_num_queries, path, count):
    threat, land = make_threat_type(slug="hass"), make_region(slug="hessen")
    organization = make_organization(slug="traeger")
    for _ in range(count):
        make_offer(organization=organization, threat_types=[threat], regions=[land])
    client.get(path)

    with django_assert_num_queries(0):
        assert client.get(path).status_code == 200


# ---- actors, narrowed ----
def actors(response):
    return [actor.name for _, actors in response.context["sectors"] for actor in actors]


@pytest.fixture
def three_actors():
    hessen, bayern = make_region("Hessen", slug="hessen"), make_region("Bayern", slug="bayern")
    hate, threats = make_threat_type(slug="hass"), make_threat_type(slug="drohung")
    police, aid = make_organization(name="Polizei", sector="security"), make_organization(name="Hilfe", sector="aid")
    make_offer(organization=police, regions=[hessen], threat_types=[threats])
    make_offer(organization=aid, regions=[bayern], threat_types=[hate, threats])
    make_offer(organization=make_organization(name="Bund", sector="aid"), threat_types=[hate])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Polizei", "Bund", "Hilfe"]),
        ("bereich=hilfsorganisationen", ["Bund", "Hilfe"]),
        ("region=hessen", ["Polizei", "Bund"]),
        ("bedrohung=hass", ["Bund", "Hilfe"]),
        ("region=bayern&bedrohung=drohung&bereich=hilfsorganisationen", ["Hilfe"]),
        ("bereich=justiz", []),
        ("bereich=quatsch&region=&bedrohung=", ["Polizei", "Bund", "Hilfe"]),
    ],
)
def test_actors_can_be_narrowed(client, three_actors, query, names):
    response = client.get(f"/akteure/?{query}")

    assert actors(response) == names
    assert ("„quatsch“ gibt es nicht" in response.content.decode()) == ("quatsch" in query)


def test_choice_of_actors_stays_in_the_form_and_in_the_canonical_address(client, three_actors):
    html = client.get("/akteure/?x=1&bedrohung=hass&bereich=hilfsorganisationen").content.decode()

    assert '<option value="hass" selected>' in html
    assert '<option value="hilfsorganisationen" selected>' in html
    assert '<link rel="canonical" href="/akteure/?bedrohung=hass&amp;bereich=hilfsorganisationen">' in html


def test_retired_value_of_the_actors_leads_to_its_successor(client, three_actors, monkeypatch):
    monkeypatch.setitem(RETIRED, "bedrohung", {"alt": "hass"})

    response = client.get("/akteure/?bedrohung=alt&bereich=justiz")

    assert (response.status_code, response["Location"]) == (301, "/akteure/?bedrohung=hass&bereich=justiz")


def test_nobody_for_a_choice_leads_to_the_hotline(client, three_actors):
    html = client.get("/akteure/?bereich=justiz").content.decode()

    assert "Wer hilft: keine Akteure" in html
    assert "Dazu kennen wir noch niemanden." in html


def test_actor_whose_last_offer_ended_keeps_its_address(client):
    gone = make_organization(name="Früher", slug="frueher")
    make_offer(organization=gone, status="defunct")
    draft = make_organization(name="Künftig", slug="kuenftig")
    make_offer(organization=draft, status="draft")
    make_organization(name="Ohne", slug="ohne")

    page = client.get("/akteure/frueher/")

    assert page.status_code == 200
    assert "Von diesem Akteur kennen wir zurzeit kein Angebot." in page.content.decode()
    assert [client.get(f"/akteure/{slug}/").status_code for slug in ("kuenftig", "ohne")] == [404, 404]


def test_actor_says_when_an_offer_was_last_confirmed(client):
    actor = make_organization(slug="hilfe")
    make_offer(organization=actor, verified_on=date(2026, 1, 5))
    make_offer(organization=actor, verified_on=date(2026, 3, 5))
    make_offer(organization=actor)

    assert "Zuletzt bestätigt am 5. März 2026." in client.get("/akteure/hilfe/").content.decode()
