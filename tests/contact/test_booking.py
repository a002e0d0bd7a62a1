"""Booking a talk, as a browser without JavaScript does it."""

import logging
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact import keyring, sealing, tickets, views
from contact.models import ContactRequest, SlotRule
from directory import catalogue
from tests.contact import pages
from tests.contact.factories import (
    CODE,
    NEXT,
    OTHER_CODE,
    SLOT,
    WAYS,
    answers,
    derive,
    make_request,
    make_row,
    make_rule,
    make_ticket,
)
from tests.factories import make_region, make_threat_type
from tests.visitor import Visitor

DAY = "Dienstag, 24. November"
WORDS = {"name": "Petra P.", "message": "Er stand vor dem Haus.\nZum dritten Mal."}
CALL = {
    "line": "mobile",
    "pickup": "nur ich",
    "voicemail": "on",
    "phrase": "Hier ist die Bücherei",
    "reminder": "call",
}
SELF = "Ich rufe zum Termin selbst an und nenne meinen Terminnamen"
GROUPS = sealing.in_groups(CODE)


@pytest.fixture(autouse=True)
def _open(clock, keys, db, codes_known):
    make_rule()
    make_rule("video")


def send(visitor, kind="callback", code=CODE, **changes):
    return visitor.post(WAYS[kind], answers(kind, code, **changes))


def rows():
    return ContactRequest.objects.count()


def opened(row):
    return sealing.unseal(row.pk, row.kid, row.content)


# ---- the whole way ----
@pytest.mark.parametrize(
    ("kind", "choices", "checked"),
    [
        (
            "callback",
            {"way": "team", "number": "0151 23456789", **CALL},
            {
                "Wer ruft an?": "Rufen Sie mich an",
                "Telefonnummer": "01512 3456789",
                "Was für ein Anschluss ist das?": "mein Handy",
                "Wer darf abheben?": "nur ich",
                "Sie dürfen auf die Mailbox sprechen": "ja",
                "Womit sollen wir uns melden?": "Hier ist die Bücherei",
                "Sollen wir Sie erinnern?": "ja, kurz anrufen am Werktag vorher",
            },
        ),
        (
            "callback",
            {"way": "visitor"},
            {"Wer ruft an?": SELF},
        ),
        ("video", {}, {}),
    ],
    ids=["we call", "the visitor calls", "video"],
)
def test_visitor_books_a_talk(visitor, clock, kind, choices, checked):
    threat = make_threat_type(name="Hass im Netz", slug="hass-im-netz")
    land = make_region("Hessen")
    catalogue.forget()
    form = visitor.get(WAYS[kind])
    clock.move(minutes=3)

    filled = pages.fields(form) | choices | WORDS | {"threats": [threat.slug], "state": land.slug, "consent": "on"}
    check = visitor.post(WAYS[kind], filled | {"slot": pages.slots(form)[0], "step": "check"})
    code = pages.code(check)
    booked = visitor.post(WAYS[kind], pages.fields(check) | {"noted": "on", "step": "send"})

    assert pages.heading(check) == "Stimmt alles?"
    assert pages.facts(check) == {
        "Termin": f"{DAY}, 14 Uhr",
        **checked,
        "Name oder Pseudonym": "Petra P.",
        "Worum geht es?": "Hass im Netz",
        "Ihr Bundesland": "Hessen",
        "Nachricht": WORDS["message"].replace("\n", ""),
    }
    row = ContactRequest.objects.get()
    assert pages.heading(booked) == "Ihr Termin ist angefragt"
    assert pages.facts(booked) == {"Termin": f"{DAY}, 14 Uhr", "Terminname": row.codename, "Code": code}
    assert (row.kind, row.slot, row.seat, row.status, row.created_on) == (kind, SLOT, 1, "new", clock.now().date())
    assert row.lookup_id == sealing.derive(sealing.read_code(code)).lookup_id
    assert opened(row) == {**WORDS, "threats": ["hass-im-netz"], "state": land.slug}
    if "number" in choices:
        called = {**CALL, "voicemail": True, "number": "+4915123456789"}
        assert sealing.unseal(row.pk, row.kid, row.phone, sealing.PHONE_SIZE) == called
    else:
        assert (row.phone, row.phone_spare) == (None, None)


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("callback", {}, "Wir rufen zum Termin an und nennen den Terminnamen erst, wenn Sie abheben."),
        ("callback", {"way": "visitor"}, "Rufen Sie zum Termin an: 0800 300 99 44 . Nennen Sie nur den Terminnamen"),
        ("video", {}, "Wir bestätigen den Termin."),
    ],
)
def test_confirmation_says_what_happens_next(visitor, settings, kind, changes, expected):
    settings.VIDEO_CALL_BASE_URL = "https://video.example/"

    assert expected in pages.text(send(visitor, kind, **changes))


