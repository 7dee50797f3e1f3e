"""What took place before the portal was there: whole registers and paper evaluations, entered at once.

The rules are those of a session that ran here, and so is what is written; only nobody is written to, and the trail
holds one event for the whole register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from lscb.accounts.models import Actor, User
from lscb.common.errors import RuleBroken
from lscb.common.periods import end_of_day, local_date
from lscb.trail.services import record

from ..models import (
    Answer,
    Attendance,
    Booking,
    BookingState,
    CommentState,
    Evaluation,
    Participant,
    Question,
    Session,
    SessionMove,
)
from ..models.booking import CAME, HOLDS_PLACE, LIVE
from .charging import last_day_in_time
from .rights import must_manage
from .sessions import Hours, plan_session, step_to

ENTERED = (*CAME, BookingState.DID_NOT_ATTEND, BookingState.CANCELLED_IN_TIME, BookingState.CANCELLED_LATE)
BOOKED_BEFORE = dt.timedelta(days=28)


@dataclass(frozen=True)
class Line:
    """One line of an old register. `days` are the numbers of the days on which somebody was there (None: all)."""

    participant: Participant
    outcome: BookingState
    days: Sequence[int] | None = None


@dataclass(frozen=True)
class Paper:
    """One evaluation on paper. `printed` is the comment as it may be printed; none withholds it."""

    booking: Booking
    moment: str
    scores: Sequence[tuple[Question, int]]
    comment: str = ""
    printed: str = ""


@transaction.atomic
def enter_past_session(
    *, days: Sequence[Hours], register: Sequence[Line], now: dt.datetime, by: Actor, **facts: Any
) -> Session:
    """A session that is over, with its register. `facts` are those of `plan_session`.

    Refused: more people in the room than places, the same person twice, an outcome that is none.
    """
    must_manage(by)
    if max(end for _, end in days) > now:
        raise RuleBroken("Only a session that is over has a register to enter.")
    session = plan_session(days=days, publish=True, by=by, **facts)
    _check(session, register)
    bookings = _bookings(session, register)
    Booking.objects.bulk_create(bookings)
    numbered = {day.number: day for day in session.days.all()}
    Attendance.objects.bulk_create(
        Attendance(booking=booking, day=numbered[number])
        for booking, line in zip(bookings, register, strict=True)
        if line.outcome in CAME
        for number in (numbered if line.days is None else line.days)
    )
    step_to(session, SessionMove.HELD)
    session.save(update_fields=["state"])
    came = sum(booking.came for booking in bookings)
    record(verb="entered a register", by=by, target=session, reason=f"{len(bookings)} lines, {came} came")
    return session


def _check(session: Session, register: Sequence[Line]) -> None:
    if wrong := [line.outcome for line in register if line.outcome not in ENTERED]:
        raise RuleBroken(f"“{BookingState(wrong[0]).label}” is not how a past session can have ended for somebody.")
    if len({line.participant.pk for line in register}) < len(register):
        raise RuleBroken("The same person is twice on the register.")
    if sum(line.outcome in CAME for line in register) > session.capacity:
        raise RuleBroken("More people came than the session had places. Enter its real capacity.", field="capacity")


def _bookings(session: Session, register: Sequence[Line]) -> list[Booking]:
    """Rows as the services of booking write them: a number for each place, a moment for each end."""
    booked_at = session.starts_at - BOOKED_BEFORE
    in_time = min(end_of_day(last_day_in_time(session)), session.starts_at) - dt.timedelta(hours=12)
    ended = {BookingState.CANCELLED_IN_TIME: in_time, BookingState.CANCELLED_LATE: session.starts_at}
    bookings, place = [], 0
    for line in register:
        holds = line.outcome in HOLDS_PLACE
        place += holds
        bookings.append(
            Booking(
                session=session,
                participant=line.participant,
                state=line.outcome,
                place=place if holds else None,
                name=line.participant.name,
                job=line.participant.job,
                agency=line.participant.agency,
                organisation=line.participant.organisation,
                booked_at=session.starts_at if line.outcome == BookingState.WALKED_IN else booked_at,
                ended_at=None if line.outcome in LIVE else ended[line.outcome],
            )
        )
    return bookings


@transaction.atomic
def enter_paper_evaluations(*, session: Session, papers: Iterable[Paper], by: User, now: dt.datetime) -> int:
    """Evaluations that were filled in on paper, with their comments read already. Returns how many there were."""
    must_manage(by)
    pairs = []
    for paper in papers:
        if paper.booking.session_id != session.pk:
            raise RuleBroken("An evaluation belongs to somebody of the session.")
        printed = paper.printed.strip()
        state = CommentState.CLEARED if printed else CommentState.WITHHELD
        evaluation = Evaluation(
            booking=paper.booking,
            moment=paper.moment,
            given_on=local_date(session.ends_at),
            comment=paper.comment.strip(),
            comment_state=state if paper.comment.strip() else CommentState.NONE,
            printed=printed if paper.comment.strip() else "",
            moderated_at=now if paper.comment.strip() else None,
            moderated_by=by if paper.comment.strip() else None,
        )
        pairs.append((evaluation, paper))
    Evaluation.objects.bulk_create([evaluation for evaluation, _ in pairs])
    Answer.objects.bulk_create(
        Answer(evaluation=evaluation, question=question, score=score)
        for evaluation, paper in pairs
        for question, score in paper.scores
    )
    record(verb="entered evaluations", by=by, target=session, reason=f"{len(pairs)} on paper")
    return len(pairs)


@transaction.atomic
def enter_participants(*, people: Iterable[Participant], by: Actor) -> list[Participant]:
    """People of old registers, by their e-mail address; who is known already is left as they are."""
    must_manage(by)
    rows = list(people)
    known = {one.email.lower(): one for one in Participant.objects.filter(email__in=[row.email for row in rows])}
    new = [row for row in rows if row.email.lower() not in known]
    Participant.objects.bulk_create(new)
    record(verb="entered participants", by=by, reason=f"{len(new)} people")
    return [known.get(row.email.lower(), row) for row in rows]
