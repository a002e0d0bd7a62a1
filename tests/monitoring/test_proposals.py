"""A visitor says that an entry is wrong, or that one is missing: as a browser without JavaScript does it."""

import re

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from contact import tickets
from directory.monitoring.models import ChangeProposal, ProposedChange
from directory.monitoring.views import entries as views
from tests.contact import pages
from tests.factories import make_offer, make_organization
from tests.monitoring.visiting import MISSING, address, make_ticket, send
from tests.visitor import Visitor

THANKS = "Danke für Ihren Hinweis"
NOTHING_SAID = "Bitte sagen Sie uns, was nicht stimmt oder was fehlt."


@pytest.fixture(autouse=True)
def _clock(clock):
    """Every test here has its time."""


@pytest.fixture
def offer(db):
    return make_offer(
        slug="hilfe",
        name="Beratung Nord",
        phones=["+493025208838", "116006"],
        emails=["hilfe@example.org"],
        hours_note="Mo–Fr 9–16 Uhr",
    )


def stored():
    """[(field, old, new)] of everything that is stored."""
    return list(ProposedChange.objects.values_list("field", "old", "new"))


# ---- the whole way ----
def test_visitor_reports_a_dead_number_with_one_choice(visitor, clock, offer):
    form = visitor.get("/aenderung/hilfe/")
    clock.move(seconds=15)

    thanks = visitor.post("/aenderung/hilfe/", pages.fields(form) | {"reason": "phone"})

    assert (pages.heading(form), pages.heading(thanks)) == ("Stimmt etwas nicht?", THANKS)
    proposal = ChangeProposal.objects.get()
    assert (proposal.offer, proposal.by, proposal.created_on) == (offer, "visitor", clock.now().date())
    assert proposal.comment == "Die Telefonnummer stimmt nicht."
    assert stored() == [("comment", "", "")]
    assert "Zurück zu „Beratung Nord“" in pages.text(thanks)


def test_visitor_says_what_is_right_field_by_field(visitor, clock, offer):
    form = visitor.get("/aenderung/hilfe/")
    clock.move(minutes=2)
    right = {
        "phones_0": "030 23125471",
        "phones_other": "116 016",
        "emails_0": "neu@example.org",
        "website": "www.neu.example",
        "hours": "Mo–Do 9–12 Uhr",
        "name": "Beratung Nordwest",
        "description": "Zuhören\nund weiterhelfen.",
    }

    thanks = visitor.post("/aenderung/hilfe/", pages.fields(form) | right | {"comment": "So steht es an der Tür."})

    assert pages.heading(thanks) == THANKS
    assert stored() == [
        ("phones", "+493025208838", "030 23125471"),
        ("phones", "", "116 016"),
        ("emails", "hilfe@example.org", "neu@example.org"),
        ("website", "https://angebot.example/", "www.neu.example"),
        ("hours", "Mo–Fr 9–16 Uhr", "Mo–Do 9–12 Uhr"),
        ("name", "Beratung Nord", "Beratung Nordwest"),
        ("description", offer.description, "Zuhören\nund weiterhelfen."),
        ("comment", "", ""),
    ]
    assert ChangeProposal.objects.get().comment == "So steht es an der Tür."
    assert set(ProposedChange.objects.values_list("state", flat=True)) == {"open"}


def test_form_shows_what_we_show(visitor, offer):
    shown = re.findall(r'<label for="id_(\w+)">.*?</label>\s*<p class="field__help" [^>]*>(.*?)</p>', page_of(visitor))

    assert shown[:-1] == [
        ("phones_0", "Bei uns steht: 030 25208838"),
        ("phones_1", "Bei uns steht: 116 006"),
        ("emails_0", "Bei uns steht: hilfe@example.org"),
        ("website", "Bei uns steht: https://angebot.example/"),
        ("hours", "Bei uns steht: Mo–Fr 9–16 Uhr"),
        ("name", "Bei uns steht: Beratung Nord"),
        ("description", f"Bei uns steht: {offer.description}"),
    ]
    assert shown[-1][0] == "comment"
    assert "Bitte nichts Persönliches" in shown[-1][1]


