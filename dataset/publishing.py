"""What of an edition may stand in public: small numbers of children are hidden, and nothing gives them back.

Works on rows of the document and returns rows of the same shape, so that everything drawn from them is safe. A hidden
value prints as "suppressed". Simple and strict: with a hidden count go its share and rate, every change to or from
it, the total of its year, and the other parts of its whole in that period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lscb.common.periods import parse_period
from lscb.common.small_numbers import SmallNumberPolicy

from .models import Absence, DisclosureClass, Unit
from .reading import Cell, Row

POLICY = SmallNumberPolicy(threshold=5)
HIDDEN = {"value": None, "rate": None, "numerator": None, "denominator": None, "absence": Absence.SUPPRESSED.value}


def for_public(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows without sensitive ones, and with small numbers hidden."""
    public = [row for row in rows if row["disclosure_class"] != DisclosureClass.SENSITIVE]
    small = {row["code"]: {cell["period"] for cell in _cells(row) if is_small(row, cell)} for row in public}
    return [_row(row, _hidden_periods(row, public, small)) for row in public]


def is_small(row: Row, cell: Cell) -> bool:
    """Whether a cell counts so few children that it may not be shown. A percentage is as small as its numerator."""
    if row["disclosure_class"] != DisclosureClass.CHILDREN or cell["value"] is None:
        return False
    counted = cell["value"] if row["unit"] == Unit.COUNT else cell.get("numerator")
    return counted is not None and POLICY.is_small(int(Decimal(counted)))


def _hidden_periods(row: Row, rows: Sequence[Row], small: Mapping[str, set[str]]) -> set[str]:
    """Its own small periods, and those of the other parts of its whole, which subtraction would give back."""
    family = [row["code"]]
    if row["part_of"]:
        family += [other["code"] for other in rows if other["part_of"] == row["part_of"]]
    return set().union(*(small[code] for code in family))


def _row(row: Row, hidden: set[str]) -> dict[str, Any]:
    if not hidden:
        return dict(row)
    years = {str(parse_period(period).year) for period in hidden}
    return {
        **row,
        "current": _cell(row["current"], hidden),
        "beside": {name: _cell(cell, hidden) for name, cell in row["beside"].items()},
        "series": [_cell(cell, hidden) for cell in row["series"]],
        "change": {
            name: _gone(change) if {change["from"], row["period"]} & hidden else change
            for name, change in row["change"].items()
        },
        "years": [_year(one, years) for one in row["years"]],
        "share": _share(row, hidden, years),
        "rag": None if row["period"] in hidden else row["rag"],
    }


def _cells(row: Row) -> list[Cell]:
    return [row["current"], *row["beside"].values(), *row["series"]]


def _cell(cell: Cell, hidden: set[str]) -> Cell:
    return {**cell, **HIDDEN} if cell["period"] in hidden and cell["value"] is not None else cell


def _gone(change: Mapping[str, Any]) -> dict[str, Any]:
    return {**change, "value": None, "why": "suppressed"}


def _year(one: Mapping[str, Any], years: set[str]) -> Mapping[str, Any]:
    """The total of a year with a hidden period would give it back, and so would a change to or from that total."""
    before = str(parse_period(one["year"]).previous)
    change = _gone(one["change"]) if {one["year"], before} & years else one["change"]
    hidden = one["year"] in years
    return {**one, "value": None if hidden else one["value"], "hidden": hidden, "change": change}


def _share(row: Row, hidden: set[str], years: set[str]) -> Any:
    share = row["share"]
    if not share:
        return share
    year = str(parse_period(row["period"]).year)
    return {
        **share,
        "period": None if row["period"] in hidden else share["period"],
        "year": None if year in years else share["year"],
    }
