from datetime import UTC, date, datetime, timedelta

import pytest

from directory.models import Offer
from directory.monitoring import link_results
from directory.monitoring.link_check import Finding, Kind, Result
from directory.monitoring.models import ChangeProposal, LinkCheck, ProposedChange, Verification
from tests.factories import make_offer, make_organization

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PAGE = "https://angebot.example/"  # the website that make_offer gives
GONE = Finding(Result.GONE, "Status 404")


def record(finding, value=PAGE, days=0, **duration):
    return link_results.record(Kind.LINK, value, finding, NOW + timedelta(days=days, **duration))


def proposals():
    return list(
        ProposedChange.objects.values_list("proposal__offer", "proposal__by", "field", "old", "new", "state").order_by(
            "pk"
        )
    )


# ---- what there is to check ----
def test_everything_that_published_offers_show_is_checked_once():
    organization = make_organization(website="https://traeger.example/")
    for _ in range(2):
        make_offer(
            organization=organization,
            website="https://a.example/",
            online_form="https://a.example/formular",
            chat="https://chat.example/",
            sources=["https://quelle.example/", "https://a.example/"],
            phones=["+498003009944"],
            emails=["hilfe@a.example"],
        )
    make_offer(status="temporarily closed", website="https://pause.example/", sources=[])
    for status in ("draft", "defunct"):
        make_offer(
            status=status,
            organization=make_organization(website="https://verborgen.example/"),
            website="https://verborgen.example/a",
            sources=["https://verborgen.example/b"],
            phones=["+493025208838"],
            emails=["a@verborgen.example"],
        )

    assert link_results.to_check(NOW) == [
        (Kind.EMAIL, "hilfe@a.example"),
        (Kind.LINK, "https://a.example/"),
        (Kind.LINK, "https://a.example/formular"),
        (Kind.LINK, "https://chat.example/"),
        (Kind.LINK, "https://pause.example/"),
        (Kind.LINK, "https://quelle.example/"),
        (Kind.LINK, "https://traeger.example/"),
        (Kind.PHONE, "+498003009944"),
    ]


def test_what_is_fresh_is_left_out_unless_asked_for():
    make_offer(website="https://frisch.example/", online_form="https://gestern.example/", sources=[])
    record(Finding(Result.OK), "https://frisch.example/", hours=-19)
    record(Finding(Result.OK), "https://gestern.example/", hours=-21)

    assert link_results.to_check(NOW) == [(Kind.LINK, "https://gestern.example/")]
    assert link_results.to_check(NOW, again=True) == [
        (Kind.LINK, "https://frisch.example/"),
        (Kind.LINK, "https://gestern.example/"),
    ]


def test_what_no_offer_shows_any_more_is_forgotten():
    make_offer(website="https://neu.example/", phones=["116006"], sources=[])
    record(GONE, "https://alt.example/")
    record(GONE, "https://neu.example/")
    link_results.record(Kind.PHONE, "116006", Finding(Result.OK), NOW)
    link_results.record(Kind.EMAIL, "116006", Finding(Result.OK), NOW)

    link_results.forget_unused()

    assert list(LinkCheck.objects.values_list("kind", "value")) == [
        ("link", "https://neu.example/"),
        ("phone", "116006"),
    ]


# ---- judging ----
def test_three_different_days_make_it_broken_and_only_once_newly():
    make_offer(website=PAGE)

    news = [
        record(GONE)[1],
        record(GONE, hours=5)[1],  # the same day
        record(Finding(Result.TIMEOUT), days=1)[1],
    ]
    broken_after_two_days = list(LinkCheck.objects.broken())
    news += [record(GONE, days=8)[1], record(GONE, days=8, hours=1)[1], record(GONE, days=9)[1]]

    assert news == [False, False, False, True, False, False]
    assert broken_after_two_days == []
    check = LinkCheck.objects.get()
    assert list(LinkCheck.objects.broken()) == [check]
    assert (check.failed_days, check.last_failed_on) == (4, date(2026, 12, 1))


def test_the_day_is_a_german_one():
    make_offer(website=PAGE)
    record(GONE, hours=19)  # 23:00 in Berlin
    record(GONE, hours=21)  # 01:00

    assert LinkCheck.objects.get().failed_days == 2


@pytest.mark.parametrize("result", [Result.OK, Result.MOVED, Result.REFUSED])
def test_success_and_refusal_begin_anew(result):
    make_offer(website=PAGE)
    for day in range(3):
        record(GONE, days=day)
    record(Finding(result), days=3)
    record(GONE, days=4)

    assert list(LinkCheck.objects.broken()) == []
    assert LinkCheck.objects.get().failed_days == 1


