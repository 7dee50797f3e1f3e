"""The compiled quarter as one document of plain values, the same bytes whenever it is compiled as at the same moment.

Values are exact and texts (`"110.162601626016"`); rounding is for the reader. Every value carries the key and revision
of the figure it came from. The document holds no edition number and no time of compiling.

    quarter, as_at, status
    sources    [agency, name, owed, missing]        name as at the last day of the quarter
    missing    [code, title, agency, period]        what nobody sent, or sent blank
    sets       who the comparators are in the year  against: from which year, members
    rows       one per indicator, in the order of the scorecard:
        code … active    what is said of the indicator
        definition       number, text, note and beginning of the definition in force
        period           the period that is shown
        due              whether a figure of that period was due for the quarter
        current          the cell of the period
        beside           cells: previous period, same period a year before, first period of the year
        change           since each of those: percent or points, or why there is none
        series           cells of the year and the two before it
        years            whole years, only of what may be summed or worked out anew from sums, with the base it is of
        share            what part it is of its whole, in the period and in the year
        comparators      each with the period it is really of
        rag              red, amber, green or null
    cell       period, value, numerator, denominator, rate, absence, status, comment, definition, figure, revision
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import models

from lscb.accounts.models import Agency, AgencyName
from lscb.common.periods import FinancialYear, Period, Quarter
from lscb.common.rag import Polarity, rag_of_value
from lscb.common.rounding import percent_change

from . import arithmetic
from .models import (
    Absence,
    Comparator,
    ComparatorSet,
    DefinitionVersion,
    Figure,
    Frequency,
    Indicator,
    IndicatorRevision,
    Kind,
    Unit,
)
from .saying import as_it_was

FORMAT = 2
Step = Callable[[str, int, int], None]
"""Told what is being done, how much is done, and of how much."""

Cell = dict[str, Any]


@dataclass(frozen=True)
class _Known:
    """What was known of one indicator at the moment."""

    indicator: Indicator
    figures: Mapping[Period, Figure]
    definitions: Sequence[DefinitionVersion]
    comparators: Sequence[Comparator]

    def definition(self, period: Period) -> DefinitionVersion:
        """The one in force in `period`; the first has no beginning."""
        begun = [one for one in self.definitions if one.from_period is None or str(one.from_period) <= str(period)]
        return begun[-1]


def compile_document(*, quarter: Quarter, as_at: dt.datetime, status: str, step: Step | None = None) -> dict[str, Any]:
    """Everything known of `quarter` at `as_at`. `step` is told the progress, group by group."""
    known = _gather(quarter, as_at)
    rows: list[dict[str, Any]] = []
    wholes = {one.indicator.pk: one for one in known}
    groups = [(agency, list(group)) for agency, group in groupby(known, key=lambda one: one.indicator.source_agency)]
    for agency, group in groups:
        if step:
            step(f"Figures of {agency.name_on(quarter.last_day)}", len(rows), len(known))
        rows += [_row(one, wholes.get(one.indicator.part_of_id or 0), quarter) for one in group]
    missing = [gap for one in known for gap in _missing(one, quarter)]
    return {
        "format": FORMAT,
        "quarter": str(quarter),
        "as_at": as_at.astimezone(dt.UTC).isoformat(),
        "status": str(status),
        "sources": _sources(known, missing, quarter),
        "missing": missing,
        "sets": _sets(quarter.year, as_at),
        "rows": rows,
    }


def canonical(content: Mapping[str, Any]) -> bytes:
    """The bytes that the digest is of: the same for the same content, however a database orders its keys."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def series_of(indicator: Indicator, *, as_at: dt.datetime, visible: models.QuerySet[Figure]) -> list[Cell]:
    """Every period of one indicator from its first figure to its last, as known at `as_at`, of what may be seen."""
    figures = {figure.period: figure for figure in visible.filter(indicator=indicator)}
    if not figures:
        return []
    definitions = list(DefinitionVersion.objects.known(as_at).filter(indicator=indicator).order_by("number"))
    one = _Known(indicator, figures, definitions, [])
    last = max(figures, key=lambda period: period.last_day)
    period: Period = min(figures, key=lambda period: period.first_day)
    cells = []
    while period.last_day <= last.last_day:
        cells.append(_cell(one, period))
        period = period.next
    return cells


# ---- Reading what was known ------------------------------------------------------------------------------------------


