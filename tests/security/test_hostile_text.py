"""Hostile texts in every parameter, path and form of the public pages: they stay text, and never break a page."""

import re
from urllib.parse import quote, urlencode

import pytest

from tests.factories import make_offer, make_region, make_threat_type

pytestmark = pytest.mark.django_db
MARK = "Zwiebelfisch"
TEXTS = {
    "NUL": f"a\0{MARK}",
    "template": f"{{{{7*7}}}}{{% debug %}}{MARK}",
    "script": f"<script>alert('{MARK}')</script>",
    "attribute": f"\" onmouseover=\"alert('{MARK}')",
    "SQL": f"'; DROP TABLE directory_offer; -- {MARK}",
    "LIKE": "%_%' OR 1=1",
    "bidi": f"\u202e{MARK}\u2066\u200b\u200d",
    "towers": "a" + "\u0301" * 500,
    "path": "../../../../etc/passwd",
    "format": "%s%s%n{0.__class__}",
    "number": "10" * 30,
    "negative": "-1",
    "emoji": "😀" * 1000,
    "long": "x" * 7000,
    "JavaScript": "javascript:alert(1)",
    "CRLF": f"a\r\nSet-Cookie: {MARK}=1",
}
PAGES = {  # path → its parameters
    "/": [],
    "/angebote/": "q ort region bedrohung hilfe ebene zielgruppe merkmal sprache seite".split(),
    "/einbetten/angebote/": "q ort region bedrohung hilfe seite darstellung".split(),
    "/partner/": "q ort region bedrohung hilfe darstellung".split(),
    "/partner/qr.svg": ["q", "ort"],
    "/lotse/": ["gefahr"],
    "/lotse/wen/": ["wen"],
    "/lotse/wo/": ["ort", "region"],
    "/lotse/weg/": "gefahr wen bedrohung ort region hilfe".split(),
    "/lotse/antworten/": "gefahr wen bedrohung ort region hilfe".split(),
    "/akteure/": ["bereich", "region", "bedrohung"],
    "/monitoring/": ["bedrohung", "hilfe"],
    "/monitoring/vergleich/": ["von", "bis"],
    "/kontakt/": ["x"],
    "/kontakt/rueckruf/": ["slot", "name"],
    "/raus/": ["next", "url"],
}
PATHS = [
    "/angebote/{}/",
    "/bedrohung/{}/",
    "/land/{}/",
    "/akteure/{}/",
    "/austausch/{}/",
    "/austausch/{}.ics",
    "/lotse/{}/",
    "/{}/",
    "/kontakt/{}/",
]


@pytest.fixture(autouse=True)
def directory():
    land, threat = make_region("Hessen", slug="hessen"), make_threat_type(slug="hass")
    make_offer(regions=[land], threat_types=[threat])


def assert_harmless(response, text):
    assert response.status_code in {200, 301, 302, 400, 404, 405}, text
    page = b"".join(response).decode() if response.streaming else response.content.decode()
    for hostile in ("<script>alert", '" onmouseover=', "\0", "\u202e", "\u2066", 'href="javascript:', "\u0301" * 4):
        assert hostile not in page
    assert "49Zwiebelfisch" not in page
    assert not response.cookies
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_hostile_parameter_stays_text(client, path, text):
    for name in PAGES[path]:
        assert_harmless(client.get(f"{path}?{urlencode({name: text})}"), text)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_hostile_path_is_not_found(client, path, text):
    response = client.get(path.format(quote(text, safe="")))

    assert_harmless(response, text)
    assert response.status_code in {301, 404}


@pytest.mark.parametrize(
    "query", ["q=%ff%fe", "ort=%c3%28", "%ff=1", "q=%u0041", "q=%", "q[]=1&q[a]=2", "&&==&q", "q=%00"]
)
@pytest.mark.parametrize("path", ["/angebote/", "/lotse/wo/", "/akteure/", "/partner/", "/einbetten/angebote/"])
def test_query_that_is_no_text_is_a_normal_page(client, path, query):
    response = client.get(f"{path}?{query}")

    assert_harmless(response, query)
    assert response.status_code == 200


@pytest.mark.parametrize("page", ["-1", "0", "1e30", "9" * 31, "", "zwei", "1.5", "\u0661"])
def test_page_that_is_not_there_shows_offers(client, page):
    response = client.get("/angebote/", {"seite": page})

    assert response.status_code == 200
    assert len(response.context["object_list"]) == 1


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "\\\\evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_login_leads_to_our_own_pages_only(client, django_user_model, target):
    django_user_model.objects.create_superuser("lena", password="ein langes Kennwort")

    response = client.post(
        "/redaktion/login/", {"username": "lena", "password": "ein langes Kennwort", "next": target, "token": ""}
    )

    assert response.status_code == 302
    assert re.match(r"/(redaktion|accounts)/", response["Location"])
