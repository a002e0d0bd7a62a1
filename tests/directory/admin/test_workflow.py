"""From the draft to the end and back, always with a reason."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import CatalogueVersion, Offer
from tests.directory.admin.form_data import mistakes, read
from tests.factories import make_complete_offer, make_offer

pytestmark = pytest.mark.django_db
URL = "/redaktion/directory/offer/"
WHY = "Warum ändert sich der Status? Ein kurzer Satz genügt."


def run(client, action, offers, **data):
    data |= {"action": action, "_selected_action": [offer.pk for offer in offers]}
    return client.post(URL, data, follow=True)


def statuses():
    return dict(Offer.objects.values_list("name", "status"))


def make_all():
    return [make_offer(name=status, status=status) for status in Offer.Status.values]


def newest(client, offer):
    entry = client.get(reverse("admin:directory_offer_history", args=[offer.pk])).context["entries"][0]
    return entry.reason, [(one.label, one.old, one.new) for one in entry.differences]


@pytest.mark.parametrize(
    ("action", "becomes", "said"),
    [
        (
            "close_temporarily",
            {"active": "temporarily closed"},
            [
                "Vorübergehend geschlossen: 1.",
                "Nicht geschlossen, weil nicht veröffentlicht: „defunct“, „draft“, „temporarily closed“",
            ],
        ),
        (
            "end",
            {"active": "defunct", "temporarily closed": "defunct"},
            ["Beendet: 2.", "Nicht beendet, weil nie veröffentlicht oder schon beendet: „defunct“, „draft“"],
        ),
        (
            "reopen",
            {"temporarily closed": "active", "defunct": "active"},
            [
                "Wieder geöffnet: 2.",
                "Nicht geöffnet, weil nicht geschlossen oder weil Regionen oder eine Quelle fehlen: „active“, „draft“",
            ],
        ),
    ],
)
def test_steps_take_only_what_can_take_them(admin_client, action, becomes, said):
    offers = make_all()
    version = CatalogueVersion.objects.current()

    response = run(admin_client, action, offers, confirmed="yes", reason="Träger hat geschrieben")

    assert statuses() == {status: becomes.get(status, status) for status in Offer.Status.values}
    assert [str(message) for message in response.context["messages"]] == said
    assert CatalogueVersion.objects.current() == version + 1


def test_step_asks_for_a_reason_first_and_names_the_offers(admin_client):
    offers = make_all()
    other = make_offer(name="Nicht gewählt")

    for data in ({}, {"confirmed": "yes", "reason": " "}):
        response = run(admin_client, "end", offers, **data)
        page = response.content.decode()

        assert ("Bitte schreiben Sie, warum. Ein kurzer Satz genügt." in page) is bool(data)
        assert [offer.name for offer in response.context["offers"]] == [
            "active",
            "defunct",
            "draft",
            "temporarily closed",
        ]
        assert other.name not in page
        assert statuses() == {status: status for status in Offer.Status.values} | {"Nicht gewählt": "active"}


def test_reason_stands_in_the_history(admin_client):
    offer = make_offer(phones=["116006"])

    run(admin_client, "end", [offer], confirmed="yes", reason="Förderung ist ausgelaufen")

    assert newest(admin_client, offer) == ("Förderung ist ausgelaufen", [("Status", "veröffentlicht", "beendet")])


@pytest.mark.parametrize("action", ["publish", "close_temporarily", "end", "reopen"])
def test_steps_wait_for_whoever_is_saving(admin_client, action):
    """SQLite lets one write at a time and needs no locks."""
    offers = make_all()

    with CaptureQueriesContext(connection) as queries:
        run(admin_client, action, offers, confirmed="yes", reason="Laut Website.")

    locks = [query for query in queries if query["sql"].endswith("FOR UPDATE")]
    assert len(locks) == connection.features.has_select_for_update


def test_offer_without_a_source_is_not_reopened(admin_client):
    offer = make_offer(status="defunct", sources=[])

    run(admin_client, "reopen", [offer], confirmed="yes", reason="Gibt es wieder")

    assert Offer.objects.get().status == "defunct"


# ---- in the form ----
def page_of(offer):
    return reverse("admin:directory_offer_change", args=[offer.pk])


@pytest.mark.parametrize(
    ("before", "after"), [("active", "temporarily closed"), ("active", "defunct"), ("defunct", "active")]
)
def test_form_asks_why_the_status_changes(admin_client, before, after):
    offer = make_complete_offer(status=before)
    data = read(admin_client, page_of(offer)) | {"status": after}

    assert mistakes(admin_client.post(page_of(offer), data)) == {"reason": [WHY]}
    assert admin_client.post(page_of(offer), data | {"reason": "Laut Website"}).status_code == 302

    assert Offer.objects.get().status == after
    reason, changes = newest(admin_client, offer)
    assert (reason, [label for label, _, _ in changes]) == ("Laut Website", ["Status"])


def test_publishing_and_other_changes_need_no_reason(admin_client):
    offer = make_complete_offer(status="draft")

    for changes in ({"status": "active"}, {"name": "Neuer Name"}):
        response = admin_client.post(page_of(offer), read(admin_client, page_of(offer)) | changes)
        assert response.status_code == 302

    assert statuses() == {"Neuer Name": "active"}
