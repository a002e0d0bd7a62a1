import pytest

from tests.monitoring.web import Web


@pytest.fixture
def web():
    with Web() as server:
        yield server
