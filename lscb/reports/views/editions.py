"""Pages of one edition: list, where it stands, building, preview, approving, download."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, ListView, TemplateView, View

from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule
from lscb.common.templatetags.portal import day, moment
from lscb.reports import services
from lscb.reports.chapters import parts_with_words
from lscb.reports.content import from_json
from lscb.reports.figure_check.reading import left_in_report
from lscb.reports.forms import ApproveForm, BuildForm, StartForm
from lscb.reports.linking import linked_words
from lscb.reports.models import MOVES, AnnualReport, Publication, ReportComment, ReportWords, State
from lscb.reports.printing import PrintedChapter, arrange
from lscb.reports.provenance import links_of
from lscb.trail.history import timeline
from lscb.trail.services import viewed

from .base import CRUMBS, TONES, Reports


class ReportList(Reports, ListView):
    """Every edition that the person may see, newest year first."""

    template_name = "reports/report_list.html"
    context_object_name = "reports"

    def get_queryset(self) -> QuerySet[AnnualReport]:
        return AnnualReport.objects.visible_to(self.user).select_related("job").defer("content")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [(report, TONES[report.life]) for report in self.object_list]
        return super().get_context_data(title="Annual report", rows=rows, builds=self.builds, **kwargs)


class ReportStart(Reports, FormView):
    """Open the report of a year."""

    right = Permission.BUILD_REPORT
    form_class = StartForm
    template_name = "reports/report_form.html"
    extra_context = {"title": "Start an annual report", "breadcrumbs": CRUMBS}

    def form_valid(self, form: StartForm) -> HttpResponse:
        try:
            report = services.start_report(**form.cleaned_data, by=self.user)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        return redirect("reports:report_detail", report.pk)


class ReportDetail(Reports, TemplateView):
    """One edition: where it stands, its words, building it, what happened."""

    template_name = "reports/report_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(report=self.get_report()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report: AnnualReport = kwargs["report"]
        may_build = self.builds and State.BUILDING in MOVES[report.life]
        return super().get_context_data(
            title=f"Annual report {report.year}",
            breadcrumbs=CRUMBS,
            tone=TONES[report.life],
            rows=_summary(report),
            words=_words(report) if self.builds and report.life != State.APPROVED else [],
            publication=_publication(report) if report.is_frozen else None,
            unsettled=ReportComment.objects.visible_to(self.user).filter(report=report).unsettled().count(),
            builds=self.builds,
            build_form=kwargs.get("form") or (BuildForm(initial={"as_at": report.as_at}) if may_build else None),
            watch=report.job if report.life == State.BUILDING or report.is_being_printed else None,
            history=timeline(report),
            **kwargs,
        )


class ReportBuild(ReportDetail):
    """Ask for the edition to be built; shows its page again when that is refused."""

    right = Permission.BUILD_REPORT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report, form = self.get_report(), BuildForm(request.POST)
        if form.is_valid():
            try:
                report = services.build_report(report=report, **form.cleaned_data, by=self.user)
                return redirect("jobs:job_detail", report.job_id)
            except RuleBroken as refusal:
                apply_rule(form, refusal)
        return self.render_to_response(self.get_context_data(report=report, form=form))


class ReportPreview(Reports, TemplateView):
    """The report as it was built, on a page; for the chair with what approving does, and its button."""

    template_name = "reports/report_preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report = self.get_report()
        if not report.is_finished:
            raise Http404
        viewed(report, by=self.user)
        return self.render_to_response(self.get_context_data(report=report))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report: AnnualReport = kwargs["report"]
        content = from_json(report.content)
        figures_url = reverse("reports:report_figures", args=[report.pk])
        links = links_of(content, self.user, figures_url=figures_url)
        may_approve = report.life == State.READY and self.user.for_whole_board(Permission.APPROVE_REPORT)
        return super().get_context_data(
            title=f"Annual report {report.year}",
            breadcrumbs=[*CRUMBS, (f"Annual report {report.year}", reverse("reports:report_detail", args=[report.pk]))],
            tone=TONES[report.life],
            facts=[f"Edition {report.number}", f"{report.pages} pages in print"],
            chapters=_with_comments(arrange(content, links), self._comments(report)),
            leads_on=bool(links),
            may_comment=report.life == State.READY and (self.builds or may_approve),
            headline=linked_words(content.headline, links),
            figures_url=figures_url,
            may_approve=may_approve,
            builds=self.builds,
            typed=left_in_report(report, content)
            if report.life == State.READY and (self.builds or may_approve)
            else [],
            built_it=may_approve and report.built_by_id == self.user.pk,
            **kwargs,
        )

    def _comments(self, report: AnnualReport) -> list[ReportComment]:
        return list(
            ReportComment.objects.visible_to(self.user).filter(report=report).select_related("by", "settled_by")
        )


class ReportApprove(ReportPreview):
    """The chair approves what they have just read, having shown their second factor a moment ago.

    Who has not is led to showing it and back, and approves then: nobody approves by entering a code.
    """

    right = Permission.APPROVE_REPORT
    proves_again = ("POST",)
    http_method_names = ["post"]

    def shown_again(self) -> str:
        return f"{reverse('reports:report_preview', args=[self.kwargs['pk']])}#approve"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report, form = self.get_report(), ApproveForm(request.POST)
        digest = form.cleaned_data["content_digest"] if form.is_valid() else ""
        try:
            report = services.approve_report(report=report, content_digest=digest, by=self.user)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect("reports:report_preview" if report.is_finished else "reports:report_detail", report.pk)
        messages.success(request, f"You approved the {str(report).lower()}. It is being printed now.")
        return redirect("jobs:job_detail", report.job_id)


class ReportDownload(Reports, View):
    """The PDF as an attachment with a plain name."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        report = self.get_report()
        if not report.is_finished:
            raise Http404
        services.record_download(report=report, by=self.user)
        return FileResponse(
            report.pdf.open("rb"), as_attachment=True, filename=report.filename, content_type="application/pdf"
        )


