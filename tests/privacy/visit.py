"""A visit of somebody who can be recognised by everything they send, and what is left of it afterwards."""

import socket
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from contact import sealing
from tests.contact.factories import WAYS, answers, make_ticket
from tests.contact.portal import POSTGRES, new_portal
from tests.privacy.search import found_in, kept_files, open_files

SOURCE, CLAIMED, REAL = "127.0.0.77", "203.0.113.177", "198.51.100.177"
HEADERS = {
    "X-Forwarded-For": CLAIMED,
    "X-Real-IP": REAL,
    "Referer": "http://127.0.0.1/intranet/?q=Stachelbeertorte",
    "User-Agent": "Mozilla/5.0 Rhabarberbrowser/1.0",
    "Cookie": "sessionid=Brombeerkeks",
}
QUERY, PLACE = "Sanddornstrauch", "Hagebuttenhausen"
FORM = {  # texts that no other test stores
    "way": "team",
    "number": "030 23125983",
    "pickup": "Nur Pfefferkorn-Abheberin",
    "phrase": "Bücherei Mützenich, guten Tag",
    "name": "Petra Pfefferkorn-Marke",
    "message": "Zwetschgenkuchen-Marke: Er stand äöü vor dem Haus",
}
VIDEO = {"name": "Mirabelle Schlehenfeuer", "message": "Bitte am Bildschirm, Marke Vogelbeere"}
LATER, WRONG = "Nachtrag-Quittengelee", "Falscheingabe-Holunder"
CODE_PAGE = "/kontakt/code/"


@dataclass
class Traces:
    marks: dict[str, str | bytes]  # what it is → the text
    steps: list[tuple[str, bool]] = field(
        default_factory=list
    )  # what the visitor did, and whether it went as it should
    files: dict[str, bytes] = field(default_factory=dict)
    witnesses: dict[str, str] = field(default_factory=dict)  # what must be found, or the search looks at nothing

    @property
    def astray(self):
        """Steps that did not go as they should: then the visit proves nothing."""
        return [name for name, went_well in self.steps if not went_well]

    @property
    def unseen(self):
        seen = {what for what, _ in found_in(self.files, self.witnesses)}
        return [what for what in self.witnesses if what not in seen]

    @cached_property
    def found(self):
        return found_in(self.files, self.marks)

    def expect(self, name, answer, *statuses, shows=""):
        status, text = answer
        self.steps.append((name, status in statuses and shows in text))


def visit(folder: Path) -> Traces:
    codes = {name: sealing.new_code() for name in ("callback", "video", "unbekannt")}
    reply_keys = {name: bytes(sealing.derive(code).reply_key) for name, code in codes.items()}
    traces = Traces(
        {
            "Adresse des Anschlusses": SOURCE,
            "Adresse laut X-Forwarded-For": CLAIMED,
            "Adresse laut X-Real-IP": REAL,
            "Herkunftsseite": "Stachelbeertorte",
            "Browser": "Rhabarberbrowser",
            "Cookie": "Brombeerkeks",
            "Suchwort": QUERY,
            "gesuchter Ort": PLACE,
            "Telefonnummer": "23125983",
            "wer abhebt": "Abheberin",
            "erster Satz am Telefon": "Mützenich",
            "Name": "Pfefferkorn",
            "Nachricht": "Zwetschgenkuchen",
            "Name im Video-Gespräch": "Schlehenfeuer",
            "Nachricht zum Video-Gespräch": "Vogelbeere",
            "spätere Nachricht": "Quittengelee",
            "falsche Eingabe": "Holunder",
            **{f"Code ({name})": code for name, code in codes.items()},
            **{f"Code in Gruppen ({name})": sealing.in_groups(code) for name, code in codes.items()},
            **{f"Schlüssel aus dem Code ({name})": key for name, key in reply_keys.items()},
        }
    )
    began = time.time() - 1
    with new_portal(folder) as portal:
        portal.manage("load_directory")
        with portal.serve(PROXY_HOPS="1") as server:
            _look_around(traces, server)
            _talk(traces, server, codes)
            _go_astray(traces, server, codes)
            _meet_faults(traces, server, portal)
            traces.witnesses["Terminname"] = portal.rows("SELECT codename FROM contact_contactrequest")[0][0]
            traces.witnesses["Meldung des Servers"] = "Listening at"
            traces.files |= kept_files(portal, began) | open_files(server)
            stopped = time.time() - 1
            server.process.terminate()
            server.process.wait(30)
            after = kept_files(portal, stopped)
        traces.files |= {f"{path} after the end": content for path, content in after.items()}
    return traces


