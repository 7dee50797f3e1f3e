"""Sessions: planned, published, changed, closed, cancelled; what staff write to their people; last year's copied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any

from django.db import transaction

from lscb.accounts import links
from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken, check_version
from lscb.common.periods import LONDON, FinancialYear
from lscb.trail.services import changes_between, record

from .. import letters
from ..models import (
    SESSION_MOVES,
    Booking,
    BookingState,
    ChargePolicy,
    Course,
    Message,
    Session,
    SessionDay,
    SessionMove,
    SessionState,
    Trainer,
)
from ..models.booking import HOLDS_PLACE, PENDING
from ..querysets import start_of
from .places import locked, move, settle
from .rights import must_manage

Hours = tuple[dt.datetime, dt.datetime]
"""When a day of a session begins and ends."""

WEEK = dt.timedelta(days=7)
A_YEAR = 52 * WEEK
"""Last year's programme is copied by whole weeks, so that a Wednesday Workshop stays on a Wednesday."""
FACTS = ("place", "link", "capacity", "closes_at", "charge_policy", "practical")
TELLING = ("place", "link", "days")
"""Who has a place hears of these, and gets the calendar entry anew."""

# ---- Planning -------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_session(
    *,
    course: Course,
    days: Sequence[Hours],
    capacity: int,
    place: str = "",
    link: str = "",
    closes_at: dt.datetime | None = None,
    charge_policy: ChargePolicy | None = None,
    practical: str = "",
    trainers: Iterable[Trainer] = (),
    publish: bool = False,
    by: Actor,
) -> Session:
    """A session of a course on one or more days. Booking closes at the end of the day before unless told otherwise."""
    must_manage(by)
    hours = sorted(days)
    _check_days(hours)
    session = Session(
        course=course,
        state=SessionState.OPEN if publish else SessionState.DRAFT,
        capacity=capacity,
        place=place.strip(),
        link=link.strip(),
        charge_policy=charge_policy,
        practical=practical.strip(),
    )
    _set_hours(session, hours)
    session.closes_at = closes_at or start_of(session.first_day)
    _check(session)
    session.save(force_insert=True)
    _write_days(session, hours)
    session.trainers.set(trainers)
    verb = "planned and published a session" if publish else "planned a session"
    record(verb=verb, by=by, target=session, changes={"capacity": (None, capacity)})
    return session


@transaction.atomic
def plan_weekly(
    *, times: int, days: Sequence[Hours], closes_at: dt.datetime | None = None, by: Actor, **facts: Any
) -> list[Session]:
    """The same session on `times` weeks, one after the other, at the same hours in London."""
    if not 1 <= times <= 52:
        raise RuleBroken("Repeat the session on 1 to 52 weeks.", field="times")
    return [
        plan_session(
            days=[(_weeks_on(begin, number), _weeks_on(end, number)) for begin, end in days],
            closes_at=_weeks_on(closes_at, number) if closes_at else None,
            by=by,
            **facts,
        )
        for number in range(times)
    ]


@transaction.atomic
def copy_year(*, year: FinancialYear, to: FinancialYear, by: Actor) -> list[Session]:
    """Last year's sessions as drafts of another year, on the same weekdays. What is there already is left out."""
    must_manage(by)
    if to <= year:
        raise RuleBroken("Copy to a later year.", field="to")
    weeks = round((to.first_day - year.first_day) / WEEK)
    copies = []
    sessions = Session.objects.of_year(year).exclude(state=SessionState.CANCELLED).select_related("course")
    for session in sessions.prefetch_related("days", "trainers"):
        hours = [(_weeks_on(day.starts_at, weeks), _weeks_on(day.ends_at, weeks)) for day in session.days.all()]
        if Session.objects.filter(course=session.course, starts_at=hours[0][0]).exists():
            continue
        copies.append(
            plan_session(
                course=session.course,
                days=hours,
                capacity=session.capacity,
                place=session.place,
                link=session.link,
                charge_policy=session.charge_policy,
                practical=session.practical,
                trainers=[one for one in session.trainers.all() if one.is_active],
                by=by,
            )
        )
    return copies


