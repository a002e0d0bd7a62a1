"""What people in need type, and what must be among the first five offers: at least one of those named."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from directory.filters import OfferFilter
from directory.selection import Selection

QUERIES = {
    # what happened, in one's own words
    "Neustrelitz Facebook Hetze": "onlinewache-polizei-mv respekt-und-fairness-stgt-mv meldestelle-respect",
    "Morddrohung": "starke-stelle dgb-weisser-ring-hotline",
    "Morddrohung per Mail bekommen": "starke-stelle dgb-weisser-ring-hotline",
    "Drohbrief im Briefkasten Sachsen": "zastex-lka-sachsen aktion-zivilcourage-krisenberatung",
    "Hassmail": "starke-stelle hateaid meldestelle-respect",
    "Hasskommentare Facebook anzeigen": "zhin-hassanzeigen hamburg-gegen-hass-meldeportal courage-im-netz-saarland",
    "Reifen zerstochen vor meinem Haus": "starke-stelle weisser-ring-opfer-telefon",
    "Brandanschlag auf mein Auto": "starke-stelle weisser-ring-opfer-telefon",
    "Hakenkreuz an die Hauswand geschmiert": "starke-stelle vbrg",
    "Ich werde verfolgt": "starke-stelle no-stalk-app",
    "Stalking": "no-stalk-app",
    "Stalker vor der Tür": "no-stalk-app",
    "Drohne über meinem Grundstück": "starke-stelle no-stalk-app",
    "meine Adresse wurde veröffentlicht": "starke-stelle hateaid auskunftssperre-melderegister",
    "Fake Profil mit meinem Namen": "starke-stelle hateaid",
    "Feindesliste": "starke-stelle hateaid",
    "Deepfake Nacktbilder": "hateaid starke-stelle",
    "Telegram Gruppe Todesliste": "starke-stelle hateaid",
    "Account gehackt": "bsi-hotline-csn bsi-mandatstragende",
    "Reichsbürger bedrohen mich": "ratgeber-bedroht-im-mandat starke-stelle zastex-lka-sachsen",
    "Neonazis": "starke-stelle bundesverband-mobile-beratung vbrg",
    "antisemitische Beleidigung": "ofek rias-report-antisemitism memo-hinweisstelle-hamburg",
    "Rassismus gegen Stadträtin": "starke-stelle",
    "muslimfeindlich": "claim-i-report",
    "homophob beschimpft": "starke-stelle hateaid",
    "Körperverletzung beim Wahlkampf": "starke-stelle dgb-weisser-ring-hotline",
    "Plakate aufhängen angegriffen": "starke-stelle",
    "Buttersäure Büro": "starke-stelle weisser-ring-opfer-telefon",
    "Verleumdung im Internet": "zmi-bka starke-stelle hateaid",
    "Bürgermeisterin bedroht": "ratgeber-bedroht-im-mandat starke-stelle zastex-lka-sachsen",
    "Landrat Morddrohung Thüringen": "starke-stelle dgb-weisser-ring-hotline",
    "Dresden Bedrohung": "zastex-lka-sachsen aktion-zivilcourage-krisenberatung",
    "Streit im Gemeinderat": "k3b-konfliktberatung forumzfd-kommune-konflikt starke-stelle",
    "Mobbing in der Fraktion": "k3b-konfliktberatung starke-stelle",
    "Ratssitzung eskaliert": "k3b-konfliktberatung starke-stelle",
    "Sexismus im Gemeinderat": "starke-stelle frauen-vielfalt-politik",
    # what is needed
    "Auskunftssperre Meldeamt": "auskunftssperre-melderegister",
    "Passwort sicher machen": "bsi-mandatstragende bsi-hotline-csn",
    "IT-Sicherheit für Mandatsträger": "bsi-mandatstragende",
    "Anwaltskosten": "hateaid bundesopferbeauftragter weisser-ring-opfer-telefon",
    "Anwalt bezahlen": "hilfe-info stiftung-opferhilfe-niedersachsen bfj-haerteleistungen",
    "Entschädigung nach Angriff": "soziale-entschaedigung-sgb-xiv",
    "Schmerzensgeld": "bundesopferbeauftragter bfj-haerteleistungen hateaid",
    "Geld Opferhilfe": "stiftung-opferhilfe-bayern stiftung-opferhilfe-niedersachsen",
    "Schlafstörungen Angst reden": "telefonseelsorge hateaid dgb-weisser-ring-hotline",
    "psychologische Hilfe": "opra-berlin dgb-weisser-ring-hotline bundesopferbeauftragter",
    "Seelsorge nachts": "telefonseelsorge",
    "jemand zum Reden rund um die Uhr": "telefonseelsorge",
    "Anzeige erstatten online": "onlinewache-polizei",
    "Strafantrag stellen Bayern": "bayern-online-meldeverfahren-mandatstraeger",
    "polizei beratung haus sichern": "polizei-beratung asskomm-sachsen lka-niedersachsen-sicherheit-mandatstraeger",
    "Personenschutz": "polizei-beratung zastex-lka-sachsen",
    "Pressearbeit nach Shitstorm": "hateaid ichbinhier starke-demokratie",
    "Umgang mit Medien": "hateaid starke-demokratie dfk-handreichung-hass-bedrohung",
    "Workshop Hass im Netz": "ichbinhier toneshift",
    "Seminar für Bürgermeister": "nsgb-kommunalakademie-hass-gewalt starke-demokratie",
    "Fortbildung Deeskalation Verwaltung": "beratungsnetzwerk-hessen-kommunalpolitik ichbinhier",
    "Leitfaden Broschüre Kommunalpolitik": "dfk-handreichung-hass-bedrohung",
    "Inhalte löschen lassen Plattform": "dsc-beschwerdeportal user-rights meldestelle-respect",
    "Beschwerde über Instagram": "dsc-beschwerdeportal internet-beschwerdestelle",
    "Hessen gegen Hetze melden": "beratung-bei-hass-hessen meldestelle-respect",
    "Kommunale Konfliktberatung": "k3b-konfliktberatung",
    "Frau Gewalt Hilfetelefon": "hilfetelefon-gewalt-gegen-frauen",
    # somebody by name, abbreviation or number
    "HateAid": "hateaid",
    "Weißer Ring": "weisser-ring-opfer-telefon",
    "weisser ring mv": "weisser-ring-mv",
    "LOBBI": "lobbi-mv",
    "ZAC NRW": "zac-nrw",
    "BKA Meldestelle": "zmi-bka",
    "LKA Baden-Württemberg": "lka-bw-ansprechstelle-mandatstraeger",
    "Onlinewache Hamburg": "onlinewache-polizei-hamburg",
    "Staatsanwaltschaft Hasskriminalität Niedersachsen": "zhin-hassanzeigen",
    "Opferbeauftragter Berlin": "opferbeauftragter-berlin",
    "Opferberatung rechte Gewalt Brandenburg": "opferperspektive-brandenburg",
    "Mobile Beratung Rechtsextremismus Sachsen-Anhalt": "bundesverband-mobile-beratung projekt-gegenpart-dessau",
    "junge Bürgermeister Netzwerk": "netzwerk-junge-buergermeister",
    "Frauen in der Politik": "frauen-vielfalt-politik",
    "Stark im Amt": "stark-im-amt",
    "starke stelle": "starke-stelle",
    "0800 300 99 44": "starke-stelle",
    "116006": "weisser-ring-opfer-telefon",
    "0381/2009379": "lobbi-mv",
    # with errors
    "Beleidigng": "starke-stelle dgb-weisser-ring-hotline",
    "Bedrohnug": "ratgeber-bedroht-im-mandat zastex-lka-sachsen boell-kommunalwiki",
    "Staatsanwaltschafft Göttingen": "zhin-hassanzeigen",
    "haetaid": "hateaid",
    "Faceboock Hetze": "meldestelle-respect kommunalbrevier-rlp-hilfe-hass",
}


def first_five(query, catalogue):
    offers = OfferFilter(QueryDict(urlencode({"q": query})), Selection(catalogue))
    return [offer.slug for offer in offers.qs[:5]]


def test_realistic_queries_find_an_expected_offer(real_catalogue):
    assert len(QUERIES) >= 60
    misses = {
        query: found
        for query, expected in QUERIES.items()
        if not set(expected.split()) & set(found := first_five(query, real_catalogue))
    }

    assert len(misses) <= 0.05 * len(QUERIES), misses


def test_expected_offers_exist(real_catalogue):
    named = {slug for expected in QUERIES.values() for slug in expected.split()}

    assert named - set(real_catalogue.by_slug) == set()


@pytest.mark.parametrize("query", ["HateAid", "LOBBI", "116006", "0381/2009379", "Auskunftssperre Meldeamt"])
def test_the_one_that_was_named_comes_first(query, real_catalogue):
    assert first_five(query, real_catalogue)[0] in QUERIES[query].split()
