"""Searches that cannot wait: whom the finder says to call, before any offer, when a life may be in danger."""

import re
from dataclasses import dataclass

from directory.catalogue import Catalogue
from directory.search import words

LISTENER = "telefonseelsorge"  # the offer for those who do not want to live any more
POLICE, RESCUE = ("Polizei", "110"), ("Rettungsdienst", "112")
DESPAIR = re.compile(  # of one's own life; folded words
    r"\b(?:suizid|lebensmuede|freitod|selbst(?:mord(?!an|at)|toet)|suicid|kill (?:my|him|her)self\b)"
    r"|\b(?:nicht|nimmer)(?: mehr| laenger| weiter)* (?:weiter)?leben\b"
    r"|\bkein\w* (?:lust|sinn|kraft|grund) mehr (?:zu|am|zum|im) leben\b"
    r"|\b(?:mir|dir|sich) (?:das|mein|dein|sein|ihr) leben (?:zu )?nehmen\b"
    r"|\b(?:bring|bringe|bringt) (?:mich|sich)(?: selbst)? um\b"
    r"|\b(?:ich (?:will|moechte|werde) mich|sich)(?: selbst)? (?:um(?:zu)?bringen|(?:zu )?toeten)\b"
    r"|\b(?:mir|sich) (?:et)?was (?:antun|anzutun)\b"
    r"|\b(?:will|moechte|wollte)(?: nur| noch| einfach)* (?:sterben|tot sein)\b"
)
DANGER = re.compile(
    r"\b(?:notfall|notruf|emergency|imdat|11[02]|lebensgefahr|akute[nr]? gefahr|(?:ruf\w*|hol\w*) die polizei"
    r"|bomben?|bombendrohung|sprengsatz|handgranate|pulver|amok\w*|geiseln?|geiselnahme|schuesse|schiess(?:t|en)|brennt|blutet"
    r"|verdaechtige\w* (?:brief|umschlag|paket|paeckchen|gegenstand|sendung)"
    r"|ha(?:t|ben) (?:ein|eine) (?:messer|waffe|pistole|axt)"
    r"|(?:steht|stehen|ist|sind) (?:\w+ ){0,3}vor (?:d|mein|unser)e[mr] (?:(?:haus|wohnungs)?tuer|haus|wohnung)"
    r"|(?:jemand|einer|er|sie) ist (?:\w+ )?(?:im|in (?:meinem|unserem)) haus)\b"
)


@dataclass(frozen=True)
class Emergency:
    question: str
    lines: tuple[tuple[str, str], ...]  # (who answers, stored number)


def find(text: str, catalogue: Catalogue) -> Emergency | None:
    """What the typed words of a search say about danger to a life; the wrong guess costs two lines on a page."""
    folded = " ".join(words(text))
    if DESPAIR.search(folded):
        return Emergency(
            "Denken Sie daran, sich das Leben zu nehmen, oder sorgen Sie sich um jemanden? "
            "Bitte sprechen Sie jetzt mit einem Menschen.",
            (*_line(catalogue.by_slug.get(LISTENER)), RESCUE),
        )
    if DANGER.search(folded):
        return Emergency("Ist gerade jemand in Gefahr? Bitte rufen Sie sofort an.", (POLICE, RESCUE))
    return None


def _line(listener):
    if listener and listener.phones and not listener.is_closed:
        hours = ", rund um die Uhr" if listener.around_the_clock else ""
        yield f"{listener.name}{hours}", listener.phones[0].number
