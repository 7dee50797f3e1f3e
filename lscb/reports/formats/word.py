"""An edition as a Word document with real headings, tables, and pictures with text alternatives."""

from __future__ import annotations

from collections.abc import Iterator

from docx.document import Document as WordDocument
from docx.shared import Cm

from lscb.common.chapters import Block, Chapter, Chart, ListOfItems, Note, Picture, Table, Text
from lscb.common.pdf import carried
from lscb.common.rasters import as_png
from lscb.common.templatetags.portal import day
from lscb.common.word_documents import add_markdown, add_picture, add_table, as_bytes, new_document
from lscb.reports.content import Content
from lscb.reports.printing import Approval

_WIDEST = Cm(15.5)
_LOGO = Cm(1.8)


def as_docx(content: Content, *, approval: Approval | None = None) -> bytes:
    """The whole report. Without `approval` its first page says that it is a draft."""
    title = f"Annual report {content.year}"
    document = new_document(title=title, author=content.board_name, on=content.as_at)
    if content.logo:
        add_picture(document, carried(content.logo)[1], alternative=content.logo_alt, height=_LOGO)
    document.add_paragraph(content.board_name, style="Subtitle")
    add_markdown(document, content.headline)
    said = f"Approved by the {approval.position} on {day(approval.on)}." if approval else "Draft, not approved."
    document.add_paragraph(f"{said} Figures as at {day(content.as_at)}, edition {content.number}.")
    pictures = iter(as_png([block.svg for block in _charts(content)]))
    for chapter in content.chapters:
        _add_chapter(document, chapter, pictures)
    return as_bytes(document)


def _charts(content: Content) -> list[Chart]:
    blocks = (block for chapter in content.chapters for section in chapter.sections for block in section.blocks)
    return [block for block in blocks if isinstance(block, Chart)]


def _add_chapter(document: WordDocument, chapter: Chapter, pictures: Iterator[bytes]) -> None:
    document.add_heading(chapter.title, level=1)
    if chapter.lead:
        document.add_paragraph(chapter.lead, style="Intense Quote")
    for figure in chapter.figures:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(figure.shown).bold = True
        paragraph.add_run(f" {figure.label}")
    for section, level in chapter.levelled():
        if section.title:
            document.add_heading(section.title, level=level)
        for block in section.blocks:
            _add_block(document, block, level + 1 if section.title else 2, pictures)


def _add_block(document: WordDocument, block: Block, top_heading: int, pictures: Iterator[bytes]) -> None:
    match block:
        case Text(markdown):
            add_markdown(document, markdown, top_heading=top_heading)
        case Note(text, title):
            paragraph = document.add_paragraph(style="Quote")
            paragraph.add_run(f"{title} ").bold = True
            paragraph.add_run(text)
        case Chart(title, description, _, note):
            add_picture(document, next(pictures), alternative=f"{title}. {description}", width=_WIDEST)
            _add_source(document, note)
        case Picture(alt, data, note):
            add_picture(document, carried(data)[1], alternative=alt, width=_WIDEST)
            _add_source(document, note)
        case ListOfItems(items, title):
            if title:
                document.add_paragraph().add_run(title).bold = True
            for item in items:
                document.add_paragraph(item, style="List Bullet")
        case Table():
            add_table(document, block)
            _add_source(document, block.note)


def _add_source(document: WordDocument, note: str) -> None:
    if note:
        document.add_paragraph().add_run(note).italic = True
