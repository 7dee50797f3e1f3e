"""Identity for a purpose, agencies, processes, panel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet

from boards.models import Meeting
from lscb.accounts.models import Agency
from lscb.common.forms import FieldGroup, FlexibleDateField, PortalForm, prepare
from lscb.common.templatetags.portal import day

from ..form_b import ANSWER_WORDS, FormVersion
from ..models import Death, ProcessKind, Purpose

REPORTS_TAKE = dt.timedelta(days=21)


class PurposeForm(PortalForm):
    submit_label = "Show who the child was"
    purpose = forms.ChoiceField(label="Why do you need to know?", choices=Purpose.choices, widget=forms.RadioSelect)


class AskForm(PortalForm):
    submit_label = "Ask these agencies"
    due = FlexibleDateField(label="Reports due")
    agencies = forms.ModelMultipleChoiceField(
        label="Agencies", queryset=Agency.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agencies"]
        field.queryset = agencies
        self.fields["due"].initial = today + REPORTS_TAKE


class OnADay(PortalForm):
    """Something that happened on a day, today unless another is entered."""

    on = FlexibleDateField(label="When")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.order_fields([*(name for name in self.fields if name != "on"), "on"])


class PassOnForm(OnADay):
    submit_label = "Pass on"
    area = forms.CharField(label="Which area’s panel reviews the death", max_length=200)


class ProcessForm(OnADay):
    submit_label = "Note the process"
    kind = forms.ChoiceField(label="What runs", choices=ProcessKind.choices, widget=forms.RadioSelect)
    ends_first = forms.BooleanField(label="The review may not close before it has ended", required=False)
    note = forms.CharField(
        label="Note", help_text="Only you and the designated doctor read it", widget=forms.Textarea, required=False
    )


class EndProcessForm(OnADay):
    submit_label = "It has ended"
    note = forms.CharField(label="What came of it", widget=forms.Textarea, required=False)


class RapidResponseForm(PortalForm):
    submit_label = "Save the rapid response"
    began_on = FlexibleDateField(label="First conversation of the professionals")
    visited_on = FlexibleDateField(label="Joint visit to the home or scene", required=False)
    discussed_on = FlexibleDateField(label="Case discussion", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)


class JoinForm(PortalForm):
    submit_label = "Join the two"
    to = forms.ModelChoiceField(label="Which case is it the same as?", queryset=Death.objects.none(), empty_label=None)

    def __init__(self, *args: Any, cases: QuerySet[Death], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = cases
        field.widget = forms.RadioSelect(choices=field.choices)


class AgencyReportForm(PortalForm):
    """The questions of a form version: for each a kind of answer, and the answer. Blank may be kept, but not sent."""

    submit_label = "Send the report"
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, form_version: FormVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = []
        for number, question in enumerate(form_version.questions, start=1):
            kind, text = f"{question.code}_kind", f"{question.code}_text"
            self.fields[kind] = forms.ChoiceField(
                label="Answer", choices=list(ANSWER_WORDS.items()), widget=forms.RadioSelect, required=False
            )
            self.fields[text] = forms.CharField(
                label="In your words", widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=20_000
            )
            prepare(self.fields[kind])
            prepare(self.fields[text])
            groups.append(FieldGroup(f"{number}. {question.text}", kind, text, hint=question.hint))
        self.layout = Layout(*groups, "version")  # type: ignore[misc]
        self.codes = [question.code for question in form_version.questions]

    @property
    def bare_helper(self) -> FormHelper:
        """For a form element of the page's own: it saves itself and has two buttons."""
        helper = self.helper
        helper.form_tag, helper.disable_csrf = False, True
        return helper

    @property
    def answers(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        return {code: {"kind": data[f"{code}_kind"], "text": data[f"{code}_text"]} for code in self.codes}


def answers_as_initial(answers: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    initial = {f"{code}_kind": one.get("kind", "") for code, one in answers.items()}
    return initial | {f"{code}_text": one.get("text", "") for code, one in answers.items()}


class PanelForm(PortalForm):
    submit_label = "Save the list"
    is_neonatal = forms.BooleanField(label="This is a neonatal panel: deaths under 28 days only", required=False)
    deaths = forms.MultipleChoiceField(label="Cases", widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, cases: Sequence[tuple[Death, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = {str(death.pk): death for death, _ in cases}
        field: Any = self.fields["deaths"]
        field.choices = [(str(death.pk), words) for death, words in cases]

    def clean_deaths(self) -> list[Death]:
        return [self.cases[key] for key in self.cases if key in self.cleaned_data["deaths"]]


class MeetingForm(PortalForm):
    """Which of the meetings that had the case on their list."""

    submit_label = "Complete the review"
    meeting = forms.ModelChoiceField(label="At which meeting", queryset=Meeting.objects.none(), empty_label=None)

    def __init__(self, *args: Any, meetings: QuerySet[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["meeting"]
        field.queryset = meetings
        field.label_from_instance = lambda meeting: day(meeting.day)
