"""The public pages of the exchange."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory.exchange.models import Commitment, ExchangeEvent
from directory.opening import BERLIN
from tests.exchange.factories import make_commitment, make_event
from tests.factories import make_organization, make_region, make_support_type, make_threat_type

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) {{ 7|add:7 }} <img src=x onerror=alert(1)>"


def html(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def text(markup):
    """What is read, without markup."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", markup.partition("<main")[2].partition("</main>")[0])).split())


def make_past(**fields):
    return make_event(timezone.now() - timedelta(days=30), **fields)


def make_next(days=30, **fields):
    return make_event(timezone.now() + timedelta(days=days), **fields)


# ---- the list ----
def test_list_shows_next_events_first_and_past_ones_newest_first(client):
    later, soon = make_next(60), make_next(10)
    running = make_event(timezone.now() - timedelta(hours=1))
    old = make_event(timezone.now() - timedelta(days=400))
    recent = make_past()
    make_next(is_public=False)
    make_past(is_public=False)

    context = client.get("/austausch/").context

    assert list(context["upcoming"]) == [running, soon, later]
    assert list(context["past"]) == [recent, old]


def test_list_without_events_says_so(client):
    page = text(html(client, "/austausch/"))

    assert "Noch kein Termin." in page
    assert "Frühere Termine" not in page


def test_list_says_when_where_and_for_whom(client):
    make_event(
        datetime(2100, 7, 1, 9, 30, tzinfo=BERLIN),
        name="Sommertreffen",
        online_url="https://raum.example/",
        sectors=["justice", "aid"],
    )

    page = text(html(client, "/austausch/"))

    assert (
        "Sommertreffen Donnerstag, 1. Juli 2100, 09:30 Uhr bis 12:30 Uhr "
        "Rathaus, Berlin und online · Justiz, Hilfsorganisationen"
    ) in page


def test_event_over_midnight_names_both_days(client):
    make_event(datetime(2100, 7, 1, 18, tzinfo=BERLIN), hours=20)

    assert "Donnerstag, 1. Juli 2100, 18:00 Uhr bis Freitag, 2. Juli 2100, 14:00 Uhr" in text(
        html(client, "/austausch/")
    )


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_two_queries(client, django_assert_num_queries, count):
    client.get("/austausch/")
    for _ in range(count):
        make_next()
        make_past()

    with django_assert_num_queries(2):
        client.get("/austausch/")


# ---- one event ----
def test_event_shows_all_that_is_known(client):
    event = make_next(
        name="Treffen",
        online_url="https://raum.example/x",
        sectors=["research"],
        registration_url="https://anmeldung.example/",
        programme="## Vormittag\n\n- Begrüßung",
        results="[Protokoll](https://quelle.example/protokoll.pdf)",
    )

    page = html(client, event.get_absolute_url())

    for part in ("<h1>Treffen</h1>", "Rathaus, Berlin", "Wissenschaft", "<h3>Vormittag</h3>", "<li>Begrüßung</li>"):
        assert part in page
    links = re.findall(r'href="(https://[^"]+)"', page.partition("<main")[2])
    assert links == ["https://raum.example/x", "https://anmeldung.example/", "https://quelle.example/protokoll.pdf"]


def test_past_event_takes_no_registration(client):
    event = make_past(registration_url="https://anmeldung.example/")

    page = html(client, event.get_absolute_url())

    assert "Dieser Austausch ist vorbei." in page
    assert "anmeldung.example" not in page


def test_event_shows_its_own_commitments_and_no_others(client):
    event, other = make_next(), make_next()
    mine = make_commitment(event=event, due_on=date(2100, 1, 1))
    first = make_commitment(event=event, due_on=date(2099, 1, 1))
    make_commitment(event=other)
    make_commitment()

    assert list(client.get(event.get_absolute_url()).context["commitments"]) == [first, mine]


def test_commitment_says_who_what_and_until_when(client):
    event = make_next()
    make_commitment(
        event=event,
        organization=make_organization(name="Weißer Kreis"),
        region=make_region("Hessen"),
        threat_type=make_threat_type(name="Hass im Netz"),
        support_type=make_support_type(name="Rechtliche Hilfe"),
        due_on=date(2100, 6, 30),
        note="Erste Sprechstunde im Mai.",
    )

    assert (
        "Weißer Kreis Rechtliche Hilfe, Hass im Netz, Hessen "
        "Zugesagt am 1. Oktober 2026 , bis zum 30. Juni 2100. Stand: offen . Erste Sprechstunde im Mai."
    ).replace(" ,", ",") in text(html(client, event.get_absolute_url())).replace(" ,", ",")


