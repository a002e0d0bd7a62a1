import logging
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact import keyring, sealing
from contact.models import AuditEntry, ContactRequest, Note, VisitorMessage
from tests.contact.admin.staff import PHONE, QUEUE, do, look, make_planned, page_of, send
from tests.contact.factories import OTHER_CODE
from tests.factories import make_region, make_threat_type

SHUT = "Das lässt sich nicht öffnen"
WORDS = {"name": "", "threats": [], "state": "", "message": "Bitte rufen Sie an."}


def audit():
    return list(AuditEntry.objects.order_by("pk").values_list("user__username", "action", "request_id"))


def write(request, content, model=VisitorMessage, **fields):
    sealed = sealing.seal(request.pk, content)
    boxes = {"kid": sealed.kid, "content": sealed.box, "content_spare": sealed.spare_box}
    return model.objects.create(request=request, **boxes, **fields)


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ---- what is there to read ----
def test_page_shows_how_to_call(counsellor):
    request = make_planned()

    page = look(counsellor, request)

    assert '<a class="desk-number" href="tel:+493025208838">030 25208838</a>' in page
    assert (
        "Melden Sie sich so Hier ist die Bücherei. Terminname Blauer Leuchtturm Abheben darf nur ich "
        "Mailbox nein , nicht darauf sprechen Anschluss Telefon im Amt oder Büro"
    ) in text(page)


def test_page_shows_the_rest_of_what_was_said_about_the_phone(counsellor):
    phone = PHONE | {"voicemail": True, "phrase": "", "pickup": "", "line": "", "reminder": "call"}

    page = text(look(counsellor, make_planned(phone=phone)))

    assert "Melden Sie sich so „Guten Tag“, ohne uns zu nennen" in page
    assert "Abheben darf keine Angabe Mailbox ja, Sie dürfen darauf sprechen Erinnerung bitte am Werktag" in page
    assert "Anschluss" not in page


def test_page_shows_what_the_person_and_the_team_wrote(counsellor, ole):
    threat, state = make_threat_type(name="Drohbriefe"), make_region("Sachsen", iso_code="DE-SN")
    content = {"name": "M.", "threats": [threat.slug, "gone"], "state": state.slug, "message": "Erste Zeile\nZweite"}
    request = make_planned(content=content)
    write(request, {"message": "Noch etwas"})
    write(request, {"note": "Kennt uns schon"}, Note, author=ole)
    write(request, {"reply": "Wir rufen an"}, Note, author=None)

    page = look(counsellor, request)

    assert "Erste Zeile<br>Zweite" in page
    words = text(page)
    assert "Name M. Worum es geht Drohbriefe Land Sachsen" in words
    assert "24. November: weitere Nachricht Noch etwas" in words
    assert "24. November, Ole Friis: Notiz Kennt uns schon" in words
    assert "24. November, früheres Konto: Antwort an die Person Wir rufen an" in words


def test_page_of_one_who_calls_says_so(counsellor):
    page = text(look(counsellor, make_planned(phone=None)))

    assert "Die Person ruft zum Termin selbst an und nennt den Terminnamen „Blauer Leuchtturm“." in page
    assert "tel:" not in page


def test_page_of_a_closed_request_shows_no_way_to_call(counsellor):
    request = make_planned(phone=None, status="done", closed_on=timezone.localdate())

    page = text(look(counsellor, request))

    assert "ruft zum Termin selbst an" not in page
    assert "Bitte rufen Sie an." in page


def test_everything_is_shown_as_text(counsellor):
    evil = '<script>alert(1)</script>{{ 7*7 }}{% debug %}"onload=x'
    content = {"name": evil, "threats": [], "state": "", "message": evil}
    request = make_planned(content=content, phone=PHONE | {"phrase": evil, "pickup": evil}, codename=evil[:40])
    write(request, {"message": evil})
    write(request, {"note": evil}, Note)

    response = counsellor.get(page_of(request))
    page = response.content.decode()

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}{% debug %}&quot;onload=x") == 6
    assert re.findall(r"<script(?![^>]* src=)[^>]*>|<style|<[^>]* (?:style|on[a-z]+)=", page) == []
    assert "no-store" in response.headers["Cache-Control"]


