"""What the team does with a request, sent as a browser sends it."""

from datetime import UTC
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.utils import timezone

from contact import desk, sealing
from contact.admin import contact_request
from contact.admin.deed_forms import ON_THE_PAGE, DeleteForm
from contact.models import AuditEntry, CallAttempt, ContactRequest, Note, Reply, VisitorMessage
from tests.contact.admin.staff import (
    PHONE,
    QUEUE,
    at,
    do,
    log_in,
    look,
    make_colleague,
    make_planned,
    page_of,
    said,
    send,
    slot_value,
)
from tests.contact.factories import CODE, OTHER_CODE, derive, make_row, make_rule

DEEDS = {  # name → what a colleague fills in
    "confirm": {},
    "attempt": {},
    "close": {"is_over": "on"},
    "reply": {"text": "Wir rufen Sie morgen an."},
    "note": {"text": "Kennt uns schon."},
    "move": {"slot": slot_value(15)},
    "hand_over": {"handler": ""},
    "delete": {},
}
CHANGED = "Inzwischen hat sich hier etwas geändert."


def audit():
    """[(who, what)], without the lines for reading."""
    lines = AuditEntry.objects.exclude(action="opened").order_by("pk")
    return [(line.user.username, line.action) for line in lines]


def form_of(deed):
    return next(form for form in (*ON_THE_PAGE, DeleteForm) if form.name == deed)


def current(request):
    return ContactRequest.objects.get(pk=request.pk)


def read_by_visitor(request, code=CODE):
    return [sealing.open_reply(derive(code), each.kid, each.box)["message"] for each in request.replies.all()]


def kept_by_team(request):
    return [sealing.unseal(request.pk, each.kid, each.content) for each in request.notes.all()]


def errors(response):
    """{field: messages} of the form that was sent in vain."""
    form = next(form for form, _ in response.context["forms"] if form.is_bound)
    return {name: list(messages) for name, messages in form.errors.items()}


def leave_the_desk(request):
    """What a request looks like, to see that nothing was changed."""
    row = ContactRequest.objects.filter(pk=request.pk).values().get()
    counts = [model.objects.count() for model in (CallAttempt, Reply, Note, VisitorMessage)]
    return row, counts, audit()


# ---- confirming ----
def test_confirming_takes_the_request_over(counsellor, anna):
    request = make_planned()

    response = do(counsellor, request, "confirm")

    assert response.url == page_of(request)
    assert (current(request).status, current(request).handler) == ("confirmed", anna)
    assert audit() == [("anna", "confirmed")]


def test_confirming_for_a_colleague_leaves_the_request_with_her(counsellor, ole):
    request = make_planned(handler=ole, status="waiting")

    do(counsellor, request, "confirm")

    assert (current(request).status, current(request).handler) == ("confirmed", ole)


def test_confirming_a_video_talk_gives_visitor_and_team_the_same_random_room(counsellor):
    requests = [make_planned(code, kind="video", phone=None, seat=n) for n, code in ((1, CODE), (2, OTHER_CODE))]

    for request in requests:
        do(counsellor, request, "confirm")

    rooms = []
    for request, code in zip(requests, (CODE, OTHER_CODE), strict=True):
        room = sealing.open_reply(derive(code), request.kid, current(request).video_room)["room"]
        assert kept_by_team(request) == [{"room": room}]
        assert len(bytes.fromhex(room)) == 16
        rooms.append(room)
    assert rooms[0] != rooms[1]


def test_a_room_stays_when_the_talk_is_moved(counsellor):
    make_rule("video")
    request = make_planned(kind="video", phone=None)
    do(counsellor, request, "confirm")
    before = current(request).video_room

    do(counsellor, request, "move", slot=slot_value(15), is_agreed="on")

    assert current(request).video_room == before


# ---- another slot ----
def test_an_agreed_slot_is_confirmed(counsellor):
    make_rule()
    request = make_planned()

    do(counsellor, request, "move", slot=slot_value(15, day=25), is_agreed="on")

    assert (current(request).slot, current(request).seat, current(request).status) == (at(15, day=25), 1, "confirmed")
    assert read_by_visitor(request) == ["Ihr Termin ist verlegt: Mittwoch, 25. November, 15 Uhr."]
    assert audit() == [("anna", "moved")]


