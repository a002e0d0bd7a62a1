"""An organization answers by the link in its mail."""

import re

import pytest
from django.core import mail, signing
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import CatalogueVersion
from directory.monitoring import confirmations
from directory.monitoring.models import ChangeProposal, Invitation, PartnerContact, ProposedChange, Verification
from directory.monitoring.views.entries import BUSY
from tests.contact import pages
from tests.factories import make_offer
from tests.monitoring.factories import make_invitation, make_partner, make_round
from tests.visitor import Visitor

THANKS, QUESTION = "Danke für Ihre Antwort", "Stimmen Ihre Angaben?"
OUT = "Sie bekommen keine Anfragen mehr"
PARTNER = {"by": "partner", "method": "confirmation link", "outcome": "confirmed"}


@pytest.fixture
def invitation(clock, db):
    organization = make_partner(
        offers=2, phones=["+493025208838", "116006"], hours_note="Mo–Fr 9–16 Uhr", anonymous=True, website=""
    )
    make_offer(organization=organization, name="Noch ein Entwurf", status="draft")
    make_offer(name="Eines von anderen")
    return make_invitation(organization)


@pytest.fixture
def partner(visitor):
    """The browser of somebody who got the link."""
    return visitor


def address(invitation, name="answer"):
    return reverse(f"confirmations:{name}", args=[confirmations.token_of(invitation)])


def answer(partner, invitation, **sent):
    """Fill in what the page holds; names of fields are those of the first offer, without its number."""
    form = pages.fields(partner.get(address(invitation)))
    first = invitation.organization.offers.order_by("pk").first()
    named = {re.sub(r"^(right|new|ended)\b|^(right|new)(?=_)", rf"\g<0>_{first.pk}", name): sent[name] for name in sent}
    return partner.post(address(invitation), form | named)


def confirmed():
    """{name of the offer: facts} that organizations confirmed."""
    rows = Verification.objects.filter(**PARTNER)
    return {row.offer.name: row.facts for row in rows.select_related("offer")}


def proposed():
    rows = ProposedChange.objects.order_by("pk").values_list("proposal__offer__name", "field", "old", "new")
    return list(rows)


# ---- the whole way ----
def test_from_the_mail_to_the_answer(partner, clock):
    make_partner("Opferhilfe Nord", phones=["+493025208838"])
    call_command("confirmation_round", "--start", verbosity=0)
    [link] = re.findall(r"http://testserver(/bestaetigen/\S+/)\n\nWenn", mail.outbox[0].body)
    clock.move(days=1)

    page = partner.get(link)
    thanks = partner.post(link, pages.fields(page) | {"all": "1"})

    assert (pages.heading(page), pages.heading(thanks)) == (QUESTION, THANKS)
    facts = ["name", "provider", "summary", "description", "phones", "website", "regions", "audience"]
    assert confirmed() == {"Opferhilfe Nord 0": facts}
    assert list(Verification.objects.values_list("verified_on", "user")) == [(clock.now().date(), None)]
    assert (proposed(), Invitation.objects.get().answered_at) == ([], clock.now())


def test_page_lists_published_offers_with_their_facts(partner, invitation):
    page = pages.main(partner.get(address(invitation)))

    names = re.findall(r'<h2 id="angebot-\d+"><a href="[^"]+">(.*?)</a></h2>', page)
    assert names == ["Opferhilfe Nord 0", "Opferhilfe Nord 1"]
    facts = re.findall(r"<legend>(.*?)</legend>\s*<p>(.*?)</p>", page)
    assert facts[: len(facts) // 2] == [
        ("Telefon", "030 25208838"),
        ("Telefon", "116 006"),
        ("Erreichbarkeit", "Mo–Fr 9–16 Uhr"),
        ("Name", "Opferhilfe Nord 0"),
        ("Kurzbeschreibung", "Beratung nach Anfeindungen und Drohungen im Amt."),
        ("Beschreibung", "Das Team hört zu und nennt die nächsten Schritte."),
        ("anonym", "ja"),
        ("Zielgruppe", "für Kommunalpolitik"),
        ("Region", "bundesweit"),
    ]


