"""What training hands to the annual report: how many sessions and attendances, what it was worth, what people said."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet
from django.utils.text import slugify

from lscb.common.chapters import Block, Chapter, Chart, Column, Fact, Figure, Note, Section, Table
from lscb.common.charts import Point, bar_chart
from lscb.common.periods import FinancialYear
from lscb.common.rounding import show_change

from . import counts, reports, results
from .counts import Counts
from .matching import matched
from .models import Evaluation, Moment, Session

QUOTES = 5
MOST = 4

Counted = Mapping[Session, Counts]


def chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """The sessions of `year` that were held by the end of the year or by `as_at`."""
    on = min(as_at, year.last_day)
    sessions = reports.held(year, on)
    counted = counts.by_session(sessions)
    ordered = sorted(counted, key=lambda one: (one.course.programme.order, one.starts_at))
    programmes = counts.grouped({one: counted[one] for one in ordered}, lambda one: one.course.programme.name)
    courses = counts.grouped(counted, lambda one: one.course.title)
    whole = counts.total(counted.values())
    source = f"Register of attendance, as at {on.day} {on:%B %Y}"
    people = counts.people(sessions)
    return Chapter(
        slug="training",
        title="Training",
        lead=_lead(whole, people),
        figures=(
            Figure(f"{whole.attendances:,}", f"attendances at {whole.sessions} sessions"),
            Figure(whole.of_registered.show(), f"of those registered came (n = {whole.registered:,})"),
            Figure(f"{people:,}", "different people came"),
        ),
        sections=(
            Section("What was taught", _programmes(year, programmes, counted)),
            *_worth(sessions),
            *_quotes(sessions),
        )
        if counted
        else (),
        facts=(
            *_facts(whole, people, source),
            *_of_each(programmes, source),
            *_of_each(courses, source, many=False),
            *_of_change(sessions, source),
        ),
    )


def _lead(whole: Counts, people: int) -> str:
    if not whole.sessions:
        return "No session was held."
    return (
        f"The board held {whole.sessions} sessions. {people:,} people came to them, some more than once: "
        f"{whole.attendances:,} attendances in all."
    )


def _facts(whole: Counts, people: int, source: str) -> list[Fact]:
    numbers = (
        ("sessions", whole.sessions, "Sessions held"),
        ("attendances", whole.attendances, "Attendances, walk-ins included; not people"),
        ("people", people, "Different people who came"),
        ("places", whole.places or 0, "Places in all sessions"),
        ("registered", whole.registered, "Registered: had a place by booking, also who cancelled"),
        ("did_not_attend", whole.did_not_attend, "Registered and not there, without cancelling"),
        ("walked_in", whole.walked_in, "Came without having booked"),
    )
    rates = (
        ("attendances_of_places", whole.of_places, "Attendances of places"),
        ("came_of_registered", whole.of_registered, "Booked and came, of registered"),
        ("came_of_expected", whole.of_expected, "Booked and came, of those who had not cancelled"),
    )
    facts = [Fact(name, number, f"{number:,}", label, source=source) for name, number, label in numbers]
    return facts + [
        Fact(name, rate.value, rate.show(), label, base=rate.base, source=source)
        for name, rate, label in rates
        if rate and rate.value is not None
    ]


def _of_each(groups: Mapping[str, Counts], source: str, *, many: bool = True) -> list[Fact]:
    """`training.wednesday_workshops.sessions` and `.attendances`: of a programme, or of a course."""
    facts = []
    for name, one in groups.items():
        slug = f"{'programme' if many else 'course'}.{slugify(name).replace('-', '_')}"
        facts.append(Fact(f"{slug}.sessions", one.sessions, str(one.sessions), f"{name}: sessions", source=source))
        shown = f"{one.attendances:,}"
        facts.append(Fact(f"{slug}.attendances", one.attendances, shown, f"{name}: attendances", source=source))
    return facts


def _of_change(sessions: QuerySet[Session], source: str) -> list[Fact]:
    facts = []
    for moment in (Moment.AFTER, Moment.LATER):
        changes = matched(sessions, Moment.BEFORE, moment)
        for number, one in enumerate(changes, start=1):
            label = f"{one.question} Change from before to {Moment(moment).label.lower()}, n = {one.n}"
            change = one.second - one.first
            facts.append(
                Fact(f"change_{moment}_{number}", change, show_change(change), label, base=one.n, source=source)
            )
    return facts


def _programmes(year: FinancialYear, programmes: Mapping[str, Counts], counted: Counted) -> Sequence[Block]:
    said = ", ".join(f"{name} {one.attendances}" for name, one in programmes.items())
    title = f"Attendances by programme, {year}"
    points = [Point(name, Decimal(one.attendances), f"{one.attendances:,}") for name, one in programmes.items()]
    description = f"Attendances by programme: {said}."
    svg = bar_chart(points, id="training-programmes", title=title, description=description, brand=settings.BRAND_COLOUR)
    columns = (
        *(Column("Programme"), Column("Sessions", True), Column("Places", True), Column("Attendances", True)),
        *(Column("of places", True), Column("Booked and came, of registered", True)),
    )
    rows = [_short(name, one) for name, one in programmes.items()]
    total = _short("All", counts.total(programmes.values()))
    note = "Attendances are not people: who came to two sessions is counted twice. Walk-ins are counted as attendances."
    table = Table(f"Sessions and attendances, {year}", columns, rows, note=note, total=total)
    return (Chart(title, description, svg), table, *_most_attended(counted), _by_quarter(year, counted))


def _most_attended(counted: Counted) -> Sequence[Block]:
    """Within the programme that has most sessions: courses of different length are not compared."""
    sessions = Counter(one.course.programme for one in counted)
    if not sessions:
        return ()
    largest = max(sessions, key=lambda one: (sessions[one], one.name))
    within = {one: counts for one, counts in counted.items() if one.course.programme == largest}
    return (replace(reports.most_attended(within, MOST), title=f"Most attended {largest}"),)


def _short(name: str, one: Counts) -> tuple[str, ...]:
    numbers = (str(one.sessions), f"{one.places or 0:,}", f"{one.attendances:,}")
    return (name, *numbers, str(one.of_places), str(one.of_registered))


def _by_quarter(year: FinancialYear, counted: Counted) -> Table:
    columns = (Column("Quarter"), Column("Sessions", True), Column("Attendances", True))
    quarters = reports.by_quarter(year, counted)
    rows = [(name, str(one.sessions), f"{one.attendances:,}") for name, one in quarters.items()]
    return Table(f"Sessions by quarter, {year}", columns, rows)


def _worth(sessions: QuerySet[Session]) -> list[Section]:
    tables = results.tables(sessions, Moment.AFTER, Moment.LATER)
    if not tables:
        return []
    note = Note("Only answers of the same people at both times are compared; who did not answer may think otherwise.")
    return [Section("What it was worth", (*tables, note))]


def _quotes(sessions: QuerySet[Session]) -> list[Section]:
    """What people said, in the words that were cleared for printing."""
    cleared = Evaluation.objects.quotable().filter(booking__session__in=sessions).order_by("given_on", "pk")
    told = list(cleared.values_list("printed", "booking__session__course__title"))
    chosen = told[:: max(1, len(told) // QUOTES)][:QUOTES]
    if not chosen:
        return []
    columns = (Column("What people said"), Column("Course"))
    return [Section("In their own words", (Table("Comments from evaluations", columns, chosen),))]