def test_a_proposed_slot_is_reserved_and_waits_for_an_answer(counsellor):
    make_rule()
    request = make_planned(status="confirmed")

    do(counsellor, request, "move", slot=slot_value(15, 30))

    assert (current(request).slot, current(request).status) == (at(15, 30), "waiting")
    assert read_by_visitor(request) == [desk.PROPOSED.format(slot="Dienstag, 24. November, 15:30 Uhr")]
    assert kept_by_team(request) == [{"reply": read_by_visitor(request)[0]}]


def test_an_agreed_video_talk_gets_its_room(counsellor):
    make_rule("video")
    request = make_planned(kind="video", phone=None)

    do(counsellor, request, "move", slot=slot_value(15), is_agreed="on")

    assert current(request).video_room is not None


def test_the_team_may_give_away_the_seats_kept_back_and_no_more(counsellor):
    make_rule(capacity=2, kept_back=1)
    request = make_planned()
    make_planned(OTHER_CODE, slot=at(15))
    third = make_row(slot=at(14, 30), seat=1)

    offered = [slot for slot in desk.free_slots(request, timezone.now()) if slot.date() == at(15).date()]
    do(counsellor, request, "move", slot=slot_value(15))

    assert offered == [at(14), at(14, 30), at(15), at(15, 30)]
    assert (current(request).slot, current(request).seat) == (at(15), 2)
    assert at(15) not in desk.free_slots(third, timezone.now())


def test_a_slot_that_was_sold_meanwhile_is_refused_kindly(counsellor):
    make_rule(capacity=1)
    request = make_planned()
    page = look(counsellor, request)
    make_planned(OTHER_CODE, slot=at(15))
    before = leave_the_desk(request)

    response = send(counsellor, request, "move", page, slot=slot_value(15), is_agreed="on")

    assert errors(response) == {"slot": ["Dieser Termin ist gerade vergeben worden. Bitte wählen Sie einen anderen."]}
    assert leave_the_desk(request) == before


def test_a_slot_lost_at_the_last_moment_is_refused_kindly(counsellor, monkeypatch):
    make_rule(capacity=1)
    request = make_planned()
    make_planned(OTHER_CODE, slot=at(15))
    monkeypatch.setattr("contact.desk.free_slots", lambda request, now: [at(15).astimezone(UTC)])
    before = leave_the_desk(request)

    response = do(counsellor, request, "move", slot=slot_value(15))

    assert response.status_code == 409
    assert errors(response) == {
        "__all__": ["Dieser Termin ist gerade vergeben worden. Der bisherige gilt weiter."],
    }
    assert leave_the_desk(request) == before


@pytest.mark.parametrize("slot", ["", "x", "2026-11-24T15:00", slot_value(3), slot_value(14, day=29)])
def test_a_slot_that_is_not_offered_is_refused(counsellor, slot):
    make_rule()
    request = make_planned()
    before = leave_the_desk(request)

    response = do(counsellor, request, "move", slot=slot)

    assert list(errors(response)) == ["slot"]
    assert leave_the_desk(request) == before


def test_its_own_slot_is_no_other_slot(counsellor):
    make_rule(capacity=1)
    request = make_planned()
    before = leave_the_desk(request)

    response = do(counsellor, request, "move", slot=slot_value(14))

    assert errors(response) == {"__all__": ["Diesen Termin hat das Anliegen schon."]}
    assert leave_the_desk(request) == before


# ---- words ----
def test_a_reply_is_for_the_visitor_and_kept_for_the_team(counsellor, anna):
    request = make_planned()

    do(counsellor, request, "reply", text="  Wir rufen an.\r\nBitte warten Sie. ")

    assert read_by_visitor(request) == ["Wir rufen an.\nBitte warten Sie."]
    assert kept_by_team(request) == [{"reply": "Wir rufen an.\nBitte warten Sie."}]
    assert request.notes.get().author == anna
    assert current(request).status == "new"
    assert audit() == [("anna", "replied")]


def test_a_note_stays_in_the_team(counsellor, anna):
    request = make_planned(status="done", closed_on=timezone.localdate())

    do(counsellor, request, "note", text="Kennt uns schon.")

    assert kept_by_team(request) == [{"note": "Kennt uns schon."}]
    assert request.notes.get().author == anna
    assert request.replies.count() == 0
    assert audit() == [("anna", "noted")]


