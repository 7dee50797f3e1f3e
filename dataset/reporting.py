"""The chapter of the annual report on the city's children, from the frozen edition of the year's last quarter.

Which sections there are follows from the indicators: what has a rate gets its own, flows are shown over three years,
a whole with its parts, and so on. No indicator is named here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lscb.accounts.models import Area
from lscb.common.chapters import (
    Block,
    Chapter,
    Chart,
    Column,
    Fact,
    Figure,
    ListOfItems,
    Note,
    Section,
    Table,
    in_line,
    of_fact,
)
from lscb.common.charts import Line, Point, small_multiples, stacked_bar_chart
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear, parse_period
from lscb.common.templatetags.portal import day
from lscb.common.words import naming

from . import pictures, reading
from .facts import facts_of
from .models import Absence, Against, Edition, Frequency, Kind, Unit
from .pages import change_at
from .publishing import POLICY, for_public
from .reading import Cell, Row

PANELS = 9
BASES = "n: what a percentage is of. pp: percentage points, worked out before rounding."


def chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """The children of the area in `year`, as at `as_at`. Raises RuleBroken when no such edition was compiled."""
    edition = _edition(year, as_at)
    every = [_Told(row, year, edition) for row in for_public(edition.content["rows"])]
    return Chapter(
        slug="dataset",
        title=f"{_home()}’s children",
        lead=_lead(every),
        figures=tuple(_figures(every)),
        sections=tuple(_sections(every, edition)),
        facts=(*(fact for one in every for fact in one.facts), *_facts_of_edition(edition)),
    )


def _edition(year: FinancialYear, as_at: dt.date) -> Edition:
    quarter = year.quarters[-1]
    edition = Edition.objects.of_quarter(quarter).as_at(as_at).order_by("-as_at", "-number").first()
    if edition is None:
        raise RuleBroken(
            f"There is no edition of {quarter.label} that was known by {day(as_at)}. "
            f"Compile {quarter.label} as at that day or before it, then build the report again."
        )
    return edition


def _home() -> str:
    home = Area.objects.filter(is_home=True).first()
    return home.name if home else "Our area"


@dataclass(frozen=True)
class _Told:
    """A row of the edition in the year of the report."""

    row: Row
    year: FinancialYear
    edition: Edition

    @property
    def source(self) -> str:
        known = f"Dataset edition {self.edition.number}, as at {day(self.edition.as_at_day)}."
        return f"Source: {self.row['agency']['name']}. {known}"

    @property
    def facts(self) -> list[Fact]:
        return list(
            facts_of(
                self.row,
                self.year,
                f"Dataset {self.edition.quarter.label}, edition {self.edition.number}",
                self.edition.as_at_day,
            )
        )

    @property
    def of_year(self) -> list[Cell]:
        """The cells of the year."""
        return self.of(self.year)

    def of(self, year: FinancialYear) -> list[Cell]:
        return [cell for cell in self.row["series"] if parse_period(cell["period"]).year == year]

    @property
    def name(self) -> str:
        return self.row["code"].replace("_", "-")

    @property
    def is_counted(self) -> bool:
        return bool(self.row["unit"] == Unit.COUNT)


# ---- The opening -----------------------------------------------------------------------------------------------------


def _lead(every: Sequence[_Told]) -> str:
    """The first count that has a rate says it all."""
    one = next((one for one in every if reading.is_rated_count(one.row) and one.row["current"]["value"]), None)
    if one is None:
        return f"{len(every)} indicators say how children fare here."
    row, current = one.row, one.row["current"]
    when = reading.ends(row, parse_period(row["period"]))
    return in_line(
        _value(row, current),
        f" {row['numerator_label'] or _within(row['title'])} on {when}",
        _moved(row),
        ": ",
        _rate(row, current),
        f" {reading.rate_per(row)}",
        _against(row),
        ".",
    )


def _against(row: Row) -> str:
    """ ", against 76 in similar areas on 31 March 2016": never without the period of the others."""
    others = [other for other in row["comparators"] if other["against"] == Against.NEIGHBOURS]
    if not others:
        return ""
    return in_line(", against ", _other(row, others[0]), f" in similar areas ({others[0]['period']})")


def _moved(row: Row) -> str:
    """ ", down 11.3% from 611 on 30 June 2016" """
    change, first = row["change"].get("first"), row["beside"].get("first")
    if not change or change["value"] is None:
        return ""
    moved = Decimal(change["value"])
    way = "down" if moved < 0 else "up"
    when = reading.ends(row, parse_period(first["period"]))
    by = reading.change(change).lstrip("+-")
    return in_line(f", {way} {by} from ", _value(row, first), f" on {when}") if moved else ""


def _figures(every: Sequence[_Told]) -> Iterator[Figure]:
    """Three headline numbers: a count and its rate, and a whole with its largest part."""
    rated = next((one for one in every if reading.is_rated_count(one.row) and one.row["current"]["value"]), None)
    if rated:
        row = rated.row
        when = reading.ends(row, parse_period(row["period"]))
        label = in_line(f"{row['numerator_label'] or _within(row['title'])} on {when}", _moved(row))
        yield Figure(_value(row, row["current"]), label)
        yield Figure(_rate(row, row["current"]), in_line(reading.rate_per(row), _against(row)))
    for whole, parts in _families(every):
        total = reading.year_of(whole.row, whole.year)
        shares = [one for one in parts if one.row["share"]["year"]]
        if total and total["value"] and shares:
            largest = max(shares, key=lambda one: Decimal(one.row["share"]["year"]["percent"]))
            share = _share_shown(largest.row)
            label = in_line(
                f"{_within(whole.row['title'])} in the year, ", share, f" {_part_name(largest.row, whole.row)}"
            )
            yield Figure(_printed(whole.row, "year", reading.number(whole.row, total["value"])), label)
            return


# ---- The sections ----------------------------------------------------------------------------------------------------


def _sections(every: Sequence[_Told], edition: Edition) -> Iterator[Section]:
    left = list(every)

    def take(wanted: Callable[[_Told], bool]) -> list[_Told]:
        taken = [one for one in left if wanted(one)]
        left[:] = [one for one in left if one not in taken]
        return taken

    families = [(whole, parts) for whole, parts in _families(every) if whole.row["kind"] == Kind.FLOW]
    annual = take(lambda one: one.row["kind"] == Kind.ANNUAL)
    of_families = [one for whole, parts in families for one in (whole, *parts)]
    take(lambda one: one in of_families)
    for one in take(lambda one: reading.is_rated_count(one.row) and _is_known(one)):
        yield Section(one.row["title"], tuple(_own(one)))
    monthly = take(lambda one: one.row["frequency"] == Frequency.MONTH and _is_known(one))
    flows = take(lambda one: one.row["kind"] == Kind.FLOW and one.is_counted and "main" in one.row["scorecards"])
    yield from _over_years([one for one in [*monthly, *flows, *(whole for whole, _ in families)] if _has_years(one)])
    for one in monthly:
        yield Section(f"{one.row['title']}, month by month", tuple(_by_month(one)))
    for whole, parts in families:
        yield Section(whole.row["title"], tuple(_split(whole, parts)))
    broken = take(lambda one: bool(reading.definition_begins(one.row, one.row["series"])))
    for one in broken:
        yield Section(one.row["title"], tuple(_broken(one)))
    met = take(lambda one: "met" in one.row["scorecards"])
    yield from _quarters("Missing, exploited and trafficked children", "met", met)
    yield from _targets([one for one in [*left, *met] if one.row["rag"]])
    take(lambda one: one.row["rag"] is not None)
    yield from _quarters("Other figures of the year", "others", [one for one in left if _is_known(one)])
    yield from _by_year("The city and its children", annual)
    yield from _commentary(every)
    yield _where_from(edition, every)


def _families(every: Sequence[_Told]) -> Iterator[tuple[_Told, list[_Told]]]:
    """Wholes with their parts."""
    for whole in every:
        parts = [one for one in every if one.row["part_of"] == whole.row["code"]]
        if parts:
            yield whole, parts


def _part_name(part: Row, whole: Row) -> str:
    """ "Missing episodes: high risk" is called "high risk" beside its whole."""
    return str(part["title"].removeprefix(whole["title"]).lstrip(": ") or part["title"])


def _is_known(one: _Told) -> bool:
    return any(cell["value"] is not None for cell in one.of_year)


def _has_years(one: _Told) -> bool:
    return sum(year["value"] is not None for year in one.row["years"]) > 1


def _own(one: _Told) -> Iterator[Block]:
    """A count with its rate: over time, and beside others."""
    row = one.row
    yield pictures.over_time(
        row, row["series"], id=f"{one.name}-series", title=row["title"], note=one.source, brand=naming().brand_colour
    )
    heads = (
        "Quarter end" if row["kind"] == Kind.STOCK else "Period",
        "Number",
        "Change",
        _capital(reading.rate_per(row)),
    )
    rows = [
        [
            reading.ends(row, parse_period(cell["period"])),
            _value(row, cell),
            _step(row, at),
            _rate(row, cell),
        ]
        for at, cell in enumerate(row["series"])
    ]
    yield Table(row["title"], _columns(heads), rows)
    if row["polarity"] == "neither":
        yield Note("Neither a higher nor a lower number is good in itself: it says how many, not how well they fare.")
    yield from _beside(one)


def _beside(one: _Told) -> Iterator[Block]:
    row = one.row
    title = f"{row['title']}, {reading.rate_per(row)}"
    when = reading.ends(row, parse_period(row["period"]))
    chart = pictures.beside_others(
        row, f"{_home()}, {when}", id=f"{one.name}-others", title=title, note=one.source, brand=naming().brand_colour
    )
    if chart is None:
        return
    yield chart
    own = _printed(row, "rate" if reading.is_rated_count(row) else "", pictures.shown_beside_others(row))
    rows = [[_home(), own, when]]
    rows += [[other["name"], _other(row, other), other["period"]] for other in row["comparators"]]
    yield Table(title, (Column("Where"), Column("Rate", True), Column("As at")), rows)


def _over_years(flows: Sequence[_Told]) -> Iterator[Section]:
    """Whole years of what is counted over time, with the change from year to year."""
    if not flows:
        return
    year = flows[0].year
    years = (year.previous.previous, year.previous, year)
    lines = [Line(one.row["title"], [_year_point(one.row, each) for each in years]) for one in flows[:PANELS]]
    chart = _many(lines, id="years", title="Whole years", told="Totals of three years", note=_of_edition(flows[0]))
    heads = ("Indicator", str(years[0]), str(years[1]), "Change", str(years[2]), "Change")
    rows = []
    for one in flows:
        two, before, now = (reading.year_of(one.row, each) for each in years)
        if two is None or before is None or now is None:
            continue
        cells = (
            ("two_years_before", reading.total(one.row, two)),
            ("year_before", reading.total(one.row, before)),
            ("year_before_change", reading.change(before["change"])),
            ("year", reading.total(one.row, now)),
            ("year_change", reading.change(now["change"])),
        )
        rows.append([one.row["title"], *(_printed(one.row, name, shown) for name, shown in cells)])
    table = Table(
        "Whole years", _columns(heads), rows, note="Each total is the sum of the four quarters, or twelve months."
    )
    yield Section("Over three years", (chart, table))


def _year_point(row: Row, year: FinancialYear) -> Point:
    one = reading.year_of(row, year)
    value = one["value"] if one else None
    return Point(str(year), None if value is None else Decimal(value), reading.total(row, one))


def _by_month(one: _Told) -> Iterator[Block]:
    row = one.row
    title = f"{row['title']}, {one.year}"
    yield pictures.over_time(
        row, one.of_year, id=f"{one.name}-months", title=title, note=one.source, brand=naming().brand_colour
    )
    change = _change_in_year(row)
    first = reading.label(one.of_year[0]["period"])
    note = in_line(change, f" from {first} to {reading.label(row['period'])}.") if change else ""
    cells = [[reading.label(cell["period"]), _value(row, cell)] for cell in one.of_year]
    yield Table(title, _columns(("Month", "Number")), cells, note=note)


def _split(whole: _Told, parts: Sequence[_Told]) -> Iterator[Block]:
    """A whole and its parts, quarter by quarter, with the share of each in the year."""
    row = whole.row
    title = f"{row['title']}, {whole.year}"
    series = [pictures.line_of(one.row, one.of_year, name=_capital(_part_name(one.row, row))) for one in parts]
    totals = [reading.value(row, cell) for cell in whole.of_year]
    told = "; ".join(f"{reading.label(c['period'])}: {reading.value(row, c)}" for c in whole.of_year)
    svg = stacked_bar_chart(
        series,
        id=f"{whole.name}-parts",
        title=title,
        description=f"{told}. The parts are in the table.",
        totals=totals,
        brand=naming().brand_colour,
    )
    yield Chart(title=title, description=told, svg=svg, note=whole.source)
    heads = ("", *(_short(cell) for cell in whole.of_year), "Year", "Share")
    rows = [[_capital(_part_name(one.row, row)), *_quarters_and_year(one), _share_shown(one.row)] for one in parts]
    base = reading.year_of(row, whole.year)
    known = base and base["value"] is not None
    note = f"Shares are of the {reading.number(row, base['value'])} of the year." if base and known else ""
    yield Table(title, _columns(heads), rows, note=note, total=["All", *_quarters_and_year(whole), ""])


def _share_shown(row: Row) -> str:
    share = row["share"]["year"]
    return _printed(row, "share", reading.percent(share["percent"])) if share else ""


def _quarters_and_year(one: _Told) -> list[str]:
    total = reading.year_of(one.row, one.year)
    return [
        *(_value(one.row, cell) for cell in one.of_year),
        _printed(one.row, "year", reading.total(one.row, total)),
    ]


def _broken(one: _Told) -> Iterator[Block]:
    """A series that breaks: drawn broken, with what changed."""
    row = one.row
    yield pictures.over_time(
        row, row["series"], id=f"{one.name}-series", title=row["title"], note=one.source, brand=naming().brand_colour
    )
    begins = reading.label(row["definition"]["from"])
    cells = [
        [reading.label(cell["period"]), _with_base(row, cell), _step(row, at), f"Version {cell['definition']}"]
        for at, cell in enumerate(row["series"])
    ]
    columns = (Column("Period"), Column("Value", True), Column("Change", True), Column("Definition"))
    yield Table(row["title"], columns, cells, note=BASES)
    changed = f" {row['definition']['note'].rstrip('.')}." if row["definition"]["note"] else ""
    yield Note(
        f"From {begins} it is counted differently.{changed} The two parts of the line cannot be compared, "
        "and no change is computed across the break."
    )


def _quarters(title: str, id: str, rows: Sequence[_Told]) -> Iterator[Section]:
    """Several indicators through the four quarters of the year, each percentage with its base."""
    rows = [one for one in rows if _is_known(one) and one.row["frequency"] == Frequency.QUARTER]
    if not rows:
        return
    lines = [pictures.line_of(one.row, one.of_year) for one in rows[:PANELS]]
    short = [Line(line.name, [Point(p.label.split()[0], p.value, p.shown) for p in line.points]) for line in lines]
    chart = _many(short, id=id, title=title, told="Four quarters of each", note=_of_edition(rows[0]))
    note = f"Counts at the end of a quarter are not added up. {BASES} {POLICY.note}"
    yield Section(title, (chart, _year_by_quarter(title, rows, note), *_year_before(title, rows)))


def _year_by_quarter(title: str, rows: Sequence[_Told], note: str) -> Table:
    """The four quarters of each indicator, what a flow came to in the year, and the change."""
    totals = [_total_of_flow(one) for one in rows]
    has_totals = any(totals)
    cells = [
        [
            one.row["title"],
            *(_with_base(one.row, cell) for cell in one.of_year),
            *([total] if has_totals else []),
            _change_in_year(one.row),
            one.row["agency"]["short_name"],
        ]
        for one, total in zip(rows, totals, strict=True)
    ]
    heads = ("Indicator", *(_short(cell) for cell in rows[0].of_year), *(["Year"] if has_totals else []))
    columns = (*_columns((*heads, "Change in the year")), Column("Source"))
    return Table(title, columns, cells, note=note)


def _total_of_flow(one: _Told) -> str:
    is_flow = one.row["kind"] == Kind.FLOW and one.is_counted
    return _printed(one.row, "year", reading.total(one.row, reading.year_of(one.row, one.year))) if is_flow else ""


def _year_before(title: str, rows: Sequence[_Told]) -> Iterator[Table]:
    """The same indicators in the four quarters before, as far as all four are there."""
    earlier = [(one, one.of(one.year.previous)) for one in rows]
    known = [(one, cells) for one, cells in earlier if len(cells) == len(rows[0].of_year)]
    if not known:
        return
    printed = [[one.row["title"], *(reading.with_base(one.row, cell) for cell in cells)] for one, cells in known]
    heads = ("Indicator", *(_short(cell) for cell in known[0][1]))
    yield Table(f"{title}: {rows[0].year.previous}", _columns(heads), printed)


def _targets(rows: Sequence[_Told]) -> Iterator[Section]:
    if not rows:
        return
    cells = [
        [
            one.row["title"],
            _with_base(one.row, one.row["current"]),
            reading.number(one.row, one.row["target"]),
            one.row["rag"],
            one.row["agency"]["short_name"],
        ]
        for one in rows
    ]
    columns = (Column("Indicator"), Column("Value", True), Column("Target", True), Column("Reading"), Column("Source"))
    note = f"Green: at the target or better. Amber: short of it within the tolerance. Red: further off. {BASES}"
    title = f"Against the targets, {reading.label(rows[0].edition.quarter)}"
    quarterly = [one for one in rows if one.row["frequency"] == Frequency.QUARTER]
    through = [_year_by_quarter(f"Through the year, {rows[0].year}", quarterly, BASES)] if quarterly else []
    yield Section("Against the targets", (Table(title, columns, cells, note=note), *through))


def _by_year(title: str, rows: Sequence[_Told]) -> Iterator[Section]:
    """What comes once a year, with the base of each percentage."""
    if not rows:
        return
    cells = [
        [
            one.row["title"],
            _value(one.row, one.row["current"]),
            _base(one.row),
            _others(one.row),
            f"{reading.number(one.row, one.row['target'])}: {one.row['rag']}" if one.row["rag"] else "",
        ]
        for one in rows
    ]
    columns = (Column("Indicator"), Column("Value", True), Column("Of", True), Column("Others"), Column("Target"))
    note = (
        f"The latest figures known at the end of {rows[0].year}. "
        "Where nothing stands under “Of”, the source gives the result alone."
    )
    yield Section(title, (Table(title, columns, cells, note=note),))


def _commentary(every: Sequence[_Told]) -> Iterator[Section]:
    """What the agencies say to their own figures of the year."""
    said = [
        f"{one.row['agency']['short_name']}, {_within(one.row['title'])}, {reading.label(cell['period'])}: "
        f"{cell['comment'].rstrip('.')}."
        for one in every
        for cell in one.of_year
        if cell.get("comment") and cell["absence"] != Absence.SUPPRESSED
    ]
    if said:
        yield Section("What the agencies say to their figures", (ListOfItems(said),))


def _base(row: Row) -> str:
    """What a percentage or a part is of."""
    current = row["current"]
    if row["share"] and row["share"]["period"]:
        share = row["share"]["period"]
        shown = reading.percent(share["percent"])
        shown = shown if row["share"]["year"] else _printed(row, "share", shown)
        return in_line(shown, f" of {_whole_number(share['base'])}")
    if current.get("denominator") is None or row["unit"] == Unit.COUNT:
        return ""
    per = f", {reading.rate_per({**row, 'denominator_label': ''})}" if row["unit"] == Unit.RATE else ""
    return f"{_whole_number(current['numerator'])} of {_whole_number(current['denominator'])}{per}"


def _whole_number(text: str) -> str:
    return reading.number({"unit": Unit.COUNT, "decimals": 0}, text)


def _where_from(edition: Edition, every: Sequence[_Told]) -> Section:
    """The agencies, and what is missing by name; what is sensitive is not named."""
    content = edition.content
    named = {one.row["code"] for one in every}
    rows = [[one["name"], str(one["owed"]), str(one["owed"] - one["missing"])] for one in content["sources"]]
    title = f"Figures due for {edition.quarter.label}"
    table = Table(title, _columns(("Agency", "Due", "Received")), rows, note=_named(edition))
    missing = [
        f"{gap['agency']}: {gap['title']}, {reading.label(gap['period'])}"
        for gap in content["missing"]
        if gap["code"] in named
    ]
    others = [
        f"{reading.SHORT[against]}, from {chosen['from']}: {', '.join(chosen['members'])}"
        for against, chosen in content.get("sets", {}).items()
    ]
    lists = [ListOfItems(missing, "Missing")] if missing else []
    lists += [ListOfItems(others, "Who the others are")] if others else []
    return Section("Where the figures come from", (table, *lists))


def _facts_of_edition(edition: Edition) -> Iterator[Fact]:
    missing, source, page = len(edition.content["missing"]), _named(edition), edition.get_absolute_url()
    yield Fact("edition", edition.number, str(edition.number), "Edition of the dataset", source=source, rows=page)
    yield Fact("as_at", edition.as_at_day, day(edition.as_at_day), "Figures as at", source=source, rows=page)
    yield Fact("missing", missing, str(missing), "Figures that are missing", source=source, rows=page)
    rows = len(edition.content["rows"])
    yield Fact("indicators", rows, str(rows), "Indicators in the dataset", source=source, rows=page)


# ---- Small things ----------------------------------------------------------------------------------------------------


def _printed(row: Row, fact: str, shown: str) -> str:
    """`shown` as a fact of an indicator (`facts.py`); without a name as its value of the last period."""
    return of_fact(f"dataset.{row['code']}{f'.{fact}' if fact else ''}", shown)


def _of_period(row: Row, cell: Cell, shown: str) -> str:
    """A cell's value in print, as the fact that it is: facts are of the last period and of the first of the year."""
    first = row["beside"].get("first")
    if cell["period"] == row["period"]:
        return _printed(row, "", shown)
    return _printed(row, "first", shown) if first and cell["period"] == first["period"] else shown


