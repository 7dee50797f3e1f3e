"""Shapes of what people send about the annual report."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from lscb.common.forms import FinancialYearFormField, FlexibleDateField, PortalForm


class StartForm(PortalForm):
    """Open the report of a year."""

    submit_label: ClassVar[str] = "Start the report"

    year = FinancialYearFormField(label="Year of the report")
    as_at = FlexibleDateField(
        label="Figures as at", help_text="The report prints what the records say on this day. For example, 30 June 2017"
    )


class BuildForm(PortalForm):
    """Build the edition, with the figures of a day."""

    submit_label: ClassVar[str] = "Build the report"

    as_at = FlexibleDateField(label="Figures as at", help_text="For example, 30 June 2017")


class WordsForm(PortalForm):
    """The board's own words for a chapter. `version` is the one that was read before writing."""

    submit_label: ClassVar[str] = "Save"

    markdown = forms.CharField(
        label="Words",
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": "22", "spellcheck": "true"}),
        help_text="An empty line begins a paragraph. ## begins a heading, - an item of a list, > a quotation. "
        "**Two stars** make words bold.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ApproveForm(forms.Form):
    """What is approved: exactly the content whose digest was on the page that was read."""

    content_digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
