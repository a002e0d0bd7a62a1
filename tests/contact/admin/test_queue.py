import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.admin.queue import load
from contact.models import CallAttempt, Closure, ContactRequest, VisitorMessage
from tests.contact.admin.staff import QUEUE, at
from tests.contact.factories import make_row, make_rule


def make_talk(codename, slot, seat=1, **fields):
    """A request as the queue knows it: without its words."""
    return make_row(codename=codename, slot=slot, seat=seat if slot else None, **fields)


def write(request, **fields):
    return VisitorMessage.objects.create(request=request, kid="none", content=b"", content_spare=b"", **fields)


def listed(client, **parameters):
    """[(heading, [codenames])] as they stand on the page."""
    response = client.get(QUEUE, parameters)
    assert response.status_code == 200
    return [(section.title, [row.codename for row in section.rows]) for section in response.context["cl"].sections]


def row_of(client, codename):
    """The words of a row, cell by cell."""
    page = client.get(QUEUE).content.decode()
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page, re.S) if f">{codename}</a>" in row)
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


# ---- order ----
def test_queue_puts_the_overdue_on_top_then_goes_by_slot(counsellor):
    make_talk("übermorgen", at(9, day=26))
    make_talk("ohne Termin", None)
    make_talk("nachmittags", at(15))
    make_talk("läuft gerade", at(9, 45))
    make_talk("seit heute früh überfällig", at(9, 30), status="confirmed")
    make_talk("seit gestern überfällig", at(16, day=23))
    make_talk("morgen früh", at(9, day=25))
    make_talk("morgen spät", at(16, day=25))
    make_talk("nie erreicht", at(12, day=20), status="waiting")
    make_talk("vorgeschlagen", at(15), seat=2, status="waiting")
    make_talk("erledigt", at(8), status="done", closed_on=timezone.localdate())
    make_talk("abgesagt", None, status="cancelled", closed_on=timezone.localdate())

    assert listed(counsellor) == [
        ("Überfällig", ["seit gestern überfällig", "seit heute früh überfällig"]),
        ("Heute, Dienstag, 24. November", ["läuft gerade", "nachmittags", "vorgeschlagen"]),
        ("Morgen, Mittwoch, 25. November", ["morgen früh", "morgen spät"]),
        ("Donnerstag, 26. November", ["übermorgen"]),
        ("Ohne Termin", ["ohne Termin"]),
        ("Wir warten auf Antwort", ["nie erreicht"]),
    ]


def test_empty_queue_says_so(counsellor):
    page = counsellor.get(QUEUE).content.decode()

    assert "Hier ist nichts. Alles erledigt." in page
    assert "Kein Gespräch steht an." in page


def test_rows_say_in_words_what_is_overdue_and_what_is_now(counsellor):
    make_talk("Roter Drachen", at(16, day=23))
    make_talk("Blaue Feder", at(9, 45))
    make_talk("Gelbe Tasse", at(14))

    assert row_of(counsellor, "Roter Drachen")[0] == "Mo, 23.11. 16:00 Uhr überfällig"
    assert row_of(counsellor, "Blaue Feder")[0] == "09:45 Uhr jetzt"
    assert row_of(counsellor, "Gelbe Tasse")[0] == "14:00 Uhr"


def test_rows_say_who_calls_without_opening_anything(counsellor, anna):
    make_talk("Roter Drachen", at(14), phone=b"sealed", handler=anna, status="confirmed")
    make_talk("Blaue Feder", at(14), seat=2)
    make_talk("Gelbe Tasse", at(14), kind="video")

    with CaptureQueriesContext(connection) as queries:
        rows = [row_of(counsellor, name)[1:] for name in ("Roter Drachen", "Blaue Feder", "Gelbe Tasse")]

    assert rows == [
        ["Rückruf", "Roter Drachen", "bestätigt", "wir rufen an", "Anna Berger", "–"],
        ["Rückruf", "Blaue Feder", "neu", "ruft selbst an", "noch niemand", "–"],
        ["Video-Gespräch", "Gelbe Tasse", "neu", "Video-Raum", "noch niemand", "–"],
    ]
    assert [each["sql"] for each in queries if re.search(r"\"(content|content_spare|video_room)\"", each["sql"])] == []


def test_attempts_count_for_the_slot_that_the_request_has_now(counsellor):
    missed_today = make_talk("Roter Drachen", at(9))
    moved = make_talk("Blaue Feder", at(14, day=25))
    for request in (missed_today, missed_today, moved):
        CallAttempt.objects.create(request=request, created_on=at(9).date())

    assert row_of(counsellor, "Roter Drachen")[6] == "2"
    assert row_of(counsellor, "Blaue Feder")[6] == "–"


