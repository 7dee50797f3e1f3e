"""The scorecard as tables, the same for the page and for the PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lscb.common.periods import Quarter
from lscb.common.rounding import show

from . import reading
from .models import Frequency

NOTE = (
    "n: what a percentage is of. pp: percentage points. Changes are worked out before rounding. Rates are worked out "
    "from their parts. No change is computed across a new definition. A stock is a count on one day and is never "
    "summed."
)


def tables(quarter: Quarter, rows: Sequence[reading.ScoreRow]) -> Iterator[dict[str, Any]]:
    """In three tables, by how often a figure comes: a month is never set under the head of a quarter."""
    heads = {
        Frequency.QUARTER: ("Quarter by quarter", f"Q{quarter.previous.number}", f"Q{quarter.number}"),
        Frequency.MONTH: ("Month by month", "Month before", "Latest month"),
        Frequency.YEAR: ("Year by year", "Year before", "Latest year"),
    }
    for frequency, (title, before, now) in heads.items():
        those = [row for row in rows if row.raw["frequency"] == frequency]
        if those:
            yield _table(title, those, before, now, frequency)


def _table(title: str, rows: list[reading.ScoreRow], before: str, now: str, frequency: Frequency) -> dict[str, Any]:
    per = {row.raw["multiplier"] for row in rows if row.rate}
    names = {one["against"]: one["name"] for row in rows for one in row.raw["comparators"]}
    short = {**reading.SHORT, **{against: name for against, name in names.items() if against != "neighbours"}}
    return {
        "title": title,
        "annual": frequency == Frequency.YEAR,
        "step": frequency.value,
        "line": "21 months" if frequency == Frequency.MONTH else "Seven quarters",
        "before": before,
        "now": now,
        "rated": bool(per),
        "per": show(*per) if len(per) == 1 else "",
        "others": " · ".join(short[against] for against in short if against in names),
        "rows": rows,
    }


def missing(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each agency that owes something, with the titles of it."""
    owed: dict[str, dict[str, None]] = {}
    for gap in content["missing"]:
        owed.setdefault(gap["agency"], {})[gap["title"]] = None
    return [(agency, ", ".join(titles)) for agency, titles in sorted(owed.items())]
