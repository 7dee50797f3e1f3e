"""The shape of what people type about the library; the rules are in the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet

from lscb.accounts.models import Agency
from lscb.common.forms import FlexibleDateField, PortalForm, version_field
from lscb.common.words import worded

from ..models import Audience, Group, LibraryKind


class ItemForm(PortalForm):
    submit_label = "Save"
    kind = forms.ChoiceField(label="Kind", choices=LibraryKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="Title", max_length=200)
    about = forms.CharField(label="What it is for", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    owner = forms.ModelChoiceField(
        label="Group that owns it",
        queryset=Group.objects.none(),
        required=False,
        empty_label=worded("The {board}’s team"),
    )
    audience = forms.ChoiceField(label="Who reads it", choices=Audience.choices, widget=forms.RadioSelect)
    review_months = forms.IntegerField(
        label="Reviewed every so many months",
        help_text="Procedures every six when you leave it empty; other kinds are then not reviewed",
        min_value=1,
        max_value=120,
        required=False,
    )

    def __init__(self, *args: Any, groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = groups  # type: ignore[attr-defined]


class ChangeItemForm(ItemForm):
    version = version_field()


class VersionForm(PortalForm):
    submit_label = "Add the version"
    on = FlexibleDateField(label="In force from")
    upload = forms.FileField(label="File", required=False)
    link = forms.URLField(label="Or its address on the web", max_length=200, required=False, assume_scheme="https")
    change = forms.CharField(label="What changed", widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class ReviewForm(PortalForm):
    submit_label = "It stands as it is"
    on = FlexibleDateField(label="Reviewed on")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class WithdrawForm(PortalForm):
    submit_label = "Withdraw it"
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))


class TellForm(PortalForm):
    submit_label = "Tell them by e-mail"
    agencies = forms.ModelMultipleChoiceField(
        label="Agencies", queryset=Agency.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    groups = forms.ModelMultipleChoiceField(
        label="Groups", queryset=Group.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agencies"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["groups"].queryset = groups  # type: ignore[attr-defined]
