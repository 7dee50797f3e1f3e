"""Real files, and real bad ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import docx
import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

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


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


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
