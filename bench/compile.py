"""Compiling a large dataset and importing a large file, each against the bare minimum, in one run.

    .venv/bin/python bench/compile.py [--indicators 300] [--quarters 40] [--runs 5]

Compiling works out for every indicator value, changes, years, shares and comparators of three years as one document.
Beside it stands one hand-written SQL statement that gives the same aggregates (newest revisions, rates from their
parts, change on quarter and year, totals of years). Then the same with a tenth of the rows, for growth. Importing 5,000
cells checks everything and records; beside it stands bare openpyxl reading of the same file.
Makes a database of its own in a folder that goes afterwards: SQLite, or the server of BENCH_DATABASE_URL.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PARTS = 4
"""Every tenth indicator is broken down into so many parts."""
CELLS = 5_000

SQL = """
WITH newest AS (
    SELECT f.indicator_id, f.period, f.numerator, f.denominator, f.value
    FROM dataset_figure f
    WHERE f.recorded_at <= %(as_at)s
      AND NOT EXISTS (
          SELECT 1 FROM dataset_figure g
          WHERE g.indicator_id = f.indicator_id AND g.period = f.period AND g.revision > f.revision
            AND g.recorded_at <= %(as_at)s)
), worked AS (
    SELECT n.indicator_id, n.period, substr(n.period, 1, 7) AS year, i.kind, i.unit, i.part_of_id,
           CASE i.unit WHEN 'percent' THEN n.numerator * 100.0 / n.denominator
                       WHEN 'rate' THEN n.numerator * i.multiplier / n.denominator
                       ELSE n.value END AS value
    FROM newest n JOIN dataset_indicator i ON i.id = n.indicator_id
    WHERE n.period >= %(first)s
), moved AS (
    SELECT *, lag(value, 1) OVER w AS previous, lag(value, 4) OVER w AS year_before,
           sum(CASE WHEN kind = 'flow' AND unit = 'count' THEN value END)
               OVER (PARTITION BY indicator_id, year) AS total
    FROM worked WINDOW w AS (PARTITION BY indicator_id ORDER BY period)
)
SELECT m.indicator_id, m.period, m.value, m.total,
       CASE m.unit WHEN 'percent' THEN m.value - m.previous
                   ELSE (m.value - m.previous) * 100 / nullif(m.previous, 0) END,
       CASE m.unit WHEN 'percent' THEN m.value - m.year_before
                   ELSE (m.value - m.year_before) * 100 / nullif(m.year_before, 0) END,
       m.value * 100 / nullif(whole.value, 0)
