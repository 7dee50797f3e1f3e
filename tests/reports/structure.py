"""The tags of a PDF in reading order: what each element is, its text and what it carries."""

from __future__ import annotations

import io
from collections.abc import Iterator
from ctypes import c_ushort
from dataclasses import dataclass, field
from typing import Any

import pikepdf
import pypdfium2
from pypdfium2 import raw

Texts = dict[tuple[int, int], str]


@dataclass
class Element:
    """`kind` is its tag, such as "H2"; `text` what it holds itself, without its children."""

    kind: str
    text: str = ""
    alternative: str = ""
    kids: list[Element] = field(default_factory=list)

    def every(self) -> Iterator[Element]:
        """It and all below it, in reading order."""
        yield self
        for kid in self.kids:
            yield from kid.every()

    def read_aloud(self) -> Iterator[str]:
        """The text once: without what is drawn in pictures, which have words of their own, and without the headings
        of a table that are printed again where it goes on on the next page (it then has no caption)."""
        goes_on = self.kind == "Table" and not any(kid.kind == "Caption" for kid in self.kids)
        yield self.text
        for kid in self.kids:
            if kid.kind != "Figure" and not (goes_on and kid.kind == "THead"):
                yield from kid.read_aloud()

    @property
    def whole_text(self) -> str:
        return " ".join(" ".join(one.text for one in self.every()).split())


def tags(pdf: bytes) -> Element:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        texts = _texts(pdf)
        pages = {page.obj.objgen: number for number, page in enumerate(opened.pages)}
        return _element(opened.Root.StructTreeRoot, pages, texts, None)


def _element(node: Any, pages: dict[Any, int], texts: Texts, page: int | None) -> Element:
    if "/Pg" in node:
        page = pages[node.Pg.objgen]
    found = Element(str(node.get("/S", "/Root"))[1:], alternative=str(node.get("/Alt", "")))
    kids = node.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            found.kids.append(_element(kid, pages, texts, page))
        elif isinstance(kid, pikepdf.Dictionary) and "/MCID" in kid:
            on = pages[kid.Pg.objgen] if "/Pg" in kid else page
            found.text += texts.get((on or 0, int(kid.MCID)), "")
        elif not isinstance(kid, pikepdf.Dictionary):
            found.text += texts.get((page or 0, int(kid)), "")
    return found


def _texts(pdf: bytes) -> Texts:
    """The text of each piece of marked content, by page and number."""
    found: Texts = {}
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document):
        read = page.get_textpage()
        for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            mark = raw.FPDFPageObj_GetMarkedContentID(one.raw)
            if mark >= 0:
                key = (number, mark)
                found[key] = found.get(key, "") + _text_of(one, read)
    document.close()
    return found


def _text_of(one: Any, read: Any) -> str:
    size = raw.FPDFTextObj_GetText(one.raw, read.raw, None, 0)
    buffer = (c_ushort * (size // 2))()
    raw.FPDFTextObj_GetText(one.raw, read.raw, buffer, size)
    return bytes(buffer).decode("utf-16-le").rstrip("\0")