def page_of(visitor):
    return pages.main(visitor.get("/aenderung/hilfe/"))


@pytest.mark.parametrize(
    ("sent", "changes", "comment"),
    [
        ({"reason": "ended"}, [("status", "active", "defunct")], ""),
        ({"reason": "unreachable"}, [("comment", "", "")], "Es ist niemand erreichbar."),
        (
            {"reason": "unreachable", "comment": "Seit Mai."},
            [("comment", "", "")],
            "Es ist niemand erreichbar.\nSeit Mai.",
        ),
        ({"reason": "phone", "phones_1": "116 016"}, [("phones", "116006", "116 016")], ""),
        ({"reason": "other", "comment": "Alles falsch."}, [("comment", "", "")], "Alles falsch."),
        ({"comment": "Nur Worte."}, [("comment", "", "")], "Nur Worte."),
    ],
)
def test_reasons_and_words_become_rows_that_somebody_decides(visitor, offer, sent, changes, comment):
    send(visitor, offer, **sent)

    assert (stored(), ChangeProposal.objects.get().comment) == (changes, comment)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"reason": "other"},
        {"comment": " \u200b\n"},
        {"phones_0": "030/25 20 88 38"},
        {"website": "https://angebot.example/", "hours": " Mo–Fr 9–16 Uhr ", "emails_0": "hilfe@example.org"},
    ],
)
def test_what_says_nothing_new_is_no_proposal(visitor, offer, sent):
    response = send(visitor, offer, **sent)

    assert pages.errors(response) == [f"Was stimmt nicht? – {NOTHING_SAID}"]
    assert 'href="#id_reason_0"' in pages.main(response)
    assert pages.title(response).startswith("Bitte prüfen: ")
    assert stored() == []


def test_missing_offer_is_reported(visitor, clock):
    form = visitor.get(MISSING)
    clock.move(minutes=1)
    sent = {"name": "Notruf Süd", "phones": "089 123456", "comment": "Für Bayern."}

    thanks = visitor.post(MISSING, pages.fields(form) | sent)

    assert (pages.heading(form), pages.heading(thanks)) == ("Fehlendes Angebot melden", THANKS)
    proposal = ChangeProposal.objects.get()
    assert (proposal.offer, proposal.comment, str(proposal)) == (None, "Für Bayern.", "Fehlendes Angebot (24.11.2026)")
    assert stored() == [("name", "", "Notruf Süd"), ("phones", "", "089 123456"), ("comment", "", "")]


def test_missing_offer_needs_a_name(visitor):
    response = send(visitor, comment="Es fehlt eines.")

    assert pages.errors(response) == [
        "Wie heißt das Angebot oder die Stelle? – Bitte nennen Sie einen Namen, damit wir suchen können."
    ]
    assert 'href="#id_name"' in pages.main(response)
    assert pages.fields(response)["comment"] == ["Es fehlt eines."]


def test_pages_lead_to_the_forms_quietly(visitor, offer):
    page = pages.main(visitor.get("/angebote/hilfe/"))
    actors = pages.main(visitor.get("/akteure/"))

    assert '<p class="small">Stimmt etwas nicht? <a href="/aenderung/hilfe/">Sagen Sie es uns</a>.</p>' in page
    assert '<p class="small">Fehlt ein Angebot? <a href="/aenderung/">Sagen Sie es uns</a>.</p>' in actors


@pytest.mark.parametrize("status", ["draft", "defunct"])
def test_only_what_is_published_can_be_corrected(visitor, status):
    offer = make_offer(status=status)

    assert visitor.get(address(offer)).status_code == 404
    assert visitor.post(address(offer), {"reason": "phone"}).status_code == 404
    assert stored() == []


def test_closed_offer_can_be_corrected(visitor):
    offer = make_offer(status="temporarily closed")

    send(visitor, offer, reason="ended")

    assert stored() == [("status", "temporarily closed", "defunct")]


