"""Vector pictures as PNG, for formats that know no SVG (Word documents).

WeasyPrint draws them with the portal's own font, one to a page; PDFium turns the pages into pixels.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pypdfium2

from .charts import as_data_uri
from .pdf import print_pdf

SHARPNESS = 2.5
"""Pixels of the PNG for one of the drawing: sharp on paper, small on file."""
_POINTS_PER_PIXEL = 0.75
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def as_png(drawings: Sequence[str]) -> list[bytes]:
    """A PNG for each SVG, in their order. Equal drawings give equal bytes.

    Raises RuleBroken as `print_pdf` does, and ValueError for a drawing without `viewBox="0 0 width height"`.
    """
    if not drawings:
        return []
    pictures = [as_data_uri(svg) for svg in drawings]
    html = _sheet([_size(svg) for svg in drawings], pictures)
    pdf = print_pdf(html, pictures=frozenset(pictures), identifier="pictures").pdf
    with pypdfium2.PdfDocument(pdf) as document:
        return [_png(document[number]) for number in range(len(document))]


def _size(svg: str) -> tuple[str, str]:
    box = _BOX.search(svg)
    if box is None:
        raise ValueError("A drawing says how large it is: viewBox=“0 0 width height”.")
    return box[1], box[2]


def _sheet(sizes: Sequence[tuple[str, str]], pictures: Sequence[str]) -> str:
    """A document with one page for each picture, as large as the picture."""
    styles, drawn = ["body { margin: 0 } img { display: block; width: 100% }"], []
    for number, ((width, height), address) in enumerate(zip(sizes, pictures, strict=True)):
        styles.append(f"@page p{number} {{ size: {width}px {height}px; margin: 0 }} #p{number} {{ page: p{number} }}")
        drawn.append(f'<div id="p{number}"><img src="{address}" alt="Chart"></div>')
    head = f'<title>Pictures</title><link rel="stylesheet" href="css/report.css"><style>{"".join(styles)}</style>'
    return f'<!doctype html><html lang="en-GB"><head>{head}</head><body>{"".join(drawn)}</body></html>'


def _png(page: pypdfium2.PdfPage) -> bytes:
    out = io.BytesIO()
    bitmap = page.render(scale=SHARPNESS / _POINTS_PER_PIXEL)
    bitmap.to_pil().save(out, format="PNG", optimize=True)
    bitmap.close()
    return out.getvalue()
