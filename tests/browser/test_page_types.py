from urllib.parse import urlsplit

from django.urls import URLResolver, get_resolver, resolve

from tests.browser.page_types import PAGE_TYPES

NO_PAGES = {
    "exit",
    "favicon",
    "robots_txt",
    "security_txt",
    "sitemap",
    "directory:partner_qr",
    "exchange:calendar",
    "exchange:event_calendar",
    "monitoring:snapshot_data",
}


def view_names(patterns, namespace=""):
    for pattern in patterns:
        if not isinstance(pattern, URLResolver):
            yield f"{namespace}{pattern.name}"
        elif pattern.namespace != "admin":
            yield from view_names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else "")


def test_every_address_of_the_portal_is_a_page_type():
    visited = {resolve(urlsplit(kind.path).path).view_name for kind in PAGE_TYPES.values() if kind.status != 404}

    others = set(view_names(get_resolver().url_patterns)) - visited

    assert {name for name in others if not name.startswith("opendata:")} == NO_PAGES
    assert "opendata:about" in visited  # the rest of /daten/ is for programs
