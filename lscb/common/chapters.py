"""What an app hands to the annual report: plain values, no records, no queries (house rule).

`reporting.py` of each app offers `chapter(year, as_at) -> Chapter`. Page, PDF, facts and every later format are
drawn from these values, so a figure is the same wherever it is printed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Self

from .rounding import show_base

Value = Decimal | int | str | dt.date | None

NAMED_FACT = re.compile(r"\{\{([^{}]*)\}\}")  # spaces are taken off afterwards: in here they would cost cubic time
"""How a fact is named in words that people write: `{{ cdop.reviewed }}`."""


@dataclass(frozen=True)
class Fact:
    """One computed value. `name` is unique in its chapter: `cdop` + `reviewed` is named `cdop.reviewed`.

    `shown` is the printed form, `value` the exact one, `base` what a percentage is of, `source` the sentence that
    says where it comes from (agency, edition, as-at). `rows` is the address in the portal of the records behind it
    (`lscb.common.counted`), for those who may see them; editions from before there was one have none.
    """

    name: str
    value: Value
    shown: str
    label: str
    base: int | Decimal | None = None
    source: str = ""
    rows: str = ""

    @property
    def in_words(self) -> str:
        """As it stands in a sentence: a percentage never without its base, "91% (n = 198)"."""
        if self.base is None or not self.shown.endswith("%"):
            return self.shown
        return f"{self.shown} ({show_base(self.base)})"


class Traceable(str):
    """A printed text that knows which facts it prints: from `start` to `end` the fact of that full name.

    For whoever prints it, it is a text like any other; only the preview leads from its numbers to their records. What
    is made of it by other means (formatting, cutting) is a plain text again, and leads nowhere.
    """

    facts: tuple[tuple[int, int, str], ...]

    def __new__(cls, text: str, facts: Iterable[tuple[int, int, str]]) -> Self:
        traceable = super().__new__(cls, text)
        traceable.facts = tuple(facts)
        return traceable


def of_fact(name: str, shown: str) -> str:
    """`shown` as the printed form of the fact of that full name, `chapter.fact`."""
    return Traceable(shown, [(0, len(shown), name)]) if shown else shown


def in_line(*parts: str) -> str:
    """The parts as one text, which keeps the facts in them."""
    facts, length = [], 0
    for part in parts:
        if isinstance(part, Traceable):
            facts += [(length + start, length + end, name) for start, end, name in part.facts]
        length += len(part)
    return Traceable("".join(parts), facts) if facts else "".join(parts)


@dataclass(frozen=True)
class Column:
    heading: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """`rows` are printed texts, one per column; the first column is the heading of its row. `total` is the last row."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    note: str = ""
    total: Sequence[str] | None = None


@dataclass(frozen=True)
class Chart:
    """A finished vector picture. `description` is the text alternative and says what the picture shows."""

    title: str
    description: str
    svg: str
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A photograph that was cleared for print. `alt` says what it shows; `data` is an address that carries it."""

    alt: str
    data: str
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A headline number at the opening of a chapter."""

    shown: str
    label: str


@dataclass(frozen=True)
class Text:
    """Paragraphs in Markdown; facts may be named in it as `{{ chapter.fact }}`."""

    markdown: str


@dataclass(frozen=True)
class Note:
    """A note where a reader could misread: set beside the text with a coloured bar."""

    text: str
    title: str = "Read with care."


@dataclass(frozen=True)
class ListOfItems:
    items: Sequence[str]
    title: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a chapter under a heading of its own. A chart is always followed by the table it draws."""

    title: str
    blocks: Sequence[Block]
    level: Literal[2, 3] = 2


Block = Text | Table | Chart | Picture | Note | ListOfItems


@dataclass(frozen=True)
class Chapter:
    """`slug` names the chapter in facts and words; `lead` is the sentence that says it all."""

    slug: str
    title: str
    lead: str = ""
    figures: Sequence[Figure] = ()
    sections: Sequence[Section] = ()
    facts: Sequence[Fact] = field(default_factory=tuple)

    def tables(self) -> Iterator[Table]:
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield block

    def levelled(self) -> Iterator[tuple[Section, int]]:
        """Each section with the level of its heading, the chapter's being 1. None is left out: a part of a part that
        comes first is a part."""
        deepest = 1
        for section in self.sections:
            level = min(section.level, deepest + 1)
            deepest = level if section.title else deepest
            yield section, level
