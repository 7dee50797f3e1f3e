"""Words that people write in Markdown, as a short list of allowed elements."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_ELEMENTS = {"p", "strong", "em", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "a", "br"}


def to_html(markdown: str, *, top_heading: int = 2) -> SafeString:
    """Safe HTML: paragraphs, emphasis, lists, quotes, links to the web, headings from `top_heading` downwards.

    Raw HTML is printed as text, pictures are left out. What the parser lets through is filtered again.
    """
    tokens = parser().parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(4, max(2, int(token.tag[1])) - 2 + top_heading)}"
    html = parser().renderer.render(tokens, parser().options, {})
    return mark_safe(  # nosec B308 B703: the allow-list is applied here
        nh3.clean(html, tags=_ELEMENTS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"})
    )


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """CommonMark without raw HTML, without code."""
    return MarkdownIt("commonmark", {"html": False, "typographer": False}).disable(["code", "fence"])