def _look_around(traces, server):
    words = f"q={QUERY}&ort={PLACE}"
    for name, path, *statuses in (
        ("Startseite", f"/?{words}", 200),
        ("Suche", f"/angebote/?{words}&bedrohung={WRONG}", 200),
        ("Suche mit fremder Angabe", f"/angebote/?utm_source={WRONG}", 200),
        ("Angebot", f"/angebote/starke-stelle/?{words}", 200),
        ("Bausteine für Partner", f"/partner/?{words}", 200),
        ("QR-Code", f"/partner/qr.svg?{words}", 200),
        ("Einbettung", f"/einbetten/angebote/?{words}", 200),
        ("Lotse: Ort", f"/lotse/wo/?gefahr=nein&wen=amt&bedrohung=hass-im-netz&ort={PLACE}", 200),
        ("Lotse: Weg", f"/lotse/weg/?gefahr=nein&wen=amt&bedrohung=hass-im-netz&ort={PLACE}", 200, 302),
        ("Datenschutz", "/datenschutz/", 200),
        ("schneller Ausstieg", f"/raus/?{words}", 302),
        ("Seite, die es nicht gibt", f"/angebote/{WRONG}/?{words}", 404),
        ("Datei, die es nicht gibt", f"/static/{WRONG}.css", 404),
    ):
        traces.expect(name, server.get(path, source=SOURCE, **HEADERS), *statuses)


def _talk(traces, server, codes):
    slots = {kind: server.free_slots(kind) for kind in WAYS}

    def send(name, address, form, shows):
        traces.expect(name, server.post(address, form, source=SOURCE, **HEADERS), 200, shows=shows)

    callback = answers(code=codes["callback"], slot=slots["callback"][-1], **FORM)
    video = answers("video", codes["video"], slot=slots["video"][-1], **VIDEO)
    send("Rückruf prüfen", WAYS["callback"], {**callback, "step": "check"}, "Stimmt alles?")
    send("Rückruf anfragen", WAYS["callback"], callback, "Ihr Termin ist angefragt")
    send("Rückruf zweimal senden", WAYS["callback"], callback, "Ihr Termin ist angefragt")
    send("Video-Gespräch anfragen", WAYS["video"], video, "Ihr Termin ist angefragt")
    for name, way, deed, shows in (
        ("mit dem Code nachsehen", "callback", {}, "Ihr Anliegen"),
        ("schreiben", "callback", {"action": "write", "message": LATER}, "ist angekommen"),
        ("verlegen", "callback", {"action": "move", "slot": slots["callback"][-2]}, "Ihr neuer Termin"),
        ("absagen", "callback", {"action": "cancel"}, "Ihr Termin ist abgesagt"),
        ("alles löschen", "video", {"action": "delete"}, "Alles gelöscht"),
    ):
        send(name, CODE_PAGE, {"code": codes[way], **deed}, shows)


def _go_astray(traces, server, codes):
    code = codes["callback"]
    booking = answers(code=code, slot="2000-01-01T00:00:00+00:00", **FORM)
    for name, status, address, form, headers in (
        ("Formular unvollständig", 200, WAYS["video"], {**booking, "consent": "", "name": WRONG}, {}),
        ("von fremder Seite", 403, WAYS["callback"], booking, {"Sec-Fetch-Site": "cross-site"}),
        ("zu viele Felder", 400, WAYS["callback"], {"name": [WRONG] * 2000}, {}),
        ("zu lang", 413, WAYS["callback"], {"name": WRONG * 20_000}, {}),
        ("falscher Host", 400, WAYS["callback"], booking, {"Host": f"{WRONG}.example"}),
        ("falsche Adresse", 404, f"/kontakt/{WRONG}/?name={WRONG}", booking, {}),
        ("unbekannter Code", 200, CODE_PAGE, {"code": codes["unbekannt"]}, {}),
        ("Code vertippt", 200, CODE_PAGE, {"code": code[:-1]}, {}),
    ):
        traces.expect(name, server.post(address, form, source=SOURCE, **HEADERS | headers), status)
    ticket = make_ticket("proposal", sealing.new_code())
    proposal = {
        "ticket": ticket,
        "name": "Beratung nebenan",
        "comment": "Sie hilft in drei Dörfern.",
    }  # kept on purpose
    traces.expect("Angebot vorschlagen", server.post("/aenderung/", proposal, source=SOURCE, **HEADERS), 200)
    traces.witnesses["Vorschlag"] = "in drei Dörfern"
    for name, line in (
        ("kein HTTP", f"GET /?name={WRONG} SPRICHT KEIN HTTP"),
        ("Adresse zu lang", f"GET /?name={WRONG * 500} HTTP/1.1"),
    ):
        traces.expect(name, _raw(server.port, f"{line}\r\nHost: 127.0.0.1\r\n\r\n".encode()), 400, 414)


def _raw(port, request):
    with socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(SOURCE, 0)) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    return int(answer.split()[1]), answer


def _meet_faults(traces, server, portal):
    slot = server.free_slots()[-1]

    def send(name, *statuses):
        booking = answers(code=sealing.new_code(), slot=slot, **FORM)
        traces.expect(name, server.post(WAYS["callback"], booking, source=SOURCE, **HEADERS), *statuses)

    with portal.out_of_reach():
        send("Datenbank nicht erreichbar", 500, 503)
    portal.do("ALTER TABLE contact_slotrule RENAME TO contact_slotrule_gone")
    send("Fehler im Programm", 500 if POSTGRES else 503)
    portal.do("ALTER TABLE contact_slotrule_gone RENAME TO contact_slotrule")
