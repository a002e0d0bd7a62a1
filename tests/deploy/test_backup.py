"""Backup and restore, with the very commands of docs/operations.md: the copy runs, and holds no private key."""

import re
import subprocess
import sys

from django.conf import settings

from contact import sealing
from tests.contact.factories import WAYS, answers
from tests.contact.portal import POSTGRES, ROOT, new_portal
from tests.privacy.search import spellings

DOCUMENT = (settings.BASE_DIR / "docs" / "operations.md").read_text()


def commands(heading):
    """The two blocks below a heading: how to make a backup, and how to restore it."""
    section = re.search(
        rf"^### {heading}$(.*?)(?=^#)", DOCUMENT[DOCUMENT.index("\n## Backup") :], re.MULTILINE | re.DOTALL
    )
    return re.findall(r"^```sh\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)[:2]


BACKUP, RESTORE = commands("PostgreSQL" if POSTGRES else "SQLite")
FILE = "portal.dump" if POSTGRES else "backup.sqlite3"


def shell(portal, lines, folder):
    lines = lines.replace(".venv/bin/python manage.py", f".venv/bin/python {ROOT}/manage.py")
    lines = lines.replace(".venv/bin/python", sys.executable)
    lines = re.sub(r"^.*database_roles.*$", "", lines, flags=re.MULTILINE)  # it has tests of its own
    done = subprocess.run(
        ["bash", "-euc", lines],
        cwd=folder,
        env={**portal.environment, "PYTHONPATH": str(ROOT), "HOME": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_restored_copy_runs_and_holds_no_private_key(tmp_path):
    code = sealing.new_code()
    with new_portal(tmp_path / "old") as old:
        old.manage("load_directory")
        with old.serve() as server:
            booked = server.post(WAYS["callback"], answers(code=code, slot=server.free_slots()[-1]))
            said = shell(old, BACKUP, tmp_path)
        private = [path.read_bytes().strip() for path in (tmp_path / "old/keys/private").iterdir()]
        public = tmp_path / "old/keys/public"
        environment = {"CONTACT_PUBLIC_KEYS_DIR": str(public), "CONTACT_PRIVATE_KEYS_DIR": str(tmp_path / "nothing")}
        with new_portal(tmp_path / "new") as new:
            new.environment |= environment
            shell(new, RESTORE, tmp_path)
            offers = new.rows("SELECT count(*) FROM directory_offer")
            new.manage("check", "--database", "default")
            new.manage("migrate", "--check")
            with new.serve() as server:
                finder = server.get("/angebote/?ort=Neustrelitz")
                request = server.post("/kontakt/code/", {"code": code})
        kept = old.rows("SELECT count(*) FROM directory_offer")

    backup = (tmp_path / FILE).read_bytes()
    assert (booked[0], "Ihr Termin ist angefragt" in booked[1]) == (200, True)
    assert said == ("" if POSTGRES else "ok\n")
    assert (offers, finder[0], "Starke Stelle" in finder[1] or "starke Stelle" in finder[1]) == (kept, 200, True)
    assert (request[0], "<h1>Ihr Anliegen</h1>" in request[1]) == (200, True)
    assert len(private) == 1
    assert [key for key in private if any(each in backup for each in spellings(key))] == []
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