# ---- nothing about who ----
@pytest.mark.parametrize("path", ["/aenderung/", "/aenderung/hilfe/"])
def test_pages_are_not_kept_not_indexed_and_set_no_cookie(visitor, offer, path):
    for response in (visitor.get(path), visitor.post(path, {})):
        assert "no-store" in response["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in response.content.decode()
        assert response["Referrer-Policy"] == "no-referrer"
        assert not response.cookies
    assert "/aenderung/" not in visitor.get("/sitemap.xml").content.decode()


def test_rows_have_no_place_for_who_or_when():
    for name in ("ip", "address", "user", "created_at", "user_agent", "referer"):
        with pytest.raises(FieldDoesNotExist):
            ChangeProposal._meta.get_field(name)
    assert [field.name for field in ChangeProposal._meta.fields] == [
        *("id", "offer", "by", "comment", "created_on", "nonce")
    ]


# ---- tickets ----
def test_form_that_is_sent_again_is_thanked_for_and_stored_once(visitor, offer):
    sent = {"ticket": make_ticket(offer), "reason": "phone"}

    headings = [pages.heading(visitor.post(address(offer), sent)) for _ in range(3)]

    assert headings == [THANKS] * 3
    assert len(stored()) == 1


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (lambda offer: make_ticket(offer, age=3), tickets.TooYoung.advice),
        (lambda offer: make_ticket(offer, age=2 * 3600 + 1), tickets.TooOld.advice),
        (lambda offer: make_ticket(), tickets.BadTicket.advice),
        (lambda offer: make_ticket(make_offer()), tickets.BadTicket.advice),
        (lambda offer: make_ticket(offer)[:-1] + "_", tickets.BadTicket.advice),
        (lambda offer: tickets.issue("callback"), tickets.BadTicket.advice),
        (lambda offer: "", tickets.BadTicket.advice),
        (lambda offer: "x" * 9000, tickets.BadTicket.advice),
    ],
    ids=["young", "old", "missing offer's", "another offer's", "altered", "contact's", "none", "long"],
)
def test_ticket_that_is_not_good_keeps_what_was_typed_and_the_next_one_works(
    visitor,
    clock,
    offer,
    make,
    advice,
):
    sent = {"reason": "phone", "phones_0": "030 23125471", "comment": "Bitte ändern."}

    response = visitor.post(address(offer), sent | {"ticket": make(offer)})

    assert pages.errors(response) == [advice]
    assert stored() == []
    kept = pages.fields(response)
    assert {name: kept[name] for name in sent} == {name: [value] for name, value in sent.items()}
    clock.move(seconds=5)
    assert pages.heading(visitor.post(address(offer), kept)) == THANKS


def test_facts_that_changed_meanwhile_are_shown_before_anything_is_stored(visitor, clock, offer):
    kept = pages.fields(visitor.get(address(offer))) | {"phones_0": "030 23125471"}
    clock.move(minutes=1)
    offer.phones.filter(number="+493025208838").update(number="+498912345678")

    response = visitor.post(address(offer), kept)

    assert pages.errors(response) == [tickets.BadTicket.advice]
    assert "Bei uns steht: 089 12345678" in pages.text(response)
    assert stored() == []


# ---- abuse ----
@pytest.mark.parametrize("path", ["/aenderung/", "/aenderung/hilfe/"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({}, 403),
        ({"Origin": "http://testserver"}, 200),
    ],
)
def test_only_our_own_page_may_send(offer, path, headers, status):
    with_offer = offer if "hilfe" in path else None
    sent = {"ticket": make_ticket(with_offer), "name": "Notruf", "comment": "x"}

    assert Visitor(headers=headers).post(path, sent).status_code == status
    assert ChangeProposal.objects.count() == (status == 200)


def test_robot_that_fills_in_everything_is_not_stored(visitor, offer):
    response = send(visitor, offer, reason="phone", homepage="https://spam.example")

    assert pages.errors(response) == [tickets.BadTicket.advice]
    assert stored() == []


def test_too_many_are_asked_to_wait_and_lose_nothing(visitor, offer, clock):
    for _ in range(views.MOST_PROPOSALS):
        assert send(visitor, offer, reason="phone").status_code == 200

    response = send(visitor, offer, reason="phone", comment="Bitte!")

    assert (response.status_code, pages.errors(response)) == (429, [views.BUSY])
    assert pages.fields(response)["comment"] == ["Bitte!"]
    assert ChangeProposal.objects.count() == views.MOST_PROPOSALS
    clock.move(hours=1)
    assert send(visitor, offer, reason="phone").status_code == 200


