"""Coming back with the code."""

import logging
import re
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from nacl.public import PrivateKey

from contact import keyring, retention, sealing, views
from contact.models import ContactRequest, Reply, SlotRule, VisitorMessage
from tests.contact import pages
from tests.contact.factories import (
    CODE,
    NEXT,
    OTHER_CODE,
    SLOT,
    derive,
    make_reply,
    make_request,
    make_row,
    make_rule,
)
from tests.visitor import Visitor

ADDRESS = "/kontakt/code/"
NOT_FOUND = "Zu diesem Code finden wir nichts. Vielleicht ist das Anliegen schon gelöscht."
GONE = "Dieser Termin ist nicht mehr frei. Ihr alter Termin gilt weiter. Bitte wählen Sie einen anderen."
PHONE = {"number": "+493025208838", "line": "", "pickup": "", "voicemail": False, "phrase": "", "reminder": ""}


@pytest.fixture(autouse=True)
def _open(clock, keys, db, codes_known):
    make_rule()
    make_rule("video")


def show(visitor, code=CODE, **more):
    return visitor.post(ADDRESS, {"code": code, **more})


def do(visitor, action, **more):
    return show(visitor, action=action, **more)


def booked(**fields):
    return make_request(**{"slot": SLOT, "seat": 1, "phone": PHONE, **fields})


# ---- the code ----
def test_code_is_asked_for(visitor):
    response = visitor.get(ADDRESS)

    assert pages.heading(response) == "Mit dem Code weiter"
    assert pages.fields(response) == {"code": [""]}


@pytest.mark.parametrize("typed", [CODE, sealing.in_groups(CODE), f" {sealing.in_groups(CODE)} ".replace(" ", "-")])
def test_code_opens_its_request_however_it_is_typed(visitor, typed):
    booked(codename="Roter Kompass")

    response = show(visitor, typed)

    assert pages.heading(response) == "Ihr Anliegen"
    assert pages.facts(response) == {
        "Terminname": "Roter Kompass",
        "Stand": "noch nicht bestätigt",
        "Termin": "Dienstag, 24. November, 14 Uhr (Rückruf)",
        "Wird gelöscht": "am 1. Dezember 2026",
    }
    assert "Noch keine Antwort." in pages.text(response)


@pytest.mark.parametrize("typed", ["", "123", CODE[:-1], CODE[:-1] + "5", "Leuchtturm"])
def test_what_cannot_be_a_code_is_refused_without_any_computing(visitor, monkeypatch, typed):
    monkeypatch.setattr(sealing, "derive", derive.__wrapped__)
    monkeypatch.setattr(sealing, "PATIENCE", 0.01)
    booked()

    with sealing._turn:
        response = show(visitor, typed)

    assert response.status_code == 200
    assert pages.heading(response) == "Mit dem Code weiter"
    assert pages.title(response).startswith("Bitte prüfen: ")
    assert pages.fields(response)["code"] == [typed]


def test_wrong_expired_and_deleted_code_are_answered_alike(visitor, clock):
    """Same words, same status, and the same queries, so that nobody can tell whether there ever was a request."""
    answers = []

    def ask(code):
        with CaptureQueriesContext(connection) as captured:
            response = show(visitor, code)
        page = response.content.decode().replace(code, "CODE")
        queries = [query["sql"].split("WHERE")[0] for query in captured if "contact_" in query["sql"]]
        answers.append((response.status_code, page, queries))

    ask(OTHER_CODE)
    booked()
    clock.move(days=8)
    retention.purge(clock.now().date())
    ask(CODE)
    booked(slot=SLOT + timedelta(days=7))
    do(visitor, "delete")
    ask(CODE)

    assert ContactRequest.objects.count() == 0
    status, page, queries = answers[0]
    assert (status, NOT_FOUND in page, len(queries)) == (200, True, 1)
    assert answers[1:] == [answers[0]] * 2


def test_code_of_one_request_opens_no_other(visitor):
    booked(codename="Roter Kompass")
    make_request(OTHER_CODE, codename="Stiller Teich", slot=NEXT, seat=1)

    assert [pages.facts(show(visitor, code))["Terminname"] for code in (CODE, OTHER_CODE)] == [
        "Roter Kompass",
        "Stiller Teich",
    ]