def test_one_click_confirms_every_known_fact_of_every_offer(partner, invitation):
    CatalogueVersion.objects.bump()
    before = CatalogueVersion.objects.current()

    answer(partner, invitation, all="1")

    facts = ["name", "provider", "summary", "description", "phones", "hours", "anonymous", "regions", "audience"]
    assert confirmed() == {"Opferhilfe Nord 0": facts, "Opferhilfe Nord 1": facts}
    assert proposed() == []
    assert CatalogueVersion.objects.current() > before


def test_facts_are_confirmed_and_corrected_one_by_one(partner, invitation):
    answer(
        partner,
        invitation,
        right_phones_0="on",  # one of two numbers: the fact is not confirmed
        right_name="on",
        right_hours="on",
        new_hours="Mo–Do 9–12 Uhr",  # beside a tick the words count
        new_website="www.nord.example",
        comment="Ab Januar ziehen wir um.",
    )

    assert confirmed() == {"Opferhilfe Nord 0": ["name", "provider"]}
    assert proposed() == [
        ("Opferhilfe Nord 0", "website", "", "www.nord.example"),
        ("Opferhilfe Nord 0", "hours", "Mo–Fr 9–16 Uhr", "Mo–Do 9–12 Uhr"),
        ("Opferhilfe Nord 0", "comment", "", ""),
    ]
    proposal = ChangeProposal.objects.get()
    assert (proposal.by, proposal.comment) == ("partner", "Ab Januar ziehen wir um.")


def test_all_is_right_does_not_confirm_what_is_corrected(partner, invitation):
    answer(partner, invitation, all="1", new_phones_1="116 016")

    assert [("phones" in facts) for facts in confirmed().values()] == [True, False]
    assert [row[:2] for row in proposed()] == [("Opferhilfe Nord 0", "phones")]


def test_offer_that_ended_is_not_confirmed(partner, invitation):
    answer(partner, invitation, all="1", ended="on")

    assert list(confirmed()) == ["Opferhilfe Nord 1"]
    assert proposed() == [("Opferhilfe Nord 0", "status", "active", "defunct")]


# ---- coming back ----
def test_second_visit_says_that_it_was_answered_and_the_new_answer_counts(partner, invitation, clock):
    answer(partner, invitation, all="1", new_phones_1="116 016", comment="Erste Antwort.")
    clock.move(days=2)

    page = partner.get(address(invitation))
    assert pages.notices(page) == [
        "Sie haben am 24. November 2026 geantwortet, vielen Dank. Bis zum 22. Dezember 2026 können Sie noch einmal "
        "antworten: Dann zählt die neue Antwort."
    ]
    answer(partner, invitation, right_name="on", new_hours="nie")

    assert confirmed() == {"Opferhilfe Nord 0": ["name", "provider"]}
    assert proposed() == [("Opferhilfe Nord 0", "hours", "Mo–Fr 9–16 Uhr", "nie")]
    answer(partner, invitation, all="1")
    assert (proposed(), ChangeProposal.objects.count()) == ([], 0)


def test_what_an_editor_has_decided_meanwhile_stays(partner, invitation):
    answer(partner, invitation, new_website="www.nord.example", new_hours="nie")
    ProposedChange.objects.filter(field="website").update(state="accepted")

    answer(partner, invitation, all="1")

    assert [row[1] for row in proposed()] == ["website"]


def test_double_click_is_one_answer(partner, invitation):
    form = pages.fields(partner.get(address(invitation))) | {"all": "1", "comment": "Danke."}

    assert [pages.heading(partner.post(address(invitation), form)) for _ in range(3)] == [THANKS] * 3
    assert (len(confirmed()), Verification.objects.count(), ProposedChange.objects.count()) == (2, 2, 1)


def test_answer_that_cannot_be_stored_now_stays_on_the_page(partner, invitation, caplog):
    def broken(execute, sql, *rest):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError("GEHEIM")
        return execute(sql, *rest)

    with connection.execute_wrapper(broken):
        refused = answer(partner, invitation, new_website="www.nord.example", comment="Ab Januar ziehen wir um.")

    assert (refused.status_code, pages.errors(refused)) == (503, [BUSY])
    assert (confirmed(), proposed()) == ({}, [])
    assert "confirmation: OperationalError" in caplog.text
    assert "GEHEIM" not in caplog.text
    partner.post(address(invitation), pages.fields(refused))
    assert [row[1:] for row in proposed()] == [("website", "", "www.nord.example"), ("comment", "", "")]