def _gather(quarter: Quarter, as_at: dt.datetime) -> list[_Known]:
    """A fixed number of queries, bounded by three years however long the history is."""
    indicators = _indicators(quarter, as_at)
    periods = {str(p) for frequency in Frequency for p in arithmetic.periods_up_to(frequency, quarter)}
    figures: dict[int, dict[Period, Figure]] = {}
    for figure in Figure.objects.known(as_at).filter(indicator__in=indicators, period__in=periods):
        figures.setdefault(figure.indicator_id, {})[figure.period] = figure
    definitions: dict[int, list[DefinitionVersion]] = {}
    for version in DefinitionVersion.objects.known(as_at).filter(indicator__in=indicators).order_by("number"):
        definitions.setdefault(version.indicator_id, []).append(version)
    comparators: dict[int, list[Comparator]] = {}
    for comparator in Comparator.objects.known(as_at).filter(indicator__in=indicators, year=quarter.year):
        comparators.setdefault(comparator.indicator_id, []).append(comparator)
    return [
        _Known(one, figures.get(one.pk, {}), definitions[one.pk], comparators.get(one.pk, [])) for one in indicators
    ]


def _indicators(quarter: Quarter, as_at: dt.datetime) -> list[Indicator]:
    """The indicators of the quarter as they stood at the moment, in the order of the scorecard."""
    defined = Indicator.objects.filter(definitions__number=1, definitions__recorded_at__lte=as_at)
    rows = {one.pk: one for one in defined.select_related("source_agency", "part_of")}
    said = {one.indicator_id: one.said for one in IndicatorRevision.objects.known(as_at).filter(indicator__in=rows)}
    keys = {one.source_agency_id for one in rows.values()} | {one["source_agency_id"] for one in said.values()}
    agencies = {agency.pk: agency for agency in Agency.objects.filter(pk__in=keys).prefetch_related("names")}
    for row in rows.values():
        row.source_agency = agencies[row.source_agency_id]
    then = [as_it_was(row, said.get(row.pk), agencies, rows) for row in rows.values()]
    return sorted((one for one in then if one.is_active(quarter)), key=lambda one: (one.position, one.code))


# ---- One indicator ---------------------------------------------------------------------------------------------------


def _row(one: _Known, whole: _Known | None, quarter: Quarter) -> dict[str, Any]:
    indicator = one.indicator
    period = _period_shown(one, quarter)
    first = arithmetic.periods_of_year(indicator.frequency, quarter.year)[0]
    beside: dict[str, Period] = {"previous": period.previous}
    if indicator.kind != Kind.ANNUAL:
        beside |= {"year_before": period.year_before, "first": first}
    return {
        **said_of(indicator, quarter.last_day),
        "definition": _definition(one.definition(period)),
        "period": str(period),
        "due": period in arithmetic.due_periods(indicator.frequency, quarter),
        "current": _cell(one, period),
        "beside": {name: _cell(one, other) for name, other in beside.items()},
        "change": {name: _change(one, other, period) for name, other in beside.items() if other != period},
        "series": [_cell(one, other) for other in arithmetic.periods_up_to(indicator.frequency, quarter)],
        "years": _years(one, quarter),
        "share": _share(one, whole, period, quarter) if whole else None,
        "comparators": [_comparator(each) for each in sorted(one.comparators, key=_order)],
        "rag": _rag(one, period),
    }


def said_of(indicator: Indicator, day: dt.date) -> dict[str, Any]:
    """What is said of an indicator, with its agency as it was called on `day`."""
    agency = indicator.source_agency
    called = _called(agency, day)
    return {
        "code": indicator.code,
        "title": indicator.title,
        "agency": {"key": agency.pk, "name": called.name, "short_name": called.short_name},
        "unit": indicator.unit,
        "multiplier": indicator.multiplier,
        "numerator_label": indicator.numerator_label,
        "denominator_label": indicator.denominator_label,
        "decimals": indicator.decimals,
        "kind": indicator.kind,
        "frequency": indicator.frequency,
        "polarity": indicator.polarity,
        "target": None if indicator.target is None else arithmetic.as_text(indicator.target),
        "tolerance": None if indicator.tolerance is None else arithmetic.as_text(indicator.tolerance),
        "part_of": indicator.part_of.code if indicator.part_of else None,
        "scorecards": [name for name, on in (("main", indicator.on_main), ("met", indicator.on_met)) if on],
        "disclosure_class": indicator.disclosure_class,
    }


def _called(agency: Agency, day: dt.date) -> Agency | AgencyName:
    """What carries its name and short name of that day."""
    names = (name for name in agency.names.all() if name.name == agency.name_on(day))
    return next(names, agency)


def _definition(version: DefinitionVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "text": version.text,
        "note": version.note,
        "from": str(version.from_period) if version.from_period else None,
    }


