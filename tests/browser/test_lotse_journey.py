"""From a few answers to a route: without JavaScript on a phone, by keyboard, and back again."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from playwright.sync_api import expect

from directory.opening import BERLIN
from tests.browser.keyboard import Keyboard
from tests.browser.screen import PHONE, too_wide
from tests.browser.steps import follow, press

DAY = datetime(2026, 11, 23, 10, 30, tzinfo=BERLIN)  # a Monday
NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=BERLIN)
OFFICE, FAMILY = "Mich selbst: Ich habe ein Amt oder Mandat", "Jemanden in meiner Familie"
TEAM, NOBODY = "Mein Team oder meine Verwaltung", "Noch niemanden: Wir möchten vorbeugen"
ANGRY, INSULT, THREAT, ATTACK, DAMAGE = (
    "Hass und Hetze im Netz",
    "Beleidigung und Verleumdung",
    "Bedrohung und Nötigung",
    "Körperlicher Angriff",
    "Angriff auf Haus, Auto oder Büro",
)
STALKING, DOXING, EXTREME, DISCRIMINATION, COUNCIL = (
    "Nachstellen und Ausspähen",
    "Doxing, Fake-Profile, Feindeslisten",
    "Extremistische Anfeindung",
    "Rassistische, antisemitische, sexistische oder queerfeindliche Anfeindung",
    "Anfeindungen im eigenen Gremium",
)


@dataclass
class Situation:
    """What a person answers ("" skips the question), and the offers of each group in their order."""

    person: str
    threats: tuple[str, ...]
    place: str
    supports: tuple[str, ...]
    now: str
    land: str
    federal: str
    later: str
    at: datetime = DAY


SITUATIONS = {
    "mayor insulted on Facebook in MV": Situation(
        OFFICE,
        (ANGRY,),
        "17235",
        (),
        now="weisser-ring-opfer-telefon hateaid telefonseelsorge",
        land="""respekt-und-fairness-stgt-mv onlinewache-polizei-mv
        dia-mv landeskoordinierungsstelle-demokratie-toleranz-mv""",
        federal="k3b-konfliktberatung dfk-handreichung-hass-bedrohung ratgeber-bedroht-im-mandat",
        later="stark-im-amt starke-demokratie",
    ),
    "councillor threatened in Saxony": Situation(
        OFFICE,
        (THREAT,),
        "Görlitz",
        (),
        now="weisser-ring-sachsen weisser-ring-opfer-telefon hateaid",
        land="""aktion-zivilcourage-krisenberatung zastex-lka-sachsen
        asskomm-sachsen zora-generalstaatsanwaltschaft-dresden""",
        federal="dfk-handreichung-hass-bedrohung ratgeber-bedroht-im-mandat dgb-weisser-ring-hotline",
        later="stark-im-amt starke-demokratie",
    ),
    "councillor stalked in Bavaria": Situation(
        OFFICE,
        (STALKING,),
        "Passau",
        (),
        now="weisser-ring-opfer-telefon telefonseelsorge hilfetelefon-gewalt-an-maennern",
        land="""schutzkonzept-mandatstraeger-bayern stiftung-opferhilfe-bayern
        bayern-online-meldeverfahren-mandatstraeger""",
        federal="dfk-handreichung-hass-bedrohung stark-im-amt auskunftssperre-melderegister",
        later="polizei-beratung odabs",
    ),
    "family of a stalked mayor in MV": Situation(
        FAMILY,
        (STALKING,),
        "17235",
        (),
        now="weisser-ring-mv telefonseelsorge weisser-ring-opfer-telefon",
        land="opferhilfebeauftragter-mv opferschutz-landespolizei-mv respekt-und-fairness-stgt-mv",
        federal="soziale-entschaedigung-sgb-xiv hilfetelefon-gewalt-an-maennern hilfetelefon-gewalt-gegen-frauen",
        later="auskunftssperre-melderegister odabs",
    ),
    "doxing, no place": Situation(
        OFFICE,
        (DOXING,),
        "",
        (),
        now="hateaid hilfetelefon-gewalt-gegen-frauen",
        land="",
        federal="ratgeber-bedroht-im-mandat bsi-mandatstragende stark-im-amt",
        later="auskunftssperre-melderegister bsi-hotline-csn",
    ),
    "attack, needs money in Lower Saxony": Situation(
        OFFICE,
        (ATTACK,),
        "Celle",
        ("Finanzielle Hilfe",),
        now="weisser-ring-opfer-telefon telefonseelsorge hilfetelefon-gewalt-an-maennern",
        land="""stiftung-opferhilfe-niedersachsen nsgb-kommunalakademie-hass-gewalt
        lka-niedersachsen-sicherheit-mandatstraeger opferschutzbeauftragter-niedersachsen""",
        federal="bundesopferbeauftragter bfj-haerteleistungen dgb-weisser-ring-hotline",
        later="dguv-gewaltangehen komo-monitoring",
    ),
    "attack, needs someone to talk to at night": Situation(
        "",
        (ATTACK,),
        "",
        ("Psychosoziale Beratung",),
        now="telefonseelsorge hilfetelefon-gewalt-gegen-frauen",
        land="",
        federal="dgb-weisser-ring-hotline bundesopferbeauftragter weisser-ring-opfer-telefon",
        later="dguv-gewaltangehen bff-fachberatungsstellen",
        at=NIGHT,
    ),
    "hate online, wants to report in Hesse": Situation(
        "",
        (ANGRY,),
        "Kassel",
        ("Inhalte melden",),
        now="hateaid telefonseelsorge weisser-ring-opfer-telefon",
        land="beratung-bei-hass-hessen beratungsnetzwerk-hessen-kommunalpolitik polizei-hessen-mandatstraeger",
        federal="dsc-beschwerdeportal internet-beschwerdestelle meldestelle-respect",
        later="starke-demokratie bsi-mandatstragende",
    ),
    "wants to press charges in Hamburg": Situation(
        OFFICE,
        (INSULT,),
        "Hamburg",
        ("Anzeige und Strafverfolgung",),
        now="hateaid telefonseelsorge weisser-ring-opfer-telefon",
        land="""onlinewache-polizei-hamburg hamburg-gegen-hass-meldeportal
        staatsanwaltschaft-hamburg-ansprechpartner-hass memo-hinweisstelle-hamburg""",
        federal="meldestelle-respect dgb-weisser-ring-hotline starke-demokratie",
        later="fes-kommunalakademie kas-kommunalakademie",
    ),
    "car set on fire in Berlin": Situation(
        OFFICE,
        (DAMAGE,),
        "Berlin",
        (),
        now="weisser-ring-berlin weisser-ring-opfer-telefon",
        land="""beratungstelefon-amts-mandatstragende-berlin opferhilfe-berlin
        internetwache-polizei-berlin opferbeauftragter-berlin""",
        federal="dfk-handreichung-hass-bedrohung ratgeber-bedroht-im-mandat stark-im-amt",
        later="komo-monitoring odabs",
    ),
    "right-wing threat in Brandenburg": Situation(
        OFFICE,
        (EXTREME,),
        "Cottbus",
        (),
        now="",
        land="""ansprechstelle-mandatstraeger-polizei-brandenburg opferperspektive-brandenburg
        tolerantes-brandenburg demos-mobiles-beratungsteam-brandenburg""",
        federal="ratgeber-bedroht-im-mandat forumzfd-kommune-konflikt k3b-konfliktberatung",
        later="stark-im-amt starke-demokratie",
    ),
    "racist abuse in NRW": Situation(
        OFFICE,
        (DISCRIMINATION,),
        "Dortmund",
        (),
        now="mia-antiziganismus hilfetelefon-gewalt-gegen-frauen antidiskriminierungsstelle-bund",
        land="backup-westfalen opferberatung-rheinland lks-nrw mobile-beratung-nrw",
        federal="frauen-vielfalt-politik rias-report-antisemitism claim-i-report",
        later="hateaid bundesverband-mobile-beratung",
    ),
    "conflict in the council": Situation(
        OFFICE,
        (COUNCIL,),
        "",
        (),
        now="",
        land="",
        federal="forumzfd-kommune-konflikt k3b-konfliktberatung starke-demokratie",
        later="fes-kommunalakademie kas-kommunalakademie",
    ),
    "team wants to prepare in NRW": Situation(
        TEAM,
        (),
        "Dortmund",
        (),
        now="""im-nrw-ansprechstelle-politische-verantwortungstraeger antidiskriminierungsstelle-bund
        weisser-ring-opfer-telefon""",
        land="sicher-im-dienst-nrw backup-westfalen opferberatung-rheinland opferschutzbeauftragte-nrw",
        federal="dgb-weisser-ring-hotline starke-demokratie forumzfd-kommune-konflikt",
        later="fes-kommunalakademie kas-kommunalakademie",
    ),
    "team after a threat in BW": Situation(
        TEAM,
        (THREAT,),
        "Ulm",
        (),
        now="lka-bw-ansprechstelle-mandatstraeger weisser-ring-opfer-telefon hateaid",
        land="leuchtlinie-bw mobirex-bw opferbeauftragter-bw initiative-toleranz-im-netz-bw",
        federal="dgb-weisser-ring-hotline starke-demokratie forumzfd-kommune-konflikt",
        later="fes-kommunalakademie kas-kommunalakademie",
    ),
    "nobody yet, prevention": Situation(
        NOBODY,
        (),
        "",
        (),
        now="antidiskriminierungsstelle-bund",
        land="",
        federal="starke-demokratie bsi-mandatstragende bpb-bedrohungen-kommunalpolitik",
        later="fes-kommunalakademie kas-kommunalakademie boell-kommunalwiki dfk-handreichung-hass-bedrohung",
    ),
    "nobody yet, training": Situation(
        NOBODY,
        (),
        "",
        ("Vorbeugen und Fortbildung",),
        now="antidiskriminierungsstelle-bund",
        land="",
        federal="starke-demokratie fes-kommunalakademie kas-kommunalakademie",
        later="frauen-vielfalt-politik ichbinhier toneshift dguv-gewaltangehen",
    ),
    "two threats at once in Saxony": Situation(
        OFFICE,
        (THREAT, EXTREME),
        "Görlitz",
        (),
        now="weisser-ring-sachsen weisser-ring-opfer-telefon hateaid",
        land="""aktion-zivilcourage-krisenberatung zastex-lka-sachsen
        support-raa-sachsen zora-generalstaatsanwaltschaft-dresden""",
        federal="ratgeber-bedroht-im-mandat forumzfd-kommune-konflikt k3b-konfliktberatung",
        later="stark-im-amt starke-demokratie",
    ),
    "security advice in Lower Saxony": Situation(
        OFFICE,
        (THREAT,),
        "Celle",
        ("Sicherheitsberatung",),
        now="hateaid telefonseelsorge weisser-ring-opfer-telefon",
        land="""lka-niedersachsen-sicherheit-mandatstraeger nsgb-kommunalakademie-hass-gewalt
        mobile-beratung-niedersachsen opferschutzbeauftragter-niedersachsen""",
        federal="dfk-handreichung-hass-bedrohung ratgeber-bedroht-im-mandat dgb-weisser-ring-hotline",
        later="starke-demokratie auskunftssperre-melderegister",
    ),
    "family in Thuringia after an attack": Situation(
        FAMILY,
        (ATTACK,),
        "Gera",
        (),
        now="weisser-ring-thueringen telefonseelsorge weisser-ring-opfer-telefon",
        land="ezra-thueringen opferhilfe-thueringen-portal polizeilicher-opferschutz-thueringen",
        federal="bundesopferbeauftragter soziale-entschaedigung-sgb-xiv dguv-gewaltangehen",
        later="odabs hilfe-info",
    ),
    "nothing answered at night": Situation(
        "",
        (),
        "",
        (),
        now="telefonseelsorge hilfetelefon-gewalt-gegen-frauen",
        land="",
        federal="dgb-weisser-ring-hotline antidiskriminierungsstelle-bund bundesopferbeauftragter",
        later="stark-im-amt toneshift",
        at=NIGHT,
    ),
}


@pytest.fixture
def clock(real_offers, monkeypatch):
    """Sets the time of the live server."""

    def set_to(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(DAY)
    return set_to


@pytest.fixture(scope="module")
def visitor(browser, browser_context_args):
    """A small phone without JavaScript, for all tests: the portal leaves nothing in it."""
    with browser.new_context(**browser_context_args, viewport=PHONE, java_script_enabled=False) as context:
        yield context.new_page()


class Lotse:
    def __init__(self, page):
        self.page = page
        self.heading = page.get_by_role("heading", level=1)
        assert page.goto("/lotse/").ok

    def press(self, name):
        press(self.page, name)

    def open_link(self, name):
        follow(self.page, self.page.get_by_role("link", name=name, exact=True))

    def check(self, labels):
        for label in labels:
            self.page.locator("label.choice").filter(has_text=label).get_by_role("checkbox").check()

    def answer(self, situation):
        """Go from the first question to the route."""
        self.press("Nein")
        if situation.person:
            self.press(situation.person)
        else:
            self.open_link("Frage überspringen")
        if situation.threats:
            self.check(situation.threats)
            self.press("Weiter")
        else:
            self.open_link("Frage überspringen")
        if situation.place:
            self.page.get_by_label("Ort oder Postleitzahl").fill(situation.place)
            self.press("Weiter")
        else:
            self.open_link("Frage überspringen")
        if situation.supports:
            self.check(situation.supports)
            self.press("Angebote zeigen")
        else:
            self.open_link("Ich weiß es nicht")

    def route(self):
        """Heading → the offers' last parts of their addresses, below it in the order shown."""
        shown = {}
        for heading in self.page.locator("main section > h2").all():
            cards = heading.locator("xpath=..").locator("article .card__title a")
            links = cards.evaluate_all("(all) => all.map((link) => link.getAttribute('href'))")
            shown[heading.inner_text()] = [link.strip("/").split("/")[-1] for link in links]
        return shown


