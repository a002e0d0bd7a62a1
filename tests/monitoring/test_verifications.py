import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from directory.models import CatalogueVersion, Fact, Offer
from directory.monitoring import verifications
from directory.monitoring.models import ReviewInterval, Verification
from tests.factories import make_language, make_offer, make_organization
from tests.monitoring.factories import make_invitation, make_round

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
CALL, EDITOR = Verification.Method.CALL, Verification.By.EDITOR


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: TODAY)


def check(offer, facts, outcome="confirmed", days_ago=0):
    return offer.verifications.create(
        facts=facts, by=EDITOR, method=CALL, outcome=outcome, verified_on=TODAY - timedelta(days=days_ago)
    )


def states(offer):
    """Of the facts that something is known about."""
    found = verifications.proofs(offer, TODAY)
    return {
        fact: (proof.confirmed and proof.confirmed.pk, proof.problem and proof.problem.pk, proof.is_old)
        for fact, proof in found.items()
        if proof.confirmed or proof.problem
    }


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ---- what an offer states ----
def test_unknown_facts_are_not_among_the_known():
    bare = make_offer(website="")
    full = make_offer(
        phones=["116006"],
        emails=["a@example.org"],
        cities=["Ulm"],
        languages=[make_language()],
        online_form="https://a.example/",
        chat="https://b.example/",
        around_the_clock=True,
        opening_hours="24/7",
        anonymous=False,
        free_of_charge=True,
    )

    assert verifications.known_facts(full) == list(Fact)
    assert verifications.known_facts(bare) == [
        Fact(name) for name in "name provider summary description regions audience threat_types support_types".split()
    ]


# ---- recording ----
def test_everything_found_right_confirms_the_offer():
    offer, other = make_offer(phones=["116006"]), make_offer()
    version = CatalogueVersion.objects.get().number if CatalogueVersion.objects.exists() else 0

    [made] = verifications.record([offer], by=EDITOR, method=CALL)

    assert made.facts == verifications.known_facts(offer)
    assert set(Offer.objects.values_list("pk", "verified_on", "review_due")) == {
        (offer.pk, TODAY, TODAY + timedelta(days=365)),
        (other.pk, None, None),
    }
    assert CatalogueVersion.objects.get().number > version


def test_shortest_interval_of_its_facts_decides_when_an_offer_is_due():
    ReviewInterval.objects.create(fact="phones", days=90)
    ReviewInterval.objects.create(fact="chat", days=10)
    offer = make_offer(phones=["116006"])

    verifications.record([offer], by=EDITOR, method=CALL)

    assert Offer.objects.get().review_due == TODAY + timedelta(days=90)


@pytest.mark.parametrize(
    ("outcome", "facts"), [("confirmed", ["phones"]), ("unreachable", None), ("disputed", None), ("disputed", ["name"])]
)
def test_a_part_or_a_problem_confirms_no_offer(outcome, facts):
    offer = make_offer(phones=["116006"])

    verifications.record([offer], by=EDITOR, method=CALL, outcome=outcome, facts=facts)

    assert Offer.objects.get().verified_on is None
    assert Verification.objects.get().outcome == outcome


# ---- what it means for each fact ----
def test_last_confirmation_counts_for_each_fact():
    offer = make_offer(phones=["116006"])
    check(offer, ["phones", "name"], days_ago=30)
    new = check(offer, ["phones"], days_ago=2)
    old = check(offer, ["website"], days_ago=400)

    found = states(offer)

    assert found["phones"] == (new.pk, None, False)
    assert found["website"] == (old.pk, None, True)
    assert set(found) == {"phones", "name", "website"}


def test_problem_stays_until_the_fact_is_found_right():
    offer = make_offer(phones=["116006"])
    right = check(offer, ["phones"], days_ago=30)
    problem = check(offer, ["phones"], "unreachable", days_ago=20)
    assert states(offer) == {"phones": (right.pk, problem.pk, False)}

    again = check(offer, ["phones"], "corrected", days_ago=10)
    assert states(offer) == {"phones": (again.pk, None, False)}


def test_fact_is_old_after_its_interval():
    ReviewInterval.objects.create(fact="phones", days=100)
    offer = make_offer(phones=["116006"])
    check(offer, ["phones", "name"], days_ago=100)
    assert [proof.fact for proof in verifications.proofs(offer, TODAY).values() if proof.is_old] == []

    assert [
        proof.fact for proof in verifications.proofs(offer, TODAY + timedelta(days=1)).values() if proof.is_old
    ] == ["phones"]


@pytest.mark.parametrize(
    ("days", "age"),
    [(31, "einem Monat"), (61, "2 Monaten"), (426, "14 Monaten"), (729, "23 Monaten"), (731, "2 Jahren")],
)
def test_age_in_words(days, age):
    offer = make_offer()
    check(offer, ["name"], days_ago=days)

    assert verifications.proofs(offer, TODAY)[Fact.NAME].age == age


