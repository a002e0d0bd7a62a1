from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from directory.models import Offer
from tests.factories import make_region

pytestmark = pytest.mark.django_db
ALL = {"add", "change", "delete", "view"}
DIRECTORY = dict.fromkeys(
    "organization offer location phone email source region threattype supporttype language".split(), ALL
)
MONITORING = {
    "changeproposal": {"change", "delete", "view"},
    "partnercontact": ALL,
    "confirmationround": {"add", "change", "view"},
    "invitation": {"view"},
    "linkcheck": {"change", "view"},
    "verification": {"add", "view"},
    "reviewinterval": {"view"},
}
EXCHANGE = {"exchangeevent": ALL, "commitment": ALL}
REQUESTS = {"contactrequest": {"change", "delete", "view"}}


def load():
    output = StringIO()
    call_command("load_directory", stdout=output)
    return output.getvalue()


def rights(name):
    """{model: actions} of a group."""
    found = {}
    for permission in Group.objects.get(name=name).permissions.all():
        action, _, model = permission.codename.partition("_")
        found.setdefault(model, set()).add(action)
    return found


def test_an_empty_database_gets_three_groups():
    load()

    assert {group.name: rights(group.name) for group in Group.objects.all()} == {
        "Redaktion": DIRECTORY | MONITORING | EXCHANGE,
        "Beratung": REQUESTS | {"slotrule": {"view"}, "closure": {"view"}},
        "Leitung": DIRECTORY
        | MONITORING
        | EXCHANGE
        | {"reviewinterval": ALL}
        | REQUESTS
        | {"slotrule": ALL, "closure": ALL, "auditentry": {"view"}, "user": {"add", "change", "view"}},
    }


def test_groups_that_were_changed_stay_as_they_are():
    load()
    Group.objects.get(name="Beratung").permissions.clear()
    Group.objects.filter(name="Redaktion").delete()

    load()

    assert set(Group.objects.values_list("name", flat=True)) == {"Beratung", "Leitung"}
    assert rights("Beratung") == {}


def test_a_database_that_was_filled_before_there_were_groups_gets_them():
    make_region()

    load()

    assert Group.objects.count() == 3
    assert Offer.objects.count() == 0
