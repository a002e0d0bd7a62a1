from io import StringIO

import pytest
from django.core.management import call_command

from directory import catalogue


@pytest.fixture
def real_rows(db):
    """The database holds what fixtures/ holds."""
    call_command("load_directory", stdout=StringIO())
    catalogue.forget()
