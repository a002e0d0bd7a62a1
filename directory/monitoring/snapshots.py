"""Snapshots (Stände): what the public directory was on one day, as one text that can be cited and checked."""

import gzip
import json
from datetime import date
from hashlib import sha256

from django.db import transaction

from directory import catalogue
from directory.catalogue import Catalogue, kept_with_catalogue
from directory.models import CatalogueVersion
from directory.monitoring.figures import commitments_by_state, snapshot_figures
from directory.monitoring.models import Snapshot
from directory.opendata.record import public_data

FORMAT = 1  # raise it when a key changes its meaning


def document(current: Catalogue, day: date) -> dict:
    """Figures of the catalogue and public data as they are now, in the values of JSON."""
    data, figures = public_data(), snapshot_figures(current, day)
    figures["totals"]["commitments"] = commitments_by_state(data["commitments"], day)
    return {"format": FORMAT, "day": day.isoformat(), "figures": figures, **data}


def canonical(content: dict) -> bytes:
    """The one way to write `content`: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@transaction.atomic
def take(day: date) -> tuple[Snapshot, bool]:
    """The snapshot of `day`, and whether it was taken just now. There is one a day, and the first one stays."""
    # Editors raise the version before they commit: while its row is locked, figures and data cannot drift apart.
    list(CatalogueVersion.objects.select_for_update())
    taken = Snapshot.objects.filter(day=day).first()
    if taken:
        return taken, False
    content = document(catalogue.build(), day)
    text = canonical(content)
    checksum = sha256(text).hexdigest()
    data = gzip.compress(text, mtime=0)
    return Snapshot.objects.create(day=day, figures=content["figures"], data=data, checksum=checksum), True


def read(snapshot: Snapshot) -> dict:
    """The document that a snapshot keeps."""
    return json.loads(gzip.decompress(snapshot.data))


def present(current: Catalogue, day: date) -> dict:
    """The document of now; made once a version, because visitors ask for it and it reads all offers."""
    return json.loads(gzip.decompress(_packed(current, day)))


@kept_with_catalogue
def _packed(current, day):
    return gzip.compress(canonical(document(current, day)))
