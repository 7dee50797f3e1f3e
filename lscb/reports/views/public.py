"""What everybody reads of the annual report: published editions, frozen as they were approved. Caches may keep them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from lscb.common.caching import Cacheable
from lscb.common.markdown import to_html
from lscb.reports.content import from_json
from lscb.reports.formats import facts_json
from lscb.reports.models import AnnualReport
from lscb.reports.printing import arrange
from lscb.reports.provenance import traced
from lscb.reports.querysets import AnnualReportQuerySet

from .base import year_or_404

LIST = ("Annual reports", "published:list")


def published() -> AnnualReportQuerySet:
    return AnnualReport.objects.published().select_related("publication")


@method_decorator(login_not_required, name="dispatch")
class PublishedReports(Cacheable, TemplateView):
    """Every published edition, the newest year first."""

    template_name = "reports/public_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title="Annual reports", reports=published().defer("content"), **kwargs)


class _OfPublished(Cacheable):
    """One published edition: the latest of a year, or the one whose number is in the address."""

    kwargs: dict[str, Any]

    @cached_property
    def report(self) -> AnnualReport:
        editions = published().of_year(year_or_404(self.kwargs["year"]))
        if "number" in self.kwargs:
            editions = editions.filter(number=self.kwargs["number"])
        report = editions.order_by("-number").first()
        if report is None:
            raise Http404
        return report


class _OrWithdrawn(_OfPublished):
    """Somebody who kept the address of an edition is told that it is gone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kwargs = kwargs
        return self._withdrawn(request) or super().dispatch(request, *args, **kwargs)

    def _withdrawn(self, request: HttpRequest) -> HttpResponse | None:
        if "number" not in self.kwargs:
            return None
        year, number = year_or_404(self.kwargs["year"]), self.kwargs["number"]
        gone = AnnualReport.objects.of_year(year).filter(number=number, publication__withdrawn_at__isnull=False).first()
        if gone is None:
            return None
        return render(request, "reports/public_withdrawn.html", {"title": "Withdrawn", "report": gone}, status=410)


@method_decorator(login_not_required, name="dispatch")
class PublishedReport(_OrWithdrawn, TemplateView):
    """The report as a page, with the notices of what has moved since and the other formats."""

    template_name = "reports/public_report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content = from_json(self.report.content)
        of_year = published().of_year(self.report.year).exclude(pk=self.report.pk)
        return super().get_context_data(
            title=f"Annual report {self.report.year}",
            breadcrumbs=[(LIST[0], reverse(LIST[1]))],
            report=self.report,
            content=content,
            chapters=arrange(content),
            headline=to_html(content.headline),
            figures_url=reverse("published:figures", args=[self.report.year, self.report.number]),
            files=self.report.files.all(),
            corrections=self.report.corrections.all(),
            others=of_year.defer("content"),
            **kwargs,
        )


@method_decorator(login_not_required, name="dispatch")
class PublishedFigures(_OrWithdrawn, TemplateView):
    """Every figure of an edition with its base and source. All formats lead here, whether it is published or not.

    Before an edition is published, who may read it is led to the page inside, and whoever is not signed in to the
    sign-in, also where there is no such edition: the address tells nobody whether there is one.
    """

    template_name = "reports/public_figures.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        editions = AnnualReport.objects.of_year(year_or_404(kwargs["year"])).filter(number=kwargs["number"])
        if editions.filter(publication__isnull=False).exists():
            return super().dispatch(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return redirect("reports:report_figures", get_object_or_404(editions.visible_to(request.user)).pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition = reverse("published:report", args=[self.report.year, self.report.number])
        return super().get_context_data(
            title="All figures of this edition",
            report=self.report,
            breadcrumbs=[(LIST[0], reverse(LIST[1])), (f"Annual report {self.report.year}", edition)],
            chapters=list(traced(from_json(self.report.content), None)),
            **kwargs,
        )


@method_decorator(login_not_required, name="dispatch")
class PublishedPdf(_OfPublished, View):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return _attachment(self.report.pdf, self.report.filename, "application/pdf")


@method_decorator(login_not_required, name="dispatch")
class PublishedFile(_OfPublished, View):
    """Word document or workbook, as they were made when the edition was approved."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        kept = self.report.files.filter(format=kwargs["format"]).first()
        if kept is None:
            raise Http404
        return _attachment(kept.file, kept.filename, kept.content_type)


@method_decorator(login_not_required, name="dispatch")
class PublishedFacts(_OfPublished, View):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse(facts_json(from_json(self.report.content)), content_type="application/json")


def _attachment(file: Any, name: str, content_type: str) -> FileResponse:
    return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=content_type)
