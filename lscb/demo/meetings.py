"""The meetings of the demonstration: the four themed meetings of the main board, the panel's six as dates only.

Months and themes were published; days, marks, decisions and minutes are invented (see `data/README.md`). The
days of the four are those on which the business plan's actions about them were signed off.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from boards.meetings import services as meetings
from boards.meetings.attendance import seat_marks
from boards.meetings.forms import read_clock
from boards.meetings.services import Item, Said
from boards.models import Group, Mark, Meeting, SeatKind, Theme
from boards.plan.tying import tie_meeting
from lscb.accounts.models import Actor
from lscb.common.periods import LONDON, FinancialYear

from .boards import rows

PLACE = "Civic Centre"
ALWAYS_THERE = (SeatKind.CHAIR, SeatKind.TEAM)
MINUTES_OF_THE_LAST = "Minutes of the last meeting and actions"
AGREED = "What we agreed"


def load_meetings(*, by: Actor) -> None:
    """After the groups and their seats."""
    groups = {group.code: group for group in Group.objects.all()}
    themes = Theme.objects.filter(year=FinancialYear(2016))
    themed: list[Meeting] = []
    for row in rows("board_meetings"):
        day = dt.date.fromisoformat(row["day"])
        meeting = meetings.plan_meeting(
            group=groups[row["group"]],
            starts_at=dt.datetime.combine(day, read_clock(row["starts"]), LONDON),
            ends_at=dt.datetime.combine(day, read_clock(row["ends"]), LONDON),
            place=PLACE,
            theme=row["theme"],
            by=by,
        )
        if not row["theme"]:
            meetings.hold_meeting(meeting=meeting, by=by)
            continue
        tie_meeting(meeting=meeting, themes=themes.filter(number=row["serves"]), by=by)
        themed.append(_record(meeting, row["assurance_from"].split("; "), row["decision"], number=len(themed), by=by))
    for before, after in pairwise(themed):
        meetings.approve_minutes(meeting=before, at=after, by=by)


def _record(meeting: Meeting, services: list[str], decision: str, *, number: int, by: Actor) -> Meeting:
    """Agenda, attendance, minutes and one decision."""
    items = [
        Item("Welcome and apologies", "Independent Chair", 5),
        Item(MINUTES_OF_THE_LAST, "Board Manager", 15),
        *(Item(f"Assurance: {_capital(name)}", _capital(name), 20) for name in services),
        Item(AGREED, "Independent Chair", 20),
    ]
    meeting = meetings.set_agenda(meeting=meeting, items=items, version=0, by=by)
    marks = {
        one.place.seat.pk: _mark(one.place.seat.kind, place, number) for place, one in enumerate(seat_marks(meeting))
    }
    meeting = meetings.record_attendance(meeting=meeting, marks=marks, version=0, by=by)
    agreed = meeting.agenda.get(title=AGREED)
    minutes = (
        f"The meeting looked at one theme: **{meeting.theme.lower()}**.\n\n"
        f"{len(services)} services told the board what they do and how they know that it works for children. "
        "The board asked each of them:\n\n"
        "- what children and families say about it\n"
        "- what its figures and audits show\n"
        "- what it will do next, and by when\n"
    )
    said = {agreed.pk: Said(notes="The chair drew the discussion together.", decision=decision)}
    return meetings.write_minutes(meeting=meeting, minutes=minutes, said=said, version=0, by=by)


def _mark(kind: str, place: int, number: int) -> str:
    """Invented, and the same each time: most seats are filled, some by deputies, few stay empty."""
    if kind in ALWAYS_THERE:
        return Mark.PRESENT
    drawn = (place * 7 + number * 5) % 23
    if drawn < 4:
        return Mark.DEPUTY
    return Mark.APOLOGIES if drawn < 7 else Mark.ABSENT if drawn == 7 else Mark.PRESENT


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
