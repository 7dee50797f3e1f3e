"""Numbers of the report as links: only in the preview, for a person who was looked up before (`provenance.links_of`).

The content knows where its facts stand; what is printed of it is the same with and without links.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from lscb.common.chapters import Traceable
from lscb.common.markdown import to_html

_OPEN, _NUMBERED, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKS = {_OPEN, _NUMBERED, _CLOSE}
_MARKED = re.compile(f"{_OPEN}(\\d+){_NUMBERED}([^{_OPEN}-{_CLOSE}]*){_CLOSE}")
_LINKS = re.compile(r"(<a .*?</a>)", re.DOTALL)
_ENCODED = re.compile(r"%EE%80%80\d+%EE%80%81|%EE%80%82")
"""The marks in the address of a link, as the parser writes it."""


@dataclass(frozen=True)
class Link:
    """Where a number leads, and what is there in words."""

    address: str
    leads_to: str

    def around(self, shown: str) -> SafeString:
        """`shown` as a link that is called by what is seen, and by what it leads to."""
        return format_html(
            '<a class="report-traceable" href="{}" aria-label="{}. {}">{}</a>',
            self.address,
            shown,
            self.leads_to,
            shown,
        )


Links = Mapping[str, Link]
"""By the full name of the fact. A fact that is not among them leads nowhere."""


def linked(text: str, links: Links) -> str:
    """A text with its numbers as links, as HTML; the text itself where nothing in it leads anywhere."""
    facts = [one for one in text.facts if one[2] in links] if isinstance(text, Traceable) else []
    if not facts:
        return text
    html, begin = escape(""), 0
    for start, end, name in facts:
        html += escape(text[begin:start]) + links[name].around(text[start:end])
        begin = end
    return html + escape(text[begin:])


def linked_words(markdown: str, links: Links, *, top_heading: int = 2) -> SafeString:
    """Words in Markdown as HTML with their numbers as links. A number inside a link of the writer's stays so."""
    facts = [one for one in markdown.facts if one[2] in links] if isinstance(markdown, Traceable) else []
    if not facts or _MARKS & set(markdown):  # nobody types these letters but to be taken for a number
        return to_html(markdown, top_heading=top_heading)
    marked, begin = "", 0
    for at, (start, end, _) in enumerate(facts):
        marked += f"{markdown[begin:start]}{_OPEN}{at}{_NUMBERED}{markdown[start:end]}{_CLOSE}"
        begin = end
    html = to_html(marked + markdown[begin:], top_heading=top_heading)

    def around(match: re.Match[str]) -> str:
        return links[facts[int(match[1])][2]].around(unescape(match[2]))

    parts = [
        _ENCODED.sub("", _MARKED.sub(r"\2", part)) if part.startswith("<a ") else _MARKED.sub(around, part)
        for part in _LINKS.split(html)
    ]
    return mark_safe("".join(parts))  # nosec B308 B703: of `to_html`, with links that are escaped
