"""The pages of the notification, in their order."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from lscb.common.forms import DayMonthYearField, FlexibleDateField, PortalForm, PortalFormMixin

from ..ages import age_band
from ..models import Ethnicity, Expected, Place, Sex, digits

LINES = {"rows": 3, "autocomplete": "off"}
NHS_DIGITS = 10


def _text(label: str, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", 200)
    field = forms.CharField(label=label, **kwargs)
    field.widget.attrs.setdefault("autocomplete", "off")
    return field


def _lines(label: str, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=5_000, widget=forms.Textarea(attrs=dict(LINES)), **kwargs)


class NhsNumberField(forms.CharField):
    """Ten digits however they are grouped; the last one proves the others, so that a slip of the finger is found."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs |= {"class": "govuk-input--width-10", "inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        number = digits(typed)
        if typed and not is_nhs_number(number):
            raise ValidationError("The NHS number must have 10 digits, like 999 012 3454. Check it, or leave it empty")
        return f"{number[:3]} {number[3:6]} {number[6:]}" if number else ""


def is_nhs_number(number: str) -> bool:
    """Ten digits, the last of them by modulus 11."""
    if not re.fullmatch(r"[0-9]{10}", number):
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False)) % 11
    return check % 11 == int(number[-1]) and check != NHS_DIGITS


class YouForm(PortalForm):
    submit_label = "Continue"
    notifier_name = _text("Your name")
    notifier_role = _text("Your role and agency", help_text="For example, ward sister, University Hospital")
    notifier_contact = _text("Telephone or e-mail", help_text="The officer of the panel may have a question")


class OfficerForm(YouForm):
    """The officer enters what came by telephone or letter."""

    notifier_name = _text("Who notified the death")
    notifier_role = _text("Their role and agency")
    notifier_contact = _text("Their telephone or e-mail", required=False)
    notified_on = FlexibleDateField(label="Day on which it was notified")


class ChildFields(PortalFormMixin, forms.Form):
    given_names = _text("Given names")
    family_name = _text("Family name")
    other_names = _lines("Other names and nicknames", help_text="One per line", required=False)
    born_on = DayMonthYearField(label="Date of birth")
    nhs_number = NhsNumberField(
        label="NHS number", help_text="If you have it. For example, 999 012 3454", required=False
    )
    address = _lines("Address", help_text="Where the child lived, without the postcode", required=False)
    postcode = _text("Postcode", max_length=12, required=False)


class ChildForm(ChildFields):
    submit_label = "Continue"
    sex = forms.ChoiceField(label="Sex", choices=Sex.choices, widget=forms.RadioSelect)
    ethnicity = forms.ChoiceField(label="Ethnicity", choices=[("", "Leave open"), *Ethnicity.choices], required=False)


class DeathForm(PortalForm):
    submit_label = "Continue"
    died_on = DayMonthYearField(label="Date of death")
    place = forms.ChoiceField(label="Place of death", choices=[("", "Select a place"), *Place.choices])
    expected = forms.ChoiceField(
        label="Was the death expected?",
        help_text="Expected: 24 hours before, there was a significant possibility of it",
        choices=Expected.choices,
        widget=forms.RadioSelect,
    )
    circumstances = _lines("What happened", help_text="As far as you know now", required=False)

    def __init__(self, *args: Any, born_on: dt.date | None = None, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.born_on, self.today = born_on, today

    def clean_died_on(self) -> dt.date:
        died_on: dt.date = self.cleaned_data["died_on"]
        if died_on > self.today:
            raise ValidationError("Date of death must be today or earlier")
        if self.born_on:
            try:
                age_band(self.born_on, died_on)
            except ValueError as error:
                raise ValidationError(str(error)) from None
        return died_on


class PeopleFields(PortalFormMixin, forms.Form):
    family = _lines(
        "Family and household", help_text="One per line, for example: Mother: name, date of birth", required=False
    )
    school = _text("School or nursery", required=False)
    gp = _text("GP and surgery", required=False)
    professionals = _lines(
        "Professionals who knew the child", help_text="One per line, for example: Health visitor: name", required=False
    )


class PeopleForm(PeopleFields):
    submit_label = "Continue"


class IdentityForm(ChildFields, PeopleFields):
    """The whole identity record, for who corrects it."""

    submit_label = "Save the record"
    died_on = DayMonthYearField(label="Date of death")
    circumstances = _lines("What happened", required=False)
    notifier_name = _text("Who notified the death", required=False)
    notifier_role = _text("Their role and agency", required=False)
    notifier_contact = _text("Their telephone or e-mail", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class FindForm(PortalForm):
    submit_label = "Find"
    nhs_number = NhsNumberField(label="NHS number", required=False)
    born_on = DayMonthYearField(label="Date of birth", required=False)
    died_on = DayMonthYearField(label="Date of death", required=False)
