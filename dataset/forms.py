"""What people type about the dataset. Shape only: what the trade forbids, the services refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError

from lscb.accounts.models import Agency
from lscb.common.forms import (
    FieldGroup,
    FlexibleDateField,
    PortalForm,
    QuarterFormField,
    prepare,
    read_quarter,
    show_day,
)
from lscb.common.periods import FinancialYear, Month, Period, Quarter, local_date

from .collecting.owed import State
from .models import (
    POLARITIES,
    Absence,
    Against,
    Audience,
    DisclosureClass,
    Edition,
    Frequency,
    Indicator,
    Kind,
    Status,
    Unit,
)

LARGEST_FILE = 5_000_000
PER = [("", "Not a rate"), ("10000", "per 10,000"), ("1000", "per 1,000")]


class PeriodFormField(forms.CharField):
    """A year, quarter or month as people write it: "2016-17", "Q4 2016-17", "March 2017"."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "For example, 2016-17 Q4, March 2017 or 2016-17")
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "govuk-input--width-10"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Period | None:
        text = super().clean(value)
        if not text:
            return None
        period = read_period(text)
        if period is None:
            raise ValidationError(
                f"“{text}” is not a period. Write it like 2016-17 Q4, March 2017 or 2016-17", code="invalid"
            )
        return period


def read_period(text: str) -> Period | None:
    """Any way of writing a period that has one meaning; None for everything else."""
    for read in (FinancialYear.parse, read_quarter, Month.parse, _month_in_words):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def _month_in_words(text: str) -> Month:
    day = dt.datetime.strptime(" ".join(text.split()).title(), "%B %Y").replace(tzinfo=dt.UTC)
    return Month.containing(day.date())


class IndicatorForm(PortalForm):
    """An indicator; `definition` is asked for once, at the beginning."""

    code = forms.RegexField(
        r"^[a-z][a-z0-9_]*$",
        max_length=60,
        help_text="How files and the words of the report name it, like looked_after. It cannot change later.",
        error_messages={"invalid": "Write the code in lower-case letters, digits and underscores, like looked_after"},
    )
    title = forms.CharField(max_length=150)
    source_agency = forms.ModelChoiceField(
        Agency.objects.none(), label="Source agency", empty_label="Choose an agency", help_text="Who sends the figures"
    )
    definition = forms.CharField(widget=forms.Textarea, help_text="Who or what is counted, when, and what is left out")
    unit = forms.ChoiceField(choices=Unit.choices, widget=forms.RadioSelect)
    multiplier = forms.TypedChoiceField(
        label="Shown as a rate",
        choices=PER,
        coerce=int,
        empty_value=None,
        required=False,
        help_text="For rates, and for counts that are shown as a rate too",
    )
    numerator_label = forms.CharField(label="What the numerator counts", max_length=120, required=False)
    denominator_label = forms.CharField(label="What the denominator counts", max_length=120, required=False)
    decimals = forms.IntegerField(min_value=0, max_value=3, initial=0, label="Decimals shown")
    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.RadioSelect)
    frequency = forms.ChoiceField(label="How often", choices=Frequency.choices, initial=Frequency.QUARTER)
    part_of = forms.ModelChoiceField(
        Indicator.objects.none(),
        label="Part of",
        required=False,
        empty_label="Stands for itself",
        help_text="A part of a whole, such as missing episodes by risk",
    )
    polarity = forms.ChoiceField(choices=POLARITIES, label="Which way is better", widget=forms.RadioSelect)
    target = forms.DecimalField(max_digits=14, decimal_places=4, required=False)
    tolerance = forms.DecimalField(
        max_digits=14,
        decimal_places=4,
        required=False,
        help_text="How far on the wrong side of the target is still amber",
    )
    expected_change = forms.IntegerField(
        label="Usual change",
        min_value=1,
        max_value=1000,
        initial=25,
        help_text="Percent (points of a percentage) up or down on the period before that need no comment at entry",
    )
    on_main = forms.BooleanField(label="On the main scorecard", required=False, initial=True)
    on_met = forms.BooleanField(label="On the MET scorecard", required=False)
    wants_neighbours = forms.BooleanField(label="Compare with statistical neighbours", required=False)
    wants_region = forms.BooleanField(label="Compare with the region", required=False)
    wants_england = forms.BooleanField(label="Compare with England", required=False)
    disclosure_class = forms.ChoiceField(
        label="Small numbers", choices=DisclosureClass.choices, initial=DisclosureClass.CHILDREN
    )
    position = forms.IntegerField(min_value=0, initial=0, help_text="Smaller numbers come first on the scorecard")
    active_from = QuarterFormField(label="First quarter", required=False)
    active_to = QuarterFormField(label="Last quarter", required=False)

    def __init__(self, *args: Any, indicator: Indicator | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source_agency"].queryset = Agency.objects.order_by("name")  # type: ignore[attr-defined]
        wholes = Indicator.objects.filter(part_of__isnull=True)
        if indicator:
            wholes = wholes.exclude(pk=indicator.pk)
            del self.fields["code"], self.fields["definition"]
        self.fields["part_of"].queryset = wholes  # type: ignore[attr-defined]

    @property
    def layout(self) -> Any:
        first = [name for name in ("code", "title", "source_agency", "definition") if name in self.fields]
        return Layout(
            FieldGroup("What it is", *first),
            FieldGroup("How it is counted", "unit", "multiplier", "numerator_label", "denominator_label", "decimals"),
            FieldGroup("When it comes", "kind", "frequency", "part_of"),
            FieldGroup("How it is judged", "polarity", "target", "tolerance", "expected_change"),
            FieldGroup("Where it is shown", "on_main", "on_met", "wants_neighbours", "wants_region", "wants_england"),
            FieldGroup("Order and life", "disclosure_class", "position", "active_from", "active_to"),
        )


class DefinitionForm(PortalForm):
    """A new definition, and so a break in the series."""

    from_period = PeriodFormField(label="From which period")
    text = forms.CharField(label="New definition", widget=forms.Textarea)
    note = forms.CharField(
        label="What changed, in a few words", max_length=200, required=False, help_text="Shown beside the break"
    )
    submit_label = "Break the series here"


class ComparatorForm(PortalForm):
    """What others have."""

    against = forms.ChoiceField(label="Compared with", choices=Against.choices)
    name = forms.CharField(max_length=60, required=False, label="Its name here", help_text="For example, South East")
    year = forms.ChoiceField(label="Shown beside the figures of", choices=())
    value = forms.DecimalField(max_digits=14, decimal_places=4)
    period_label = forms.CharField(
        label="The period it is really of", max_length=60, help_text="For example, 31 March 2016"
    )
    source = forms.CharField(max_length=150, required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(str(year), str(year)) for year in _years(today)]  # type: ignore[attr-defined]

    def clean_year(self) -> FinancialYear:
        return FinancialYear.parse(self.cleaned_data["year"])


class FigureForm(PortalForm):
    """One figure: a value, its parts, or why there is none."""

    indicator = forms.ModelChoiceField(Indicator.objects.none(), empty_label="Choose an indicator")
    period = PeriodFormField()
    value = forms.DecimalField(required=False, help_text="Zero is a value. Leave empty when you give the parts.")
    numerator = forms.DecimalField(required=False)
    denominator = forms.DecimalField(required=False)
    absence = forms.ChoiceField(
        label="Why there is no value", choices=[("", "There is a value"), *Absence.choices], required=False
    )
    status = forms.ChoiceField(choices=Status.choices, initial=Status.FINAL, widget=forms.RadioSelect)
    comment = forms.CharField(
        widget=forms.Textarea, required=False, help_text="Shown beside the figure on the scorecard. No names."
    )

    def __init__(self, *args: Any, indicators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = indicators  # type: ignore[attr-defined]


class UploadForm(PortalForm):
    """A file of figures. It is only looked into; confirming comes after."""

    file = forms.FileField(label="File (XLSX or CSV)", widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}))
    submit_label = "Check the file"

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError("The file is larger than 5 MB. Split it.")
        if not file.name.lower().endswith((".csv", ".xlsx")):
            raise ValidationError("Choose a file that ends in .xlsx or .csv. In your spreadsheet, use Save As.")
        return file


