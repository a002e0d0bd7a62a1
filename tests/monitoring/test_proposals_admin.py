"""An editor decides what visitors and partners propose, one by one."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from directory.models import CatalogueVersion, Offer
from directory.monitoring import decisions
from directory.monitoring.admin.proposal import compared, in_words
from directory.monitoring.models import ChangeProposal, ProposedChange, Verification
from tests.factories import make_offer
from tests.monitoring.factories import make_proposal

LIST = reverse("admin:monitoring_changeproposal_changelist")


@pytest.fixture
def offer(db):
    return make_offer(
        name="Beratung Nord",
        phones=["+493025208838", "116006"],
        emails=["hilfe@example.org"],
        hours_note="Mo–Fr 9–16 Uhr",
    )


def page_of(proposal):
    return reverse("admin:monitoring_changeproposal_change", args=[proposal.pk])


def decide(client, proposal, decision="accept", **more):
    change = proposal.changes.first()
    return client.post(page_of(proposal), {"change": change.pk, "decision": decision, **more}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def state(proposal):
    return list(proposal.changes.values_list("state", flat=True))


# ---- accepting writes ----
@pytest.mark.parametrize(
    ("field", "old", "new", "written"),
    [
        ("phones", "+493025208838", "030/23 12 54 71", ["+493023125471", "116006"]),
        ("phones", "", "116 016", ["+493025208838", "116006", "116016"]),
        ("emails", "hilfe@example.org", "neu@example.org", ["neu@example.org"]),
        ("emails", "", "zwei@example.org", ["hilfe@example.org", "zwei@example.org"]),
        ("website", "https://angebot.example/", "www.neu.example/x", "https://www.neu.example/x"),
        ("online_form", "", "https://formular.example/", "https://formular.example/"),
        ("hours", "Mo–Fr 9–16 Uhr", "Mo–Do 9–12 Uhr", "Mo–Do 9–12 Uhr"),
        ("name", "Beratung Nord", "Beratung Nordwest", "Beratung Nordwest"),
        ("status", "active", "defunct", "defunct"),
    ],
)
def test_accepted_value_stands_in_the_offer(admin_client, offer, field, old, new, written):
    proposal = make_proposal(offer, (field, old, new))
    CatalogueVersion.objects.bump()
    before = CatalogueVersion.objects.current()

    decide(admin_client, proposal, method="call")

    assert now(offer, field) == written
    assert state(proposal) == ["accepted"]
    assert CatalogueVersion.objects.current() > before
    assert [entry.object_id for entry in LogEntry.objects.all()] == [str(offer.pk)]
    assert "geändert (Änderungsvorschlag)" in LogEntry.objects.get().change_message
    proofs = list(Verification.objects.values_list("facts", "by", "method", "outcome", "user__username"))
    assert proofs == ([] if field == "status" else [([field], "editor", "call", "corrected", "admin")])


def now(offer, field):
    offer.refresh_from_db()
    if field == "phones":
        return [phone.number for phone in offer.phones.all()]
    if field == "emails":
        return [email.address for email in offer.emails.all()]
    return getattr(offer, {"hours": "hours_note"}.get(field, field))


@pytest.mark.parametrize(
    ("by", "proof"),
    [
        ("visitor", ("editor", "website")),
        ("partner", ("partner", "confirmation link")),
        ("link check", ("editor", "link check")),
    ],
)
def test_verification_says_who_and_how(admin_client, offer, by, proof):
    decide(admin_client, make_proposal(offer, ("name", "Beratung Nord", "Beratung Nordwest"), by=by))

    assert list(Verification.objects.values_list("by", "method")) == [proof]


def test_changed_number_keeps_its_label_and_place(admin_client, offer):
    offer.phones.filter(number="+493025208838").update(label="Beratungstelefon", free=True)

    decide(admin_client, make_proposal(offer, ("phones", "+493025208838", "030 23125471")))

    assert list(offer.phones.values_list("number", "label", "free", "position")) == [
        ("+493023125471", "Beratungstelefon", True, 0),
        ("116006", "", None, 1),
    ]


# ---- accepting refuses ----
@pytest.mark.parametrize(
    ("field", "old", "new", "reason"),
    [
        ("phones", "+493025208838", "030 1", "Telefon: Diese Telefonnummer gibt es nicht."),
        ("phones", "+493025208838", "ruft nicht an", "Telefon: Diese Telefonnummer ist nicht lesbar."),
        ("phones", "+493025208838", "116 006", "Telefon: Diese Nummer steht schon bei diesem Angebot."),
        ("emails", "", "keine Adresse", "E-Mail: "),
        ("website", "https://angebot.example/", "javascript:alert(1)", "Website: "),
        ("website", "https://angebot.example/", "nein danke", "Website: "),
        ("hours", "Mo–Fr 9–16 Uhr", "x" * 251, "Erreichbarkeit: "),
        ("name", "Beratung Nord", "x" * 161, "Name: "),
        ("summary", "Beratung nach Anfeindungen und Drohungen im Amt.", "kurz", "Kurzbeschreibung: "),
    ],
)
def test_value_that_is_not_valid_is_refused_with_the_reason_and_stays_open(
    admin_client, offer, field, old, new, reason
):
    proposal = make_proposal(offer, (field, old, new))
    before = Offer.objects.filter(pk=offer.pk).values().get()

    response = decide(admin_client, proposal)

    assert said(response)[0].startswith(reason)
    assert state(proposal) == ["open"]
    assert Offer.objects.filter(pk=offer.pk).values().get() == before
    assert [phone.number for phone in offer.phones.all()] == ["+493025208838", "116006"]
    assert (Verification.objects.count(), LogEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("field", "old", "says"),
    [
        ("phones", "+498912345678", "Telefon hat sich inzwischen geändert. Heute steht da: +493025208838, 116006."),
        ("website", "https://alt.example/", "Heute steht da: https://angebot.example/."),
        ("hours", "", "Erreichbarkeit hat sich inzwischen geändert."),
        ("status", "temporarily closed", "Status hat sich inzwischen geändert."),
    ],
)
def test_value_that_changed_meanwhile_is_not_overwritten(admin_client, offer, field, old, says):
    proposal = make_proposal(offer, (field, old, "defunct" if field == "status" else "030 23125471"))

    page = admin_client.get(page_of(proposal)).content.decode()
    response = decide(admin_client, proposal)

    assert "hat sich inzwischen geändert. Heute steht da:" in page
    assert says in said(response)[0]
    assert state(proposal) == ["open"]


def test_second_editor_is_told_that_it_is_decided(admin_client, offer):
    proposal = make_proposal(offer, ("phones", "", "116 016"))
    decide(admin_client, proposal)

    for decision in ("accept", "reject"):
        assert said(decide(admin_client, proposal, decision)) == ["Darüber ist schon entschieden: übernommen."]
    assert now(offer, "phones") == ["+493025208838", "116006", "116016"]


def test_rejected_value_is_not_written(admin_client, offer):
    proposal = make_proposal(offer, ("name", "Beratung Nord", "Quatsch"))

    decide(admin_client, proposal, "reject")

    change = proposal.changes.get()
    assert (change.state, change.decided_by.username, change.decided_at is not None) == ("rejected", "admin", True)
    assert now(offer, "name") == "Beratung Nord"
    assert Verification.objects.count() == 0


def test_one_field_is_decided_without_the_others(admin_client, offer):
    proposal = make_proposal(offer, ("name", "Beratung Nord", "Beratung Süd"), ("phones", "", "116 016"))

    response = decide(admin_client, proposal)
    assert response.redirect_chain == [(page_of(proposal), 302)]
    assert state(proposal) == ["accepted", "open"]

    last = proposal.changes.last()
    response = admin_client.post(page_of(proposal), {"change": last.pk, "decision": "reject"})
    assert response.url == LIST


# ---- what an editor has to do ----
@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("comment", "", ""),
        ("description", "Das Team hört zu und nennt die nächsten Schritte.", "Etwas anderes."),
        ("phones", "116006", ""),
        ("languages", "", "Englisch"),
    ],
)
def test_what_nobody_can_write_for_the_editor_leads_to_the_form(admin_client, offer, field, old, new):
    proposal = make_proposal(offer, (field, old, new), comment="Seit Mai geschlossen.\nWirklich.")
    before = Offer.objects.filter(pk=offer.pk).values().get()

    page = admin_client.get(page_of(proposal)).content.decode()
    decide(admin_client, proposal)

    assert page.count(f'<a href="/redaktion/directory/offer/{offer.pk}/change/">Angebot bearbeiten</a>') == 2
    assert "Seit Mai geschlossen.<br>Wirklich." in page
    assert "Als erledigt vermerken" in page
    assert state(proposal) == ["accepted"]
    assert Offer.objects.filter(pk=offer.pk).values().get() == before
    assert Verification.objects.count() == 0


@pytest.mark.parametrize("hours", [{"opening_hours": "Mo-Fr 09:00-16:00"}, {"around_the_clock": True}])
def test_hours_that_the_page_reckons_with_are_changed_in_the_form(admin_client, hours):
    offer = make_offer(hours_note="Mo–Fr 9–16 Uhr", **hours)
    proposal = make_proposal(offer, ("hours", "Mo–Fr 9–16 Uhr", "nie"))

    assert "Als erledigt vermerken" in admin_client.get(page_of(proposal)).content.decode()
    decide(admin_client, proposal)

    assert now(offer, "hours") == "Mo–Fr 9–16 Uhr"


def test_missing_offer_leads_to_a_new_one(admin_client):
    proposal = make_proposal(None, ("name", "", "Notruf Süd"))

    page = admin_client.get(page_of(proposal)).content.decode()
    decide(admin_client, proposal)

    assert '<a href="/redaktion/directory/offer/add/">Angebot anlegen</a>' in page
    assert (state(proposal), Offer.objects.count()) == (["accepted"], 0)


# ---- what one sees ----
def test_list_shows_what_waits_first(admin_client, offer):
    waiting = make_proposal(offer, ("name", "a", "b"), ("phones", "", "116 016"), ("phones", "", "116 017"))
    done = make_proposal(offer, ("name", "a", "c"))
    ProposedChange.objects.filter(proposal=done).update(state="rejected")

    def listed(query):
        return list(admin_client.get(LIST + query).context["cl"].result_list)

    assert (listed(""), listed("?stand=entschieden"), listed("?stand=alle")) == ([waiting], [done], [waiting, done])
    assert "Name, Telefon" in admin_client.get(LIST).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_as_many_queries_for_three_rows_as_for_one(admin_client, rows, offer, django_assert_num_queries):
    for _ in range(rows):
        make_proposal(offer, *([("name", "a", "b")] * rows))

    with django_assert_num_queries(9):
        admin_client.get(LIST)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_as_many_queries_for_three_changes_as_for_one(admin_client, rows, offer, django_assert_num_queries):
    changes = [("phones", "", "116 016"), ("hours", "Mo–Fr 9–16 Uhr", "Mo–Fr 9–17 Uhr"), ("regions", "", "Hessen")]
    page = page_of(make_proposal(offer, *changes[:rows]))

    with django_assert_num_queries(16):
        admin_client.get(page)


def test_page_shows_old_and_new_as_words_and_marks(admin_client, offer):
    page = admin_client.get(
        page_of(make_proposal(offer, ("description", "Das Team hört zu.", "Das Team <b>redet</b>\u202e zu.")))
    ).content.decode()

    diff = re.search(r'<dl class="diff">(.*?)</dl>', page, re.DOTALL)[1]
    assert "Das Team <del>hört </del>zu." in diff
    assert "Das Team <ins>&lt;b&gt;redet&lt;/b&gt;\u202e </ins>zu." in diff


def test_numbers_are_shown_as_people_read_them(admin_client, offer):
    page = admin_client.get(page_of(make_proposal(offer, ("phones", "+493025208838", "030 1")))).content.decode()

    assert "030 <del>25208838</del>" in page
    assert "+493025208838" not in page


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("emails", "info@hate\u0430id.org", "info@hate\u0430id.org (Vorsicht, fremde Schriftzeichen: \u0430)"),
        (
            "website",
            "https://\u0440\u0440.example/",
            "https://\u0440\u0440.example/ (Vorsicht, fremde Schriftzeichen: \u0440)",
        ),
        ("website", "https://bürger-für-köln.example/", "https://bürger-für-köln.example/"),
        ("description", "Beratung auf По-русски", "Beratung auf По-русски"),
    ],
)
def test_letters_that_only_look_like_ours_are_named_in_addresses(field, value, shown):
    assert in_words(field, value) == shown


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "neu", ([], [(True, "neu")])),
        ("alt", "", ([(True, "alt")], [])),
        ("a b c", "a c", ([(False, "a "), (True, "b "), (False, "c")], [(False, "a "), (False, "c")])),
        ("gleich", "gleich", ([(False, "gleich")], [(False, "gleich")])),
    ],
)
def test_texts_are_compared_word_by_word(old, new, pieces):
    assert compared(old, new) == pieces


@pytest.mark.parametrize("sent", [{}, {"change": "x"}, {"change": 1, "decision": "explode"}, {"change": 10**30}])
def test_decision_that_is_none_changes_nothing(admin_client, offer, sent):
    proposal = make_proposal(offer, ("name", "Beratung Nord", "Beratung Süd"))

    response = admin_client.post(page_of(proposal), {"decision": "accept", **sent}, follow=True)

    assert said(response) == ["Bitte entscheiden Sie noch einmal."]
    assert state(proposal) == ["open"]


def test_change_of_another_proposal_is_not_decided_here(admin_client, offer):
    proposal, other = (make_proposal(offer, ("name", "Beratung Nord", "Beratung Süd")) for _ in range(2))

    admin_client.post(page_of(proposal), {"change": other.changes.get().pk, "decision": "accept"})

    assert (state(proposal), state(other)) == (["open"], ["open"])


def test_proposal_that_is_gone_is_not_found(admin_client, db):
    assert admin_client.get("/redaktion/monitoring/changeproposal/99/change/").status_code == 404
    with pytest.raises(decisions.Refused, match="nicht mehr da"):
        decisions.accept(99, User.objects.first())


def test_proposal_can_be_deleted(admin_client, offer):
    proposal = make_proposal(offer, ("phones", "a", "b"))
    url = reverse("admin:monitoring_changeproposal_delete", args=[proposal.pk])

    asked = admin_client.get(url).content.decode()
    admin_client.post(url, {"post": "yes"})

    assert "Vorgeschlagene Angabe: Telefon" in asked
    assert (ChangeProposal.objects.count(), ProposedChange.objects.count(), Offer.objects.count()) == (0, 0, 1)


def test_who_may_not_change_offers_decides_nothing(client, offer):
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(
        Permission.objects.filter(codename__in=["view_changeproposal", "change_changeproposal"])
    )
    client.force_login(reader)
    proposal = make_proposal(offer, ("name", "Beratung Nord", "Beratung Süd"))

    page = client.get(page_of(proposal))
    response = client.post(page_of(proposal), {"change": proposal.changes.get().pk, "decision": "accept"})

    assert (page.status_code, "Übernehmen" in page.content.decode(), response.status_code) == (200, False, 403)
    assert state(proposal) == ["open"]
