"""The shape of what people type about frameworks; the rules are in the services."""

from __future__ import annotations

from django import forms

from lscb.common.forms import PortalForm
from lscb.common.words import worded


class FrameworkForm(PortalForm):
    submit_label = "Save the framework"
    title = forms.CharField(label="Title", max_length=150)
    duty = forms.CharField(label="The law it asks about", help_text=worded("As your {board} names it"), max_length=200)
    edition = forms.CharField(label="Edition of the guidance", max_length=150, required=False)
    declaration = forms.CharField(label="Declaration", help_text="What is declared by signing", widget=forms.Textarea)


class ImportForm(PortalForm):
    submit_label = "Import as a new version"
    file = forms.FileField(label="Framework file", help_text="JSON, as it is exported here")


class StandardForm(PortalForm):
    submit_label = "Save the standard"
    title = forms.CharField(label="Title", max_length=150)
    summary = forms.CharField(
        label="What children should be able to rely on", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    theme = forms.CharField(
        label="Theme of the year",
        help_text="Only for a standard of one year, for example neglect",
        max_length=80,
        required=False,
    )


class QuestionForm(PortalForm):
    submit_label = "Save the question"
    text = forms.CharField(
        label="Sentence that is true or not", widget=forms.Textarea(attrs={"rows": 2}), max_length=300
    )
    guidance = forms.CharField(label="Guidance", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    evidence_hint = forms.CharField(
        label="Evidence that helps", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class OptionForm(PortalForm):
    submit_label = "Save the grade"
    label = forms.CharField(label="Grade", max_length=60)
    meaning = forms.CharField(label="What it means", max_length=200, required=False)
    points = forms.IntegerField(label="Points", min_value=0, max_value=100)
    is_compliant = forms.BooleanField(label="Meets the standard", required=False)
    needs_action = forms.BooleanField(label="Something must be improved", required=False)
