"""The panel's pages: one agency across standards, one standard across agencies, feedback and what follows."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from audits.models import Answer, Feedback, ModeratedGrade, PanelQuery, PanelRequest, Round, Section, Standard
from audits.returns import panel
from audits.returns.forms import DeferForm, FeedbackForm, PanelAnswerForm, ReasonForm, RequestForm
from audits.returns.panel import areas_of
from audits.returns.reading import AnswerRow
from audits.rounds import services as rounds
from lscb.accounts.models import Area
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule

from .base import ChangeReturn, OfReturn, RunsRounds


class _Panel(OfReturn, TemplateView):
    """What the panel writes about one return: everything on one page, saved together or not at all."""

    needs = "run"
    standard: Standard | None = None
    done = "Saved."

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.of_return.is_submitted else redirect(self.of_return)

    @cached_property
    def areas(self) -> list[Area]:
        return areas_of(self.of_return)

    def feedback_forms(self, data: Any = None) -> list[tuple[Area, FeedbackForm]]:
        said = Feedback.objects.filter(of_return=self.of_return, standard=self.standard)
        known = {one.area_id: one for one in said}
        forms = []
        for area in self.areas:
            one = known.get(area.pk)
            initial = {"text": one.text if one else "", "version": one.version if one else 0}
            form = FeedbackForm(data, prefix=f"area{area.pk}", initial=initial)
            form.fields["text"].label = f"Feedback of {area.name}" if len(self.areas) > 1 else "Feedback"
            forms.append((area, form))
        return forms

    def write_feedback(self, forms: list[tuple[Area, FeedbackForm]]) -> None:
        for area, form in forms:
            try:
                panel.write_feedback(
                    of_return=self.of_return,
                    area=area,
                    standard=self.standard,
                    text=form.cleaned_data["text"],
                    version=form.cleaned_data["version"] or 0,
                    by=self.user,
                )
            except Overtaken as refusal:
                typed: Any = form.data.copy()  # type: ignore[attr-defined]  # what a browser sent can be copied
                typed[form.add_prefix("version")] = str(refusal.current.version if refusal.current else 0)
                form.data = typed
                form.theirs = refusal.current.text if refusal.current else "(taken away)"  # type: ignore[attr-defined]
                form.add_error("text", refusal.sentence)
                raise


class PanelStandard(_Panel):
    """One agency, one standard: the panel's grades beside its own, queries, feedback, and what it is asked to do."""

    template_name = "audits/panel_standard.html"

    @cached_property
    def section(self) -> Section:
        sections = Section.objects.filter(of_return=self.of_return, standard__number=self.kwargs["number"])
        return get_object_or_404(sections.select_related("standard"))

    @property
    def standard(self) -> Standard:  # type: ignore[override]
        return self.section.standard

    def forms(self, data: Any = None) -> list[PanelAnswerForm]:
        answers = Answer.objects.filter(of_return=self.of_return, question__standard=self.standard)
        options = list(self.of_return.round.framework.options.all())
        related = answers.with_content().select_related("moderated").order_by("question__number")
        return [PanelAnswerForm(data, answer=answer, options=options) for answer in related]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms = kwargs.pop("forms", None) or self.forms()
        queries = list(PanelQuery.objects.filter(of_return=self.of_return, question__standard=self.standard))
        numbers = [one.standard.number for one in self.of_return.sections.select_related("standard")]
        return super().get_context_data(
            **{
                "title": str(self.standard),
                "of_return": self.of_return,
                "breadcrumbs": self.crumbs(),
                "rows": [(form, AnswerRow(form.answer), _of(form.answer, queries)) for form in forms],
                "forms": forms,
                "feedback": kwargs.pop("feedback", None) or self.feedback_forms(),
                "ask": kwargs.pop("ask", None) or RequestForm(),
                "requests": list(self.of_return.requests.filter(standard=self.standard)),
                "others": [(n, reverse("audits:return_panel", args=[self.of_return.pk, n])) for n in numbers],
                "across": reverse("audits:round_panel", args=[self.of_return.round_id, self.standard.number]),
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        forms, feedback, ask = self.forms(request.POST), self.feedback_forms(request.POST), RequestForm(request.POST)
        everything: list[BaseForm] = [*forms, *(form for _, form in feedback), ask]
        valid = [form.is_valid() for form in everything]
        status = 200
        if all(valid):
            try:
                with transaction.atomic():
                    self.save(forms, feedback, ask)
            except Overtaken:
                status = 409
            except RuleBroken as refusal:
                if not any(form.errors for form in everything):
                    apply_rule(ask, refusal)
            else:
                messages.success(request, self.done)
                return redirect(self.following())
        wrong = next(form for form in everything if form.errors)
        context = self.get_context_data(forms=forms, feedback=feedback, ask=ask, form=wrong, everything=everything)
        return self.render_to_response(context, status=status)

    def save(self, forms: list[PanelAnswerForm], feedback: list[tuple[Area, FeedbackForm]], ask: RequestForm) -> None:
        now = timezone.now()
        for form in forms:
            try:
                self.save_answer(form, now)
            except RuleBroken as refusal:
                apply_rule(form, refusal)
                raise
        self.write_feedback(feedback)
        if ask.cleaned_data["request"]:
            panel.add_request(
                of_return=self.of_return,
                standard=self.standard,
                text=ask.cleaned_data["request"],
                due_on=ask.cleaned_data["request_due"],
                by=self.user,
                at=now,
            )

    def save_answer(self, form: PanelAnswerForm, now: Any) -> None:
        if {"grade", "reason"} & set(form.changed_data):
            reason = form.cleaned_data["reason"]
            panel.moderate(answer=form.answer, option=form.option, reason=reason, by=self.user, at=now)
        if form.cleaned_data["query"]:
            question, text = form.answer.question, form.cleaned_data["query"]
            panel.raise_query(of_return=self.of_return, question=question, text=text, by=self.user, at=now)

    def following(self) -> str:
        """On to the next standard, after the last one to the overall feedback."""
        numbers = self.of_return.sections.filter(standard__number__gt=self.standard.number)
        following = min(numbers.values_list("standard__number", flat=True), default=None)
        if following is None:
            return reverse("audits:return_feedback", args=[self.of_return.pk])
        return reverse("audits:return_panel", args=[self.of_return.pk, following])


def _of(answer: Answer, queries: list[PanelQuery]) -> list[PanelQuery]:
    return [query for query in queries if query.question_id == answer.question_id]


class OverallFeedback(_Panel):
    """The words about the whole return; from here it is moderated and the feedback issued."""

    template_name = "audits/panel_feedback.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "title": "Overall feedback",
                "of_return": self.of_return,
                "breadcrumbs": self.crumbs(),
                "feedback": kwargs.pop("feedback", None) or self.feedback_forms(),
                "unanswered": self.of_return.queries.unanswered().count(),
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        feedback = self.feedback_forms(request.POST)
        if all(form.is_valid() for _, form in feedback):
            try:
                with transaction.atomic():
                    self.write_feedback(feedback)
            except Overtaken:
                return self.render_to_response(self._again(feedback), status=409)
            except RuleBroken as refusal:
                apply_rule(feedback[0][1], refusal)
            else:
                messages.success(request, self.done)
                return redirect("audits:return_feedback", self.of_return.pk)
        return self.render_to_response(self._again(feedback))

    def _again(self, feedback: list[tuple[Area, FeedbackForm]]) -> dict[str, Any]:
        everything = [form for _, form in feedback]
        wrong = next(form for form in everything if form.errors)
        return self.get_context_data(feedback=feedback, everything=everything, form=wrong)


class _PanelStep(OfReturn, View):
    """One button of the panel."""

    http_method_names = ["post"]
    needs = "run"
    said = ""

    def do(self) -> Any:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.do()
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, self.said)
        return redirect(self.of_return)


class FinishModeration(_PanelStep):
    said = "The return is moderated. Issue the feedback when every area has written."

    def do(self) -> Any:
        panel.finish_moderation(of_return=self.of_return, by=self.user, at=self.now)


class IssueFeedback(_PanelStep):
    said = "The feedback is issued, and the actions are in the agency’s plan."

    def do(self) -> Any:
        panel.issue_feedback(of_return=self.of_return, by=self.user, at=self.now)


class CloseReturn(_PanelStep):
    said = "The return is closed. The agency still reads and downloads it."

    def do(self) -> Any:
        panel.close_return(of_return=self.of_return, by=self.user, at=self.now)


class RemoveRequest(_PanelStep):
    said = "The request is taken back."

    def do(self) -> Any:
        asked = get_object_or_404(PanelRequest, of_return=self.of_return, pk=self.kwargs["asked"])
        panel.remove_request(request=asked, by=self.user)


# ---- Excusing -------------------------------------------------------------------------------------------------------


class Defer(ChangeReturn):
    needs = "run"
    form_class = DeferForm
    title = "Defer a return"
    done = "The return is deferred. The first deadline stays on record."

    def do(self, data: dict[str, Any]) -> Any:
        return rounds.defer(of_return=self.of_return, by=self.user, at=self.now, **data)


class Excuse(ChangeReturn):
    needs = "run"
    form_class = ReasonForm
    title = "Do not require a return"
    done = "The return is not required."

    def do(self, data: dict[str, Any]) -> Any:
        return rounds.excuse(of_return=self.of_return, by=self.user, at=self.now, **data)


class Require(ChangeReturn):
    needs = "run"
    form_class = ReasonForm
    title = "Require a return after all"
    done = "The return is required again."

    def do(self, data: dict[str, Any]) -> Any:
        return rounds.require(of_return=self.of_return, by=self.user, at=self.now, **data)


# ---- One standard across agencies -----------------------------------------------------------------------------------


class RoundPanel(RunsRounds, TemplateView):
    """What all agencies of a round say to one standard, as far as they have submitted."""

    template_name = "audits/round_panel.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = Round.objects.visible_to(self.user).select_related("framework")
        of_round = get_object_or_404(visible, pk=self.kwargs["pk"])
        standard = get_object_or_404(of_round.framework.standards, number=self.kwargs["number"])
        answers = Answer.objects.visible_to(self.user).filter(
            of_return__round=of_round, of_return__submitted_at__isnull=False, question__standard=standard
        )
        related = answers.with_content().select_related("of_return__agency").order_by("of_return__agency__name")
        grades = ModeratedGrade.objects.visible_to(self.user).filter(answer__in=answers).select_related("option")
        moderated = {one.answer_id: one for one in grades}
        by_question: dict[int, list[AnswerRow]] = {}
        for answer in related:
            by_question.setdefault(answer.question_id, []).append(AnswerRow(answer, moderated.get(answer.pk)))
        questions = [(one, by_question.get(one.pk, [])) for one in standard.questions.order_by("number")]
        numbers = [(one.number, one.title) for one in of_round.framework.standards.all()]
        return super().get_context_data(
            title=str(standard),
            of_round=of_round,
            standard=standard,
            questions=questions,
            others=[(n, title, reverse("audits:round_panel", args=[of_round.pk, n])) for n, title in numbers],
            breadcrumbs=[
                ("Section 11 and school audits", reverse("audits:round_list")),
                (of_round.title, of_round.get_absolute_url()),
            ],
            **kwargs,
        )
