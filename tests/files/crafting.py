"""Real files, and real bad ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import docx
import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main"


def word() -> bytes:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Minutes")
    document.save(out)
    return out.getvalue()


def excel() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def archive(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def powerpoint() -> bytes:
    types = f'<Types><Override PartName="/ppt/presentation.xml" ContentType="{PRESENTATION}+xml"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), "ppt/presentation.xml": b"<p/>"})


def open_document(content_type: str) -> bytes:
    return archive({"mimetype": content_type.encode(), "content.xml": b"<office/>"})


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg(**more: Any) -> bytes:
    """Red above blue; `more` is what else a camera writes."""
    out = io.BytesIO()
    picture = Image.new("RGB", (64, 128), "red")
    picture.paste("blue", (0, 64, 64, 128))
    picture.save(out, format="JPEG", quality=95, **more)
    return out.getvalue()


PLACE = b"50.9097 N, 1.4044 W"
"""What a camera knew of where it was."""


def photograph(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = PLACE.decode(), orientation
    return jpeg(exif=exif, comment=PLACE, xmp=PLACE)


def png_with_words() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Location", PLACE.decode())
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, format="PNG", pnginfo=words)
    return out.getvalue()


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def with_part(original: bytes, name: str, content: bytes) -> bytes:
    """An archive with one more part, or with that part replaced."""
    with zipfile.ZipFile(io.BytesIO(original)) as source:
        parts = {part: source.read(part) for part in source.namelist()}
    return archive({**parts, name: content})


def lying_about_its_size(original: bytes) -> bytes:
    """A bomb whose directory says that it unpacks to next to nothing."""
    bomb = with_part(original, "word/media/picture.bin", b"\0" * 40_000_000)
    return bomb.replace(struct.pack("<I", 40_000_000), struct.pack("<I", 100))


def upload(name: str, content: bytes, claimed: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=claimed)
