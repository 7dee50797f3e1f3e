"""The shape of what people type about the board; the rules are in the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet

from lscb.accounts.models import Agency, User
from lscb.actions.forms import ActionForm
from lscb.common.forms import FinancialYearFormField, FlexibleDateField, MoneyField, PortalForm
from lscb.common.periods import FinancialYear
from lscb.common.words import worded

from .meetings.querysets import CONFIDENTIAL
from .models import Group, GroupKind, Priority, Purpose, SeatKind, Theme


class AsAtForm(PortalForm):
    """The day a page speaks of."""

    as_at = FlexibleDateField(label="As at", required=False)


# ---- Groups ---------------------------------------------------------------------------------------------------------


class GroupForm(PortalForm):
    name = forms.CharField(label="Name", max_length=150)
    short_name = forms.CharField(label="Short name", help_text="As people say it", max_length=50)
    kind = forms.ChoiceField(label="Kind", choices=GroupKind.choices, widget=forms.RadioSelect)
    parent = forms.ModelChoiceField(
        label="Reports to",
        help_text=worded("The main {board} reports to no other group"),
        queryset=Group.objects.none(),
        required=False,
        empty_label="",
    )
    joint_with_adults_board = forms.BooleanField(label="It is joint with the adults’ board", required=False)
    remit = forms.CharField(label="What it is for", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    chaired_by = forms.CharField(
        label="Chaired by", help_text="A position, not a person’s name", max_length=150, required=False
    )
    ends_on = FlexibleDateField(
        label="Last day", help_text="Only for a group that was set up for a time", required=False
    )
    confidential_permission = forms.ChoiceField(
        label="Who reads its meetings",
        help_text="It stays once the group has had a meeting",
        choices=[
            ("", worded("Its members, and who reads the whole {board}")),
            *((one.value, f"Only who may: {one.sentence.lower()}") for one in CONFIDENTIAL),
        ],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = groups  # type: ignore[attr-defined]


class NewGroupForm(GroupForm):
    submit_label = "Set up the group"
    starts_on = FlexibleDateField(label="First day", required=False)

    field_order = (
        *("name", "short_name", "kind", "parent", "joint_with_adults_board", "remit", "chaired_by"),
        *("starts_on", "ends_on", "confidential_permission"),
    )


class LastDayForm(PortalForm):
    submit_label = "Confirm the last day"
    last_day = FlexibleDateField(label="Last day")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = today


class CloseGroupForm(LastDayForm):
    submit_label = "Close the group"
    reason = forms.CharField(label="Why it ends", widget=forms.Textarea(attrs={"rows": 3}))


# ---- Seats ----------------------------------------------------------------------------------------------------------


class SeatForm(PortalForm):
    submit_label = "Add the seat"
    position = forms.CharField(label="Position", help_text="For example, Director of Nursing", max_length=150)
    kind = forms.ChoiceField(label="Kind", choices=SeatKind.choices, initial=SeatKind.MEMBER, widget=forms.RadioSelect)
    agency = forms.ModelChoiceField(
        label="Agency",
        help_text=worded("Lay members and the {board}’s team sit for no agency"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label="No agency",
    )
    starts_on = FlexibleDateField(label="First day")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.active(today)  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today


class FillSeatForm(PortalForm):
    submit_label = "Fill the seat"
    name = forms.CharField(label="Name", help_text="For somebody without an account", max_length=120, required=False)
    user = forms.ModelChoiceField(
        label="Or a person with an account", queryset=User.objects.none(), required=False, empty_label=""
    )
    is_deputy = forms.BooleanField(label="They are the deputy", required=False)
    starts_on = FlexibleDateField(label="First day")

    def __init__(self, *args: Any, today: dt.date, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today


# ---- The plan -------------------------------------------------------------------------------------------------------


class PlanActionForm(ActionForm):
    theme = forms.ModelChoiceField(label="Theme", queryset=Theme.objects.none(), empty_label=None)

    def __init__(self, *args: Any, themes: QuerySet[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["theme"]
        field.queryset = themes  # type: ignore[attr-defined]
        field.label_from_instance = lambda theme: f"{theme.number} {theme.text}"  # type: ignore[attr-defined]
        self.order_fields(["theme", *(name for name in self.fields if name != "theme")])


class ThemeForm(PortalForm):
    submit_label = "Save the theme"
    number = forms.IntegerField(label="Number", min_value=1, max_value=20)
    text = forms.CharField(label="Theme", widget=forms.Textarea(attrs={"rows": 3}))
    priorities = forms.ModelMultipleChoiceField(
        label="Priorities that it serves",
        queryset=Priority.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, year: FinancialYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["priorities"]
        field.queryset = Priority.objects.of_year(year)  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.number} {one.text}"  # type: ignore[attr-defined]


class PriorityForm(PortalForm):
    submit_label = "Save the priority"
    first_year = FinancialYearFormField(label="First year")
    last_year = FinancialYearFormField(label="Last year")
    number = forms.IntegerField(label="Number", min_value=1, max_value=20)
    text = forms.CharField(label="Priority", widget=forms.Textarea(attrs={"rows": 3}))


# ---- Money ----------------------------------------------------------------------------------------------------------


class ContributionForm(PortalForm):
    submit_label = "Add the contribution"
    year = FinancialYearFormField(label="Financial year")
    purpose = forms.ChoiceField(label="What it is for", choices=Purpose.choices, widget=forms.RadioSelect)
    agency = forms.ModelChoiceField(
        label="Agency", queryset=Agency.objects.none(), required=False, empty_label="No one agency"
    )
    contributor = forms.CharField(
        label="Who gives it, when it is no one agency",
        help_text=worded("For example, {board} partners together"),
        max_length=150,
        required=False,
    )
    agreed = MoneyField(label="Agreed")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.active(today)  # type: ignore[attr-defined]
        self.fields["year"].initial = FinancialYear.containing(today)


class ChangeContributionForm(PortalForm):
    submit_label = "Change the amount"
    agreed = MoneyField(label="Agreed")
    reason = forms.CharField(label="Why it changes", widget=forms.Textarea(attrs={"rows": 3}))


class AmountForm(PortalForm):
    amount = MoneyField(label="Amount")
    on = FlexibleDateField(label="When")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class PublishStructureForm(PortalForm):
    """What was seen in the preview, as its digest."""

    submit_label = "Publish"
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
