"""What is done with a survey: built, opened, sent, answers imported, closed, comments read."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from boards.models import Answer, Moderation, Question, Survey, Theme
from boards.surveys import forms, services
from boards.surveys.importing import FileRefused, import_answers, template_of
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import AsRead, Versioned
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule
from lscb.common.words import worded

from .base import ChangesBoard, crumbs
from .surveys import OfSurvey, list_crumb

COMMENTS_AT_ONCE = 20


class DraftSurvey(ChangesBoard):
    form_class = forms.SurveyForm
    title = "Draft a survey"
    done = "The survey is drafted. Add its questions."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"themes": themes_to_choose(self.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=crumbs(list_crumb()), **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.draft_survey(by=self.user, **data)


def themes_to_choose(user: Any) -> Any:
    return Theme.objects.visible_to(user).order_by("-year", "number")


class ChangesSurvey(OfSurvey, ChangesBoard):
    """A form of a survey, for who builds them."""

    warning: ClassVar[str] = ""
    submit: ClassVar[str] = ""
    form_class: Any = forms.NothingToEnter

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | ({"submit_label": self.submit} if self.submit else {})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = crumbs(list_crumb(), (str(self.survey), self.survey.get_absolute_url()))
        return super().get_context_data(**{"breadcrumbs": above, "warning": self.warning, **kwargs})


class ChangeSurvey(ChangesSurvey, Versioned):
    form_class = forms.ChangeSurveyForm
    title = "Change the survey"
    done = "The survey is changed."

    @property
    def record(self) -> Survey:
        return self.survey

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"themes": themes_to_choose(self.user)}

    def values(self, record: Survey) -> dict[str, Any]:
        return {name: getattr(record, name) for name in services.FACTS} | {"themes": list(record.themes.all())}

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_survey(survey=self.survey, by=self.user, **data)


class AddQuestion(ChangesSurvey):
    form_class = forms.QuestionForm
    title = "Add a question"
    done = "The question is added."

    def do(self, data: dict[str, Any]) -> Any:
        services.set_question(survey=self.survey, by=self.user, **data)
        return self.survey


class _OfQuestion(ChangesSurvey):
    @cached_property
    def question(self) -> Question:
        questions = Question.objects.visible_to(self.user).select_related("survey")
        return get_object_or_404(questions, survey=self.survey, order=self.kwargs["order"])


class ChangeQuestion(_OfQuestion, AsRead):
    form_class = forms.QuestionForm
    title = "Change a question"
    done = "The question is changed."

    @property
    def record(self) -> Question:
        return self.question

    def values(self, record: Question) -> dict[str, Any]:
        options = "\n".join(option.label for option in record.options.all())
        return {"text": record.text, "kind": record.kind, "options": options, "is_required": record.is_required}

    def do(self, data: dict[str, Any]) -> Any:
        services.set_question(survey=self.survey, question=self.question, by=self.user, **data)
        return self.survey


class RemoveQuestion(_OfQuestion):
    title = "Remove a question"
    submit = "Remove the question"
    done = "The question is removed."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"warning": f"This question is taken out: {self.question.text}", **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        services.remove_question(question=self.question, by=self.user)
        return self.survey


class OpenSurvey(ChangesSurvey):
    title = "Open the survey"
    warning = "From then on it can be answered, and its questions stay as they are."
    submit = "Open the survey"
    done = "The survey is open. Pass its link on, or send it by e-mail."

    def do(self, data: dict[str, Any]) -> Any:
        return services.open_survey(survey=self.survey, on=self.today, by=self.user)


class CloseSurvey(ChangesSurvey):
    title = "Close the survey"
    warning = worded("It takes no more answers. Everybody who reads the {board} can see what it came to.")
    submit = "Close the survey"
    done = "The survey is closed."

    def do(self, data: dict[str, Any]) -> Any:
        return services.close_survey(survey=self.survey, on=self.today, by=self.user)


class ReopenSurvey(ChangesSurvey):
    form_class = forms.ReopenForm
    title = "Re-open the survey"
    done = "The survey is open again."

    def do(self, data: dict[str, Any]) -> Any:
        return services.reopen_survey(survey=self.survey, on=self.today, by=self.user, **data)


class TakeBackLink(ChangesSurvey):
    title = "Take back the open link"
    warning = "The open link stops working wherever it was passed on. The page of the survey shows a new one."
    submit = "Take back the link"
    done = "The old link does not work any more."

    def do(self, data: dict[str, Any]) -> Any:
        return services.take_back_open_link(survey=self.survey, by=self.user)


class SendSurvey(ChangesSurvey):
    form_class = forms.SendForm
    title = "Send the survey by e-mail"
    done = "The survey is sent."

    def do(self, data: dict[str, Any]) -> Any:
        services.send_survey(survey=self.survey, by=self.user, at=timezone.now(), **data)
        return self.survey


class ImportAnswers(ChangesSurvey):
    template_name = "boards/survey_import.html"
    form_class = forms.ImportForm
    title = "Import answers"

    def form_valid(self, form: BaseForm) -> HttpResponse:
        upload = form.cleaned_data["file"]
        words = {"survey": self.survey, "content": upload.read(), "name": upload.name, "on": self.today}
        try:
            number = import_answers(by=self.user, **words)
        except FileRefused as refusal:
            apply_rule(form, refusal)
            return self.render_to_response(self.get_context_data(form=form, refused=refusal.errors))
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        told = f"{number} respondents were imported." if number else "This file was imported before. Nothing changed."
        messages.success(self.request, told)
        return redirect(self.survey)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"survey": self.survey, **kwargs})


class ImportTemplate(ChangesSurvey, View):
    """A CSV file with the headings of the survey."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(template_of(self.survey), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="answers.csv"'
        return response