def test_video_without_a_room_of_our_own_is_a_call(visitor, settings):
    said = "Wir haben zurzeit keinen eigenen Raum für Video-Gespräche."
    before = ["/kontakt/", WAYS["video"], WAYS["callback"]]
    page = pages.text(send(visitor, "video"))

    assert [said in pages.text(visitor.get(address)) for address in before] == [True, True, False]
    settings.VIDEO_CALL_BASE_URL = "https://video.example"
    assert [said in pages.text(visitor.get(address)) for address in before] == [False] * 3

    assert "Rufen Sie zum Termin an: 0800 300 99 44 ." in page
    assert "die Adresse des Raums" not in page


def test_least_that_has_to_be_given(visitor):
    send(visitor, "video")
    send(visitor, code=OTHER_CODE, way="visitor", number=None)

    assert [opened(row) for row in ContactRequest.objects.all()] == [
        {"name": "", "threats": [], "state": "", "message": ""}
    ] * 2


def test_nothing_is_stored_before_the_last_step(visitor):
    visitor.get(WAYS["callback"])
    send(visitor, step="check")
    send(visitor, noted=None)
    send(visitor, step="change")
    send(visitor, step="")

    assert rows() == 0


def test_code_has_to_be_noted(visitor):
    response = send(visitor, noted=None)

    assert pages.heading(response) == "Stimmt alles?"
    assert pages.notices(response)[0].startswith("Bitte notieren Sie den Code")
    assert pages.title(response).startswith("Bitte prüfen: ")
    assert pages.code(response) == GROUPS


def test_answers_can_be_changed_and_the_code_stays(visitor):
    sent = answers(**WORDS, **CALL)
    form = visitor.post(WAYS["callback"], sent | {"step": "change"})

    kept = pages.fields(form)
    assert {name: kept[name][0] for name in sent if name not in {"step", "noted", "message"}} == {
        name: value for name, value in sent.items() if name not in {"step", "noted", "message"}
    }
    assert kept["message"] == [WORDS["message"]]
    assert pages.code(visitor.post(WAYS["callback"], kept | {"step": "check"})) == GROUPS


def test_what_is_not_asked_of_a_visitor_who_calls_is_neither_shown_nor_kept(visitor):
    """Left over from before they chose to call themselves; and it need not even be a number."""
    left_over = {"way": "visitor", "number": "+", "pickup": "x" * 200, "line": "car"}

    check = send(visitor, step="check", **left_over)
    send(visitor, **left_over)

    assert list(pages.facts(check)) == ["Termin", "Wer ruft an?"]
    assert ContactRequest.objects.get().phone is None


def test_longest_answers_fit_their_boxes(visitor):
    threats = [make_threat_type(slug=f"bedrohung-mit-einem-langen-namen-{number:02}").slug for number in range(20)]
    catalogue.forget()
    wide = "\U0001f9ff"

    response = send(
        visitor, name=wide * 80, message=wide * 1500, pickup=wide * 120, phrase=wide * 120, threats=threats * 40
    )

    assert pages.heading(response) == "Ihr Termin ist angefragt"
    assert opened(ContactRequest.objects.get())["threats"] == threats


def test_boxes_of_all_requests_have_the_same_length(visitor):
    for code, message in ((CODE, ""), (OTHER_CODE, "ß" * 1500)):
        send(visitor, code=code, message=message)

    boxes = ContactRequest.objects.values_list("content", "content_spare", "phone", "phone_spare")
    assert len({tuple(map(len, row)) for row in boxes}) == 1