def test_too_many_codes_are_slowed_down_with_the_number_to_call(visitor, monkeypatch):
    monkeypatch.setattr(views, "MOST_CODES", 2)
    booked()

    statuses = [show(visitor, code).status_code for code in (OTHER_CODE, OTHER_CODE, CODE)]
    refused = show(visitor)
    elsewhere = show(Visitor(REMOTE_ADDR="192.0.2.7"))

    assert statuses == [200, 200, 429]
    assert pages.HOTLINE in pages.main(refused)
    assert pages.heading(elsewhere) == "Ihr Anliegen"


def test_typing_slips_are_not_counted(visitor, monkeypatch):
    monkeypatch.setattr(views, "MOST_CODES", 1)
    booked()
    for _ in range(5):
        show(visitor, CODE[:-1])

    assert pages.heading(show(visitor)) == "Ihr Anliegen"


def test_while_other_codes_are_being_checked_the_visitor_is_asked_to_wait(visitor, monkeypatch):
    monkeypatch.setattr(sealing, "derive", derive.__wrapped__)
    monkeypatch.setattr(sealing, "PATIENCE", 0.01)
    with sealing._turn:
        response = show(visitor)

    assert response.status_code == 503
    assert pages.notices(response)[0].startswith("Bitte gleich noch einmal: Es werden gerade andere Codes geprüft.")
    assert pages.HOTLINE in pages.main(response)


def test_message_stays_when_the_code_cannot_be_checked_now(visitor, monkeypatch):
    monkeypatch.setattr(sealing, "derive", derive.__wrapped__)
    monkeypatch.setattr(sealing, "PATIENCE", 0.01)
    booked()
    with sealing._turn:
        refused = do(visitor, "write", message="Er war wieder da.\nHeute früh.")

    arrived = visitor.post(ADDRESS, pages.fields(refused) | {"action": "write"})

    assert refused.status_code == 503
    assert pages.notices(arrived) == [views.ARRIVED]


def test_message_stays_when_the_code_was_asked_too_often(visitor, monkeypatch):
    monkeypatch.setattr(views, "MOST_CODES", 0)
    booked()

    refused = do(visitor, "write", message="Er war wieder da.")

    assert (refused.status_code, VisitorMessage.objects.count()) == (429, 0)
    assert pages.fields(refused)["message"] == ["Er war wieder da."]


@pytest.mark.parametrize("action", ["show", "write", "move", "cancel", "delete"])
def test_while_the_database_is_away_the_words_stay(visitor, caplog, action):
    def broken(*args):
        raise OperationalError("geheim")

    booked()
    with connection.execute_wrapper(broken):
        response = do(visitor, action, message="Er war wieder da.")

    assert response.status_code == 503
    assert pages.notices(response)[0].startswith("Bitte gleich noch einmal: Unsere Daten sind gerade nicht erreichbar.")
    assert pages.fields(response)["message"] == ["Er war wieder da."]
    assert "code: OperationalError" in caplog.text
    assert "geheim" not in caplog.text


# ---- reading ----
def test_replies_are_read_in_the_order_they_were_written(visitor):
    request = booked()
    for message in ("Guten Tag,\nwir rufen an.", "<b>Bis gleich</b>"):
        make_reply(request, message)

    page = pages.main(show(visitor))

    assert "<p>Guten Tag,<br>wir rufen an.</p>" in page
    assert "<p>&lt;b&gt;Bis gleich&lt;/b&gt;</p>" in page
    assert page.index("Guten Tag") < page.index("Bis gleich")


@pytest.mark.parametrize("forged", ["by a stranger", "for another request", "damaged", "of an unknown key"])
def test_forged_reply_is_shown_as_such_and_logged_without_its_words(visitor, monkeypatch, caplog, forged):
    request = booked()
    make_reply(request, "Das ist echt.")
    target = make_request(OTHER_CODE, slot=NEXT, seat=1) if forged == "for another request" else request
    if forged == "by a stranger":
        with monkeypatch.context() as patch:
            patch.setattr(keyring, "private_key", lambda kid: PrivateKey.generate())
            reply = make_reply(target, "Rufen Sie 0900 an.")
    else:
        reply = make_reply(target, "Rufen Sie 0900 an.")
    reply.request = request
    reply.box = bytes(reply.box[:-1]) + bytes([reply.box[-1] ^ 1]) if forged == "damaged" else reply.box
    reply.kid = "1999-01-01" if forged == "of an unknown key" else reply.kid
    reply.save()

    response = show(visitor)

    assert response.status_code == 200
    assert "0900" not in response.content.decode()
    assert "Das ist echt." in pages.text(response)
    assert "Diese Antwort lässt sich nicht prüfen." in pages.text(response)
    assert [record.getMessage() for record in caplog.records] == [f"A reply to request {request.pk} cannot be opened"]


