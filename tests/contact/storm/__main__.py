"""`make storm`: thousands send the contact form while a worker dies every second and PostgreSQL restarts once.

    python -m tests.contact.storm [SUBMISSIONS] [--postgresql] [--cheap-codes]

Every visitor walks as with a browser: opens the form, reads for as long as the portal asks, checks, notes the code,
sends, and sends the same again until a confirmation comes; each tenth hangs up while the first try is under way. In the
end what visitors were told is compared with what the team finds, row by row. The limits against abuse are lifted
(settings.py); nothing else differs from production, unless cheap codes are asked for: a weak Argon2id takes a fraction
of the time, and more of the kills meet the database.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from tests.contact.portal import POSTGRES  # noqa: E402
from tests.contact.storm.run import portal_with, storm  # noqa: E402

MOST_NAMED = 10  # rows that went wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.contact.storm")
    parser.add_argument("submissions", nargs="?", type=int, default=10_000)
    parser.add_argument("--postgresql", action="store_true", help="on a throwaway cluster, which is restarted half way")
    parser.add_argument("--cheap-codes", action="store_true", help="with a weak Argon2id")
    options = parser.parse_args()

    def tell(text):
        print(text, flush=True)

    name = "PostgreSQL" if POSTGRES or options.postgresql else "SQLite"
    tell(f"Storm on {name}: {options.submissions} submissions …")
    if options.cheap_codes:
        tell("  Codes are cheap: a weak Argon2id.")
    if POSTGRES:
        tell("  The server that DATABASE_URL names is not ours: it is not restarted.")
    own_postgresql = options.postgresql and not POSTGRES
    with (
        tempfile.TemporaryDirectory() as folder,
        portal_with(Path(folder) / "var", own_postgresql) as (portal, restart),
    ):
        report = storm(portal, options.submissions, restart, options.cheap_codes, tell)
    again = ", ".join(f"{count} × {why}" for why, count in report.again.most_common())
    tell(f"  submissions:  {report.submissions} in {report.seconds:.0f} seconds")
    tell(f"  confirmed:    {report.confirmed}")
    tell(f"  killed:       {report.killed} workers")
    tell(f"  restarts:     {report.restarts} of PostgreSQL")
    tell(f"  sent again:   {report.again.total()} ({again})")
    tell(f"  lost:         {len(report.lost)}")
    tell(f"  doubled:      {len(report.doubled)}")
    for what, rows in (("LOST", report.lost), ("DOUBLED", report.doubled)):
        for row in rows[:MOST_NAMED]:
            tell(f"  {what} {row}")
    return 0 if report.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
