"""What editors do with events and commitments, and the agenda."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from directory import catalogue
from directory.exchange.agenda import MOST, Gap, biggest_gaps, missing_everywhere
from directory.exchange.models import Commitment, ExchangeEvent
from directory.models import CatalogueVersion
from tests.exchange.factories import make_commitment, make_event
from tests.factories import make_offer, make_organization, make_region, make_support_type, make_threat_type

pytestmark = pytest.mark.django_db
ADD_EVENT = reverse("admin:exchange_exchangeevent_add")
ADD_COMMITMENT = reverse("admin:exchange_commitment_add")
EVENT = {
    "name": "Frühjahrstreffen für Köln",
    "slug": "",
    "starts_at_0": "28.03.2027",
    "starts_at_1": "14:00",
    "ends_at_0": "28.03.2027",
    "ends_at_1": "17:00",
    "place": "Rathaus",
    "sectors": ["aid", "justice"],
    "registration_url": "www.anmeldung.example",
}


def errors(response):
    return [str(message) for messages in response.context["errors"] for message in messages]


def test_who_promises_is_chosen_from_a_list(admin_client):
    """The policy of our pages lets no script ask the server for suggestions."""
    organization = make_organization(name="Stiftung Nord")

    page = admin_client.get(ADD_COMMITMENT).content.decode()

    assert f'<option value="{organization.pk}">Stiftung Nord</option>' in page


# ---- events ----
def test_new_event_is_closed_and_gets_its_slug_from_its_title(admin_client):
    response = admin_client.post(ADD_EVENT, EVENT)

    assert response.status_code == 302
    event = ExchangeEvent.objects.get()
    assert (event.slug, event.is_public, event.sectors) == ("fruehjahrstreffen-fuer-koeln", False, ["aid", "justice"])
    assert event.registration_url == "https://www.anmeldung.example"
    assert f"{event.starts_at:%H:%M}" == "12:00"  # in UTC: the summer time began that night


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ends_at_1": "14:00"}, "Das Ende muss nach dem Beginn liegen."),
        ({"place": ""}, "Bitte nennen Sie einen Ort oder eine Adresse für die Teilnahme online."),
        ({"slug": "termine"}, "Das Adresskürzel „termine“ ist vergeben. Bitte wählen Sie ein anderes."),
        ({"name": "Termine"}, "Das Adresskürzel „termine“ ist vergeben. Bitte wählen Sie ein anderes."),
    ],
)
def test_event_that_cannot_be_says_why(admin_client, change, message):
    response = admin_client.post(ADD_EVENT, EVENT | change)

    assert errors(response) == [message]
    assert not ExchangeEvent.objects.exists()


def test_slug_and_uid_stay_from_the_first_save_on(admin_client):
    event = make_event(slug="eins")
    page = reverse("admin:exchange_exchangeevent_change", args=[event.pk])

    response = admin_client.post(page, EVENT | {"slug": "zwei", "uid": "0" * 32})

    assert response.status_code == 302
    saved = ExchangeEvent.objects.get()
    assert (saved.name, saved.slug, saved.uid) == (EVENT["name"], "eins", event.uid)


# ---- commitments ----
def form(**change):
    return {
        "other_name": "Stiftung Nord",
        "threat_type": make_threat_type().pk,
        "support_type": make_support_type().pk,
        "made_on": "01.10.2026",
        "due_on": "30.06.2027",
        "state": "open",
        **change,
    }


def test_editor_writes_a_commitment_down(admin_client):
    assert admin_client.post(ADD_COMMITMENT, form(region=make_region("Hessen").pk)).status_code == 302

    assert [str(each) for each in Commitment.objects.all()] == [
        f"Stiftung Nord: {Commitment.objects.get().support_type}, {Commitment.objects.get().threat_type}, Hessen"
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"other_name": ""}, "Bitte wählen Sie einen Akteur oder nennen Sie jemand anderen, nicht beides."),
        ({"due_on": "30.09.2026"}, "Die Frist darf nicht vor dem Tag der Zusage liegen."),
        ({"state": "kept"}, "„Stand seit“ ist bei einer offenen Zusage leer, jede andere braucht den Tag."),
        ({"decided_on": "01.11.2026"}, "„Stand seit“ ist bei einer offenen Zusage leer, jede andere braucht den Tag."),
    ],
)
def test_commitment_that_cannot_be_says_why(admin_client, change, message):
    response = admin_client.post(ADD_COMMITMENT, form(**change))

    assert errors(response) == [message]
    assert not Commitment.objects.exists()


def test_commitment_is_made_by_an_actor_or_somebody_else(admin_client):
    response = admin_client.post(ADD_COMMITMENT, form(organization=make_organization().pk))

    assert errors(response) == ["Bitte wählen Sie einen Akteur oder nennen Sie jemand anderen, nicht beides."]


def test_list_narrows_to_those_whose_date_is_over(admin_client):
    today = timezone.localdate()
    late = make_commitment(made_on=today - timedelta(days=2), due_on=today - timedelta(days=1))
    make_commitment(made_on=today, due_on=today)
    make_commitment(made_on=date(2020, 1, 1), due_on=date(2020, 1, 1), state="missed", decided_on=today)

    found = admin_client.get(reverse("admin:exchange_commitment_changelist"), {"frist": "vorbei"})

    assert list(found.context["cl"].queryset) == [late]


def test_editors_find_their_ways(admin_client):
    event = make_event()
    agenda = reverse("admin:exchange_exchangeevent_agenda", args=[event.pk])

    for page in ("admin:exchange_exchangeevent_changelist", "admin:exchange_exchangeevent_change"):
        address = reverse(page, args=[event.pk] if page.endswith("change") else [])
        assert f'href="{agenda}"' in admin_client.get(address).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_commitments_costs_the_same_however_many(admin_client, django_assert_max_num_queries, count):
    for number in range(count):
        make_commitment(organization=make_organization(), region=make_region(f"Land {number}"))

    with django_assert_max_num_queries(9):
        admin_client.get(reverse("admin:exchange_commitment_changelist"))


@pytest.mark.parametrize("make", [make_event, make_commitment])
def test_what_visitors_see_raises_the_version_of_the_catalogue(admin_client, make):
    row = make()
    model = row._meta.model_name
    before = CatalogueVersion.objects.current()

    admin_client.post(reverse(f"admin:exchange_{model}_delete", args=[row.pk]), {"post": "yes"})
    after_delete = CatalogueVersion.objects.current()
    admin_client.post(*((ADD_EVENT, EVENT) if model == "exchangeevent" else (ADD_COMMITMENT, form())))

    assert before < after_delete < CatalogueVersion.objects.current()


def test_event_with_commitments_is_not_deleted(admin_client):
    event = make_event(is_public=False)
    make_commitment(event=event)

    admin_client.post(reverse("admin:exchange_exchangeevent_delete", args=[event.pk]), {"post": "yes"})

    assert list(ExchangeEvent.objects.all()) == [event]


# ---- the agenda ----
@pytest.fixture
def gaps():
    """Nobody helps against doxing with money; Bayern has nothing of its own, Hessen lacks legal help against hate."""
    hessen, bayern = make_region("Hessen", slug="hessen"), make_region("Bayern", slug="bayern")
    hass, doxing = make_threat_type(name="Hass", position=1), make_threat_type(name="Doxing", position=2)
    recht, geld = make_support_type(name="Recht", position=1), make_support_type(name="Geld", position=2)
    make_offer(threat_types=[hass, doxing], support_types=[recht])
    make_offer(regions=[hessen], threat_types=[hass], support_types=[geld])
    make_offer(regions=[hessen], threat_types=[doxing], support_types=[recht])
    return {"hessen": hessen, "bayern": bayern, "hass": hass, "doxing": doxing, "recht": recht, "geld": geld}


def test_agenda_names_what_nobody_offers(gaps):
    assert missing_everywhere(catalogue.build()) == [("Doxing", ["Geld"])]


def test_agenda_names_the_biggest_gaps_first_without_what_nobody_offers(gaps):
    assert biggest_gaps(catalogue.build()) == [
        Gap("Bayern", "Hass", ["Recht", "Geld"]),
        Gap("Bayern", "Doxing", ["Recht"]),
        Gap("Hessen", "Hass", ["Recht"]),
    ]


def test_agenda_leaves_out_what_somebody_promised(gaps):
    of = {"threat_type": gaps["hass"], "support_type": gaps["recht"]}
    make_commitment(**of, region=gaps["bayern"])
    make_commitment(**of, region=gaps["hessen"], state="dropped", decided_on=date(2026, 11, 1))
    make_commitment(threat_type=gaps["doxing"], support_type=gaps["recht"])

    assert biggest_gaps(catalogue.build()) == [Gap("Bayern", "Hass", ["Geld"]), Gap("Hessen", "Hass", ["Recht"])]


def test_agenda_is_short(real_catalogue):
    assert len(biggest_gaps(real_catalogue)) == MOST


def test_agenda_page_shows_gaps_and_commitments(admin_client, gaps):
    event, today = make_event(name="Treffen", is_public=False), timezone.localdate()
    of = {"threat_type": gaps["hass"], "support_type": gaps["recht"], "region": gaps["bayern"]}
    make_commitment(**of, other_name="Spät", made_on=date(2020, 1, 1), due_on=date(2020, 2, 1))
    make_commitment(**of, other_name="Heute", made_on=today, due_on=today)
    make_commitment(**of, other_name="Fertig", state="kept", decided_on=today)

    html = unescape(admin_client.get(reverse("admin:exchange_exchangeevent_agenda", args=[event.pk])).content.decode())

    assert "Vorschlag für die Tagesordnung: Treffen" in html
    main = html.partition('<div id="content"')[2]
    assert [re.sub("<[^>]+>", "", each) for each in re.findall(r"<li>(.*?)</li>", main)] == [
        "Spät: Recht, Hass, Bayern – bis zum 1. Februar 2020",
        f"Heute: Recht, Hass, Bayern – bis zum {date_format(today, 'j. F Y')}",
        "Doxing: Geld",
        "Bayern, Doxing: Recht",
        "Bayern, Hass: Geld",
        "Hessen, Hass: Recht",
    ]


def test_agenda_without_anything_says_so(admin_client):
    event = make_event()

    html = admin_client.get(reverse("admin:exchange_exchangeevent_agenda", args=[event.pk])).content.decode()

    assert html.count("<li>Keine.</li>") == 3
    assert "Nichts: Für alles gibt es irgendwo ein Angebot." in html


def test_agenda_of_an_event_that_is_not_there(admin_client):
    assert admin_client.get(reverse("admin:exchange_exchangeevent_agenda", args=[1])).status_code == 404


def test_agenda_is_for_those_who_may_see_events(client):
    user = User.objects.create_user("otto", is_staff=True)
    client.force_login(user)
    agenda = reverse("admin:exchange_exchangeevent_agenda", args=[make_event().pk])

    assert client.get(agenda).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_exchangeevent"))
    assert client.get(agenda).status_code == 200