def test_the_longest_reply_fits(counsellor):
    request = make_planned()

    do(counsellor, request, "reply", text="𝕬" * 1500)

    assert read_by_visitor(request) == ["𝕬" * 1500]


@pytest.mark.parametrize("deed", ["reply", "note"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Bitte schreiben Sie etwas."),
        (" \u200b\n", "Bitte schreiben Sie etwas."),
        ("x" * 1501, "Bitte kürzen Sie auf 1500 Zeichen."),
    ],
)
def test_words_that_do_not_fit_stay_in_the_form(counsellor, deed, text, message):
    request = make_planned()
    before = leave_the_desk(request)

    response = do(counsellor, request, deed, text=text)

    assert errors(response) == {"text": [message]}
    assert f'Nichts wurde gesendet. Bitte prüfen Sie: <a href="#{form_of(deed).slug}">' in response.content.decode()
    assert text.strip() in response.content.decode()
    assert leave_the_desk(request) == before


# ---- nobody reached ----
def test_the_third_attempt_asks_for_another_slot(counsellor):
    request = make_planned(slot=at(9, 45))
    states = []

    for _ in range(3):
        do(counsellor, request, "attempt")
        states.append((current(request).status, read_by_visitor(request)))

    assert states == [("new", []), ("new", []), ("waiting", [desk.NOT_REACHED])]
    assert audit() == [("anna", "attempted")] * 3
    assert "Nicht erreicht" not in look(counsellor, request), "there is no fourth"


def test_a_new_slot_brings_new_attempts(counsellor, clock):
    make_rule()
    request = make_planned(slot=at(9, 45))
    for _ in range(3):
        do(counsellor, request, "attempt")
    do(counsellor, request, "move", slot=slot_value(14, day=25), is_agreed="on")
    clock.moment = at(14, day=25)
    colleague = log_in("anna")

    assert "1. Versuch vermerken" in look(colleague, request)
    do(colleague, request, "attempt")

    assert current(request).status == "confirmed"


@pytest.mark.parametrize("kind", ["callback", "video"])
def test_who_wanted_to_call_or_to_come_is_missed_once(counsellor, kind):
    request = make_planned(kind=kind, phone=None, status="confirmed", slot=at(9, 45))

    do(counsellor, request, "attempt")

    assert current(request).status == "waiting"
    assert read_by_visitor(request) == [desk.NOT_THERE]


@pytest.mark.parametrize(
    ("voicemail", "hint"),
    [(False, "Sprechen Sie nicht auf die Mailbox."), (True, "Sie dürfen auf die Mailbox sprechen.")],
)
def test_the_form_says_whether_voicemail_is_allowed(counsellor, voicemail, hint):
    request = make_planned(phone=PHONE | {"voicemail": voicemail}, slot=at(9, 45))

    assert f"<p>{hint}</p>" in look(counsellor, request)


def test_the_form_says_what_the_last_attempt_does(counsellor):
    request = make_planned(slot=at(9, 45))
    hint = "Das Portal bittet die Person dann um einen anderen Termin."

    shown = []
    for _ in range(3):
        shown.append(hint in look(counsellor, request))
        do(counsellor, request, "attempt")

    assert shown == [False, False, True]


# ---- handing over ----
def test_handing_over(counsellor, anna, ole):
    request = make_planned()

    handlers = []
    for handler in (ole.pk, anna.pk, ""):
        do(counsellor, request, "hand_over", handler=handler)
        handlers.append(current(request).handler)

    assert handlers == [ole, anna, None]
    assert audit() == [("anna", "handed over")] * 3


def test_only_counsellors_can_be_handed_a_request(counsellor, anna, ole, groups):
    lead = make_colleague("lead", "Leitung")
    others = [
        make_colleague("editor", "Redaktion"),
        make_colleague("nobody", None),
        make_colleague("gone", is_active=False),
        make_colleague("outside", is_staff=False),
    ]
    request = make_planned()

    assert list(desk.colleagues()) == [lead, anna, ole]
    for other in others:
        assert list(errors(do(counsellor, request, "hand_over", handler=other.pk))) == ["handler"]
    assert current(request).handler is None


