import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from tests.contact.admin.staff import PASSWORD, log_in, make_colleague

LIST = "/redaktion/auth/user/"
NEW = {
    "username": "neu",
    "password1": "ein ganz neues Kennwort",
    "password2": "ein ganz neues Kennwort",
    "is_staff": "on",
}


@pytest.fixture
def lead(groups):
    make_colleague("lead", "Leitung")
    return log_in("lead")


def page_of(user, page="change"):
    name = "auth_user_password_change" if page == "password" else f"auth_user_{page}"
    return reverse(f"admin:{name}", args=[user.pk])


def save(client, user, **changes):
    """Send the form of an account as its page shows it, with changes."""
    form = client.get(page_of(user)).context["adminform"].form
    data = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    data["groups"] = [getattr(group, "pk", group) for group in data.get("groups", [])]
    return client.post(page_of(user), {**data, **changes})


def group(name):
    return Group.objects.get(name=name)


def names(user):
    return sorted(user.groups.values_list("name", flat=True))


# ---- what the lead is for ----
def test_lead_creates_an_account_that_can_work(lead):
    lead.post(f"{LIST}add/", NEW | {"groups": [group("Beratung").pk]})

    user = User.objects.get(username="neu")
    assert (user.is_staff, user.is_superuser, names(user)) == (True, False, ["Beratung"])
    assert user.check_password("ein ganz neues Kennwort")


def test_new_accounts_are_staff_unless_somebody_unticks_it(lead):
    page = lead.get(f"{LIST}add/").content.decode()

    assert re.search(r'<input[^>]*name="is_staff"[^>]*checked', page)


def test_lead_changes_groups_and_closes_accounts(lead):
    user = make_colleague("ole", "Beratung")

    save(lead, user, groups=[group("Redaktion").pk, group("Beratung").pk], first_name="Ole")
    assert (names(user), User.objects.get(pk=user.pk).first_name) == (["Beratung", "Redaktion"], "Ole")
    save(lead, user, is_active="")

    assert not User.objects.get(pk=user.pk).is_active


def test_lead_gives_a_colleague_a_new_password(lead):
    user = make_colleague("ole", "Beratung")

    lead.post(page_of(user, "password"), {"password1": "noch ein Kennwort", "password2": "noch ein Kennwort"})

    assert User.objects.get(pk=user.pk).check_password("noch ein Kennwort")


def test_page_of_an_account_leads_to_a_new_password(lead):
    user = make_colleague("ole", "Beratung")

    assert f'href="{page_of(user, "password")}"' in lead.get(page_of(user)).content.decode()


@pytest.mark.parametrize("password", ["", "noch ein Kennwort"])
def test_nobody_takes_a_colleague_the_password(lead, password):
    user = make_colleague("ole", "Beratung")
    forged = {"usable_password": "false", "unset-password": "1"}

    page = lead.get(page_of(user, "password"))
    lead.post(page_of(user, "password"), forged | {"password1": password, "password2": password})

    assert list(page.context["form"].fields) == ["password1", "password2"]
    assert User.objects.get(pk=user.pk).check_password(password or PASSWORD)


def test_groups_are_boxes_to_tick(lead):
    page = lead.get(f"{LIST}add/").content.decode()

    boxes = re.findall(r'<input type="checkbox" name="groups"[^>]*>\s*(\w+)', page)
    assert sorted(boxes) == ["Beratung", "Leitung", "Redaktion"]


def test_lead_may_add_another_lead(lead):
    user = make_colleague("ole", "Beratung")

    save(lead, user, groups=[group("Leitung").pk])

    assert names(user) == ["Leitung"]


# ---- what the lead must not reach ----
def test_lead_sees_no_field_for_rights_beyond_groups(lead):
    user = make_colleague("ole", "Beratung")

    form = lead.get(page_of(user)).context["adminform"].form

    assert set(form.fields) == {
        "username",
        "password",
        "first_name",
        "last_name",
        "email",
        "is_active",
        "is_staff",
        "groups",
    }


@pytest.mark.parametrize("forged", [{"is_superuser": "on"}, {"user_permissions": ["1", "2"]}])
def test_forged_fields_give_nobody_more_rights(lead, forged):
    user = make_colleague("ole", "Beratung")
    me = User.objects.get(username="lead")

    for each in (user, me):
        save(lead, each, **forged)
    lead.post(f"{LIST}add/", NEW | forged)

    assert User.objects.filter(username="neu").exists()
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(user_permissions__isnull=False).exists()


