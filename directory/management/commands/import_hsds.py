import json
import sys
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from directory.opendata import hsds_import


class Command(BaseCommand):
    help = (
        "Read an HSDS 3.0 bulk file as drafts for the editors. What is there stays as it is. All of the file comes in, "
        "or nothing. The report is German."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="path of the file, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="report only, save nothing")

    def handle(self, *args, file, dry_run, **options):
        try:
            document = json.loads(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
            json.dumps(document, ensure_ascii=False).encode()  # the database refuses half of a character: "\ud83d"
        except OSError as error:
            raise CommandError(f"Die Datei lässt sich nicht öffnen: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            raise CommandError("Die Datei enthält kein JSON in UTF-8.") from error
        try:
            report = hsds_import.load(document, dry_run)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(str(report))
        if report.errors:
            raise CommandError("Die Datei hat Fehler. Nichts wurde gespeichert.")
