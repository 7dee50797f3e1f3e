"""The report of the demonstration holds what was published, and what its commands give agrees with it."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import page
import pikepdf
import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from lxml import html
from openpyxl import load_workbook

from boards.engagement.services import FACTS, change_event
from boards.models import EngagementEvent
from lscb.common.chapters import Chart
from lscb.demo.load import AS_AT, YEAR
from lscb.reports.content import Content, from_json
from lscb.reports.formats import as_docx, as_xlsx
from lscb.reports.gathering import gather
from lscb.reports.models import AnnualReport
from lscb.reports.printing import document
from lscb.reports.words import facts_named_in

from .published import PUBLISHED
from .reading import (
    all_of_word,
    chapters_of_page,
    chapters_of_pdf,
    chapters_of_word,
    chapters_of_workbook,
    one_line,
    stands_in,
)
from .structure import tags

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def text_of(pdf: bytes) -> str:
    return "\n".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_every_figure_stands_in_its_chapter_in_every_format(
    demo_report: AnnualReport, demo_board: dict[str, Any], client: Client
) -> None:
    """What was published, and every cell of every table. The workbook has no sentences: there a fact stands among the
    facts, and a row in its table."""
    content = from_json(demo_report.content)
    client.force_login(demo_board["chair"])
    preview = client.get(reverse("reports:report_preview", args=[demo_report.pk])).content.decode()
    with demo_report.pdf.open("rb") as file:
        pdf = file.read()
    workbook = as_xlsx(content)
    formats = {
        "PDF": chapters_of_pdf(pdf, content),
        "page": chapters_of_page(preview, content),
        "Word": chapters_of_word(as_docx(content), content),
        "workbook": chapters_of_workbook(workbook, content),
    }
    missing = [
        f"{name}, {line}"
        for name, chapters in formats.items()
        for line in PUBLISHED
        if not stands_in(chapters[line.chapter], line.words) and not (name == "workbook" and line.fact)
    ]
    assert missing == []
    facts = dict(content.facts())
    assert [str(line) for line in PUBLISHED if line.fact and facts[line.fact].shown not in " ".join(line.words)] == []
    rows = load_workbook(io.BytesIO(workbook))["Facts"].iter_rows(min_row=2, values_only=True)
    assert {row[0]: row[2] or "" for row in rows} == {name: fact.shown for name, fact in facts.items()}
    assert len(PUBLISHED) > 200
    assert "24.8%" not in " ".join(formats["PDF"].values())
    cells = set(_cells(content))
    figures = {(chapter.slug, figure.shown) for chapter in content.chapters for figure in chapter.figures}
    different = [
        (name, slug, text)
        for name, chapters in formats.items()
        for slug, text in sorted(cells | (set() if name == "workbook" else figures))
        if not stands_in(chapters[slug], (one_line(text),))
    ]
    assert different == []
    assert len(cells) > 700


def _cells(content: Content) -> Iterator[tuple[str, str]]:
    for chapter in content.chapters:
        for table in chapter.tables():
            for row in [*table.rows, *([table.total] if table.total else [])]:
                yield from ((chapter.slug, cell) for cell in row if cell)


def test_the_tags_of_the_pdf_read_as_the_report_does(demo_report: AnnualReport) -> None:
    """One title, no level of heading left out, bookmarks as headings, every table with its headings, every picture with
    its words, and the text in the order of the page."""
    with demo_report.pdf.open("rb") as file:
        pdf = file.read()
    content = from_json(demo_report.content)
    tree = tags(pdf)
    every = list(tree.every())
    headings = [(int(one.kind[1]), one.whole_text) for one in every if re.fullmatch(r"H[1-6]", one.kind)]
    assert [text for level, text in headings if level == 1] == [f"Annual report {demo_report.year}"]
    assert [text for level, text in headings if level == 2] == ["Contents", *(one.title for one in content.chapters)]
    assert all(below <= above + 1 for (above, _), (below, _) in pairwise(headings))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        with opened.open_outline() as outline:
            marks = [(level, str(mark.title)) for level, mark in _bookmarks(outline.root)]
        actions = [link.get("/A", {}) for each in opened.pages for link in each.get("/Annots", [])]
        links = {str(action.URI) for action in actions if "/URI" in action}
        assert str(opened.Root.Lang) == "en-GB"
        assert str(opened.docinfo["/Title"]).startswith(f"Annual report {demo_report.year}")
    titles = {section.title for chapter in content.chapters for section in chapter.sections if section.title}
    assert marks == [one for one in headings if one[0] == 2 or one[1] in titles]
    assert {f"{content.figures_url}#{chapter.slug}" for chapter in content.chapters if chapter.facts} <= links
    for table in (one for one in every if one.kind == "Table"):
        rows = [one for one in table.every() if one.kind == "TR"]
        assert {kid.kind for kid in rows[0].kids} == {"TH"}, "the first row heads the columns"
        assert all(row.kids[0].kind == "TH" for row in rows), "the first cell heads its row"
    pictures = [one.alternative for one in every if one.kind == "Figure"]
    charts = [block for chapter in content.chapters for section in chapter.sections for block in section.blocks]
    assert pictures == [f"{one.title}. {one.description}" for one in charts if isinstance(one, Chart)]
    assert _letters(" ".join(tree.read_aloud())) == _letters(_on_the_page(document(content).html))
    assert page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1).is_compliant


def _bookmarks(marks: Any, level: int = 2) -> Iterator[tuple[int, Any]]:
    for mark in marks:
        yield level, mark
        yield from _bookmarks(mark.children, level + 1)


def _on_the_page(text: str) -> str:
    return " ".join(html.fromstring(text).find("body").itertext())


def _letters(text: str) -> str:
    """Letters alone, as a reader hears them: no spaces, no bullets, no numbers of pages."""
    return re.sub(r"[\W\d_]+", "", text)


def test_libreoffice_opens_the_word_document_with_all_that_it_says(demo_report: AnnualReport, tmp_path: Path) -> None:
    """Written again as a tagged PDF it has the same headings, figures and alternative texts."""
    if SOFFICE is None:
        pytest.fail("LibreOffice Writer is not installed. `make test` installs it (.ci/packages tests).")
    content = from_json(demo_report.content)
    made = tmp_path / "report.docx"
    made.write_bytes(as_docx(content))
    tagged = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'
    done = subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{tmp_path / 'home'}", "--headless", "--convert-to", tagged,
         "--outdir", str(tmp_path / "out"), str(made)],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "out" / "report.pdf").read_bytes()
    every = list(tags(written).every())
    assert _said(" ".join(one.text for one in every)) == _said(all_of_word(made.read_bytes()))
    assert [one.whole_text for one in every if one.kind == "H1"] == [chapter.title for chapter in content.chapters]
    blocks = [block for chapter in content.chapters for section in chapter.sections for block in section.blocks]
    told = [f"{one.title}. {one.description}" for one in blocks if isinstance(one, Chart)]
    assert [one.alternative for one in every if one.kind == "Figure" and one.alternative] == told


def _said(text: str) -> str:
    """Letters and digits alone: lines break elsewhere."""
    return re.sub(r"\W+", "", text)


def test_a_build_after_one_changed_figure_differs_only_where_it_stands(
    demo_report: AnnualReport, demo_board: dict[str, Any]
) -> None:
    event = EngagementEvent.objects.get(title="Safeguarding Week")
    known = {name: getattr(event, name) for name in FACTS} | {"evaluations": 143}
    themes = list(event.themes.all())
    change_event(event=event, version=event.version, themes=themes, by=demo_board["manager"], **known)
    before, after = from_json(demo_report.content), gather(year=YEAR, number=1, as_at=AS_AT)
    pages = [document(content).html.splitlines() for content in (before, after)]
    changed = [(one, other) for one, other in zip(*pages, strict=True) if one != other]
    assert [one.replace("138", "143") for one, _ in changed] == [other for _, other in changed]
    assert len(changed) == 2, "the sentence that names it and its cell in the table"
    facts = dict(after.facts())
    assert [name for name, fact in before.facts() if facts[name] != fact] == ["engagement.evaluations"]


def test_every_fact_is_printed_by_name(demo_board: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("report_facts", "2016-17", as_at="2017-06-30")
    facts = json.loads(capsys.readouterr().out)
    assert [line.fact for line in PUBLISHED if line.fact and facts[line.fact]["shown"] not in str(line)] == []
    assert facts["dataset.looked_after"]["value"] == 542
    assert facts["dataset.missing_medium.share"]["base"] == 1039
    assert all(fact["source"] for name, fact in facts.items() if name.startswith("dataset."))


def test_the_command_builds_and_writes_the_pdf(
    demo_board: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "new" / "report.pdf"
    call_command("build_report", "2016-17", output=output, as_at="2017-06-30")
    assert "542" in text_of(output.read_bytes())
    assert "100%" in capsys.readouterr().out
    first = output.read_bytes()
    call_command("build_report", "2016-17", output=output)
    assert output.read_bytes() == first, "the same records give the same report"
    assert AnnualReport.objects.count() == 1


@pytest.mark.parametrize(
    "year, as_at, sentence", [("2016-18", None, "not a financial year"), ("2016-17", "2016-04-30", "no edition")]
)
def test_what_cannot_be_built_is_refused_with_a_sentence(
    year: str, as_at: str | None, sentence: str, demo_board: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("build_report", year, output=tmp_path / "report.pdf", as_at=as_at)
    assert not (tmp_path / "report.pdf").exists()


def test_the_words_of_the_demonstration_name_their_figures() -> None:
    folder = Path(__file__).resolve().parents[2] / "lscb" / "demo" / "data" / "words"
    named = [fact for path in folder.glob("*.md") for fact in facts_named_in(path.read_text(encoding="utf-8"))]
    assert len(named) > 20
