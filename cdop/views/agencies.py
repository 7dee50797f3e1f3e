"""Agency reports: asked and chased by the officer, answered by the agency, read by who may know the child."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from lscb.accounts.access import Guarded, check_access
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule
from lscb.common.lists import ListColumn, ListPage
from lscb.common.templatetags.portal import day, moment
from lscb.trail.services import viewed

from ..form_b import ANSWER_WORDS, version_of
from ..forms.cases import AgencyReportForm, AskForm, answers_as_initial
from ..models import AgencyReport, ReportState
from ..querysets import knows_children
from ..services import asking
from .base import MANAGES, ChangesDeath, OfDeath, crumb
from .cases import report_tag

ANSWERS = (Permission.ANSWER_CHILD_DEATHS, Permission.READ_CHILD_DEATH_IDENTITY)


class AskAgencies(ChangesDeath):
    """Several agencies at once, on one page."""

    form_class = AskForm
    title = "Ask agencies for their reports"
    done = "The agencies are asked. Tell each of them by telephone or secure mail whom it is about."

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = self.death.reports.exclude(state=ReportState.NOT_NEEDED).values("agency")
        agencies = Agency.objects.visible_to(self.user).active(self.today).exclude(pk__in=asked).order_by("name")
        return super().get_form_kwargs() | {"agencies": agencies, "today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        asking.ask_agencies(death=self.death, by=self.user, today=self.today, **data)
        return self.death


class Chase(OfDeath, View):
    """Remind the agencies that owe a report on this case."""

    right = MANAGES

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reports = list(AgencyReport.objects.visible_to(self.user).filter(death=self.death))
        chased = asking.chase(reports=reports, by=self.user, today=timezone.localdate())
        words = "1 agency is reminded." if chased == 1 else f"{chased} agencies are reminded."
        messages.success(request, words if chased else "Every agency that owes a report was reminded today already.")
        return redirect(self.death)


# ---- The agency's side ----------------------------------------------------------------------------------------------


class ReportList(Guarded, ListPage):
    """What an agency is asked and has answered; for the officer, what is owed by everybody."""

    scope = ANSWERS
    title = "Reports on child deaths"
    nouns = ("report", "reports")
    default_sort = "due"
    exportable = False
    empty_text = "No report is asked for."
    columns = (
        ListColumn("Case", "death.reference", link=True),
        ListColumn("Agency", "agency.short_name", sort="agency__name"),
        ListColumn("Asked", "asked_on", sort="asked_on"),
        ListColumn("Due", "due", sort="due"),
        ListColumn("State", lambda report: report_tag(report, timezone.localdate()), tag=True),
    )

    def get_queryset(self) -> QuerySet[AgencyReport]:
        return AgencyReport.objects.visible_to(self.user).select_related("death", "agency").defer("answers")


class OfReport(Guarded):
    scope = ANSWERS
    kwargs: dict[str, Any]

    @cached_property
    def report(self) -> AgencyReport:
        visible = AgencyReport.objects.visible_to(self.user).select_related("death", "agency")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        self.kwargs = kwargs
        if request.method == "GET":
            viewed(self.report.death, by=self.user, reason=f"Report of {self.report.agency.short_name}")
        return super().dispatch(request, *args, **kwargs)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        if knows_children(self.user):
            return [crumb(), (self.report.death.reference, self.report.death.get_absolute_url())]
        return [("Reports on child deaths", reverse("cdop:report_list"))]


class ReportPage(OfReport, TemplateView):
    """What was asked and, once it is there, what was answered."""

    template_name = "cdop/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.report
        version = version_of(report.death.form_version)
        answers = [(question.text, _words(report.answers.get(question.code, {}))) for question in version.questions]
        return super().get_context_data(
            title=f"Report of {report.agency.short_name} on {report.death.reference}",
            report=report,
            tag=report_tag(report, timezone.localdate()),
            breadcrumbs=self.crumbs,
            rows=_facts(report),
            answers=[{"key": question, "value": words} for question, words in answers] if report.answers else [],
            may_answer=report.is_owed and report.death.is_open and asking.may_answer(self.user, report),
            manages=self.user.may(MANAGES),
            **kwargs,
        )


def _facts(report: AgencyReport) -> list[dict[str, Any]]:
    rows = [
        {"key": "Case", "value": report.death.reference},
        {"key": "Asked", "value": day(report.asked_on)},
        {"key": "Due", "value": day(report.due)},
        {"key": "Form", "value": f"Agency report, {version_of(report.death.form_version).name}"},
    ]
    if report.sent_on:
        rows.append({"key": "Answered", "value": day(report.sent_on)})
    if report.chased_on:
        rows.append({"key": "Reminded", "value": f"{report.chased_times} times, last on {day(report.chased_on)}"})
    return rows


def _words(answer: dict[str, str]) -> str:
    if answer.get("kind") == "answered":
        return answer["text"]
    kind = next((words for kind, words in ANSWER_WORDS.items() if kind == answer.get("kind")), "")
    return "\n".join(part for part in (kind, answer.get("text", "")) if part)


class AnswerReport(OfReport, Change):
    """The form: kept as it is written, sent when every question has an answer."""

    template_name = "cdop/report_form.html"
    form_class = AgencyReportForm
    done = "The report is sent. Thank you."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        self.kwargs = kwargs
        if not asking.may_answer(self.user, self.report):
            raise PermissionDenied
        if not self.report.is_owed or not self.report.death.is_open:
            return redirect(self.report)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"form_version": version_of(self.report.death.form_version)}

    def get_initial(self) -> dict[str, Any]:
        return answers_as_initial(self.report.answers) | {"version": self.report.version}

    def form_valid(self, form: Any) -> HttpResponse:
        answers, version = form.answers, form.cleaned_data["version"]
        keeps = "keep" in self.request.POST
        try:
            if keeps:
                asking.save_answers(report=self.report, version=version, answers=answers, by=self.user)
            else:
                asking.send_report(report=self.report, version=version, answers=answers, by=self.user, today=self.today)
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, "What you wrote is kept. It is not sent yet." if keeps else self.done)
        return redirect("cdop:report_answer" if keeps else "cdop:report", self.report.pk)

    def overtaken(self, form: AgencyReportForm, refusal: Overtaken) -> HttpResponse:
        current: AgencyReport = refusal.current
        typed = self.request.POST.copy()
        typed["version"] = str(current.version)
        form.data = typed
        form.add_error(None, refusal.sentence)
        questions = version_of(current.death.form_version).questions
        theirs = [
            {"id": f"theirs-{one.code}", "label": one.text, "text": _words(current.answers.get(one.code, {}))}
            for one in questions
            if current.answers.get(one.code, {}) != form.answers[one.code] and one.code in current.answers
        ]
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.report
        words = {
            "title": f"Report on case {report.death.reference}",
            "breadcrumbs": [*self.crumbs, (str(report.agency.short_name), report.get_absolute_url())],
            "report": report,
        }
        return super().get_context_data(**words | kwargs)


class AutosaveReport(OfReport, View):
    """Keeps what is being written a moment after the last change; the answer says so."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not asking.may_answer(self.user, self.report):
            raise PermissionDenied
        form = AgencyReportForm(request.POST, form_version=version_of(self.report.death.form_version))
        if not form.is_valid():
            return JsonResponse({"sentence": "Not saved yet: the form says why when you send it."})
        try:
            report = asking.save_answers(
                report=self.report, version=form.cleaned_data["version"], answers=form.answers, by=self.user
            )
        except RuleBroken as refusal:
            return JsonResponse({"sentence": refusal.sentence}, status=409)
        saved = moment(timezone.now()).rsplit(", ", 1)[1]
        return JsonResponse({"sentence": f"Saved at {saved}", "fields": {"version": str(report.version)}})


class _Settles(OfReport, View):
    """One click that settles a report."""

    done = ""

    def settle(self) -> AgencyReport:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.settle()
            messages.success(request, self.done)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        return redirect(self.report)


class NotKnown(_Settles):
    done = "It is recorded that your agency did not know the child."

    def settle(self) -> AgencyReport:
        return asking.say_not_known(report=self.report, by=self.user, today=timezone.localdate())


class DropRequest(_Settles):
    done = "The report is not needed any more."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        self.kwargs = kwargs
        if self.report and not self.user.may(MANAGES):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def settle(self) -> AgencyReport:
        return asking.drop_request(report=self.report, by=self.user)
