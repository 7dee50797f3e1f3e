"""From content to HTML: one arrangement of chapters for the page in the portal and for the printed document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from django.template.defaultfilters import date as format_date
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from lscb.common.chapters import Block, Chapter, Chart, Column, Figure, ListOfItems, Note, Picture, Section, Table, Text
from lscb.common.charts import as_data_uri
from lscb.common.markdown import to_html

from .content import Content
from .linking import Links, linked, linked_words

LONGEST_UNBROKEN_TABLE = 9
"""Rows of a table that is kept on one page. A longer one keeps three rows together at either side of the cut."""
LONGEST_NAME = 60
"""Letters of the longest name in a narrow table."""
LONGEST_UNBROKEN_TEXT = 17
"""Letters of a cell that is kept on one line: "30 September 2016" fits."""
CROWDED, LONGEST_WHERE_CROWDED = 7, 10
"""From so many columns on only a number is kept on one line: what it is of goes below it."""
CHAPTER = 2
"""The level of a chapter's heading."""
BACK = "contacts"
"""The chapter that is printed on the back page."""
_NOTHING = SafeString("")
_NOWHERE: Links = {}
"""Numbers of what leaves the portal lead nowhere."""


@dataclass(frozen=True)
class Cell:
    """`classes` as they are printed: figures to the right, and short texts such as dates on one line."""

    text: str
    numeric: bool
    longest: int = LONGEST_UNBROKEN_TEXT
    links: Links = field(default_factory=dict)

    @property
    def shown(self) -> str:
        return linked(self.text, self.links)

    @property
    def classes(self) -> str:
        short = "report-short" if len(self.text) <= self.longest else ""
        return " ".join(filter(None, (short, "report-number" if self.numeric else "")))


@dataclass(frozen=True)
class PrintedBlock:
    """`kind` chooses the markup. A note beside a text is one block of kind `pair`."""

    kind: str
    title: str = ""
    html: SafeString = _NOTHING
    beside: SafeString = _NOTHING
    note: str = ""
    alt: str = ""
    svg: str = ""
    picture: str = ""
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Cell]] = ()
    total: Sequence[Cell] = ()
    short: bool = True
    items: Sequence[str] = ()

    @property
    def narrow(self) -> bool:
        """A table of a name and a number reads better when the two are not far apart."""
        is_one_number = len(self.columns) == 2 and self.columns[1].numeric
        return is_one_number and all(len(row[0].text) <= LONGEST_NAME for row in self.rows)


@dataclass(frozen=True)
class PrintedSection:
    anchor: str
    title: str
    level: int
    blocks: Sequence[PrintedBlock]


@dataclass(frozen=True)
class PrintedChapter:
    anchor: str
    title: str
    lead: str
    figures: Sequence[Figure]
    sections: Sequence[PrintedSection]
    has_facts: bool = False

    @property
    def contents(self) -> Iterator[PrintedSection]:
        """The sections that the table of contents names."""
        return (section for section in self.sections if section.title and section.level == CHAPTER + 1)


@dataclass(frozen=True)
class Approval:
    """Who approved, as it is printed on the cover."""

    position: str
    on: dt.date


@dataclass(frozen=True)
class Document:
    """Finished HTML, and the pictures that it may use."""

    html: str
    pictures: frozenset[str] = field(default_factory=frozenset)


def arrange(content: Content, links: Links = _NOWHERE) -> list[PrintedChapter]:
    """The chapters ready for a template, on the page and in print alike: the title of the report is above them.

    `links` are given for the preview alone.
    """
    return [_chapter(chapter, links) for chapter in content.chapters]


def document(content: Content, *, approval: Approval | None = None) -> Document:
    """The printed document in full. Without `approval` the cover says that it is a draft."""
    chapters = arrange(content)
    arcs = as_data_uri(_ARCS)
    html = render_to_string(
        "reports/document.html",
        {
            "content": content,
            "chapters": [chapter for chapter in chapters if chapter.anchor != BACK],
            "back": next((chapter for chapter in chapters if chapter.anchor == BACK), None),
            "headline": to_html(content.headline),
            "figures_url": content.figures_url,
            "approval": approval,
            "created": content.as_at.isoformat(),
            "arcs": mark_safe(arcs),  # nosec B308 B703: percent-encoded, no quotes in it
        },
    )
    return Document(html, frozenset({arcs, *_pictures(chapters), *([content.logo] if content.logo else [])}))


