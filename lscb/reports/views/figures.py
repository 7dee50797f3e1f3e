"""All figures of an edition with the way to their records, and a number typed by hand that gives way to a fact."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView, View

from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.reports.content import from_json
from lscb.reports.figure_check.services import name_fact
from lscb.reports.forms import NameFactForm
from lscb.reports.provenance import traced

from .base import Reports, crumbs_of, part_or_404, year_or_404


class ReportFigures(Reports, TemplateView):
    """Every figure of an edition: exact, with its base and source, and a link to its records for who may open them."""

    template_name = "reports/report_figures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.get_report()
        if not report.is_finished:
            raise Http404
        return super().get_context_data(
            title="All figures of this edition",
            report=report,
            breadcrumbs=crumbs_of(report),
            chapters=list(traced(from_json(report.content), self.user)),
            follows=True,
            **kwargs,
        )


class NameFact(Reports, View):
    """The button beside a sentence on the page of a chapter's words."""

    right = Permission.BUILD_REPORT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        year, part = year_or_404(kwargs["year"]), part_or_404(kwargs["chapter"])
        form = NameFactForm(request.POST)
        if form.is_valid():
            try:
                name_fact(year=year, chapter=part.slug, by=self.user, **form.cleaned_data)
                messages.success(request, "The fact is named: it will always agree with its table.")
            except RuleBroken as refusal:
                messages.error(request, refusal.sentence)
        return redirect("reports:words_edit", year, part.slug)