# ---- what visitors read ----
def test_offer_page_tells_when_each_fact_was_confirmed(client):
    offer = make_offer(slug="hilfe", phones=["116006"], free_of_charge=True, hours_note="Mo bis Fr")
    check(offer, ["phones"], days_ago=426)
    check(offer, ["hours"], "disputed", days_ago=3)
    check(offer, ["free_of_charge"], days_ago=3)
    check(offer, ["free_of_charge"], "unreachable", days_ago=1)

    shown = text(client.get("/angebote/hilfe/").content.decode())

    assert "116 006 (zuletzt bestätigt vor 14 Monaten)" in shown
    assert "Erreichbarkeit Mo bis Fr (bestritten, wir prüfen das)" in shown
    assert "Kosten kostenfrei (am 23. November 2026 nicht erreicht)" in shown
    assert "Telefon bestätigt am 24. September 2025: Redaktion, Anruf" in shown
    assert "Erreichbarkeit noch nicht bestätigt ; bestritten am 21. November 2026" in shown


def test_offer_page_costs_the_same_with_many_verifications(client, django_assert_num_queries):
    offer = make_offer(slug="hilfe", phones=["116006"])
    for days in range(3):
        check(offer, ["phones"], days_ago=days)
    client.get("/angebote/hilfe/")

    with django_assert_num_queries(12):
        client.get("/angebote/hilfe/")


def test_offer_page_says_that_its_actor_did_not_answer(client):
    ended = make_round(begun=40)
    for slug, more in {
        "still": {},
        "antwortet": {"answered_at": timezone.now()},
        "gemahnt": {"reminded_at": None},
    }.items():
        actor = make_organization(slug=slug)
        make_offer(slug=slug, organization=actor)
        make_invitation(actor, ended, **{"reminded_at": timezone.now(), **more})

    pages = {
        slug: text(client.get(f"/angebote/{slug}/").content.decode()) for slug in ("still", "antwortet", "gemahnt")
    }

    words = "Der Akteur hat auf unsere Anfrage bis zum 12. November 2026 nicht geantwortet: nicht bestätigt."
    assert {slug: words in page for slug, page in pages.items()} == {
        "still": True,
        "antwortet": False,
        "gemahnt": False,
    }


# ---- what editors do ----
@pytest.mark.parametrize("method", ["call", "website", "letter"])
def test_one_click_confirms_what_stands_there(admin_client, admin_user, method):
    offer = make_offer()
    page = admin_client.get(reverse("admin:directory_offer_change", args=[offer.pk])).content.decode()
    address = reverse("admin:directory_offer_confirm", args=[offer.pk])
    assert f'action="{address}"' in page

    admin_client.post(address, {"method": method})

    assert list(Verification.objects.values_list("offer", "by", "method", "outcome", "user")) == [
        (offer.pk, "editor", method, "confirmed", admin_user.pk)
    ]
    assert Offer.objects.get().verified_on == TODAY


@pytest.mark.parametrize("method", ["", "link check", "confirmation link", "x"])
def test_editors_have_no_other_method(admin_client, method):
    offer = make_offer()

    admin_client.post(reverse("admin:directory_offer_confirm", args=[offer.pk]), {"method": method})

    assert Verification.objects.count() == 0


def test_looking_confirms_nothing(admin_client):
    offer = make_offer()

    response = admin_client.get(reverse("admin:directory_offer_confirm", args=[offer.pk]))

    assert response.url == reverse("admin:directory_offer_change", args=[offer.pk])
    assert Verification.objects.count() == 0


def test_other_outcomes_are_entered_fact_by_fact(admin_client, admin_user):
    offer = make_offer(phones=["116006"])
    address = reverse("admin:monitoring_verification_add")
    assert f'<option value="{offer.pk}" selected>' in admin_client.get(f"{address}?offer={offer.pk}").content.decode()

    data = {"offer": offer.pk, "facts": ["phones"], "method": "call", "outcome": "unreachable", "note": "Ansage"}
    assert admin_client.post(address, data).status_code == 302

    made = Verification.objects.get()
    assert (made.facts, made.by, made.outcome, made.user, made.note) == (
        ["phones"],
        "editor",
        "unreachable",
        admin_user,
        "Ansage",
    )
    assert admin_client.post(reverse("admin:monitoring_verification_delete", args=[made.pk])).status_code == 403


@pytest.mark.parametrize(("group", "status"), [("Redaktion", 302), ("Leitung", 302), ("Beratung", 403)])
def test_who_may_confirm(client, group, status):
    call_command("loaddata", "groups", verbosity=0)
    user = User.objects.create_user("anna", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    offer = make_offer()

    response = client.post(reverse("admin:directory_offer_confirm", args=[offer.pk]), {"method": "call"})

    assert response.status_code == status
    assert Verification.objects.count() == (1 if status == 302 else 0)
