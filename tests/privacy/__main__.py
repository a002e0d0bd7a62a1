"""`make privacy`: a marked visit to a portal of its own, and a search for it in every byte that was written."""

import os
import sys
import tempfile
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
DATABASE_URL = os.environ.get("DATABASE_URL", "")

import django  # noqa: E402 - the settings must be named first

django.setup()
os.environ["DATABASE_URL"] = DATABASE_URL

from tests.contact.portal import POSTGRES  # noqa: E402
from tests.privacy.visit import visit  # noqa: E402


def main() -> int:
    print(f"Spurenprobe mit {'PostgreSQL' if POSTGRES else 'SQLite'}: ein Besuch mit Erkennungszeichen …", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        traces = visit(Path(folder) / "var")
    size = sum(map(len, traces.files.values())) / 1_000_000
    print(f"  gespielt:   {len(traces.steps)} Schritte ({', '.join(name for name, _ in traces.steps)})")
    print(f"  durchsucht: {len(traces.files)} Dateien, {size:.1f} MB (Datenbank, ihr Journal, Protokolle, Ausgaben)")
    print(f"  gesucht:    {len(traces.marks)} Zeichen ({', '.join(traces.marks)})")
    for name in traces.astray:
        print(f"  NICHT GÜLTIG: Der Schritt „{name}“ lief nicht wie vorgesehen.")
    for what in traces.unseen:
        print(f"  NICHT GÜLTIG: Nicht gefunden, obwohl es da sein muss: {what}.")
    for what, where in traces.found:
        print(f"  GEFUNDEN: {what} in {where}")
    print(f"  gefunden:   {len(traces.found)}")
    return 1 if traces.astray or traces.unseen or traces.found else 0


if __name__ == "__main__":
    sys.exit(main())
