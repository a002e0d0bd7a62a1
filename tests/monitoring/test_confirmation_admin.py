"""Contacts and rounds in the editors' pages."""

from datetime import date

import pytest
from django.urls import reverse

from directory.monitoring.models import ConfirmationRound, Invitation, PartnerContact
from tests.directory.admin.form_data import mistakes
from tests.factories import make_organization
from tests.monitoring.factories import make_invitation, make_partner, make_round

pytestmark = pytest.mark.usefixtures("clock")
ADD = reverse("admin:monitoring_confirmationround_add")
NO_INVITATIONS = {"invitations-TOTAL_FORMS": 0, "invitations-INITIAL_FORMS": 0}


def page_of(each):
    return reverse("admin:monitoring_confirmationround_change", args=[each.pk])


def test_editor_plans_and_pauses_a_round(admin_client):
    days = {"started_on": "01.12.2026", "answer_by": "29.12.2026"}

    admin_client.post(ADD, days)
    each = ConfirmationRound.objects.get()
    assert (each.started_on, each.answer_by, each.is_paused) == (date(2026, 12, 1), date(2026, 12, 29), False)
    admin_client.post(page_of(each), days | NO_INVITATIONS | {"is_paused": "on"})

    each.refresh_from_db()
    assert each.is_paused


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        ("01.12.2026", "01.12.2026", {"answer_by": ["Dieser Tag muss nach dem Beginn liegen."]}),
        ("29.11.2026", "20.12.2026", {"__all__": ["In dieser Zeit läuft schon eine Runde."]}),
        ("", "20.12.2026", {"started_on": ["Dieses Feld ist zwingend erforderlich."]}),
    ],
)
def test_round_ends_after_it_begins_and_beside_no_other(admin_client, begins, ends, expected):
    make_round(lasts=6)  # until 30 November

    assert mistakes(admin_client.post(ADD, {"started_on": begins, "answer_by": ends})) == expected


def test_invitations_are_to_be_read_only(admin_client):
    invitation = make_invitation(make_partner("Opferhilfe Nord"))
    sent = {
        "started_on": "24.11.2026",
        "answer_by": "22.12.2026",
        "invitations-TOTAL_FORMS": 1,
        "invitations-INITIAL_FORMS": 1,
        "invitations-0-id": invitation.pk,
        "invitations-0-answered_at_0": "24.11.2026",
        "invitations-0-answered_at_1": "10:00",
        "invitations-0-DELETE": "on",
    }

    page = admin_client.get(page_of(invitation.round)).content.decode()
    admin_client.post(page_of(invitation.round), sent)

    assert "Opferhilfe Nord" in page
    assert 'name="invitations-0-answered_at' not in page
    assert list(Invitation.objects.values_list("answered_at", flat=True)) == [None]


def test_list_counts_who_was_asked_and_who_answered(admin_client, clock):
    each = make_round()
    for name, fields in (("A", {"answered_at": clock.now()}), ("B", {}), ("C", {"sent_at": None})):
        make_invitation(make_partner(name), each, **fields)

    page = admin_client.get(reverse("admin:monitoring_confirmationround_changelist")).content.decode()

    assert '<td class="field-asked">2</td><td class="field-answered">1</td>' in page


def test_editor_notes_whom_to_ask_once_an_organization(admin_client):
    organization = make_organization()
    url = reverse("admin:monitoring_partnercontact_add")
    sent = {"organization": organization.pk, "email": "leitung@nord.example"}

    admin_client.post(url, sent)
    again = admin_client.post(url, sent | {"email": "andere@nord.example"})

    assert list(PartnerContact.objects.values_list("organization", "email", "opted_out_on")) == [
        (organization.pk, "leitung@nord.example", None)
    ]
    assert list(mistakes(again)) == ["organization"]
    assert f'<option value="{organization.pk}" selected>' in again.content.decode()  # a list that needs no script


@pytest.mark.parametrize("rows", [1, 3])
def test_round_takes_the_same_queries_for_one_invitation_and_for_three(admin_client, rows, django_assert_num_queries):
    each = make_round()
    for number in range(rows):
        make_invitation(make_partner(f"Nummer {number}"), each)

    with django_assert_num_queries(7):
        admin_client.get(page_of(each))
