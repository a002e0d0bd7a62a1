import re

import pytest
from playwright.sync_api import Error, expect

from tests.browser.steps import sign_in


def test_staff_can_log_in(page, django_user_model):
    django_user_model.objects.create_superuser("redaktion", password="ein langes Kennwort")

    sign_in(page, "redaktion", "ein langes Kennwort")

    expect(page).to_have_url(re.compile("/redaktion/$"))
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()


def test_browser_reaches_no_other_host(page):
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")