# ---- the end ----
def test_closing_erases_the_number_and_keeps_the_rest(counsellor):
    request = make_planned(status="confirmed")

    response = do(counsellor, request, "close", is_over="on")

    row = current(request)
    assert response.url == QUEUE
    assert (row.status, row.closed_on, row.phone, row.phone_spare) == ("done", timezone.localdate(), None, None)
    assert (row.slot, row.content) == (request.slot, request.content)
    assert audit() == [("anna", "closed")]


def test_closing_needs_the_tick(counsellor):
    request = make_planned()

    response = do(counsellor, request, "close")

    assert errors(response) == {"is_over": ["Bitte setzen Sie das Häkchen, wenn das Gespräch beendet ist."]}
    assert current(request).phone is not None


def test_deleting_asks_first(counsellor):
    request = make_planned()

    page = look(counsellor, request, "delete")

    assert "Das lässt sich nicht rückgängig machen." in page
    assert current(request).pk == request.pk
    assert audit() == []


def test_deleting_leaves_nothing_but_the_audit(counsellor):
    request, other = make_planned(), make_planned(OTHER_CODE, seat=2)
    for each in (request, other):
        do(counsellor, each, "note", text="Kennt uns schon.")
        do(counsellor, each, "reply", text="Wir rufen an.")

    response = do(counsellor, request, "delete")

    assert response.url == QUEUE
    assert list(ContactRequest.objects.all()) == [other]
    assert set(Note.objects.values_list("request", flat=True)) == {other.pk}
    assert set(Reply.objects.values_list("request", flat=True)) == {other.pk}
    lines = AuditEntry.objects.filter(request_id=request.pk).order_by("pk").values_list("action", flat=True)
    assert list(lines) == ["opened", "noted", "opened", "replied", "deleted"]
    late = [counsellor.get(page_of(request)).url, counsellor.post(page_of(request, "delete"), {"seen": "x"}).url]
    assert late == [QUEUE, QUEUE]
    assert said(counsellor.get(QUEUE)) == [
        "Das Anliegen ist gelöscht.",
        *["Dieses Anliegen ist inzwischen gelöscht."] * 2,
    ]


def test_a_sign_in_in_the_middle_of_a_deed_leads_back_to_the_request(counsellor):
    request = make_planned()
    page = look(counsellor, request)
    counsellor.logout()

    to_login = send(counsellor, request, "reply", page, text="Wir rufen an.")
    anna = log_in("anna")
    back = anna.get(parse_qs(urlsplit(to_login.url).query)["next"][0], follow=True)

    assert back.redirect_chain == [(page_of(request), 302)]
    assert "Es wurde nichts gesendet" in said(back)[-1]
    assert not Reply.objects.exists()


# ---- which deed in which state ----
STATES = {
    "new": {"confirm", "close", "reply", "note", "move", "hand_over", "delete"},
    "new, begun": {"confirm", "attempt", "close", "reply", "note", "move", "hand_over", "delete"},
    "new, over": {"attempt", "close", "reply", "note", "move", "hand_over", "delete"},
    "new, missed": {"close", "reply", "note", "move", "hand_over", "delete"},
    "confirmed": {"close", "reply", "note", "move", "hand_over", "delete"},
    "confirmed, begun": {"attempt", "close", "reply", "note", "move", "hand_over", "delete"},
    "waiting": {"confirm", "close", "reply", "note", "move", "hand_over", "delete"},
    "waiting, over": {"attempt", "close", "reply", "note", "move", "hand_over", "delete"},
    "done": {"reply", "note", "delete"},
    "cancelled": {"note", "delete"},
}
SLOTS = {"begun": at(9, 45), "over": at(9), "missed": at(9)}


@pytest.fixture(params=STATES)
def state(request):
    return request.param


def make_in_state(state):
    status, _, when = state.partition(", ")
    fields = {"status": status, "slot": SLOTS.get(when, at(14))}
    if status in {"done", "cancelled"}:
        fields |= {"phone": None, "closed_on": timezone.localdate()}
    request = make_planned(**fields)
    if when == "missed":
        CallAttempt.objects.bulk_create(CallAttempt(request=request) for _ in range(3))
    return request


def test_page_offers_what_the_state_allows(counsellor, state):
    request = make_in_state(state)

    page = look(counsellor, request)

    assert {deed for deed in DEEDS if f'"{page_of(request, deed)}"' in page} == STATES[state]


