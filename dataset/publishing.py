"""What of an edition may stand in public: small numbers of children are hidden, and nothing gives them back.

Works on rows of the document and returns rows of the same shape, so that everything drawn from them is safe. A hidden
value prints as "suppressed". Simple and strict: with a hidden count go its share and rate, every change to or from
it, the total of its year, and the other parts of its whole in that period. A hidden whole takes its parts along.
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
    secret = {row["code"]: {cell["period"] for cell in _cells(row) if is_secret(row, cell)} for row in rows}
    public = [row for row in rows if row["disclosure_class"] != DisclosureClass.SENSITIVE]
    return [_row(row, _hidden_periods(row, rows, secret)) for row in public]


def is_secret(row: Row, cell: Cell) -> bool:
    """Whether a cell is sensitive, or counts so few children that it may not be shown."""
    if row["disclosure_class"] == DisclosureClass.OPEN or cell["value"] is None:
        return False
    if row["disclosure_class"] == DisclosureClass.SENSITIVE:
        return True
    return any(POLICY.is_small(int(count)) for count in _children(row, cell))


def _children(row: Row, cell: Cell) -> list[Decimal]:
    """Every number of children that a cell tells: of a percentage those in it and, because its base stands beside
    it, those who are not; of an average those it is of."""
    if row["unit"] == Unit.COUNT:
        return [Decimal(cell["value"])]
    if cell.get("denominator") is None:
        return []
    part, base = Decimal(cell["numerator"]), Decimal(cell["denominator"])
    if row["unit"] == Unit.DAYS:
        return [base]
    return [part, base - part] if row["unit"] == Unit.PERCENT else [part]


def _hidden_periods(row: Row, rows: Sequence[Row], secret: Mapping[str, set[str]]) -> set[str]:
    """Its own secret periods; of a part also those of its whole, which the parts would add up to, and of the whole's
    other parts, which subtraction would give back."""
    family = [row["code"]]
    if row["part_of"]:
        family += [other["code"] for other in rows if row["part_of"] in (other["part_of"], other["code"])]
    return set().union(*(secret[code] for code in family))


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
    return {**one, **({"value": None, "base": None} if hidden else {}), "hidden": hidden, "change": change}


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