def _weeks_on(moment: dt.datetime, weeks: int) -> dt.datetime:
    """The same hour in London, also across the change of the clocks."""
    local = moment.astimezone(LONDON)
    return dt.datetime.combine(local.date() + weeks * WEEK, local.time(), LONDON)


# ---- Changing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_session(
    *,
    session: Session,
    version: int,
    days: Sequence[Hours],
    trainers: Iterable[Trainer],
    by: Actor,
    now: dt.datetime,
    **facts: Any,
) -> Session:
    """Another time, place, capacity or rule. `facts` are those of `FACTS`; `version` is the one that was read.

    Who has a place is told of another time or place. More places are offered at once; there are never fewer than are
    taken. Raises Overtaken when somebody else changed the session meanwhile.
    """
    must_manage(by)
    if unknown := set(facts) - set(FACTS):
        raise TypeError(f"{', '.join(sorted(unknown))} of a session is not changed here.")
    session = locked(session)
    _check_changeable(session, version)
    before = {name: getattr(session, name) for name in FACTS} | {"days": _told(session)}
    for name, value in facts.items():
        setattr(session, name, value.strip() if isinstance(value, str) else value)
    hours = sorted(days)
    _check_days(hours)
    _set_hours(session, hours)
    _check(session)
    _check_capacity(session)
    gone = _write_days(session, hours)
    _set_trainers(session, list(trainers), by=by, now=now)
    changes = changes_between(before, {name: getattr(session, name) for name in FACTS} | {"days": _told(session)})
    session.version += 1
    session.save()
    if any(name in changes for name in TELLING):
        for booking in people_of(session, HOLDS_PLACE):
            letters.changed(booking, gone=gone, at=now)
    settle(session, now=now)
    record(verb="changed a session", by=by, target=session, changes=changes)
    return session


def _set_trainers(session: Session, trainers: Collection[Trainer], *, by: Actor, now: dt.datetime) -> None:
    """Who does not teach it any more cannot take its register any more."""
    for one in session.trainers.all():
        if one not in trainers and one.email:
            links.revoke_links(target=session, purpose=letters.REGISTER, email=one.email, by=by, at=now)
    session.trainers.set(trainers)


@transaction.atomic
def publish_session(*, session: Session, by: Actor) -> Session:
    """Put a draft into the public programme."""
    return _move(session, SessionMove.PUBLISHED, "published a session", by=by)


@transaction.atomic
def close_booking(*, session: Session, by: Actor) -> Session:
    """Take no more bookings. Who waits is still offered what gets free."""
    return _move(session, SessionMove.CLOSED, "closed booking", by=by)


@transaction.atomic
def reopen_booking(*, session: Session, by: Actor) -> Session:
    return _move(session, SessionMove.REOPENED, "opened booking again", by=by)


@transaction.atomic
def cancel_session(*, session: Session, reason: str, by: Actor, now: dt.datetime) -> Session:
    """The session does not take place: everybody who booked, asked or waits is told, and nothing is charged."""
    if not reason.strip():
        raise RuleBroken("Say why the session is cancelled.", field="reason")
    must_manage(by)
    session = locked(session)
    step_to(session, SessionMove.CANCELLED)
    session.cancelled_because = reason.strip()
    session.version += 1
    session.save()
    people = people_of(session, PENDING)
    for booking in people:
        had_place = booking.state == BookingState.CONFIRMED
        move(booking, BookingState.CALLED_OFF, at=now)
        booking.save()
        letters.called_off(booking, had_place=had_place, at=now)
    told = f"{reason.strip()} ({len(people)} told)"
    record(verb="cancelled a session", by=by, target=session, reason=told)
    return session


def _move(session: Session, step: SessionMove, verb: str, *, by: Actor) -> Session:
    must_manage(by)
    session = locked(session)
    before = session.state
    step_to(session, step)
    session.save(update_fields=["state"])
    record(verb=verb, by=by, target=session, changes={"state": (before, session.state)})
    return session


