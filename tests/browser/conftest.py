"""What every browser test stands on: a real Chromium that reaches this machine only, set to Germany."""

import os

import pytest

from tests.browser.chromium import ensure_chromium

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop running in the thread of the tests


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    arguments = [
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",  # other hosts do not exist
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    return {**browser_type_launch_args, "executable_path": ensure_chromium(), "args": arguments}


@pytest.fixture(scope="session")
def base_url(live_server):
    """Tests say page.goto("/angebote/")."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "de-DE", "timezone_id": "Europe/Berlin"}
