"""A meeting to take along: calendar entry, minutes as files, attendance over a year."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import TemplateView, View

from boards.meetings import attendance, documents, forms
from boards.meetings.access import READERS
from boards.meetings.calendar import entry
from boards.models import Group, GroupKind
from lscb.accounts.access import Guarded
from lscb.common.errors import RuleBroken
from lscb.common.lists import CSV, XLSX, XLSX_TYPE
from lscb.common.periods import FinancialYear
from lscb.common.spreadsheets import Sheet, csv_bytes, xlsx_bytes
from lscb.common.word_documents import DOCX_TYPE
from lscb.common.words import naming
from lscb.trail.services import record

from .meetings import OfMeeting, crumbs, raised_actions, visible_groups, visible_years

# ---- Files ----------------------------------------------------------------------------------------------------------


class CalendarEntry(OfMeeting, View):
    """The meeting for one's own calendar."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.seen()
        return download(entry(self.meeting, at=timezone.now()).encode(), "text/calendar; charset=utf-8", "meeting.ics")


class MinutesFile(OfMeeting, View):
    """The minutes as a file; there is none before they are written."""

    format: ClassVar[str]
    content_type: ClassVar[str]

    def make(self, minutes: documents.Minutes) -> bytes:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.meeting.minutes:
            raise Http404
        try:
            content = self.make(documents.gather(self.meeting, raised_actions(self.meeting, self.user)))
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.meeting)
        with transaction.atomic():
            verb = f"downloaded the minutes as {self.format.upper()}"
            record(verb=verb, by=self.user, target=self.meeting, named=self.meeting.safe_name)
        return download(content, self.content_type, f"minutes-{self.meeting.day}.{self.format}")


class MinutesAsDocx(MinutesFile):
    format, content_type = "docx", DOCX_TYPE

    def make(self, minutes: documents.Minutes) -> bytes:
        return documents.as_docx(minutes)


class MinutesAsPdf(MinutesFile):
    format, content_type = "pdf", "application/pdf"

    def make(self, minutes: documents.Minutes) -> bytes:
        return documents.as_pdf(minutes)


def download(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# ---- Attendance over a year -----------------------------------------------------------------------------------------


class AttendanceOverYear(Guarded, TemplateView):
    """How often each partner came to the meetings of a group in a year, deputies counted; also as a file."""

    scope = READERS
    template_name = "boards/attendance.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.found
        if request.GET.get("format") in (CSV, XLSX) and found:
            return self.export(request.GET["format"], found)
        return super().get(request, *args, **kwargs)

    @cached_property
    def groups(self) -> list[Group]:
        groups = visible_groups(self.user)
        return sorted(groups, key=lambda group: group.kind != GroupKind.BOARD)

    @cached_property
    def years(self) -> list[FinancialYear]:
        return visible_years(self.user)

    @cached_property
    def group(self) -> Group | None:
        code = self.request.GET.get("group")
        if code:
            return next((group for group in self.groups if group.code == code), None) or self.missing()
        return self.groups[0] if self.groups else None

    @cached_property
    def year(self) -> FinancialYear | None:
        asked_for = self.request.GET.get("year")
        if asked_for:
            return next((year for year in self.years if str(year) == asked_for), None) or self.missing()
        return self.years[0] if self.years else None

    def missing(self) -> Any:
        raise Http404

    @cached_property
    def found(self) -> attendance.AttendanceOverTime | None:
        if self.group is None or self.year is None:
            return None
        if self.group.is_confidential:
            with transaction.atomic():
                record(verb="looked at attendance", by=self.user, target=self.group)
        return attendance.over_time(self.group, self.year.first_day, self.year.last_day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, group, year = self.found, self.group, self.year
        chosen = {"group": group.code if group else "", "year": str(year or "")}
        picture = description = ""
        if found and found.agencies:
            title = f"Meetings attended, {year}"
            picture, description = attendance.chart(found, id="attendance", title=title, brand=naming().brand_colour)
        return super().get_context_data(
            title="Attendance by agency",
            breadcrumbs=crumbs(),
            form=forms.OverTimeForm(initial=chosen, groups=self.groups, years=self.years, submit_label="Show"),
            found=found,
            group=group,
            year=year,
            table=attendance.table(found, f"Attendance by agency, {year}") if found else None,
            picture=picture,
            description=description,
            query=f"group={chosen['group']}&year={chosen['year']}",
            **kwargs,
        )

    def export(self, format: str, found: attendance.AttendanceOverTime) -> HttpResponse:
        headings = ["Partner", "Meetings", "Member", "Deputy", "Apologies", "Absent", "Attended"]
        rows: list[list[str | int]] = [
            [one.name, one.meetings, one.present, one.deputy, one.apologies, one.absent, one.attended]
            for one in found.partners
        ]
        if format == CSV:
            content, content_type = csv_bytes(headings, rows), "text/csv; charset=utf-8"
        else:
            content, content_type = xlsx_bytes([Sheet("Attendance", headings, rows)]), XLSX_TYPE
        with transaction.atomic():
            record(verb=f"exported attendance as {format.upper()}", by=self.user, target=self.group)
        return download(content, content_type, f"attendance-{self.year}.{format}")
