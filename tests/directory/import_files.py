"""Files of offers as editors send them: the export, changed in a spreadsheet."""

import csv
import io

from directory.admin.offer_file import csv_of, read
from directory.admin.offer_rows import OfferRows
from directory.models import Offer


def exported():
    return csv_of(Offer.objects.for_page())


def sheet(text=None):
    """[{heading: cell}] as a spreadsheet shows the export."""
    return list(csv.DictReader(io.StringIO((text or exported()).lstrip("\ufeff"), newline=""), delimiter=";"))


def file_of(rows, delimiter=";"):
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def bring_in(content, **options):
    rows = OfferRows(read(content), overwrite=options.pop("overwrite", False))
    rows.write(reason="Import", **options)
    return rows


def counts(rows):
    return {kind: len(rows.of_kind(kind)) for kind in ("new", "changed", "unchanged", "faulty")}


def only(**kinds):
    return {"new": 0, "changed": 0, "unchanged": 0, "faulty": 0} | kinds
