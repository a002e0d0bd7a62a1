import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

KINDS = (("new", "neu"), ("changed", "geändert"), ("unchanged", "unverändert"), ("faulty", "fehlerhaft"))


class Command(BaseCommand):
    help = (
        "Bring a file of offers (CSV as exported, or JSON) into the directory. Without --write it only says what "
        "would happen."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--write", action="store_true", help="write: all rows, or none when one is faulty")
        parser.add_argument("--overwrite", action="store_true", help="also offers that were edited since the export")
        parser.add_argument("--reason", default="Import", help="stands in the history of every offer that changes")

    def handle(self, *args, **options):
        if not settings.STAFF:
            raise CommandError("The rules of the editors' form are needed: run this with STARKESTELLE_ROLE=staff.")
        from directory.admin.offer_file import MOST_BYTES, FileError, read
        from directory.admin.offer_rows import OfferRows

        try:
            if options["file"] == "-":
                content = sys.stdin.buffer.read(MOST_BYTES + 1)
            else:
                with Path(options["file"]).open("rb") as file:
                    content = file.read(MOST_BYTES + 1)
            rows = OfferRows(read(content), overwrite=options["overwrite"])
        except OSError as error:
            raise CommandError(f"Die Datei lässt sich nicht lesen: {error.strerror}.") from error
        except FileError as error:
            raise CommandError(str(error)) from error
        rows.write(reason=options["reason"], dry_run=not options["write"])
        for number, message in rows.errors:
            self.stderr.write(f"Zeile {number}: {message}")
        self.stdout.write(", ".join(f"{len(rows.of_kind(kind))} {word}" for kind, word in KINDS) + ".")
        if rows.errors:
            raise CommandError("Nichts wurde übernommen. Verbessern Sie die genannten Zeilen.")
        self.stdout.write("Übernommen." if options["write"] else "Nur geprüft. Mit --write wird übernommen.")