@pytest.mark.parametrize("name", SITUATIONS)
def test_situation_ends_with_the_expected_offers(visitor, clock, name):
    situation = SITUATIONS[name]
    clock(situation.at)
    lotse = Lotse(visitor)

    lotse.answer(situation)

    expect(lotse.heading).to_have_text("Ihr Weg zur Hilfe")
    expected = {
        "Jetzt erreichbar": situation.now.split(),
        "In Ihrem Land": situation.land.split(),
        "Bundesweit": situation.federal.split(),
        "Weiter vorbeugen": situation.later.split(),
    }
    assert lotse.route() == expected
    assert too_wide(visitor) == []


def test_there_are_at_least_20_situations():
    assert len(SITUATIONS) >= 20


def test_danger_comes_before_everything(visitor, clock):
    lotse = Lotse(visitor)
    lotse.press("Ja, jetzt gerade")

    expect(lotse.heading).to_have_text("Rufen Sie jetzt die 110 an")
    first = visitor.get_by_role("main").get_by_role("link").first
    expect(first).to_have_attribute("href", "tel:110")

    lotse.open_link("Weiter zur nächsten Frage")
    expect(lotse.heading).to_have_text("Wen betrifft es?")
    lotse.open_link("Gleich zu den Angeboten")
    expect(visitor.get_by_text("Ist noch jemand in Gefahr?")).to_be_visible()


