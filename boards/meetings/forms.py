"""The shape of what people type about meetings; the rules are in the services."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory

from boards.models import AgendaItem, Group, Mark, Meeting
from lscb.common.forms import FlexibleDateField, PortalForm, version_field
from lscb.common.periods import LONDON, FinancialYear

from .attendance import SeatMark

_CLOCK = re.compile(r"(\d{1,2})(?:[.:]?(\d{2}))?\s*(am|pm)?", re.IGNORECASE)
SPARE_ITEMS = 3
LONG = {"rows": 14}


def read_clock(text: str) -> dt.time:
    """Read "9.30", "9:30", "0930", "14", "2pm" or "2.30 pm". Raises ValueError with a sentence."""
    match = _CLOCK.fullmatch(text.strip())
    if match:
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        elif half:
            hour = 24
        if hour < 24 and minute < 60:
            return dt.time(hour, minute)
    raise ValueError("Enter a time, like 9.30 or 2pm")


class ClockField(forms.TimeField):
    """A time of day as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "For example, 9.30 or 2pm")
        kwargs.setdefault("widget", forms.TimeInput(format="%H.%M", attrs={"class": "govuk-input--width-5"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.time | None:
        if value in self.empty_values or isinstance(value, dt.time):
            return super().to_python(value)
        try:
            return read_clock(str(value))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None


class MeetingForm(PortalForm):
    """When and where."""

    day = FlexibleDateField(label="Date")
    starts = ClockField(label="Begins")
    ends = ClockField(label="Ends")
    place = forms.CharField(label="Place", max_length=200, required=False)
    link = forms.URLField(label="Link to join", max_length=200, required=False, assume_scheme="https")
    theme = forms.CharField(
        label="Theme", help_text="It stands in no invitation and no e-mail", max_length=200, required=False
    )

    def facts(self) -> dict[str, Any]:
        """As the services take them."""
        data = self.cleaned_data
        return {
            "starts_at": dt.datetime.combine(data["day"], data["starts"], LONDON),
            "ends_at": dt.datetime.combine(data["day"], data["ends"], LONDON),
            "place": data["place"],
            "link": data["link"],
            "theme": data["theme"],
        }


class PlanMeetingForm(MeetingForm):
    submit_label = "Plan the meeting"
    group = forms.ChoiceField(label="Group")
    invite = forms.BooleanField(
        label="Write to everybody who holds a seat and has an account",
        help_text="They get an entry for their own calendar, and hear of changes",
        required=False,
        initial=True,
    )
    field_order = ("group", "day", "starts", "ends", "place", "link", "theme", "invite")

    def __init__(self, *args: Any, groups: Sequence[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(group.code, group.name) for group in groups]  # type: ignore[attr-defined]


class NothingToEnter(PortalForm):
    """A page that says what will happen, and one button."""


class CancelMeetingForm(PortalForm):
    submit_label = "Cancel the meeting"
    reason = forms.CharField(label="Why it does not take place", widget=forms.Textarea(attrs={"rows": 3}))


class ApproveMinutesForm(PortalForm):
    submit_label = "Approve the minutes"
    at = forms.ModelChoiceField(label="Meeting that agreed them", queryset=Meeting.objects.none(), empty_label=None)

    def __init__(self, *args: Any, meetings: QuerySet[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].queryset = meetings  # type: ignore[attr-defined]


# ---- Agenda ---------------------------------------------------------------------------------------------------------


class ItemForm(PortalForm):
    """One item of an agenda; `key` names the item it was."""

    key = forms.IntegerField(required=False, widget=forms.HiddenInput)
    place = forms.IntegerField(label="Place", min_value=1, max_value=200, required=False)
    title = forms.CharField(label="Item", max_length=200)
    presenter = forms.CharField(
        label="Presented by", help_text="A position, not a person’s name", max_length=150, required=False
    )
    minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=600, required=False)
    paper = forms.FileField(label="Paper", required=False)
    without_paper = forms.BooleanField(label="Take its paper off", required=False)
    remove = forms.BooleanField(label="Remove this item", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper_name: str = self.initial.get("paper_name", "")
        if not self.initial.get("key") and not self.data.get(self.add_prefix("key")):
            del self.fields["remove"]
        if not self.paper_name:
            del self.fields["without_paper"]

    def full_clean(self) -> None:
        if self.is_bound and self.data.get(self.add_prefix("remove")):
            self.fields["title"].required = False
        super().full_clean()


ItemFormSet: type[BaseFormSet[ItemForm]] = formset_factory(ItemForm, extra=SPARE_ITEMS, max_num=200, absolute_max=200)


def items_as_typed(items: Iterable[AgendaItem]) -> list[dict[str, Any]]:
    return [
        {
            "key": item.pk,
            "place": item.order,
            "title": item.title,
            "presenter": item.presenter,
            "minutes": item.minutes,
            "paper_name": str(item.paper) if item.paper else "",
        }
        for item in items
    ]


# ---- Attendance -----------------------------------------------------------------------------------------------------


class AttendanceForm(PortalForm):
    """Every seat that existed on the day, on one screen. A seat that is left open is not recorded."""

    version = version_field()

    def __init__(self, *args: Any, marks: Sequence[SeatMark], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.marks = marks
        for one in marks:
            self.fields[self.name_of(one)] = forms.ChoiceField(
                label=one.name,
                choices=Mark.choices,
                required=False,
                initial=one.mark,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": f"Choose one for {one.place.seat.position}"},
            )

    @staticmethod
    def name_of(one: SeatMark) -> str:
        return f"seat_{one.place.seat.pk}"

    def chosen(self) -> dict[int, str]:
        """Mark by seat, of those that were chosen."""
        marks = {one.place.seat.pk: self.cleaned_data[self.name_of(one)] for one in self.marks}
        return {seat: mark for seat, mark in marks.items() if mark}

    def rows(self) -> list[dict[str, Any]]:
        return [{"one": one, "field": self[self.name_of(one)]} for one in self.marks]


# ---- Minutes --------------------------------------------------------------------------------------------------------


class MinutesForm(PortalForm):
    """The minutes, and what was said and decided item by item."""

    submit_label = "Save the minutes"
    version = version_field()
    minutes = forms.CharField(
        label="Minutes",
        help_text="Headings begin with ##, list items with -, **bold** and *italic* work. Positions, not names",
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, items: Sequence[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            for name, label in (("notes", "What was said"), ("decision", "Decision")):
                rows = 4 if name == "notes" else 2
                self.fields[f"{name}_{item.pk}"] = forms.CharField(
                    label=f"{item.order}. {item.title}: {label.lower()}",
                    required=False,
                    initial=getattr(item, name),
                    widget=forms.Textarea(attrs={"rows": rows}),
                )
        self.order_fields(["version", *(name for name in self.fields if name not in ("version", "minutes")), "minutes"])


# ---- Attendance over a year -----------------------------------------------------------------------------------------


class OverTimeForm(PortalForm):
    """Whose meetings, and in which year."""

    group = forms.ChoiceField(label="Group", required=False)
    year = forms.ChoiceField(label="Financial year", required=False)

    def __init__(self, *args: Any, groups: Sequence[Group], years: Sequence[FinancialYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(group.code, group.name) for group in groups]  # type: ignore[attr-defined]
        self.fields["year"].choices = [(str(year), str(year)) for year in years]  # type: ignore[attr-defined]
