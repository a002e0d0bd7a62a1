"""The pages of contact as a browser without JavaScript reads them."""

import re
from html import unescape

from tests.markup import elements

HOTLINE = "tel:+498003009944"


def text(response) -> str:
    """The words of a page without its tags, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main(response))).split())


def main(response) -> str:
    return response.content.decode().split('<main id="inhalt" tabindex="-1">')[1].split("</main>")[0]


def title(response) -> str:
    return re.search(r"<title>(.*?) – starke Stelle</title>", response.content.decode())[1]


def heading(response) -> str:
    return re.search(r"<h1>(.*?)</h1>", main(response))[1]


def facts(response) -> dict[str, str]:
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", main(response), re.DOTALL)
    return {label: unescape(re.sub(r"<[^>]*>", "", answer)) for label, answer in pairs}


def code(response) -> str:
    return re.search(r'class="code">([\d ]{29})<', main(response))[1]


def errors(response) -> list[str]:
    """What the summary on top of a form says."""
    summary = re.search(r'role="alert".*?<ul>(.*?)</ul>', main(response), re.DOTALL)
    found = re.findall(r"<li>(.*?)</li>", summary[1]) if summary else []
    return [unescape(re.sub(r"<[^>]*>", "", each)) for each in found]


def notices(response) -> list[str]:
    found = re.findall(r'<div class="notice[^>]*role="(?:status|alert)">(.*?)</div>', main(response), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", each)).split()) for each in found]


def fields(response) -> dict[str, list[str]]:
    """What the first form would send, if nothing was changed: what it keeps of an earlier sending."""
    page = main(response).split("</form>")[0]
    kept = {}
    for _, attributes, _ in elements(page, "input"):
        chosen = attributes.get("type") in {"radio", "checkbox"}
        if not chosen or "checked" in attributes:
            kept.setdefault(attributes["name"], []).append(attributes.get("value", "on" if chosen else ""))
    for name, content in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL):
        kept[name] = [unescape(content).strip("\r\n")]
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        kept[name] = re.findall(r'<option value="([^"]*)" selected', options)
    return kept


def slots(response) -> list[str]:
    return [a["value"] for _, a, _ in elements(main(response), "input") if a.get("name") == "slot"]
