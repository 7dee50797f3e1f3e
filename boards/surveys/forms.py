"""The shape of what people type about surveys, and of what respondents answer; the rules are in the services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from lscb.common.forms import FlexibleDateField, MonthFormField, PortalForm, prepare, version_field

from ..models import Answer, Moderation, Question, QuestionKind, Theme
from ..plan.forms import ThemesField
from .services import LONGEST_COMMENT, Given

MOST_ADDRESSES = 500


class SurveyForm(PortalForm):
    submit_label = "Save the survey"
    title = forms.CharField(label="Title", max_length=150)
    month = MonthFormField(label="Month")
    audience = forms.CharField(
        label="Who is asked", help_text="For example, professionals of all agencies", max_length=150, required=False
    )
    introduction = forms.CharField(
        label="What people read before the questions", widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    closes_on = FlexibleDateField(label="Last day for answers", required=False)
    themes = ThemesField()

    def __init__(self, *args: Any, themes: QuerySet[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = themes  # type: ignore[attr-defined]


class ChangeSurveyForm(SurveyForm):
    version = version_field()


class QuestionForm(PortalForm):
    submit_label = "Save the question"
    text = forms.CharField(label="Question", max_length=300)
    kind = forms.ChoiceField(
        label="How it is answered",
        choices=QuestionKind.choices,
        initial=QuestionKind.SINGLE,
        widget=forms.RadioSelect,
    )
    options = forms.CharField(
        label="Answers to choose from",
        help_text="One on each line, in the order in which they are shown",
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
    )
    is_required = forms.BooleanField(label="It must be answered", required=False)

    def clean_options(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]


class SendForm(PortalForm):
    submit_label = "Send the survey"
    addresses = forms.CharField(
        label="E-mail addresses",
        help_text="One on each line. Each gets a link of its own that works once.",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_addresses(self) -> list[str]:
        found = [address for address in re.split(r"[\s,;]+", self.cleaned_data["addresses"]) if address]
        if len(found) > MOST_ADDRESSES:
            raise ValidationError(f"Enter at most {MOST_ADDRESSES} addresses at a time")
        wrong = [address for address in found if not _is_address(address)]
        if wrong:
            raise ValidationError(f"These are no e-mail addresses: {', '.join(wrong[:5])}")
        return found


class ReopenForm(PortalForm):
    submit_label = "Re-open the survey"
    closes_on = FlexibleDateField(label="New last day for answers")


class NothingToEnter(PortalForm):
    """A button alone."""


class ImportForm(PortalForm):
    submit_label = "Import the answers"
    file = forms.FileField(label="CSV or Excel file", widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}))


# ---- Answering ------------------------------------------------------------------------------------------------------


class AnswerForm(PortalForm):
    """The questions of a survey in their order."""

    submit_label = "Send your answers"

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[_name(question)] = _field(question)
            prepare(self.fields[_name(question)])
        self.fields["submission"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def given(self) -> Given:
        """As the service takes it."""
        data = self.cleaned_data
        return {question.pk: _given(question, data.get(_name(question))) for question in self.questions}


def _name(question: Question) -> str:
    return f"question_{question.pk}"


def _field(question: Question) -> forms.Field:
    words: dict[str, Any] = {"label": question.text, "required": question.is_required}
    if question.is_required:
        words["error_messages"] = {"required": f"Answer the question: {question.text}"}
    if question.kind == QuestionKind.TEXT:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), max_length=LONGEST_COMMENT, **words)
    choices = [(str(option.pk), option.label) for option in question.options.all()]
    if question.kind == QuestionKind.MULTIPLE:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **words)
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **words)


def _given(question: Question, value: Any) -> list[int] | str:
    if question.kind == QuestionKind.TEXT:
        return str(value or "")
    chosen: Iterable[str] = value if isinstance(value, list) else [value] if value else []
    return [int(option) for option in chosen]


# ---- Comments -------------------------------------------------------------------------------------------------------


class CommentForm(PortalForm):
    """One comment as it may be printed, and what is decided."""

    printed = forms.CharField(
        label="As it may be printed",
        help_text="Take out names, places and whatever lets somebody be known",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    decision = forms.ChoiceField(label="Decision", choices=Moderation.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, answer: Answer, **kwargs: Any) -> None:
        self.answer = answer
        words = {"printed": answer.printed or answer.text, "decision": answer.moderation}
        super().__init__(*args, initial=words, prefix=f"comment-{answer.pk}", **kwargs)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
