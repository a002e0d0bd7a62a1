"""The pages of contact as a visitor uses them."""

from tests.browser.steps import press

SLOT, NEXT = "Dienstag, 24. November, 14 Uhr", "Dienstag, 24. November, 14:30 Uhr"


def field(page, label):
    return page.get_by_label(label, exact=True)


def link(page, name):
    return page.get_by_role("main").get_by_role("link", name=name, exact=True)


def fact(page, label):
    return page.locator(".facts > div").filter(has=page.get_by_text(label, exact=True)).locator("dd").inner_text()


def fill(page, kind="rueckruf", number="030 25208838"):
    page.goto(f"/kontakt/{kind}/")
    field(page, SLOT).check()
    if kind == "rueckruf":
        field(
            page, "Rufen Sie mich an" if number else "Ich rufe zum Termin selbst an und nenne meinen Terminnamen"
        ).check()
        page.locator("#id_number").fill(number)
    page.locator("#id_message").fill("Bitte um Rat.")
    page.locator("#id_consent").check()


def check(page, clock, **more):
    fill(page, **more)
    clock.move(minutes=1)
    press(page, "Angaben prüfen")


def book(page, clock, **more):
    check(page, clock, **more)
    page.locator("#id_noted").check()
    press(page, "Termin verbindlich anfragen")


def enter_code(page, code):
    page.goto("/kontakt/code/")
    page.locator("#id_code").fill(code)
    press(page, "Anliegen ansehen")


def cancel(page):
    page.get_by_text("Termin absagen", exact=True).click()
    press(page, "Ja, Termin absagen")


def delete(page):
    page.get_by_text("Alles jetzt löschen", exact=True).click()
    press(page, "Ja, alles löschen")