def test_reading_takes_the_same_queries_however_many_replies_there_are(visitor):
    request = booked()
    counts = []
    for _ in range(2):
        make_reply(request)
        show(visitor)  # publishes the slots
        with CaptureQueriesContext(connection) as captured:
            show(visitor)
        counts.append(len(captured))

    assert counts[0] == counts[1]


# ---- writing ----
def test_message_is_sealed_and_the_team_is_told(visitor, settings, django_capture_on_commit_callbacks):
    settings.CONTACT_NOTIFY_EMAIL = "team@example.org"
    request = booked(status="waiting")

    with django_capture_on_commit_callbacks(execute=True):
        response = do(visitor, "write", message="Um 15 Uhr\npasst es besser.")

    message = VisitorMessage.objects.get()
    assert sealing.unseal(request.pk, message.kid, message.content) == {"message": "Um 15 Uhr\npasst es besser."}
    assert pages.notices(response) == ["Ihre Nachricht ist angekommen."]
    assert pages.fields(response)["message"] == [""]
    assert ContactRequest.objects.get().status == "new"
    assert [mailed.to for mailed in mail.outbox] == [["team@example.org"]]
    assert "15 Uhr" not in mail.outbox[0].message().as_string()


def test_message_to_a_confirmed_request_leaves_it_confirmed(visitor):
    booked(status="confirmed")

    do(visitor, "write", message="Danke")

    assert ContactRequest.objects.get().status == "confirmed"


@pytest.mark.parametrize("message", ["", "  \n ", "\u200b"])
def test_empty_message_is_not_sent(visitor, message):
    booked()

    response = do(visitor, "write", message=message)

    assert pages.notices(response) == ["Bitte schreiben Sie erst eine Nachricht."]
    assert VisitorMessage.objects.count() == 0


def test_only_field_of_the_form_is_not_called_voluntary(visitor):
    booked()

    page = pages.main(show(visitor))

    assert '<label for="id_message">Nachricht an das Team</label>' in page


def test_code_in_the_message_is_warned_of(visitor):
    booked()

    response = do(visitor, "write", message=f"Mein Code: {sealing.in_groups(CODE)}")

    assert [error.split(" – ")[0] for error in pages.errors(response)] == ["Nachricht an das Team"]
    assert VisitorMessage.objects.count() == 0


def test_without_a_key_the_message_is_kept_on_the_page(visitor, keys):
    booked()
    keyring.retire(keys.kid)

    response = do(visitor, "write", message="Bitte um Rat.")

    assert pages.notices(response) == ["Ihre Nachricht können wir zurzeit nicht annehmen. Bitte rufen Sie uns an."]
    assert pages.fields(response)["message"] == ["Bitte um Rat."]
    assert VisitorMessage.objects.count() == 0


# ---- moving ----
def test_talk_is_moved_and_its_old_seat_is_free(visitor):
    SlotRule.objects.update(capacity=1)
    booked(status="confirmed")

    response = do(visitor, "move", slot=NEXT.isoformat())

    row = ContactRequest.objects.get()
    assert pages.notices(response) == ["Ihr neuer Termin: Dienstag, 24. November, 14:30 Uhr."]
    assert (row.slot, row.seat, row.status) == (NEXT, 1, "new")
    assert sealing.unseal(row.pk, row.kid, row.phone, sealing.PHONE_SIZE) == PHONE


def test_without_another_free_slot_the_talk_can_only_be_called_off(visitor):
    SlotRule.objects.update(capacity=1, opening_hours="Nov 24 14:00-14:30")
    booked(status="confirmed")

    page = pages.main(show(visitor))

    assert "Zurzeit ist kein anderer Termin frei." in page
    assert re.findall(r'name="action" value="(\w+)"', page) == ["write", "cancel", "delete"]
    assert "<select" not in page


def test_slot_that_just_went_is_refused_and_the_old_one_stays(visitor):
    SlotRule.objects.update(capacity=1)
    booked(status="confirmed")
    show(visitor)  # publishes
    make_row(slot=NEXT, seat=1)

    response = do(visitor, "move", slot=NEXT.isoformat())

    row = ContactRequest.objects.get(lookup_id=derive(CODE).lookup_id)
    assert pages.notices(response) == [GONE]
    assert (row.slot, row.seat, row.status) == (SLOT, 1, "confirmed")


