"""What axe says of a page on a phone and on a laptop, in light and in dark."""

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe

from tests.browser.screen import LAPTOP, PHONE, too_wide

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},  # a rule of WCAG 2.2 that axe leaves out unless told
    "resultTypes": ["violations"],
}


def assert_axe_finds_nothing(page):
    """Nor anything that sticks out."""
    page.evaluate(Axe().axe_script)
    reports, wide = [], []
    for scheme in ("light", "dark"):
        for size in (PHONE, LAPTOP):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            results = AxeResults(page.evaluate("(options) => axe.run(options)", OPTIONS))
            if results.violations_count:
                reports.append(f"{scheme}, {size['width']} px: {results.generate_report()}")
            wide += too_wide(page)
    assert not reports, "\n".join(reports)
    assert wide == []
