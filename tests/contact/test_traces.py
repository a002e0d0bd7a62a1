"""No file of the portal, and nothing that it prints, holds what a visitor has sent or where they sent it from."""

import re
import socket
import time
from base64 import b64encode, urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from contact import sealing
from tests.contact.factories import answers
from tests.contact.portal import POSTGRES, new_portal

SOURCE, CLAIMED = "127.0.0.77", "203.0.113.177"
FORM = {  # texts that no other test stores
    "way": "team",
    "number": "030 23125471",
    "pickup": "Nur Pfefferkorn-Abheberin",
    "phrase": "Bücherei Mützenich, guten Tag",
    "name": "Petra Pfefferkorn-Marke",
    "message": "Zwetschgenkuchen-Marke: Er stand äöü vor dem Haus",
}
LATER, WRONG = "Nachtrag-Quittengelee", "Falscheingabe-Holunder"
MARKS = ("23125471", "Abheberin", "Mützenich", "Pfefferkorn", "Zwetschgenkuchen", "Quittengelee", "Holunder")


def spellings(mark):
    """The bytes of a text in every coding in which it could lie in a file."""
    data = mark.encode()
    found = [data, data.hex().encode(), *(mark.encode(coding) for coding in ("utf-16-le", "utf-16-be"))]
    found += [quote(mark).encode(), quote_plus(mark).encode(), mark.encode("ascii", "backslashreplace")]
    for before in range(3):  # where in a group of three bytes the text begins
        for encode in (b64encode, urlsafe_b64encode):
            first, last = (before * 8 + 5) // 6, (before + len(data)) * 8 // 6
            found.append(encode(bytes(before) + data + bytes(2))[first:last])
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("before", ["", "x", "xy"])
def test_search_finds_a_text_in_every_coding(before):
    mark = "Pfefferkorn äöü"
    haystacks = {
        "UTF-8": before.encode() + mark.encode(),
        "UTF-16 LE": (before + mark).encode("utf-16-le"),
        "UTF-16 BE": (before + mark).encode("utf-16-be"),
        "base64": b64encode((before + mark + "z").encode()),
        "base64 for addresses": urlsafe_b64encode((before + mark + "z").encode()),
        "URL": quote(before + mark).encode(),
        "form": quote_plus(before + mark).encode(),
        "JSON": (before + mark).encode("ascii", "backslashreplace"),
        "hexadecimal": (before + mark).encode().hex().encode(),
    }

    assert [name for name, hay in haystacks.items() if not any(each in hay for each in spellings(mark))] == []


def kept_files(portal, since):
    """path → content of everything the portal has written, and of what the database server has."""
    folders = [portal.folder]
    if POSTGRES:
        portal.do("CHECKPOINT")
        directory, database = portal.rows(
            "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        )[0]
        folders += [Path(directory, name) for name in ("pg_wal", "log", f"base/{database}")]
    found = {}
    for path in (path for folder in folders for path in folder.rglob("*")):
        with suppress(FileNotFoundError):  # the database server tidies up
            if path.is_file() and path.stat().st_mtime >= since:
                found[path] = path.read_bytes()
    return found


def raw(port, request):
    with socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(SOURCE, 0)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_no_file_and_no_output_holds_what_a_visitor_sent(tmp_path):
    code, wrong_code = sealing.new_code(), sealing.new_code()
    began = time.time() - 1
    with new_portal(tmp_path / "var") as portal, portal.serve(PROXY_HOPS="1") as server:
        slots = server.free_slots()

        def send(address, form, **headers):
            headers = {"X-Forwarded-For": CLAIMED, "Referer": f"http://127.0.0.1/?q={WRONG}", **headers}
            return server.post(address, form, source=SOURCE, **headers)

        booking = answers(code=code, slot=slots[-1], **FORM)
        check = send("/kontakt/rueckruf/", {**booking, "step": "check"})
        booked = send("/kontakt/rueckruf/", booking)
        read = send("/kontakt/code/", {"code": code})
        wrote = send("/kontakt/code/", {"code": code, "action": "write", "message": LATER})
        moved = send("/kontakt/code/", {"code": code, "action": "move", "slot": slots[-2]})
        refused = [
            send("/kontakt/rueckruf/", {**booking, "consent": "", "name": WRONG}),
            send("/kontakt/rueckruf/", booking, **{"Sec-Fetch-Site": "cross-site"}),
            send("/kontakt/rueckruf/", {"name": [WRONG] * 2000}),
            send("/kontakt/rueckruf/", {"name": WRONG * 20_000}),
            send("/kontakt/rueckruf/", booking, Host=f"{WRONG}.example"),
            send(f"/kontakt/{WRONG}/?name={WRONG}", booking),
            send("/kontakt/code/", {"code": wrong_code}),
            send("/kontakt/code/", {"code": code[:-1]}),
        ]
        with portal.out_of_reach():
            failed = send("/kontakt/rueckruf/", {**booking, "ticket": answers(code=wrong_code)["ticket"]})
        garbage = raw(server.port, f"GET /?name={WRONG} SPRICHT KEIN HTTP\r\n\r\n".encode())
        files = kept_files(portal, began)
        codename = portal.rows("SELECT codename FROM contact_contactrequest")[0][0]
        stopped = time.time() - 1
        server.process.terminate()
        server.process.wait(30)
        files |= {f"{path} after the end": content for path, content in kept_files(portal, stopped).items()}

    assert [status for status, _ in (check, booked, read, wrote, moved)] == [200] * 5
    assert ("Stimmt alles?" in check[1], codename in booked[1], codename in read[1]) == (True, True, True)
    assert ("ist angekommen" in wrote[1], "Ihr neuer Termin" in moved[1]) == (True, True)
    assert [status for status, _ in refused] == [200, 403, 400, 413, 400, 404, 200, 200]
    assert failed[0] in {500, 503}
    assert garbage.startswith(b"HTTP/1.1 400")
    assert any(codename.encode() in content for content in files.values())  # the search looks where the rows are
    assert any(b"Listening at" in content for content in files.values())

    everything = b"\n".join(files.values())
    marks = [*MARKS, SOURCE, CLAIMED, code, sealing.in_groups(code), wrong_code]
    assert [mark for mark in marks if any(spelling in everything for spelling in spellings(mark))] == []
    assert bytes(sealing.derive(code).reply_key) not in everything
    assert [path for path in portal.temporary.rglob("*") if path.is_file()] == []
    assert not re.search(rb"POST|/kontakt/", (portal.folder / "server.output").read_bytes())