def test_unread_messages_are_marked_and_keep_a_closed_request_in_sight(counsellor):
    request = make_talk("Roter Drachen", at(14), status="confirmed")
    write(request)
    write(request)
    answered = make_talk("Gelbe Tasse", at(15), status="confirmed")
    write(answered, is_read=True)
    closed = make_talk("Blaue Feder", at(9), status="done", closed_on=timezone.localdate())
    write(closed)

    assert listed(counsellor) == [
        ("Heute, Dienstag, 24. November", ["Roter Drachen", "Gelbe Tasse"]),
        ("Abgeschlossen", ["Blaue Feder"]),
    ]
    assert row_of(counsellor, "Roter Drachen")[3] == "bestätigt neue Nachricht"
    assert row_of(counsellor, "Gelbe Tasse")[3] == "bestätigt"
    assert row_of(counsellor, "Blaue Feder")[3] == "abgeschlossen neue Nachricht"


# ---- choosing ----
@pytest.fixture
def many(anna, ole):
    make_talk("überfällig", at(9, day=20), handler=ole)
    make_talk("neu heute", at(14))
    make_talk("bestätigt heute", at(14), seat=2, status="confirmed", handler=anna)
    make_talk("wartet Freitag", at(14, day=27), status="waiting", handler=anna)
    make_talk("neu nächste Woche", at(14, day=30))
    make_talk("fertig", at(8), status="done", closed_on=at(8).date(), handler=anna)
    make_talk("fertig gestern", at(8, day=23), status="done", closed_on=at(8, day=23).date())
    make_talk("abgesagt", None, status="cancelled", closed_on=at(8).date())


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (
            {},
            ["überfällig", "bestätigt heute", "neu heute", "wartet Freitag", "neu nächste Woche"],
        ),
        ({"stand": "neu"}, ["überfällig", "neu heute", "neu nächste Woche"]),
        ({"stand": "bestaetigt"}, ["bestätigt heute"]),
        ({"stand": "wartet"}, ["wartet Freitag"]),
        ({"stand": "abgeschlossen"}, ["fertig", "abgesagt", "fertig gestern"]),
        ({"zeit": "heute"}, ["überfällig", "bestätigt heute", "neu heute"]),
        ({"zeit": "woche"}, ["überfällig", "bestätigt heute", "neu heute", "wartet Freitag"]),
        ({"bearbeitung": "meine"}, ["bestätigt heute", "wartet Freitag"]),
        ({"bearbeitung": "frei"}, ["neu heute", "neu nächste Woche"]),
        ({"bearbeitung": "meine", "zeit": "heute", "stand": "bestaetigt"}, ["bestätigt heute"]),
        (
            {"stand": "unbekannt", "zeit": "gestern", "bearbeitung": "1"},
            ["überfällig", "bestätigt heute", "neu heute", "wartet Freitag", "neu nächste Woche"],
        ),
    ],
)
def test_filters(counsellor, many, chosen, names):
    assert [name for _, rows in listed(counsellor, **chosen) for name in rows] == names


def test_filters_say_what_is_chosen(counsellor):
    page = counsellor.get(QUEUE, {"stand": "neu"}).content.decode()

    assert re.findall(r'aria-current="true">([^<]+)<', page) == ["neu", "alle", "alle"]


@pytest.mark.parametrize(
    "lookup",
    ["codename__startswith", "lookup_id", "content__contains", "phone__isnull", "handler__password__startswith", "kid"],
)
def test_no_search_in_any_column(counsellor, lookup):
    make_talk("Roter Drachen", at(14))

    assert counsellor.get(QUEUE, {lookup: "x"}).status_code == 400


def test_no_search_field_no_export_no_actions_no_adding(counsellor):
    make_talk("Roter Drachen", at(14))

    page = counsellor.get(QUEUE, {"q": "Drachen nein"}).content.decode()

    assert ">Roter Drachen</a>" in page, "the word was searched for"
    for unwanted in ('type="search"', 'name="q"', 'name="action"', "_selected_action", "/add/", "export", "csv"):
        assert unwanted not in page
    assert counsellor.get(f"{QUEUE}add/").status_code == 404


def test_bulk_deletion_does_nothing(counsellor):
    request = make_talk("Roter Drachen", at(14))

    response = counsellor.post(QUEUE, {"action": "delete_selected", "_selected_action": [request.pk], "post": "yes"})

    assert response.status_code == 405
    assert ContactRequest.objects.count() == 1


