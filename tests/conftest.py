import pytest
from django.core.management import call_command
from django.db import transaction

from directory import catalogue


def pytest_collection_modifyitems(items):
    """Who uses the real catalogue needs the test database, even alone; without the mark there would be none."""
    for item in items:
        if "real_catalogue" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(autouse=True)
def _no_catalogue_of_another_test():
    """A rolled back test leaves the version counter as it was; its snapshot must not live on."""
    catalogue.forget()
    yield
    catalogue.forget()


@pytest.fixture(scope="session")
def real_catalogue(django_db_setup, django_db_blocker):
    """The catalogue of the real fixtures, in memory; the database stays empty."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_directory", verbosity=0)
        built = catalogue.build()
        transaction.set_rollback(True)
    return built
