from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from directory.models import Offer
from tests.factories import make_offer, make_organization, make_region, make_support_type, make_threat_type

pytestmark = pytest.mark.django_db
URL = "/redaktion/directory/offer/"


def listed(client, **parameters):
    return list(client.get(URL, parameters).context["cl"].result_list)


def run(client, action, offers):
    data = {"action": action, "_selected_action": [offer.pk for offer in offers], "post": "yes"}
    return client.post(URL, data, follow=True)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def number_of_queries(client, url):
    client.get(url)  # the frame of the page may build the catalogue
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len([query for query in queries if "catalogueversion" not in query["sql"]])  # asked once a second


def test_list_needs_as_many_queries_for_three_offers_as_for_one(admin_client):
    def add_offer():
        threat, support = make_threat_type(), make_support_type()
        make_offer(regions=[make_region()], threat_types=[threat], support_types=[support], phones=["+498003009944"])

    add_offer()
    one = number_of_queries(admin_client, URL)
    add_offer()
    add_offer()

    assert number_of_queries(admin_client, URL) == one
    assert one <= 14


def test_list_of_regions_needs_as_many_queries_for_three_kreise_as_for_one(admin_client):
    make_region(parent=make_region())
    one = number_of_queries(admin_client, "/redaktion/directory/region/")
    make_region(parent=make_region())
    make_region(parent=make_region())

    assert number_of_queries(admin_client, "/redaktion/directory/region/") == one


def test_form_needs_as_many_queries_for_three_of_everything_as_for_one(admin_client):
    land = make_region()

    def queries_for(number):
        offer = make_offer(
            regions=[make_region(parent=land) for _ in range(number)],
            phones=["+498003009944", "+493025208838", "116006"][:number],
            emails=[f"hilfe{index}@example.org" for index in range(number)],
            cities=["Bonn", "Köln", "Ulm"][:number],
            sources=[f"https://quelle.example/{index}" for index in range(number)],
        )
        return number_of_queries(admin_client, reverse("admin:directory_offer_change", args=[offer.pk]))

    assert queries_for(1) == queries_for(3)


@pytest.mark.parametrize(
    "typed",
    [
        "0800 300 99 44",
        "+49 800 3009944",
        "0800/3009944",
        "0049 800 3009944",
        "3009944",
        "Amtsschutz",
        "Trägerverein",
        "Anfeindungen im Rathaus",
        "Neustrelitz",
    ],
)
def test_search_finds_by_text_place_and_phone_in_any_spelling(admin_client, typed):
    offer = make_offer(
        name="Hotline Amtsschutz",
        organization=make_organization(name="Trägerverein"),
        summary="Beratung nach Anfeindungen im Rathaus.",
        phones=["+498003009944", "116006"],
        cities=["Neustrelitz"],
    )
    make_offer(phones=["+493025208838"])

    assert listed(admin_client, q=typed) == [offer]


def test_search_for_digits_still_searches_the_text(admin_client):
    offer = make_offer(name="Notruf 110")
    make_offer()

    assert listed(admin_client, q="110") == [offer]


def test_land_filter_shows_the_land_and_its_kreise_once(admin_client):
    land, other = make_region("Sachsen"), make_region("Bayern")
    kreis = make_region("Leipzig", parent=land)
    both = make_offer(name="A", regions=[land, kreis])
    of_kreis = make_offer(name="B", regions=[kreis])
    make_offer(name="C", regions=[other])
    make_offer(name="D")

    assert listed(admin_client, land=land.slug) == [both, of_kreis]


def test_reach_filter_shows_offers_without_phone_and_form(admin_client):
    hard_to_reach = make_offer(emails=["hilfe@example.org"])
    make_offer(phones=["+498003009944"])
    make_offer(online_form="https://hilfe.example/")

    assert listed(admin_client, erreichbar="kaum") == [hard_to_reach]


def test_review_filter(admin_client):
    today = timezone.localdate()
    draft = make_offer(name="A", status="draft")
    never = make_offer(name="B")
    due = make_offer(name="C", verified_on=date(2020, 1, 1), review_due=today)
    make_offer(name="D", verified_on=today, review_due=today + timedelta(days=1))

    assert listed(admin_client, pruefung="nie") == [draft, never]
    assert listed(admin_client, pruefung="faellig") == [never, due]


def test_publish_action_publishes_complete_drafts_only(admin_client):
    land = make_region()
    complete = [
        make_offer(status="draft"),
        make_offer(status="draft", regions=[land], website=""),
    ]
    incomplete = [
        make_offer(name="Ohne Quelle", status="draft", sources=[]),
        make_offer(name="Ohne Region", status="draft", level="state"),
        make_offer(name="Zu viel Region", status="draft", level="federal", regions=[land]),
    ]
    ended = make_offer(status="defunct")

    response = run(admin_client, "publish", [*complete, *incomplete, ended])

    assert set(Offer.objects.filter(status="active")) == set(complete)
    assert set(Offer.objects.filter(status="draft")) == set(incomplete)
    assert messages(response) == [
        "Veröffentlicht: 2.",
        "Nicht veröffentlicht, weil Regionen oder eine Quelle fehlen: „Ohne Quelle“, „Ohne Region“, „Zu viel Region“",
    ]


def test_confirm_action_starts_a_new_year(admin_client):
    today = timezone.localdate()
    offers = [make_offer(), make_offer(verified_on=date(2020, 1, 1), review_due=date(2021, 1, 1))]
    other = make_offer()

    run(admin_client, "confirm_by_call", offers)

    assert set(Offer.objects.values_list("pk", "verified_on", "review_due")) == {
        (offers[0].pk, today, today + timedelta(days=365)),
        (offers[1].pk, today, today + timedelta(days=365)),
        (other.pk, None, None),
    }


def test_confirm_action_works_on_a_filtered_and_searched_list(admin_client):
    land = make_region()
    offer = make_offer(regions=[land, make_region(parent=land)], cities=["Ulm", "Ulmen"], phones=["+498003009944"])
    parameters = {"q": "ulm", "land": land.slug, "pruefung": "nie", "erreichbar": ""}
    data = {"action": "confirm_by_call", "_selected_action": [offer.pk]}

    response = admin_client.post(f"{URL}?{urlencode(parameters)}", data, follow=True)

    offer.refresh_from_db()
    assert offer.verified_on == timezone.localdate()
    assert messages(response) == ["Heute unverändert bestätigt: 1."]


@pytest.mark.parametrize(
    ("action", "entry"), [("publish", "Veröffentlicht."), ("confirm_by_call", "Bestätigt: Anruf.")]
)
def test_actions_stand_in_the_history(admin_client, action, entry):
    offer = make_offer(status="draft")

    run(admin_client, action, [offer])

    page = admin_client.get(reverse("admin:directory_offer_history", args=[offer.pk]))
    assert [line.reason for line in page.context["entries"]] == [entry, ""]


def test_offers_are_never_deleted_from_the_list(admin_client):
    draft = make_offer(status="draft")

    run(admin_client, "delete_selected", [draft])

    assert list(Offer.objects.all()) == [draft]