def _period_shown(one: _Known, quarter: Quarter) -> Period:
    """The quarter, its last month; of annual figures the year when it is known already, else the year before."""
    if one.indicator.frequency == Frequency.YEAR:
        known = _value(one, quarter.year) is not None or quarter.number == 4
        return quarter.year if known else quarter.year.previous
    return arithmetic.due_periods(one.indicator.frequency, quarter)[-1]


def _cell(one: _Known, period: Period) -> Cell:
    """A figure as it is known; without one, a cell that says so."""
    cell: Cell = {"period": str(period), "definition": one.definition(period).number}
    figure = one.figures.get(period)
    if figure is None:
        return {**cell, "value": None, "absence": "", "figure": None, "revision": None}
    value, rate = _value(one, period), _rate(one, period)
    return {
        **cell,
        "value": None if value is None else arithmetic.as_text(value),
        "numerator": None if figure.numerator is None else arithmetic.as_text(figure.numerator),
        "denominator": None if figure.denominator is None else arithmetic.as_text(figure.denominator),
        "rate": None if rate is None else arithmetic.as_text(rate),
        "absence": figure.absence,
        "status": figure.status,
        "comment": figure.comment,
        "figure": figure.pk,
        "revision": figure.revision,
    }


def _value(one: _Known, period: Period) -> Decimal | None:
    """From the parts where they are known, else as it was sent."""
    figure = one.figures.get(period)
    if figure is None or figure.value is None:
        return None
    if figure.numerator is None or figure.denominator is None:
        return figure.value
    return arithmetic.from_parts(one.indicator.unit, one.indicator.multiplier, figure.numerator, figure.denominator)


def _rate(one: _Known, period: Period) -> Decimal | None:
    """The rate of a count whose population is known."""
    figure = one.figures.get(period)
    if one.indicator.unit != Unit.COUNT or one.indicator.multiplier is None:
        return None
    if figure is None or figure.value is None or figure.denominator is None:
        return None
    return arithmetic.rate(one.indicator.multiplier, figure.value, figure.denominator)


def _change(one: _Known, before: Period, after: Period) -> dict[str, Any]:
    """From `before` to `after`, only inside one definition."""
    same = one.definition(before).number == one.definition(after).number
    return {"from": str(before), **change(one.indicator.unit, _value(one, before), _value(one, after), same=same)}


def change(unit: str, before: Decimal | None, after: Decimal | None, *, same: bool) -> dict[str, Any]:
    """Percentage points for percents, else percent. `why` says why there is none: break, no_value, from_zero."""
    nature = "points" if unit == Unit.PERCENT else "percent"
    value: Decimal | None = None
    why = ""
    if not same:
        why = "break"
    elif before is None or after is None:
        why = "no_value"
    else:
        value = after - before if nature == "points" else percent_change(before, after)
        why = "from_zero" if value is None else ""
    return {"nature": nature, "value": None if value is None else arithmetic.as_text(value), "why": why}


# ---- Years -----------------------------------------------------------------------------------------------------------


def _years(one: _Known, quarter: Quarter) -> list[dict[str, Any]]:
    """The year and the two before it, for flows and annual figures. A stock is never summed, a rate never averaged."""
    if one.indicator.kind not in (Kind.FLOW, Kind.ANNUAL):
        return []
    years = (quarter.year.previous.previous, quarter.year.previous, quarter.year)
    totals = {year: _whole_year(one, year) for year in (years[0].previous, *years)}
    return [
        {
            "year": str(year),
            "value": None if totals[year] is None else arithmetic.as_text(totals[year] or Decimal(0)),
            "base": _base_of_year(one, year),
            "change": change(
                one.indicator.unit, totals[year.previous], totals[year], same=_one_definition(one, year.previous, year)
            ),
            "figures": _provenance(one, year),
        }
        for year in years
    ]


def _whole_year(one: _Known, year: FinancialYear) -> Decimal | None:
    """Counts are summed, percentages and the like worked out from the sums of their parts; None unless all are known
    and counted alike."""
    periods = arithmetic.periods_of_year(one.indicator.frequency, year)
    if len(periods) == 1:
        return _value(one, periods[0])
    if not _one_definition(one, year):
        return None
    if one.indicator.unit == Unit.COUNT:
        values = [_value(one, period) for period in periods]
        return None if None in values else sum((value for value in values if value is not None), Decimal(0))
    parts = _parts_of_year(one, year)
    if parts is None or one.indicator.unit == Unit.RATE:
        return None
    return arithmetic.from_parts(one.indicator.unit, one.indicator.multiplier, *parts)