def _value(row: Row, cell: Cell) -> str:
    return _of_period(row, cell, reading.value(row, cell))


def _with_base(row: Row, cell: Cell) -> str:
    return _of_period(row, cell, reading.with_base(row, cell))


def _rate(row: Row, cell: Cell) -> str:
    return _printed(row, "rate", reading.rate(cell)) if cell["period"] == row["period"] else reading.rate(cell)


def _change_in_year(row: Row) -> str:
    return _printed(row, "change_in_year", reading.change(row["change"].get("first")))


def _other(row: Row, other: Mapping[str, Any]) -> str:
    return _printed(row, other["against"], reading.comparator(row, other))


def _others(row: Row) -> str:
    """ "Neighbours 70% (2015-16); England 72% (2015-16)": each comparator with its own period."""
    parts: list[str] = []
    for other in row["comparators"]:
        parts += ["; " if parts else "", f"{other['name']} ", _other(row, other), f" ({other['period']})"]
    return in_line(*parts)


def _step(row: Row, at: int) -> str:
    """Change on the cell before, inside one definition."""
    shown, is_last = change_at(row, row["series"], at), row["series"][at]["period"] == row["period"]
    return _printed(row, "change", shown) if is_last else shown


def _many(lines: Sequence[Line], *, id: str, title: str, told: str, note: str) -> Chart:
    description = f"{told}: " + "; ".join(
        f"{line.name} {', '.join(point.shown for point in line.points)}" for line in lines
    )
    svg = small_multiples(
        lines, id=id, title=title, description=description, same_scale=False, brand=naming().brand_colour
    )
    return Chart(title=title, description=description, svg=svg, note=note)


def _columns(heads: Sequence[str]) -> tuple[Column, ...]:
    """The first column is text, the others are numbers."""
    return (Column(heads[0]), *(Column(head, True) for head in heads[1:]))


def _short(cell: Cell) -> str:
    return reading.short_label(cell["period"]).split()[0]


def _within(title: str) -> str:
    """A title within a sentence: "children known to be at risk of CSE", "MMR immunisation at age 2"."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _named(edition: Edition) -> str:
    return f"Dataset {edition.quarter.label}, edition {edition.number}, as at {day(edition.as_at_day)}."


def _of_edition(one: _Told) -> str:
    return _named(one.edition)