def _with_comments(
    chapters: list[PrintedChapter], comments: list[ReportComment]
) -> list[tuple[PrintedChapter, list[ReportComment]]]:
    return [(chapter, [one for one in comments if one.chapter == chapter.anchor]) for chapter in chapters]


def _summary(report: AnnualReport) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"key": "Edition", "value": str(report.number)},
        {"key": "Figures as at", "value": day(report.as_at)},
    ]
    if report.life == State.FAILED and report.job:
        rows.append({"key": "Why it was not built", "value": report.job.failure or "It was cancelled."})
    if report.is_finished and report.ready_at:
        rows += [
            {"key": "Built", "value": _who_when(report.built_by, report.ready_at)},
            {"key": "Pages", "value": str(report.pages)},
        ]
    if report.approved_at:
        rows.append({"key": "Approved", "value": _who_when(report.approved_by, report.approved_at)})
    if report.is_finished:
        rows += [
            {"key": "Fingerprint of the content", "value": report.content_digest},
            {"key": "Fingerprint of the PDF", "value": report.pdf_digest},
        ]
    return rows


def _publication(report: AnnualReport) -> Publication | None:
    return Publication.objects.filter(report=report).select_related("published_by").first()


def _who_when(who: Any, when: Any) -> str:
    return f"{who or 'The portal'}, {moment(when)}"


def _words(report: AnnualReport) -> list[dict[str, Any]]:
    """The words of each chapter as a task list."""
    written = {words.chapter: words for words in ReportWords.objects.of_year(report.year)}
    tasks = []
    for each in parts_with_words():
        words = written.get(each.slug)
        status, tone = ("Written", "") if words and words.markdown else ("No words yet", "blue")
        if words and words.taken_from:
            status, tone = f"Words of {words.taken_from}, to confirm", "amber"
        tasks.append(
            {
                "title": each.title,
                "url": reverse("reports:words_edit", args=[report.year, each.slug]),
                "hint": each.hint,
                "status": status,
                "tone": tone,
            }
        )
    return tasks