# ---- once, and only once ----
def test_same_form_sent_again_is_the_same_talk(visitor):
    first, second, other_slot = send(visitor), send(visitor), send(visitor, slot=NEXT.isoformat())

    assert [response.status_code for response in (first, second, other_slot)] == [200, 200, 200]
    assert pages.facts(first) == pages.facts(second) == pages.facts(other_slot)
    assert rows() == 1


def test_form_sent_again_when_its_slot_is_no_longer_shown_is_the_same_talk(visitor, clock):
    SlotRule.objects.update(capacity=1)
    first = send(visitor)
    clock.move(minutes=15)

    second = send(visitor)

    assert pages.slots(visitor.get(WAYS["callback"]))[0] == NEXT.isoformat()
    assert pages.facts(second) == pages.facts(first)
    assert rows() == 1


def test_form_sent_again_after_the_talk_was_called_off_says_so_and_gets_a_new_code(visitor, clock):
    send(visitor)
    visitor.post("/kontakt/code/", {"code": CODE, "action": "cancel"})

    response = send(visitor)
    clock.move(seconds=10)
    check = visitor.post(WAYS["callback"], pages.fields(response) | {"step": "check"})

    assert pages.errors(response) == [
        "Dieses Anliegen ist abgesagt oder abgeschlossen. Für ein neues senden Sie es bitte noch einmal."
    ]
    assert pages.code(check) != GROUPS
    assert rows() == 1


def test_codename_is_none_that_an_open_request_has(visitor, monkeypatch):
    make_row(codename="Rotes Boot")
    make_row(codename="Rundes Glas", status="done", closed_on=SLOT.date())
    names = iter(["Rotes Boot", "Rotes Boot", "Rundes Glas", "Stiller Teich"])
    monkeypatch.setattr(views, "new_codename", lambda: next(names))

    assert pages.facts(send(visitor))["Terminname"] == "Rundes Glas"


