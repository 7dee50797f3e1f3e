"""What each format of an edition says, chapter by chapter, as one line of text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pypdf
from docx import Document
from docx.table import Table
from lxml import etree, html
from openpyxl import load_workbook

from lscb.reports.content import Content

APART = 260
"""Letters that may stand between two words of one sentence or row."""


def stands_in(text: str, words: Iterable[str]) -> bool:
    """Whether `words` stand in `text` one after the other, each whole: 6 is not found in 16, nor in 6.5."""
    parts = (rf"(?<![\w.,]){re.escape(one)}(?!\w|[.,]\d)" for one in words)
    return re.search(rf".{{0,{APART}}}?".join(parts), text) is not None


def one_line(text: str) -> str:
    return " ".join(text.split())


def chapters_of_pdf(pdf: bytes, content: Content) -> dict[str, str]:
    """By the bookmarks: every chapter begins a page."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    marks = [one for one in reader.outline if not isinstance(one, list)]
    begins = {str(one.title): reader.get_destination_page_number(one) or 0 for one in marks}
    firsts = [*(begins[chapter.title] for chapter in content.chapters), len(reader.pages)]
    texts = [page.extract_text().replace("-\n", "-") for page in reader.pages]
    return {
        chapter.slug: one_line(" ".join(texts[first:last]))
        for chapter, (first, last) in zip(content.chapters, pairwise(firsts), strict=True)
    }


def chapters_of_page(page: str, content: Content) -> dict[str, str]:
    tree = html.fromstring(page)
    etree.strip_tags(tree, "a")  # a number that is a link is a part of its sentence
    return {
        chapter.slug: one_line(" ".join(tree.get_element_by_id(chapter.slug).itertext()))
        for chapter in content.chapters
    }


def chapters_of_word(docx: bytes, content: Content) -> dict[str, str]:
    """By the headings of the first level."""
    titles = {chapter.title: chapter.slug for chapter in content.chapters}
    found: dict[str, list[str]] = {chapter.slug: [] for chapter in content.chapters}
    current = ""
    for style, text in _blocks(docx):
        current = titles[text] if style == "Heading 1" else current
        if current:
            found[current].append(text)
    return {slug: one_line(" ".join(texts)) for slug, texts in found.items()}


def all_of_word(docx: bytes) -> str:
    return one_line(" ".join(text for _, text in _blocks(docx)))


def _blocks(docx: bytes) -> Iterator[tuple[str, str]]:
    """Paragraphs with their style, and the cells of tables, in the order of the document."""
    for block in Document(io.BytesIO(docx)).iter_inner_content():
        if isinstance(block, Table):
            yield from (("", cell.text) for row in block.rows for cell in row.cells)
        else:
            yield block.style.name, block.text


def chapters_of_workbook(xlsx: bytes, content: Content) -> dict[str, str]:
    """The sheets of each chapter, as the first of them lists them; numbers as they are printed."""
    workbook = load_workbook(io.BytesIO(xlsx))
    titles = {chapter.title: chapter.slug for chapter in content.chapters}
    found = {chapter.slug: "" for chapter in content.chapters}
    listed = list(workbook["Contents"].iter_rows(min_row=3, values_only=True))
    for (_, table, chapter, note), sheet in zip(listed, workbook.worksheets[2:], strict=True):
        cells = " ".join(_cells(sheet))
        found[titles[str(chapter)]] += f" {one_line(f'{table} {cells} {note or str()}')}"
    return found


def _cells(sheet: Any) -> Iterator[str]:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, int | float):
                places = len(cell.number_format.partition(".")[2])
                yield f"{cell.value:,.{places}f}"
            elif cell.value is not None:
                yield str(cell.value)
