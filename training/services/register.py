"""The register: who came on which day, who walked in, and the certificate that follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction

from lscb.accounts.models import Actor, Link
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from .. import letters
from ..models import Attendance, Booking, BookingState, Moment, Session, SessionDay, SessionMove
from ..models.booking import LIVE
from .booking import Details, know_participant
from .charging import charge
from .places import free_place, locked, move
from .rights import must_manage, must_take_register
from .sessions import people_of, step_to

ON_REGISTER = (BookingState.CONFIRMED, BookingState.ATTENDED, BookingState.DID_NOT_ATTEND, BookingState.WALKED_IN)
CLOSES_WITH_REGISTER = (
    *(BookingState.UNCONFIRMED, BookingState.REQUESTED),
    *(BookingState.WAITING, BookingState.OFFERED),
)


@transaction.atomic
def mark_register(
    *,
    session: Session,
    day: SessionDay,
    present: Collection[Booking],
    seen: Collection[Booking],
    by: Actor | Link,
    now: dt.datetime,
) -> Session:
    """Tick who is there on a day. `seen` are those that the page showed: nobody else's tick is touched.

    Somebody who comes on one day has attended; who attended every day gets a certificate.
    """
    must_take_register(by, session)
    session = locked(session)
    _check_begun(session, day, now)
    rows = {one.pk: one for one in people_of(session, ON_REGISTER)}
    there = {one.pk for one in present}
    known = set(Attendance.objects.filter(day=day).values_list("booking", flat=True))
    for key in {one.pk for one in seen} & rows.keys():
        if key in there and key not in known:
            Attendance.objects.create(booking=rows[key], day=day)
        if key not in there and key in known:
            Attendance.objects.filter(booking=rows[key], day=day).delete()
        _follow(rows[key], session, now)
    counted = len(there & rows.keys())
    record(verb="took the register", by=_named(by), target=session, reason=f"Day {day.number}: {counted} present")
    return session


def _follow(booking: Booking, session: Session, now: dt.datetime) -> None:
    """The state follows the ticks: attended, not there, or open again while the register is not complete."""
    if booking.state == BookingState.WALKED_IN:
        return
    came = Attendance.objects.filter(booking=booking).exists()
    absent = BookingState.DID_NOT_ATTEND if session.is_held else BookingState.CONFIRMED
    state = BookingState.ATTENDED if came else absent
    if state == booking.state:
        return
    place = booking.place or free_place(session)
    if came and place is None:
        raise RuleBroken(f"All {session.capacity} places are taken. Allow more places before you mark another person.")
    move(booking, state, place=place, at=now)
    booking.save()


@transaction.atomic
def walk_in(
    *, session: Session, day: SessionDay, email: str, details: Details, by: Actor | Link, now: dt.datetime
) -> Booking:
    """Somebody came without a place. There must be one: who is in the room is never more than the room holds.

    Who was on the waiting list, or had cancelled, walks in too.
    """
    must_take_register(by, session)
    session = locked(session)
    _check_begun(session, day, now)
    person = know_participant(email=email, details=details)
    known = Booking.objects.filter(session=session, participant=person, state__in=LIVE).first()
    if known and known.state in ON_REGISTER:
        raise RuleBroken(f"{known.name} is on the register already. Tick the name there.", field="email")
    if known:
        known.session = session
        move(known, BookingState.LAPSED, at=now)
        known.save()
    place = free_place(session)
    if place is None:
        raise RuleBroken(
            f"All {session.capacity} places are taken. Complete the register first, so that who did not come gives a "
            "place free, or allow more places."
        )
    booking = Booking.objects.create(
        session=session,
        participant=person,
        state=BookingState.WALKED_IN,
        place=place,
        name=details.name.strip(),
        job=details.job.strip(),
        agency=details.agency,
        organisation=details.organisation.strip(),
        booked_at=now,
    )
    Attendance.objects.create(booking=booking, day=day)
    record(verb="noted a walk-in", by=_named(by), target=session)
    return booking


@transaction.atomic
def complete_register(*, session: Session, by: Actor, now: dt.datetime) -> Session:
    """The session is over. Who is not ticked did not attend, which may be charged; who waited does not wait any more.

    Who came is asked what it was worth. Ticks can still be put right afterwards.
    """
    must_manage(by)
    session = locked(session)
    if now < session.days.last().starts_at:  # type: ignore[union-attr]
        raise RuleBroken("The last day of this session has not begun yet.")
    step_to(session, SessionMove.HELD)
    session.save(update_fields=["state"])
    for booking in people_of(session, CLOSES_WITH_REGISTER):
        move(booking, BookingState.LAPSED, at=now)
        booking.save()
    absent = people_of(session, [BookingState.CONFIRMED])
    for booking in absent:
        move(booking, BookingState.DID_NOT_ATTEND, at=now)
        booking.save()
        if session.charge_policy and session.charge_policy.charges_absence:
            charge(booking, reason="Did not attend", at=now)
    came = people_of(session, [BookingState.ATTENDED, BookingState.WALKED_IN])
    for booking in came:
        letters.asked_to_evaluate(booking, Moment.AFTER, at=now)
    reason = f"{len(came)} came, {len(absent)} did not"
    record(verb="completed the register", by=by, target=session, reason=reason)
    return session


def send_register(*, session: Session, by: Actor, now: dt.datetime) -> int:
    """Write to the trainers of a session with the link by which they take its register. Returns to how many."""
    must_manage(by)
    trainers = [one for one in session.trainers.all() if one.email]
    if not trainers:
        raise RuleBroken("No trainer of this session has an e-mail address. Enter it in the list of trainers.")
    with transaction.atomic():
        for trainer in trainers:
            letters.take_register(session, trainer, at=now)
        record(verb="sent the register", by=by, target=session, reason=f"To {len(trainers)}")
    return len(trainers)


def _named(by: Actor | Link) -> Actor | str:
    """As the trail calls them."""
    return str(by) if isinstance(by, Link) else by


def attended_every_day(booking: Booking) -> bool:
    days = booking.session.days.count()
    return booking.came and booking.attendance.count() == days


def has_certificate(booking: Booking) -> bool:
    """For who attended every day; after the evaluation when the course wants it."""
    if not booking.session.is_held or not attended_every_day(booking):
        return False
    needed = booking.session.course.certificate_after_evaluation
    return not needed or booking.evaluations.filter(moment=Moment.AFTER).exists()


def ticks(session: Session) -> Mapping[int, set[object]]:
    """Who was there, by day: keys of bookings."""
    there: dict[int, set[object]] = {day.pk: set() for day in session.days.all()}
    rows = Attendance.objects.filter(day__session=session).values_list("day", "booking")
    for day, booking in rows:
        there[day].add(booking)
    return there


def _check_begun(session: Session, day: SessionDay, now: dt.datetime) -> None:
    if not (session.is_to_come or session.is_held):
        raise RuleBroken(f"This session is {session.get_state_display().lower()}, so it has no register.")
    if now < start_of_register(day):
        raise RuleBroken("The register opens on the day itself.")


def start_of_register(day: SessionDay) -> dt.datetime:
    """The register opens three hours before the day begins."""
    return day.starts_at - dt.timedelta(hours=3)
