"""Pages of the annual report: list, one edition, its words, preview, download."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.views.generic import FormView, ListView, TemplateView, View

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.common.chapters import Fact
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule
from lscb.common.markdown import to_html
from lscb.common.periods import FinancialYear
from lscb.common.templatetags.portal import day, moment
from lscb.trail.history import timeline
from lscb.trail.services import viewed

from . import services
from .chapters import Part, part, parts_with_words
from .content import from_json
from .forms import ApproveForm, BuildForm, StartForm, WordsForm
from .gathering import compute_chapters, named_facts
from .models import MOVES, AnnualReport, ReportWords, State
from .printing import arrange
from .words import facts_named_in

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
        may_approve = report.life == State.READY and self.user.for_whole_board(Permission.APPROVE_REPORT)
        return super().get_context_data(
            title=f"Annual report {report.year}",
            breadcrumbs=[*CRUMBS, (f"Annual report {report.year}", reverse("reports:report_detail", args=[report.pk]))],
            tone=TONES[report.life],
            facts=[f"Edition {report.number}", f"{report.pages} pages in print"],
            chapters=arrange(content, level=2),
            headline=to_html(content.headline),
            may_approve=may_approve,
            built_it=may_approve and report.built_by_id == self.user.pk,
            **kwargs,
        )


class ReportApprove(ReportPreview):
    """The chair approves what they have just read."""

    right = Permission.APPROVE_REPORT
    http_method_names = ["post"]

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


class WordsEdit(Reports, FormView):
    """The board's own words for one chapter, with the facts that may be named in them beside."""

    right = Permission.BUILD_REPORT
    form_class = WordsForm
    template_name = "reports/words_form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.year, self.part = _year_or_404(kwargs["year"]), _part_or_404(kwargs["chapter"])

    def words(self) -> ReportWords | None:
        return ReportWords.objects.visible_to(self.user).filter(year=self.year, chapter=self.part.slug).first()

    def get_initial(self) -> dict[str, Any]:
        words = self.words()
        return {"markdown": words.markdown, "version": words.version} if words else {"markdown": "", "version": 0}

    def form_valid(self, form: WordsForm) -> HttpResponse:
        try:
            words = services.save_words(year=self.year, chapter=self.part.slug, **form.cleaned_data, by=self.user)
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        messages.success(self.request, f"The words of “{self.part.title}” are saved.")
        facts, _ = self.facts()
        unknown = [name for name in facts_named_in(words.markdown) if name not in facts]
        if unknown:
            messages.warning(
                self.request,
                f"{self.year} has no fact that is called {', '.join(unknown)}. Put it right before you build.",
            )
            return redirect(self.request.path)
        report = AnnualReport.objects.visible_to(self.user).of_year(self.year).open().first()
        return redirect("reports:report_detail", report.pk) if report else redirect("reports:report_list")

    def overtaken(self, form: WordsForm, refusal: Overtaken) -> HttpResponse:
        """Both texts on one page. Saving again replaces the other text knowingly: it was in front of the person."""
        form.data = {"markdown": form.data.get("markdown", ""), "version": str(refusal.current.version)}
        apply_rule(form, refusal)
        return render(
            self.request, self.template_name, self.get_context_data(form=form, theirs=refusal.current), status=409
        )

    def facts(self) -> tuple[dict[str, Fact], str]:
        """The facts by full name, or a sentence that says why there are none."""
        report = AnnualReport.objects.visible_to(self.user).of_year(self.year).open().first()
        as_at = report.as_at if report else self.year.last_day
        try:
            return named_facts(compute_chapters(year=self.year, as_at=as_at).values()), ""
        except RuleBroken as refusal:
            return {}, refusal.sentence

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts, no_facts = self.facts()
        return super().get_context_data(
            title=self.part.title,
            part=self.part,
            year=self.year,
            breadcrumbs=CRUMBS,
            groups=_by_chapter(facts, self.part.slug),
            no_facts=no_facts,
            **kwargs,
        )


def _by_chapter(facts: dict[str, Fact], own: str) -> list[dict[str, Any]]:
    """The facts under the titles of their chapters; those of the chapter that is being written are open."""
    return [
        {
            "title": each.title,
            "open": each.slug == own,
            "facts": [(name, fact) for name, fact in facts.items() if name.split(".")[0] == each.slug],
        }
        for each in parts_with_words()
        if each.compute is not None
    ]


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


def _who_when(who: Any, when: Any) -> str:
    return f"{who or 'The portal'}, {moment(when)}"


def _words(report: AnnualReport) -> list[dict[str, Any]]:
    """The words of each chapter as a task list."""
    written = {words.chapter: words for words in ReportWords.objects.of_year(report.year)}
    tasks = []
    for each in parts_with_words():
        words = written.get(each.slug)
        done = bool(words and words.markdown)
        tasks.append(
            {
                "title": each.title,
                "url": reverse("reports:words_edit", args=[report.year, each.slug]),
                "hint": each.hint,
                "status": "Written" if done else "No words yet",
                "tone": "" if done else "blue",
            }
        )
    return tasks


def _year_or_404(text: str) -> FinancialYear:
    try:
        return FinancialYear.parse(text)
    except ValueError:
        raise Http404 from None


def _part_or_404(slug: str) -> Part:
    found = part(slug)
    if found is None:
        raise Http404
    return found