@pytest.mark.parametrize(
    "wanted", ["", "x", "2026-11-24", NEXT.isoformat()[:-6], "2026-11-24T11:30:00+00:00", "2026-12-24T13:00:00+00:00"]
)
def test_slot_that_is_not_offered_is_refused(visitor, wanted):
    booked()

    assert pages.notices(do(visitor, "move", slot=wanted)) == [GONE]
    assert ContactRequest.objects.get().slot == SLOT


def test_seat_that_became_free_meanwhile_is_not_told_before_the_quarter_is_over(visitor, clock):
    """Who tries all slots must not learn that somebody has just called off."""
    SlotRule.objects.update(capacity=1)
    other = make_row(slot=NEXT, seat=1)
    booked()
    show(visitor)  # publishes
    other.delete()

    before = do(visitor, "move", slot=NEXT.isoformat())
    clock.move(minutes=15)
    after = do(visitor, "move", slot=NEXT.isoformat())

    assert pages.notices(before) == [GONE]
    assert pages.notices(after) == ["Ihr neuer Termin: Dienstag, 24. November, 14:30 Uhr."]


def test_request_without_a_slot_gets_one(visitor):
    make_request(status="waiting", phone=PHONE)

    refused, moved = do(visitor, "move", slot="x"), do(visitor, "move", slot=NEXT.isoformat())

    assert "Ihr alter Termin" not in pages.text(refused)
    assert pages.notices(moved) == ["Ihr neuer Termin: Dienstag, 24. November, 14:30 Uhr."]
    assert ContactRequest.objects.get().status == "new"


# ---- calling off, deleting ----
def test_talk_is_called_off(visitor):
    booked()

    response = do(visitor, "cancel")

    row = ContactRequest.objects.get()
    assert pages.notices(response) == ["Ihr Termin ist abgesagt."]
    assert (row.status, row.slot, row.seat, row.phone, row.phone_spare) == ("cancelled", None, None, None, None)
    assert pages.facts(response)["Wird gelöscht"] == "am 1. Dezember 2026"
    assert "Termin verlegen" not in pages.text(response)
    assert 'href="/kontakt/"' in pages.main(response)


def test_message_that_was_not_sent_yet_survives_moving_and_stops_calling_off(visitor):
    booked()

    moved = do(visitor, "move", slot=NEXT.isoformat(), message="Ich komme später.")
    kept = do(visitor, "cancel", message="Ich komme später.")

    unsent = "Im Feld steht noch eine Nachricht. Bitte senden Sie sie erst, oder leeren Sie das Feld."
    assert pages.notices(kept) == [unsent]
    assert [pages.fields(page)["message"] for page in (moved, kept)] == [["Ich komme später."]] * 2
    assert ContactRequest.objects.get().status == "new"


def test_message_that_is_too_long_stops_no_deletion(visitor):
    booked()

    response = do(visitor, "delete", message="x" * 1501)

    assert pages.heading(response) == "Alles gelöscht"
    assert ContactRequest.objects.count() == 0


@pytest.mark.parametrize("status", ["done", "cancelled"])
@pytest.mark.parametrize("action", ["write", "move", "cancel"])
def test_request_that_is_over_can_only_be_read_and_deleted(visitor, status, action):
    booked(status=status, closed_on=SLOT.date())

    response = do(visitor, action, message="Noch etwas", slot=NEXT.isoformat())

    row = ContactRequest.objects.get()
    assert pages.notices(response) == ["Dieses Anliegen ist abgesagt oder abgeschlossen."]
    assert (row.status, row.slot, VisitorMessage.objects.count()) == (status, SLOT, 0)
    assert pages.heading(do(visitor, "delete")) == "Alles gelöscht"


def test_everything_is_deleted_at_once(visitor):
    request = booked()
    make_reply(request)
    do(visitor, "write", message="Danke")
    other = make_row(slot=NEXT, seat=1)

    response = do(visitor, "delete")

    assert pages.heading(response) == "Alles gelöscht"
    assert list(ContactRequest.objects.all()) == [other]
    assert (VisitorMessage.objects.count(), Reply.objects.count()) == (0, 0)
    assert pages.notices(show(visitor))[0].startswith(NOT_FOUND)


@pytest.mark.parametrize("action", ["", "show", "explode"])
def test_other_actions_change_nothing(visitor, action):
    booked()
    before = list(ContactRequest.objects.values())

    response = do(visitor, action, message="x", slot=NEXT.isoformat())

    assert response.status_code == 200
    assert list(ContactRequest.objects.values()) == before
    assert VisitorMessage.objects.count() == 0


