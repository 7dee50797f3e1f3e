"""The shape of what people type about challenges; the rules are in the services."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from lscb.accounts.models import Agency
from lscb.actions.forms import ActionForm
from lscb.common.forms import FilesField, FlexibleDateField, PortalForm, version_field
from lscb.common.words import say, worded

from ..models import Challenge, Escalation, Group, Priority, Theme

BOARD = "board"
LONGEST_LABEL = 70
ANSWERED_WITHIN = dt.timedelta(days=28)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[:LONGEST_LABEL].rsplit(' ', 1)[0]} …"


class _ChallengeFields(PortalForm):
    """What is known of a challenge. Groups, themes and priorities are those that the person may see."""

    raised_on = FlexibleDateField(label="Date raised")
    group = forms.ModelChoiceField(
        label="Where it was raised",
        queryset=Group.objects.none(),
        required=False,
        empty_label="By correspondence, in no meeting",
    )
    meeting = forms.CharField(
        label="Which meeting", help_text="For example, themed meeting on neglect", max_length=150, required=False
    )
    met_on = FlexibleDateField(
        label="Date of the meeting", help_text="If it is not the date raised. For example, 3 June 2026", required=False
    )
    raised_by = forms.ChoiceField(label="Raised by", help_text="A role, never a person")
    agencies = forms.ModelMultipleChoiceField(
        label="Put to", queryset=Agency.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(
        label="The question in one line",
        help_text="For example, Is the fall in looked after children safe?",
        max_length=200,
    )
    issue = forms.CharField(label="The issue", widget=forms.Textarea)
    asked = forms.CharField(label="What is asked for", widget=forms.Textarea(attrs={"rows": 3}))
    theme = forms.ModelChoiceField(label="Theme", queryset=Theme.objects.none(), required=False, empty_label="None")
    priority = forms.ModelChoiceField(
        label="Priority", queryset=Priority.objects.none(), required=False, empty_label="None"
    )

    def __init__(
        self,
        *args: Any,
        groups: QuerySet[Group],
        agencies: QuerySet[Agency],
        themes: QuerySet[Theme],
        priorities: QuerySet[Priority],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["group"].queryset = groups
        fields["agencies"].queryset = agencies
        fields["theme"].queryset = themes
        fields["theme"].label_from_instance = lambda one: _short(f"{one.year}, {one.number}: {one.text}")
        fields["priority"].queryset = priorities
        fields["priority"].label_from_instance = lambda one: _short(f"{one.number}: {one.text}")
        self.raisers: dict[str, Group | Agency] = {
            **{f"group-{one.pk}": one for one in groups},
            **{f"agency-{one.pk}": one for one in agencies},
        }
        names = [(key, str(one)) for key, one in self.raisers.items()]
        fields["raised_by"].choices = [(BOARD, say("The {board}")), *names]

    def clean_raised_by(self) -> Group | Agency | None:
        """A group, an agency, or None for the board itself."""
        return self.raisers.get(self.cleaned_data["raised_by"])


def raiser_key(challenge: Challenge) -> str:
    """How the form names who raised it."""
    if challenge.raised_by_group_id:
        return f"group-{challenge.raised_by_group_id}"
    return f"agency-{challenge.raised_by_agency_id}" if challenge.raised_by_agency_id else BOARD


class LogForm(_ChallengeFields):
    submit_label = "Log the challenge"
    due = FlexibleDateField(label="Response due")
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["raised_on"].initial = today
        self.fields["due"].initial = today + ANSWERED_WITHIN
        self.fields["submission"].initial = uuid4
        self.order_fields([*(name for name in self.fields if name not in ("theme", "priority")), "theme", "priority"])


class ChangeForm(_ChallengeFields):
    submit_label = "Save the challenge"
    outcome = forms.CharField(label="Outcome", widget=forms.Textarea, required=False)
    impact = forms.CharField(
        label="Impact for children",
        help_text="Needed before the challenge can be resolved",
        widget=forms.Textarea,
        required=False,
    )
    version = version_field()


class WordingForm(PortalForm):
    submit_label = "Save the public wording"
    public_title = forms.CharField(label="The question in one line", max_length=200)
    public_issue = forms.CharField(label="What we asked", widget=forms.Textarea)
    public_answer = forms.CharField(label="What we were told", widget=forms.Textarea, required=False)
    public_impact = forms.CharField(label="What changed for children", widget=forms.Textarea, required=False)
    version = version_field()


# ---- What happens to it ---------------------------------------------------------------------------------------------


class _OnADay(PortalForm):
    """Something that happened on a day, today unless another is entered."""

    on = FlexibleDateField(label="When")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        if "due" in self.fields:
            self.fields["due"].initial = today + ANSWERED_WITHIN
        self.order_fields([*(name for name in self.fields if name != "on"), "on"])


class RespondForm(_OnADay):
    submit_label = "Send the response"
    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.none(), empty_label=None)
    text = forms.CharField(label="Response", widget=forms.Textarea(attrs={"rows": 10}))
    uploads = FilesField(
        label="Files that belong to it",
        help_text=worded("The {board} and whoever raised the challenge can take them out. You can choose several."),
        required=False,
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agency"]
        field.queryset = agencies
        only = list(agencies[:2])
        if len(only) == 1:
            field.widget, field.initial = forms.HiddenInput(), only[0].pk
        self.fields["submission"].initial = uuid4


class AcceptForm(_OnADay):
    submit_label = "Accept the response"
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)


class AskAgainForm(_OnADay):
    submit_label = "Ask again"
    reason = forms.CharField(label="What is missing", widget=forms.Textarea)
    due = FlexibleDateField(label="Response due")


class EscalateForm(_OnADay):
    submit_label = "Escalate"
    to = forms.TypedChoiceField(
        label="To whom",
        choices=[choice for choice in Escalation.choices if choice[0]],
        coerce=int,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))
    due = FlexibleDateField(label="Response due")

    def __init__(self, *args: Any, above: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.choices = [(level, label) for level, label in Escalation.choices if level > above]


class MoveForm(_OnADay):
    submit_label = "Move the due date"
    to = FlexibleDateField(label="New due date")
    reason = forms.CharField(label="Why it moves", widget=forms.Textarea(attrs={"rows": 3}))


class ResolveForm(_OnADay):
    submit_label = "Resolve the challenge"
    outcome = forms.CharField(label="Outcome", widget=forms.Textarea, required=False)
    impact = forms.CharField(label="Impact for children", widget=forms.Textarea)
    meeting = forms.CharField(label="At which meeting", max_length=200, required=False)
    version = version_field()


class CloseForm(_OnADay):
    submit_label = "Close without change"
    reason = forms.CharField(label="Why nothing changes", widget=forms.Textarea)
    meeting = forms.CharField(label="At which meeting", max_length=200, required=False)


class ChallengeActionForm(ActionForm):
    """An action that follows from a challenge."""


# ---- Publishing -----------------------------------------------------------------------------------------------------


class TickForm(forms.Form):
    """The numbers of the challenges that are ticked."""

    numbers = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, numbers: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["numbers"]
        field.choices = [(number, number) for number in numbers]

    def clean_numbers(self) -> list[int]:
        numbers = [int(number) for number in self.cleaned_data["numbers"]]
        if not numbers:
            raise ValidationError("Tick at least one challenge")
        return numbers
