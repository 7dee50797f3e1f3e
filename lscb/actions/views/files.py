"""Files of a plan: as a workbook, as a PDF for the meeting, and the extract of a review for the minutes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import View

from lscb.accounts.access import Guarded
from lscb.common.errors import RuleBroken
from lscb.common.lists import XLSX, XLSX_TYPE
from lscb.common.word_documents import DOCX_TYPE
from lscb.trail.services import record

from .. import documents
from ..models import ActionPlan
from .finding import find_plan, find_review

PDF, DOCX = "pdf", "docx"
TYPES = {XLSX: XLSX_TYPE, PDF: "application/pdf", DOCX: DOCX_TYPE}


def download(content: bytes, format: str, name: str) -> HttpResponse:
    """Names of files never say what a plan is about."""
    response = HttpResponse(content, content_type=TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


class PlanAsXlsx(Guarded, View):
    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        plan, today = find_plan(self.user, pk), timezone.localdate()
        content = documents.plan_as_xlsx(plan, today)
        took(plan, "took the plan as XLSX", self.user)
        return download(content, XLSX, f"action-plan-{today}")


class PlanAsPdf(Guarded, View):
    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        plan, today = find_plan(self.user, pk), timezone.localdate()
        try:
            content = documents.plan_as_pdf(plan, today)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect(plan)
        took(plan, "took the plan as PDF", self.user)
        return download(content, PDF, f"action-plan-{today}")


class ReviewAsDocx(Guarded, View):
    """What the minutes of the meeting need of a review."""

    def get(self, request: HttpRequest, pk: Any, held_on: str) -> HttpResponse:
        review = find_review(self.user, pk, held_on)
        took(review.plan, "took the extract for the minutes as DOCX", self.user)
        return download(documents.review_as_docx(review), DOCX, f"review-{review.held_on}")


def took(plan: ActionPlan, verb: str, by: Any) -> None:
    with transaction.atomic():
        record(verb=verb, by=by, target=plan, named="Action plan" if plan.is_confidential else plan.title)