@pytest.mark.parametrize("count", [1, 3])
def test_event_costs_two_queries(client, django_assert_num_queries, count):
    event = make_next()
    for number in range(count):
        make_commitment(event=event, organization=make_organization(), region=make_region(f"Land {number}"))
    client.get("/austausch/")

    with django_assert_num_queries(2):
        client.get(event.get_absolute_url())


def test_closed_event_is_nowhere(client):
    closed = make_next(name="Geheimtreffen", slug="geheim", is_public=False, online_url="https://geheim.example/")
    make_commitment(event=closed, other_name="Verschwiegene")

    assert client.get("/austausch/geheim/").status_code == 404
    assert client.get("/austausch/geheim.ics").status_code == 404
    for path in ("/austausch/", "/austausch/termine.ics", "/sitemap.xml"):
        assert "geheim" not in client.get(path).content.decode().lower()


def test_sitemap_names_public_events(client):
    event = make_next(slug="treffen")

    sitemap = client.get("/sitemap.xml").content.decode()

    assert f"{event.get_absolute_url()}</loc><lastmod>{timezone.localdate()}" in sitemap
    assert "http://testserver/austausch/</loc>" in sitemap


def test_hostile_texts_stay_text(client):
    event = make_next(name=HOSTILE, place=HOSTILE, programme=HOSTILE, results=HOSTILE)
    make_commitment(event=event, other_name=HOSTILE[:200], note=HOSTILE)

    for path in ("/austausch/", event.get_absolute_url()):
        page = html(client, path)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'href="javascript:' not in page
        assert "{{ 7|add:7 }}" in unescape(page)


# ---- what the database takes ----
@pytest.mark.parametrize(
    "wrong",
    [{"hours": 0}, {"hours": -1}, {"place": ""}, {"slug": "termine"}],
)
def test_event_that_cannot_be(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_event(**wrong)


@pytest.mark.parametrize("sectors", [["gibt es nicht"], ["aid", "aid"], "aid", [["aid"]]])
def test_sectors_are_those_of_the_directory(sectors):
    with pytest.raises(ValidationError):
        ExchangeEvent(name="x", slug="x", place="x", sectors=sectors).clean_fields(exclude=["starts_at", "ends_at"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"other_name": ""},
        {"state": "kept"},
        {"state": "open", "decided_on": date(2026, 11, 1)},
        {"state": "lost", "decided_on": date(2026, 11, 1)},
        {"due_on": date(2026, 9, 30)},
    ],
)
def test_commitment_that_cannot_be(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_commitment(**wrong)


def test_commitment_is_made_by_one_only():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_commitment(organization=make_organization(), other_name="Stiftung Nord")


def test_commitment_is_for_a_land_or_for_all():
    hessen = make_region("Hessen")
    kreis = make_region("Landkreis Gießen", parent=hessen)
    commitment = make_commitment(region=kreis)

    with pytest.raises(ValidationError) as refused:
        commitment.full_clean()

    assert list(refused.value.message_dict) == ["region"]


# ---- states ----
def test_states_by_day():
    today = timezone.localdate()
    yesterday = {"made_on": today - timedelta(days=9), "due_on": today - timedelta(days=1)}
    late, on_time = make_commitment(**yesterday), make_commitment(made_on=today, due_on=today)
    decided = [make_commitment(**yesterday, state=state, decided_on=today) for state in ("kept", "missed", "dropped")]

    assert [each.state_words for each in (late, on_time, *decided)] == [
        "Frist vorbei, Ergebnis noch nicht bekannt",
        "offen",
        "eingelöst",
        "nicht eingelöst",
        "zurückgezogen",
    ]
    assert list(Commitment.objects.overdue(today)) == [late]
    assert list(Commitment.objects.open()) == [late, on_time]


def test_closed_event_cannot_be_deleted_from_under_its_commitment():
    closed = make_event(is_public=False)
    make_commitment(event=closed)

    with pytest.raises(Exception, match="protected"):
        closed.delete()