def test_lead_gives_only_groups_within_its_own_rights(lead):
    technicians = Group.objects.create(name="Technik")
    technicians.permissions.add(Permission.objects.get(codename="change_group"))
    harmless = Group.objects.create(name="Gäste")
    harmless.permissions.add(Permission.objects.get(codename="view_offer"))
    user, me = make_colleague("ole", "Beratung"), User.objects.get(username="lead")

    offered = set(lead.get(page_of(user)).context["adminform"].form.fields["groups"].queryset)
    for each in (user, me):
        save(lead, each, groups=[technicians.pk])
    lead.post(f"{LIST}add/", NEW | {"groups": [technicians.pk]})

    assert offered == {group("Redaktion"), group("Beratung"), group("Leitung"), harmless}
    assert technicians.user_set.count() == 0


def make_more_powerful(how):
    user = make_colleague("chief", None, is_superuser=how.endswith("superuser"), is_active="inactive" not in how)
    if "group" in how:
        technicians = Group.objects.create(name="Technik")
        technicians.permissions.add(Permission.objects.get(codename="change_group"))
        user.groups.add(technicians)
    if "permission" in how:
        user.user_permissions.add(Permission.objects.get(codename="delete_user"))
    return user


@pytest.mark.parametrize(
    "how",
    ["superuser", "inactive superuser", "own permission", "group", "inactive, own permission", "inactive, group"],
)
def test_lead_cannot_touch_who_has_more_rights(lead, how):
    chief = make_more_powerful(how)
    typed = {"password1": "noch ein Kennwort", "password2": "noch ein Kennwort"}

    statuses = [
        lead.get(page_of(chief)).status_code,
        lead.post(page_of(chief), {"username": "chief", "is_active": "on", "is_staff": "on"}).status_code,
        lead.get(page_of(chief, "password")).status_code,
        lead.post(page_of(chief, "password"), typed).status_code,
        lead.post(page_of(chief, "delete"), {"post": "yes"}).status_code,
    ]

    assert statuses == [200, 403, 403, 403, 403]
    after = User.objects.get(pk=chief.pk)
    assert after.check_password(PASSWORD)
    assert (after.is_active, after.is_superuser) == (chief.is_active, chief.is_superuser)


def test_lead_deletes_nobody(lead):
    user = make_colleague("ole", "Beratung")

    lead.post(page_of(user, "delete"), {"post": "yes"})
    lead.post(LIST, {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"})

    assert User.objects.filter(pk=user.pk).exists()


def test_nobody_searches_passwords(lead):
    assert lead.get(LIST, {"password__startswith": "md5"}).status_code == 400


# ---- the superuser ----
def test_superuser_makes_a_superuser(groups):
    make_colleague("root", None, is_superuser=True)
    root, user = log_in("root"), make_colleague("ole", "Beratung")

    save(root, user, is_superuser="on")

    assert User.objects.get(pk=user.pk).is_superuser


def test_list_shows_groups_with_a_constant_number_of_queries(lead, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def number_of_queries():
        with CaptureQueriesContext(connection) as queries:
            page = lead.get(LIST).content.decode()
        return len(queries), page

    make_colleague("ole", "Beratung")
    one, page = number_of_queries()
    for name in ("eva", "ida"):
        make_colleague(name, "Beratung").groups.add(group("Redaktion"))
    three, _ = number_of_queries()

    assert three == one
    assert '<td class="field-group_names">Beratung</td>' in page


# ---- groups ----
def permissions_field(client, page):
    return client.get(page).context["adminform"].form["permissions"]


def test_rights_of_groups_are_named_in_german(admin_client):
    field = permissions_field(admin_client, reverse("admin:auth_group_add"))

    labels = [str(label) for _, label in field.field.choices]
    assert [label for label in labels if label.startswith("Beratung | ")] == [
        f"Beratung | {name}: {verb}"
        for name in ("Protokolleintrag", "Schließzeit", "Anliegen", "Terminregel")
        for verb in ("anlegen", "ändern", "löschen", "ansehen")
    ]
    assert [label for label in labels if "Can " in label or "historical" in label] == []


@pytest.mark.parametrize("name", ["Beratung", "Leitung", "Redaktion"])
def test_saving_a_group_keeps_its_rights(admin_client, groups, name):
    before = set(group(name).permissions.all())
    page = reverse("admin:auth_group_change", args=[group(name).pk])

    chosen = permissions_field(admin_client, page).value()
    response = admin_client.post(page, {"name": name, "permissions": chosen})

    assert response.status_code == 302
    assert set(group(name).permissions.all()) == before
    assert before