class ReadComments(OfSurvey, TemplateView):
    """Comments, those that nobody has read first, twenty at a time: each cleared for print, or not to be printed."""

    right = Permission.MANAGE_BOARD
    template_name = "boards/survey_comments.html"

    @cached_property
    def answers(self) -> list[Answer]:
        answers = Answer.objects.visible_to(self.user).comments().filter(question__survey=self.survey)
        waiting = answers.filter(moderation=Moderation.WAITING) if "all" not in self.request.GET else answers
        return list(waiting.select_related("question").order_by("question__order", "pk")[:COMMENTS_AT_ONCE])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = crumbs(list_crumb(), (str(self.survey), self.survey.get_absolute_url()))
        comments = kwargs.pop("comments", None) or [forms.CommentForm(answer=answer) for answer in self.answers]
        shows_all = "all" in self.request.GET
        return super().get_context_data(
            title="Comments", survey=self.survey, breadcrumbs=above, comments=comments, shows_all=shows_all, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        comments = [forms.CommentForm(request.POST, answer=answer) for answer in self._sent()]
        try:
            with transaction.atomic():
                for form in comments:
                    self._decide(form)
        except RuleBroken:
            return self.render_to_response(self.get_context_data(comments=comments))
        messages.success(request, "What you decided is saved.")
        return redirect(reverse("boards:survey_comments", args=[self.survey.pk]))

    def _sent(self) -> list[Answer]:
        """The comments that were on the page when it was sent, whatever was decided of them meanwhile."""
        sent = [name.removesuffix("-decision").removeprefix("comment-") for name in self.request.POST]
        keys = [key for key in sent if key.isdecimal()][:COMMENTS_AT_ONCE]
        answers = Answer.objects.visible_to(self.user).comments().filter(question__survey=self.survey, pk__in=keys)
        return list(answers.select_related("question").order_by("question__order", "pk"))

    def _decide(self, form: forms.CommentForm) -> None:
        if not form.is_valid():
            raise RuleBroken("Choose what to do with each comment.")
        decision, printed = form.cleaned_data["decision"], form.cleaned_data["printed"]
        today = timezone.localdate()
        try:
            if decision == Moderation.CLEARED:
                services.clear_comment(answer=form.answer, printed=printed, on=today, by=self.user)
            elif decision == Moderation.WITHHELD:
                services.withhold_comment(answer=form.answer, on=today, by=self.user)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            raise
