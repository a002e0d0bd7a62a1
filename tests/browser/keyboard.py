import pytest

from tests.browser.screen import focus_problem


class Keyboard:
    """A person who uses no mouse, and sees at every stop where they are."""

    def __init__(self, page):
        self.page = page

    def go_to(self, target, most=70):
        """Press the Tab key, `most` times at most, until `target` has the focus."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            assert focus_problem(self.page) == ""
            if target.evaluate("(element) => element === document.activeElement"):
                return self
        pytest.fail(f"Tab does not reach {target}")

    def press(self, key):
        self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def enter(self):
        """Press the Enter key and wait for the next page."""
        with self.page.expect_event("load"):
            self.page.keyboard.press("Enter")