def test_control_and_direction_characters_are_left_out(counsellor):
    """The form takes them out; a broken web process might not."""
    request = make_planned(content=WORDS | {"message": "Ruf\x07 an:\u202e 011\u2066"})

    assert "Ruf an: 011" in look(counsellor, request)


def test_unknown_request_leads_to_the_queue(counsellor):
    assert counsellor.get(f"/redaktion/contact/contactrequest/{uuid.uuid4()}/").url == QUEUE
    assert counsellor.get("/redaktion/contact/contactrequest/1/").status_code == 404


# ---- the audit ----
def test_every_view_leaves_one_line(counsellor):
    request = make_planned()
    write(request, {"message": "Noch etwas"})

    look(counsellor, request)
    look(counsellor, request)

    assert audit() == [("anna", "opened", request.pk)] * 2


def test_messages_are_read_once_they_were_shown(counsellor):
    request, other = make_planned(), make_planned(code=OTHER_CODE, seat=2)
    write(request, {"message": "Eins"})
    write(request, {"message": "Zwei"})
    elsewhere = write(other, {"message": "Drei"})

    look(counsellor, request)

    assert list(VisitorMessage.objects.filter(is_read=False)) == [elsewhere]


def test_nothing_is_shown_when_the_audit_cannot_be_written(counsellor, monkeypatch):
    request = make_planned()

    def fail(**values):
        raise RuntimeError("disk full")

    monkeypatch.setattr(AuditEntry.objects, "create", fail)
    counsellor.raise_request_exception = False
    response = counsellor.get(page_of(request))

    assert response.status_code == 500
    assert "Bitte rufen Sie an." not in response.content.decode()


# ---- damaged, exchanged, forged ----
def flipped(box):
    damaged = bytearray(box)
    damaged[-1] ^= 1
    return bytes(damaged)


@pytest.mark.parametrize("field", ["content", "phone"])
def test_a_flipped_bit_shuts_a_box_and_only_this_one(counsellor, caplog, field):
    request = make_planned()
    ContactRequest.objects.update(**{field: flipped(getattr(request, field))})

    with caplog.at_level(logging.INFO):
        page = look(counsellor, request)

    assert text(page).count(f"{SHUT} (beschädigt, vertauscht oder nicht von unserer Seite).") == 1
    assert ("Bitte rufen Sie an." in page) is (field == "phone")
    assert ("030 25208838" in page) is (field == "content")
    assert caplog.messages == [
        f"A box of request {request.pk} cannot be opened: beschädigt, vertauscht oder nicht von unserer Seite"
    ]


@pytest.mark.parametrize("model", [VisitorMessage, Note])
def test_a_flipped_bit_shuts_one_message_and_leaves_the_next_one(counsellor, model):
    request = make_planned()
    name = {VisitorMessage: "message", Note: "note"}[model]
    first = write(request, {name: "Das erste Wort"}, model)
    write(request, {name: "Das zweite Wort"}, model)
    model.objects.filter(pk=first.pk).update(content=flipped(first.content))

    page = look(counsellor, request)

    assert page.count(SHUT) == 1
    assert "Das erste Wort" not in page
    assert "Das zweite Wort" in page


def test_boxes_of_another_request_stay_shut(counsellor):
    request, other = make_planned(), make_planned(code=OTHER_CODE, seat=2, content=WORDS | {"message": "Geheim"})
    message, note = write(other, {"message": "Geheim"}), write(other, {"note": "Geheim"}, Note)
    ContactRequest.objects.filter(pk=request.pk).update(content=other.content, phone=other.phone)
    VisitorMessage.objects.filter(pk=message.pk).update(request=request)
    Note.objects.filter(pk=note.pk).update(request=request)

    page = look(counsellor, request)

    assert page.count(SHUT) == 4
    assert "Geheim" not in page
    assert "tel:" not in page
    assert audit() == [], "nothing was read"


@pytest.mark.parametrize(
    "content",
    [
        {"name": 1, "threats": [], "state": "", "message": ""},
        {"name": "", "threats": "x", "state": "", "message": ""},
        {"name": "", "threats": [{}], "state": "", "message": ""},
        {"name": "", "threats": [], "state": [], "message": ""},
        {"name": "", "threats": [], "state": "", "message": {"a": 1}},
    ],
)
def test_what_is_no_content_of_our_form_stays_shut(counsellor, content):
    """Whoever has the public key can seal anything for any request."""
    page = look(counsellor, make_planned(content=content))

    assert page.count(SHUT) == 1


