import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact.models import AuditEntry
from tests.contact.admin.staff import log_in, make_colleague

LIST = "/redaktion/contact/auditentry/"


@pytest.fixture
def lead(groups, clock):
    make_colleague("lead", "Leitung")
    return log_in("lead")


def add(user, action="opened", request_id=None):
    return AuditEntry.objects.create(user=user, action=action, request_id=request_id or uuid.uuid4())


def test_list_says_who_did_what_when_with_which_request(lead, anna):
    entry = add(anna, "handed over")

    page = lead.get(LIST).content.decode()

    row = re.findall(r'<td class="field-([^"]+)">(.*?)</td>', page)
    assert [name for name, _ in row] == ["at nowrap", "user nowrap", "action", "request_id"]
    assert [words for _, words in row][1:] == ["anna", "übergeben", str(entry.request_id)]


def test_list_can_be_narrowed_to_a_colleague_and_to_a_request(lead, anna, ole):
    first, second = add(anna), add(ole, "closed")
    add(ole, "opened", first.request_id)

    def listed(**chosen):
        return set(lead.get(LIST, chosen).context["cl"].result_list)

    assert listed(user__id__exact=anna.pk) == {first}
    assert listed(action__exact="closed") == {second}
    assert listed(q=str(second.request_id)) == {second}
    assert listed(q="anna") == set()


def test_list_needs_as_many_queries_for_three_lines_as_for_one(lead, anna, ole):
    def number_of_queries():
        with CaptureQueriesContext(connection) as queries:
            assert lead.get(LIST).status_code == 200
        return len(queries)

    add(anna)
    one = number_of_queries()
    add(ole)
    add(anna)

    assert number_of_queries() == one


def test_nobody_changes_the_audit(groups, anna, clock):
    make_colleague("root", None, is_superuser=True)
    root, entry = log_in("root"), add(anna)

    for url, data in [
        (f"{LIST}{entry.pk}/change/", {"action": "closed", "user": "", "request_id": uuid.uuid4()}),
        (f"{LIST}{entry.pk}/delete/", {"post": "yes"}),
        (f"{LIST}add/", {"action": "closed"}),
        (LIST, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}),
    ]:
        root.post(url, data)

    assert list(AuditEntry.objects.values_list("pk", "action", "user")) == [(entry.pk, "opened", anna.pk)]


def test_who_stands_in_the_audit_cannot_be_deleted(groups, anna, clock):
    make_colleague("root", None, is_superuser=True)
    add(anna)

    page = log_in("root").post(f"/redaktion/auth/user/{anna.pk}/delete/", {"post": "yes"}).content.decode()

    assert "Protokolleintrag" in page
    assert type(anna).objects.filter(pk=anna.pk).exists()