# ---- the slot is gone ----
def test_slot_taken_meanwhile_offers_the_nearest_and_keeps_the_input(visitor):
    SlotRule.objects.update(capacity=1)
    visitor.get(WAYS["callback"])  # publishes
    make_row(slot=NEXT, seat=1)

    response = send(visitor, slot=NEXT.isoformat(), **WORDS)

    assert response.status_code == 409
    assert pages.errors(response) == [
        "Termin – Dieser Termin ist gerade vergeben worden. Ihre anderen Angaben stehen noch da."
    ]
    at = [(slot - SLOT) // timedelta(minutes=30) for slot in map(datetime.fromisoformat, pages.slots(response))]
    assert at[:4] == [0, 2, 3, 48]
    assert len(at) == len(set(at)) == 10 * 4 - 1
    kept = pages.fields(response)
    assert (kept["name"], kept["message"], kept["number"], kept.get("slot")) == (
        [WORDS["name"]],
        [WORDS["message"]],
        ["030 25208838"],
        None,
    )
    assert rows() == 1


@pytest.mark.parametrize("last_is", ["taken while it was sent", "no longer shown"])
def test_when_the_last_slot_is_gone_the_words_stay(visitor, last_is):
    SlotRule.objects.update(capacity=1, opening_hours="Nov 24 14:00-14:30")
    if last_is == "taken while it was sent":
        assert pages.slots(visitor.get(WAYS["callback"])) == [SLOT.isoformat()]  # publishes
    make_row(slot=SLOT, seat=1)

    response = send(visitor, **WORDS)

    assert response.status_code == 409
    assert len(pages.errors(response)) == 1
    assert "Zurzeit ist kein Termin frei." in pages.text(response)
    assert "Was Sie geschrieben haben, steht noch da." in pages.text(response)
    assert pages.HOTLINE in pages.main(response)
    assert pages.slots(response) == []
    kept = pages.fields(response)
    assert (kept["name"], kept["message"], kept["number"]) == ([WORDS["name"]], [WORDS["message"]], ["030 25208838"])
    assert rows() == 1


def test_slot_that_is_no_longer_shown_is_refused_in_the_form(visitor, clock):
    SlotRule.objects.update(capacity=1)
    make_row(slot=SLOT, seat=1)

    check, sent = send(visitor, step="check"), send(visitor)

    assert pages.errors(check) == ["Termin – Diesen Termin gibt es nicht mehr. Bitte wählen Sie einen anderen."]
    assert (check.status_code, sent.status_code) == (200, 409)
    assert pages.errors(sent) == pages.errors(check)
    assert rows() == 1


@pytest.mark.parametrize(
    "slot",
    [
        *(None, "", "x", "\x00", ["x", "y"], "2026-11-24", "2026-11-24T13:00:00", "2026-11-24T13:10:00+00:00"),
        *("2026-11-24T11:30:00+00:00", "2026-12-24T13:00:00+00:00"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
    ],
)
def test_slot_that_is_not_offered_is_refused(visitor, slot):
    response = send(visitor, slot=slot, step="check")

    assert [error.split(" – ")[0] for error in pages.errors(response)] == ["Termin"]
    assert rows() == 0


def test_without_a_rule_the_page_shows_the_number_to_call(visitor):
    SlotRule.objects.all().delete()

    for kind in WAYS:
        response = visitor.get(WAYS[kind])
        assert "Zurzeit ist kein Termin frei." in pages.text(response)
        assert pages.HOTLINE in pages.main(response)
        assert "<form" not in pages.main(response)


def test_seats_kept_back_for_callers_are_not_given_to_visitors(visitor):
    SlotRule.objects.update(capacity=2, kept_back=1)
    visitor.get(WAYS["callback"])
    statuses = [send(visitor, code=code).status_code for code in (CODE, OTHER_CODE)]

    assert statuses == [200, 409]


# ---- robots, tickets, limits ----
def test_honeypot_refuses_and_keeps_the_input(visitor):
    response = send(visitor, website="https://spam.example", **WORDS)

    assert rows() == 0
    assert pages.errors(response) == [tickets.BadTicket.advice]
    assert pages.fields(response)["message"] == [WORDS["message"]]
    assert pages.fields(response)["website"] == [""]


HOUR = 3600
BAD_TICKETS = {
    "none": (lambda: None, tickets.BadTicket.advice),
    "altered": (lambda: make_ticket()[:-1] + "_", tickets.BadTicket.advice),
    "of the other form": (lambda: make_ticket("video"), tickets.BadTicket.advice),
    "long": (lambda: "x" * 10_000, tickets.BadTicket.advice),
    "one second old": (lambda: make_ticket(age=1), "Das ging sehr schnell."),
    "three hours old": (lambda: make_ticket(age=3 * HOUR), "Die Seite war lange offen."),
}


@pytest.mark.parametrize(("make", "message"), BAD_TICKETS.values(), ids=BAD_TICKETS)
@pytest.mark.parametrize("step", ["check", "send"])
def test_bad_ticket_stores_nothing_keeps_the_input_and_the_next_try_works(visitor, clock, make, message, step):
    response = send(visitor, ticket=make(), step=step, **WORDS)
    kept = pages.fields(response)
    stored = rows()
    clock.move(seconds=10)
    again = visitor.post(WAYS["callback"], kept | {"step": "check"})

    assert stored == 0
    assert [error.startswith(message) for error in pages.errors(response)] == [True]
    assert (kept["name"], kept["message"]) == ([WORDS["name"]], [WORDS["message"]])
    assert pages.heading(again) == "Stimmt alles?"


def test_code_that_was_noted_stays_right_when_the_page_was_open_for_long(visitor, clock):
    late = send(visitor, ticket=make_ticket(age=3 * HOUR))

    assert pages.code(visitor.post(WAYS["callback"], pages.fields(late) | {"step": "check"})) == GROUPS


@pytest.mark.parametrize("typed", [CODE, GROUPS, GROUPS.replace(" ", "-"), GROUPS.replace(" ", "\n")])
def test_code_pasted_into_the_message_is_warned_of(visitor, typed):
    response = send(visitor, step="check", message=f"Mein Code ist {typed}, danke")

    assert pages.errors(response) == [
        "Nachricht – Das sieht nach einem Code aus. Bitte löschen Sie ihn: Er gehört nur Ihnen."
    ]
    assert rows() == 0


@pytest.mark.parametrize("text", ["030 25208838", "Am 24.11.2026 um 10:30, Aktenzeichen 1234/5678/2026", "1" * 23])
def test_other_numbers_in_the_message_are_not(visitor, text):
    assert pages.heading(send(visitor, step="check", message=text)) == "Stimmt alles?"


def test_too_many_bookings_are_slowed_down_with_the_number_to_call(visitor, monkeypatch):
    monkeypatch.setattr(views, "MOST_BOOKINGS", 1)
    send(visitor)

    response = send(visitor, code=OTHER_CODE, **WORDS)
    elsewhere = Visitor(REMOTE_ADDR="192.0.2.7")

    assert response.status_code == 429
    assert pages.HOTLINE in response.content.decode()
    assert pages.fields(response)["message"] == [WORDS["message"]]
    assert rows() == 1
    assert send(elsewhere, code=OTHER_CODE).status_code == 200


def test_too_many_bookings_in_all_are_slowed_down_too(monkeypatch):
    monkeypatch.setattr(views, "MOST_BOOKINGS_IN_ALL", 1)
    browsers = [Visitor(REMOTE_ADDR=f"192.0.2.{n}") for n in (1, 2)]

    first, second = send(browsers[0]), send(browsers[1], code=OTHER_CODE)

    assert (first.status_code, second.status_code) == (200, 429)


def test_while_other_codes_are_being_computed_the_visitor_is_asked_to_wait(visitor, monkeypatch):
    monkeypatch.setattr(sealing, "PATIENCE", 0.01)
    monkeypatch.setattr(sealing, "derive", derive.__wrapped__)
    with sealing._turn:
        response = send(visitor, **WORDS)

    assert response.status_code == 503
    assert pages.HOTLINE in response.content.decode()
    assert pages.fields(response)["message"] == [WORDS["message"]]
    assert rows() == 0


@pytest.mark.parametrize("missing", ["the team's", "the spare"])
def test_without_a_key_nothing_is_taken_and_the_page_shows_the_number_to_call(visitor, keys, missing):
    if missing == "the spare":
        keyring._public("spare").unlink()
    else:
        keyring.retire(keys.kid)

    response = send(visitor, **WORDS)

    assert response.status_code == 503
    assert pages.errors(response) == ["Termine gehen zurzeit nur am Telefon. Bitte rufen Sie uns an."]
    assert pages.HOTLINE in response.content.decode()
    assert pages.fields(response)["message"] == [WORDS["message"]]
    assert rows() == 0


def test_when_the_table_is_out_of_reach_the_page_shows_the_number_to_call(caplog):
    browser = Visitor(raise_request_exception=False)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE contact_contactrequest RENAME TO away")
    caplog.clear()

    response = send(browser, **WORDS)

    assert response.status_code in {500, 503}
    assert pages.HOTLINE in response.content.decode()
    assert CODE not in caplog.text
    assert "Petra" not in caplog.text


# ---- what a visitor cannot do ----
@pytest.mark.parametrize("kind", WAYS)
def test_fields_that_are_not_asked_for_change_nothing(visitor, kind):
    extra = {
        "status": "done",
        "kid": "1999-01",
        "seat": "9",
        "kind": "callback" if kind == "video" else "video",
        "id": "0b6c9e5e-1111-4222-8333-444455556666",
        "pk": "1",
        "lookup_id": "f" * 32,
        "codename": "Böser Name",
        "created_on": "1999-01-01",
        "closed_on": "1999-01-01",
        "handler": "1",
        "content": "x",
        "video_room": "x",
    }
    visitor.post(WAYS[kind], answers(kind) | extra)

    row = ContactRequest.objects.get()
    assert [name for name, value in extra.items() if str(getattr(row, name)) == value] == []
    assert (row.status, row.seat, row.video_room, row.closed_on) == ("new", 1, None, None)


# ---- what a page tells the browser, and what it does not tell anybody ----
def all_pages(visitor):
    """The answers of the whole way, wrong turns too."""
    yield visitor.get(WAYS["callback"])
    yield send(visitor, consent=None)
    yield send(visitor, step="check")
    yield send(visitor, noted=None)
    yield send(visitor)
    yield visitor.get("/kontakt/code/")
    yield visitor.post("/kontakt/code/", {"code": CODE})
    yield visitor.post("/kontakt/code/", {"code": OTHER_CODE})
    yield visitor.post("/kontakt/code/", {"code": CODE[:-1]})
    yield visitor.post("/kontakt/code/", {"code": CODE, "action": "cancel"})
    yield visitor.post("/kontakt/code/", {"code": CODE, "action": "delete"})
    yield Visitor(headers={}).post(WAYS["callback"], answers())


def test_no_answer_is_kept_framed_compressed_or_marked(visitor):
    visitor.defaults["HTTP_ACCEPT_ENCODING"] = "gzip, br"
    found = [
        (
            sorted({"no-store", "private"} & set(response.headers["Cache-Control"].split(", "))),
            response.headers.get("Content-Encoding"),
            "frame-ancestors 'none'" in response.headers["Content-Security-Policy"],
            response.headers["Referrer-Policy"],
            response.headers.get("ETag"),
            dict(response.cookies),
        )
        for response in all_pages(visitor)
    ]

    assert found == [(["no-store", "private"], None, True, "no-referrer", None, {})] * 12


def test_code_stands_in_no_address_title_header_or_log(visitor, caplog, settings):
    caplog.set_level(logging.DEBUG)
    responses = list(all_pages(visitor))

    spellings = (CODE, GROUPS, GROUPS.replace(" ", "%20"), GROUPS.replace(" ", "+"))
    places = [
        *(response.request["PATH_INFO"] + response.request["QUERY_STRING"] for response in responses),
        *(pages.title(response) for response in responses),
        *(str(dict(response.headers)) for response in responses),
        caplog.text,
    ]
    assert [place for place in places for spelling in spellings if spelling in place] == []
    links = [link for response in responses for link in response.content.decode().split('href="')[1:]]
    assert [link for link in links for spelling in spellings if link.startswith(spelling)] == []
    assert [response.status_code for response in responses if response.has_header("Location")] == []


def queries(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def test_page_needs_the_same_number_of_queries_however_much_there_is(visitor):
    counts = []
    for number, code in ((1, CODE), (4, OTHER_CODE)):
        for _ in range(number):
            make_threat_type()
            make_row(slot=NEXT + timedelta(days=number), seat=None or rows() + 1)
        catalogue.forget()
        visitor.get(WAYS["callback"])  # builds the catalogue, publishes the slots
        counts.append([queries(lambda: visitor.get(WAYS["callback"])), queries(lambda c=code: send(visitor, code=c))])

    assert counts[0] == counts[1]


# ---- staff are told ----
def test_staff_are_told_that_something_came_and_nothing_else(visitor, settings):
    settings.CONTACT_NOTIFY_EMAIL = "team@example.org"
    send(visitor, **WORDS)
    send(visitor, **WORDS)

    assert [(message.to, message.subject, message.body) for message in mail.outbox] == [
        (
            ["team@example.org"],
            "Neues Anliegen",
            "Im Portal ist ein neues Anliegen eingegangen. Bitte sehen Sie in der Redaktion nach.",
        )
    ]


def test_booking_does_not_depend_on_the_mail_server(visitor, settings):
    settings.CONTACT_NOTIFY_EMAIL = "team@example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody is there

    assert pages.heading(send(visitor)) == "Ihr Termin ist angefragt"


def test_request_of_the_fixture_opens(visitor):
    """The factory that other tests stand on makes what the portal makes."""
    made = make_request(OTHER_CODE, phone={"number": "+493025208838"}, slot=NEXT, seat=1)
    send(visitor)
    booked = ContactRequest.objects.exclude(pk=made.pk).get()

    assert made.lookup_id == derive(OTHER_CODE).lookup_id
    assert [len(getattr(made, name)) for name in ("content", "phone", "reply_public_key", "lookup_id")] == [
        len(getattr(booked, name)) for name in ("content", "phone", "reply_public_key", "lookup_id")
    ]
