"""Text that staff write in Markdown, as HTML that can do nothing but be read."""

import nh3
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "h3", "h4", "br"}
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"https", "mailto", "tel"}

_markdown = MarkdownIt("commonmark", {"html": False})


def staff_text(text: str) -> str:
    """Safe HTML. Headings start below the page's h2; addresses on this site stay without scheme; § keeps its number."""
    if not text:
        return ""
    html = _markdown.render(text.replace("§ ", "§\N{NO-BREAK SPACE}")).replace("<h2>", "<h3>").replace("</h2>", "</h3>")
    html = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noreferrer")
    return mark_safe(html)  # noqa: S308 – cleaned in the line above