class ImportForm(UploadForm):
    """A file of figures of any agency."""

    quarter = QuarterFormField(
        label="Only this quarter",
        required=False,
        help_text="For example, 2016-17 Q4. Rows of any other are then errors.",
    )


class ConfirmForm(PortalForm):
    """One button."""

    submit_label = "Send these figures"


# ---- Collections -----------------------------------------------------------------------------------------------------


class OpenCollectionForm(PortalForm):
    """Which quarter, and by when."""

    quarter = forms.ChoiceField(choices=())
    due = FlexibleDateField(label="Figures due by the end of", help_text="For example, 28 April 2017")
    submit_label = "Open the quarter"

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = _quarters_over(today)  # type: ignore[attr-defined]

    def clean_quarter(self) -> Quarter:
        return Quarter.parse(self.cleaned_data["quarter"])


class DueDateForm(PortalForm):
    due = FlexibleDateField(label="New due date", help_text="For example, 28 April 2017")
    reason = forms.CharField(label="Why it moves", widget=forms.Textarea(attrs={"rows": 3}))
    submit_label = "Move the due date"


class RemindForm(PortalForm):
    """The agencies that have not sent everything, all ticked."""

    agencies = forms.ModelMultipleChoiceField(
        label="Agencies to remind", queryset=Agency.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    submit_label = "Send the reminders"

    def __init__(self, *args: Any, states: Sequence[State], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [state.agency.pk for state in states]
        words = {state.agency.pk: f"{state.agency.name}: {state.words}{_reminded(state)}" for state in states}
        field: Any = self.fields["agencies"]
        field.queryset = Agency.objects.filter(pk__in=keys)
        field.label_from_instance = lambda agency: words[agency.pk]
        field.initial = keys


def _reminded(state: State) -> str:
    at = state.of_return.reminded_at
    return f", last reminded on {show_day(local_date(at))}" if at else ""


class CloseCollectionForm(PortalForm):
    submit_label = "Close the collection"


class CompileForm(PortalForm):
    """Which quarter, and whether it is the last word."""

    quarter = forms.ChoiceField(choices=())
    status = forms.ChoiceField(
        label="Edition",
        choices=[(Status.PROVISIONAL, "Provisional: figures are still expected"), (Status.FINAL, "Final")],
        widget=forms.RadioSelect,
    )
    as_at = FlexibleDateField(
        label="What was known at the end of",
        required=False,
        help_text="A day such as 28 April 2017. Leave empty for everything known now.",
    )
    submit_label = "Compile"

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = _quarters_over(today)  # type: ignore[attr-defined]

    def clean_quarter(self) -> Quarter:
        return Quarter.parse(self.cleaned_data["quarter"])


def _quarters_over(today: dt.date) -> list[tuple[str, str]]:
    """The quarters that are over, newest first, as choices."""
    over = [quarter for year in _years(today) for quarter in reversed(year.quarters) if quarter.last_day < today]
    return [(str(quarter), f"{quarter.label}, {quarter.month_names}") for quarter in over]


def _years(today: dt.date) -> list[FinancialYear]:
    """This year and the twelve before, newest first."""
    newest = FinancialYear.containing(today)
    return [FinancialYear(newest.start - back) for back in range(13)]


# ---- Editions: comparing, packs, open data ---------------------------------------------------------------------------


class CompareForm(PortalForm):
    """Which edition to compare with."""

    since = forms.ChoiceField(label="Compare with", choices=())

    def __init__(self, *args: Any, others: Iterable[Edition], chosen: Edition | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(_edition_key(one), f"{one.quarter.label}, edition {one.number}") for one in others]
        self.fields["since"].choices = choices  # type: ignore[attr-defined]
        self.fields["since"].initial = _edition_key(chosen) if chosen else ""


def _edition_key(edition: Edition) -> str:
    return f"{edition.quarter}-{edition.number}"


class PackForm(PortalForm):
    """The indicators of a board pack."""

    title = forms.CharField(label="Title", max_length=150, help_text="For example, the meeting it is for")
    codes = forms.MultipleChoiceField(label="Indicators", widget=forms.CheckboxSelectMultiple, choices=())
    submit_label = "Make the pack"

    def __init__(self, *args: Any, rows: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = rows  # type: ignore[attr-defined]


class QuestionsForm(PortalForm):
    """A question to each indicator of a pack."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    submit_label = "Save the questions"

    def __init__(self, *args: Any, items: Sequence[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, title, question in items:
            field = forms.CharField(
                label=title, initial=question, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
            prepare(field)
            self.fields[f"q-{code}"] = field


class OpenDataForm(PortalForm):
    """What becomes public. `seen` is the fingerprint of the preview."""

    codes = forms.MultipleChoiceField(label="Indicators", widget=forms.CheckboxSelectMultiple, choices=())
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    submit_label = "Preview"

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], chosen: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = choices  # type: ignore[attr-defined]
        self.fields["codes"].initial = list(chosen)


# ---- Small numbers, comparators --------------------------------------------------------------------------------------


class PolicyForm(PortalForm):
    """What an audience is shown of a class."""

    withheld = forms.BooleanField(label="Leave these indicators out altogether", required=False)
    threshold = forms.IntegerField(
        label="Hide counts up to",
        min_value=0,
        max_value=100,
        help_text="5 hides 1 to 5, 4 is “under 5”, 0 hides nothing",
    )
    zeros_shown = forms.BooleanField(label="Show zeros", required=False)
    rounding_base = forms.IntegerField(
        label="Round counts to a multiple of", min_value=1, max_value=100, help_text="1 rounds nothing"
    )
    submit_label = "Save the policy"


class LiftForm(PortalForm):
    """Small numbers of an indicator that are shown all the same."""

    indicator = forms.ModelChoiceField(Indicator.objects.none(), empty_label="Choose an indicator")
    audience = forms.ChoiceField(label="To whom", choices=Audience.choices, widget=forms.RadioSelect)
    period = PeriodFormField(
        label="Only of one period", required=False, help_text="For example, 2016-17 Q4. Leave empty for all periods."
    )
    reason = forms.CharField(label="Why they may be shown", widget=forms.Textarea(attrs={"rows": 3}))
    submit_label = "Show them"

    def __init__(self, *args: Any, indicators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = indicators  # type: ignore[attr-defined]


class ComparatorSetForm(PortalForm):
    """Who the others are from a year on."""

    against = forms.ChoiceField(
        label="Which set", choices=[choice for choice in Against.choices if choice[0] != Against.ENGLAND]
    )
    from_year = forms.ChoiceField(label="From which year on", choices=())
    members = forms.CharField(label="Members, one on each line", widget=forms.Textarea)
    source = forms.CharField(max_length=150, required=False)
    submit_label = "Save the set"

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [(str(year), str(year)) for year in _years(today)]
        self.fields["from_year"].choices = years  # type: ignore[attr-defined]

    def clean_from_year(self) -> FinancialYear:
        return FinancialYear.parse(self.cleaned_data["from_year"])

    def clean_members(self) -> list[str]:
        return self.cleaned_data["members"].splitlines()
