"""Who may do what under /redaktion/: exactly this table, and no address that it does not name."""

from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from contact import slots
from contact.models import AuditEntry, Closure, ContactRequest
from directory.models import Offer, ThreatType
from directory.monitoring.models import LinkCheck, ProposedChange, ReviewInterval
from tests.contact.admin.staff import at, log_in, make_colleague, make_planned
from tests.contact.factories import make_rule
from tests.exchange.factories import make_commitment, make_event
from tests.factories import make_offer, make_threat_type
from tests.monitoring.factories import make_partner, make_proposal, make_round

ROLES = ["stranger", "visitor", "nobody", "Redaktion", "Beratung", "Leitung", "superuser"]
# 302: to the login; to the same page from the one POST that takes the password; from a deed to its request. 200 on a
# POST: an empty form comes back. 405: who may go there may not go there so.
# address                             method  stranger visitor nobody Redaktion Beratung Leitung superuser
TABLE = """
index                                    GET   302 302 200 200 200 200 200
contact_contactrequest_changelist        GET   302 302 403 403 200 200 200
contact_contactrequest_changelist        POST  302 302 403 403 405 405 405
contact_contactrequest_change            GET   302 302 403 403 200 200 200
contact_contactrequest_change            POST  302 302 403 403 302 302 302
contact_contactrequest_change            PUT   302 302 403 403 405 405 405
contact_contactrequest_confirm           POST  302 302 403 403 200 200 200
contact_contactrequest_confirm           GET   302 302 403 403 302 302 302
contact_contactrequest_attempt           POST  302 302 403 403 200 200 200
contact_contactrequest_attempt           GET   302 302 403 403 302 302 302
contact_contactrequest_close             POST  302 302 403 403 200 200 200
contact_contactrequest_close             GET   302 302 403 403 302 302 302
contact_contactrequest_reply             POST  302 302 403 403 200 200 200
contact_contactrequest_reply             GET   302 302 403 403 302 302 302
contact_contactrequest_note              POST  302 302 403 403 200 200 200
contact_contactrequest_note              GET   302 302 403 403 302 302 302
contact_contactrequest_move              POST  302 302 403 403 200 200 200
contact_contactrequest_move              GET   302 302 403 403 302 302 302
contact_contactrequest_hand_over         POST  302 302 403 403 200 200 200
contact_contactrequest_hand_over         GET   302 302 403 403 302 302 302
contact_contactrequest_delete            GET   302 302 403 403 200 200 200
contact_contactrequest_delete            POST  302 302 403 403 200 200 200
contact_auditentry_changelist            GET   302 302 403 403 403 200 200
contact_auditentry_changelist            POST  302 302 403 403 403 200 200
contact_auditentry_add                   GET   302 302 403 403 403 403 403
contact_auditentry_add                   POST  302 302 403 403 403 403 403
contact_auditentry_change                GET   302 302 403 403 403 200 200
contact_auditentry_change                POST  302 302 403 403 403 403 403
contact_auditentry_delete                GET   302 302 403 403 403 403 403
contact_auditentry_delete                POST  302 302 403 403 403 403 403
contact_auditentry_history               GET   302 302 403 403 403 200 200
contact_slotrule_changelist              GET   302 302 403 403 200 200 200
contact_slotrule_add                     GET   302 302 403 403 403 200 200
contact_slotrule_add                     POST  302 302 403 403 403 200 200
contact_slotrule_change                  GET   302 302 403 403 200 200 200
contact_slotrule_change                  POST  302 302 403 403 403 200 200
contact_slotrule_delete                  GET   302 302 403 403 403 200 200
contact_slotrule_delete                  POST  302 302 403 403 403 200 200
contact_slotrule_history                 GET   302 302 403 403 200 200 200
contact_closure_changelist               GET   302 302 403 403 200 200 200
contact_closure_add                      GET   302 302 403 403 403 200 200
contact_closure_add                      POST  302 302 403 403 403 200 200
contact_closure_change                   GET   302 302 403 403 200 200 200
contact_closure_change                   POST  302 302 403 403 403 200 200
contact_closure_delete                   GET   302 302 403 403 403 200 200
contact_closure_delete                   POST  302 302 403 403 403 200 200
contact_closure_history                  GET   302 302 403 403 200 200 200
auth_user_changelist                     GET   302 302 403 403 403 200 200
auth_user_add                            GET   302 302 403 403 403 200 200
auth_user_add                            POST  302 302 403 403 403 200 200
auth_user_change                         GET   302 302 403 403 403 200 200
auth_user_change                         POST  302 302 403 403 403 200 200
auth_user_delete                         GET   302 302 403 403 403 403 200
auth_user_delete                         POST  302 302 403 403 403 403 200
auth_user_history                        GET   302 302 403 403 403 200 200
auth_user_password_change                GET   302 302 403 403 403 200 200
auth_user_password_change                POST  302 302 403 403 403 200 200
auth_user_second_factor                  GET   302 302 200 200 200 200 200
auth_user_second_factor                  POST  302 302 200 200 200 200 200
auth_user_reset_second_factor            GET   302 302 403 403 403 200 200
auth_user_reset_second_factor            POST  302 302 403 403 403 200 200
auth_group_changelist                    GET   302 302 403 403 403 403 200
auth_group_add                           GET   302 302 403 403 403 403 200
auth_group_add                           POST  302 302 403 403 403 403 200
auth_group_change                        GET   302 302 403 403 403 403 200
auth_group_change                        POST  302 302 403 403 403 403 200
auth_group_delete                        GET   302 302 403 403 403 403 200
auth_group_history                       GET   302 302 403 403 403 403 200
directory_offer_changelist               GET   302 302 403 200 403 200 200
directory_offer_add                      GET   302 302 403 200 403 200 200
directory_offer_change                   GET   302 302 403 200 403 200 200
directory_offer_delete                   GET   302 302 403 200 403 200 200
directory_offer_preview                  GET   302 302 403 200 403 200 200
directory_organization_changelist        GET   302 302 403 200 403 200 200
directory_region_changelist              GET   302 302 403 200 403 200 200
directory_supporttype_changelist         GET   302 302 403 200 403 200 200
directory_threattype_changelist          GET   302 302 403 200 403 200 200
directory_threattype_add                 GET   302 302 403 200 403 200 200
directory_threattype_change              GET   302 302 403 200 403 200 200
directory_threattype_delete              GET   302 302 403 200 403 200 200
directory_language_changelist            GET   302 302 403 200 403 200 200
exchange_exchangeevent_changelist        GET   302 302 403 200 403 200 200
exchange_exchangeevent_add               GET   302 302 403 200 403 200 200
exchange_exchangeevent_add               POST  302 302 403 200 403 200 200
exchange_exchangeevent_change            GET   302 302 403 200 403 200 200
exchange_exchangeevent_change            POST  302 302 403 200 403 200 200
exchange_exchangeevent_delete            GET   302 302 403 200 403 200 200
exchange_exchangeevent_history           GET   302 302 403 200 403 200 200
exchange_exchangeevent_agenda            GET   302 302 403 200 403 200 200
exchange_commitment_changelist           GET   302 302 403 200 403 200 200
exchange_commitment_add                  GET   302 302 403 200 403 200 200
exchange_commitment_add                  POST  302 302 403 200 403 200 200
exchange_commitment_change               GET   302 302 403 200 403 200 200
exchange_commitment_change               POST  302 302 403 200 403 200 200
exchange_commitment_delete               GET   302 302 403 200 403 200 200
exchange_commitment_history              GET   302 302 403 200 403 200 200
monitoring_verification_changelist       GET   302 302 403 200 403 200 200
monitoring_verification_add              GET   302 302 403 200 403 200 200
monitoring_verification_add              POST  302 302 403 200 403 200 200
monitoring_verification_change           GET   302 302 403 200 403 200 200
monitoring_verification_change           POST  302 302 403 403 403 403 403
monitoring_verification_delete           GET   302 302 403 403 403 403 403
monitoring_reviewinterval_changelist     GET   302 302 403 200 403 200 200
monitoring_reviewinterval_add            GET   302 302 403 403 403 200 200
monitoring_reviewinterval_change         GET   302 302 403 200 403 200 200
monitoring_reviewinterval_delete         GET   302 302 403 403 403 200 200
directory_offer_export                   GET   302 302 403 200 403 200 200
directory_offer_import                   GET   302 302 403 200 403 200 200
monitoring_linkcheck_changelist          GET   302 302 403 200 403 200 200
monitoring_linkcheck_add                 GET   302 302 403 403 403 403 403
monitoring_linkcheck_change              GET   302 302 403 200 403 200 200
monitoring_linkcheck_change              POST  302 302 403 403 403 403 403
monitoring_linkcheck_delete              GET   302 302 403 403 403 403 403
monitoring_changeproposal_changelist     GET   302 302 403 200 403 200 200
monitoring_changeproposal_add            GET   302 302 403 403 403 403 403
monitoring_changeproposal_change         GET   302 302 403 200 403 200 200
monitoring_changeproposal_change         POST  302 302 403 302 403 302 302
monitoring_changeproposal_delete         GET   302 302 403 200 403 200 200
monitoring_changeproposal_history        GET   302 302 403 200 403 200 200
monitoring_partnercontact_changelist     GET   302 302 403 200 403 200 200
monitoring_partnercontact_add            GET   302 302 403 200 403 200 200
monitoring_partnercontact_add            POST  302 302 403 200 403 200 200
monitoring_partnercontact_change         GET   302 302 403 200 403 200 200
monitoring_partnercontact_delete         GET   302 302 403 200 403 200 200
monitoring_partnercontact_history        GET   302 302 403 200 403 200 200
monitoring_confirmationround_changelist  GET   302 302 403 200 403 200 200
monitoring_confirmationround_add         GET   302 302 403 200 403 200 200
monitoring_confirmationround_add         POST  302 302 403 200 403 200 200
monitoring_confirmationround_change      GET   302 302 403 200 403 200 200
monitoring_confirmationround_delete      GET   302 302 403 403 403 403 200
monitoring_confirmationround_history     GET   302 302 403 200 403 200 200
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


@pytest.fixture
def rows(groups, clock, keys):
    """One row of everything, by the name of its model."""
    bystander = make_colleague("bystander", "Beratung")
    request, threat = make_planned(), make_threat_type()
    return {
        "contactrequest": request,
        "auditentry": AuditEntry.objects.create(user=bystander, action="opened", request_id=request.pk),
        "slotrule": make_rule(),
        "closure": Closure.objects.create(first_day=at(9).date(), last_day=at(9).date()),
        "user": make_colleague("other", "Redaktion"),
        "group": Group.objects.create(name="Gäste"),
        "offer": make_offer(status="draft"),
        "threattype": threat,
        "verification": make_offer().verifications.create(
            facts=["name"], by="editor", method="call", outcome="confirmed", verified_on=at(9).date()
        ),
        "reviewinterval": ReviewInterval.objects.create(fact="phones", days=90),
        "linkcheck": LinkCheck.objects.create(kind="link", value="https://a.example/", result="ok", checked_at=at(9)),
        "changeproposal": make_proposal(None, ("name", "", "Notruf")),
        "partnercontact": make_partner().partner_contact,
        "confirmationround": make_round(),
        "exchangeevent": make_event(),
        "commitment": make_commitment(threat_type=threat),
    }


@pytest.fixture
def clients(groups, clock, keys):
    make_colleague("visitor", "Leitung", is_staff=False)
    make_colleague("nobody", None)
    for group in ("Redaktion", "Beratung", "Leitung"):
        make_colleague(group, group)
    make_colleague("superuser", None, is_superuser=True)
    clients = {role: log_in(role) for role in ROLES if role not in {"stranger", "visitor"}}
    clients["stranger"], clients["visitor"] = Client(), Client()
    clients["visitor"].force_login(User.objects.get(username="visitor"))
    return clients


def address(name, rows):
    model, part = name.split("_", 2)[1:] if "_" in name else ("", "")
    arguments = [rows[model].pk] if part not in {"", "changelist", "add", "second_factor", "export", "import"} else []
    return reverse(f"admin:{name}", args=arguments)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(row[:2]))
def test_table_of_permissions(clients, rows, row):
    name, method, *expected = row
    url = address(name, rows)
    data = {"action": "delete_selected"} if name.endswith("changelist") and method == "POST" else {}
    if name.startswith("contact_contactrequest"):
        data["seen"] = ""

    found = {role: clients[role].generic(method, url, **sent(data)).status_code for role in ROLES}

    assert found == dict(zip(ROLES, map(int, expected), strict=True))


def sent(data):
    return {"data": urlencode(data), "content_type": "application/x-www-form-urlencoded"}


def test_table_names_every_address_of_contact_and_of_the_accounts():
    resolver = get_resolver("starkestelle.urls")
    admin_urls = next(each for each in resolver.url_patterns if str(each.pattern) == "redaktion/")
    there = set()
    for part in admin_urls.url_patterns:
        if str(part.pattern).startswith(("contact/", "auth/")):
            there |= {each.name for each in part.url_patterns if isinstance(each, URLPattern) and each.name}

    named = {row[0] for row in ROWS if row[0].startswith(("contact_", "auth_"))}

    assert there == named


def test_every_model_of_the_desk_has_its_place_in_the_table():
    registered = {model._meta.label_lower for model in admin.site._registry}

    assert {label for label in registered if label.startswith("contact.")} == {
        "contact.auditentry",
        "contact.closure",
        "contact.contactrequest",
        "contact.slotrule",
    }


# ---- what each group finds on its first page ----
@pytest.mark.parametrize(
    ("role", "models"),
    [
        ("nobody", []),
        (
            "Redaktion",
            "ChangeProposal Commitment ConfirmationRound ExchangeEvent Language LinkCheck Offer Organization "
            "PartnerContact Region ReviewInterval SupportType ThreatType Verification".split(),
        ),
        ("Beratung", "Closure ContactRequest SlotRule".split()),
        (
            "Leitung",
            "AuditEntry ChangeProposal Closure Commitment ConfirmationRound ContactRequest ExchangeEvent Language "
            "LinkCheck Offer Organization PartnerContact Region ReviewInterval SlotRule SupportType ThreatType User "
            "Verification".split(),
        ),
    ],
)
def test_first_page_shows_what_the_group_works_with(clients, role, models):
    apps = clients[role].get("/redaktion/").context["app_list"]

    assert sorted(model["object_name"] for app in apps for model in app["models"]) == models


# ---- permissions by object and by right, not by group ----
def test_who_may_only_look_is_offered_nothing_and_can_do_nothing(groups, clock, keys):
    reader = make_colleague("reader", None)
    reader.user_permissions.add(Permission.objects.get(codename="view_contactrequest"))
    client, request = log_in("reader"), make_planned()

    page = client.get(reverse("admin:contact_contactrequest_change", args=[request.pk]))

    assert "Bitte rufen Sie an." in page.content.decode()
    assert page.context["forms"] == []
    assert "loeschen/" not in page.content.decode()
    for deed in ("confirm", "reply", "close", "delete"):
        url = reverse(f"admin:contact_contactrequest_{deed}", args=[request.pk])
        assert client.post(url, {"seen": "x"}).status_code == 403


def test_a_refusal_says_what_to_do(clients):
    response = clients["Beratung"].get(reverse("admin:directory_offer_changelist"))

    assert response.status_code == 403
    assert [
        words
        for words in ("Das darf Ihr Konto nicht", "Ihre Leitung", 'href="/redaktion/"')
        if words not in response.content.decode()
    ] == []


def test_a_form_from_before_the_last_sign_in_says_what_to_do(db):
    """Two tabs: the sign-in in one makes the form in the other worthless."""
    response = Client(enforce_csrf_checks=True).post(reverse("admin:login"), {"username": "anna"})

    assert response.status_code == 403
    assert "Das wurde nicht gesendet" in response.content.decode()


def test_a_colleague_who_left_is_out_at_once(clients, rows):
    User.objects.filter(username="Beratung").update(is_active=False)

    response = clients["Beratung"].get(address("contact_contactrequest_change", rows))

    assert response.status_code == 302
    assert response.url.startswith("/redaktion/login/")


def test_a_group_that_is_taken_away_counts_at_once(clients, rows):
    User.objects.get(username="Beratung").groups.clear()

    assert clients["Beratung"].get(address("contact_contactrequest_change", rows)).status_code == 403


def test_nothing_of_the_table_changed_a_thing(clients, rows):
    """Forms that come back empty-handed leave everything as it was."""
    for name, method, *_ in ROWS:
        if method == "POST" and not name.endswith("_delete"):
            for role in ROLES:
                clients[role].post(address(name, rows), {"seen": ""})

    request = ContactRequest.objects.get()
    assert (request.status, request.phone is not None) == ("new", True)
    assert not AuditEntry.objects.exclude(action="opened").exists()
    assert (Offer.objects.count(), ThreatType.objects.count(), slots.SlotRule.objects.count()) == (3, 1, 1)
    assert list(ProposedChange.objects.values_list("state", flat=True)) == ["open"]
