"""Booking: asking for a place, getting it, waiting for it, giving it up or on.

`by` is who does it: a person, the text of a link by which somebody acts, or None for the portal itself. Views find
the booking through `visible_to` or through its link, so that nobody reaches another's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import prefetch_related_objects

from lscb.accounts import links
from lscb.accounts.models import Actor, Agency, Link, User
from lscb.common.errors import RuleBroken
from lscb.common.words import say
from lscb.trail.services import record

from .. import letters
from ..models import Booking, BookingState, Participant, Session
from ..models.booking import LIVE
from .charging import charge, is_late
from .places import locked, locked_booking, move, settle, to_the_line

By = Actor | str
MOST_UNCONFIRMED = 5
"""As many bookings as may wait for one e-mail address to be confirmed: nobody's mailbox is filled by strangers."""
UNCONFIRMED_LASTS = dt.timedelta(days=2)


@dataclass(frozen=True)
class Details:
    """Who comes. `agency` is a partner of the board; who works elsewhere names the `organisation`."""

    name: str
    job: str
    agency: Agency | None = None
    organisation: str = ""


# ---- People ---------------------------------------------------------------------------------------------------------


def participant_of(user: User) -> Participant | None:
    """The participant who is this user: by account, or by the e-mail address of the account, which is verified."""
    own = Participant.objects.filter(user=user).select_related("agency").first()
    return own or Participant.objects.filter(email__iexact=user.email, user=None).select_related("agency").first()


@transaction.atomic
def know_participant(*, email: str, details: Details, user: User | None = None) -> Participant:
    """The participant with this e-mail address, made when there is none.

    With `user` it is that person's own and takes their details. A stranger's typing never changes what is on file:
    it does when they have proven that the address is theirs.
    """
    _check(details)
    email = email.strip().lower()
    known = participant_of(user) if user else Participant.objects.filter(email__iexact=email).first()
    participant = known or Participant(email=email)
    if known is None or user:
        participant.user = user
        _take(participant, details)
        participant.save()
    return participant


@transaction.atomic
def tell_needs(*, participant: Participant, access: str, dietary: str, at: dt.datetime) -> None:
    """Access and dietary needs. They are asked once; the person may change them later."""
    participant.access_needs, participant.dietary_needs = access.strip(), dietary.strip()
    participant.needs_asked_at = at
    participant.save(update_fields=["access_needs", "dietary_needs", "needs_asked_at"])


# ---- Asking for a place ---------------------------------------------------------------------------------------------


@transaction.atomic
def book_place(
    *,
    session: Session,
    participant: Participant,
    details: Details,
    manager_email: str = "",
    proven: bool = True,
    by: By,
    now: dt.datetime,
) -> Booking:
    """Ask for a place. It is confirmed when one is free, else the person stands in line; both by e-mail.

    Where the course wants it, `manager_email` is asked first. `proven` is False for who typed an address without being
    signed in: then nothing is booked before the link in the e-mail was used. Who has booked already gets that booking.
    """
    _check(details)
    session = locked(session)
    twin = Booking.objects.filter(session=session, participant=participant, state__in=LIVE).first()
    if twin and (twin.state != BookingState.UNCONFIRMED or not proven):
        return _again(twin, now)
    _check_open(session, now)
    if session.course.needs_approval and not manager_email.strip():
        raise RuleBroken("Enter the work e-mail address of your manager, who approves it.", field="manager_email")
    booking = twin or Booking(session=session, participant=participant, booked_at=now)
    booking.session, booking.participant = session, participant
    booking.name, booking.job = details.name.strip(), details.job.strip()
    booking.agency, booking.organisation = details.agency, details.organisation.strip()
    booking.manager_email = manager_email.strip().lower() if session.course.needs_approval else ""
    if proven:
        return _proven(booking, by=by, now=now)
    _check_patience(participant)
    move(booking, BookingState.UNCONFIRMED, at=now)
    booking.save()
    letters.confirm_address(booking, until=now + UNCONFIRMED_LASTS, at=now)
    record(verb="asked for a place", by="A form without an account", target=booking, named=booking.safe_name)
    return booking


