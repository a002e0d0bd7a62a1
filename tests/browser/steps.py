"""What a person does on any page. Whatever leads to another page waits until that one is there."""


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def follow(page, control):
    """Click and wait for the next page."""
    with page.expect_event("load"):
        control.click()


def press(page, name):
    """Click the button and wait for the next page."""
    follow(page, button(page, name))


def sign_in(page, username, password):
    """To the staff area, whatever it asks for next."""
    page.goto("/redaktion/")
    page.get_by_label("Benutzername").fill(username)
    page.get_by_label("Passwort").fill(password)
    press(page, "Anmelden")
