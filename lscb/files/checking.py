"""What a file is, by its content, and whether it is one that the portal takes.

Refusals are `RuleBroken` with a sentence for the person who chose the file.
"""

from __future__ import annotations

import pyexpat
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any
from zlib import error as ZlibError

import puremagic
from django.core.files import File

from lscb.common.errors import RuleBroken

FIELD = "file"
MOST_PARTS = 5_000
MOST_UNPACKED = 250_000_000
MOST_RATIO = 200
"""Office files are zip archives: how many parts, bytes and bytes per packed byte one may have before it is a bomb."""

LONGEST_TYPES = 1_000_000
"""Bytes of the list of content types: it names each part in a line."""

MACROS = ("vbaproject", "vbadata", "macrosheets/", "activex/", "basic/", "scripts/")
"""What macros and controls lie in: by the names that Office and OpenDocument give them."""

NAMES = "PDF, Word (DOCX), Excel (XLSX), PowerPoint (PPTX), OpenDocument (ODT, ODS), PNG, JPEG, CSV or TXT"


@dataclass(frozen=True)
class Kind:
    """A kind of file that the portal takes. `proves` raises unless the content is of that kind and harmless."""

    word: str
    content_type: str
    proves: Callable[[File[Any]], None]


def refuse(sentence: str) -> RuleBroken:
    return RuleBroken(sentence, field=FIELD)


def clean_name(name: str) -> str:
    """The name of a file without folders, control characters and characters that turn the reading order round."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C" and letter not in '<>:"|?*')
    stem, dot, ending = " ".join(kept.split()).rstrip(". ").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    return f"{stem[: 150 - len(ending) - 1] or 'file'}{dot}{ending[:10]}"


def kind_of(upload: File[Any], name: str) -> Kind:
    """The kind that the name claims, once the content has proved it."""
    ending = PurePosixPath(name).suffix.lower()
    kind = KINDS.get(ending)
    if kind is None:
        raise refuse(f"The portal does not take files of this kind. Choose a {NAMES} file.")
    upload.seek(0)
    kind.proves(upload)
    upload.seek(0)
    return kind


def _not_a(word: str) -> RuleBroken:
    return refuse(f"The file is not the {word} file that its name says. Open it, save it again as {word}, and retry.")


# -- Pictures, PDF ----------------------------------------------------------------------------------------------------


def _starts_like(word: str, content_type: str) -> Callable[[File[Any]], None]:
    def proves(upload: File[Any]) -> None:
        try:
            found = puremagic.magic_string(upload.read(4096))
        except puremagic.PureError as error:
            raise _not_a(word) from error
        if not any(match.mime_type == content_type and match.offset == 0 for match in found):
            raise _not_a(word)

    return proves


# -- Office ------------------------------------------------------------------------------------------------------------


def _office(word: str, main_part: str) -> Callable[[File[Any]], None]:
    """Office Open XML: its list of content types names the main part."""

    def proves(upload: File[Any]) -> None:
        with _archive(upload, word) as archive:
            types = _short_part(archive, "[Content_Types].xml").decode("utf-8", "replace")
            if "macroenabled" in types.lower():
                raise refuse("The file holds macros. Save it without them and choose it again.")
            if f"{main_part}+xml" not in types:
                raise _not_a(word)

    return proves


def _open_document(word: str, content_type: str) -> Callable[[File[Any]], None]:
    """OpenDocument: its first part says in clear what it is."""

    def proves(upload: File[Any]) -> None:
        with _archive(upload, word) as archive:
            if _short_part(archive, "mimetype").decode("ascii", "replace") != content_type:
                raise _not_a(word)

    return proves


def _short_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of a part that says what the file is; empty where there is none."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(LONGEST_TYPES)


def _archive(upload: File[Any], word: str) -> zipfile.ZipFile:
    """The archive, once every part of it was found harmless."""
    try:
        archive = zipfile.ZipFile(upload)
        _no_bomb(archive)
        for part in archive.infolist():
            _harmless(archive, part)
    except (zipfile.BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise _not_a(word) from error
    return archive


def _no_bomb(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 10_000):
        raise refuse("The file unpacks to far more than its size. Save it again in its own program, or as a PDF.")


def _harmless(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No macros, no document type (which is where entities are declared), and not shorter or longer than it says."""
    name = part.filename.lower()
    if any(f"/{name}".find(f"/{macro}") >= 0 for macro in MACROS):
        raise refuse("The file holds macros. Save it without them and choose it again.")
    with archive.open(part) as content:
        if name.endswith((".xml", ".rels")) and part.file_size:
            _without_document_type(content)
        while content.read(1_000_000):  # to the end, where the checksum is compared
            pass


def _without_document_type(content: IO[bytes]) -> None:
    def declares(*declared: Any) -> None:
        raise refuse("The file declares entities of its own, which can do harm. Save it again in its own program.")

    parser = pyexpat.ParserCreate()  # no handler but this one, so nothing is built or fetched
    parser.StartDoctypeDeclHandler = declares
    try:
        parser.ParseFile(content)
    except pyexpat.ExpatError as error:
        raise ValueError("not well-formed") from error


# -- Text --------------------------------------------------------------------------------------------------------------


def _text(upload: File[Any]) -> None:
    """Text has no control characters but tabs and ends of lines. Windows encoding is text too."""
    content = upload.read()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("The file is in the encoding UTF-16. Save it as “CSV UTF-8” or as text in UTF-8.")
    if any(byte in content for byte in _NEVER_IN_TEXT):
        raise _not_a("text")


_NEVER_IN_TEXT = [bytes([code]) for code in range(32) if code not in (9, 10, 12, 13)]
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

KINDS: dict[str, Kind] = {
    ".pdf": Kind("PDF", "application/pdf", _starts_like("PDF", "application/pdf")),
    ".docx": Kind("Word", f"{_OFFICE}wordprocessingml.document", _office("Word", "wordprocessingml.document.main")),
    ".xlsx": Kind("Excel", f"{_OFFICE}spreadsheetml.sheet", _office("Excel", "spreadsheetml.sheet.main")),
    ".pptx": Kind(
        "PowerPoint",
        f"{_OFFICE}presentationml.presentation",
        _office("PowerPoint", "presentationml.presentation.main"),
    ),
    ".odt": Kind("OpenDocument", f"{_OPEN}text", _open_document("OpenDocument text", f"{_OPEN}text")),
    ".ods": Kind(
        "OpenDocument", f"{_OPEN}spreadsheet", _open_document("OpenDocument spreadsheet", f"{_OPEN}spreadsheet")
    ),
    ".png": Kind("PNG", "image/png", _starts_like("PNG", "image/png")),
    ".jpg": Kind("JPEG", "image/jpeg", _starts_like("JPEG", "image/jpeg")),
    ".jpeg": Kind("JPEG", "image/jpeg", _starts_like("JPEG", "image/jpeg")),
    ".csv": Kind("CSV", "text/csv", _text),
    ".txt": Kind("text", "text/plain", _text),
}
