"""What the board's team types to run the programme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from boards.meetings.forms import ClockField
from boards.models import Theme
from lscb.accounts.models import Agency
from lscb.common.forms import (
    FieldGroup,
    FinancialYearFormField,
    FlexibleDateField,
    MoneyField,
    PortalForm,
    prepare,
    version_field,
)
from lscb.common.periods import LONDON, FinancialYear, local_date
from lscb.common.rounding import show_money

from ..models import Charge, ChargePolicy, Course, Length, Programme, Session, Trainer, Window

MOST_DAYS = 4
FEW = {"rows": 3}


# ---- Sessions -------------------------------------------------------------------------------------------------------


def _day_group(number: int) -> FieldGroup:
    """Date and hours of a day beside each other."""
    legend = "When" if number == 1 else f"Day {number}, if there is one"
    return FieldGroup(legend, *(f"{part}_{number}" for part in ("day", "starts", "ends")), css_class="lscb-day")


DAY_GROUPS = tuple(_day_group(number) for number in range(1, MOST_DAYS + 1))


class SessionForm(PortalForm):
    """When, where, how many. Up to four days; those that are left empty do not exist."""

    submit_label = "Save the session"
    layout = Layout(*DAY_GROUPS)
    version = version_field()
    place = forms.CharField(label="Place", max_length=200, required=False)
    link = forms.URLField(
        label="Link to join",
        help_text="Only who has a place is told",
        max_length=300,
        required=False,
        assume_scheme="https",
    )
    capacity = forms.IntegerField(label="Places", min_value=1, max_value=1000)
    closes_on = FlexibleDateField(
        label="Last day to book", help_text="Empty: the day before. For example, 3 June 2026", required=False
    )
    trainers = forms.ModelMultipleChoiceField(
        label="Trainers", queryset=Trainer.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )
    charge_policy = forms.ModelChoiceField(
        label="Charges", queryset=ChargePolicy.objects.none(), required=False, empty_label="None"
    )
    practical = forms.CharField(
        label="Practical information",
        help_text="Parking, what to bring. It stands on the public page and in the e-mail",
        widget=forms.Textarea(attrs=FEW),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for number in range(1, MOST_DAYS + 1):
            first = number == 1
            hints = {} if first else {"help_text": ""}
            fields[f"day_{number}"] = FlexibleDateField(label=_day_label(number, "Date"), required=first, **hints)
            fields[f"starts_{number}"] = ClockField(label=_day_label(number, "begins"), required=first, **hints)
            fields[f"ends_{number}"] = ClockField(label=_day_label(number, "ends"), required=first, **hints)
            for part in ("day", "starts", "ends"):
                prepare(fields[f"{part}_{number}"])
        fields["trainers"].queryset = Trainer.objects.filter(is_active=True)
        fields["charge_policy"].queryset = ChargePolicy.objects.all()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in range(2, MOST_DAYS + 1):
            parts = [f"{part}_{number}" for part in ("day", "starts", "ends")]
            given = [bool(data.get(part)) for part in parts]
            if any(given) and not all(given):
                missing = parts[given.index(False)]
                self.add_error(missing, ValidationError(f"Day {number} needs a date, a beginning and an end"))
        return data


def session_facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the form holds, as the services take it."""
    hours = [
        tuple(_moment(data[f"day_{number}"], data[f"{part}_{number}"]) for part in ("starts", "ends"))
        for number in range(1, MOST_DAYS + 1)
        if data.get(f"day_{number}")
    ]
    first = min(hours)[0]
    closes = data["closes_on"] + dt.timedelta(days=1) if data["closes_on"] else local_date(first)
    names = ("place", "link", "capacity", "trainers", "charge_policy", "practical")
    return {name: data[name] for name in names} | {"days": hours, "closes_at": min(_moment(closes, dt.time()), first)}


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, LONDON)


def _day_label(number: int, what: str) -> str:
    """ "Date", "Begins"; from the second day on "Day 2: date"."""
    return what[:1].upper() + what[1:] if number == 1 else f"Day {number}: {what.lower()}"


def session_values(session: Session) -> dict[str, Any]:
    """What the form shows of a session."""
    values: dict[str, Any] = {
        "place": session.place,
        "link": session.link,
        "capacity": session.capacity,
        "closes_on": local_date(session.closes_at - dt.timedelta(seconds=1)),
        "trainers": list(session.trainers.all()),
        "charge_policy": session.charge_policy,
        "practical": session.practical,
    }
    for day in session.days.all():
        begin, end = day.starts_at.astimezone(LONDON), day.ends_at.astimezone(LONDON)
        values |= {f"day_{day.number}": begin.date(), f"starts_{day.number}": begin.time()}
        values[f"ends_{day.number}"] = end.time()
    return values