@pytest.mark.parametrize("deed", DEEDS)
def test_state_decides_what_is_done_whatever_is_sent(counsellor, state, deed):
    make_rule()
    request = make_in_state(state)
    before = leave_the_desk(request)

    response = counsellor.post(page_of(request, deed), {**DEEDS[deed], "seen": desk.fingerprint(request)})

    if deed in STATES[state]:
        assert response.status_code == 302
        assert len(audit()) == 1
    else:
        assert response.status_code == 409
        assert "Das geht in diesem Stand nicht." in response.content.decode()
        assert leave_the_desk(request) == before


@pytest.mark.parametrize("deed", DEEDS)
def test_more_fields_than_the_form_has_change_nothing_else(counsellor, deed):
    make_rule()
    request = make_in_state("new, begun")
    forged = {"status": "done", "kid": "x", "kind": "video", "lookup_id": "x", "codename": "x", "seat": "9", "pk": "x"}

    do(counsellor, request, deed, **DEEDS[deed], **forged)

    if deed == "delete":
        return
    row = current(request)
    assert (row.kid, row.kind, row.lookup_id, row.codename) == (
        request.kid,
        "callback",
        request.lookup_id,
        request.codename,
    )
    assert (row.status == "done") is (deed == "close")


# ---- two at once, and twice ----
def move_away(request, client):
    do(client, request, "move", slot=slot_value(15, 30), is_agreed="on")


def let_visitor_write(request, client):
    sealed = sealing.seal(request.pk, {"message": "Noch etwas"})
    VisitorMessage.objects.create(request=request, kid=sealed.kid, content=sealed.box, content_spare=sealed.spare_box)


def let_visitor_move(request, client):
    ContactRequest.objects.filter(pk=request.pk).update(slot=at(15, 30))


def note_down(request, client):
    do(client, request, "note", text="Ich kümmere mich.")


def take_over(request, client):
    do(client, request, "hand_over", handler=client.session["_auth_user_id"])


def try_to_reach(request, client):
    do(client, request, "attempt")


def answer(request, client):
    do(client, request, "reply", text="Bis gleich.")


CHANGES = [move_away, let_visitor_write, let_visitor_move, note_down, take_over, try_to_reach, answer]


@pytest.mark.parametrize(
    ("deed", "meanwhile"),
    [("close", change) for change in CHANGES] + [(deed, let_visitor_write) for deed in DEEDS if deed != "close"],
)
def test_what_happened_meanwhile_is_never_undone_unseen(counsellor, ole, deed, meanwhile):
    make_rule()
    request = make_in_state("new, begun")
    colleague = log_in("ole")
    page = look(counsellor, request, "delete" if deed == "delete" else "change")
    meanwhile(request, colleague)
    before = leave_the_desk(request)

    response = send(counsellor, request, deed, page, **DEEDS[deed])

    assert response.status_code == 409
    assert CHANGED in response.content.decode()
    assert leave_the_desk(request) == before


def test_what_comes_in_while_a_page_is_made_was_not_seen(counsellor, monkeypatch):
    request = make_planned()
    read = contact_request.open_boxes

    def read_then_let_write(found):
        opened = read(found)
        let_visitor_write(request, counsellor)
        return opened

    with monkeypatch.context() as patch:
        patch.setattr(contact_request, "open_boxes", read_then_let_write)
        page = look(counsellor, request)

    assert "Noch etwas" not in page
    assert VisitorMessage.objects.filter(is_read=False).count() == 1
    assert send(counsellor, request, "close", page, is_over="on").status_code == 409


def test_after_a_look_at_the_change_the_same_words_can_be_sent(counsellor, ole):
    request = make_planned()
    page = look(counsellor, request)
    note_down(request, log_in("ole"))
    refused = send(counsellor, request, "reply", page, text="Wir rufen an.").content.decode()

    assert "Wir rufen an.</textarea>" in refused
    response = send(counsellor, request, "reply", refused, text="Wir rufen an.")

    assert response.status_code == 302
    assert read_by_visitor(request) == ["Wir rufen an."]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_double_click_does_nothing_twice(counsellor, deed):
    make_rule()
    request = make_in_state("new, begun")
    request = current(request)
    typed = DEEDS[deed] | ({"handler": counsellor.session["_auth_user_id"]} if deed == "hand_over" else {})
    page = look(counsellor, request, "delete" if deed == "delete" else "change")

    first, second = (send(counsellor, request, deed, page, **typed).status_code for _ in range(2))

    assert (first, second) == (302, 302 if deed == "delete" else 409)
    assert len(audit()) == 1


