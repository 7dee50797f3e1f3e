"""The shape of what people type about actions; the rules are in the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from lscb.accounts.models import Agency
from lscb.common.forms import FlexibleDateField, PortalForm


class _OnADay(PortalForm):
    """Something that happened on a day, today unless another is entered."""

    on = FlexibleDateField(label="When")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.order_fields([*(name for name in self.fields if name != "on"), "on"])


class ActionForm(PortalForm):
    """A new action. `agencies` are asked in the order of the list; without one, a position of the board's team is."""

    submit_label = "Add the action"
    what = forms.CharField(label="What is to be done", widget=forms.Textarea)
    intended_outcome = forms.CharField(
        label="What children should notice", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    lead = forms.ModelChoiceField(
        label="Lead agency", queryset=Agency.objects.none(), required=False, empty_label="The board’s team"
    )
    owner = forms.CharField(
        label="Who owns it", help_text="A position, not a person’s name", max_length=150, required=False
    )
    agencies = forms.ModelMultipleChoiceField(
        label="Other agencies that do something",
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    due = FlexibleDateField(label="Due")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = Agency.objects.active(today)
        self.fields["lead"].queryset = active  # type: ignore[attr-defined]
        self.fields["agencies"].queryset = active  # type: ignore[attr-defined]


class NoteForm(_OnADay):
    submit_label = "Add the note"
    text = forms.CharField(label="What has been done", widget=forms.Textarea)


class MoveForm(_OnADay):
    submit_label = "Move the due date"
    to = FlexibleDateField(label="New due date")
    reason = forms.CharField(label="Why it moves", widget=forms.Textarea(attrs={"rows": 3}))


class ProposeForm(_OnADay):
    submit_label = "Propose as complete"
    evidence = forms.CharField(label="What shows that it is done", widget=forms.Textarea)


class ReasonForm(_OnADay):
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}))


class SignOffForm(_OnADay):
    submit_label = "Sign off"
    forum = forms.CharField(label="Meeting at which all members present agreed", max_length=200)
