"""A meeting as an entry of people's own calendars (RFC 5545, RFC 5546).

One meeting is one entry for ever: its UID is the key of the record, its SEQUENCE rises with each change, and a
cancelled meeting is taken out of the calendar. The entry tells group, time, place and where to read more; never a
theme, a paper or a name: calendars are open to assistants and phones.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText, vUri

from boards.models import Meeting, MeetingState

PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"


def entry(meeting: Meeting, *, at: dt.datetime, guest: str = "", cancel: bool = False) -> str:
    """The text of an .ics file: to be taken along, or, with the e-mail address of a `guest`, an invitation.

    `cancel` takes it out of one guest's calendar; a cancelled meeting is taken out of all.
    """
    cancel = cancel or meeting.state == MeetingState.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", "-//Safeguarding portal//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", CANCEL if cancel else REQUEST if guest else PUBLISH)
    event = Event()
    event.add("uid", str(meeting.pk))
    event.add("sequence", meeting.invitation)
    event.add("dtstamp", at.astimezone(dt.UTC))
    event.add("dtstart", meeting.starts_at.astimezone(dt.UTC))
    event.add("dtend", meeting.ends_at.astimezone(dt.UTC))
    event.add("summary", meeting.group.name)
    event.add("location", meeting.place or meeting.link)
    event["url"] = vUri(address(meeting))
    event.add("description", address(meeting))
    event.add("status", "CANCELLED" if cancel else "CONFIRMED")
    event["organizer"] = _person(settings.DEFAULT_FROM_EMAIL, settings.BOARD_NAME)
    if guest:
        event.add("attendee", _person(guest), encode=False)
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def content_type(*, cancel: bool, guest: bool) -> str:
    """With its method, by which mail programs offer to accept it."""
    method = CANCEL if cancel else REQUEST if guest else PUBLISH
    return f"text/calendar; method={method}"


def address(meeting: Meeting) -> str:
    """Where the meeting is read, for who may."""
    return f"{settings.PORTAL_URL}{meeting.get_absolute_url()}"


def _person(mailbox: str, name: str = "") -> vCalAddress:
    bare = mailbox.rsplit("<", 1)[-1].rstrip("> ")
    person = vCalAddress(f"mailto:{bare}")
    if name:
        person.params["cn"] = vText(name)
    return person
