import pytest

from directory import catalogue, emergency
from directory.emergency import RESCUE
from directory.models import Offer
from tests.factories import make_offer

LISTENER = ("TelefonSeelsorge, rund um die Uhr", "+498001110111")


def lines(text, built):
    found = emergency.find(text, built)
    return found and found.lines


@pytest.mark.parametrize(
    "text",
    [
        "Selbstmord",
        "Suizidgedanken",
        "suizidal wegen Hetze",
        "Selbstmorddrohung",
        "lebensmüde",
        "ich will nicht mehr leben",
        "ich kann nicht mehr, will nimmer leben!",
        "mir das Leben nehmen",
        "meine Tochter bringt sich um",
        "ich bringe mich um",
        "ich will mich umbringen",
        "mein Mann will sich umbringen",
        "er droht sich etwas anzutun",
        "ich möchte nur noch sterben",
        "hab keine Lust mehr zu leben",
        "i want to kill myself",
    ],
)
def test_who_speaks_of_death_is_told_who_listens(text, real_catalogue):
    assert lines(text, real_catalogue) == (LISTENER, RESCUE)


@pytest.mark.parametrize(
    "text",
    [
        "Notfall",
        "notruf",
        "110",
        "Polizei 110",
        "112",
        "akute Gefahr",
        "Lebensgefahr",
        "ruft die Polizei",
        "Brief mit weißem Pulver im Landratsamt",
        "verdächtiges Päckchen",
        "Bombendrohung gegen das Rathaus",
        "es brennt",
        "Schüsse auf mein Haus",
        "er hat ein Messer",
        "er steht gerade vor der Tür und tritt dagegen",
        "sie stehen vor unserer Haustür",
        "jemand steht vor meinem Haus",
        "jemand ist im Haus",
        "imdat",
    ],
)
def test_who_is_in_danger_is_told_whom_to_call(text, real_catalogue):
    assert lines(text, real_catalogue) == (("Polizei", "110"), RESCUE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Morddrohung",
        "Er will mich umbringen",
        "Selbstmordanschlag",
        "ich muss mit Angst leben",
        "das Leben nehmen wie es ist",
        "Onlinewache der Polizei",
        "0381 1102112",
        "Geiselhöring",
        "Haushaltsausschuss",
        "§ 1100",
        "sterben die Dörfer",
        "Stalker vor der Tür",
        "tote Ratte vor der Tür",
        "Aufmarsch vor meinem Haus",
        "Pulverfass Gemeinderat",
        "Auto angezündet",
    ],
)
def test_other_words_are_no_emergency(text, real_catalogue):
    assert emergency.find(text, real_catalogue) is None


@pytest.mark.django_db
def test_without_a_listener_who_answers_the_rescue_is_named():
    make_offer(slug="telefonseelsorge", name="Seelsorge", phones=["116123"], status=Offer.Status.TEMPORARILY_CLOSED)

    assert lines("Suizid", catalogue.build()) == (RESCUE,)


@pytest.mark.django_db
def test_a_listener_who_sleeps_is_not_said_to_listen_at_night():
    make_offer(slug="telefonseelsorge", name="Seelsorge", phones=["116123"])

    assert lines("Suizid", catalogue.build()) == (("Seelsorge", "116123"), RESCUE)
