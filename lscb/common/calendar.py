"""Entries for people's own calendars (RFC 5545, RFC 5546).

One thing is one entry for ever: its UID is a key that never changes, its SEQUENCE rises with each change, and what is
cancelled is taken out of the calendar. An entry tells what everybody may know: calendars are open to assistants and
phones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText, vUri

from lscb.common.words import naming

PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"
PRODUCT = "-//Safeguarding portal//EN"


@dataclass(frozen=True)
class Entry:
    """What stands in a calendar. `address` is where to read more, for who may."""

    uid: str
    sequence: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str
    address: str
    place: str = ""
    cancelled: bool = False


def method_for(*, cancel: bool, guest: bool) -> str:
    """To be taken along, an invitation to a guest, or taken out again."""
    return CANCEL if cancel else REQUEST if guest else PUBLISH


def content_type(method: str) -> str:
    """With the method that stands in the file too; by it mail programs offer to accept the invitation."""
    return f"text/calendar; method={method}"


def calendar_file(entries: Iterable[Entry], *, method: str, at: dt.datetime, guest: str = "") -> str:
    """The text of an .ics file as at the moment `at`. `guest` is the e-mail address of who is invited.

    An invitation (REQUEST or CANCEL) holds one entry: mail programs take no more (RFC 5546, 3.2.2).
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(_event(entry, at=at, guest=guest, cancel=method == CANCEL))
    return str(calendar.to_ical().decode())


def _event(entry: Entry, *, at: dt.datetime, guest: str, cancel: bool) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", at.astimezone(dt.UTC))
    event.add("dtstart", entry.starts_at.astimezone(dt.UTC))
    event.add("dtend", entry.ends_at.astimezone(dt.UTC))
    event.add("summary", entry.summary)
    event.add("location", entry.place)
    event["url"] = vUri(entry.address)
    event.add("description", entry.address)
    event.add("status", "CANCELLED" if cancel or entry.cancelled else "CONFIRMED")
    event["organizer"] = _person(settings.DEFAULT_FROM_EMAIL, naming().board_name)
    if guest:
        event.add("attendee", _person(guest), encode=False)
    return event


def _person(mailbox: str, name: str = "") -> vCalAddress:
    bare = mailbox.rsplit("<", 1)[-1].rstrip("> ")
    person = vCalAddress(f"mailto:{bare}")
    if name:
        person.params["cn"] = vText(name)
    return person
