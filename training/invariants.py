"""Rules of training that no constraint can hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, F, Max, Min
from django.utils import timezone

from lscb.common.faults import Fault

from .models import Answer, Attendance, Booking, BookingState, Evaluation, Moment, Session, SessionState
from .models.booking import CAME, PENDING


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold."""
    yield from _places()
    yield from _lines()
    yield from _days()
    yield from _registers()
    yield from _evaluations()


def _places() -> Iterator[str]:
    for session in Session.objects.with_places().filter(taken__gt=F("capacity")).select_related("course"):
        yield Fault(f"Training: {session} has {session.capacity} places, and {session.taken} are taken.", session)


def _lines() -> Iterator[str]:
    """Nobody waits while a place is free, as long as the session has not begun."""
    open_still = Session.objects.to_come(timezone.now()).with_places().filter(in_line__gt=0, taken__lt=F("capacity"))
    for session in open_still.select_related("course"):
        yield Fault(f"Training: in {session} a place is free and somebody waits.", session)


def _days() -> Iterator[str]:
    sessions = Session.objects.annotate(first=Min("days__starts_at"), last=Max("days__ends_at"))
    for session in sessions.exclude(first=F("starts_at"), last=F("ends_at")).select_related("course"):
        yield Fault(f"Training: {session} does not begin and end with its days.", session)


def _registers() -> Iterator[str]:
    ended = Session.objects.filter(state__in=(SessionState.HELD, SessionState.CANCELLED), bookings__state__in=PENDING)
    for session in ended.distinct().select_related("course"):
        yield Fault(f"Training: {session} is over, and bookings of it still wait.", session)
    came = Booking.objects.filter(state__in=CAME).annotate(days=Count("attendance"))
    for booking in came.filter(days=0).select_related("session__course"):
        yield Fault(f"Training: somebody attended {booking.session}, but on no day.", booking.session)
    not_there = Attendance.objects.exclude(booking__state__in=CAME)
    for row in not_there.select_related("booking__session__course", "day"):
        yield Fault(f"Training: somebody was there at {row.booking.session} who did not attend.", row.booking.session)
    for row in Attendance.objects.exclude(day__session=F("booking__session")).select_related(
        "booking__session__course"
    ):
        yield Fault(
            f"Training: somebody of {row.booking.session} was there on a day of another session.", row.booking.session
        )


def _evaluations() -> Iterator[str]:
    without = Evaluation.objects.exclude(moment=Moment.BEFORE).exclude(booking__state__in=CAME)
    for evaluation in without.select_related("booking__session__course"):
        yield Fault(f"Training: {evaluation} is from somebody who was not there.", evaluation.booking.session)
    if Answer.objects.filter(evaluation__booking__state=BookingState.UNCONFIRMED).exists():
        yield "Training: somebody answered whose address was never confirmed."
