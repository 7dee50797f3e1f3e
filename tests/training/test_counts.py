"""Rates with their names, matched answers, the year's tables, and the published figures of the demonstration."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from lscb.accounts.models import User
from lscb.common.periods import FinancialYear, Quarter
from training import counts, reports
from training.counts import Counts
from training.matching import matched, response_rate
from training.models import BookingState, Moment, Programme, Session
from training.reporting import chapter
from training.services import past, programme
from training.services.past import Line, Paper

from .samples import HOURS, NOW, START, a_course, a_participant

pytestmark = pytest.mark.django_db

S = BookingState
YEAR = FinancialYear(2016)
LATER = NOW + dt.timedelta(days=60)


def held(*outcomes: BookingState, places: int = 10, start: dt.datetime = START, **kwargs: object) -> Session:
    """A session that is over, with one person for each outcome."""
    register = [Line(a_participant(), outcome) for outcome in outcomes]
    facts = {"course": a_course(), "capacity": places, "place": "Hall", **kwargs}
    return past.enter_past_session(days=[(start, start + HOURS)], register=register, now=LATER, by=None, **facts)


def test_304_of_393_places_are_77_percent_and_came_of_registered_is_another_rate() -> None:
    """318 registered, 20 did not come, 29 cancelled; 35 walked in."""
    whole = Counts(
        sessions=16,
        places=393,
        registered=318,
        cancelled=29,
        did_not_attend=20,
        booked_and_came=318 - 29 - 20,
        walked_in=35,
    )
    assert whole.attendances == 304
    assert str(whole.of_places) == "77% (n\u00a0=\u00a0393)"
    assert whole.of_registered.show(1) == "84.6%"
    assert str(whole.of_registered) == "85% (n\u00a0=\u00a0318)"
    assert whole.of_expected.show(1) == "93.1%"
    headings = [column.heading for column in reports.table("T", "Programme", {"All": whole}).columns]
    assert headings[-3:] == ["Attendances of places", "Booked and came, of registered", "Booked and came, of expected"]
    assert not any(heading.lower() in ("attendance", "attendance rate") for heading in headings)


def test_the_same_numbers_from_booking_rows() -> None:
    outcomes = [S.ATTENDED] * 4 + [S.WALKED_IN] * 2 + [S.DID_NOT_ATTEND, S.CANCELLED_IN_TIME, S.CANCELLED_LATE]
    session = held(*outcomes, places=8)
    counted = counts.by_session(Session.objects.filter(pk=session.pk))[session]
    assert counted == Counts(1, 8, 7, 2, 1, 4, 2)
    assert (counted.attendances, counted.expected) == (6, 5)
    by_agency = counts.by_agency(Session.objects.filter(pk=session.pk))
    assert counts.total(by_agency.values()).attendances == 6
    assert all(one.of_places is None for one in by_agency.values()), "a place belongs to no agency"


def test_attendances_are_not_people() -> None:
    kim = a_participant()
    for number in range(2):
        start = START + dt.timedelta(days=number)
        facts = {"course": a_course(), "capacity": 3, "place": "Hall", "by": None, "now": LATER}
        past.enter_past_session(days=[(start, start + HOURS)], register=[Line(kim, S.ATTENDED)], **facts)
    sessions = Session.objects.all()
    assert counts.total(counts.by_session(sessions).values()).attendances == 2
    assert counts.people(sessions) == 1


def test_only_the_same_people_are_compared() -> None:
    question = programme.set_question(text="I know what to look for.", order=1, by=None)
    session = held(*[S.ATTENDED] * 4)
    first, second, third, fourth = session.bookings.order_by("place")
    given = [
        (first, Moment.BEFORE, 2),
        (first, Moment.AFTER, 4),
        (second, Moment.BEFORE, 3),
        (second, Moment.AFTER, 4),
        (third, Moment.BEFORE, 5),
        (fourth, Moment.AFTER, 1),
    ]
    papers = [Paper(booking, moment, [(question, score)]) for booking, moment, score in given]
    past.enter_paper_evaluations(session=session, papers=papers, by=None, now=LATER)  # type: ignore[arg-type]
    sessions = Session.objects.all()
    (change,) = matched(sessions, Moment.BEFORE, Moment.AFTER)
    assert (change.n, change.first, change.second) == (2, Decimal("2.5"), Decimal(4))
    assert str(response_rate(sessions, Moment.BEFORE)) == "75% (n\u00a0=\u00a04)"
    assert matched(sessions, Moment.BEFORE, Moment.LATER) == []


@pytest.mark.parametrize(
    "register, why",
    [
        ([S.ATTENDED] * 3, "More people came"),
        ([S.WAITING], "not how a past session"),
    ],
)
def test_an_old_register_keeps_the_rules(register: list[BookingState], why: str) -> None:
    from lscb.common.errors import RuleBroken

    with pytest.raises(RuleBroken, match=why):
        held(*register, places=2)


def test_the_published_figures_come_out_of_booking_rows(demo_board: dict[str, User]) -> None:
    as_at = dt.date(2017, 6, 30)
    counted = counts.by_session(reports.held(YEAR, as_at))
    by_programme = {
        name: (one.sessions, one.attendances)
        for name, one in counts.grouped(counted, lambda session: session.course.programme.name).items()
    }
    assert by_programme == {
        "Wednesday Workshops": (33, 424),
        "Working Together to Safeguard Children Level 3": (6, 137),
        "Working Together to Safeguard Children Level 3 refresher": (6, 77),
        "Half day workshops": (13, 329),
        "Annual conference": (1, 175),
    }
    courses = counts.grouped(counted, lambda session: session.course.title)
    assert (courses["Introduction to neglect"].sessions, courses["Introduction to neglect"].attendances) == (4, 91)
    seven = courses["Adult mental health"] + courses["Substance and alcohol misuse"]
    assert (seven.sessions, seven.attendances) == (7, 144)
    facts = {fact.name: fact for fact in chapter(YEAR, as_at).facts}
    assert facts["sessions"].shown == "59"
    assert facts["attendances"].shown == "1,142"
    (most,) = [table for table in chapter(YEAR, as_at).tables() if table.title == "Most attended Wednesday Workshops"]
    assert {row[0] for row in most.rows} == {
        "Working with interpreters",
        "Recognising physical injuries",
        "Child Abuse Investigation Team",
        "Working with GPs",
    }
    printed = str(chapter(YEAR, as_at))
    assert "she never asks" not in printed, "a comment that was withheld is printed nowhere"
    assert "I ring earlier" in printed
    assert Programme.objects.count() == 5
    assert Quarter.containing(START.date()).label in [
        row[0] for table in reports.year_tables(YEAR, as_at) for row in table.rows
    ]
