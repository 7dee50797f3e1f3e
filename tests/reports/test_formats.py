"""One content, every format: headings, tables and pictures are real, and a figure is the same in each."""

from __future__ import annotations

import io
import json
from typing import Any
from zipfile import ZipFile

from docx import Document
from openpyxl import load_workbook
from PIL import Image

from lscb.common.chapters import Chapter, Section, Text
from lscb.common.rasters import as_png
from lscb.reports.content import Content
from lscb.reports.formats import as_docx, as_xlsx, facts_json
from lscb.reports.printing import arrange

from .samples import BOARD, CHILDREN, LINE, a_content


def whole() -> Content:
    return a_content(BOARD, CHILDREN)


def test_the_word_document_has_headings_tables_and_a_picture_with_its_alternative() -> None:
    document = Document(io.BytesIO(as_docx(whole())))
    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith(("Heading", "Title"))]
    assert headings == [
        ("Title", "Annual report 2016-17"),
        ("Heading 1", "The board"),
        ("Heading 1", "Southampton’s children"),
        ("Heading 2", "Looked after children"),
        ("Heading 2", "Missing children"),
    ]
    (table,) = document.tables
    assert [cell.text for cell in table.rows[1].cells] == ["30 June 2016", "611", "+1.2%"]
    assert table.rows[0]._tr.trPr.xpath("w:tblHeader"), "the heading row is known as one, and repeated on each page"
    (picture,) = document.inline_shapes
    assert picture._inline.docPr.get("descr") == (
        "Children looked after at the end of each quarter. It falls from 611 to 542."
    )
    assert document.core_properties.language == "en-GB"


def test_a_word_document_says_whether_it_is_approved() -> None:
    assert "Draft, not approved." in "\n".join(p.text for p in Document(io.BytesIO(as_docx(whole()))).paragraphs)


def test_the_workbook_has_a_sheet_for_each_table_and_numbers_are_numbers() -> None:
    workbook = load_workbook(io.BytesIO(as_xlsx(whole())))
    assert workbook.sheetnames == ["Contents", "Facts", "1 Children looked after, by qua"]
    rows = [[cell.value for cell in row] for row in workbook.worksheets[2].iter_rows()]
    assert rows == [
        ["Quarter end", "Children", "Change"],
        ["30 June 2016", 611, "+1.2%"],
        ["31 March 2017", 542, "-5.4%"],
        ["All", "no sum", None],
    ]
    facts = {row[0].value: (row[2].value, row[3].value, row[4].value) for row in workbook["Facts"].iter_rows()}
    assert facts["dataset.looked_after"] == ("542", 542, None)
    assert facts["dataset.looked_after_change"] == ("-11.3%", -11.29296, 611)


def test_no_text_of_a_table_becomes_a_formula() -> None:
    with ZipFile(io.BytesIO(as_xlsx(whole()))) as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if "worksheets/" in name)
    assert b"<f>" not in sheets


def test_the_facts_are_exact() -> None:
    plain: dict[str, Any] = json.loads(facts_json(whole()))
    assert (plain["year"], plain["edition"], plain["as_at"]) == ("2016-17", 1, "2017-06-30")
    assert plain["facts"]["dataset.looked_after_change"] == {
        "value": "-11.29296",
        "shown": "-11.3%",
        "label": "Change in the year",
        "base": "611",
        "source": "",
        "where_from": "",
    }


def test_the_same_content_gives_the_same_tables_and_facts() -> None:
    assert (as_xlsx(whole()), facts_json(whole())) == (as_xlsx(whole()), facts_json(whole()))


def test_a_drawing_becomes_pixels_of_its_own_shape() -> None:
    square = LINE.replace("660 180", "300 300")
    wide, tall = (Image.open(io.BytesIO(png)) for png in as_png([LINE, square]))
    assert (wide.size, tall.size) == ((1650, 450), (750, 750))
    colours = {colour for _, colour in wide.convert("RGB").getcolors(100_000) or []}
    assert (0x12, 0x43, 0x6D) in colours, "the line is drawn"
    assert as_png([LINE]) == as_png([LINE])


def test_no_level_of_heading_is_left_out() -> None:
    """Neither in Word nor on the page, also where a part of a part comes first."""
    parts = (Section("First", (Text("## Words"),), level=3), Section("Second", ()), Section("Third", (), level=3))
    content = a_content(Chapter("x", "A chapter", sections=parts))
    document = Document(io.BytesIO(as_docx(content)))
    levels = [int(p.style.name[-1]) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels == [1, 2, 3, 2, 3]
    assert [section.level for section in arrange(content)[0].sections] == [3, 3, 4]