@pytest.mark.parametrize("result", Result)
def test_every_failure_is_judged_and_nothing_else(result):
    make_offer(website=PAGE)
    for day in range(3):
        record(Finding(result), days=day)

    fine = {Result.OK, Result.MOVED, Result.REFUSED}
    assert LinkCheck.objects.broken().count() == (0 if result in fine else 1)


def test_broken_leaves_out_what_editors_have_replaced():
    offer = make_offer(website=PAGE, sources=[])
    for day in range(3):
        record(GONE, days=day)

    offer.website = "https://neu.example/"
    offer.save()

    assert list(LinkCheck.objects.broken()) == []


def test_offers_stay_as_they_are_and_nothing_counts_as_verified():
    """A page that answers confirms no fact: only people write verifications."""
    offer = make_offer(website=PAGE)
    before = Offer.objects.values().get()
    record(Finding(Result.OK, title="Beratung"))
    record(Finding(Result.MOVED, new_address="https://neu.example/"))
    record(GONE)

    assert Offer.objects.values().get() == before
    assert (offer.verified_on, Verification.objects.count()) == (None, 0)


# ---- the content ----
def test_title_first_seen_is_kept_and_another_one_is_a_failure():
    make_offer(website=PAGE)
    record(Finding(Result.OK, title="Opferberatung im Land"))
    record(Finding(Result.OK, title="Beratung im Land"))
    check, _ = record(Finding(Result.OK, title="Online Casino"))

    assert (check.result, check.detail, check.title) == (Result.CHANGED, "Online Casino", "Opferberatung im Land")
    assert check.failed_days == 1


def test_address_taken_over_by_others_proposes_nothing():
    make_offer(website=PAGE)
    record(Finding(Result.OK, title="Opferberatung im Land"))
    check, _ = record(Finding(Result.MOVED, new_address="https://casino.example/", title="Online Casino"))

    assert (check.result, check.new_address) == (Result.CHANGED, "")
    assert proposals() == []


def test_content_that_an_editor_accepted_is_compared_with_from_then_on():
    make_offer(website=PAGE)
    record(Finding(Result.OK, title="Opferberatung im Land"))
    record(Finding(Result.OK, title="404 Menschen für Vielfalt"))
    record(GONE, "https://fehlt.example/")

    accepted = LinkCheck.objects.accept_content()
    check, _ = record(Finding(Result.OK, title="404 Menschen für Vielfalt"), days=1)

    assert accepted == 1
    assert (check.result, check.title, check.failed_days) == (Result.OK, "404 Menschen für Vielfalt", 0)
    assert LinkCheck.objects.get(value="https://fehlt.example/").result == Result.GONE


# ---- moves ----
def moved(to="https://neu.example/"):
    return Finding(Result.MOVED, new_address=to)


def test_move_is_proposed_for_each_published_offer_and_field_that_shows_the_address():
    first = make_offer(website=PAGE, online_form=PAGE, sources=[PAGE])
    second = make_offer(website="https://b.example/", chat=PAGE)
    make_offer(website=PAGE, status="draft")
    make_offer(website="https://b.example/", sources=[PAGE], organization=make_organization(website=PAGE))

    record(moved())

    assert proposals() == [
        (first.pk, "link check", "website", PAGE, "https://neu.example/", "open"),
        (first.pk, "link check", "online_form", PAGE, "https://neu.example/", "open"),
        (second.pk, "link check", "chat", PAGE, "https://neu.example/", "open"),
    ]
    assert ChangeProposal.objects.filter(created_on=date(2026, 11, 22)).count() == 3


@pytest.mark.parametrize("state", ["open", "rejected"])
def test_move_is_proposed_once(state):
    offer = make_offer(website=PAGE)
    record(moved())
    ProposedChange.objects.update(state=state)

    record(moved(), days=1)

    assert proposals() == [(offer.pk, "link check", "website", PAGE, "https://neu.example/", state)]


def test_another_new_address_waits_for_the_open_proposal_and_follows_a_rejected_one():
    offer = make_offer(website=PAGE)
    record(moved())
    record(moved("https://anders.example/"), days=1)
    waiting = len(proposals())
    ProposedChange.objects.update(state="rejected")
    record(moved("https://anders.example/"), days=2)

    assert waiting == 1
    assert proposals()[1:] == [(offer.pk, "link check", "website", PAGE, "https://anders.example/", "open")]


def test_move_without_new_address_proposes_nothing():
    make_offer(website=PAGE)

    record(Finding(Result.MOVED, "Leitet auf eine Startseite weiter."))

    assert proposals() == []
