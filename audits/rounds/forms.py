"""The shape of what people type about rounds; the rules are in the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet

from lscb.accounts.models import Agency, Area
from lscb.common.forms import FinancialYearFormField, FlexibleDateField, PortalForm
from lscb.common.words import worded

from ..models import Asks, Framework


class OpenForm(PortalForm):
    submit_label = "Open the round"
    framework = forms.ModelChoiceField(label="Framework", queryset=Framework.objects.none(), empty_label=None)
    title = forms.CharField(label="Title", help_text="For example, Section 11 2016-17", max_length=150)
    year = FinancialYearFormField(label="Year")
    asks_for = forms.ChoiceField(label="Asks for", choices=Asks.choices, widget=forms.RadioSelect, initial=Asks.FULL)
    opens_on = FlexibleDateField(label="Opens")
    due_on = FlexibleDateField(label="Deadline")
    panel_on = FlexibleDateField(label="Panel meets", required=False)
    all_schools = forms.BooleanField(
        label="Ask every school that is open on that day", required=False, help_text="For a framework for schools"
    )
    agencies = forms.ModelMultipleChoiceField(
        label="Agencies", queryset=Agency.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )
    areas = forms.ModelMultipleChoiceField(
        label="Areas of a cross-area round",
        help_text=worded("Tick two or more when one panel reads for several {board}s; none for a local round"),
        queryset=Area.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self, *args: Any, today: dt.date, frameworks: QuerySet[Framework], agencies: QuerySet[Agency], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["framework"].queryset = frameworks
        fields["agencies"].queryset = agencies
        fields["opens_on"].initial = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("agencies") and not data.get("all_schools"):
            self.add_error("agencies", "Tick at least one agency")
        return data


class AskForm(PortalForm):
    """Ask one agency, out of turn or forgotten."""

    submit_label = "Ask for the return"
    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.none())
    asks_for = forms.ChoiceField(label="Asks for", choices=Asks.choices, widget=forms.RadioSelect, initial=Asks.FULL)
    due_on = FlexibleDateField(label="Deadline")
    because = forms.CharField(
        label="Why out of turn",
        help_text="For example, requested by the chair",
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], due_on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["agency"].queryset = agencies
        fields["due_on"].initial = due_on


class DatesForm(PortalForm):
    submit_label = "Move the dates"
    due_on = FlexibleDateField(label="Deadline")
    panel_on = FlexibleDateField(label="Panel meets", required=False)


class CloseRoundForm(PortalForm):
    submit_label = "Close the round"
    on = FlexibleDateField(label="Closed on")


class SchoolsForm(PortalForm):
    submit_label = "Import the schools"
    file = forms.FileField(label="CSV file", help_text="Columns: school, phase, opened, closed, lead, email")
