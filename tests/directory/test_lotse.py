"""Situations and what their route must hold, on the real directory."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from directory import catalogue, lotse
from directory.lotse import Answers, Person
from directory.opening import BERLIN
from tests.factories import make_offer, make_region, make_threat_type

DAY = datetime(2026, 11, 23, 10, 30, tzinfo=BERLIN)  # a Monday, the hotline is open
NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=BERLIN)
ANGRY, INSULT, THREAT, ATTACK, DAMAGE, STALKING, DOXING, EXTREME, DISCRIMINATION, COUNCIL = (
    "hass-im-netz beleidigung-verleumdung bedrohung-noetigung koerperlicher-angriff sachbeschaedigung"
    " stalking-ausspaehen doxing-identitaetsmissbrauch extremismus diskriminierung konflikte-im-gremium"
).split()


@dataclass
class Situation:
    """Answers, and for some groups offers of which at least one must be there."""

    person: str = ""
    threats: str = ""
    supports: str = ""
    land: str = ""
    at: datetime = DAY
    jetzt: str = ""
    land_has: str = ""
    bund: str = ""
    vorbeugen: str = ""


SITUATIONS = {
    "mayor insulted on Facebook in MV": Situation(
        "amt", ANGRY, land="mecklenburg-vorpommern", land_has="respekt-und-fairness-stgt-mv onlinewache-polizei-mv"
    ),
    "councillor threatened in Saxony": Situation("amt", THREAT, land="sachsen", land_has="zastex-lka-sachsen"),
    "councillor stalked in Bavaria": Situation(
        "amt", STALKING, land="bayern", land_has="schutzkonzept-mandatstraeger-bayern"
    ),
    "family of a stalked mayor in MV": Situation(
        "familie", STALKING, land="mecklenburg-vorpommern", bund="no-stalk-app weisser-ring-opfer-telefon"
    ),
    "doxing, no place": Situation("amt", DOXING, bund="bsi-mandatstragende stark-im-amt hateaid"),
    "doxing, wants digital safety": Situation("amt", DOXING, "digitale-sicherheit", bund="bsi-mandatstragende"),
    "insult, wants a lawyer's help": Situation("amt", INSULT, "rechtliche-hilfe", bund="hateaid hilfe-info"),
    "attack, needs money in Lower Saxony": Situation(
        "amt", ATTACK, "finanzielle-hilfe", "niedersachsen", land_has="stiftung-opferhilfe-niedersachsen"
    ),
    "attack, needs someone to talk to at night": Situation(
        "", ATTACK, "psychosoziale-beratung", at=NIGHT, jetzt="telefonseelsorge hilfetelefon-gewalt-gegen-frauen"
    ),
    "hate online, wants to report in Hesse": Situation(
        "", ANGRY, "meldestelle", "hessen", land_has="beratung-bei-hass-hessen", bund="meldestelle-respect"
    ),
    "wants to press charges in Hamburg": Situation(
        "amt", INSULT, "anzeige-strafverfolgung", "hamburg", land_has="hamburg-gegen-hass-meldeportal"
    ),
    "car set on fire in Berlin": Situation(
        "amt", DAMAGE, land="berlin", land_has="beratungstelefon-amts-mandatstragende-berlin"
    ),
    "right-wing threat in Brandenburg": Situation(
        "amt", EXTREME, land="brandenburg", land_has="ansprechstelle-mandatstraeger-polizei-brandenburg"
    ),
    "racist abuse in NRW": Situation(
        "amt", DISCRIMINATION, land="nordrhein-westfalen", land_has="opferberatung-rheinland backup-westfalen"
    ),
    "antisemitic abuse, open to all": Situation(
        "familie", DISCRIMINATION, "psychosoziale-beratung", bund="ofek hateaid"
    ),
    "conflict in the council": Situation("amt", COUNCIL, bund="k3b-konfliktberatung forumzfd-kommune-konflikt"),
    "conflict in the council, wants training in Lower Saxony": Situation(
        "amt", COUNCIL, "praevention-fortbildung", "niedersachsen", land_has="nsgb-kommunalakademie-hass-gewalt"
    ),
    "team wants to prepare in NRW": Situation("team", "", "", "nordrhein-westfalen", land_has="sicher-im-dienst-nrw"),
    "team after a threat in BW": Situation(
        "team", THREAT, land="baden-wuerttemberg", land_has="lka-bw-ansprechstelle-mandatstraeger"
    ),
    "nobody yet, prevention": Situation("vorbeugen", bund="fes-kommunalakademie starke-demokratie bsi-mandatstragende"),
    "nobody yet, training": Situation(
        "vorbeugen", "", "praevention-fortbildung", bund="starke-demokratie fes-kommunalakademie kas-kommunalakademie"
    ),
    "two threats at once in Saxony": Situation(
        "amt", f"{THREAT} {EXTREME}", land="sachsen", land_has="zastex-lka-sachsen"
    ),
    "everything at once": Situation(
        "amt", f"{ANGRY} {INSULT} {THREAT} {STALKING} {DOXING}", bund="stark-im-amt ratgeber-bedroht-im-mandat"
    ),
    "handling the public": Situation("amt", ANGRY, "kommunikation", bund="starke-demokratie hateaid ichbinhier"),
    "security advice in Lower Saxony": Situation(
        "amt", THREAT, "sicherheitsberatung", "niedersachsen", land_has="lka-niedersachsen-sicherheit-mandatstraeger"
    ),
    "family in Thuringia after an attack": Situation(
        "familie", ATTACK, land="thueringen", land_has="ezra-thueringen weisser-ring-thueringen"
    ),
    "network with others": Situation("amt", "", "vernetzung", bund="netzwerk-junge-buergermeister"),
    "nothing answered": Situation(bund="weisser-ring-opfer-telefon hilfe-info bundesopferbeauftragter"),
    "house smeared at night in Brandenburg": Situation(
        "amt", DAMAGE, land="brandenburg", at=NIGHT, jetzt="telefonseelsorge"
    ),
    "nothing answered at night": Situation(at=NIGHT, jetzt="telefonseelsorge"),
}


def answers_of(situation, built):
    return Answers(
        person=Person(situation.person) if situation.person else None,
        threats=tuple(situation.threats.split()),
        supports=tuple(situation.supports.split()),
        area=built.areas[situation.land] if situation.land else None,
    )


def route_of(situation, built):
    return {
        part.slug: [step.offer.slug for step in part.steps]
        for part in lotse.route(built, answers_of(situation, built), situation.at)
    }


@pytest.mark.parametrize("name", SITUATIONS)
def test_situation_leads_to_the_expected_offers(real_catalogue, name):
    situation = SITUATIONS[name]
    found = route_of(situation, real_catalogue)

    expected = {
        "jetzt": situation.jetzt,
        "land": situation.land_has,
        "bund": situation.bund,
        "vorbeugen": situation.vorbeugen,
    }
    for group, slugs in expected.items():
        if slugs:
            anywhere = {slug for shown in found.values() for slug in shown} if group != "jetzt" else found["jetzt"]
            assert set(slugs.split()) & set(anywhere), (group, found)


def test_there_are_at_least_25_situations():
    assert len(SITUATIONS) >= 25


@pytest.mark.parametrize("person", [None, *Person])
def test_every_route_is_short_never_empty_and_names_reasons(real_catalogue, person):
    for area in (None, *real_catalogue.states):
        for threat in (None, *real_catalogue.threat_types):
            for at in (DAY, NIGHT):
                answers = Answers(person, (threat,) if threat else (), (), area)
                steps = [step for part in lotse.route(real_catalogue, answers, at) for step in part.steps]
                slugs = [step.offer.slug for step in steps]

                assert 1 <= len(slugs) <= 12
                assert len(set(slugs)) == len(slugs)
                assert all(step.reasons for step in steps)
                assert "starke-stelle" not in slugs


def test_open_group_shows_only_who_answers(real_catalogue):
    for at in (DAY, NIGHT):
        [part] = [part for part in lotse.route(real_catalogue, Answers(), at) if part.slug == "jetzt"]

        assert part.steps
        assert all(step.offer.status_at(at).is_open for step in part.steps)
        assert all("jetzt erreichbar" in step.reasons for step in part.steps)


def test_land_group_stays_empty_without_a_place(real_catalogue):
    assert route_of(Situation("amt", ANGRY), real_catalogue)["land"] == []


def test_offers_of_another_land_never_show(real_catalogue):
    saxony = real_catalogue.areas["sachsen"]
    for part in lotse.route(real_catalogue, Answers(area=saxony), DAY):
        for step in part.steps:
            assert step.offer.is_federal or saxony in step.offer.areas, step.offer.slug


def test_reasons_speak_the_words_of_the_answers(real_catalogue):
    answers = Answers(Person.OFFICE, (THREAT, EXTREME), ("orientierung",), real_catalogue.areas["sachsen"])
    steps = {
        step.offer.slug: step.reasons for part in lotse.route(real_catalogue, answers, NIGHT) for step in part.steps
    }

    assert steps["zastex-lka-sachsen"] == (
        "Sachsen",
        "für die Kommunalpolitik",
        "Bedrohung und Nötigung",
        "Extremistische Anfeindung",
        "Erste Orientierung",
    )


@pytest.mark.django_db
def test_land_without_an_offer_for_the_threat_shows_those_for_the_office():
    threat, land = make_threat_type(slug="neu"), make_region(slug="hessen")
    make_offer(slug="bund", threat_types=[threat])
    make_offer(slug="kommunal", regions=[land])
    make_offer(slug="alle", regions=[land], audience="open")
    built = catalogue.build()

    parts = lotse.route(built, Answers(threats=("neu",), area=built.areas["hessen"]), DAY)

    assert {part.slug: [step.offer.slug for step in part.steps] for part in parts} == {
        "jetzt": [],
        "land": ["kommunal"],
        "bund": ["bund"],
        "vorbeugen": [],
    }


@pytest.mark.django_db
def test_offers_for_some_come_after_those_for_everyone_except_after_discrimination():
    threats = [make_threat_type(slug=slug) for slug in (THREAT, DISCRIMINATION)]
    make_offer(slug="a-some", name="A", for_some_only=True, threat_types=threats)
    make_offer(slug="b-everyone", name="B", threat_types=threats)
    built = catalogue.build()

    def order(threat):
        parts = lotse.route(built, Answers(threats=(threat,)), DAY)
        return [step.offer.slug for part in parts for step in part.steps]

    assert order(THREAT) == ["b-everyone", "a-some"]
    assert order(DISCRIMINATION) == ["a-some", "b-everyone"]


@pytest.mark.django_db
def test_threat_without_any_offer_falls_back_to_all():
    make_threat_type(slug="neu")
    make_offer(slug="hilfe", threat_types=[make_threat_type(slug="alt")])

    parts = lotse.route(catalogue.build(), Answers(threats=("neu",)), DAY)

    assert [step.offer.slug for part in parts for step in part.steps] == ["hilfe"]


@pytest.mark.django_db
def test_empty_directory_gives_an_empty_route():
    land = make_region("Hessen", slug="hessen")
    built = catalogue.build()

    parts = lotse.route(built, Answers(area=built.areas[land.slug]), DAY)

    assert [part.steps for part in parts] == [(), (), (), ()]
