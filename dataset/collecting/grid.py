"""The grid of an agency: a row for each figure it owes, with what is known beside it and what was typed into it.

What was typed is kept as letters, right or wrong (`Entry`), until it is sent. Two people in two rows never meet; two in
the same row are told (`keep_typed`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from lscb.common.errors import RuleBroken
from lscb.common.periods import Period
from lscb.common.rounding import show

from ..checking import NewFigure, checked_figure
from ..flags import Flag, exact, expected, flags_of, moved
from ..importing import understanding
from ..importing.understanding import LONGEST_CELL, Understood, Wrong
from ..models import Absence, AgencyReturn, DefinitionVersion, Figure, Indicator, Status, Unit
from .owed import Key, Owed, is_received, owed_by

Typed = Mapping[str, str]
"""What stands in the fields of a row."""

FIELDS = ("value", "numerator", "denominator", "absence", "provisional", "comment")
NUMBERS = ("value", "numerator", "denominator")
NOTHING: dict[str, str] = dict.fromkeys(FIELDS, "")


@dataclass(frozen=True)
class CellProblem:
    """`name` is that of a field of the row."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Row:
    """A figure of the grid. `figure` is what was sent already, `typed` what stands in the fields."""

    owed: Owed
    figure: Figure | None
    before: Figure | None
    year_before: Figure | None
    breaks: frozenset[str]
    typed: Typed
    others: tuple[NewFigure, ...] = field(default=(), compare=False)

    @property
    def indicator(self) -> Indicator:
        return self.owed.indicator

    @property
    def period(self) -> Period:
        return self.owed.period

    @property
    def name(self) -> str:
        return self.owed.name

    @property
    def takes(self) -> tuple[str, ...]:
        """The number fields of the row: a plain count is one number, a count with a rate brings its population."""
        if self.indicator.unit != Unit.COUNT:
            return "numerator", "denominator", "value"
        return ("numerator", "denominator") if self.indicator.multiplier else ("value",)

    @property
    def fingerprint(self) -> str:
        """What the row was drawn from: who saves says which text was in front of them."""
        return fingerprint(self.typed)

    @property
    def is_received(self) -> bool:
        return is_received(self.figure)

    @property
    def is_empty(self) -> bool:
        return not any(self.typed[name].strip() for name in (*NUMBERS, "absence"))

    @property
    def shown_before(self) -> str:
        return shown(self.indicator, self.before)

    @property
    def shown_year_before(self) -> str:
        return shown(self.indicator, self.year_before)

    @property
    def shown_new(self) -> str:
        """The typed figure as it will stand."""
        return shown(self.indicator, self.new)

    @property
    def usual(self) -> str:
        """ "433 to 722": where the next value needs no comment."""
        band = self.band
        if band is None:
            return ""
        places = self.indicator.decimals
        return f"{show(band[0], places)} to {show(band[1], places)}{'%' if self.indicator.unit == Unit.PERCENT else ''}"

    @property
    def band(self) -> tuple[Decimal, Decimal] | None:
        return None if "before" in self.breaks else expected(self.indicator, self.past)

    @property
    def past(self) -> Decimal | None:
        return exact(self.indicator, self.before)

    @cached_property
    def read(self) -> tuple[NewFigure | None, list[CellProblem], list[str]]:
        """The figure that the typed letters make, what is wrong with them, and what had to be understood."""
        return read_row(self)

    @property
    def new(self) -> NewFigure | None:
        return self.read[0]

    @property
    def problems(self) -> list[CellProblem]:
        return self.read[1]

    @property
    def notes(self) -> list[str]:
        return self.read[2]

    @property
    def change(self) -> str:
        """Of the typed number on the period before; the words "new definition" across a break."""
        value = exact(self.indicator, self.new)
        if value is None or self.past is None:
            return ""
        return "new definition" if "before" in self.breaks else moved(self.indicator, value, self.past)

    @property
    def flags(self) -> list[Flag]:
        if self.new is None:
            return []
        same = "before" not in self.breaks
        return flags_of(self.new, before=self.before, same_definition=same, others=list(self.others))

    @property
    def unexplained(self) -> list[Flag]:
        return [] if self.typed["comment"].strip() else self.flags


def fingerprint(typed: Typed) -> str:
    text = json.dumps([typed.get(name, "").strip() for name in FIELDS])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def shown(indicator: Indicator, figure: Figure | NewFigure | None) -> str:
    """A figure as it stands beside a cell: "24.6%", "542", "not collected"."""
    if figure is None:
        return ""
    value = exact(indicator, figure)
    if value is None:
        return Absence(figure.absence).label.lower()
    state = " (provisional)" if figure.status == Status.PROVISIONAL else ""
    return f"{show(value, indicator.decimals)}{'%' if indicator.unit == Unit.PERCENT else ''}{state}"


# ---- Drawing the grid ------------------------------------------------------------------------------------------------


