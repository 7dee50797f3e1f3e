"""How a compiled row reads: numbers as they are printed, and words beside every colour.

Works on the rows of an edition's document (see `document.py`) and on nothing else, so that page, files and report say
the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lscb.common.lists import Tag
from lscb.common.periods import FinancialYear, Month, Period, parse_period
from lscb.common.rounding import round_half_up, show, show_base, show_change

from .models import Absence, Frequency, Kind, Status, Unit

Row = Mapping[str, Any]
Cell = Mapping[str, Any]
NO_FIGURE = "no figure"
WHY_NO_CHANGE = {
    "break": "new definition",
    "no_value": "not known",
    "from_zero": "none before",
    "suppressed": "suppressed",
}
SHORT = {"neighbours": "Neighbours", "region": "Region", "england": "England"}


# ---- Numbers ---------------------------------------------------------------------------------------------------------


def number(row: Row, value: str | None) -> str:
    """A value of this indicator, rounded half up: "542", "24.6%"."""
    if value is None:
        return ""
    sign = "%" if row["unit"] == Unit.PERCENT else ""
    return f"{show(Decimal(value), row['decimals'])}{sign}"


def value(row: Row, cell: Cell) -> str:
    """What stands in a cell: the number, or why there is none."""
    if cell["value"] is not None:
        return number(row, cell["value"])
    return Absence(cell["absence"]).label.lower() if cell["absence"] else NO_FIGURE


def base(row: Row, cell: Cell) -> str:
    """ "n = 198": what a percentage is of, to stand beside it (domain: "Annual report"); empty where nobody says."""
    if row["unit"] != Unit.PERCENT or cell["value"] is None:
        return ""
    text = cell.get("denominator")
    return "" if text is None else show_base(Decimal(text))


def with_base(row: Row, cell: Cell) -> str:
    """ "91% (n = 198)"; what is no percentage stands alone."""
    of = base(row, cell)
    return f"{value(row, cell)} ({of})" if of else value(row, cell)


def agencies_answered(content: Mapping[str, Any]) -> str:
    """ "11 of 12": the agencies that sent at least one of the figures they owed."""
    sources = content["sources"]
    return f"{sum(1 for one in sources if one['missing'] < one['owed'])} of {len(sources)}"


def rate(cell: Cell) -> str:
    """The rate of a count, in whole numbers."""
    return show(Decimal(cell["rate"])) if cell.get("rate") is not None else ""


def rate_per(row: Row) -> str:
    """ "per 10,000 children under 18", for what has a rate."""
    if not row["multiplier"]:
        return ""
    return f"per {show(row['multiplier'])} {row['denominator_label']}".strip()


def change(one: Mapping[str, Any] | None) -> str:
    """ "-5.4%", "+11.3 pp" for percentage points, and nothing where there is no change to tell."""
    if one is None or one["value"] is None:
        return ""
    return f"{show_change(Decimal(one['value']))}{' pp' if one['nature'] == 'points' else '%'}"


def comparator(row: Row, one: Mapping[str, Any]) -> str:
    """What others have: of the rate where a count has one, else of the value."""
    sign = "%" if row["unit"] == Unit.PERCENT else ""
    return f"{show(Decimal(one['value']), compared_places(row))}{sign}"


def compared_places(row: Row) -> int:
    """Decimals of what is compared: rates of counts are whole numbers."""
    return 0 if is_rated_count(row) else int(row["decimals"])


def is_rated_count(row: Row) -> bool:
    return row["unit"] == Unit.COUNT and bool(row["multiplier"])


def compared_value(row: Row) -> Decimal | None:
    """Our own value, of the kind that the comparators have."""
    own = row["current"].get("rate") if is_rated_count(row) else row["current"]["value"]
    return None if own is None else Decimal(own)


# ---- Periods ---------------------------------------------------------------------------------------------------------


def label(period: Period | str) -> str:
    period = parse_period(period) if isinstance(period, str) else period
    return period.label


def short_label(period: Period | str) -> str:
    """Along the axis of a chart: "Q1 2016-17", "Apr 2016", "2016-17"."""
    period = parse_period(period) if isinstance(period, str) else period
    return f"{period.name[:3]} {period.calendar_year}" if isinstance(period, Month) else period.label


def ends(row: Row, period: Period) -> str:
    """When a figure is of: a stock is counted on a day, a flow over a time."""
    if row["kind"] == Kind.STOCK:
        day = period.last_day
        return f"{day.day} {day:%B} {day.year}"
    return period.label


def definition_begins(row: Row, cells: Sequence[Cell]) -> list[int]:
    """The places in `cells` before which a new definition begins."""
    return [at for at in range(1, len(cells)) if cells[at]["definition"] != cells[at - 1]["definition"]]


# ---- The words beside ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """Tags, each a word with its tone, and what is to be said beside the numbers."""

    tags: tuple[Tag, ...]
    words: str

    def __str__(self) -> str:
        return ": ".join(part for part in (", ".join(tag.word for tag in self.tags), self.words) if part)


def reading(row: Row, shown: Sequence[Cell]) -> Reading:
    """The reading of a row. `shown` are the cells of its small line, where a break would be seen."""
    return Reading(tuple(_tags(row, shown)), "; ".join(_words(row, shown)))


def _tags(row: Row, shown: Sequence[Cell]) -> list[Tag]:
    tags = []
    if row.get("due", True) and row["current"]["value"] is None and row["current"]["absence"] in ("", Absence.BLANK):
        tags.append(Tag("missing", "amber"))
    if row["rag"]:
        tags.append(Tag(row["rag"], row["rag"]))
    if definition_begins(row, shown):
        tags.append(Tag("break", "grey"))
    if row["current"].get("status") == Status.PROVISIONAL:
        tags.append(Tag("provisional", "grey"))
    return tags


def _words(row: Row, shown: Sequence[Cell]) -> list[str]:
    words: list[str] = []
    current = row["current"]
    if base(row, current):
        words.append(base(row, current))
    if current["value"] is None:
        words.append(f"{row['agency']['short_name']}: {value(row, current)}" if row.get("due", True) else "not due yet")
    else:
        words += _direction(row)
    if definition_begins(row, shown):
        words.append(f"new definition from {label(row['definition']['from'])}, no change across it")
    words += [part for part in (_beside_others(row), _of_whole(row), _in_year(row)) if part]
    if current.get("comment"):
        words.append(current["comment"].rstrip("."))
    return words


def _direction(row: Row) -> list[str]:
    change = row["change"].get("previous")
    words = []
    if row["target"] is not None:
        words.append(f"target {number(row, row['target'])}")
    elif change and change["value"] is not None:
        moved = round_half_up(Decimal(change["value"]), 1)
        words.append("rises" if moved > 0 else "falls" if moved < 0 else "unchanged")
    elif change and change["why"] == "from_zero":
        words.append("unchanged" if not Decimal(row["current"]["value"]) else "none in the period before")
    return words


def _beside_others(row: Row) -> str:
    """ "above neighbours and England, below South East", of the numbers as they are printed.

    Words only, for there is no target in it."""
    exact, places = compared_value(row), compared_places(row)
    if exact is None:
        return ""
    own = round_half_up(exact, places)
    sides: dict[str, list[str]] = {"above": [], "as": [], "below": []}
    for one in row["comparators"]:
        other = round_half_up(Decimal(one["value"]), places)
        side = "above" if own > other else "below" if own < other else "as"
        sides[side].append("neighbours" if one["against"] == "neighbours" else one["name"])
    return ", ".join(f"{side} {_listed(names)}" for side, names in sides.items() if names)


def _of_whole(row: Row) -> str:
    share = row["share"] and (row["share"]["year"] or row["share"]["period"])
    if not share:
        return ""
    time = " in the year" if row["share"]["year"] else ""
    of = show_base(Decimal(share["base"]))
    return f"{percent(share['percent'])} of {row['share']['title'].lower()}{time} ({of})"


def percent(text: str) -> str:
    return f"{show(Decimal(text), 1)}%"


def _in_year(row: Row) -> str:
    """A flow: what the whole year came to, when it is whole."""
    if row["kind"] != Kind.FLOW or not row["years"] or row["years"][-1]["value"] is None:
        return ""
    year = row["years"][-1]
    of = show_base(Decimal(year["base"])) if year.get("base") and row["unit"] == Unit.PERCENT else ""
    since = change(year["change"])
    beside = "; ".join(part for part in (of, f"{since} on the year before" if since else "") if part)
    return f"{number(row, year['value'])} in {year['year']}" + (f" ({beside})" if beside else "")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# ---- The scorecard as a table ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ScoreRow:
    """One row of the scorecard as it is printed; `raw` is the row of the document."""

    raw: Row
    line: tuple[Cell, ...]
    previous: str
    current: str
    change: str
    change_on_year: str
    rate: str
    comparators: tuple[tuple[str, str, str], ...]
    reading: Reading

    @property
    def others(self) -> str:
        return " · ".join(value for _, value, _ in self.comparators)

    @property
    def others_of(self) -> str:
        """Of which period that is, and who, where not all three are there."""
        periods = " · ".join(dict.fromkeys(period for _, _, period in self.comparators))
        names = " · ".join(name for name, _, _ in self.comparators)
        return periods if len(self.comparators) == len(SHORT) else f"{names}, {periods}"

    @property
    def period(self) -> str:
        """The period, where it is not the quarter of the edition."""
        return "" if self.raw["frequency"] == Frequency.QUARTER else label(self.raw["period"])


def score_row(row: Row) -> ScoreRow:
    line = tuple(row["series"][-21 if row["frequency"] == Frequency.MONTH else -7 :])
    return ScoreRow(
        raw=row,
        line=line,
        previous=value(row, row["beside"]["previous"]) if _known(row["beside"]["previous"]) else "",
        current=value(row, row["current"]),
        change=change(row["change"].get("previous")),
        change_on_year=change(row["change"].get("year_before")),
        rate=rate(row["current"]),
        comparators=tuple((one["name"], comparator(row, one), one["period"]) for one in row["comparators"]),
        reading=reading(row, line),
    )


def _known(cell: Cell) -> bool:
    return cell["value"] is not None or bool(cell["absence"])


def rows_of(
    content: Mapping[str, Any], *, scorecard: str = "", agency: str = "", attention: bool = False
) -> list[ScoreRow]:
    """The rows of a document, narrowed: by scorecard (main, met), by agency (its key), to what needs attention."""
    rows = [row for row in content["rows"] if not scorecard or scorecard in row["scorecards"]]
    rows = [row for row in rows if not agency or str(row["agency"]["key"]) == agency]
    scored = [score_row(row) for row in rows]
    return [row for row in scored if needs_attention(row)] if attention else scored


def needs_attention(row: ScoreRow) -> bool:
    """Red or amber, missing, or not yet final."""
    return any(tag.tone in ("red", "amber") or tag.word == "provisional" for tag in row.reading.tags)


def year_of(row: Row, year: FinancialYear) -> Mapping[str, Any] | None:
    """A whole year of the row."""
    return next((one for one in row["years"] if one["year"] == str(year)), None)


def total(row: Row, year: Mapping[str, Any] | None) -> str:
    """What a whole year came to, or why that is not told."""
    if year is None or year["value"] is None:
        return "suppressed" if year and year.get("hidden") else "not known"
    return number(row, year["value"])
