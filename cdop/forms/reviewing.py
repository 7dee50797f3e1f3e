"""The anonymised paper and the review form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from boards.models import Meeting
from lscb.actions.forms import ActionForm
from lscb.common.forms import PortalForm, prepare
from lscb.common.periods import FinancialYear
from lscb.common.templatetags.portal import day

from ..models import (
    PARTS,
    Category,
    Ethnicity,
    EventType,
    Expected,
    Influence,
    Modifiable,
    Place,
    Sex,
    When,
    YesNoUnknown,
    factors_of,
)

LONG = {"rows": 8}


def _version() -> forms.IntegerField:
    return forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def _radios(label: str, kinds: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=kinds.choices, widget=forms.RadioSelect)


class PaperForm(PortalForm):
    submit_label = "Save and look it through"
    version = _version()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, label in PARTS.items():
            self.fields[part] = forms.CharField(
                label=label, widget=forms.Textarea(attrs=dict(LONG)), required=False, max_length=40_000
            )
            prepare(self.fields[part])


class AllowForm(PortalForm):
    submit_label = "Let it stay"
    word = forms.CharField(label="Word that may stay", help_text="As it stands in the text", max_length=100)
    reason = forms.CharField(label="Why it gives nobody away", max_length=300)


class ReleaseForm(PortalForm):
    submit_label = "Release to the panel"
    version = _version()


class FactsForm(PortalForm):
    submit_label = "Save the facts"
    sex = _radios("Sex", Sex)
    ethnicity = _radios("Ethnicity", Ethnicity)
    expected = _radios("Expected or unexpected", Expected)
    place = forms.ChoiceField(label="Place of death", choices=[("", "Select a place"), *Place.choices])
    event = forms.ChoiceField(label="Type of event", choices=[("", "Select an event"), *EventType.choices])
    plan = _radios("Child protection plan", When)
    order = _radios("Statutory order", When)
    asylum = _radios("Was the child an asylum seeker?", YesNoUnknown)
    version = _version()


class DomainForm(PortalForm):
    """The factors of one domain, each with its code, and what the panel says of them."""

    submit_label = "Save this domain"
    version = _version()

    def __init__(self, *args: Any, domain: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = factors_of(domain)
        for code, label in self.codes.items():
            self.fields[code] = forms.ChoiceField(label=label, choices=[("", "Choose a code"), *Influence.choices])
            self.fields[code].error_messages["required"] = f"Choose an influence code: {label}"
        self.fields["text"] = forms.CharField(
            label="What the panel found", widget=forms.Textarea(attrs=dict(LONG)), required=False
        )

    @property
    def influence(self) -> dict[str, str]:
        return {code: self.cleaned_data[code] for code in self.codes}


class FindingForm(PortalForm):
    submit_label = "Save the finding"
    categories = forms.MultipleChoiceField(
        label="Categories that apply",
        help_text="Tick all that apply. The first in this order is the primary one",
        choices=Category.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    modifiable = _radios("Modifiable factors", Modifiable)
    version = _version()


class LearningForm(PortalForm):
    submit_label = "Save the learning"
    issues = forms.CharField(label="Issues", widget=forms.Textarea, required=False)
    learning = forms.CharField(label="Learning", widget=forms.Textarea, required=False)
    recommendations = forms.CharField(label="Recommendations", widget=forms.Textarea, required=False)
    linked_review = forms.CharField(
        label="Reference of a case review", help_text="Its code name, never a child’s", max_length=100, required=False
    )
    version = _version()


class ReviewActionForm(ActionForm):
    submit_label = "Add the action"
    meeting = forms.ModelChoiceField(label="Agreed at", queryset=Meeting.objects.none(), empty_label=None)

    def __init__(self, *args: Any, meetings: QuerySet[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["meeting"]
        field.queryset = meetings
        field.label_from_instance = lambda meeting: day(meeting.day)


class LiftForm(PortalForm):
    submit_label = "Show small numbers"
    year = forms.ChoiceField(label="Year")
    reason = forms.CharField(
        label="Reason", help_text="It is printed with the numbers", widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, years: list[FinancialYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["year"]
        field.choices = [(str(year), str(year)) for year in years]

    def clean_year(self) -> FinancialYear:
        return FinancialYear.parse(self.cleaned_data["year"])
