"""Word documents with real headings, lists and tables, so that screen readers find their way in them.

Equal content gives an equal document, but for the time in its ZIP.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Pt
from docx.text.paragraph import Paragraph
from markdown_it.token import Token

from .chapters import Table
from .markdown import parser

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LIST_STYLES = {"bullet_list_open": "List Bullet", "ordered_list_open": "List Number"}
_DEEPEST_HEADING = 4


def new_document(*, title: str, author: str, on: dt.date) -> WordDocument:
    """An empty document in English that says what it is called."""
    document = Document()
    facts = document.core_properties
    facts.title, facts.author, facts.language, facts.comments = title, author, "en-GB", ""
    facts.created = facts.modified = dt.datetime.combine(on, dt.time())
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.element.get_or_add_rPr().append(language)
    document.add_heading(title, level=0)
    return document


def add_table(document: WordDocument, table: Table) -> None:
    """A table whose first row is repeated on each page and known as its heading."""
    document.add_paragraph(table.title, style="Caption")
    drawn = document.add_table(rows=1, cols=len(table.columns), style="Light Grid Accent 1")
    for cell, column in zip(drawn.rows[0].cells, table.columns, strict=True):
        cell.text = column.heading
    drawn.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in [*table.rows, *([table.total] if table.total else [])]:
        for cell, text in zip(drawn.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph()


def add_picture(
    document: WordDocument, png: bytes, *, alternative: str, width: Length | None = None, height: Length | None = None
) -> None:
    """A picture on a line of its own, in proportion; `alternative` is what a screen reader says of it."""
    drawn = document.add_paragraph().add_run().add_picture(io.BytesIO(png), width=width, height=height)
    drawn._inline.docPr.set("descr", alternative)
    drawn._inline.docPr.set("name", "Chart")


def add_markdown(document: WordDocument, text: str, *, top_heading: int = 2) -> None:
    """Words in Markdown as paragraphs, headings, lists and quotes; raw HTML is printed as text."""
    lists: list[str] = []
    style, heading = "", 0
    for token in parser().parse(text):
        if token.type in _LIST_STYLES:
            lists.append(_LIST_STYLES[token.type])
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "heading_open":
            heading = min(_DEEPEST_HEADING, max(2, int(token.tag[1])) - 2 + top_heading)
        elif token.type == "blockquote_open":
            style = "Intense Quote"
        elif token.type == "blockquote_close":
            style = ""
        elif token.type == "inline":
            paragraph = (
                document.add_heading(level=heading)
                if heading
                else document.add_paragraph(style=_list_style(document, lists) or style or None)
            )
            heading = 0
            _write(paragraph, token.children or [])


def as_bytes(document: WordDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _list_style(document: WordDocument, lists: Sequence[str]) -> str:
    """Lists in lists have the styles "List Bullet 2" and "List Bullet 3"."""
    if not lists:
        return ""
    name = lists[-1] if len(lists) == 1 else f"{lists[-1]} {min(len(lists), 3)}"
    return name if name in document.styles else lists[-1]


def _write(paragraph: Paragraph, tokens: Sequence[Token]) -> None:
    bold = italic = 0
    for token in tokens:
        bold += {"strong_open": 1, "strong_close": -1}.get(token.type, 0)
        italic += {"em_open": 1, "em_close": -1}.get(token.type, 0)
        if token.type in ("softbreak", "hardbreak"):
            paragraph.add_run(" " if token.type == "softbreak" else "\n")
        elif token.type == "image":
            continue
        elif token.content:
            run: Any = paragraph.add_run(token.content)
            run.bold, run.italic = bool(bold) or None, bool(italic) or None