def _parts_of_year(one: _Known, year: FinancialYear) -> tuple[Decimal, Decimal] | None:
    """Numerators and denominators of a year, each summed; None unless all are known."""
    figures = [one.figures.get(period) for period in arithmetic.periods_of_year(one.indicator.frequency, year)]
    parts = [(f.numerator, f.denominator) for f in figures if f and f.numerator is not None and f.denominator]
    if len(parts) < len(figures):
        return None
    return sum((part[0] for part in parts), Decimal(0)), sum((part[1] for part in parts), Decimal(0))


def _base_of_year(one: _Known, year: FinancialYear) -> str | None:
    """What the percentage or average of a whole year is of; a count is of nothing."""
    if one.indicator.unit == Unit.COUNT or _whole_year(one, year) is None:
        return None
    parts = _parts_of_year(one, year)
    return arithmetic.as_text(parts[1]) if parts else None


def _one_definition(one: _Known, *years: FinancialYear) -> bool:
    periods = [period for year in years for period in arithmetic.periods_of_year(one.indicator.frequency, year)]
    return len({one.definition(period).number for period in periods}) == 1


def _provenance(one: _Known, year: FinancialYear) -> list[list[int]]:
    """Key and revision of each figure of the year."""
    periods = arithmetic.periods_of_year(one.indicator.frequency, year)
    return [[one.figures[period].pk, one.figures[period].revision] for period in periods if period in one.figures]


# ---- Part and whole, others, judgement -------------------------------------------------------------------------------


def _share(one: _Known, whole: _Known, period: Period, quarter: Quarter) -> dict[str, Any]:
    """What part of the whole it is. The base is the whole as it was counted, never the sum of the parts."""
    year = quarter.year
    return {
        "of": whole.indicator.code,
        "title": whole.indicator.title,
        "period": _percent(_value(one, period), _value(whole, period)),
        "year": _percent(_whole_year(one, year), _whole_year(whole, year)) if one.indicator.kind == Kind.FLOW else None,
    }


def _percent(part: Decimal | None, base: Decimal | None) -> dict[str, str] | None:
    if part is None or not base:
        return None
    percent = arithmetic.as_text(part * 100 / base)
    return {"part": arithmetic.as_text(part), "base": arithmetic.as_text(base), "percent": percent}


def _comparator(one: Comparator) -> dict[str, Any]:
    return {
        "against": one.against,
        "name": one.called,
        "value": arithmetic.as_text(one.value),
        "period": one.period_label,
        "source": one.source,
        "key": one.pk,
        "revision": one.revision,
    }


def _sets(year: FinancialYear, as_at: dt.datetime) -> dict[str, dict[str, Any]]:
    """The comparator sets in force in `year`, as they were known."""
    sets = {}
    for one in ComparatorSet.objects.known(as_at).filter(from_year__lte=year).order_by("from_year"):
        sets[one.against] = {"from": str(one.from_year), "members": one.names, "source": one.source}
    return sets


def _order(one: Comparator) -> int:
    return ("neighbours", "region", "england").index(one.against)


def _rag(one: _Known, period: Period) -> str | None:
    indicator = one.indicator
    rag = rag_of_value(
        _value(one, period),
        target=indicator.target,
        tolerance=indicator.tolerance,
        polarity=Polarity(indicator.polarity),
    )
    return rag.value if rag else None


def _missing(one: _Known, quarter: Quarter) -> Iterable[dict[str, str]]:
    """What was due for the quarter and is not there, or is blank."""
    for period in arithmetic.due_periods(one.indicator.frequency, quarter):
        figure = one.figures.get(period)
        if figure is None or figure.absence == Absence.BLANK:
            yield {
                "code": one.indicator.code,
                "title": one.indicator.title,
                "agency": one.indicator.source_agency.name_on(quarter.last_day),
                "period": str(period),
            }


def _sources(known: Sequence[_Known], missing: Sequence[Mapping[str, str]], quarter: Quarter) -> list[dict[str, Any]]:
    """Each agency with how many figures it owed for the quarter and how many of them are missing."""
    owed: dict[str, int] = {}
    keys: dict[str, int] = {}
    for one in known:
        name = one.indicator.source_agency.name_on(quarter.last_day)
        keys[name] = one.indicator.source_agency_id
        owed[name] = owed.get(name, 0) + len(arithmetic.due_periods(one.indicator.frequency, quarter))
    return [
        {"agency": keys[name], "name": name, "owed": count, "missing": sum(gap["agency"] == name for gap in missing)}
        for name, count in sorted(owed.items())
        if count
    ]
