"""The names of things are switched, and nowhere does the portal itself say an old one (domain: "Words").

What people wrote, and what was published before, keeps its words: every text that lies in the database is left aside,
and so are addresses (`/board/`) and the adults' board, which is another body and still called so.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.periods import FinancialYear
from lscb.demo.load import AS_AT
from lscb.installation.mails import MAILS
from lscb.installation.services import name_things
from lscb.reports.formats.word import as_docx
from lscb.reports.gathering import gather
from lscb.reports.models import AnnualReport, ReportWords
from lscb.reports.printing import document
from tests.house.access_table import DOORS
from tests.house.test_access import records  # noqa: F401
from tests.house.test_floors import FLOOR_OF
from tests.journeys.test_every_page import READERS, WITHOUT_SIGNING_IN

NEW = {
    "board_name": "Exampleshire Safeguarding Children Partnership",
    "board_short_name": "Exampleshire SCP",
    "board_email": "team@partnership.example.org",
    "board": "partnership",
    "case_review": "local child safeguarding practice review",
    "death_panel": "child death review partners",
    "death_panel_short": "CDR",
}
OLD = re.compile(
    r"Southampton Local Safeguarding|Southampton LSCB|board\.team@|Child Death Overview|\bCDOP\b"
    r"|(?<!adults’ )(?<!adults )\bboards?\b|serious case reviews?",
    re.IGNORECASE,
)
READ_ALOUD = ("alt", "title", "aria-label", "placeholder", "content")
AN_EDITION = ("reports:report_preview", "reports:report_download", "reports:report_figures", "published:figures")
AS_IT_WAS = ("installation:", "api_guide", "boards:library_file", *AN_EDITION)
"""Pages that tell the old names beside the new, the description for programs, which keeps the names of the code, files
of people, and an edition built before."""

PUBLISHED = ("challenges:", "boards:challenge_preview")
RAISED_BY = "The board"
"""As a published challenge keeps it."""

NO_WORDS = re.compile(r"\{\{[^{}]*\}\}|https?://\S+|mailto:\S+")
"""Names of facts, and addresses."""


class Said(HTMLParser):
    """The texts of a page, seen and read aloud; forms hold what people typed."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        self.texts += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "textarea"} & set(self.inside[-2:]):
            self.texts.append(data)


def texts_of(response: Any) -> list[str]:
    """What a page or file says."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.get("Content-Type", "")
    if kind.startswith("text/html"):
        said = Said()
        said.feed(content.decode())
        return said.texts
    return file_says(content, kind)


def file_says(content: bytes, kind: str) -> list[str]:
    if content.startswith(b"%PDF"):
        with pypdfium2.PdfDocument(content) as pdf:
            return [page.get_textpage().get_text_bounded() for page in pdf]
    if "wordprocessing" in kind:
        word = docx.Document(io.BytesIO(content))
        cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        return [*(paragraph.text for paragraph in word.paragraphs), *cells, word.core_properties.author]
    if "spreadsheet" in kind:
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    return [content.decode(errors="replace")] if kind.startswith("text/") else []


def plain(text: str) -> str:
    return " ".join(text.split())


def written_by_people() -> list[re.Pattern[str]]:
    """Every piece of a text in the database that holds an old word, the longest first, however a page breaks it."""
    found: set[str] = set()
    for app in FLOOR_OF:
        for model in apps.get_app_config(app).get_models():
            kept = [
                field.name
                for field in model._meta.fields
                if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
            ]
            for row in model._default_manager.values_list(*kept) if kept else ():
                texts = (text for value in row for text in strings(value) if OLD.search(text))
                found |= {plain(piece) for text in texts for piece in PIECE.split(text) if OLD.search(piece)}
    pieces = sorted((piece for piece in found if " " in piece and piece != RAISED_BY), key=len, reverse=True)
    return [anyhow(piece) for piece in pieces]


PIECE = re.compile(r"[\n*_#>]+|(?<=[.:?!])\s")


def anyhow(text: str) -> re.Pattern[str]:
    return re.compile(r"[\s¶]+".join(re.escape(word) for word in text.split()))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def old_words(texts: list[str], written: list[re.Pattern[str]]) -> list[str]:
    """Where the portal itself says an old word, with what stands around it."""
    said = plain(NO_WORDS.sub("…", " ¶ ".join(texts).replace("\r\n ", "")))
    if not OLD.search(said):
        return []
    for text in written:
        said = text.sub("…", said)
    return [said[max(0, match.start() - 60) : match.end() + 30] for match in OLD.finditer(said)]


@pytest.fixture
def switched(demo_board: dict[str, User], demo_report: AnnualReport, records: dict[str, Any]) -> Any:  # noqa: F811
    """The names are switched and the words of the report taken out; gives what else people wrote before."""
    name_things(version=0, by=demo_board["manager"], **NEW)
    ReportWords.objects.all().delete()
    return written_by_people()


@pytest.mark.long
def test_no_page_says_an_old_word(
    demo_board: dict[str, User],
    records: dict[str, dict[str, Any]],  # noqa: F811
    switched: list[re.Pattern[str]],
    settings: Any,
) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    clients = {mailbox: Client() for mailbox in READERS}
    for mailbox, client in clients.items():
        client.force_login(demo_board[mailbox])
    faults = []
    for name, door in DOORS.items():
        if door.writes or name.startswith(("api:", *AS_IT_WAS)):
            continue
        reader = clients[next(mailbox for mailbox in READERS if mailbox in door.inside)]
        response = reader.get(reverse(name, kwargs=records[door.of]))
        written = [*switched, anyhow(RAISED_BY)] if name.startswith(PUBLISHED) else switched
        faults += [f"{name}: {found}" for found in old_words(texts_of(response), written)]
    for address in WITHOUT_SIGNING_IN:
        faults += [f"{address}: {found}" for found in old_words(texts_of(Client().get(address)), switched)]
    log = texts_of(Client().get(reverse("challenges:log")))
    faults += old_words(log, [*switched, anyhow(RAISED_BY)])
    assert faults == [], "\n".join(faults)


def test_neither_report_nor_e_mail_says_an_old_word(switched: list[re.Pattern[str]]) -> None:
    content = gather(year=FinancialYear(2016), number=9, as_at=AS_AT)
    said = Said()
    said.feed(document(content).html)
    texts = [*said.texts, *file_says(as_docx(content), "wordprocessing")]
    assert old_words(texts, switched) == []
    for mail in MAILS:
        assert old_words([mail.preview()], switched) == []
        assert NEW["board_name"] in mail.preview()