def test_a_request_deleted_meanwhile_is_told_kindly(counsellor, monkeypatch):
    request = make_planned()
    page = look(counsellor, request)
    real = desk.reply

    def delete_first(pk, *others):
        ContactRequest.objects.filter(pk=pk).delete()
        return real(pk, *others)

    monkeypatch.setattr(desk, "reply", delete_first)
    response = send(counsellor, request, "reply", page, text="Wir rufen an.")

    assert response.url == QUEUE
    assert said(counsellor.get(QUEUE)) == ["Dieses Anliegen ist inzwischen gelöscht."]


@pytest.mark.parametrize("deed", DEEDS)
def test_without_its_line_in_the_audit_nothing_is_done(counsellor, monkeypatch, deed):
    make_rule()
    request = make_in_state("new, begun")
    page = look(counsellor, request, "delete" if deed == "delete" else "change")
    before = leave_the_desk(request)
    create = AuditEntry.objects.create

    def fail(**values):
        if values["action"] != "opened":
            raise RuntimeError("disk full")
        return create(**values)

    monkeypatch.setattr(AuditEntry.objects, "create", fail)
    counsellor.raise_request_exception = False
    response = send(counsellor, request, deed, page, **DEEDS[deed])

    assert response.status_code == 500
    assert leave_the_desk(request) == before


@pytest.mark.parametrize("deed", DEEDS)
def test_a_form_without_its_memory_does_nothing(counsellor, deed):
    make_rule()
    request = make_in_state("new, begun")
    before = leave_the_desk(request)

    for seen in ({}, {"seen": ""}, {"seen": "x"}, {"seen": "x" * 300}, {"seen": "\0"}):
        response = counsellor.post(page_of(request, deed), DEEDS[deed] | seen)
        assert response.status_code in {200, 409}
        assert "Bitte " in response.content.decode()

    assert leave_the_desk(request) == before


@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed != "delete"])
def test_deeds_are_done_by_post_only(counsellor, deed):
    request = make_planned()

    response = counsellor.get(page_of(request, deed), DEEDS[deed] | {"seen": desk.fingerprint(request)})

    assert response.url == page_of(request)
    assert audit() == []


@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_need_the_token_of_our_own_page(counsellor, deed):
    request = make_planned()
    stranger = log_in("anna")
    stranger.handler.enforce_csrf_checks = True
    before = leave_the_desk(request)

    response = stranger.post(page_of(request, deed), DEEDS[deed] | {"seen": desk.fingerprint(request)})

    assert response.status_code == 403
    assert leave_the_desk(request) == before


# ---- nothing of the content elsewhere ----
def test_audit_messages_session_and_log_hold_no_content(counsellor, anna, caplog):
    make_rule()
    words = {"name": "Friederike", "threats": [], "state": "", "message": "Vertraulich"}
    request = make_planned(slot=at(9, 45), content=words, codename="Blaue Muschel")
    said_words = ["Friederike", "Vertraulich", "Muschel", "25208838", "Bücherei", "Geheimnis", "Auskunft"]

    with caplog.at_level("DEBUG"):
        for deed, typed in {**DEEDS, "note": {"text": "Geheimnis"}, "reply": {"text": "Auskunft"}}.items():
            if desk.is_possible(current(request), form_of(deed).action, timezone.now()):
                do(counsellor, request, deed, **typed)

    kept = repr(list(AuditEntry.objects.values_list())) + repr(dict(counsellor.session)) + caplog.text
    kept += repr({name: cookie.value for name, cookie in counsellor.cookies.items()})
    assert [word for word in said_words if word in kept] == []
    assert LogEntry.objects.count() == 0
    assert {deed for _, deed in audit()} == {"confirmed", "attempted", "closed", "replied", "noted", "deleted"}


def test_nothing_typed_is_in_the_database_as_it_was_typed(counsellor):
    request = make_planned()
    do(counsellor, request, "note", text="Geheimnis")
    do(counsellor, request, "reply", text="Auskunft")

    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [bytes(value) if isinstance(value, memoryview) else value for row in cursor for value in row]

    everything = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in rows)
    assert b"anna" in everything, "the whole database was read"
    assert b"Geheimnis" not in everything
    assert b"Auskunft" not in everything
