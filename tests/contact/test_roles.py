"""What the public process can do, and what it cannot even when somebody has broken into it."""

import os
import tempfile
from pathlib import Path

import pytest

from contact import sealing
from tests.contact.factories import WAYS, answers
from tests.contact.portal import new_portal

OPEN = """
import django
django.setup()
from contact import sealing
from contact.models import ContactRequest
row = ContactRequest.objects.get()
try:
    print(sealing.unseal(row.pk, row.kid, row.content)["message"])
except sealing.Unreadable as error:
    print("unreadable:", type(error.__cause__).__name__)
"""
OPEN_AS_ANOTHER_USER = """
import os, sys
import django
django.setup()
from contact import keyring, sealing

def tried(call, *arguments):
    try:
        return call(*arguments)
    except (sealing.Unreadable, keyring.KeyMissing) as error:
        return type(error).__name__

sealed = sealing.seal("1", {"message": "Zwetschgenkuchen"})
print(tried(sealing.unseal, "1", sealed.kid, sealed.box))
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
else:
    os.chmod(sys.argv[1], 0)
print(tried(sealing.unseal, "1", sealed.kid, sealed.box))
print(tried(keyring.private_key, sealed.kid))
print(tried(sealing.seal, "2", {"message": "x"}).kid == sealed.kid)
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with new_portal(tmp_path_factory.mktemp("portal") / "var") as portal:
        yield portal


def test_public_process_takes_a_request_that_only_the_staff_process_opens(portal, tmp_path):
    public = {"STARKESTELLE_ROLE": "public", "CONTACT_PRIVATE_KEYS_DIR": str(tmp_path / "nothing")}
    code = sealing.new_code()
    with portal.serve("public", **public) as server:
        slot = server.free_slots()[-1]
        booked = server.post(WAYS["callback"], answers(code=code, slot=slot, message="Zwetschgenkuchen"))
        request = server.post("/kontakt/code/", {"code": code})
        addresses = ["/redaktion/", "/redaktion/login/", "/redaktion/contact/contactrequest/", "/admin/"]
        staff_area = [server.get(address)[0] for address in addresses]
        output = (portal.folder / "public.output").read_text()

    assert (booked[0], "<h1>Ihr Termin ist angefragt</h1>" in booked[1]) == (200, True)
    assert (request[0], "<h1>Ihr Anliegen</h1>" in request[1]) == (200, True)
    assert staff_area == [404] * 4
    assert "Zwetschgenkuchen" not in request[1] + output
    assert portal.python(OPEN, **public) == "unreadable: KeyMissing\n"
    assert portal.python(OPEN, STARKESTELLE_ROLE="staff") == "Zwetschgenkuchen\n"


def test_process_of_another_user_seals_but_does_not_open(portal):
    """The folders as production has them: the public user may enter, the private keys are their owner's alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        keys = {"CONTACT_PUBLIC_KEYS_DIR": str(folder / "public"), "CONTACT_PRIVATE_KEYS_DIR": str(folder / "private")}
        portal.manage("contact_keys", "create", **keys)

        said = portal.run(["-c", OPEN_AS_ANOTHER_USER, keys["CONTACT_PRIVATE_KEYS_DIR"]], keys)
        if os.geteuid() != 0:
            (folder / "private").chmod(0o700)

    assert said.splitlines() == ["{'message': 'Zwetschgenkuchen'}", "Unreadable", "KeyMissing", "True"]
