import re

import pytest

from tests.factories import make_offer, make_region, make_support_type, make_threat_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory():
    land = make_region("Mecklenburg-Vorpommern", slug="mv", official_key="13", iso_code="DE-MV")
    make_region("Landkreis Mecklenburgische Seenplatte", parent=land, slug="seenplatte", official_key="13071")
    threat = make_threat_type(slug="hass", name="Hass im Netz", description="Beschimpfungen.", first_steps="Sichern!")
    support = make_support_type(slug="recht", name="Rechtliche Hilfe")
    make_offer(slug="land", regions=[land], threat_types=[threat])
    make_offer(slug="bund", threat_types=[threat], support_types=[support], around_the_clock=True)


def hidden(html):
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)


@pytest.mark.parametrize(
    ("path", "title", "next_page"),
    [
        ("/lotse/", "Ist gerade jemand in Gefahr?", "/lotse/wen/"),
        ("/lotse/wen/", "Wen betrifft es?", "/lotse/was/"),
        ("/lotse/was/", "Was ist passiert?", "/lotse/wo/"),
        ("/lotse/wo/", "Wo brauchen Sie Hilfe?", "/lotse/hilfe/"),
        ("/lotse/hilfe/", "Was brauchen Sie jetzt?", "/lotse/weg/"),
    ],
)
def test_each_question_leads_to_the_next_and_keeps_the_answers(client, directory, path, title, next_page):
    answers = {"gefahr": "nein", "wen": "amt", "ort": "17235", "bedrohung": "hass", "hilfe": "recht"}
    own = {"/lotse/": "gefahr", "/lotse/wen/": "wen", "/lotse/was/": "bedrohung", "/lotse/wo/": "ort"}
    answers_kept = [(name, value) for name, value in answers.items() if name != own.get(path, "hilfe")]

    html = client.get(path, answers).content.decode()

    assert f"<h1>{title}</h1>" in html
    assert f'<form action="{next_page}">' in html
    assert sorted(hidden(html)) == sorted(answers_kept)


def test_progress_says_where_one_is(client, directory):
    assert "Frage 3 von 5" in client.get("/lotse/was/").content.decode()


def test_skipping_drops_the_answer_to_this_question_only(client, directory):
    html = client.get("/lotse/was/", {"wen": "amt", "bedrohung": "hass"}).content.decode()

    assert 'href="/lotse/wo/?wen=amt">Frage überspringen' in html


def test_danger_leads_to_the_emergency_page(client, directory):
    html = client.get("/lotse/").content.decode()

    assert 'value="ja" formaction="/lotse/notruf/"' in html
    emergency = client.get("/lotse/notruf/", {"gefahr": "ja"}).content.decode()
    assert "<h1>Rufen Sie jetzt die 110 an</h1>" in emergency
    assert 'href="/lotse/wen/?gefahr=ja"' in emergency


@pytest.mark.parametrize("page", ["hilfe", "weg", "antworten"])
@pytest.mark.parametrize(
    ("place", "words"),
    [("Neustrelits", "kennen wir in Deutschland nicht"), ("Nirgendwo123", "kennen wir in Deutschland nicht")],
)
def test_unknown_place_is_asked_for_again_and_kept(client, directory, page, place, words):
    response = client.get(f"/lotse/{page}/", {"wen": "amt", "ort": place})

    assert (response.status_code, response["Location"]) == (302, f"/lotse/wo/?ort={place}&wen=amt")
    html = client.get(response["Location"]).content.decode()
    assert words in html
    assert f'value="{place}" maxlength="200" autocomplete="off" spellcheck="false" aria-invalid="true"' in html
    assert "<title>Bitte prüfen: Lotse: Wo brauchen Sie Hilfe? – starke Stelle</title>" in html


def test_suggestion_for_a_misspelt_place_goes_on_with_all_answers(client, directory):
    html = client.get("/lotse/wo/", {"wen": "amt", "ort": "Neustrelits"}).content.decode()

    assert 'href="/lotse/hilfe/?ort=Neustrelitz&amp;wen=amt">Neustrelitz</a>' in html


def test_summary_shows_and_changes_every_answer(client, directory):
    query = {"gefahr": "nein", "wen": "team", "bedrohung": "hass", "ort": "17235"}

    html = client.get("/lotse/antworten/", query).content.decode()

    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?) <a href=\"([^\"?]*)", html)
    assert rows == [
        ("Ist gerade jemand in Gefahr?", "Nein", "/lotse/"),
        ("Wen betrifft es?", "Mein Team oder meine Verwaltung", "/lotse/wen/"),
        ("Was ist passiert?", "Hass im Netz", "/lotse/was/"),
        (
            "Wo brauchen Sie Hilfe?",
            "Neustrelitz · Mecklenburg-Vorpommern · Landkreis Mecklenburgische Seenplatte",
            "/lotse/wo/",
        ),
        ("Was brauchen Sie jetzt?", "keine Angabe", "/lotse/hilfe/"),
    ]


