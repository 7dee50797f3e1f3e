"""What training hands to the annual report: how many sessions and attendances, what it was worth, what people said."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

from lscb.common.chapters import Block, Chapter, Chart, Column, Fact, Figure, Note, Section, Table, in_line, of_fact
from lscb.common.charts import Point, bar_chart
from lscb.common.counted import Counted, rows_at
from lscb.common.periods import FinancialYear
from lscb.common.rounding import show_change
from lscb.common.words import naming

from . import counts, reports, results
from .counts import Counts
from .matching import matched
from .models import Booking, BookingState, Evaluation, Moment, Programme, Session
from .models.booking import CAME, CANCELLED, REGISTERED
from .querysets import BookingQuerySet

QUOTES = 5
MOST = 4

SESSIONS, BOOKINGS = "training:session_list", "training:all_bookings"

OfSessions = Mapping[Session, Counts]
RowsOf = Callable[..., str]
"""The address of the rows of a figure: its list, its name, and filters of the list."""


def _held(year: FinancialYear, as_at: dt.date) -> QuerySet[Session]:
    return reports.held(year, year.upto(as_at))


def _booked(states: Sequence[BookingState], year: FinancialYear, as_at: dt.date) -> BookingQuerySet:
    """The bookings of the year's sessions that ended in one of `states`."""
    return Booking.objects.filter(session__in=_held(year, as_at).order_by().values("pk"), state__in=states)


EXPECTED = tuple(state for state in REGISTERED if state not in CANCELLED)
COUNTED_SESSIONS: Mapping[str, Counted] = {"training.sessions": Counted("Sessions held", _held)}
COUNTED_BOOKINGS: Mapping[str, Counted] = {
    "training.attendances": Counted("Attendances", partial(_booked, CAME)),
    "training.registered": Counted("Registered for sessions", partial(_booked, REGISTERED)),
    "training.expected": Counted("Registered and not cancelled", partial(_booked, EXPECTED)),
    "training.did_not_attend": Counted("Registered and not there", partial(_booked, (BookingState.DID_NOT_ATTEND,))),
    "training.walked_in": Counted("Came without having booked", partial(_booked, (BookingState.WALKED_IN,))),
}


def chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """The sessions of `year` that were held by the end of the year or by `as_at`."""
    on = year.upto(as_at)
    sessions = _held(year, as_at)
    counted = counts.by_session(sessions)
    ordered = sorted(counted, key=lambda one: (one.course.programme.order, one.starts_at))
    programmes = counts.grouped({one: counted[one] for one in ordered}, lambda one: one.course.programme)
    courses = counts.grouped(counted, lambda one: one.course)
    whole = counts.total(counted.values())
    source = f"Register of attendance, as at {on.day} {on:%B %Y}"
    people = counts.people(sessions)

    def rows(page: str, figure: str, **filters: object) -> str:
        return rows_at(page, f"training.{figure}", year, on, **filters)

    return Chapter(
        slug="training",
        title="Training",
        lead=_lead(whole, people),
        figures=(
            Figure(
                _printed("attendances", f"{whole.attendances:,}"),
                in_line("attendances at ", _printed("sessions", f"{whole.sessions:,}"), " sessions"),
            ),
            Figure(
                _printed("came_of_registered", whole.of_registered.show()),
                f"of those registered came (n = {whole.registered:,})",
            ),
            Figure(_printed("people", f"{people:,}"), "different people came"),
        ),
        sections=(
            Section("What was taught", _programmes(year, programmes, counted)),
            *_worth(sessions),
            *_quotes(sessions),
        )
        if counted
        else (),
        facts=(
            *_facts(whole, people, source, rows),
            *_of_each(programmes, source, rows),
            *_of_each(courses, source, rows),
            *_of_change(sessions, source, rows(SESSIONS, "sessions")),
        ),
    )


def _lead(whole: Counts, people: int) -> str:
    if not whole.sessions:
        return "No session was held."
    return in_line(
        f"The {naming().board} held ",
        _printed("sessions", f"{whole.sessions:,}"),
        " sessions. ",
        _printed("people", f"{people:,}"),
        " people came to them, some more than once: ",
        _printed("attendances", f"{whole.attendances:,}"),
        " attendances in all.",
    )


def _printed(name: str, shown: str) -> str:
    return of_fact(f"training.{name}", shown)


def _facts(whole: Counts, people: int, source: str, rows: RowsOf) -> list[Fact]:
    sessions, came, registered = rows(SESSIONS, "sessions"), rows(BOOKINGS, "attendances"), rows(BOOKINGS, "registered")
    missed, walked_in = rows(BOOKINGS, "did_not_attend"), rows(BOOKINGS, "walked_in")
    numbers = (
        ("sessions", whole.sessions, "Sessions held", sessions),
        ("attendances", whole.attendances, "Attendances, walk-ins included; not people", came),
        ("people", people, "Different people who came", came),
        ("places", whole.places or 0, "Places in all sessions", sessions),
        ("registered", whole.registered, "Registered: had a place by booking, also who cancelled", registered),
        ("did_not_attend", whole.did_not_attend, "Registered and not there, without cancelling", missed),
        ("walked_in", whole.walked_in, "Came without having booked", walked_in),
    )
    rates = (
        ("attendances_of_places", whole.of_places, "Attendances of places", came),
        ("came_of_registered", whole.of_registered, "Booked and came, of registered", registered),
        (
            "came_of_expected",
            whole.of_expected,
            "Booked and came, of those who had not cancelled",
            rows(BOOKINGS, "expected"),
        ),
    )
    facts = [Fact(name, number, f"{number:,}", label, source=source, rows=of) for name, number, label, of in numbers]
    return facts + [
        Fact(name, rate.value, rate.show(), label, base=rate.base, source=source, rows=of)
        for name, rate, label, of in rates
        if rate and rate.value is not None
    ]


