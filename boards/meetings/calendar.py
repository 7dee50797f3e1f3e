"""A meeting as an entry of people's own calendars: its UID is the key of the record.

The entry tells group, time, place and where to read more; never a theme, a paper or a name.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from boards.models import Meeting, MeetingState
from lscb.common import calendar


def entry(meeting: Meeting, *, at: dt.datetime, guest: str = "", cancel: bool = False) -> str:
    """The text of an .ics file: to be taken along, or, with the e-mail address of a `guest`, an invitation.

    `cancel` takes it out of one guest's calendar; a cancelled meeting is taken out of all.
    """
    cancel = cancel or meeting.state == MeetingState.CANCELLED
    one = calendar.Entry(
        uid=str(meeting.pk),
        sequence=meeting.invitation,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        summary=meeting.group.name,
        address=address(meeting),
        place=meeting.place or meeting.link,
    )
    method = calendar.method_for(cancel=cancel, guest=bool(guest))
    return calendar.calendar_file([one], method=method, at=at, guest=guest)


def content_type(*, cancel: bool, guest: bool) -> str:
    """With its method, by which mail programs offer to accept it."""
    return calendar.content_type(calendar.method_for(cancel=cancel, guest=guest))


def address(meeting: Meeting) -> str:
    """Where the meeting is read, for who may."""
    return f"{settings.PORTAL_URL}{meeting.get_absolute_url()}"
