"""The shape of what people type about engagement; the rules are in the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet

from lscb.common.forms import FlexibleDateField, MonthFormField, PortalForm, version_field
from lscb.common.words import worded

from ..models import EngagementKind, ReachIs, Theme
from ..plan.forms import ThemesField


class EventForm(PortalForm):
    submit_label = "Save the event"
    kind = forms.ChoiceField(label="Kind", choices=EngagementKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="Title", max_length=200)
    on = FlexibleDateField(label="Day", required=False)
    until = FlexibleDateField(
        label="Last day", help_text="When it took more than one. For example, 10 February 2017", required=False
    )
    month = MonthFormField(label="Month", help_text="When the day is not known. For example, June 2016", required=False)
    about = forms.CharField(label="What it was about", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    held_with = forms.CharField(label="With whom", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    reached = forms.IntegerField(label="How many were reached", min_value=0, required=False)
    reach_is = forms.ChoiceField(
        label="How that is known", choices=ReachIs.choices, initial=ReachIs.EXACT, widget=forms.RadioSelect
    )
    reached_who = forms.CharField(
        label="Who was reached",
        help_text="Follows the number: 250 school children. Alone it stands for a number that nobody knows",
        max_length=150,
        required=False,
    )
    evaluations = forms.IntegerField(label="Evaluations received", min_value=0, required=False)
    learned = forms.CharField(
        label=worded("What was said, and what the {board} does about it"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    themes = ThemesField()

    def __init__(self, *args: Any, themes: QuerySet[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = themes  # type: ignore[attr-defined]


class ChangeEventForm(EventForm):
    version = version_field()


class QuoteForm(PortalForm):
    submit_label = "Add the quote"
    text = forms.CharField(label="What was said", widget=forms.Textarea(attrs={"rows": 3}))
    said_by = forms.CharField(
        label="Who said it", help_text="So that nobody can be known: a young person aged 15", max_length=150
    )


class PictureForm(PortalForm):
    submit_label = "Add the picture"
    file = forms.FileField(label="Picture", widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}))
    alt = forms.CharField(
        label="What it shows", help_text="For people who do not see it", max_length=300, widget=forms.Textarea
    )


class ClearForm(PortalForm):
    submit_label = "Clear it for print"
    consent = forms.CharField(
        label="Who agreed, and how",
        help_text="For example, the young person and her mother, in writing",
        max_length=300,
    )
    on = FlexibleDateField(label="When")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class ReasonForm(PortalForm):
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))
