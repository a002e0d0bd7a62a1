"""What a person sees of a page, measured."""

PHONE, LAPTOP = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
WINDOW_AT_400_PERCENT = {"width": 320, "height": 256}  # 1280 × 1024, enlarged

TOO_WIDE = """() => {
    const describe = (e) => `${e.localName}.${e.className} ${e.textContent.trim().slice(0, 40)}`;
    const right = (e) => e.getBoundingClientRect().right;
    const all = [...document.querySelectorAll("main :is(a, button, input, select, iframe, img)")];
    const controls = all.filter((e) => !e.closest(".visually-hidden"));
    const found = controls.filter((e) => e.checkVisibility() && right(e) > right(e.parentElement.closest(BOX)) + 0.5);
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) {
        found.push(page, ...[...document.body.querySelectorAll("*")].filter((e) => right(e) > page.clientWidth));
    }
    return found.map(describe);
}""".replace("BOX", "'p, li, td, th, div, dd, h1, h2, h3, fieldset, label, form, article, aside, section, main'")
FOCUS_PROBLEM = """() => {
    const focused = document.activeElement;
    if (focused === document.body) return "nothing has the focus";
    const name = focused.textContent.trim().slice(0, 40) || focused.id || focused.value;
    const style = getComputedStyle(focused);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return `${name}: no outline`;
    const box = focused.getBoundingClientRect();
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return `${name}: outside the window`;
    const top = document.elementFromPoint(x, y);
    return focused.contains(top) || top.contains(focused) ? "" : `${name}: covered`;
}"""


def too_wide(page) -> list[str]:
    """What sticks out of its box, or makes the whole page scroll sideways."""
    return page.evaluate(TOO_WIDE)


def focus_problem(page) -> str:
    """Why a person could not see where the keyboard is; "" when they can."""
    return page.evaluate(FOCUS_PROBLEM)
