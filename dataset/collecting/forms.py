"""The fields of the grid: letters as they are typed, a handful for each figure that is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from ..models import Absence, Unit
from .grid import FIELDS, Row, Typed

LONGEST_NUMBER, LONGEST_COMMENT = 200, 2000
NO_VALUE = [("", "There is a number"), *Absence.choices]
DRAWN = "drawn"
"""Prefix of the hidden fields that say which letters the page was drawn from."""


@dataclass(frozen=True)
class GridRow:
    """A row with its fields, as the template draws it; `theirs` is what somebody else typed meanwhile."""

    row: Row
    numbers: Sequence[BoundField]
    absence: BoundField
    provisional: BoundField
    comment: BoundField
    drawn: BoundField
    theirs: str = ""

    @property
    def is_wrong(self) -> bool:
        return any(field.errors for field in (*self.numbers, self.absence, self.comment))


class GridForm(forms.Form):
    """One form for all rows of an agency. It checks lengths; what the letters mean, `grid.read_row` says."""

    use_required_attribute = False

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            for name in row.takes:
                self.fields[f"{row.name}-{name}"] = _number_field(row, name)
            self.fields[f"{row.name}-absence"] = forms.ChoiceField(
                label="Why there is no number", choices=NO_VALUE, required=False, initial=row.typed["absence"]
            )
            self.fields[f"{row.name}-provisional"] = forms.BooleanField(
                label="Provisional", required=False, initial=bool(row.typed["provisional"])
            )
            self.fields[f"{row.name}-comment"] = forms.CharField(
                label="Comment", max_length=LONGEST_COMMENT, required=False, initial=row.typed["comment"]
            )
            self.fields[f"{DRAWN}-{row.name}"] = forms.CharField(
                widget=forms.HiddenInput, max_length=16, required=False, initial=row.fingerprint
            )

    def typed(self) -> dict[str, Typed]:
        """The letters by row name; only of rows that came with the form."""
        return {row.name: self._typed(row) for row in self.rows if f"{DRAWN}-{row.name}" in self.data}

    def drawn(self) -> dict[str, str]:
        """The fingerprint by row name that the page was drawn from."""
        return {row.name: str(self.data.get(f"{DRAWN}-{row.name}", "")) for row in self.rows}

    def grid(self, theirs: dict[str, Row] | None = None) -> list[GridRow]:
        """The rows for the template."""
        return [
            GridRow(
                row=row,
                numbers=[self[f"{row.name}-{name}"] for name in row.takes],
                absence=self[f"{row.name}-absence"],
                provisional=self[f"{row.name}-provisional"],
                comment=self[f"{row.name}-comment"],
                drawn=self[f"{DRAWN}-{row.name}"],
                theirs=_told(theirs[row.name]) if theirs and row.name in theirs else "",
            )
            for row in self.rows
        ]

    def _typed(self, row: Row) -> Typed:
        letters = {name: str(self.cleaned_data.get(f"{row.name}-{name}") or "") for name in FIELDS}
        return letters | {"provisional": "yes" if letters["provisional"] == "True" else ""}


def _number_field(row: Row, name: str) -> forms.CharField:
    return forms.CharField(
        label=_label(row, name),
        max_length=LONGEST_NUMBER,
        required=False,
        initial=row.typed[name],
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-cell": name}),
    )


def _label(row: Row, name: str) -> str:
    one = row.indicator
    if name == "numerator":
        return _capital(one.numerator_label) or "Numerator"
    if name == "denominator":
        return f"Of {one.denominator_label}" if one.denominator_label else "Denominator"
    if one.unit == Unit.COUNT:
        return "Number"
    return "Percent, if the parts are not known" if one.unit == Unit.PERCENT else "Value, if the parts are not known"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _told(row: Row) -> str:
    """What somebody else typed, in one line."""
    numbers = [row.typed[name] for name in row.takes if row.typed[name]]
    absence = Absence(row.typed["absence"]).label if row.typed["absence"] else ""
    return "; ".join([part for part in (" of ".join(numbers), absence, row.typed["comment"]) if part]) or "nothing"


class CheckForm(forms.Form):
    """A comment for each figure that looks unusual and has none yet."""

    use_required_attribute = False

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows:
            self.fields[row.name] = forms.CharField(
                label=f"Comment on {row.indicator.title}, {row.period.label}",
                max_length=LONGEST_COMMENT,
                required=False,
            )
