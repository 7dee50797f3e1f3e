"""The report of the demonstration holds what was published, and what its commands give agrees with it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import page
import pypdf
import pytest
from django.core.management import CommandError, call_command
from docx import Document
from openpyxl import load_workbook

from lscb.common.chapters import Chart, Picture
from lscb.reports.content import from_json
from lscb.reports.formats import as_docx, as_xlsx
from lscb.reports.models import AnnualReport, State
from lscb.reports.words import facts_named_in

PUBLISHED = {
    "dataset.looked_after.first": "611",
    "dataset.looked_after": "542",
    "dataset.looked_after.change_in_year": "-11.3%",
    "dataset.looked_after.rate": "110",
    "dataset.looked_after.neighbours": "76",
    "dataset.looked_after.region": "52",
    "dataset.looked_after.england": "60",
    "dataset.child_protection_plan.rate": "67",
    "dataset.missing_episodes.year": "1,039",
    "dataset.missing_high.share": "5.0%",
    "dataset.missing_medium.share": "83.0%",
    "dataset.missing_low.share": "0.2%",
    "dataset.missing_absent.share": "11.8%",
    "dataset.cin_referrals.two_years_before": "4,594",
    "dataset.cin_referrals.year_before": "4,091",
    "dataset.cin_referrals.year_before_change": "-10.9%",
    "dataset.cin_referrals.year": "3,595",
    "dataset.cin_referrals.year_change": "-12.1%",
    "dataset.neet.change_on_year": "new definition",
    "dataset.under_19": "24.6%",
    "challenges.raised": "45",
    "audits.audits": "4",
    "audits.cases_domestic_abuse": "7",
    "audits.cases_out_of_area_placements": "3",
    "finances.core": "£131,453",
    "finances.learning": "£20,144",
}


def text_of(pdf: bytes) -> str:
    return "\n".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_pdf_holds_the_published_figures_and_the_rules_of_pdf_ua(demo_report: AnnualReport) -> None:
    assert demo_report.life == State.READY
    with demo_report.pdf.open("rb") as file:
        pdf = file.read()
    text = text_of(pdf)
    assert [figure for figure in PUBLISHED.values() if figure not in text] == []
    assert "24.8%" not in text
    assert page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1).is_compliant


def test_every_published_figure_is_the_same_in_word_document_and_tables(demo_report: AnnualReport) -> None:
    content = from_json(demo_report.content)
    document = Document(io.BytesIO(as_docx(content)))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    word = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    assert [figure for figure in PUBLISHED.values() if figure not in word] == []
    pictures = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    sections = [section for chapter in content.chapters for section in chapter.sections]
    charts = [block for section in sections for block in section.blocks if isinstance(block, Chart | Picture)]
    assert len(pictures) == len(charts) > 0
    assert all(pictures)
    facts = load_workbook(io.BytesIO(as_xlsx(content)))["Facts"]
    printed = {row[0]: row[2] for row in facts.iter_rows(values_only=True)}
    assert {name: printed[name] for name in PUBLISHED} == PUBLISHED


def test_every_fact_is_printed_by_name(demo_board: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("report_facts", "2016-17", as_at="2017-06-30")
    facts = json.loads(capsys.readouterr().out)
    assert {name: facts[name]["shown"] for name in PUBLISHED} == PUBLISHED
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
