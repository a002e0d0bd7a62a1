"""Pages are kept by the version of the catalogue: what editors change in the monitoring and visitors see raises it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from directory.models import CatalogueVersion
from directory.monitoring import snapshots
from directory.monitoring.models import ReviewInterval
from tests.directory.admin.form_data import read
from tests.factories import make_offer
from tests.monitoring.factories import make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    CatalogueVersion.objects.bump()
    before = CatalogueVersion.objects.current()
    return lambda: CatalogueVersion.objects.current() - before


def make_interval():
    return ReviewInterval.objects.create(fact="phones", days=90)


def take_snapshot():
    make_offer()
    return snapshots.take(timezone.localdate())[0]


def page(row, name):
    return reverse(f"admin:monitoring_{row._meta.model_name}_{name}", args=[row.pk] if name != "changelist" else [])


@pytest.mark.parametrize(("make", "changed"), [(make_interval, {"days": 180}), (make_round, {"is_paused": True})])
def test_saving_raises_the_version(admin_client, version, make, changed):
    row = make()

    admin_client.post(page(row, "change"), read(admin_client, page(row, "change")) | changed)

    row.refresh_from_db()
    assert ({name: getattr(row, name) for name in changed}, version()) == (changed, 1)


@pytest.mark.parametrize("make", [make_interval, make_round, take_snapshot])
def test_deleting_raises_the_version(admin_client, version, make):
    row = make()

    admin_client.post(page(row, "delete"), {"post": "yes"})

    assert (type(row).objects.count(), version()) == (0, 1)


@pytest.mark.parametrize("make", [make_interval, take_snapshot])
def test_deleting_from_the_list_raises_the_version(admin_client, version, make):
    row = make()
    data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}

    admin_client.post(page(row, "changelist"), data)

    assert (type(row).objects.count(), version()) == (0, 1)
