"""The shape of what people type about multi-agency audits; the rules are in the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from boards.models import Group, Theme
from lscb.accounts.models import Agency
from lscb.common.forms import FlexibleDateField, MonthFormField, PortalForm, prepare, version_field
from lscb.common.words import worded

from ..models import (
    AgeBand,
    AuditGrade,
    AuditKind,
    AuditQuestion,
    AuditReturn,
    AuditTool,
    CaseOutcome,
    FindingKind,
    PlanStatus,
    Risk,
)
from .services import Moderated, Said

RETURNS_TAKE = dt.timedelta(days=28)
LATER = "later"
FEW = {"rows": 3}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class NothingToEnter(PortalForm):
    """A page that says what will happen, and one button."""


# ---- The audit ------------------------------------------------------------------------------------------------------


class PlanForm(PortalForm):
    """What stands on the schedule."""

    submit_label = "Put it on the schedule"
    title = forms.CharField(label="Title", help_text="For example, Children living with neglect", max_length=150)
    kind = forms.ChoiceField(label="Kind", choices=AuditKind, widget=forms.RadioSelect)
    subject = forms.CharField(
        label="Subject",
        help_text="In a word or two, such as Neglect. Audits of one subject are compared with each other",
        max_length=60,
        required=False,
    )
    first = MonthFormField(label="First month")
    last = MonthFormField(label="Last month", help_text="The same month when it takes only one")
    lead_group = forms.ModelChoiceField(
        label="Lead group", help_text="It watches the action plan", queryset=Group.objects.none()
    )
    looking_on = forms.ModelChoiceField(
        label="Group that looks on", queryset=Group.objects.none(), required=False, empty_label="None"
    )
    themes = forms.ModelMultipleChoiceField(
        label="Themes of the business plan",
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, groups: QuerySet[Group], themes: QuerySet[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["lead_group"].queryset = groups
        fields["looking_on"].queryset = groups
        fields["themes"].queryset = themes
        fields["themes"].label_from_instance = lambda one: f"{one.year}, {one.number}: {one.text}"


class ChangeForm(PlanForm):
    submit_label = "Save the audit"
    terms_of_reference = forms.CharField(label="Terms of reference", widget=forms.Textarea, required=False)
    team = forms.CharField(
        label="Audit team", help_text="Positions, one on each line", widget=forms.Textarea(attrs=FEW), required=False
    )
    tool = forms.ModelChoiceField(
        label="Tool",
        help_text="The questions and the grades. It stays once agencies are asked",
        queryset=AuditTool.objects.none(),
        required=False,
        empty_label="Not yet chosen",
    )
    period_from = FlexibleDateField(label="Period audited from", required=False)
    period_to = FlexibleDateField(label="Period audited to", required=False)
    fieldwork_from = FlexibleDateField(label="Fieldwork from", required=False)
    fieldwork_to = FlexibleDateField(label="Fieldwork to", required=False)
    summary = forms.CharField(
        label="What the audit found",
        help_text="In a few sentences, for who reads its report",
        widget=forms.Textarea,
        required=False,
    )
    version = version_field()

    def __init__(self, *args: Any, tools: QuerySet[AuditTool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tool"].queryset = tools  # type: ignore[attr-defined]


class ToolForm(PortalForm):
    submit_label = "Save the tool"
    title = forms.CharField(label="Name of the tool", max_length=150)
    questions = forms.CharField(
        label="Questions", help_text="One on each line", widget=forms.Textarea(attrs={"rows": 10})
    )
    grades = forms.CharField(
        label="Grades", help_text="One on each line, the best first", widget=forms.Textarea(attrs={"rows": 5})
    )

    def clean_questions(self) -> list[str]:
        return _lines(self.cleaned_data["questions"])

    def clean_grades(self) -> list[str]:
        return _lines(self.cleaned_data["grades"])


class _OnADay(PortalForm):
    """Something that happened on a day, today unless another is entered."""

    on = FlexibleDateField(label="When")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.order_fields([*(name for name in self.fields if name != "on"), "on"])


class StageForm(_OnADay):
    """A stage that was reached on a day."""


class CancelForm(_OnADay):
    submit_label = "It is not carried out"
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs=FEW))


class SmallNumbersForm(PortalForm):
    submit_label = "Show small numbers"
    reason = forms.CharField(
        label="Why they may be shown",
        help_text=worded("For example, that no child can be known by them and the {board} agreed to it"),
        widget=forms.Textarea(attrs=FEW),
    )


class WorkshopForm(PortalForm):
    submit_label = "Add the workshop"
    held_on = FlexibleDateField(label="When")
    about = forms.CharField(label="What it is about", max_length=200)


# ---- Cases ----------------------------------------------------------------------------------------------------------


class CaseForm(PortalForm):
    submit_label = "Add the case"
    pseudonym = forms.CharField(
        label="Pseudonym",
        help_text="Such as Case A. Never a name, initials or a number of a record: who the child is stays outside",
        max_length=40,
    )
    age_band = forms.ChoiceField(label="Age", choices=AgeBand)
    risk = forms.ChoiceField(label="Risk level", choices=Risk, widget=forms.RadioSelect)
    plan_status = forms.ChoiceField(label="Plan status", choices=PlanStatus, widget=forms.RadioSelect)


class ChangeCaseForm(CaseForm):
    submit_label = "Save the case"
    version = version_field()


class AskForm(PortalForm):
    submit_label = "Ask the agencies"
    agencies = forms.ModelMultipleChoiceField(
        label="Which agencies make a return for each case",
        queryset=Agency.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    due = FlexibleDateField(label="Returns due")

    def __init__(self, *args: Any, agencies: QuerySet[Agency], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agencies"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["due"].initial = today + RETURNS_TAKE


class ModerationForm(PortalForm):
    """One case: a grade and a reason for each return that came, then the case as a whole."""

    submit_label = "Save the moderation"
    version = version_field()

    def __init__(self, *args: Any, returns: Sequence[AuditReturn], grades: QuerySet[AuditGrade], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.returns = returns
        own: dict[str, forms.Field] = {}
        for one in returns:
            own[f"grade_{one.pk}"] = _grade(
                f"Moderated grade for {one.agency.short_name}", grades, empty="Not yet moderated", required=False
            )
            own[f"reason_{one.pk}"] = forms.CharField(
                label=f"Reason for the grade of {one.agency.short_name}",
                help_text="Needed where it is another than the agency’s own",
                widget=forms.Textarea(attrs={"rows": 2}),
                required=False,
            )
        own["grade"] = _grade("Grade of the whole case", grades, empty="Not graded", required=False)
        own["outcome"] = forms.ChoiceField(
            label="Outcome for the child", choices=[("", "Not known yet"), *CaseOutcome.choices], required=False
        )
        own["outcome_note"] = forms.CharField(
            label="What changed for the child", widget=forms.Textarea(attrs=FEW), required=False
        )
        self.fields = {**own, **self.fields}
        for field in own.values():
            prepare(field)

    def rows(self) -> list[dict[str, Any]]:
        """Each return with the two fields about it."""
        return [
            {"one": one, "grade": self[f"grade_{one.pk}"], "reason": self[f"reason_{one.pk}"]} for one in self.returns
        ]

    def moderated(self) -> dict[str, Moderated]:
        data = self.cleaned_data
        return {str(one.pk): Moderated(data[f"grade_{one.pk}"], data[f"reason_{one.pk}"]) for one in self.returns}


def _grade(label: str, grades: QuerySet[AuditGrade], *, empty: str, required: bool) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label=label, queryset=grades, empty_label=empty, required=required)


# ---- Returns --------------------------------------------------------------------------------------------------------


class AnswerForm(PortalForm):
    """A return to one case. “Save and finish later” asks for nothing; sending asks for everything, by the service."""

    submit_label = "Send the return"
    own_grade = forms.ModelChoiceField(
        label="Grade for the work of your agency as a whole",
        queryset=AuditGrade.objects.none(),
        required=False,
        widget=forms.RadioSelect,
        empty_label=None,
    )
    account = forms.CharField(
        label="What your agency found",
        help_text="What worked for this child, what did not, what you will do. No names",
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
    )
    upload = forms.FileField(
        label="Attach a file", help_text="For example, a chronology under the pseudonym", required=False
    )
    version = version_field()

    def __init__(
        self,
        *args: Any,
        questions: Sequence[AuditQuestion],
        grades: QuerySet[AuditGrade],
        sends: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions, self.sends = questions, sends
        asked: dict[str, forms.Field] = {}
        for question in questions:
            asked[f"grade_{question.pk}"] = _grade("Grade", grades, empty="Not yet graded", required=False)
            asked[f"evidence_{question.pk}"] = forms.CharField(
                label="Evidence", widget=forms.Textarea(attrs=FEW), required=False
            )
        for field in asked.values():
            prepare(field)
        self.fields = {**asked, **self.fields}
        self.fields["own_grade"].queryset = grades  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What is sent has a grade everywhere; what is kept for later may have gaps."""
        data = super().clean() or self.cleaned_data
        if not self.sends:
            return data
        for question in self.questions:
            if not data.get(f"grade_{question.pk}"):
                self.add_error(f"grade_{question.pk}", f"Select a grade for question {question.number}")
        if not data.get("own_grade"):
            self.add_error("own_grade", "Select a grade for the work of your agency as a whole")
        if not data.get("account"):
            self.add_error("account", "Say what your agency found")
        return data

    def rows(self) -> list[dict[str, Any]]:
        """Each question with its two fields."""
        return [
            {"question": question, "grade": self[f"grade_{question.pk}"], "evidence": self[f"evidence_{question.pk}"]}
            for question in self.questions
        ]

    def said(self) -> dict[int, Said]:
        data = self.cleaned_data
        return {
            question.pk: Said(data.get(f"grade_{question.pk}"), data.get(f"evidence_{question.pk}", ""))
            for question in self.questions
        }


