from io import StringIO

import pytest
from django.core.management import call_command

from directory.models import CatalogueVersion, Offer, Region, ThreatType
from directory.models.catalogue_version import CatalogueVersionManager
from tests.factories import make_offer, make_region

pytestmark = pytest.mark.django_db
UNTOUCHED = "The database already holds a directory; its data stay untouched.\n"


def run():
    output = StringIO()
    call_command("load_directory", stdout=output)
    return output.getvalue()


def test_fills_an_empty_database_and_says_so_in_one_line():
    assert run() == "Loaded 192 offers of 161 organizations and 417 regions.\n"
    assert CatalogueVersion.objects.current() == 1


def test_leaves_edited_data_alone():
    run()
    Offer.objects.filter(slug="starke-stelle").update(name="Neuer Name")

    assert run() == UNTOUCHED
    assert Offer.objects.get(slug="starke-stelle").name == "Neuer Name"
    assert Offer.objects.count() == 192
    assert CatalogueVersion.objects.current() == 1


@pytest.mark.parametrize("make", [make_region, make_offer])
def test_leaves_a_database_alone_that_somebody_began_to_fill(make):
    make()

    assert run() == UNTOUCHED
    assert Region.objects.count() + Offer.objects.count() == 1


def test_loads_everything_or_nothing(monkeypatch):
    def fail(manager):
        raise RuntimeError("power cut")

    monkeypatch.setattr(CatalogueVersionManager, "bump", fail)

    with pytest.raises(RuntimeError, match="power cut"):
        run()

    assert (ThreatType.objects.count(), Region.objects.count(), Offer.objects.count()) == (0, 0, 0)
