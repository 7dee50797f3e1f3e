"""What becomes of an approved edition: published, withdrawn, corrected; two editions side by side."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.views.generic import TemplateView

from lscb.accounts.forms import ConfirmForm
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.errors import RuleBroken
from lscb.reports import services
from lscb.reports.content import from_json
from lscb.reports.forms import CompareForm, CorrectionForm, WithdrawForm
from lscb.reports.models import AnnualReport
from lscb.reports.moves import MovedFact, moved_since, side_by_side

from .base import CRUMBS, Reports, crumbs_of


class _OfApproved(Reports, Change):
    """A form of an approved edition, for who builds the report."""

    right = Permission.BUILD_REPORT
    warning = ""

    @cached_property
    def report(self) -> AnnualReport:
        report = self.get_report()
        if not report.is_frozen:
            raise Http404
        return report

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=crumbs_of(self.report), warning=self.warning, **kwargs)


class ReportPublish(_OfApproved):
    form_class = ConfirmForm
    title = "Publish the annual report"
    done = "The public can read the report now."
    warning = (
        "Everybody on the internet can read this edition from now on, as a page, PDF, Word document and tables. "
        "It can be withdrawn, but not taken out of people’s hands."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Publish it"}

    def do(self, data: dict[str, Any]) -> Any:
        services.publish_report(report=self.report, by=self.user, at=timezone.now())
        return self.report


class ReportWithdraw(_OfApproved):
    form_class = WithdrawForm
    title = "Withdraw the published report"
    done = "The public cannot read the report any more."
    warning = "Its public page then says that the edition was withdrawn. It is not published again: build the next one."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Withdraw it"}

    def do(self, data: dict[str, Any]) -> Any:
        services.withdraw_report(report=self.report, by=self.user, at=timezone.now(), **data)
        return self.report


class ReportMoved(Reports, TemplateView):
    """Printed figures that the records give differently today, and the notices that stand beside the edition."""

    template_name = "reports/report_moved.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.get_report()
        if not report.is_frozen:
            raise Http404
        today, refused = timezone.localdate(), ""
        try:
            moved = moved_since(report, today=today)
        except RuleBroken as refusal:
            moved, refused = [], refusal.sentence
        notices = list(report.corrections.all())
        told = {(notice.fact, notice.now) for notice in notices}
        return super().get_context_data(
            title="What has moved since",
            report=report,
            breadcrumbs=crumbs_of(report),
            moved=[(one, (one.name, one.now) in told) for one in moved],
            refused=refused,
            notices=notices,
            today=today,
            builds=self.builds,
            **kwargs,
        )


class CorrectionNote(_OfApproved):
    """Put a notice of one moved figure beside the edition."""

    form_class = CorrectionForm
    title = "Note a correction"
    template_name = "reports/correction_form.html"
    done = "The notice stands beside the report now."

    @cached_property
    def moved(self) -> MovedFact:
        try:
            moved = moved_since(self.report, today=self.today)
        except RuleBroken:
            raise Http404 from None
        found = next((one for one in moved if one.name == self.kwargs["fact"] and one.now), None)
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(moved=self.moved, **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.note_correction(report=self.report, moved=self.moved, by=self.user, at=timezone.now(), **data)
        return self.report


class ReportCompare(Reports, TemplateView):
    """The facts of two editions side by side, such as those of two years."""

    template_name = "reports/report_compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        editions = AnnualReport.objects.visible_to(self.user).filter(state__in=["ready", "approved"])
        asked = self.request.GET if "first" in self.request.GET else None
        form = CompareForm(asked, editions=editions.select_related("job").defer("content"))
        return super().get_context_data(
            title="Two editions side by side", breadcrumbs=CRUMBS, form=form, **self._compared(form), **kwargs
        )

    def _compared(self, form: CompareForm) -> dict[str, Any]:
        if not (form.is_bound and form.is_valid()):
            return {}
        first, second = form.cleaned_data["first"], form.cleaned_data["second"]
        rows = side_by_side(from_json(first.content), from_json(second.content))
        return {"first": first, "second": second, "facts": rows}
