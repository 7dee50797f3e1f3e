"""The schedule of audits on its page, in print and as a spreadsheet; the report of an audit as a file."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from audits.models import Audit
from audits.multiagency import documents
from audits.multiagency.querysets import reads_everything
from audits.multiagency.schedule import Schedule, schedule
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.lists import XLSX_TYPE
from lscb.common.periods import FinancialYear
from lscb.trail.services import record

from .multiagency import OfAudit, ReadsAudits, crumbs

PDF, XLSX = "pdf", "xlsx"
TYPES = {PDF: "application/pdf", XLSX: XLSX_TYPE}


def download(content: bytes, format: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


class SchedulePage(ReadsAudits, TemplateView):
    """The year's audits over its months. Without `?year=` it is the present year, or the last that has audits."""

    template_name = "audits/multiagency/schedule.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        format = request.GET.get("format")
        if format in TYPES:
            return self.export(str(format))
        return super().get(request, *args, **kwargs)

    @cached_property
    def years(self) -> list[FinancialYear]:
        """Every year in which an audit is on the schedule, the newest first."""
        audits = Audit.objects.on_schedule_for(self.user).carried_out()
        first = audits.aggregate(first=Min("scheduled_from"))["first"]
        last = audits.order_by("-scheduled_to").values_list("scheduled_to", flat=True).first()
        if first is None or last is None:
            return []
        start, end = FinancialYear.containing(first).start, FinancialYear.containing(last).start
        return [FinancialYear(year) for year in range(end, start - 1, -1)]

    @cached_property
    def year(self) -> FinancialYear:
        asked_for, present = self.request.GET.get("year"), FinancialYear.containing(timezone.localdate())
        if asked_for:
            found = next((year for year in self.years if str(year) == asked_for), None)
            if found is None:
                raise Http404
            return found
        return present if present in self.years or not self.years else self.years[0]

    @cached_property
    def schedule(self) -> Schedule:
        audits = Audit.objects.on_schedule_for(self.user).scheduled_in(self.year)
        return schedule(audits.select_related("lead_group"), self.year)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = set(Audit.objects.visible_to(self.user).scheduled_in(self.year).values_list("pk", flat=True))
        manages = self.user.may(Permission.MANAGE_AUDITS)
        return super().get_context_data(
            title=f"Audit schedule {self.year}",
            breadcrumbs=crumbs(),
            schedule=self.schedule,
            mine=mine,
            year=self.year,
            years=[year for year in self.years if year != self.year],
            plan_url=reverse("audits:audit_plan") if manages else "",
            **kwargs,
        )

    def export(self, format: str) -> HttpResponse:
        try:
            if format == PDF:
                content = documents.schedule_as_pdf(self.schedule, as_at=timezone.localdate())
            else:
                content = documents.schedule_as_xlsx(self.schedule)
        except RuleBroken as refusal:
            messages.error(self.request, refusal.sentence)
            return redirect(self.request.path)
        with transaction.atomic():
            record(verb=f"exported the audit schedule as {format.upper()}", by=self.user)
        return download(content, format, f"audit-schedule-{self.year}")


class _ReportFile(OfAudit, View):
    """The report of an audit, with as much as the reader may read. Before it is reported it is the team's alone."""

    format: ClassVar[str]

    def make(self, report: documents.AuditReport) -> bytes:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        audit, reads_cases = self.audit, reads_everything(self.user)
        if not (reads_cases or audit.is_told):
            raise Http404
        before = Audit.objects.visible_to(self.user).before(audit).first()
        report = documents.gather(audit, reads_cases=reads_cases, before=before, as_at=timezone.localdate())
        try:
            content = self.make(report)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect(audit)
        with transaction.atomic():
            record(verb=f"downloaded the report as {self.format.upper()}", by=self.user, target=audit)
        return download(content, self.format, f"audit-{audit.year}-{str(audit.pk)[:8]}")


class ReportAsPdf(_ReportFile):
    format = PDF

    def make(self, report: documents.AuditReport) -> bytes:
        return documents.as_pdf(report)


class ReportAsXlsx(_ReportFile):
    format = XLSX

    def make(self, report: documents.AuditReport) -> bytes:
        return documents.as_xlsx(report)
