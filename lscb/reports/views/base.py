"""What the pages of the annual report have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.common.periods import FinancialYear
from lscb.reports.chapters import Part, part
from lscb.reports.models import AnnualReport, State

TONES = {
    State.DRAFT: "grey",
    State.BUILDING: "blue",
    State.READY: "amber",
    State.APPROVED: "green",
    State.FAILED: "red",
}
CRUMBS = [("Annual report", reverse_lazy("reports:report_list"))]


class Reports(Guarded):
    """Readers of the report are in scope; the rights are asked for besides."""

    scope: ClassVar[tuple[Permission, ...]] = (Permission.READ_REPORT,)
    kwargs: dict[str, Any]

    def get_report(self) -> AnnualReport:
        visible = AnnualReport.objects.visible_to(self.user)
        return get_object_or_404(visible.select_related("job", "built_by", "approved_by"), pk=self.kwargs["pk"])

    @property
    def builds(self) -> bool:
        return self.user.for_whole_board(Permission.BUILD_REPORT)


def crumbs_of(report: AnnualReport) -> list[tuple[Any, Any]]:
    """The way to a page below the page of an edition."""
    return [*CRUMBS, (f"Annual report {report.year}", reverse("reports:report_detail", args=[report.pk]))]


def year_or_404(text: str) -> FinancialYear:
    try:
        return FinancialYear.parse(text)
    except ValueError:
        raise Http404 from None


def part_or_404(slug: str) -> Part:
    found = part(slug)
    if found is None:
        raise Http404
    return found
