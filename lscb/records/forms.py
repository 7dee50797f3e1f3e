"""Forms of the records room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.common.forms import FlexibleDateField, PortalForm
from lscb.common.records import Then
from lscb.common.words import say, worded

from .finding import terms_of
from .models import Outcome, PausedFor


class SearchForm(PortalForm):
    submit_label = "Search"

    words = forms.CharField(
        label="Reference or words",
        min_length=2,
        max_length=100,
        help_text="Every word must stand in a record. For example, CH/2016-17/012, or: front door referrals",
        error_messages={"min_length": "Enter two letters or more"},
    )


WHOLE = {Permission.TAKE_OUT: "Everything of the {board}", Permission.MANAGE_CHILD_DEATHS: "Child deaths"}


class TakeOutForm(PortalForm):
    """`whole`: what the person may take out but for the `agencies`. Gives the agency, or none, and the permission."""

    submit_label = "Make the archive"

    agency = forms.ChoiceField(label="Which records?")
    reason = forms.CharField(
        label="What is it for?", max_length=200, help_text="It stands on the trail. No names of children or families."
    )

    def __init__(self, *args: Any, agencies: Iterable[Agency], whole: Iterable[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {str(agency.pk): agency for agency in agencies}
        choices = [(str(one), say(WHOLE[one])) for one in whole]
        choices += [(key, agency.name) for key, agency in self.agencies.items()]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = cleaned.get("agency")
        agency = self.agencies.get(str(chosen))
        return {**cleaned, "agency": agency, "permission": Permission.TAKE_OUT if agency else chosen}


# ---- Keeping and destroying -----------------------------------------------------------------------------------------


class RuleForm(PortalForm):
    submit_label = "Save the rule"

    months = forms.IntegerField(label="Months", min_value=1, max_value=1200, help_text="84 are seven years")
    then = forms.ChoiceField(label="What then?", choices=Then.choices, widget=forms.RadioSelect)
    basis = forms.CharField(label="Lawful basis", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)
    because = forms.CharField(label="Why is it changed?", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class HoldForm(PortalForm):
    submit_label = "Place the hold"

    reason = forms.CharField(
        label="Why is it held?",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text="For example, a public inquiry asked for it. No names of children or families.",
    )
    starts_on = FlexibleDateField(label="From")
    ends_on = FlexibleDateField(label="Last day", required=False, help_text="Leave it empty until somebody lifts it")


class KeepForm(PortalForm):
    submit_label = "Keep it longer"

    until = FlexibleDateField(label="Keep until")
    reason = forms.CharField(label="Why?", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class ReasonForm(PortalForm):
    submit_label = "Lift the hold"

    reason = forms.CharField(label="Why is it lifted?", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class ConfirmForm(PortalForm):
    """Nothing to fill in: the button is the answer."""


# ---- Subject access -------------------------------------------------------------------------------------------------


LOOKED_THROUGH = {
    Permission.MANAGE_RECORDS: "All but child deaths",
    Permission.READ_CHILD_DEATH_IDENTITY: "Child deaths",
}


class RequestForm(PortalForm):
    """`answers`: what the person answers requests about; they are asked when it is more than one."""

    submit_label = "Record the request"

    permission = forms.ChoiceField(label="Which records are looked through?", widget=forms.RadioSelect)
    who = forms.CharField(label="Who asks?", max_length=200)
    contact = forms.CharField(
        label="How to reach them", required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )
    asked_for = forms.CharField(
        label="What they ask for", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    received_on = FlexibleDateField(label="Received on")

    def __init__(self, *args: Any, answers: Sequence[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers = answers
        self.fields["permission"].choices = [(one, LOOKED_THROUGH[one]) for one in answers]  # type: ignore[attr-defined]
        if len(answers) == 1:
            del self.fields["permission"]

    def clean(self) -> dict[str, Any]:
        return {"permission": self.answers[0], **(super().clean() or self.cleaned_data)}


class DayForm(PortalForm):
    submit_label = "Save"

    on = FlexibleDateField(label="On which day?")


class PauseForm(DayForm):
    waits_for = forms.ChoiceField(
        label=worded("What does the {board} wait for?"), choices=PausedFor.choices, widget=forms.RadioSelect
    )


class ExtendForm(DayForm):
    because = forms.CharField(
        label="Why does it take longer?", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


class CloseForm(DayForm):
    outcome = forms.ChoiceField(label="How did it end?", choices=Outcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class FindForm(PortalForm):
    submit_label = "Find"

    terms = forms.CharField(
        label="Names and e-mail addresses of the person",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text="One on each line, three letters or more. A text is found when it holds one of them.",
    )

    def clean_terms(self) -> str:
        typed: str = self.cleaned_data["terms"]
        if not terms_of(typed):
            raise forms.ValidationError("Enter a name or an address of three letters or more")
        return typed


class WithholdForm(PortalForm):
    submit_label = "Save and show"

    passages = forms.CharField(
        label="Passages to withhold",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
        help_text="One on each line, exactly as it stands in the text: what speaks of other people.",
    )
