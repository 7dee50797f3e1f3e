"""From a printed number back to its records, for those who may see them.

An edition keeps with each fact the address of the list that shows its records. Who may not open that list reads that
there is one, and is given no link: what the list holds is never told here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from django.template.defaultfilters import date as format_date

from lscb.accounts.access import may_open
from lscb.accounts.models import Reader
from lscb.common.chapters import Fact
from lscb.common.rounding import show_base

from .content import Content
from .linking import Link


@dataclass(frozen=True)
class Traced:
    """A fact by its full name. `rows` is where this reader finds its records; `is_closed` says that they may not."""

    name: str
    fact: Fact
    rows: str = ""
    is_closed: bool = False

    @property
    def exact(self) -> str:
        """The value before rounding; empty where it is printed as it is."""
        value = self.fact.value
        if value is None or isinstance(value, str):
            return ""
        text = format_date(value, "j F Y") if isinstance(value, dt.date) else f"{value:,}"
        return "" if text == self.fact.shown else text

    @property
    def leads_to(self) -> str:
        """What the address of this number holds, for who cannot see it."""
        return f"{'Records behind' if self.rows else 'Source of'} {self.fact.label}"

    @property
    def base(self) -> str:
        return "" if self.fact.base is None else show_base(self.fact.base)


@dataclass(frozen=True)
class TracedChapter:
    slug: str
    title: str
    facts: Sequence[Traced]


def doors_of(user: Reader) -> Callable[[str], bool]:
    """Whether the list at an address opens to `user`; each list is asked once."""

    @cache
    def opens(path: str) -> bool:
        return may_open(user, path)

    return lambda address: opens(urlsplit(address).path)


def traced(content: Content, user: Reader | None) -> Iterator[TracedChapter]:
    """Every figure of an edition, chapter by chapter. Without `user` (the public) no record is spoken of."""
    opens = doors_of(user) if user is not None else None
    for chapter in content.chapters:
        facts = [_traced(f"{chapter.slug}.{fact.name}", fact, opens) for fact in chapter.facts]
        if facts:
            yield TracedChapter(chapter.slug, chapter.title, facts)


def links_of(content: Content, user: Reader, *, figures_url: str) -> dict[str, Link]:
    """Where each number of an edition leads this reader: to its records, or, where no list of them is kept, to its line
    on the page of all figures. A number whose list does not open to them leads nowhere."""
    every = (one for chapter in traced(content, user) for one in chapter.facts)
    return {one.name: Link(one.rows or f"{figures_url}#{one.name}", one.leads_to) for one in every if not one.is_closed}


def _traced(name: str, fact: Fact, opens: Callable[[str], bool] | None) -> Traced:
    if opens is None or not fact.rows:
        return Traced(name, fact)
    return Traced(name, fact, fact.rows) if opens(fact.rows) else Traced(name, fact, is_closed=True)
