"""What a page is made of, as a browser would read it."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []  # [(name, attributes, text inside until the next tag)]

    def handle_starttag(self, name, attributes):
        self.found.append((name, dict(attributes), ""))

    def handle_data(self, text):
        if self.found:
            name, attributes, before = self.found[-1]
            self.found[-1] = (name, attributes, before + text)


def elements(html: str, *names: str) -> list[tuple[str, dict, str]]:
    """(name, attributes, text up to the next tag) of every element, or of those with these names."""
    reader = _Reader()
    reader.feed(html)
    return [(name, attributes, text.strip()) for name, attributes, text in reader.found if not names or name in names]