# ---- while somebody else acts ----
@contextmanager
def just_before(monkeypatch, deed):
    """A colleague acts after the visitor's request was found and before it is locked."""

    def atomic():
        deed()
        return transaction.atomic()

    with monkeypatch.context() as patch:
        patch.setattr(views, "transaction", SimpleNamespace(atomic=atomic, on_commit=transaction.on_commit))
        yield


@pytest.mark.parametrize("action", ["write", "move", "cancel", "delete"])
def test_request_that_was_just_deleted_does_not_come_back(visitor, monkeypatch, action):
    booked()
    with just_before(monkeypatch, lambda: ContactRequest.objects.all().delete()):
        response = do(visitor, action, message="Noch etwas", slot=NEXT.isoformat())

    assert pages.notices(response)[0].startswith(NOT_FOUND)
    assert (ContactRequest.objects.count(), VisitorMessage.objects.count()) == (0, 0)


@pytest.mark.parametrize("action", ["write", "move", "cancel"])
def test_request_that_was_just_closed_stays_closed_and_its_number_erased(visitor, monkeypatch, action):
    booked()
    with just_before(monkeypatch, lambda: retention.close(ContactRequest.objects.get(), "done")):
        response = do(visitor, action, message="Noch etwas", slot=NEXT.isoformat())

    row = ContactRequest.objects.get()
    assert pages.notices(response) == ["Dieses Anliegen ist abgesagt oder abgeschlossen."]
    assert (row.status, row.slot, row.phone) == ("done", SLOT, None)


# ---- the room of a video talk ----
def confirmed_video(**fields):
    request = make_request(kind="video", **{"slot": SLOT, "seat": 1, "status": "confirmed", **fields})
    request.video_room = sealing.seal_reply(
        request.kid, request.reply_public_key, request.lookup_id, {"room": "a1b2c3"}
    )
    request.save()
    return request


ROOM = 'href="https://video.example/a1b2c3" rel="noreferrer"'


@pytest.mark.parametrize(
    ("minutes", "shown"), [(-60, False), (-11, False), (-10, True), (0, True), (60, True), (61, False)]
)
def test_room_is_shown_from_ten_minutes_before_for_an_hour(visitor, clock, settings, minutes, shown):
    settings.VIDEO_CALL_BASE_URL = "https://video.example"
    confirmed_video()
    clock.moment = SLOT + timedelta(minutes=minutes)

    assert (ROOM in pages.main(show(visitor))) is shown


@pytest.mark.parametrize(
    "fields",
    [{"status": "new"}, {"status": "waiting"}, {"slot": None, "seat": None}],
    ids=["new", "waiting", "none"],
)
def test_room_is_not_shown_before_the_talk_is_agreed(visitor, clock, settings, fields):
    settings.VIDEO_CALL_BASE_URL = "https://video.example"
    confirmed_video(**fields)
    clock.moment = SLOT

    response = show(visitor)

    assert "video.example" not in response.content.decode()
    assert "Die Adresse des Raums erscheint hier zehn Minuten vor dem Termin" in pages.text(response)


def test_without_a_video_service_the_page_says_so_plainly(visitor, clock):
    confirmed_video()
    clock.moment = SLOT

    response = show(visitor)

    assert "Wir haben zurzeit keinen eigenen Raum für Video-Gespräche." in pages.text(response)
    assert "erscheint hier zehn Minuten vor" not in pages.text(response)
    assert pages.HOTLINE in pages.main(response)


def test_forged_room_is_not_shown(visitor, clock, settings):
    settings.VIDEO_CALL_BASE_URL = "https://video.example"
    request = confirmed_video()
    request.video_room = make_reply(request, "kein Raum").box
    request.save()
    clock.moment = SLOT

    assert "video.example" not in show(visitor).content.decode()


def test_callback_has_no_room(visitor):
    booked()

    assert "Raum für das Gespräch" not in pages.text(show(visitor))


# ---- nothing is told to the log ----
def test_log_holds_neither_code_nor_words(visitor, caplog):
    caplog.set_level(logging.DEBUG)
    request = booked()
    make_reply(request, "Antwort-Marke")
    do(visitor, "write", message="Nachricht-Marke")
    do(visitor, "move", slot=NEXT.isoformat())
    show(visitor, OTHER_CODE)
    do(visitor, "delete")

    marks = [CODE, sealing.in_groups(CODE), OTHER_CODE, "Antwort-Marke", "Nachricht-Marke"]
    assert [mark for mark in marks if mark in caplog.text] == []
