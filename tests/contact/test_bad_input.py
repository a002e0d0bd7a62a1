"""What no form of ours would send."""

import time

import pytest

from contact import sealing
from contact.forms import ContactForm, readable
from contact.models import ContactRequest, VisitorMessage
from directory import catalogue
from tests.contact import pages
from tests.contact.factories import CODE, WAYS, answers, make_request, make_rule
from tests.factories import make_region, make_threat_type
from tests.visitor import Visitor

ADDRESS = WAYS["callback"]
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
FIELDS = [
    *("slot", "way", "number", "line", "pickup", "voicemail", "phrase", "reminder", "name", "threats", "state"),
    *("message", "consent", "website", "ticket", "step", "noted"),
]
REQUIRED = {"slot": "Termin", "way": "Wer ruft an?", "number": "Telefonnummer", "consent": "Ohne Ihr Einverständnis"}
WRONG = {
    "NUL": "a\x00b",
    "only NUL": "\x00",
    "bidi": "\u202egnp.exe\u2066",
    "zero width": "\u200b\u200d\ufeff",
    "accents": "e" + "\u0301" * 500,
    "long": "x" * 50_000,
    "markup": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "template": "{{7*7}}{% debug %}",
    "number": "-1",
    "digits of another script": "٣٤٥",
    "emoji": "\U0001f9ff" * 5,
    "line breaks": "a\r\nb\rc\nd\u2028e\x85f",
    "sql": "'; DROP TABLE contact_contactrequest; --",
    "header": "a\r\nSet-Cookie: b=c",
    "doubled": ["a", "b"],
    "a thousand times": ["hass-im-netz"] * 900,
}


@pytest.fixture(autouse=True)
def _open(clock, keys, db, codes_known):
    make_rule()
    make_rule("video")


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_in_a_field_breaks_the_form_or_comes_back_as_markup(visitor, field):
    seen = []
    for name, value in WRONG.items():
        response = visitor.post(ADDRESS, answers(step="check") | {field: value})
        page = response.content.decode()
        seen.append(name)
        assert response.status_code == 200, name
        assert "<script>alert" not in page, name
        assert "<img" not in page, name
        assert page.count("49") == page.replace("{{7*7}}", "").count("49"), name
        assert "\x00" not in pages.text(response), name

    assert seen == list(WRONG)
    assert ContactRequest.objects.count() == 0


@pytest.mark.parametrize("field", FIELDS)
def test_missing_field_is_an_error_where_it_has_to_be_given(visitor, field):
    response = visitor.post(ADDRESS, answers(step="check") | {field: []})

    if field in REQUIRED:
        assert [error.startswith(REQUIRED[field]) for error in pages.errors(response)] == [True]
        assert pages.heading(response) == "Telefontermin wählen"
    elif field == "ticket":
        assert pages.heading(response) == "Telefontermin wählen"
    else:
        assert pages.heading(response) == "Stimmt alles?"


def test_empty_form_names_everything_that_is_missing_with_a_link_to_it(visitor):
    response = visitor.post(ADDRESS, {"ticket": answers()["ticket"]})

    assert [error.split(" – ")[0][:20] for error in pages.errors(response)] == [
        "Termin",
        "Wer ruft an?",
        "Ohne Ihr Einverständ",
    ]
    links = [link.split('"')[0] for link in pages.main(response).split('href="#')[1:]]
    assert links == ["id_slot_0", "id_way_0", "id_consent"]
    assert [link for link in links if f'id="{link}"' not in pages.main(response)] == []


@pytest.mark.parametrize(
    "number", ["", "12", "0", "abc", "+", "+49", "00000000000", "١٢٣٤٥٦٧٨٩", "x" * 41, "110 " * 20]
)
def test_what_is_no_telephone_number_is_one_error(visitor, number):
    response = visitor.post(ADDRESS, answers(step="check", number=number))

    assert [error.split(" – ")[0] for error in pages.errors(response)] == ["Telefonnummer"]
    assert pages.fields(response)["number"] == [number]


@pytest.mark.parametrize("number", ["110", "116 006", "0900 1234567", "0180 5123456"])
def test_number_that_is_nobodys_line_or_costs_us_money_is_not_called(visitor, number):
    response = visitor.post(ADDRESS, answers(step="check", number=number))

    assert pages.errors(response) == [
        "Telefonnummer – Diese Nummer rufen wir nicht an. Bitte nennen Sie Ihren eigenen Anschluss."
    ]
    assert pages.fields(response)["number"] == [number]


def test_call_without_a_number_asks_for_it(visitor):
    response = visitor.post(ADDRESS, answers(step="check", number=""))

    assert pages.errors(response) == ["Telefonnummer – Bitte nennen Sie die Nummer, unter der wir Sie anrufen sollen."]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Anna  ", "Anna"),
        ("A\x00n\x07na", "Anna"),
        ("An\u202ena\u2066", "Anna"),
        ("A\u200bn\u00adn\ufeffa", "Anna"),
        ("A\tB", "A B"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("u\u0308ber", "über"),
        ("e" + "\u0316" * 500, "e" + "\u0316" * 3),
        ("e" + "\u0316\u200d" * 500, "e" + "\u0316" * 3),
        ("\ue000x\ud800", "x"),
        ("👩‍🚒", "👩🚒"),
        ("مرحبا שלום", "مرحبا שלום"),
    ],
)
def test_text_is_kept_without_what_could_hide_or_cover_others(typed, kept):
    assert readable(typed) == kept