@transaction.atomic
def confirm_address(*, booking: Booking, link: Link, now: dt.datetime) -> Booking:
    """The address is theirs: what was asked for is booked now, in the order in which addresses were confirmed."""
    booking = locked_booking(booking)
    links.spend(link=link, at=now)
    if booking.state != BookingState.UNCONFIRMED:
        raise RuleBroken("This booking does not wait to be confirmed any more.")
    _check_open(booking.session, now)
    _take(booking.participant, Details(booking.name, booking.job, booking.agency, booking.organisation))
    booking.participant.save()
    return _proven(booking, by=str(link), now=now)


def _proven(booking: Booking, *, by: By, now: dt.datetime) -> Booking:
    """Ask the manager first, or enter."""
    if not booking.session.course.needs_approval:
        return _enter(booking, "booked a place", by=by, now=now)
    move(booking, BookingState.REQUESTED, at=now)
    booking.save()
    letters.asked_manager(booking, at=now)
    letters.requested(booking, at=now)
    record(verb="asked for a place", by=by, target=booking, named=booking.safe_name)
    return booking


def _enter(booking: Booking, verb: str, *, by: By, now: dt.datetime) -> Booking:
    """Into a place that is free, or to the end of the line."""
    prefetch_related_objects([booking.session], "days")
    place = settle(booking.session, now=now)
    if place is None:
        to_the_line(booking)
    move(booking, BookingState.CONFIRMED if place else BookingState.WAITING, place=place, at=now)
    booking.save()
    if place is None:
        letters.waiting(booking, at=now)
    else:
        letters.confirmed(booking, at=now)
    record(verb=verb, by=by, target=booking, changes={"state": (None, booking.state)}, named=booking.safe_name)
    return booking


# ---- The manager ----------------------------------------------------------------------------------------------------


@transaction.atomic
def approve_booking(*, booking: Booking, link: Link | None = None, by: By, now: dt.datetime) -> Booking:
    """The manager says yes, or the board's team in their place. Who asked gets a place, or stands in line."""
    booking = _decided(booking, link, now)
    return _enter(booking, "approved a booking", by=by, now=now)


@transaction.atomic
def decline_booking(*, booking: Booking, link: Link | None = None, by: By, now: dt.datetime) -> Booking:
    """The manager says no; who asked is told."""
    booking = _decided(booking, link, now)
    _end(booking, BookingState.DECLINED, "declined a booking", by=by, now=now)
    letters.declined(booking, at=now)
    return booking


def _decided(booking: Booking, link: Link | None, now: dt.datetime) -> Booking:
    booking = locked_booking(booking)
    if link:
        links.spend(link=link, at=now)
    if booking.state != BookingState.REQUESTED:
        raise RuleBroken("This booking does not wait for a manager any more.")
    _check_to_come(booking.session, now)
    return booking


# ---- The waiting list -----------------------------------------------------------------------------------------------


@transaction.atomic
def accept_offer(*, booking: Booking, by: By, now: dt.datetime) -> Booking:
    """Take the place that is held. At the moment at which an offer ends it is over."""
    booking = locked_booking(booking)
    if booking.state == BookingState.CONFIRMED:
        return booking
    if not booking.is_on_offer(now):
        raise RuleBroken("This offer is over. You can join the waiting list again on the page of the session.")
    move(booking, BookingState.CONFIRMED, at=now)
    booking.save()
    letters.confirmed(booking, at=now)
    changes = {"state": (BookingState.OFFERED, booking.state)}
    record(verb="accepted a place", by=by, target=booking, changes=changes, named=booking.safe_name)
    return booking


@transaction.atomic
def end_offers(*, session: Session, now: dt.datetime) -> None:
    """What the beat does for a session: offers that are over go to the next in line."""
    session = locked(session)
    settle(session, now=now)


# ---- Giving it up ---------------------------------------------------------------------------------------------------