@pytest.mark.parametrize("number", ["", "javascript:alert(1)", "+49 30", "+49" + "1" * 40, "١٢٣٤"])
def test_what_is_no_number_is_never_dialled(counsellor, number):
    page = look(counsellor, make_planned(phone=PHONE | {"number": number}))

    assert f"{SHUT} (die Angaben sind keine Telefonnummer)." in page
    assert "tel:" not in page


def test_fields_that_an_older_form_did_not_have_are_empty(counsellor):
    page = look(counsellor, make_planned(content={"message": "Kurz"}, phone={"number": PHONE["number"]}))

    assert SHUT not in page
    assert "Kurz" in page


# ---- keys ----
def lose_private_key(kid, settings):
    (settings.CONTACT_PRIVATE_KEYS_DIR / f"{kid}.key").unlink()


def test_without_the_private_key_the_page_says_so(counsellor, keys, settings):
    request = make_planned()
    write(request, {"message": "Noch etwas"})
    lose_private_key(keys.kid, settings)

    page = look(counsellor, request)

    assert f"Der private Schlüssel {keys.kid} liegt nicht auf diesem Server." in page
    assert page.count(f"{SHUT} (der Schlüssel {keys.kid} ist nicht hier).") == 3
    assert audit() == [], "nothing was read"
    assert VisitorMessage.objects.filter(is_read=False).count() == 1


def test_without_the_private_key_no_reply_is_written(counsellor, keys, settings):
    request = make_planned()
    page = look(counsellor, request)
    lose_private_key(keys.kid, settings)

    response = send(counsellor, request, "reply", page, text="Wir rufen an")

    page = response.content.decode()
    assert response.status_code == 503
    assert "Auf diesem Server fehlt ein Schlüssel. Es wurde nichts geändert." in page
    assert "Wir rufen an</textarea>" in page
    assert (request.replies.count(), request.notes.count()) == (0, 0)
    assert audit() == [("anna", "opened", request.pk)]


def test_an_older_key_still_opens_after_a_rotation(counsellor, keys):
    request = make_planned()
    keyring.create()
    keyring.retire(keys.kid)
    do(counsellor, request, "note", text="Nach dem Wechsel")

    page = look(counsellor, request)

    assert SHUT not in page
    assert "Bitte rufen Sie an." in page
    assert "Nach dem Wechsel" in page


# ---- video ----
def test_room_opens_for_the_team_once_the_talk_is_confirmed(counsellor, settings):
    settings.VIDEO_CALL_BASE_URL = "https://video.example"
    request = make_planned(kind="video", phone=None)
    assert "Der Raum entsteht, sobald Sie den Termin bestätigen." in look(counsellor, request)

    do(counsellor, request, "confirm")

    found = re.findall(
        r'href="https://video.example/([^"]+)" target="_blank" rel="noreferrer"', look(counsellor, request)
    )
    assert len(found) == 1
    assert re.fullmatch("[0-9a-f]{32}", found[0])


def test_page_says_when_there_is_no_video_service(counsellor):
    request = make_planned(kind="video", phone=None)

    do(counsellor, request, "confirm")

    assert "Der Raum lässt sich nicht zeigen. Die Person kann anrufen" in look(counsellor, request)


def test_a_room_that_is_none_is_no_link(counsellor, settings):
    settings.VIDEO_CALL_BASE_URL = "https://video.example"
    request = make_planned(kind="video", phone=None, video_room=b"x", status="confirmed")
    write(request, {"room": "../../evil"}, Note)

    assert "video.example" not in look(counsellor, request)


# ---- cost ----
def test_page_needs_as_many_queries_for_three_of_everything_as_for_one(counsellor, anna):
    def number_of_queries():
        with CaptureQueriesContext(connection) as queries:
            look(counsellor, request)
        return len([query for query in queries if "catalogueversion" not in query["sql"]])  # asked once a second

    def add():
        write(request, {"message": "Noch etwas"})
        write(request, {"note": "Kennt uns"}, Note, author=anna)
        request.attempts.create()
        request.replies.create(kid="none", box=b"")

    request = make_planned()
    look(counsellor, request)
    add()
    one = number_of_queries()
    add()
    add()

    assert number_of_queries() == one
    assert one <= 25
