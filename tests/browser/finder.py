"""The start page and the finder as a visitor uses them."""

from tests.browser.steps import follow, press


class Start:
    def __init__(self, page):
        self.page = page
        assert page.goto("/").ok

    def ask(self, place, *threats):
        for threat in threats:
            self.page.get_by_label(threat, exact=True).check()
        self.page.get_by_label("Wo?").fill(place)
        press(self.page, "Hilfe finden")
        return Finder(self.page)


class Finder:
    def __init__(self, page, query=""):
        self.page = page
        self.heading = page.get_by_role("heading", level=1)
        self.chips = page.get_by_role("list", name="Aktive Filter", exact=True).get_by_role("link")
        self.question = page.locator(".notice p")
        self.answers = page.locator(".notice a")
        self.results = page.get_by_role("region", name="Ergebnisse", exact=True)
        self.cards = self.results.get_by_role("article")
        self.page_number = page.get_by_role("navigation", name="Seiten", exact=True).get_by_role("paragraph")
        if query:
            assert page.goto(f"/angebote/?{query}").ok

    def open_link(self, name):
        follow(self.page, self.page.get_by_role("link", name=name, exact=True))

    def groups(self):
        """Heading → names of the offers below it on this page, both in the order shown."""
        shown = {}
        for kind, text in self.results.locator(".group-heading, .card__title").evaluate_all(
            "(all) => all.map((element) => [element.localName, element.textContent])"
        ):
            if kind == "h2":
                names = shown.setdefault(text, [])
            else:
                names.append(text)
        return shown

    def groups_of_all_pages(self):
        shown = self.groups()
        while self.page.get_by_role("link", name="Nächste Seite", exact=True).count():
            self.open_link("Nächste Seite")
            for heading, names in self.groups().items():
                shown.setdefault(heading, []).extend(names)
        return shown
