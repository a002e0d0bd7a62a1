"""One address for every kind of page that a visitor can meet, short ones where the length shows nothing new.

The fixture `every_page_type` makes them all work.
"""

from typing import NamedTuple

from directory.monitoring.confirmations import SIGNER

INVITATION = 1  # the number of the one that every_page_type makes
CONFIRMATION = f"/bestaetigen/{SIGNER.sign(str(INVITATION))}/"


class PageType(NamedTuple):
    path: str
    status: int = 200


PAGE_TYPES = {
    "start": PageType("/"),
    "finder": PageType("/angebote/"),
    "finder, filtered": PageType("/angebote/?ort=Neustrelitz&bedrohung=hass-im-netz"),
    "finder, last page": PageType("/angebote/?seite=10"),
    "finder, which place": PageType("/angebote/?ort=Neustadt&ebene=land&merkmal=telefon&zielgruppe=kommunal"),
    "finder, no result": PageType("/angebote/?merkmal=rund-um-die-uhr&ebene=land&sprache=pl"),
    "finder, unknown value": PageType("/angebote/?region=bremen&ebene=land&hilfe=gibt-es-nicht"),
    "finder, search": PageType("/angebote/?q=Todesdrohungg&region=saarland&ebene=land"),
    "offer": PageType("/angebote/telefonseelsorge/"),
    "offer, closed": PageType("/angebote/geschlossen/"),
    "offer, ended": PageType("/angebote/beendet/", 410),
    "threat type": PageType("/bedrohung/konflikte-im-gremium/"),
    "state": PageType("/land/bremen/"),
    "organizations": PageType("/akteure/"),
    "organization": PageType("/akteure/weisser-ring/"),
    "Lotse": PageType("/lotse/"),
    "Lotse, a question": PageType("/lotse/was/?gefahr=nein"),
    "Lotse, which place": PageType("/lotse/wo/?ort=Neustadt"),
    "Lotse, emergency": PageType("/lotse/notruf/"),
    "Lotse, answers": PageType("/lotse/antworten/?ort=Neustrelitz&bedrohung=hass-im-netz"),
    "Lotse, route": PageType("/lotse/weg/?ort=Neustrelitz&bedrohung=konflikte-im-gremium"),
    "Lotse, household": PageType("/lotse/haushalt/"),
    "contact": PageType("/kontakt/"),
    "callback": PageType("/kontakt/rueckruf/"),
    "video call": PageType("/kontakt/video/"),
    "receipt code": PageType("/kontakt/code/"),
    "proposal": PageType("/aenderung/telefonseelsorge/"),
    "proposal, missing offer": PageType("/aenderung/"),
    "confirmation": PageType(CONFIRMATION),
    "confirmation, opt out": PageType(f"{CONFIRMATION}abmelden/"),
    "partner": PageType("/partner/"),
    "data": PageType("/daten/"),
    "embed": PageType("/einbetten/angebote/?region=hessen&ebene=land"),
    "gap map": PageType("/monitoring/"),
    "gap map, one cell": PageType("/monitoring/?bedrohung=konflikte-im-gremium&hilfe=praevention-fortbildung"),
    "gap map, a Land": PageType("/monitoring/land/bremen/"),
    "monitoring, method": PageType("/monitoring/methodik/"),
    "snapshots": PageType("/monitoring/staende/"),
    "snapshot": PageType("/monitoring/staende/2026-10-01/"),
    "comparison": PageType("/monitoring/vergleich/?von=2026-10-01&bis=2026-11-01"),
    "yearly report": PageType("/monitoring/bericht/2026/"),
    "exchange": PageType("/austausch/"),
    "exchange, an event": PageType("/austausch/netzwerktreffen/"),
    "about": PageType("/ueber-uns/"),
    "easy language": PageType("/leichte-sprache/"),
    "traces": PageType("/spuren/"),
    "accessibility": PageType("/barrierefreiheit/"),
    "privacy": PageType("/datenschutz/"),
    "imprint": PageType("/impressum/"),
    "not found": PageType("/gibt-es-nicht/", 404),
    "unreadable address": PageType("/angebote/?" + "&".join(["x"] * 1001), 400),
    "error": PageType("/bereit/", 500),
}


def visit(page, name):
    """Open the page of this kind."""
    kind = PAGE_TYPES[name]
    response = page.goto(kind.path)
    assert response.status == kind.status, f"{name}: {response.status} instead of {kind.status}"
