"""The places of a session: who gets one, who stands in line, whose offer is over.

One rule for everything that happens at once: nobody gets or gives a place without the lock on the session's row, and
what is read under that lock is read anew. So bookings, cancellations, offers and their end come one after another.
The database stands behind: a place has a number, and no two bookings of a session have the same.

The lock on the session comes before every other (links, trail), or two transactions could wait for each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from itertools import count

from django.db.models import Max

from lscb.common.errors import RuleBroken
from lscb.common.periods import end_of_day, local_date
from lscb.common.working_days import working_days_after
from lscb.trail.services import record

from .. import letters
from ..models import Booking, BookingState, Session
from ..models.booking import HOLDS_PLACE

OFFER_LASTS = 2
"""Working days, to the end of the last; never longer than to the beginning of the session."""


def locked(session: Session) -> Session:
    """The session as it is now, its row locked until the transaction ends."""
    return Session.objects.select_for_update(of=("self",)).select_related("course", "charge_policy").get(pk=session.pk)


def locked_booking(booking: Booking) -> Booking:
    """The booking as it is now, under the lock of its session, which is `booking.session`."""
    session = locked(booking.session)
    current = Booking.objects.select_related("participant", "agency").get(pk=booking.pk)
    current.session = session
    return current


def free_place(session: Session) -> int | None:
    """The lowest number that nobody holds; None when as many hold one as the session has. Call it under the lock."""
    held = Booking.objects.filter(session=session, place__isnull=False).values_list("place", flat=True)
    return lowest_free({place for place in held if place}, session.capacity)


def lowest_free(taken: Collection[int], capacity: int) -> int | None:
    return None if len(taken) >= capacity else next(number for number in count(1) if number not in taken)


def move(booking: Booking, state: BookingState, *, place: int | None = None, at: dt.datetime) -> None:
    """Move a booking and keep what goes with its state. Raises RuleBroken for a move that is not in the table."""
    if not booking._state.adding and not booking.may_become(state):
        raise RuleBroken(f"This booking is “{booking.get_state_display().lower()}”, so that is not possible any more.")
    booking.state = state
    booking.place = (place or booking.place) if state in HOLDS_PLACE else None
    booking.offered_until = None
    booking.ended_at = None if booking.is_live else at


def to_the_line(booking: Booking) -> None:
    """The next point at the end of the session's waiting list."""
    last = Booking.objects.filter(session=booking.session).aggregate(last=Max("in_line"))["last"]
    booking.in_line = (last or 0) + 1


def settle(session: Session, *, now: dt.datetime) -> int | None:
    """End the offers whose time is over and offer what is free to the first in line. Call it under the lock.

    Returns the number of a place that is free afterwards: then nobody waits, as long as the session has not begun. Who
    left, or let an offer pass, does not stand in line any more.
    """
    if not session.is_to_come or now >= session.starts_at:
        return None
    standing = Booking.objects.filter(session=session, state__in=(*HOLDS_PLACE, BookingState.WAITING))
    rows = list(standing.values_list("state", "place", "offered_until"))
    free = lowest_free({place for _, place, _ in rows if place}, session.capacity)
    waits = any(state == BookingState.WAITING for state, _, _ in rows)
    over = any(until and until <= now for _, _, until in rows)
    return _pass_on(session, now) if over or (free and waits) else free


def _pass_on(session: Session, now: dt.datetime) -> int | None:
    """The long way of `settle`, for when somebody's turn has come or is over."""
    for booking in Booking.objects.offers_over(now).of_people().filter(session=session):
        _lapse(booking, session, now)
    while (place := free_place(session)) is not None:
        first = Booking.objects.waiting().of_people().filter(session=session).first()
        if first is None:
            return place
        _offer(first, session, place, now)
    return None


def _lapse(booking: Booking, session: Session, now: dt.datetime) -> None:
    booking.session = session
    move(booking, BookingState.LAPSED, at=now)
    booking.save(update_fields=["state", "place", "offered_until", "ended_at"])
    letters.offer_lapsed(booking, at=now)
    record(verb="let an offer pass", by=None, target=booking, named=booking.safe_name)


def _offer(booking: Booking, session: Session, place: int, now: dt.datetime) -> None:
    booking.session = session
    move(booking, BookingState.OFFERED, place=place, at=now)
    booking.offered_until = offer_ends(session, now)
    booking.save(update_fields=["state", "place", "offered_until"])
    letters.offered(booking, at=now)
    changes = {"offered_until": (None, booking.offered_until)}
    record(verb="offered a place", by=None, target=booking, changes=changes, named=booking.safe_name)


def offer_ends(session: Session, now: dt.datetime) -> dt.datetime:
    """When an offer made now is over."""
    return min(end_of_day(working_days_after(local_date(now), OFFER_LASTS)), session.starts_at)


def position(booking: Booking) -> int:
    """1 for who is offered the next place."""
    before = Booking.objects.filter(session=booking.session_id, state=BookingState.WAITING, in_line__lt=booking.in_line)
    return before.count() + 1
