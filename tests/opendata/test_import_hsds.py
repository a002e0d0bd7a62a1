"""manage.py import_hsds: what comes in, what stays out, and that a round trip loses nothing public."""

from io import StringIO

import pytest
from django.core.management import call_command

from directory.models import Offer, Organization
from directory.opendata import record
from directory.opendata.hsds import bulk

pytestmark = pytest.mark.django_db
NOT_IMPORTED = {"status", "verified_on", "updated_at"}  # a draft, not checked by us, changed just now


def exported():
    return b"".join(bulk("https://portal.example"))


def public(offer_record):
    return {name: value for name, value in offer_record.items() if name not in NOT_IMPORTED}


def test_round_trip_keeps_every_public_field_of_all_real_offers(tmp_path):
    call_command("load_directory", stdout=StringIO())
    Offer.objects.exclude(status="draft").filter(verified_on=None)[:3]
    before = record.public_data()
    path = tmp_path / "hsds.json"
    path.write_bytes(exported())
    Offer.objects.all().delete()
    Organization.objects.all().delete()

    report = StringIO()
    call_command("import_hsds", str(path), stdout=report)

    assert set(Offer.objects.values_list("status", flat=True)) == {"draft"}
    Offer.objects.update(status="active")
    after = record.public_data()
    assert len(after["offers"]) > 180
    assert list(map(public, after["offers"])) == list(map(public, before["offers"]))
    assert {name: after[name] for name in after if name != "offers"} == {
        name: before[name] for name in before if name != "offers"
    }
    assert "Nicht übernommen: 0" in report.getvalue()
