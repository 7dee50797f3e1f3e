"""Only harmless files of known kinds come in, and they go out only to who may see them."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image, ImageChops, ImageOps, ImageStat

from lscb.accounts.permissions import Permission
from lscb.accounts.roles import AgencyLead, BoardManager, GroupMember, LayMember, Professional, TechnicalAdministrator
from lscb.common.errors import RuleBroken
from lscb.files.checking import clean_name
from lscb.files.models import Attachment
from lscb.files.services import store_attachment
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory, person

from . import crafting as c


@pytest.fixture(autouse=True)
def _db(db: None) -> None:
    """All of these use the database."""


def store(name: str, content: bytes, **more: Any) -> Attachment:
    more.setdefault("permission", Permission.READ_BOARD)
    return store_attachment(upload=c.upload(name, content), by=None, **more)


GOOD: list[tuple[str, bytes, str]] = [
    ("minutes.pdf", c.pdf(), "application/pdf"),
    ("Minutes.DOCX", c.word(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("figures.xlsx", c.excel(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("slides.pptx", c.powerpoint(), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("minutes.odt", c.open_document(c.ODT), c.ODT),
    ("figures.ods", c.open_document(c.ODS), c.ODS),
    ("chart.png", c.png(), "image/png"),
    ("photo.jpeg", c.jpeg(), "image/jpeg"),
    ("figures.csv", "name,£\nZoë,5".encode("cp1252"), "text/csv"),
    ("notes.txt", "Zoë\tsaid\r\n".encode(), "text/plain"),
]


@pytest.mark.parametrize("name, content, content_type", GOOD, ids=[name for name, _, _ in GOOD])
def test_good_files_come_in_byte_for_byte(name: str, content: bytes, content_type: str, settings: Any) -> None:
    attachment = store(name, content)
    attachment.refresh_from_db()
    with attachment.file.open("rb") as kept:
        assert kept.read() == content
    assert (attachment.content_type, attachment.size) == (content_type, len(content))
    assert attachment.sha256 == hashlib.sha256(content).hexdigest()
    assert attachment.original_name == name
    assert "." not in attachment.file.name, "the name on the disk tells nothing"
    assert name.split(".")[0].lower() not in attachment.file.name
    assert Event.objects.of(attachment).get().verb == "uploaded"
    call_command("check_data")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jpg", c.photograph()), ("turned.jpg", c.photograph(orientation=6)), ("a.png", c.png_with_words())],
)
def test_a_picture_is_kept_without_where_it_was_taken(name: str, content: bytes) -> None:
    assert c.PLACE in content
    attachment = store(name, content)
    with attachment.file.open("rb") as kept:
        inside = kept.read()
    assert c.PLACE not in inside
    assert (attachment.size, attachment.sha256) == (len(inside), hashlib.sha256(inside).hexdigest())
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(inside)) as after:
        expected = ImageOps.exif_transpose(before)  # as people saw it
        assert (after.size, after.getexif().get(0x0112)) == (expected.size, None)
        difference = ImageChops.difference(expected.convert("RGB"), after.convert("RGB"))
    assert max(ImageStat.Stat(difference).mean) < 4
    call_command("check_data")


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
MACRO_TYPES = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
BAD: list[tuple[str, bytes, str]] = [
    ("empty.pdf", b"", "is empty"),
    ("program.exe", b"MZ\x90\0", "does not take files of this kind"),
    ("page.html", b"<script>alert(1)</script>", "does not take files of this kind"),
    ("picture.svg", b"<svg onload='alert(1)'/>", "does not take files of this kind"),
    ("report.pdf.exe", c.pdf(), "does not take files of this kind"),
    ("report", c.pdf(), "does not take files of this kind"),
    ("report.docm", c.word(), "does not take files of this kind"),
    ("page.pdf", b"<html><script>alert(1)</script></html>", "is not the PDF file"),
    ("late.pdf", b"<script></script>" + c.pdf(), "is not the PDF file"),
    ("program.png", b"MZ\x90\0", "is not the PNG file"),
    ("other.jpg", c.png(), "is not the JPEG file"),
    ("torn.jpg", c.jpeg()[:200], "cannot be read"),
    ("torn.png", c.png()[:40], "cannot be read"),
    ("figures.docx", c.excel(), "is not the Word file"),
    ("minutes.xlsx", c.word(), "is not the Excel file"),
    ("archive.docx", c.archive({"a.txt": b"a"}), "is not the Word file"),
    ("text.docx", b"just text", "is not the Word file"),
    ("torn.docx", c.word()[:-200], "is not the Word file"),
    ("figures.odt", c.open_document(c.ODS), "is not the OpenDocument text file"),
    ("binary.csv", b"a,b\0c", "is not the text file"),
    ("unicode.csv", "a,b".encode("utf-16"), "UTF-16"),
    ("macro.docx", c.with_part(c.word(), "word/vbaProject.bin", b"macro"), "holds macros"),
    ("macro.xlsx", c.with_part(c.excel(), "xl/macrosheets/sheet1.xml", b"<x/>"), "holds macros"),
    ("hidden.docx", c.with_part(c.word(), "[Content_Types].xml", MACRO_TYPES), "holds macros"),
    ("macro.odt", c.with_part(c.open_document(c.ODT), "Basic/Standard/Module1.xml", b"<x/>"), "holds macros"),
    ("entities.docx", c.with_part(c.word(), "word/document.xml", ENTITIES), "declares entities"),
    (
        "entities16.xlsx",
        c.with_part(c.excel(), "xl/workbook.xml", ENTITIES.decode().encode("utf-16")),
        "declares entities",
    ),
    ("entities.ods", c.with_part(c.open_document(c.ODS), "content.xml", ENTITIES), "declares entities"),
    ("bomb.docx", c.with_part(c.word(), "word/media/picture.bin", b"\0" * 60_000_000), "unpacks to far more"),
    ("bomb.xlsx", c.with_part(c.excel(), "xl/worksheets/sheet1.xml", b" " * 60_000_000), "unpacks to far more"),
    ("lying.docx", c.lying_about_its_size(c.word()), "is not the Word file"),
    ("many.docx", c.with_part(c.archive({f"{n}.txt": b"" for n in range(5001)}), "a", b""), "unpacks to far more"),
]


@pytest.mark.parametrize("name, content, sentence", BAD, ids=[name for name, _, _ in BAD])
def test_bad_files_stay_outside(name: str, content: bytes, sentence: str, settings: Any) -> None:
    with pytest.raises(RuleBroken, match=sentence) as refused:
        store(name, content)
    assert refused.value.field == "file"
    assert not Attachment.objects.exists()
    assert not settings.MEDIA_ROOT.exists()


def test_a_file_that_is_too_large_is_told_the_limit(settings: Any) -> None:
    settings.FILE_LARGEST_BYTES = 2 * 1024 * 1024
    with pytest.raises(RuleBroken, match=r"larger than 2\.0 MB"):
        store("large.txt", b"a" * (2 * 1024 * 1024 + 1))


def infected(file: Any) -> str:
    return "EICAR" if b"EICAR" in file.read() else ""


def broken_scanner(file: Any) -> str:
    raise ConnectionError


def test_what_the_scanner_finds_stays_outside(settings: Any) -> None:
    settings.FILE_SCANNER = f"{__name__}.infected"
    with pytest.raises(RuleBroken, match="scanner found something"):
        store("a.txt", b"X5O!P EICAR")
    assert store("b.txt", b"harmless").size == 8


def test_without_an_answer_of_the_scanner_nothing_comes_in(settings: Any) -> None:
    settings.FILE_SCANNER = f"{__name__}.broken_scanner"
    with pytest.raises(RuleBroken, match="could not be checked"):
        store("a.txt", b"harmless")


@pytest.mark.parametrize(
    "given, kept",
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\report.pdf", "report.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie b.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        (".pdf", "file.pdf"),
        ("Zoe\u0308.pdf", "Zoë.pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_file_that_an_agency_holds_for_itself_must_say_whose_it_is() -> None:
    with pytest.raises(ValueError, match="belongs to an agency"):
        store("a.txt", b"a", permission=Permission.READ_OWN_RETURNS)


@pytest.mark.parametrize("wrong", [{"permission": ""}, {"size": 0}, {"agency": True, "group": "meg"}], ids=str)
def test_the_database_refuses_what_must_not_be(wrong: dict[str, Any]) -> None:
    if wrong.get("agency"):
        wrong = {**wrong, "agency": AgencyFactory()}
    fields = {"original_name": "a.txt", "size": 1, "permission": Permission.READ_BOARD, **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.create(**fields)


def test_who_sees_which_files() -> None:
    agency = AgencyFactory()
    of_agency = store("a.txt", b"a", permission=Permission.READ_OWN_RETURNS, agency=agency)
    of_group = store("b.txt", b"b", group="meg")
    of_board = store("c.txt", b"c")
    of_case = store("d.txt", b"d", permission=Permission.READ_CASE_REVIEWS)
    seen = {
        "lead": person(AgencyLead, agency=agency),
        "other lead": person(AgencyLead),
        "member": person(GroupMember, group="meg"),
        "other member": person(GroupMember, group="cdop"),
        "lay": person(LayMember),
        "manager": person(BoardManager),
        "outsider": person(Professional),
        "technical": person(TechnicalAdministrator),
    }
    assert {who: set(Attachment.objects.visible_to(user)) for who, user in seen.items()} == {
        "lead": {of_agency},
        "other lead": set(),
        "member": {of_group, of_board},
        "other member": {of_board},
        "lay": {of_group, of_board},
        "manager": {of_group, of_board, of_case},  # what an agency attached is read with its return, once that is sent
        "outsider": set(),
        "technical": set(),
    }


def test_a_download_never_opens_in_the_browser_and_is_on_the_trail(client: Client) -> None:
    attachment = store("Minutes Zoë.txt", b"<script>alert(1)</script>")
    reader = person(LayMember)
    client.force_login(reader)
    response = client.get(attachment.get_absolute_url())
    assert response.getvalue() == b"<script>alert(1)</script>"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "text/plain"
    event = Event.objects.of(attachment).first()
    assert event is not None
    assert (event.verb, event.actor_key) == ("downloaded", str(reader.pk))
    assert "Zoë" not in event.target, "names of files may tell who a child was"


def test_out_of_scope_does_not_exist(client: Client) -> None:
    attachment = store("a.txt", b"a")
    client.force_login(person(Professional))
    assert client.get(attachment.get_absolute_url()).status_code == 404
    client.logout()
    assert client.get(attachment.get_absolute_url()).status_code == 302
    assert Event.objects.of(attachment).count() == 1


def test_a_file_that_was_exchanged_or_lost_is_found(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    for name in ("a.txt", "b.txt"):
        store(name, b"original")
    exchanged, lost = Attachment.objects.all()
    (settings.MEDIA_ROOT / exchanged.file.name).write_bytes(b"another!")
    (settings.MEDIA_ROOT / lost.file.name).unlink()
    with pytest.raises(SystemExit):
        call_command("check_data")
    told = capsys.readouterr().err
    assert f"{exchanged.pk} is not what was uploaded" in told
    assert f"{lost.pk} is missing" in told