# ---- the next talk ----
def next_talk(client):
    found = client.get(QUEUE).context["next"]
    return found and found.codename


def test_next_talk_is_the_earliest_that_is_not_over_and_not_a_colleagues(counsellor, anna, ole):
    make_talk("überfällig", at(9))
    make_talk("bei Ole", at(14), handler=ole)
    make_talk("vorgeschlagen", at(14), seat=2, status="waiting")
    make_talk("noch frei", at(15))

    assert next_talk(counsellor) == "noch frei"
    make_talk("meins", at(14, 30), handler=anna)
    assert next_talk(counsellor) == "meins"
    make_talk("läuft gerade", at(9, 45))
    assert next_talk(counsellor) == "läuft gerade"


def test_next_talk_names_its_day_when_it_is_not_today(counsellor):
    make_talk("Roter Drachen", at(14, day=25), phone=b"sealed")

    page = " ".join(counsellor.get(QUEUE).content.decode().split())

    assert "<strong>14:00 Uhr, Mittwoch, 25. November</strong> <span>Roter Drachen · wir rufen an </span>" in page


# ---- capacity ----
def test_load_counts_seats_of_today_and_of_the_next_two_working_days(db, clock):
    clock.moment = at(18, day=26)  # Thursday evening: all of today's slots are over, and they still count
    make_rule("callback", kept_back=1)  # four slots of two seats
    make_rule("video", capacity=1, opening_hours="Th 14:00-15:00")
    make_talk("heute", at(14, day=26), status="done", closed_on=at(14, day=26).date())
    make_talk("heute auch", at(14, day=26), seat=2)
    make_talk("heute per Video", at(14, day=26), kind="video")
    make_talk("Montag", at(15, day=30))
    make_talk("abgesagt", None, status="cancelled", closed_on=at(14, day=26).date())

    assert [(day, [(each.kind, each.taken, each.total) for each in kinds]) for day, kinds in load(clock.now())] == [
        ("Heute, Donnerstag, 26. November", [("Rückruf", 2, 8), ("Video-Gespräch", 1, 2)]),
        ("Morgen, Freitag, 27. November", [("Rückruf", 0, 8), ("Video-Gespräch", 0, 0)]),
        ("Montag, 30. November", [("Rückruf", 1, 8), ("Video-Gespräch", 0, 0)]),
    ]


def test_load_skips_closures_and_shows_today_even_when_closed(db, clock):
    make_rule("callback")
    Closure.objects.create(first_day=at(0, day=24).date(), last_day=at(0, day=25).date())

    assert [(day, kinds[0].total) for day, kinds in load(clock.now())] == [
        ("Heute, Dienstag, 24. November", 0),
        ("Donnerstag, 26. November", 8),
        ("Freitag, 27. November", 8),
    ]


def test_page_shows_the_load(counsellor):
    make_rule("callback")
    make_talk("Roter Drachen", at(14))

    page = counsellor.get(QUEUE).content.decode()

    assert re.findall(r"<td>(Rückruf: .*|Video-Gespräch: .*)</td>", page) == [
        "Rückruf: 1 von 8",
        "Video-Gespräch: geschlossen",
        "Rückruf: 0 von 8",
        "Video-Gespräch: geschlossen",
        "Rückruf: 0 von 8",
        "Video-Gespräch: geschlossen",
    ]


# ---- the page itself ----
def test_queue_needs_as_many_queries_for_three_requests_as_for_one(counsellor, anna):
    make_rule("callback")
    make_rule("video")

    def add(hour):
        request = make_talk(f"Talk {hour}", at(hour), handler=anna)
        write(request)
        CallAttempt.objects.create(request=request)

    def number_of_queries():
        with CaptureQueriesContext(connection) as queries:
            assert counsellor.get(QUEUE).status_code == 200
        return len(queries)

    add(14)
    one = number_of_queries()
    add(15)
    add(16)

    assert number_of_queries() == one
    assert one <= 15


def test_queue_is_never_kept_and_has_no_inline_script_or_style(counsellor):
    make_talk('<script>alert("1")</script>', at(14))

    response = counsellor.get(QUEUE)
    page = response.content.decode()

    assert "no-store" in response.headers["Cache-Control"]
    assert re.findall(r"<script(?![^>]* src=)[^>]*>|<style|<[^>]* (?:style|on[a-z]+)=", page) == []
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" in page