FROM moved m LEFT JOIN worked whole ON whole.indicator_id = m.part_of_id AND whole.period = m.period
ORDER BY m.indicator_id, m.period
"""


def main() -> int:
    arguments = argparse.ArgumentParser(description="Compiling and importing against the bare minimum.")
    arguments.add_argument("--indicators", type=int, default=300)
    arguments.add_argument("--quarters", type=int, default=40)
    arguments.add_argument("--runs", type=int, default=5)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start_portal(Path(folder))
        small = compiling(asked.indicators // 10, asked.quarters, asked.runs)
        large = compiling(asked.indicators, asked.quarters, asked.runs)
        imported = importing(asked.runs)
    show(small, large, imported)
    return 0


def start_portal(folder: Path) -> None:
    os.environ.update(
        PORTAL_MODE="demonstration",
        DJANGO_SETTINGS_MODULE="lscb.settings",
        DATA_DIR=str(folder),
        DATABASE_URL=os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder / 'bench.sqlite3'}"),
        REDIS_URL="",
    )
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def compiling(indicators: int, quarters: int, runs: int) -> dict[str, float]:
    """Seconds of compiling and of the SQL statement over so many indicators, and how many figures there are."""
    from django.db import connection

    from dataset.document import compile_document
    from dataset.models import Figure
    from lscb.common.periods import Quarter

    last = Quarter.parse("2016-17Q4")
    fill(indicators, quarters, last)
    as_at = dt.datetime(2017, 6, 30, 12, tzinfo=dt.UTC)

    def ours() -> None:
        compile_document(quarter=last, as_at=as_at, status="final")

    def bare() -> None:
        with connection.cursor() as cursor:
            sql = SQL if connection.vendor == "postgresql" else SQL.replace("%(as_at)s", "?").replace("%(first)s", "?")
            if connection.vendor == "postgresql":
                cursor.execute(sql, {"as_at": as_at, "first": "2013-14Q1"})
            else:
                moment = as_at.replace(tzinfo=None).isoformat(sep=" ")
                cursor.connection.execute(sql, (moment, moment, "2013-14Q1")).fetchall()
                return
            cursor.fetchall()

    return {"ours": timed(ours, runs), "bare": timed(bare, runs), "figures": Figure.objects.count()}


def fill(indicators: int, quarters: int, last: Any) -> None:
    """Invented indicators over so many quarters up to `last`; what is there already stays."""
    from dataset.models import DefinitionVersion, Figure, Indicator
    from lscb.accounts.models import Agency, AgencyName

    known = dt.datetime(2017, 5, 1, 12, tzinfo=dt.UTC)
    agencies = []
    for number in range(12):
        agency, made = Agency.objects.get_or_create(
            name=f"Agency {number}", defaults={"short_name": f"A{number}", "sector": "health"}
        )
        agencies.append(agency)
        if made:
            AgencyName.objects.create(agency=agency, name=agency.name, short_name=agency.short_name)
    periods = [last]
    while len(periods) < quarters:
        periods.append(periods[-1].previous)
    whole = None
    for number in range(Indicator.objects.count(), indicators):
        place = number % 10
        unit = "percent" if place in (8, 9) else "count"
        part = whole if 0 < place <= PARTS and whole else None
        one = Indicator.objects.create(
            code=f"invented_{number}", title=f"Invented {number}", source_agency=agencies[number % 12], unit=unit,
            kind="flow", part_of=part, position=number,
        )  # fmt: skip
        whole = one if place == 0 else whole
        DefinitionVersion.objects.create(indicator=one, number=1, text="Invented.", recorded_at=known)
        Figure.objects.bulk_create(figure(one, period, at, known, unit) for at, period in enumerate(periods))


def figure(one: Any, period: Any, at: int, known: dt.datetime, unit: str) -> Any:
    from dataset.models import Figure

    count = Decimal(100 + (one.pk * 7 + at * 13) % 50)
    parts = {"numerator": count, "denominator": Decimal(400)} if unit == "percent" else {}
    value = count / 4 if parts else count
    return Figure(indicator=one, period=period, revision=1, value=value, recorded_at=known, **parts)


def importing(runs: int) -> dict[str, float]:
    """Seconds of importing a workbook of 5,000 cells, and of openpyxl reading it."""
    import io

    import openpyxl

    from dataset.models import Indicator
    from dataset.services import import_figures
    from lscb.common.spreadsheets import Sheet, xlsx_bytes

    headings = ("indicator", "period", "value", "status", "comment")
    codes = list(Indicator.objects.filter(unit="count").values_list("code", flat=True))
    number = CELLS // len(headings)
    periods = [f"2017-18Q{at}" for at in (1, 2, 3, 4)] + [f"2018-19Q{at}" for at in (1, 2, 3, 4)]
    pairs = [(code, period) for period in periods for code in codes][:number]

    def book(run: int) -> bytes:
        rows = [(code, period, 100 + run, "final", "Invented") for code, period in pairs]
        return xlsx_bytes([Sheet("Figures", headings, rows)])

    ours, bare = [], []
    for run in range(runs + 1):
        content = book(run)
        began = time.perf_counter()
        result = import_figures(content=content, by=None, at=dt.datetime(2019, 6, 1 + run, 12, tzinfo=dt.UTC))
        middle = time.perf_counter()
        openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        ended = time.perf_counter()
        assert result.new == len(pairs)
        if run:  # the first round warms imports for both
            ours.append(middle - began)
            bare.append(ended - middle)
    return {"ours": median(ours), "bare": median(bare), "cells": len(pairs) * len(headings)}


def timed(do: Callable[[], None], runs: int) -> float:
    do()
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        do()
        taken.append(time.perf_counter() - began)
    return median(taken)


def show(small: dict[str, float], large: dict[str, float], imported: dict[str, float]) -> None:
    print(f"Compiling a quarter of {large['figures']:,.0f} figures")
    print(f"  compile                {large['ours']:7.3f} s (median)")
    print(f"  one SQL statement      {large['bare']:7.3f} s")
    print(f"  ratio                  {large['ours'] / large['bare']:7.1f}")
    print(
        f"  growth, 10 times rows  {large['ours'] / small['ours']:7.1f} times the time ({small['ours']:.3f} s before)"
    )
    print(f"  growth of the SQL      {large['bare'] / small['bare']:7.1f} times the time")
    print(f"Importing a workbook of {imported['cells']:,.0f} cells")
    print(f"  import                 {imported['ours']:7.3f} s (median)")
    print(f"  bare openpyxl          {imported['bare']:7.3f} s")
    print(f"  ratio                  {imported['ours'] / imported['bare']:7.1f}")


if __name__ == "__main__":
    sys.exit(main())
