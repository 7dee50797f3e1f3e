"""The dataset of the demonstration: indicators and figures of 2014-15 to 2016-17, made by the services.

Figures come in as the agencies sent them: file by file through the import, in the order of the days on which they
became known. What was published and what is invented is told in `data/README.md`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from dataset import services as dataset
from dataset.collecting.grid import NOTHING, rows_of
from dataset.collecting.owed import states_of
from dataset.models import Indicator
from lscb.accounts.models import Actor, Agency, User
from lscb.common.periods import LONDON, FinancialYear, Quarter, parse_period

DATA = Path(__file__).parent / "data"
DEFINED_ON = dt.date(2014, 4, 1)
COMPARED_ON = dt.date(2016, 12, 15)
DAYS_AFTER = "days after"
"""Column of the figures: how many days after the end of their period they became known."""

COLLECTED = dt.timedelta(days=28)
TYPED = {"cse_known": "74", "missing_episodes": "249"}
"""What the police have typed for the first quarter of 2017-18, and not sent."""

Row = dict[str, str]


def load_dataset(agencies: dict[str, Agency], by: Actor, scale: int = 1) -> None:
    """Load indicators, definitions, figures and comparators. `agencies` is keyed by name.

    `scale` multiplies the indicators: each is invented again under another code, with the same figures.
    """
    for copy in range(scale):
        _indicators(agencies, copy, by)
        _definitions(copy, by)
    _figures(scale, by)
    for copy in range(scale):
        _comparators(copy, by)
    load_comparator_sets(by=by)


def _indicators(agencies: dict[str, Agency], copy: int, by: Actor) -> None:
    for position, row in enumerate(_rows("dataset_indicators"), start=1):
        dataset.define_indicator(
            code=_code(row["code"], copy),
            title=row["title"] + (f" (locality {copy + 1})" if copy else ""),
            source_agency=agencies[row["agency"]],
            unit=row["unit"],
            multiplier=int(row["multiplier"]) if row["multiplier"] else None,
            numerator_label=row["numerator_label"],
            denominator_label=row["denominator_label"],
            decimals=int(row["decimals"]),
            kind=row["kind"],
            frequency=row["frequency"],
            polarity=row["polarity"],
            target=_decimal(row["target"]),
            tolerance=_decimal(row["tolerance"]),
            part_of=Indicator.objects.get(code=_code(row["part_of"], copy)) if row["part_of"] else None,
            on_main=row["main"] == "yes",
            on_met=row["met"] == "yes",
            wants_neighbours=row["neighbours"] == "yes",
            wants_region=row["region"] == "yes",
            wants_england=row["england"] == "yes",
            disclosure_class=row["disclosure"],
            position=copy * 1000 + position * 10,
            active_from=_quarter(row["active_from"]),
            definition=row["definition"],
            by=by,
            at=_moment(DEFINED_ON),
        )


def _definitions(copy: int, by: Actor) -> None:
    for row in _rows("dataset_definitions"):
        period = parse_period(row["from period"])
        dataset.redefine_indicator(
            indicator=Indicator.objects.get(code=_code(row["indicator"], copy)),
            text=row["text"],
            from_period=period,
            note=row["note"],
            by=by,
            at=_moment(period.first_day),
        )


def _figures(scale: int, by: Actor) -> None:
    """One file per day, oldest first."""
    files: dict[dt.date, list[Row]] = {}
    for row in _rows("dataset_figures"):
        known_on = parse_period(row["period"]).last_day + dt.timedelta(days=int(row.pop(DAYS_AFTER)))
        copies = [{**row, "indicator": _code(row["indicator"], copy)} for copy in range(scale)]
        files.setdefault(known_on, []).extend(copies)
    for known_on, rows in sorted(files.items()):
        dataset.import_figures(content=_csv(rows), by=by, at=_moment(known_on))


def _comparators(copy: int, by: Actor) -> None:
    for row in _rows("dataset_comparators"):
        dataset.set_comparator(
            indicator=Indicator.objects.get(code=_code(row["indicator"], copy)),
            against=row["against"],
            year=FinancialYear.parse(row["year"]),
            value=Decimal(row["value"]),
            name=row["name"],
            period_label=row["period"],
            source=row["source"],
            by=by,
            at=_moment(COMPARED_ON),
        )


def load_collections(*, by: User) -> None:
    """The quarters of 2016-17 were asked for, chased and closed; the one after them is open and half typed."""
    year = FinancialYear(2016)
    for quarter in year.quarters:
        opened = _moment(quarter.last_day + dt.timedelta(days=3))
        due = quarter.last_day + dt.timedelta(days=21)
        collection = dataset.open_collection(quarter=quarter, due=due, tell=False, by=by, at=opened)
        missing = [state.agency for state in states_of(collection, due) if not state.is_complete]
        if missing:
            dataset.remind(collection=collection, agencies=missing, by=by, at=_moment(due + dt.timedelta(days=1)))
        dataset.close_collection(collection=collection, by=by, at=_moment(quarter.last_day + COLLECTED))
    quarter = year.next.quarters[0]
    due = quarter.last_day + COLLECTED
    opened = _moment(quarter.last_day + dt.timedelta(days=3))
    collection = dataset.open_collection(quarter=quarter, due=due, tell=False, by=by, at=opened)
    police = collection.returns.select_related("agency", "collection").get(agency__name="Hampshire Constabulary")
    rows = {row.indicator.code: row for row in rows_of(police)}
    typed = {rows[code].name: {**NOTHING, "value": number} for code, number in TYPED.items()}
    dataset.keep_typed(of_return=police, typed=typed, drawn={row.name: row.fingerprint for row in rows.values()}, by=by)


def load_comparator_sets(*, by: Actor) -> None:
    """Who the statistical neighbours are; in 2016-17 one of them was exchanged."""
    for row in _rows("dataset_comparator_sets"):
        dataset.choose_comparator_set(
            against=row["against"],
            from_year=FinancialYear.parse(row["from year"]),
            members=row["members"].split("; "),
            source=row["source"],
            by=by,
            at=_moment(DEFINED_ON),
        )


def _rows(name: str) -> Iterator[Row]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _csv(rows: Iterable[Row]) -> bytes:
    rows = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _code(code: str, copy: int) -> str:
    return f"{code}_{copy + 1}" if copy else code


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(15), tzinfo=LONDON)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _quarter(text: str) -> Quarter | None:
    return Quarter.parse(text) if text else None