def step_to(session: Session, step: SessionMove) -> None:
    """Move a session, under its lock. Raises RuleBroken for a move that is not in the table."""
    state = SESSION_MOVES.get((session.state, step))
    if state is None:
        raise RuleBroken(f"This session is “{session.get_state_display().lower()}”, so that is not possible.")
    session.state = SessionState(state)


# ---- Writing to people ----------------------------------------------------------------------------------------------


@transaction.atomic
def write_to_participants(
    *, session: Session, subject: str, text: str, waiting_too: bool = False, by: Actor, now: dt.datetime
) -> Message:
    """An e-mail to everybody who has a place, and to who waits for one when asked."""
    must_manage(by)
    if not subject.strip():
        raise RuleBroken("Enter what the message is about.", field="subject")
    if not text.strip():
        raise RuleBroken("Enter the message.", field="text")
    states = (*HOLDS_PLACE, BookingState.WAITING) if waiting_too else HOLDS_PLACE
    people = people_of(session, states)
    if not people:
        raise RuleBroken("Nobody has a place in this session yet, so there is nobody to write to.")
    message = Message.objects.create(
        session=session,
        subject=" ".join(subject.split()),
        text=text.strip(),
        sent_at=now,
        sent_by=by,
        recipients=len(people),
    )
    for booking in people:
        letters.wrote(booking, message, at=now)
    record(verb="wrote to participants", by=by, target=session, reason=f"{message.subject} ({len(people)} people)")
    return message


# ---- Rules ----------------------------------------------------------------------------------------------------------


def people_of(session: Session, states: Iterable[str]) -> list[Booking]:
    """Bookings in these states, each with this very session."""
    bookings = list(Booking.objects.of_people().filter(session=session, state__in=list(states)))
    for booking in bookings:
        booking.session = session
    return bookings


def _check_days(hours: Sequence[Hours]) -> None:
    if not hours:
        raise RuleBroken("Enter at least one day.", field="day_1")
    for number, (begin, end) in enumerate(hours, start=1):
        if end <= begin:
            raise RuleBroken("The day must end after it begins.", field=f"ends_{number}")
    for number, ((_, end), (begin, _)) in enumerate(pairwise(hours), start=2):
        if begin < end:
            raise RuleBroken("Two days of the session overlap.", field=f"day_{number}")


def _check(session: Session) -> None:
    if not session.place and not session.link:
        raise RuleBroken("Enter a place, or a link to join.", field="place")
    if session.capacity < 1:
        raise RuleBroken("A session has at least one place.", field="capacity")
    if session.closes_at > session.starts_at:
        raise RuleBroken("Booking must close before the session begins.", field="closes_on")


def _check_changeable(session: Session, version: int) -> None:
    if session.state in (SessionState.CANCELLED, SessionState.HELD):
        raise RuleBroken(f"This session is {session.get_state_display().lower()}, so it is not changed any more.")
    check_version(session, version, what="this session")


def _check_capacity(session: Session) -> None:
    taken = Booking.objects.holding().filter(session=session).count()
    if session.capacity < taken:
        raise RuleBroken(
            f"{taken} places are taken or on offer, so there cannot be fewer. Cancel bookings first.", field="capacity"
        )


def _set_hours(session: Session, hours: Sequence[Hours]) -> None:
    session.starts_at, session.ends_at = hours[0][0], hours[-1][1]


def _write_days(session: Session, hours: Sequence[Hours]) -> list[SessionDay]:
    """The days as they are now, by number. Returns those that there are no more."""
    for number, (begin, end) in enumerate(hours, start=1):
        SessionDay.objects.update_or_create(
            session=session, number=number, defaults={"starts_at": begin, "ends_at": end}
        )
    over = SessionDay.objects.filter(session=session, number__gt=len(hours))
    if over.filter(attendance__isnull=False).exists():
        raise RuleBroken("Somebody was there on a day that is left out.", field="day_1")
    gone = list(over)
    over.delete()
    return gone


def _told(session: Session) -> str:
    return "; ".join(letters.facts(session)[:-1])