class NoInvolvementForm(PortalForm):
    submit_label = "We were not involved"
    note = forms.CharField(
        label="How you made sure",
        help_text="For example, which records were searched",
        widget=forms.Textarea(attrs=FEW),
    )


class SendBackForm(PortalForm):
    submit_label = "Send it back"
    reason = forms.CharField(label="What is missing", widget=forms.Textarea(attrs=FEW))
    due = FlexibleDateField(label="Return due")


# ---- What came of it ------------------------------------------------------------------------------------------------


class FindingForm(PortalForm):
    submit_label = "Add the finding"
    kind = forms.ChoiceField(label="Is it a strength or a gap?", choices=FindingKind, widget=forms.RadioSelect)
    theme = forms.CharField(label="Theme", help_text="For example, Information sharing", max_length=80)
    text = forms.CharField(label="What was found", widget=forms.Textarea)
    public = forms.CharField(
        label="Words for the annual report",
        help_text="For everybody: nothing by which a child could be known. Without them the finding is not printed",
        widget=forms.Textarea(attrs=FEW),
        required=False,
    )


class ChangeFindingForm(FindingForm):
    submit_label = "Save the finding"
    version = version_field()


class RecommendForm(PortalForm):
    submit_label = "Add the recommendation"
    text = forms.CharField(label="What should change", widget=forms.Textarea)
