"""Training in people's own calendars. Each day of a booking is one entry for ever: its UID is the key of the booking
with the number of the day, its SEQUENCE the number of the invitation.

What everybody may know stands in it: the course, the time and the place. The link to join is in the e-mail only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings

from lscb.common.calendar import CANCEL, PUBLISH, REQUEST, Entry, calendar_file, content_type
from lscb.common.periods import LONDON
from lscb.common.templatetags.portal import day, moment

from .models import Booking, Session, SessionDay, SessionState
from .models.booking import HOLDS_PLACE

PUBLISH_TYPE = content_type(PUBLISH)

__all__ = [
    "CANCEL",
    "PUBLISH",
    "PUBLISH_TYPE",
    "REQUEST",
    "deadline",
    "hours",
    "invitations",
    "of_bookings",
    "of_sessions",
]


def invitations(
    booking: Booking, *, method: str, at: dt.datetime, days: Sequence[SessionDay] | None = None
) -> list[tuple[str, str, str]]:
    """One file per day, as attachments of an e-mail: an invitation holds one entry only."""
    session = booking.session
    return [
        (
            f"training-day-{one.number}.ics",
            content_type(method),
            calendar_file([_entry(booking, one)], method=method, at=at, guest=booking.participant.email),
        )
        for one in (session.days.all() if days is None else days)
    ]


def of_bookings(bookings: Iterable[Booking], *, at: dt.datetime) -> str:
    """A person's own calendar: every booking, those without a place any more as cancelled."""
    entries = [_entry(booking, one) for booking in bookings for one in booking.session.days.all()]
    return calendar_file(entries, method=PUBLISH, at=at)


def of_sessions(sessions: Iterable[Session], *, at: dt.datetime) -> str:
    """The public programme."""
    entries = [
        Entry(
            uid=f"{session.pk}-{one.number}",
            sequence=session.version,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            summary=session.course.title,
            address=address(session),
            place=session.place or "Online",
            cancelled=session.state == SessionState.CANCELLED,
        )
        for session in sessions
        for one in session.days.all()
    ]
    return calendar_file(entries, method=PUBLISH, at=at)


def address(session: Session) -> str:
    """Where everybody reads of a session."""
    return f"{settings.PORTAL_URL}{session.get_absolute_url()}"


def deadline(end: dt.datetime | None) -> str:
    """Until when something may be done: "the end of 3 June 2026" for midnight, else the moment."""
    if end is None:
        return ""
    local = end.astimezone(LONDON)
    if local.time() == dt.time():
        return f"the end of {day(local - dt.timedelta(days=1))}"
    return moment(end)


def hours(of: SessionDay) -> str:
    """ "9.30 to 16.00", in London."""
    begin, end = (at.astimezone(LONDON) for at in (of.starts_at, of.ends_at))
    return f"{begin.hour}.{begin.minute:02d} to {end.hour}.{end.minute:02d}"


def _entry(booking: Booking, of: SessionDay) -> Entry:
    session = booking.session
    return Entry(
        uid=f"{booking.pk}-{of.number}",
        sequence=booking.invitation,
        starts_at=of.starts_at,
        ends_at=of.ends_at,
        summary=f"Training: {session.course.title}",
        address=address(session),
        place=session.place or "Online",
        cancelled=booking.state not in HOLDS_PLACE,
    )
