"""The year's training as tables of plain values, for page, files and annual report; each rate has its name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lscb.common.chapters import Column, Table
from lscb.common.periods import FinancialYear

from . import counts
from .counts import Counts
from .models import Session

MOST = 4
HEADINGS = (
    *(("Sessions", "sessions"), ("Places", "places"), ("Registered", "registered"), ("Cancelled", "cancelled")),
    *(("Did not attend", "did_not_attend"), ("Walked in", "walked_in"), ("Attendances", "attendances")),
)
RATES = (
    ("Attendances of places", "of_places"),
    ("Booked and came, of registered", "of_registered"),
    ("Booked and came, of expected", "of_expected"),
)
NOTE = (
    "Attendances are not people: who came to two sessions is counted twice. Registered is everybody who had a place by "
    "booking, also who cancelled. Expected is who had not cancelled."
)


def held(year: FinancialYear, as_at: dt.date) -> Any:
    """The sessions of a year that were held by the end of the day `as_at`."""
    return Session.objects.of_year(year).held(as_at).select_related("course__programme").order_by("starts_at", "pk")


def year_tables(year: FinancialYear, as_at: dt.date) -> list[Table]:
    """By programme, quarter and agency; the most attended courses; who did not come."""
    sessions = held(year, as_at)
    counted = counts.by_session(sessions)
    programmes = dict(sorted(counted.items(), key=lambda item: (item[0].course.programme.order, item[0].starts_at)))
    return [
        table("By programme", "Programme", counts.grouped(programmes, lambda one: one.course.programme.name)),
        table("By quarter", "Quarter", by_quarter(year, counted)),
        agency_table(counts.by_agency(sessions)),
        most_attended(counted),
        no_shows(counted),
    ]


def by_quarter(year: FinancialYear, counted: Mapping[Session, Counts]) -> dict[str, Counts]:
    found = counts.grouped(dict(counted), lambda one: one.quarter)
    return {quarter.label: found.get(quarter, Counts()) for quarter in year.quarters}


def table(title: str, heading: str, rows: Mapping[str, Counts]) -> Table:
    columns = [Column(heading), *(Column(name, True) for name, _ in (*HEADINGS, *RATES))]
    printed = [row(name, one) for name, one in rows.items()]
    return Table(title, columns, printed, note=NOTE, total=row("All", counts.total(rows.values())))


def row(name: str, one: Counts) -> tuple[str, ...]:
    numbers = (f"{getattr(one, attribute):,}" for _, attribute in HEADINGS)
    return (name, *numbers, *(str(getattr(one, attribute)) for _, attribute in RATES))


def agency_table(rows: Mapping[str, Counts]) -> Table:
    columns = (
        *(Column("Works for"), Column("Registered", True), Column("Did not attend", True), Column("Walked in", True)),
        *(Column("Attendances", True), Column("Booked and came, of registered", True)),
    )
    printed = [
        (
            name,
            f"{one.registered:,}",
            f"{one.did_not_attend:,}",
            f"{one.walked_in:,}",
            f"{one.attendances:,}",
            str(one.of_registered),
        )
        for name, one in rows.items()
    ]
    note = "By where people said they work when they booked."
    return Table("By agency", columns, printed, note=note)


def most_attended(counted: Mapping[Session, Counts], most: int = 10) -> Table:
    """The courses to which most people came, added up over their sessions."""
    courses = counts.grouped(dict(counted), lambda one: one.course)
    first = sorted(courses.items(), key=lambda item: (-item[1].attendances, item[0].title))[:most]
    columns = (Column("Course"), Column("Programme"), Column("Sessions", True), Column("Attendances", True))
    rows = [(one.title, one.programme.name, str(many.sessions), f"{many.attendances:,}") for one, many in first]
    return Table("Most attended", columns, rows)


def no_shows(counted: Mapping[Session, Counts], most: int = 10) -> Table:
    """Where most places stayed empty because somebody who was expected did not come."""
    missed = sorted(
        (item for item in counted.items() if item[1].did_not_attend),
        key=lambda item: (-item[1].did_not_attend, item[0].starts_at),
    )[:most]
    columns = (Column("Session"), Column("Did not attend", True), Column("Expected", True), Column("Cancelled", True))
    rows = [(str(one), str(n.did_not_attend), str(n.expected), str(n.cancelled)) for one, n in missed]
    return Table(
        "Who did not come", columns, rows, note="The sessions with most people who were expected and not there."
    )