def test_route_groups_offers_with_reasons_and_first_steps(client, directory):
    response = client.get("/lotse/weg/", {"wen": "amt", "bedrohung": "hass", "ort": "17235", "gefahr": "ja"})

    html = response.content.decode()
    shown = {part.slug: [step.offer.slug for step in part.steps] for part in response.context["parts"]}
    assert shown == {"jetzt": ["bund"], "land": ["land"], "bund": [], "vorbeugen": []}
    assert "<span>weil:</span> Mecklenburg-Vorpommern · für die Kommunalpolitik · Hass im Netz" in html
    assert "<p>Sichern!</p>" in html
    assert "§ 77b StGB" not in html  # what the first steps of a threat say is not said twice
    assert "Ist noch jemand in Gefahr?" in html
    assert 'href="/angebote/?ort=17235&amp;bedrohung=hass"' in html


@pytest.mark.parametrize(
    ("person", "words", "household"),
    [
        ("amt", "Sie sind damit nicht allein.", False),
        ("familie", "Sie sorgen sich um jemanden, der Ihnen nahesteht.", True),
        ("team", "Sie wollen Ihr Team schützen.", True),
        ("vorbeugen", "Gut, dass Sie vorsorgen.", False),
    ],
)
def test_route_speaks_to_its_reader(client, directory, person, words, household):
    html = client.get("/lotse/weg/", {"wen": person}).content.decode()

    assert words in html
    assert ("/lotse/haushalt/" in html) == household


@pytest.mark.parametrize("chosen", [{}, {"bedrohung": "leer"}], ids=["no threat", "a threat without steps"])
def test_route_without_first_steps_says_what_helps_in_any_case(client, directory, chosen):
    make_threat_type(slug="leer", name="Leer")

    html = client.get("/lotse/weg/", {"wen": "amt", **chosen}).content.decode()

    assert "§ 77b StGB" in html


@pytest.mark.parametrize(("hour", "heading"), [(10, "Jetzt erreichbar"), (20, "Bald erreichbar")])
def test_route_does_not_say_now_when_nobody_answers(client, clock, hour, heading):
    make_offer(slug="starke-stelle", phones=["+498003009944"], opening_hours="Mo-Fr 09:00-16:00")
    clock.move(hours=hour - 10)

    html = client.get("/lotse/weg/", {"wen": "amt"}).content.decode()

    assert re.findall(r'<h2 id="jetzt">(.*?)</h2>', html) == [heading]


def test_route_without_place_asks_for_one(client, directory):
    html = client.get("/lotse/weg/", {"wen": "amt"}).content.decode()

    assert 'href="/lotse/wo/?wen=amt">Ort angeben</a>' in html


def test_household_page_takes_nothing_from_the_address(client):
    html = client.get("/lotse/haushalt/", {"name": "Erika Mustermann", "wen": "familie"}).content.decode()

    assert "Erika" not in html
    assert "Codewort: " in html
    assert "0800 300 99 44" in html


@pytest.mark.parametrize("path", ["/lotse/", "/lotse/was/", "/lotse/wo/", "/lotse/antworten/", "/lotse/weg/"])
@pytest.mark.parametrize(
    "query", ["wen=chef&gefahr=vielleicht&bedrohung=x", "wen=%00&bedrohung=%ff", "hilfe=" + "x" * 5000]
)
def test_unknown_answers_are_no_answers(client, directory, path, query):
    response = client.get(f"{path}?{query}")

    assert (response.status_code, response.context["filter"].chosen) == (200, {})


@pytest.mark.parametrize("path", ["/lotse/quatsch/", "/lotse/gefahr/x/"])
def test_unknown_pages_are_not_found(client, directory, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", ["", "wen/", "was/", "wo/", "hilfe/", "antworten/", "weg/", "notruf/", "haushalt/"])
def test_warm_pages_cost_no_query_and_set_no_cookie(client, directory, django_assert_num_queries, page):
    query = {"wen": "amt", "bedrohung": "hass", "ort": "17235"}
    client.get(f"/lotse/{page}", query)

    with django_assert_num_queries(0):
        response = client.get(f"/lotse/{page}", query)
    assert response.status_code == 200
    assert not response.cookies
