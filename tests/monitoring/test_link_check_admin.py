import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from directory.monitoring.models import LinkCheck
from tests.factories import make_offer, make_organization

pytestmark = pytest.mark.django_db
LIST = "/redaktion/monitoring/linkcheck/"


def make_check(value, result="gone", **fields):
    return LinkCheck.objects.create(
        **{"kind": "link", "value": value, "result": result, "checked_at": timezone.now(), **fields}
    )


def listed(response):
    return list(response.context["cl"].result_list)


def test_list_links_to_the_offers_concerned(admin_client):
    organization = make_organization(website="https://a.example/")
    first = make_offer(name="Rat & Tat", organization=organization, sources=["https://a.example/"])
    second = make_offer(website="https://a.example/", emails=["hilfe@a.example"])
    make_offer(website="https://a.example/", status="draft", name="Entwurf")
    make_check("https://a.example/")
    make_check("hilfe@a.example", kind="email")

    response = admin_client.get(LIST)

    assert [check.shown_in for check in listed(response)] == [
        {second.pk: second.name},
        {first.pk: "Rat & Tat", second.pk: second.name},
    ]
    link = f'<a href="{reverse("admin:directory_offer_change", args=[first.pk])}">Rat &amp; Tat</a>'
    assert link in response.content.decode()


def test_list_asks_the_same_queries_for_one_row_and_for_three(admin_client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(LIST)
        return len(captured)

    def add(name):
        make_offer(website=f"https://{name}.example/")
        make_check(f"https://{name}.example/")

    add("a")
    with_one = queries()
    add("b")
    add("c")

    assert queries() == with_one


def test_list_can_be_narrowed_to_what_is_broken(admin_client):
    make_offer(website="https://a.example/", online_form="https://b.example/")
    broken = make_check("https://a.example/", failed_days=3)
    make_check("https://b.example/", failed_days=2)
    make_check("https://c.example/", failed_days=3)  # no offer shows it

    assert listed(admin_client.get(LIST, {"urteil": "kaputt"})) == [broken]


def test_value_that_no_browser_should_open_is_no_link(admin_client):
    make_check("javascript:alert(1)", "forbidden")
    make_check("https://a.example/<b>")

    page = admin_client.get(LIST).content.decode()

    assert 'href="javascript' not in page
    assert "https://a.example/&lt;b&gt;" in page


def test_nothing_can_be_changed_but_content_accepted(admin_client):
    changed = make_check("https://a.example/", "changed", detail="Neuer Titel", title="Alter Titel", failed_days=3)
    gone = make_check("https://b.example/", failed_days=3)

    data = {"action": "accept_content", "_selected_action": [changed.pk, gone.pk]}
    response = admin_client.post(LIST, data, follow=True)

    assert "Als richtig vermerkt: 1." in response.content.decode()
    assert list(LinkCheck.objects.values_list("result", "title", "failed_days")) == [
        ("ok", "Neuer Titel", 0),
        ("gone", "", 3),
    ]
    assert set(response.context["action_form"].fields["action"].choices) == {
        ("", "---------"),
        ("accept_content", "Inhalt angesehen, er ist in Ordnung (nur „anderer Inhalt“)"),
    }


def test_who_may_only_look_accepts_nothing(client):
    reader = User.objects.create_user("leserin", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_linkcheck"))
    client.force_login(reader)
    check = make_check("https://a.example/", "changed", detail="Neuer Titel")

    client.post(LIST, {"action": "accept_content", "_selected_action": [check.pk]})

    check.refresh_from_db()
    assert check.result == "changed"
