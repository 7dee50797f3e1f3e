"""The board's own words: facts named in them are put in, then Markdown becomes a short list of allowed elements.

Words are never a template: `{{ dataset.looked_after }}` is looked up in a dictionary of facts and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from lscb.common.chapters import Fact
from lscb.common.errors import RuleBroken

NAMED_FACT = re.compile(r"\{\{([^{}]*)\}\}")  # spaces are taken off afterwards: in here they would cost cubic time
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|!~])")
_ELEMENTS = {"p", "strong", "em", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "a", "br"}


def with_facts(words: str, facts: Mapping[str, Fact], *, chapter: str) -> str:
    """`words` with every named fact replaced by its printed form.

    Raises RuleBroken with a sentence naming the chapter and the fact when a fact does not exist.
    """

    def shown(match: re.Match[str]) -> str:
        name = match[1].strip()
        fact = facts.get(name)
        if fact is None:
            raise RuleBroken(
                f"The words of “{chapter}” name the fact “{name}”, which this year does not have. "
                "Choose one from the list of facts beside the words, or take it out."
            )
        return _SPECIAL.sub(r"\\\1", fact.in_words)

    return NAMED_FACT.sub(shown, words)


def facts_named_in(words: str) -> list[str]:
    """The names of facts in `words`, in order, each once."""
    return list(dict.fromkeys(match[1].strip() for match in NAMED_FACT.finditer(words)))


def to_html(markdown: str, *, top_heading: int = 2) -> SafeString:
    """Safe HTML: paragraphs, emphasis, lists, quotes, links to the web, headings from `top_heading` downwards.

    Raw HTML is printed as text, pictures are left out. What the parser lets through is filtered again.
    """
    tokens = _parser().parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(4, max(2, int(token.tag[1])) - 2 + top_heading)}"
    html = _parser().renderer.render(tokens, _parser().options, {})
    return mark_safe(  # nosec B308 B703: the allow-list is applied here
        nh3.clean(html, tags=_ELEMENTS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"})
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "typographer": False}).disable(["code", "fence"])
