"""The editors' start page: counts that lead to the work."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from directory.monitoring.desk import tasks
from directory.monitoring.models import ChangeProposal, LinkCheck
from tests.exchange.factories import make_commitment
from tests.factories import make_offer, make_organization
from tests.monitoring.factories import make_invitation, make_round

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
ALL = [
    "Prüfung fällig",
    "Links kaputt",
    "Vorschläge offen",
    "davon von Akteuren",
    "Akteur hat nicht geantwortet",
    "Entwürfe",
    "Zusagen überfällig",
    "Ohne Telefon und ohne Formular",
]


def make_proposal(number, by="visitor", states=("open",)):
    proposal = ChangeProposal.objects.create(by=by, created_on=TODAY, nonce=str(number))
    for state in states:
        proposal.changes.create(field="name", new="Neu", state=state)


def make_link_check(number, failed_days):
    url = f"https://angebot.example/{number}"
    make_offer(website=url, **CHECKED)
    result = "gone" if failed_days else "ok"
    LinkCheck.objects.create(kind="link", value=url, result=result, checked_at=timezone.now(), failed_days=failed_days)


CHECKED = {"phones": ["116006"], "verified_on": TODAY, "review_due": date(2999, 1, 1)}

MISSED = {"due_on": date(2020, 1, 2), "state": "missed", "decided_on": date(2020, 2, 1)}


def make_everything():
    """Of each kind what counts and what must not count."""
    make_offer(**CHECKED)
    make_offer(phones=["116006"])
    make_offer(**CHECKED | {"verified_on": TODAY - timedelta(days=400), "review_due": TODAY - timedelta(days=35)})
    make_offer(status="draft")
    make_offer(status="draft", phones=["116006"])
    make_offer(status="defunct")
    make_offer(status="temporarily closed", **CHECKED | {"phones": []})
    make_offer(**CHECKED | {"phones": [], "online_form": "https://angebot.example/formular"})
    for number, failed_days in enumerate([0, 2, 3, 9]):
        make_link_check(number, failed_days)
    make_proposal(1, states=["open", "accepted"])
    make_proposal(2, states=["accepted", "rejected"])
    make_proposal(3, by="partner", states=["open", "open"])
    make_proposal(4, by="partner", states=["rejected"])
    make_proposal(5, by="link check")
    ended = make_round(begun=40)
    for number, answered_at in enumerate([None, timezone.now()]):
        partner = make_organization(slug=f"akteur-{number}")
        make_offer(organization=partner, **CHECKED)
        make_offer(organization=partner, status="defunct")
        make_invitation(partner, ended, reminded_at=timezone.now(), answered_at=answered_at)
    for fields in ({"due_on": date(2020, 1, 2)}, {"due_on": date(2020, 1, 3)}, {"due_on": date(2999, 1, 1)}, MISSED):
        make_commitment(made_on=date(2020, 1, 1), **fields)


def test_counts(admin_user):
    make_everything()

    assert [(task.label, task.number) for task in tasks(admin_user)] == list(
        zip(ALL, [2, 2, 3, 1, 1, 2, 2, 1], strict=True)
    )


def test_start_page_shows_the_counts_as_links_to_lists_of_that_length(admin_client):
    make_everything()

    page = admin_client.get("/redaktion/")

    assert "Was ist zu tun?" in page.content.decode()
    lists = tuple(reverse(f"admin:{name}_changelist") for name in ("directory_offer", "exchange_commitment"))
    leading_to_lists = [task for task in page.context["waiting"] if task.url.startswith(lists)]
    assert [task.label for task in leading_to_lists] == [
        "Prüfung fällig",
        "Akteur hat nicht geantwortet",
        "Entwürfe",
        "Zusagen überfällig",
        "Ohne Telefon und ohne Formular",
    ]
    for task in leading_to_lists:
        link = f'<a href="{task.url.replace("&", "&amp;")}">{task.label} <strong>{task.number}</strong></a>'
        assert link in page.content.decode()
        response = admin_client.get(task.url)
        assert (response.status_code, response.context["cl"].result_count) == (200, task.number)


@pytest.mark.parametrize(
    ("permission", "labels"),
    [
        (None, []),
        ("view_contactrequest", []),
        ("view_linkcheck", ["Links kaputt"]),
        (
            "view_offer",
            ["Prüfung fällig", "Akteur hat nicht geantwortet", "Entwürfe", "Ohne Telefon und ohne Formular"],
        ),
        ("view_commitment", ["Zusagen überfällig"]),
        ("view_changeproposal", ["Vorschläge offen", "davon von Akteuren"]),
    ],
)
def test_everybody_sees_only_their_own_work(client, permission, labels):
    user = User.objects.create_user("neu", is_staff=True)
    if permission:
        user.user_permissions.add(Permission.objects.get(codename=permission))
    client.force_login(user)

    page = client.get("/redaktion/")

    assert [task.label for task in page.context["waiting"]] == labels
    assert ("Was ist zu tun?" in page.content.decode()) is bool(labels)


def test_counts_need_one_query_each_and_one_for_the_last_round(admin_user):
    make_everything()

    with CaptureQueriesContext(connection) as queries:
        tasks(admin_user)

    assert len(queries) == len(ALL) + 1