class PlanSessionForm(SessionForm):
    submit_label = "Plan the session"
    layout = Layout("course", *DAY_GROUPS, "weeks")
    course = forms.ModelChoiceField(label="Course", queryset=Course.objects.none(), empty_label=None)
    weeks = forms.IntegerField(
        label="On how many weeks?",
        help_text="1 for once. The same weekday and hours, week after week",
        min_value=1,
        max_value=52,
        initial=1,
    )
    publish = forms.BooleanField(label="Put it into the public programme at once", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        field: Any = self.fields["course"]
        field.queryset = Course.objects.select_related("programme")
        field.label_from_instance = lambda course: f"{course.programme}: {course.title}"


class CancelSessionForm(PortalForm):
    submit_label = "Cancel the session and tell everybody"
    reason = forms.CharField(label="Why it does not take place", max_length=300, widget=forms.Textarea(attrs=FEW))


class MessageForm(PortalForm):
    submit_label = "Send the message"
    subject = forms.CharField(label="Subject", max_length=120)
    text = forms.CharField(label="Message", widget=forms.Textarea(attrs={"rows": 8}), max_length=5000)
    waiting_too = forms.BooleanField(label="Also to who is on the waiting list", required=False)


class CopyYearForm(PortalForm):
    submit_label = "Copy as drafts"
    year = FinancialYearFormField(label="Copy the sessions of")
    to = FinancialYearFormField(label="To the year")

    def __init__(self, *args: Any, this_year: FinancialYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial, self.fields["to"].initial = this_year, this_year.next


class NothingToEnter(PortalForm):
    """A page that says what will happen, and one button."""


# ---- Programme, courses, trainers, questions ------------------------------------------------------------------------


class ProgrammeForm(PortalForm):
    submit_label = "Save the programme"
    version = version_field(required=False)
    name = forms.CharField(label="Name", max_length=120)
    summary = forms.CharField(label="What it is", widget=forms.Textarea(attrs=FEW), required=False)
    order = forms.IntegerField(label="Its place among the others", min_value=0, max_value=999, initial=0)


class CourseForm(PortalForm):
    submit_label = "Save the course"
    version = version_field(required=False)
    programme = forms.ModelChoiceField(label="Programme", queryset=Programme.objects.none(), empty_label=None)
    title = forms.CharField(label="Title", max_length=150)
    aims = forms.CharField(label="Aims", widget=forms.Textarea, required=False)
    level = forms.CharField(label="Level", help_text="For example, Level 3", max_length=40, required=False)
    audience = forms.CharField(label="Who it is for", max_length=200, required=False)
    length = forms.ChoiceField(label="Length", choices=Length.choices, initial=Length.HALF_DAY)
    charge_policy = forms.ModelChoiceField(
        label="Charges", queryset=ChargePolicy.objects.none(), required=False, empty_label="None"
    )
    needs_approval = forms.BooleanField(label="A manager approves each booking", required=False)
    certificate_after_evaluation = forms.BooleanField(
        label="The certificate comes after the evaluation", required=False
    )
    themes = forms.ModelMultipleChoiceField(
        label="Themes of the business plan that it serves",
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.all()  # type: ignore[attr-defined]
        self.fields["charge_policy"].queryset = ChargePolicy.objects.all()  # type: ignore[attr-defined]
        themes: Any = self.fields["themes"]
        themes.queryset = Theme.objects.order_by("-year", "number")
        themes.label_from_instance = lambda one: f"{one.year}, {one.number}: {one.text}"


class TrainerForm(PortalForm):
    submit_label = "Save the trainer"
    version = version_field(required=False)
    name = forms.CharField(label="Name", max_length=120)
    organisation = forms.CharField(label="Organisation", max_length=150, required=False)
    email = forms.EmailField(label="E-mail", required=False)
    is_active = forms.BooleanField(label="Still teaches", required=False, initial=True)


class QuestionForm(PortalForm):
    submit_label = "Save the question"
    version = version_field(required=False)
    text = forms.CharField(
        label="Statement",
        help_text="People agree with it from 1 to 5, before, after and three months on",
        max_length=200,
    )
    order = forms.IntegerField(label="Its place among the others", min_value=0, max_value=999, initial=1)
    is_asked = forms.BooleanField(label="It is asked", required=False, initial=True)


# ---- Charges --------------------------------------------------------------------------------------------------------


class PolicyForm(PortalForm):
    """The window, and a fee for each length of course."""

    submit_label = "Save the policy"
    version = version_field(required=False)
    name = forms.CharField(label="Name", max_length=80)
    days = forms.IntegerField(
        label="Free until how many days before?",
        help_text="Cancelling is in time until the end of that day",
        min_value=0,
        max_value=90,
    )
    window = forms.ChoiceField(label="Which days count", choices=Window.choices, widget=forms.RadioSelect)
    charges_absence = forms.BooleanField(label="Charge who does not come, too", required=False, initial=True)
    exempt = forms.ModelMultipleChoiceField(
        label="Agencies that pay nothing",
        queryset=Agency.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["exempt"].queryset = agencies
        for length in Length:
            fields[f"fee_{length}"] = MoneyField(label=f"Fee: {length.label.lower()}", min_value=0, required=False)
        self.order_fields(["name", "days", "window", "charges_absence", *(f"fee_{one}" for one in Length), "exempt"])


def policy_facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the form holds, as the services take it."""
    fees: dict[str, Decimal | None] = {str(length): data[f"fee_{length}"] for length in Length}
    return {name: data[name] for name in ("name", "days", "window", "charges_absence", "exempt")} | {"fees": fees}


class WaiveForm(PortalForm):
    submit_label = "Waive the charge"
    reason = forms.CharField(label="Why", max_length=300, widget=forms.Textarea(attrs=FEW))


class InvoiceForm(PortalForm):
    submit_label = "Mark as invoiced"
    charges = forms.ModelMultipleChoiceField(
        label="Charges", queryset=Charge.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    invoice = forms.CharField(label="Invoice number", max_length=40)
    on = FlexibleDateField(label="Date of the invoice")

    def __init__(self, *args: Any, charges: QuerySet[Charge], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["charges"]
        field.queryset = charges
        field.label_from_instance = lambda one: (
            f"{one.booking.works_for}: {show_money(one.amount)}, {one.reason.lower()}, {one.booking.session}"
        )
        self.fields["on"].initial = today


class CommentForm(PortalForm):
    """The words as they may be printed."""

    submit_label = "Save"
    printed = forms.CharField(
        label="As it may be printed",
        help_text="Take out every name and whatever could tell who it is. Empty withholds the comment",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