def test_place_that_is_not_clear_is_asked_for_again(visitor, clock):
    lotse = Lotse(visitor)
    lotse.open_link("Frage überspringen")
    lotse.press(OFFICE)
    lotse.open_link("Frage überspringen")
    visitor.get_by_label("Ort oder Postleitzahl").fill("Neustrelits")
    lotse.press("Weiter")

    expect(lotse.heading).to_have_text("Wo brauchen Sie Hilfe?")
    assert visitor.title().startswith("Bitte prüfen: ")
    expect(visitor.get_by_role("alert")).to_contain_text("„Neustrelits“ kennen wir in Deutschland nicht")
    field = visitor.get_by_label("Ort oder Postleitzahl")
    expect(field).to_have_value("Neustrelits")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert too_wide(visitor) == []

    lotse.open_link("Neustrelitz")

    expect(lotse.heading).to_have_text("Was brauchen Sie jetzt?")
    lotse.open_link("Ich weiß es nicht")
    expect(visitor.locator("section").filter(has=visitor.locator("#land")).locator("article")).not_to_have_count(0)


def test_every_answer_can_be_changed_and_the_back_button_works(page, clock):
    lotse = Lotse(page)
    lotse.answer(SITUATIONS["mayor insulted on Facebook in MV"])
    first = lotse.route()
    page.get_by_text("Ihre Antworten", exact=True).click()

    follow(page, page.locator("dl.facts a").filter(has_text="Wo brauchen Sie Hilfe?"))
    page.get_by_label("Ort oder Postleitzahl").fill("Kassel")
    lotse.press("Weiter")
    lotse.open_link("Gleich zu den Angeboten")

    in_hesse = lotse.route()["In Ihrem Land"]
    assert in_hesse
    assert set(in_hesse) & set(first["In Ihrem Land"]) == set()
    for _ in range(3):
        page.go_back()
    assert lotse.route() == first
    assert page.context.cookies() == []


def test_lotse_by_keyboard_only(new_context, clock):
    page = new_context(reduced_motion="reduce").new_page()
    keyboard = Keyboard(page)

    lotse = Lotse(page)
    keyboard.go_to(page.get_by_role("button", name="Nein", exact=True)).enter()
    keyboard.go_to(page.get_by_role("button", name=OFFICE, exact=True)).enter()
    keyboard.go_to(page.locator("input[value='hass-im-netz']")).press("Space")
    keyboard.go_to(page.get_by_role("button", name="Weiter", exact=True)).enter()
    keyboard.go_to(page.get_by_label("Ort oder Postleitzahl")).type("17235")
    keyboard.go_to(page.get_by_role("button", name="Weiter", exact=True)).enter()
    keyboard.go_to(page.get_by_role("button", name="Angebote zeigen", exact=True)).enter()

    assert lotse.route()["In Ihrem Land"] == SITUATIONS["mayor insulted on Facebook in MV"].land.split()