def test_database_that_is_out_of_reach_loses_nothing(visitor, offer, monkeypatch, caplog):
    def lost(*args, **kwargs):
        raise OperationalError("GEHEIM")

    monkeypatch.setattr(ChangeProposal.objects, "get_or_create", lost)
    response = send(visitor, offer, comment="Bitte merken.")

    assert (response.status_code, pages.errors(response)) == (503, [views.BUSY])
    assert pages.fields(response)["comment"] == ["Bitte merken."]
    assert [record.getMessage() for record in caplog.records] == ["proposal: OperationalError"]


# ---- what no form of ours would send ----
FIELDS = [
    *("reason", "phones_0", "phones_1", "phones_other", "emails_0", "emails_other", "website", "hours", "name"),
    *("description", "comment", "homepage", "ticket"),
]
WRONG = {
    "NUL": "a\x00b",
    "only NUL": "\x00",
    "bidi": "\u202egnp.exe\u2066",
    "control": "a\x07\x1b[31m",
    "accents": "e" + "\u0301" * 500,
    "long": "x" * 50_000,
    "markup": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "template": "{{7*7}}",
    "surrogates": "\ud800".encode("utf-8", "surrogatepass"),
    "doubled": ["a", "b"],
    "a thousand times": ["a"] * 900,
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", WRONG)
def test_nothing_in_a_field_breaks_the_form_or_is_stored_as_it_came(visitor, offer, field, name):
    sent = {"ticket": make_ticket(offer), "reason": "phone", field: WRONG[name]}
    response = visitor.post(address(offer), sent)

    page = response.content.decode()
    assert response.status_code == 200
    assert ("<script>alert" in page, "<img" in page, "\x00" in pages.text(response)) == (False, False, False)
    words = "".join(change.new + change.proposal.comment for change in ProposedChange.objects.all())
    assert re.findall("[\x00-\x09\x0b-\x1f\u202e\u2066]", words) == []
    assert len(words) < 500


@pytest.mark.parametrize("field", FIELDS)
def test_a_megabyte_is_refused_before_it_is_read(visitor, offer, field):
    response = visitor.post(address(offer), {"ticket": make_ticket(offer), field: "x" * 1_000_000})

    assert response.status_code == 413
    assert stored() == []


@pytest.mark.parametrize("field", FIELDS)
def test_field_that_is_missing_breaks_nothing(visitor, offer, field):
    sent = {"ticket": make_ticket(offer), "reason": "other", "comment": "Falsch.", "name": "Neu", "hours": "nie"}
    sent.pop(field, None)

    response = visitor.post(address(offer), sent)

    assert response.status_code == 200
    assert ChangeProposal.objects.count() == (field != "ticket")


@pytest.mark.parametrize(
    ("field", "most"), [("phones_0", 400), ("website", 400), ("hours", 400), ("description", 1500), ("comment", 1500)]
)
def test_texts_have_a_most(visitor, offer, field, most):
    refused = send(visitor, offer, **{field: "x" * (most + 1)})
    taken = send(visitor, offer, **{field: "x" * most})

    assert [error.split(" – ")[1] for error in pages.errors(refused)] == [f"Bitte kürzen Sie auf {most} Zeichen."]
    assert pages.fields(refused)[field] == ["x" * (most + 1)]
    assert pages.heading(taken) == THANKS


@pytest.mark.parametrize("reason", ["nonsense", "0", "phone\x00"])
def test_reason_that_there_is_not_is_one_error(visitor, offer, reason):
    assert pages.errors(send(visitor, offer, reason=reason)) == ["Was stimmt nicht? – Bitte wählen Sie aus der Liste."]


# ---- queries ----
@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_for_one_phone_and_for_three(visitor, rows):
    numbers = ["+493025208838", "+493025208839", "+493025208840"][:rows]
    offer = make_offer(phones=numbers, emails=[f"{n}@example.org" for n in range(rows)])
    make_offer(organization=make_organization())
    visitor.get(address(offer))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        visitor.get(address(offer))

    assert len(queries) == 9