def long_date(day: dt.date) -> str:
    return format_date(day, "j F Y")


def _pictures(chapters: list[PrintedChapter]) -> Iterator[str]:
    for chapter in chapters:
        for section in chapter.sections:
            yield from (block.picture for block in section.blocks if block.picture)


def _chapter(chapter: Chapter, links: Links) -> PrintedChapter:
    return PrintedChapter(
        anchor=chapter.slug,
        title=chapter.title,
        lead=linked(chapter.lead, links),
        figures=[Figure(linked(one.shown, links), linked(one.label, links)) for one in chapter.figures],
        sections=[_section(chapter.slug, section, level, links) for section, level in chapter.levelled()],
        has_facts=bool(chapter.facts),
    )


def _section(chapter: str, section: Section, level: int, links: Links) -> PrintedSection:
    heading = CHAPTER + level - 1
    blocks = [_block(block, heading if section.title else CHAPTER, links) for block in section.blocks]
    return PrintedSection(f"{chapter}-{slugify(section.title)}", section.title, heading, _paired(_noted_once(blocks)))


def _noted_once(blocks: list[PrintedBlock]) -> list[PrintedBlock]:
    """What is noted under a table is not noted again under the tables that follow it."""
    noted, said = [], ""
    for block in blocks:
        repeats = block.kind == "table" and block.note == said
        noted.append(replace(block, note="") if repeats else block)
        said = block.note if block.kind == "table" else ""
    return noted


def _block(block: Block, heading: int, links: Links) -> PrintedBlock:
    match block:
        case Text(markdown):
            return PrintedBlock("text", html=linked_words(markdown, links, top_heading=heading + 1))
        case Note(text, title):
            return PrintedBlock("note", html=format_html("<p><strong>{}</strong> {}</p>", title, text))
        case Chart(title, description, svg, note):
            return PrintedBlock("chart", title=title, alt=description, svg=svg, picture=as_data_uri(svg), note=note)
        case Picture(alt, data, note):
            return PrintedBlock("picture", alt=alt, picture=data, note=note)
        case ListOfItems(items, title):
            return PrintedBlock("list", title=title, items=[linked(item, links) for item in items])
        case Table():
            return _table(block, links)


def _table(table: Table, links: Links) -> PrintedBlock:
    longest = LONGEST_UNBROKEN_TEXT if len(table.columns) < CROWDED else LONGEST_WHERE_CROWDED

    def cells(row: Sequence[str]) -> list[Cell]:
        return [Cell(text, column.numeric, longest, links) for text, column in zip(row, table.columns, strict=True)]

    return PrintedBlock(
        "table",
        title=table.title,
        note=linked(table.note, links),
        columns=table.columns,
        rows=[cells(row) for row in table.rows],
        total=cells(table.total) if table.total else (),
        short=len(table.rows) <= LONGEST_UNBROKEN_TABLE,
    )


def _paired(blocks: list[PrintedBlock]) -> list[PrintedBlock]:
    """A note that follows a text is printed beside it."""
    paired: list[PrintedBlock] = []
    skip = False
    for block, following in pairwise([*blocks, PrintedBlock("end")]):
        if skip:
            skip = False
        elif block.kind == "text" and following.kind == "note":
            paired.append(PrintedBlock("pair", html=block.html, beside=following.html))
            skip = True
        else:
            paired.append(block)
    return paired


_ARCS = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
    '<g fill="none" stroke="#ffffff" stroke-opacity="0.24" stroke-width="5">'
    + "".join(f'<circle cx="100" cy="0" r="{radius}"/>' for radius in (29, 50.5, 72.5, 94.5))
    + "</g></svg>"
)
