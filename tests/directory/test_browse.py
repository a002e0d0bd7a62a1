import pytest

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