def _of_each(groups: Mapping[Any, Counts], source: str, rows: RowsOf) -> list[Fact]:
    """`training.programme.wednesday_workshops.sessions` and `.attendances`: of a programme, or of a course."""
    facts = []
    for one, (name, slug) in _names(groups).items():
        of, kind = groups[one], slug.split(".")[0]
        held, came = rows(SESSIONS, "sessions", **{kind: one.pk}), rows(BOOKINGS, "attendances", **{kind: one.pk})
        label = f"{name}: sessions"
        facts.append(Fact(f"{slug}.sessions", of.sessions, str(of.sessions), label, source=source, rows=held))
        shown, label = f"{of.attendances:,}", f"{name}: attendances"
        facts.append(Fact(f"{slug}.attendances", of.attendances, shown, label, source=source, rows=came))
    return facts


def _names(groups: Iterable[Any]) -> dict[Any, tuple[str, str]]:
    """What each programme or course is called, and how its facts begin; where two are alike, with their programme."""
    groups = list(groups)
    titles = Counter(str(one) for one in groups)
    names = {one: str(one) if titles[str(one)] == 1 else f"{one} ({one.programme})" for one in groups}
    return {
        one: (name, f"{'programme' if isinstance(one, Programme) else 'course'}.{slugify(name).replace('-', '_')}")
        for one, name in names.items()
    }


def _of_change(sessions: QuerySet[Session], source: str, rows: str) -> list[Fact]:
    facts = []
    for moment in (Moment.AFTER, Moment.LATER):
        changes = matched(sessions, Moment.BEFORE, moment)
        for number, one in enumerate(changes, start=1):
            label = f"{one.question} Change from before to {Moment(moment).label.lower()}, n = {one.n}"
            change, name = one.second - one.first, f"change_{moment}_{number}"
            facts.append(Fact(name, change, show_change(change), label, base=one.n, source=source, rows=rows))
    return facts


def _programmes(year: FinancialYear, programmes: Mapping[Any, Counts], counted: OfSessions) -> Sequence[Block]:
    said = ", ".join(f"{programme.name} {one.attendances}" for programme, one in programmes.items())
    title = f"Attendances by programme, {year}"
    points = [Point(each.name, Decimal(one.attendances), f"{one.attendances:,}") for each, one in programmes.items()]
    description = f"Attendances by programme: {said}."
    svg = bar_chart(points, id="training-programmes", title=title, description=description, brand=naming().brand_colour)
    columns = (
        *(Column("Programme"), Column("Sessions", True), Column("Places", True), Column("Attendances", True)),
        *(Column("of places", True), Column("Booked and came, of registered", True)),
    )
    names = _names(programmes)
    rows = [_of_programme(programme.name, names[programme][1], one) for programme, one in programmes.items()]
    total = _of_all(counts.total(programmes.values()))
    note = "Attendances are not people: who came to two sessions is counted twice. Walk-ins are counted as attendances."
    table = Table(f"Sessions and attendances, {year}", columns, rows, note=note, total=total)
    small = _by_course(counted)
    return (Chart(title, description, svg), table, *_most_attended(counted), *small, _by_quarter(year, counted))


def _most_attended(counted: OfSessions) -> Sequence[Block]:
    """Within the programme that has most sessions: courses of different length are not compared."""
    sessions = Counter(one.course.programme for one in counted)
    if not sessions:
        return ()
    largest = max(sessions, key=lambda one: (sessions[one], one.name))
    within = {one: counts for one, counts in counted.items() if one.course.programme == largest}
    return (replace(reports.most_attended(within, MOST), title=f"Most attended {largest}"),)


def _by_course(counted: OfSessions) -> Iterator[Table]:
    """Each course of the programmes that have a few; of one that has many the most attended are told."""
    courses = counts.grouped(dict(counted), lambda one: one.course)
    names = _names(courses)
    programmes = sorted({course.programme for course in courses}, key=lambda one: (one.order, one.name))
    for programme in programmes:
        own = sorted((one for one in courses if one.programme == programme), key=lambda one: one.title)
        if 1 < len(own) <= 2 * MOST:
            rows = [(one.title, *_sessions_and_attendances(names[one][1], courses[one])) for one in own]
            columns = (Column("Course"), Column("Sessions", True), Column("Attendances", True))
            yield Table(f"{programme.name} by course", columns, rows)


def _sessions_and_attendances(slug: str, one: Counts) -> tuple[str, str]:
    """Of a programme or a course, whose facts begin with `slug`."""
    sessions, attendances = str(one.sessions), f"{one.attendances:,}"
    return _printed(f"{slug}.sessions", sessions), _printed(f"{slug}.attendances", attendances)


def _of_programme(name: str, slug: str, one: Counts) -> tuple[str, ...]:
    sessions, attendances = _sessions_and_attendances(slug, one)
    return name, sessions, f"{one.places or 0:,}", attendances, str(one.of_places), str(one.of_registered)


def _of_all(one: Counts) -> tuple[str, ...]:
    counted = (("sessions", one.sessions), ("places", one.places or 0), ("attendances", one.attendances))
    shares = (("attendances_of_places", one.of_places), ("came_of_registered", one.of_registered))
    return (
        "All",
        *(_printed(name, f"{number:,}") for name, number in counted),
        *(_printed(name, str(share)) for name, share in shares),
    )


def _by_quarter(year: FinancialYear, counted: OfSessions) -> Table:
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
