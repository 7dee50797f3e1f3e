"""The cover carries the logo of the day on which the edition was built; editions from before have none."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

import docx
from PIL import Image

from lscb.common.pdf import print_pdf
from lscb.reports.content import digest, from_json, to_json
from lscb.reports.formats.word import as_docx
from lscb.reports.printing import document

from .samples import a_content


def logo() -> str:
    out = io.BytesIO()
    Image.new("RGB", (400, 100), "navy").save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def test_the_logo_stands_on_the_cover_with_its_words() -> None:
    content = replace(a_content(), logo=logo(), logo_alt="Crest of the city")
    printed = document(content)
    assert 'alt="Crest of the city"' in printed.html
    assert print_pdf(printed.html, pictures=printed.pictures, identifier="cover").pages > 1
    word = docx.Document(io.BytesIO(as_docx(content)))
    assert [shape._inline.docPr.get("descr") for shape in word.inline_shapes] == ["Crest of the city"]


def test_an_edition_from_before_reads_as_it_was_approved() -> None:
    before = {name: value for name, value in to_json(a_content()).items() if name not in ("board", "logo", "logo_alt")}
    approved = digest(before)
    content = from_json(before)
    assert (content.board, content.logo) == ("board", "")
    assert digest(before) == approved
    assert "report-cover__logo" not in document(content).html