def rows_of(of_return: AgencyReturn, typed: Mapping[str, Typed] | None = None) -> list[Row]:
    """The rows of an agency's grid. A fixed number of queries.

    `typed` by row name is what a form brings; without it the kept entries stand in the fields, and where there are
    none the figures that were sent.
    """
    quarter = of_return.collection.quarter
    owed = owed_by(quarter, [of_return.agency_id]).get(of_return.agency_id, [])
    figures = _figures(owed)
    entries = {(one.indicator_id, one.period): one.typed for one in of_return.entries.all()}
    begins = definitions_begin(one.indicator.pk for one in owed)
    rows = [
        Row(
            owed=one,
            figure=figures.get(one.key),
            before=figures.get((one.indicator.pk, one.period.previous)),
            year_before=figures.get((one.indicator.pk, one.period.year_before)),
            breaks=_breaks(one, begins.get(one.indicator.pk, [])),
            typed=_typed(one, typed, entries.get(one.key), figures.get(one.key)),
        )
        for one in owed
    ]
    others = tuple(new for row in rows if (new := row.new))
    return [Row(row.owed, row.figure, row.before, row.year_before, row.breaks, row.typed, others) for row in rows]


def _figures(owed: Iterable[Owed]) -> dict[Key, Figure]:
    wanted = Q(pk__in=[])
    for one in owed:
        periods = [str(one.period), str(one.period.previous), str(one.period.year_before)]
        wanted |= Q(indicator=one.indicator, period__in=periods)
    return {(row.indicator_id, row.period): row for row in Figure.objects.latest_revisions().filter(wanted)}


def definitions_begin(indicators: Iterable[int]) -> dict[int, list[str]]:
    """Where later definitions begin, by the key of the indicator. One query."""
    begins: dict[int, list[str]] = {}
    rows = DefinitionVersion.objects.filter(indicator__in=set(indicators), from_period__isnull=False)
    for key, period in rows.values_list("indicator", "from_period"):
        begins.setdefault(key, []).append(str(period))
    return begins


def _breaks(one: Owed, begins: Iterable[str]) -> frozenset[str]:
    """Beside which earlier periods a new definition has begun since."""
    earlier = (("before", one.period.previous), ("year_before", one.period.year_before))
    return frozenset(name for name, period in earlier if any(str(period) < at <= str(one.period) for at in begins))


def _typed(one: Owed, form: Mapping[str, Typed] | None, entry: Typed | None, figure: Figure | None) -> Typed:
    if form is not None and one.name in form:
        return {**NOTHING, **form[one.name]}
    if entry is not None:
        return {**NOTHING, **entry}
    return as_typed(one.indicator, figure)


def as_typed(indicator: Indicator, figure: Figure | None) -> dict[str, str]:
    """A figure as it would be typed into its row."""
    if figure is None:
        return dict(NOTHING)
    counted = figure.value if indicator.unit == Unit.COUNT and indicator.multiplier else figure.numerator
    return {
        "value": "" if counted is not None else _digits(figure.value),
        "numerator": _digits(counted),
        "denominator": _digits(figure.denominator),
        "absence": figure.absence,
        "provisional": "yes" if figure.status == Status.PROVISIONAL else "",
        "comment": figure.comment,
    }


def _digits(number: Decimal | None) -> str:
    if number is None:
        return ""
    return f"{number.normalize():f}" if number else "0"


# ---- Reading what was typed ------------------------------------------------------------------------------------------


def read_row(row: Row) -> tuple[NewFigure | None, list[CellProblem], list[str]]:
    """The figure that the letters make (None while the row is empty or wrong), with problems and notes."""
    problems: list[CellProblem] = []
    notes: list[str] = []
    numbers: dict[str, Decimal | None] = {}
    absence = row.typed["absence"]
    for name in row.takes:
        one = _number(row, name, problems)
        numbers[name] = one.number
        if one.absence and absence not in ("", one.absence):
            problems.append(CellProblem("absence", "A number field says one reason and this another. Keep one."))
        absence = absence or one.absence
        notes += [one.note] if one.note else []
    if problems or (row.is_empty and not absence):
        return None, problems, notes
    try:
        figure = checked_figure(_figure(row, numbers, absence), today=row.period.last_day)
    except RuleBroken as refusal:
        known = (*row.takes, "absence")
        problems.append(CellProblem(refusal.field if refusal.field in known else row.takes[0], refusal.sentence))
        return None, problems, notes
    return figure, problems, notes


def _number(row: Row, name: str, problems: list[CellProblem]) -> Understood:
    text = row.typed[name].strip()
    try:
        if len(text) > LONGEST_CELL:
            raise Wrong(f"This is longer than {LONGEST_CELL} characters. Check what is in it.")
        return understanding.number(text, unit=row.indicator.unit)
    except Wrong as wrong:
        problems.append(CellProblem(name, wrong.sentence))
    return Understood()


def _figure(row: Row, numbers: Mapping[str, Decimal | None], absence: str) -> NewFigure:
    value, numerator, denominator = (numbers.get(name) for name in NUMBERS)
    if row.indicator.unit == Unit.COUNT and row.indicator.multiplier and denominator is None:
        value, numerator = numerator, None  # the population is not known; the count is all the same
    return NewFigure(
        indicator=row.indicator,
        period=row.period,
        value=value,
        numerator=numerator,
        denominator=denominator,
        absence=absence,
        status=Status.PROVISIONAL if row.typed["provisional"] else Status.FINAL,
        comment=row.typed["comment"].strip(),
    )
