"""The year's figures, for who reads the board: numbers only, nobody by name."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.generic import TemplateView

from boards.views.meeting_files import download
from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.common.lists import CSV, XLSX, XLSX_TYPE
from lscb.common.periods import FinancialYear
from lscb.common.spreadsheets import Sheet, csv_bytes, xlsx_bytes
from lscb.trail.services import record

from .. import results
from ..models import Moment, Session
from ..querysets import manages
from ..reports import held, year_tables
from .base import crumbs, staff_links

_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})*")


class YearReport(Guarded, TemplateView):
    """Attendance by programme, quarter and agency, what people said, as page, CSV and XLSX."""

    scope = (Permission.READ_BOARD, Permission.MANAGE_TRAINING)
    template_name = "training/report.html"

    @cached_property
    def years(self) -> list[FinancialYear]:
        days = Session.objects.public().dates("starts_at", "month")
        return sorted({FinancialYear.containing(day) for day in days}, reverse=True)

    @cached_property
    def year(self) -> FinancialYear:
        """The year asked for; the last one in which a session was held by now when none is."""
        if asked := self.request.GET.get("year"):
            try:
                return FinancialYear.parse(asked)
            except ValueError:
                raise Http404 from None
        last = Session.objects.held(timezone.localdate()).order_by("-starts_at").first()
        return last.year if last else FinancialYear.containing(timezone.localdate())

    def tables(self) -> list[Any]:
        today = timezone.localdate()
        sessions = held(self.year, today)
        return [*year_tables(self.year, today), *results.tables(sessions, Moment.AFTER, Moment.LATER)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("format")
        return self._export(asked) if asked in (CSV, XLSX) else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Training in {self.year}",
            year=self.year,
            years=[year for year in self.years if year != self.year],
            tables=[table for table in self.tables() if table.rows],
            manages=manages(self.user),
            staff_links=staff_links(),
            breadcrumbs=crumbs(),
            **kwargs,
        )

    def _export(self, format: str) -> HttpResponse:
        sheets = [
            Sheet(
                table.title,
                [column.heading for column in table.columns],
                [[_cell(text) for text in row] for row in (*table.rows, *([table.total] if table.total else []))],
            )
            for table in self.tables()
        ]
        name = f"training-{self.year}"
        with transaction.atomic():
            record(verb="exported training figures", by=self.user, reason=f"{self.year} as {format.upper()}")
        if format == XLSX:
            return download(xlsx_bytes(sheets), XLSX_TYPE, f"{name}.xlsx")
        first = sheets[0]
        return download(csv_bytes(first.headings, list(first.rows)), "text/csv; charset=utf-8", f"{name}.csv")


def _cell(text: str) -> str | int:
    """A whole number stays a number in a file; a rate stays as it is printed, with its base."""
    return int(text.replace(",", "")) if _WHOLE.fullmatch(text) else text