def test_cleaned_text_is_what_is_sealed(visitor):
    visitor.post(ADDRESS, answers(name="An\u202ena\x00", message="Zeile 1\r\nZeile\t2\x00"))

    row = ContactRequest.objects.get()
    content = sealing.unseal(row.pk, row.kid, row.content)
    assert (content["name"], content["message"]) == ("Anna", "Zeile 1\nZeile 2")


@pytest.mark.parametrize(("length", "errors"), [(1500, 0), (1501, 1)])
def test_message_has_1500_characters_at_most(visitor, length, errors):
    response = visitor.post(ADDRESS, answers(step="check", message="ß" * length))

    assert len(pages.errors(response)) == errors


def test_line_breaks_of_a_browser_count_once(visitor):
    response = visitor.post(ADDRESS, answers(step="check", message="\r\n".join(["x"] * 750)))

    assert pages.heading(response) == "Stimmt alles?"


def test_text_that_takes_for_ever_to_compose_is_refused_at_once(visitor):
    """20 seconds of computing, during which a worker answers nobody, for less bytes than we take."""
    body = b"message=" + "\u0301\u0316".encode() * 49_000
    began = time.monotonic()

    response = visitor.post(ADDRESS, body, content_type=FORM)

    assert "Nachricht – Bitte kürzen Sie auf 1500 Zeichen." in pages.errors(response)
    assert time.monotonic() - began < 5


def test_chosen_value_that_there_is_not_is_refused(visitor):
    make_threat_type(slug="hass-im-netz")
    make_region("Hessen")
    catalogue.forget()
    wrong = {"threats": "gibt-es-nicht", "state": "bayern", "line": "car", "reminder": "mail", "way": "both"}

    response = visitor.post(ADDRESS, answers(step="check", **wrong))

    assert [error.split(" – ")[0] for error in pages.errors(response)] == [
        *("Wer ruft an?", "Was für ein Anschluss ist das?", "Sollen wir Sie erinnern?", "Worum geht es?"),
        "Ihr Bundesland",
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"name=%ff%fe&message=\xff\xfe\xc0\x80", FORM, 200),
        (b"&".join(b"f%d=x" % n for n in range(10_000)), FORM, 400),
        (b"name=x", f"{FORM}; charset=utf-7", 400),
        (b'{"name": "x"}', "application/json", 403),
        (b"<x/>", "text/xml", 403),
        (b"", FORM, 200),
        (b"name", FORM, 200),
        (b"--x", PARTS, 403),
        (b"x", "multipart/form-data", 403),
        (b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\xfe\r\n--x--', PARTS, 403),
        (b'--x\r\nContent-Disposition: form-data; name="a"; filename="../x"\r\n\r\ntext\r\n--x--', PARTS, 403),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 3000 + b"--x--", PARTS, 403),
    ],
    ids=lambda value: repr(value)[:30],
)
@pytest.mark.parametrize("address", [ADDRESS, "/kontakt/code/"])
def test_body_that_is_no_form_of_ours_is_answered(visitor, body, content_type, expected, address):
    response = visitor.post(address, body, content_type=content_type)

    assert response.status_code == expected
    assert ContactRequest.objects.count() == 0


@pytest.mark.parametrize("query", ["?x=%00", "?x=%ff%fe", "?code=" + CODE, "?" + "x&" * 900, "?step=send&noted=on"])
@pytest.mark.parametrize("address", [ADDRESS, "/kontakt/code/", "/kontakt/"])
def test_query_string_changes_nothing(visitor, address, query):
    response = visitor.get(address + query)

    assert response.status_code == 200
    assert CODE not in response.content.decode()


def test_form_fields_in_the_address_are_not_read(visitor):
    response = visitor.post(f"{ADDRESS}?name=Petra&consent=on", answers(consent=None, step="check"))

    assert [error.split(" ")[0] for error in pages.errors(response)] == ["Ohne"]
    assert "Petra" not in pages.text(response)


# ---- the code page ----
@pytest.mark.parametrize("name", WRONG)
def test_nothing_breaks_the_code_page(visitor, name, monkeypatch):
    make_request()
    value = WRONG[name]
    monkeypatch.setattr("contact.views.MOST_CODES", 100)

    for sent in (
        {"code": value},
        {"code": CODE, "action": value},
        {"code": CODE, "action": "move", "slot": value},
        {"code": CODE, "action": "write", "message": value},
    ):
        response = visitor.post("/kontakt/code/", sent)
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()

    assert ContactRequest.objects.get().status == "new"
    assert VisitorMessage.objects.count() <= 1


def test_long_message_to_the_team_is_refused_and_kept(visitor):
    make_request()

    response = visitor.post("/kontakt/code/", {"code": CODE, "action": "write", "message": "x" * 1501})

    assert pages.errors(response) == ["Nachricht an das Team – Bitte kürzen Sie auf 1500 Zeichen."]
    assert pages.fields(response)["message"] == ["x" * 1501]
    assert VisitorMessage.objects.count() == 0


def test_every_text_field_has_a_most():
    """PlainField counts before it composes."""
    form = ContactForm()

    assert [name for name in ("name", "message") if not form.fields[name].max_length] == []


def test_answer_to_a_bad_form_says_nothing_of_the_machine():
    response = Visitor().post(ADDRESS, b"x&" * 1001)

    page = response.content.decode()
    assert response.status_code == 400
    assert [word for word in ("Django", "Traceback", "site-packages", "Python", "gunicorn") if word in page] == []
    assert pages.HOTLINE in page
