"""The base of every form: the look of GOV.UK, errors in plain English, dates and periods as people type them.

Forms check shape only. What the trade forbids is refused by a service with `RuleBroken`; `apply_rule` shows that
refusal at its field. No form writes.

A warning for layouts: crispy's `Fieldset`, `Submit` and `HTML` treat their text as a Django template. Text that
people wrote never goes there; use `FieldGroup`, whose legend is plain text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from .errors import RuleBroken
from .periods import MONTH_NAMES, FinancialYear, Month, Quarter

_MONTHS = {name[:3].lower(): number for number, name in enumerate(MONTH_NAMES, start=1)}
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s./-]+(\d{1,2}|[a-z]+)\.?[\s,./-]+(\d+)", re.IGNORECASE)
_YEAR_MONTH_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2199


def apply_rule(form: forms.BaseForm, refusal: RuleBroken) -> None:
    """Show a refusal of a service at the field it names, or at the whole form when the form has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


# ---- Forms ----------------------------------------------------------------------------------------------------------


class PortalFormMixin:
    """Makes a form a page of the portal: `{% crispy form %}` draws it with its button.

    `submit_label` is the button's word. `layout` may be a crispy layout; without one the fields stand in their order.
    """

    submit_label: ClassVar[str] = "Save and continue"
    layout: ClassVar[Any] = None
    use_required_attribute = False
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, submit_label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.button = submit_label or self.submit_label
        for field in self.fields.values():
            prepare(field)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.attrs = {"novalidate": True}
        helper.form_class = "lscb-form"
        helper.submit_label = self.button
        helper.layout = self.layout
        helper.render_unmentioned_fields = self.layout is not None
        return helper


class PortalForm(PortalFormMixin, forms.Form):
    """The base of the portal's forms."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):
    """A form whose fields come from a model. It gives `cleaned_data` to a service and cannot save."""

    def save(self, commit: bool = True) -> Any:
        raise TypeError("Forms do not write: pass cleaned_data to a service.")


def prepare(field: forms.Field) -> None:
    """Give a field the portal's words and manners; what the form said itself stays as it is."""
    widget = field.widget
    if isinstance(widget, forms.NumberInput):
        # Browsers change a number when the wheel turns and hide what is not one; people see what they typed in text.
        widget.input_type = "text"
        widget.attrs.setdefault("inputmode", "numeric" if type(field) is forms.IntegerField else "decimal")
        widget.attrs.setdefault("class", "govuk-input--width-5")
        widget.attrs.pop("step", None)
    if isinstance(field, forms.EmailField):
        widget.attrs.setdefault("autocomplete", "email")
        widget.attrs.setdefault("spellcheck", "false")
        field.error_messages.setdefault(
            "invalid", "Enter an e-mail address in the correct format, like name@example.org"
        )
    label = _in_sentence(str(field.label or "").strip())
    if label:
        _reword(field, "required", _ask_for(field, label))
    _reword(field, "invalid_choice", "Select one of the choices")
    if isinstance(field, forms.IntegerField | forms.DecimalField | forms.FloatField) and label:
        _reword(field, "invalid", f"{_capital(label)} must be a number")


def _reword(field: forms.Field, code: str, sentence: str) -> None:
    """Replace Django's own sentence for `code`, never one that the form chose."""
    for parent in type(field).__mro__:
        stock = parent.__dict__.get("default_error_messages", {}).get(code)
        if stock is not None:
            if field.error_messages.get(code) == stock and parent.__module__.startswith("django."):
                field.error_messages[code] = sentence
            return


def _in_sentence(label: str) -> str:
    """ "Date raised" becomes "date raised"; "NHS number" and a name of one's own stay."""
    return label if label[1:2].isupper() or not label else label[0].lower() + label[1:]


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _ask_for(field: forms.Field, label: str) -> str:
    if label.endswith("?"):
        return f"Answer the question: {_capital(label)}"
    if isinstance(field, forms.BooleanField):
        return f"Tick to confirm: {_capital(label)}"
    if isinstance(field, forms.FileField):
        return f"Choose a file: {label}"
    if isinstance(field.widget, forms.widgets.ChoiceWidget):
        return f"Select {label}"
    return f"Enter {label}"