def test_confirmations_of_an_earlier_round_stay(partner, invitation, clock):
    old = Verification.objects.create(
        offer=invitation.organization.offers.first(), facts=["name"], verified_on="2026-05-01", **PARTNER
    )

    answer(partner, invitation, right_hours="on")

    assert old in Verification.objects.all()
    assert Verification.objects.count() == 2


# ---- opening the link changes nothing ----
@pytest.mark.parametrize("name", ["answer", "opt_out"])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_mail_scanner_changes_nothing(invitation, name, method):
    before = list(Invitation.objects.values()), list(PartnerContact.objects.values())

    response = getattr(Client(), method)(address(invitation, name) + "?all=1&x=y")

    assert response.status_code == 200
    assert (list(Invitation.objects.values()), list(PartnerContact.objects.values())) == before
    assert (Verification.objects.count(), ChangeProposal.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["answer", "opt_out"])
def test_pages_are_private(partner, invitation, name):
    for response in (partner.get(address(invitation, name)), partner.post(address(invitation, name), {})):
        assert "no-store" in response["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in response.content.decode()
        assert response["Referrer-Policy"] == "no-referrer"
        assert not response.cookies
    assert "/bestaetigen/" not in partner.get("/sitemap.xml").content.decode()


# ---- tokens ----
def foreign(invitation):
    """The number of one invitation, the signature of another."""
    other = make_invitation(make_partner("Andere"), invitation.round)
    return f"{invitation.pk}.{confirmations.token_of(other).split('.')[1]}"


def changed(invitation):
    token = confirmations.token_of(invitation)
    return token[:-2] + ("AB" if token[-2:] != "AB" else "BA")


@pytest.mark.parametrize(
    "forge",
    [
        changed,
        foreign,
        lambda invitation: str(invitation.pk),
        lambda invitation: f"{invitation.pk}.",
        lambda invitation: signing.Signer(salt="another", sep=".").sign(str(invitation.pk)),
        lambda invitation: signing.Signer(salt="monitoring.invitation", sep=".", key="x").sign(str(invitation.pk)),
        lambda invitation: confirmations.SIGNER.sign("999999"),
        lambda invitation: confirmations.SIGNER.sign("eins"),
        lambda invitation: confirmations.SIGNER.sign("9" * 5000),
        lambda invitation: "%00",
        lambda invitation: "ä" * 500,
    ],
)
def test_token_that_is_not_ours_is_not_found(partner, invitation, forge):
    token = forge(invitation)

    for end in ("", "abmelden/"):
        for response in (partner.get(f"/bestaetigen/{token}/{end}"), partner.post(f"/bestaetigen/{token}/{end}", {})):
            assert response.status_code == 404
    assert (Verification.objects.count(), PartnerContact.objects.exclude(opted_out_on=None).count()) == (0, 0)


def test_link_is_good_until_the_last_day_and_then_says_why_it_is_not(partner, invitation, clock):
    form = pages.fields(partner.get(address(invitation))) | {"all": "1"}
    clock.move(days=28)
    assert partner.get(address(invitation)).status_code == 200
    clock.move(days=1)

    for response in (partner.get(address(invitation)), partner.post(address(invitation), form)):
        assert (response.status_code, pages.heading(response)) == (410, "Diese Runde ist zu Ende")
    assert (confirmed(), Invitation.objects.get().answered_at) == ({}, None)


def test_paused_round_can_be_answered(partner, invitation):
    invitation.round.is_paused = True
    invitation.round.save()

    assert pages.heading(answer(partner, invitation, all="1")) == THANKS


def test_only_our_own_page_may_send(invitation, clock):
    own = Visitor()
    form = pages.fields(own.get(address(invitation))) | {"all": "1"}

    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        for name in ("answer", "opt_out"):
            assert Visitor(headers=headers).post(address(invitation, name), form).status_code == 403
    assert confirmed() == {}
    assert not PartnerContact.objects.exclude(opted_out_on=None).exists()


# ---- what no form of ours would send ----
def test_empty_answer_is_an_error(partner, invitation):
    response = answer(partner, invitation)

    assert pages.errors(response) == ["Bitte setzen Sie mindestens ein Häkchen, oder schreiben Sie, was richtig ist."]
    assert pages.title(response).startswith("Bitte prüfen: ")
    assert Invitation.objects.get().answered_at is None


def test_facts_that_changed_meanwhile_are_looked_at_again(partner, invitation):
    form = pages.fields(partner.get(address(invitation))) | {"all": "1", "comment": "Stimmt."}
    offer = invitation.organization.offers.order_by("pk").first()
    offer.phones.filter(number="116006").update(number="116016")

    response = partner.post(address(invitation), form)

    assert pages.errors(response) == ["Die Angaben haben sich inzwischen geändert. Bitte sehen Sie noch einmal nach."]
    assert (pages.fields(response)["comment"], confirmed()) == (["Stimmt."], {})
    assert pages.heading(partner.post(address(invitation), pages.fields(response) | {"all": "1"})) == THANKS


@pytest.mark.parametrize("field", ["new_phones_0", "new_description", "right_name", "ended", "comment", "seen", "all"])
@pytest.mark.parametrize(
    "value",
    ["a\x00b", "\u202egnp\u2066", "x" * 50_000, "<script>alert(1)</script>", ["a", "b"], "e" + "\u0301" * 500],
    ids=["NUL", "bidi", "long", "markup", "doubled", "accents"],
)
def test_nothing_in_a_field_breaks_the_page(partner, invitation, field, value):
    response = answer(partner, invitation, **{field: value})

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    words = "".join(ProposedChange.objects.values_list("new", flat=True))
    assert re.findall("[\x00-\x09\x0b-\x1f\u202e\u2066]", words) == []


def test_a_megabyte_is_refused(partner, invitation):
    assert answer(partner, invitation, comment="x" * 1_000_000).status_code == 413


def test_error_leads_to_its_field_and_keeps_what_was_typed(partner, invitation):
    first = invitation.organization.offers.order_by("pk").first()

    response = answer(partner, invitation, new_hours="x" * 401, right_name="on")

    assert pages.errors(response) == ["Erreichbarkeit: richtig ist – Bitte kürzen Sie auf 400 Zeichen."]
    assert f'href="#id_new_{first.pk}_hours"' in pages.main(response)
    kept = pages.fields(response)
    assert (kept[f"new_{first.pk}_hours"], kept[f"right_{first.pk}_name"]) == (["x" * 401], ["on"])


def test_another_organizations_offer_cannot_be_answered_for(partner, invitation):
    other = make_offer(name="Fremd", phones=["116006"])
    form = pages.fields(partner.get(address(invitation)))
    sent = {f"right_{other.pk}_name": "on", f"new_{other.pk}_name": "Böse", f"ended_{other.pk}": "on"}

    response = partner.post(address(invitation), form | sent)

    assert len(pages.errors(response)) == 1
    assert (confirmed(), proposed()) == ({}, [])


# ---- no more requests ----
def test_opting_out_takes_a_button(partner, invitation, clock):
    page = partner.get(address(invitation, "opt_out"))
    done = partner.post(address(invitation, "opt_out"))

    assert (pages.heading(page), pages.heading(done)) == ("Keine Anfragen mehr?", OUT)
    contact = PartnerContact.objects.get()
    assert contact.opted_out_on == clock.now().date()
    clock.move(days=1)
    assert pages.heading(partner.post(address(invitation, "opt_out"))) == OUT
    contact.refresh_from_db()
    assert contact.opted_out_on != clock.now().date()
    assert pages.heading(partner.get(address(invitation, "opt_out"))) == OUT


def test_opting_out_works_when_the_round_is_over(partner, invitation, clock):
    clock.move(days=100)

    assert pages.heading(partner.post(address(invitation, "opt_out"))) == OUT
    assert PartnerContact.objects.get().opted_out_on == clock.now().date()


def test_opting_out_counts_for_one_organization(partner, invitation):
    make_partner("Andere")

    partner.post(address(invitation, "opt_out"))

    assert [contact.organization.name for contact in PartnerContact.objects.filter(opted_out_on=None)] == ["Andere"]


def test_organization_whose_offers_ended_is_told_so(partner, clock):
    invitation = make_invitation(make_partner(offers=0))

    response = partner.get(address(invitation))

    assert "Zurzeit steht kein Angebot von Ihnen im Wegweiser." in pages.text(response)
    assert "<button" not in pages.main(response)


# ---- queries ----
@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_for_one_offer_and_for_three(partner, clock, rows):
    invitation = make_invitation(make_partner(offers=rows, phones=["116006"]), make_round())
    partner.get(address(invitation))

    with CaptureQueriesContext(connection) as queries:
        partner.get(address(invitation))

    assert len(queries) == 10
