from __future__ import annotations

import io
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import page
import pikepdf
import pypdf
import pytest

from lscb.common.chapters import Chapter, Section, Text
from lscb.common.errors import RuleBroken
from lscb.common.pdf import BASE, Printed, PrintFetcher, print_pdf
from lscb.reports.gathering import gather
from lscb.reports.printing import Approval, document

from .samples import AS_AT, BOARD, YEAR, a_content

SECRET = "secret"


@pytest.fixture
def printed(words: None) -> Printed:
    finished = document(gather(year=YEAR, number=1, as_at=AS_AT))
    return print_pdf(finished.html, pictures=finished.pictures, identifier="1")


def test_the_pdf_is_tagged_and_says_what_it_is(printed: Printed) -> None:
    with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en-GB"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.docinfo["/Title"] == "Annual report 2016-17, Southampton Local Safeguarding Children Board"
        assert pdf.docinfo["/Author"] == "Southampton Local Safeguarding Children Board"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        elements = list(_elements(pdf.Root.StructTreeRoot))
        cells = [element for element in elements if element.get("/S") == "/TD"]
        assert cells
        assert all(len(cell.A.Headers) == 2 for cell in cells), "each cell names its column and its row"
    kinds = [str(element.S) for element in elements if "/S" in element]
    figures = [element for element in elements if element.get("/S") == "/Figure"]
    assert [str(figure.Alt) for figure in figures] == [
        "Children looked after at the end of each quarter. It falls from 611 to 542."
    ]
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Caption", "/L", "/LI", "/Link"} <= set(kinds)


def test_the_rules_of_pdf_ua_hold(printed: Printed) -> None:
    report = page.validate_pdf_bytes(printed.pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.is_compliant


def test_the_text_holds_the_figures_and_the_running_heads(printed: Printed) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed.pdf))
    pages = [page.extract_text() for page in reader.pages]
    text = "\n".join(pages)
    for figure in ("611", "542", "-11.3%", "1,039", "83.0%", "Draft, not approved", "30 June 2017"):
        assert figure in text
    assert text.count("{{") == 1, "what comes from records is printed as it is, words have their facts"
    assert "Ask about re-entries * {{ not.a_fact }} <b>" in text
    assert len(pages) == printed.pages == 7
    assert "Southampton LSCB" in pages[4]
    assert [item.title for item in reader.outline if not isinstance(item, list)] == [
        "Contents",
        "Introduction by the independent chair",
        "The board",
        "Southampton’s children",
        "Contacts",
    ]


def test_the_same_content_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    program = (
        "import django, hashlib; django.setup()\n"
        "from lscb.common.pdf import print_pdf\n"
        "from lscb.reports.printing import document\n"
        "from tests.reports.samples import CHILDREN, a_content\n"
        "finished = document(a_content(CHILDREN))\n"
        "pdf = print_pdf(finished.html, pictures=finished.pictures, identifier='1').pdf\n"
        "print(hashlib.sha256(pdf).hexdigest())"
    )
    environment = {"PORTAL_MODE": "test", "DJANGO_SETTINGS_MODULE": "lscb.settings", "DATA_DIR": str(tmp_path)}
    root = Path(__file__).resolve().parents[2]

    def run(seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env={**environment, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    assert run("1") == run("2")


def test_an_approved_report_says_so_on_its_cover() -> None:
    finished = document(a_content(), approval=Approval("independent chair", AS_AT))
    assert "Approved by the independent chair on 30 June 2017" in finished.html
    assert "Draft" not in finished.html


def test_words_cannot_bring_markup_into_the_document() -> None:
    chapter = Chapter("x", "<b>Title</b>", sections=(Section("A <i>", (Text("<script>alert(1)</script>"),)),))
    html = document(a_content(BOARD, chapter, headline="<iframe src=x>")).html
    assert "<script" not in html
    assert "<iframe" not in html
    assert "<b>Title" not in html


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.css",
        "https://example.org/x.css",
        "ftp://example.org/x.css",
        "file:///etc/passwd",
        f"{BASE}css/report.css/../../../../etc/passwd",
        f"{BASE}../../pyproject.toml",
        f"{BASE}%2e%2e/secret.css",
        f"{BASE}/etc/passwd",
        f"{BASE}css/missing.css",
        f"{BASE}js/portal.js",
        "https://report.invalid.example.org/css/report.css",
        "data:text/html,<script>alert(1)</script>",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_nothing_else_is_fetched(address: str) -> None:
    fetcher = PrintFetcher(frozenset({"data:image/svg+xml,own"}))
    for fetch in (fetcher.fetch, fetcher.open, fetcher):
        with pytest.raises(ValueError, match=r"document|style or font"):
            fetch(address)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "build", tmp_path / "outside.css"
    root.mkdir()
    outside.write_text(SECRET)
    (root / "inside.css").symlink_to(outside)
    with pytest.raises(ValueError, match="no style or font"):
        PrintFetcher(root=root).fetch(f"{BASE}inside.css")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<img src="file:///etc/passwd" alt="x">',
        '<link rel="stylesheet" href="//127.0.0.1:9/x.css">',
        '<style>@import url("https://example.org/x.css");</style>',
        "<p style=\"background: url('file:///etc/passwd')\">x</p>",
        '<object data="http://127.0.0.1:9/x.svg"></object>',
    ],
)
def test_a_document_that_asks_for_anything_else_is_not_printed(markup: str) -> None:
    with pytest.raises(RuleBroken, match="may fetch only its own"):
        print_pdf(f"<html lang=en><title>x</title>{markup}", pictures=frozenset(), identifier="1")


def test_memory_is_limited_while_rendering_and_free_again_after(settings: Any) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    seen = []
    settings.RENDER_MEMORY_BYTES = 3_000_000_000
    finished = document(a_content())

    def on_page(step: str, page: int) -> None:
        seen.append(resource.getrlimit(resource.RLIMIT_DATA)[0])

    print_pdf(finished.html, pictures=finished.pictures, identifier="1", on_page=on_page)
    assert set(seen) == {3_000_000_000}
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_rendering_that_takes_too_long_is_stopped(settings: Any) -> None:
    settings.CELERY_TASK_SOFT_TIME_LIMIT = -1
    finished = document(a_content())
    with pytest.raises(RuleBroken, match="took longer"):
        print_pdf(finished.html, pictures=finished.pictures, identifier="1")


def _elements(element: Any) -> Any:
    """All structure elements below one, depth first."""
    kids = element.get("/K")
    if kids is None:
        return
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid)