class FieldGroup(LayoutObject):
    """Fields that belong together under a legend of plain text, with a hint when given."""

    def __init__(self, legend: str, *fields: Any, hint: str = "", css_class: str = "") -> None:
        self.legend = legend
        self.fields = list(fields)
        self.hint = hint
        self.css_class = css_class

    def render(self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any) -> str:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return render_to_string(
            f"{template_pack}/layout/group.html",
            {"legend": self.legend, "hint": self.hint, "css_class": self.css_class, "fields": fields},
        )


# ---- Dates ----------------------------------------------------------------------------------------------------------


def version_field(*, required: bool = True) -> forms.IntegerField:
    """Hidden: the version that was read, so that the second of two people who save is told. A new record has none."""
    return forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=required)


def show_day(day: dt.date) -> str:
    """A date as it is typed back into a field: "3 June 2026"."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def month_number(text: str) -> int | None:
    """1 to 12 for "6", "06", "jun" or "June"; None for anything else."""
    text = text.strip().rstrip(".").lower()
    if text.isascii() and text.isdigit():
        return int(text) if 1 <= int(text) <= 12 else None
    number = _MONTHS.get(text[:3]) if len(text) >= 3 else None
    if number and (MONTH_NAMES[number - 1].lower().startswith(text) or text == "sept"):
        return number
    return None


def read_day(text: str) -> dt.date:
    """Read "3 jun 2026", "3rd June 2026", "03/06/2026" (day first), "3.6.2026" or "2026-06-03".

    Raises ValueError with a sentence that says what is wrong.
    """
    text = " ".join(text.split())
    if match := _YEAR_MONTH_DAY.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DAY_MONTH_YEAR.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise ValueError("Enter a date with day, month and year, like 3 June 2026")
    if len(year) != 4:
        raise ValueError("Write the year with four digits, like 2026")
    if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
        raise ValueError(f"Write a year from {EARLIEST_YEAR} to {LATEST_YEAR}")
    number = month_number(month)
    if number is None:
        raise ValueError(f"“{month}” is not a month. Write it like June, Jun or 6")
    try:
        return dt.date(int(year), number, int(day))
    except ValueError:
        raise ValueError("Enter a date that exists. Check the day and the month") from None


class _DayInput(forms.DateInput):
    """Shows a date in words and keeps what was typed when it could not be read."""

    def format_value(self, value: Any) -> str | None:
        return show_day(value) if isinstance(value, dt.date) else super().format_value(value)


class FlexibleDateField(forms.DateField):
    """A date in one field, for dates that people look up or plan: takes "3 jun 2026" and the like."""

    widget = _DayInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "For example, 3 June 2026")
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("class", "govuk-input--width-10")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values or isinstance(value, dt.date):
            return super().to_python(value)
        try:
            return read_day(str(value))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class DayMonthYearWidget(forms.MultiWidget):
    """Three text fields: day, month, year. What was typed stays, also when it is not a date."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widths = {"day": 2, "month": 2, "year": 4}
        super().__init__(
            {
                name: forms.TextInput({"class": f"govuk-input--width-{width}", "inputmode": "numeric"})
                for name, width in widths.items()
            },
            attrs,
        )

    def decompress(self, value: dt.date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class DayMonthYearField(forms.MultiValueField):
    """A date that people know by heart, in three fields. Every error names what is missing or wrong."""

    widget = DayMonthYearWidget
    part_labels = ("Day", "Month", "Year")

    def __init__(self, *, autocomplete_birthday: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "For example, 27 3 2016")
        super().__init__(
            fields=tuple(forms.CharField(required=False) for _ in self.part_labels),
            require_all_fields=False,
            **kwargs,
        )
        if autocomplete_birthday:
            for name, part in zip(("day", "month", "year"), self.widget.widgets, strict=True):
                part.attrs["autocomplete"] = f"bday-{name}"

    def clean(self, value: Any) -> dt.date | None:
        if isinstance(value, dt.date):
            return value
        typed = [str(part or "").strip() for part in (value or [])]
        if not any(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required", params={"parts": [0, 1, 2]})
            return None
        day = self._read(typed)
        self.validate(day)
        self.run_validators(day)
        return day

    def _read(self, typed: Sequence[str]) -> dt.date:
        missing = [number for number, part in enumerate(typed) if not part]
        name = _capital(str(self.label or "The date"))
        if missing:
            words = " and ".join(f"a {self.part_labels[number].lower()}" for number in missing)
            raise ValidationError(f"{name} must include {words}", code="incomplete", params={"parts": missing})
        month = month_number(typed[1])
        if month is None:
            raise ValidationError(f"{name} must have a month from 1 to 12", code="invalid", params={"parts": [1]})
        if not re.fullmatch(r"[0-9]{4}", typed[2]) or not EARLIEST_YEAR <= int(typed[2]) <= LATEST_YEAR:
            raise ValidationError(f"{name} must have a year of four digits", code="invalid", params={"parts": [2]})
        try:
            return dt.date(int(typed[2]), month, int(typed[0]))
        except ValueError:
            raise ValidationError(f"{name} must be a real date", code="invalid", params={"parts": [0]}) from None

    def compress(self, data_list: Any) -> dt.date | None:
        return self._read([str(part or "") for part in data_list]) if data_list else None


# ---- Files ----------------------------------------------------------------------------------------------------------


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field; gives a list, empty when none was chosen."""

    widget = _FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not chosen:
            return [super().clean(None, initial)] if self.required else []
        return [super(FilesField, self).clean(one, initial) for one in chosen]


# ---- Periods and money ----------------------------------------------------------------------------------------------


def read_financial_year(text: str) -> FinancialYear:
    """Read "2016-17", "2016/17", "2016–17" or "2016-2017". Raises ValueError with a sentence."""
    match = re.fullmatch(r"(\d{4})\s*[-–/]\s*(?:20)?(\d{2})", text.strip())
    return FinancialYear.parse(f"{match[1]}-{match[2]}" if match else text)


def read_quarter(text: str) -> Quarter:
    """Read "Q4 2016-17", "2016-17 Q4" or "2016/17 q4". Raises ValueError with a sentence."""
    plain = text.strip().upper()
    match = re.fullmatch(r"Q\s?([1-4])[\s,]+(.+)", plain) or re.fullmatch(r"(.+?)\s*,?\s*Q\s?([1-4])", plain)
    if not match:
        return Quarter.parse(text)
    number, year = (match[1], match[2]) if match[1].isdigit() and len(match[1]) == 1 else (match[2], match[1])
    return Quarter(read_financial_year(year), int(number))


class _PeriodFormField(forms.Field):
    """A period typed, or chosen when `periods` are given (then only one of those)."""

    reader: Any
    example = ""

    def __init__(self, *, periods: Iterable[Any] | None = None, empty_label: str = "", **kwargs: Any) -> None:
        self.periods = None if periods is None else list(periods)
        if self.periods is None:
            kwargs.setdefault("help_text", f"For example, {self.example}")
            kwargs.setdefault("widget", forms.TextInput(attrs={"class": "govuk-input--width-10"}))
        else:
            options = [(str(period), period.label) for period in self.periods]
            kwargs.setdefault("widget", forms.Select(choices=[("", empty_label), *options]))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else str(value)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            period = type(self).reader(str(value))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None
        if self.periods is not None and period not in self.periods:
            raise ValidationError("Select one of the choices", code="invalid_choice")
        return period

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")


class FinancialYearFormField(_PeriodFormField):
    """Gives a `FinancialYear`."""

    reader = staticmethod(read_financial_year)
    example = "2016-17"


class QuarterFormField(_PeriodFormField):
    """Gives a `Quarter`."""

    reader = staticmethod(read_quarter)
    example = "2016-17 Q4"


def read_month(text: str) -> Month:
    """Read "June 2016", "jun 2016", "6/2016" or "2016-06M". Raises ValueError with a sentence."""
    match = re.fullmatch(r"(\d{1,2}|[a-z]+)\.?[\s,./-]+(\d{4})", text.strip(), re.IGNORECASE)
    number = month_number(match[1]) if match else None
    if match and number:
        return Month(int(match[2]), number)
    try:
        return Month.parse(text)
    except ValueError:
        raise ValueError("Enter a month and a year, like June 2016") from None


class MonthFormField(_PeriodFormField):
    """Gives a `Month`."""

    reader = staticmethod(read_month)
    example = "June 2016"

    def prepare_value(self, value: Any) -> Any:
        return value.label if isinstance(value, Month) else value


class MoneyField(forms.DecimalField):
    """Pounds and pence as people type them: "£1,329.50" gives Decimal("1329.50")."""

    prefix = "£"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"decimal_places": 2, "max_digits": 12, **kwargs})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().to_python(value.replace("£", "").replace(",", "") if isinstance(value, str) else value)