@transaction.atomic
def cancel_booking(*, booking: Booking, link: Link | None = None, by: By, now: dt.datetime) -> Booking:
    """Give up a place, an offer, a request or a point in the line; what gets free is offered to the first in line.

    Whether a place was given up in time, and what a late one costs, says the charge policy of the session.
    """
    booking = locked_booking(booking)
    if link:
        links.spend(link=link, at=now)
    if booking.is_live and now >= booking.session.starts_at:
        raise RuleBroken(say("The session has begun. Tell the {board} team instead."))
    if booking.state == BookingState.CONFIRMED:
        late = is_late(booking.session, now)
        state = BookingState.CANCELLED_LATE if late else BookingState.CANCELLED_IN_TIME
        _end(booking, state, "cancelled a booking", by=by, now=now)
        if late:
            charge(booking, reason="Cancelled late", at=now)
        letters.cancelled(booking, at=now)
    else:
        _end(booking, BookingState.LEFT, "left the waiting list", by=by, now=now)
        letters.left(booking, at=now)
    settle(booking.session, now=now)
    return booking


@transaction.atomic
def substitute(*, booking: Booking, email: str, details: Details, by: By, now: dt.datetime) -> Booking:
    """A colleague of the same agency takes the place; nothing is charged. Returns the colleague's booking."""
    booking = locked_booking(booking)
    _check(details)
    if now >= booking.session.starts_at:
        raise RuleBroken("The session has begun. Bring your colleague along: who comes instead is noted at the door.")
    colleague = know_participant(email=email, details=details)
    if Booking.objects.filter(session=booking.session, participant=colleague, state__in=LIVE).exists():
        raise RuleBroken("Your colleague has a booking of this session already.", field="email")
    place = booking.place
    _end(booking, BookingState.SUBSTITUTED, "gave the place to a colleague", by=by, now=now)
    taken = Booking.objects.create(
        session=booking.session,
        participant=colleague,
        state=BookingState.CONFIRMED,
        place=place,
        name=details.name.strip(),
        job=details.job.strip(),
        agency=details.agency,
        organisation=details.organisation.strip(),
        booked_at=now,
        replaces=booking,
    )
    letters.substituted(booking, at=now)
    letters.confirmed(taken, at=now)
    record(verb="was given a place", by=by, target=taken, named=taken.safe_name)
    return taken


def _end(booking: Booking, state: BookingState, verb: str, *, by: By, now: dt.datetime) -> None:
    before = booking.state
    move(booking, state, at=now)
    booking.save()
    record(verb=verb, by=by, target=booking, changes={"state": (before, state)}, named=booking.safe_name)


# ---- Rules ----------------------------------------------------------------------------------------------------------


def _check(details: Details) -> None:
    if not details.name.strip():
        raise RuleBroken("Enter the name.", field="name")
    if not details.job.strip():
        raise RuleBroken("Enter the role.", field="job")
    if (details.agency is None) == (not details.organisation.strip()):
        raise RuleBroken("Choose the agency, or enter the organisation when it is not in the list.", field="agency")


def _check_to_come(session: Session, now: dt.datetime) -> None:
    if not session.is_to_come or now >= session.starts_at:
        raise RuleBroken("This session is over or cancelled.")


def _check_open(session: Session, now: dt.datetime) -> None:
    _check_to_come(session, now)
    if not session.takes_bookings(now):
        raise RuleBroken(
            say("Booking for this session has closed. Ask the {board} team whether there is still a place.")
        )


def _check_patience(participant: Participant) -> None:
    unconfirmed = Booking.objects.filter(participant=participant, state=BookingState.UNCONFIRMED)
    if unconfirmed.count() >= MOST_UNCONFIRMED:
        raise RuleBroken(
            "Several bookings of this e-mail address wait to be confirmed. Use the links in those e-mails first.",
            field="email",
        )


def _again(booking: Booking, now: dt.datetime) -> Booking:
    """Booked already. Who has not used the link yet may have lost the e-mail: it comes again."""
    if booking.state == BookingState.UNCONFIRMED:
        letters.confirm_address(booking, until=now + UNCONFIRMED_LASTS, at=now)
    return booking


def _take(participant: Participant, details: Details) -> None:
    participant.name, participant.job = details.name.strip(), details.job.strip()
    participant.agency, participant.organisation = details.agency, details.organisation.strip()
