"""The plan to take along and the extract for the minutes: what is in them, and that nothing in them runs."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import docx
import openpyxl
import page
import pypdf
import pytest
from django.urls import reverse

from lscb.actions import documents, services
from lscb.actions.models import ActionPlan, QuarterlyReview
from tests.accounts.factories import AgencyFactory

from .factories import OPENED, TODAY, a_plan, an_action

pytestmark = pytest.mark.django_db
JUNE = dt.date(2016, 6, 30)


@pytest.fixture
def plan() -> ActionPlan:
    """Reviewed once: one signed off, one late that two agencies do, one that came after."""
    plan = a_plan(title="Plan of the group")
    first, second = AgencyFactory(name="Police"), AgencyFactory(name="Solent")
    done = an_action(plan, first, what="Name a lead")
    late = an_action(plan, first, second, what="=2+2 train all", due=JUNE - dt.timedelta(days=1))
    part = late.entries.get(agency=second)
    services.add_note(action=late, entry=part, text="Half are trained", progress="off_track", on=JUNE, by=None)
    services.hold_quarterly_review(
        plan=plan, held_on=JUNE, forum="Executive", achieved=[done], notes="Well done", by=None
    )
    an_action(plan, on=JUNE + dt.timedelta(days=1), what="Ask the children")
    return plan


def test_the_workbook_holds_the_plan_its_counts_and_its_reviews(plan: ActionPlan) -> None:
    book = openpyxl.load_workbook(io.BytesIO(documents.plan_as_xlsx(plan, TODAY)))
    assert book.sheetnames == ["Outstanding", "Signed off or closed", "Counts 2016-17", "Quarterly reviews"]
    late = [cell.value for cell in book["Outstanding"][2]]
    assert (late[0], late[1], late[7]) == (2, "=2+2 train all", "red")
    assert book["Outstanding"]["B2"].data_type == "s", "a text is never a formula"
    assert late[9] == "Solent: off track"
    assert late[12] == "30 June 2016: Half are trained"
    counts = [[cell.value for cell in row] for row in book["Counts 2016-17"].iter_rows(min_row=2)]
    assert counts == [
        ["Police", 0, 2, 1, 0, 1],
        ["Solent", 0, 1, 0, 0, 1],
        ["The board’s team", 0, 1, 0, 0, 1],
        ["All actions, each once", 0, 3, 1, 0, 2],
    ]
    assert [cell.value for cell in book["Quarterly reviews"][2]][1:] == ["Executive", 0, 2, 1, 0, 1]


def test_the_pdf_is_tagged_and_says_the_colour_as_a_word(plan: ActionPlan) -> None:
    pdf = documents.plan_as_pdf(plan, TODAY)
    assert page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1).is_compliant
    text = " ".join(" ".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())
    for told in ("2. =2+2 train all", "Solent: off track", "red", "Half are trained", "Ask the children"):
        assert told in text
    assert "Name a lead" not in text, "what was signed off has left the live plan"


def test_the_extract_for_the_minutes_counts_what_it_lists(plan: ActionPlan) -> None:
    document = docx.Document(io.BytesIO(documents.review_as_docx(QuarterlyReview.objects.get())))
    told = [paragraph.text for paragraph in document.paragraphs]
    for sentence in ("Meeting: Executive", "Well done", "1. Name a lead", "Outstanding: 1, of them overdue: 1"):
        assert sentence in told
    flow = [cell.text for cell in document.tables[0].rows[1].cells]
    assert flow[1:] == ["0", "2", "1", "0", "1"]
    assert document.tables[1].rows[1].cells[0].text == "2. =2+2 train all"
    assert "Ask the children" not in " ".join(told), "it came after the review"


def test_the_files_have_names_that_tell_nothing(plan: ActionPlan, client: Any, settings: Any) -> None:
    from .factories import manager

    settings.SECOND_FACTOR_WAIVED = True
    client.force_login(manager())
    review = QuarterlyReview.objects.get()
    for url in (
        reverse("actions:plan_xlsx", args=[plan.pk]),
        reverse("actions:plan_pdf", args=[plan.pk]),
        reverse("actions:reviewed_docx", args=[plan.pk, review.held_on]),
        reverse("actions:counts") + "?format=xlsx&since=1 April 2016&upto=31 March 2017",
    ):
        response = client.get(url)
        assert response.status_code == 200
        assert "attachment" in response["Content-Disposition"]
        assert "group" not in response["Content-Disposition"]


def test_the_plan_of_the_year_before_counts_as_at_its_end(plan: ActionPlan) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(documents.counts_as_xlsx(plan.actions.all(), since=OPENED, upto=OPENED))  # type: ignore[arg-type]
    )
    assert [cell.value for cell in list(book["Counts"].rows)[-1]] == ["All actions, each once", 0, 2, 0, 0, 2]
