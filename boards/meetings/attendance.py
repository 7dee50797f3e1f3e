"""Attendance, read: the seats of one meeting, and the partners over a time.

A partner was there when one of its seats was filled, by its holder or, if by nobody else, by a deputy. A meeting counts
for a partner only when one of its seats existed on that day and was recorded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from boards.membership import NO_AGENCY, Place, places
from boards.models import Attendance, Group, Mark, Meeting, Seat, SeatKind
from lscb.accounts.models import Reader
from lscb.common.chapters import Column, Table
from lscb.common.charts import Point, bar_chart
from lscb.common.rounding import Percentage, percentage

BEST_FIRST = (Mark.PRESENT, Mark.DEPUTY, Mark.APOLOGIES, Mark.ABSENT)


@dataclass(frozen=True)
class SeatMark:
    """A seat on the day of a meeting, and how it was recorded; empty when it was not."""

    place: Place
    mark: str

    @property
    def word(self) -> str:
        return Mark(self.mark).label if self.mark else "Not recorded"

    @property
    def name(self) -> str:
        return f"{self.place.seat.position}, {self.place.agency}"


@dataclass(frozen=True)
class PartnerAttendance:
    """How often a partner was there: the four counts make up `meetings`."""

    name: str
    present: int
    deputy: int
    apologies: int
    absent: int

    @property
    def meetings(self) -> int:
        return self.present + self.deputy + self.apologies + self.absent

    @property
    def attended(self) -> int:
        return self.present + self.deputy

    @property
    def rate(self) -> Percentage:
        return percentage(self.attended, self.meetings)


@dataclass(frozen=True)
class AttendanceOverTime:
    """`meetings` took place, `recorded` of them with attendance."""

    meetings: int
    recorded: int
    partners: Sequence[PartnerAttendance]

    @property
    def agencies(self) -> list[PartnerAttendance]:
        """Without the independent chair, lay members and the board's team, who sit for no agency."""
        return [one for one in self.partners if one.name not in NO_AGENCY.values()]

    @property
    def all_agencies(self) -> PartnerAttendance:
        """All agencies together: each agency's meetings added up."""
        total = self.agencies
        return PartnerAttendance(
            "All agencies",
            sum(one.present for one in total),
            sum(one.deputy for one in total),
            sum(one.apologies for one in total),
            sum(one.absent for one in total),
        )


def seat_marks(meeting: Meeting, *, names_for: Reader | None = None) -> list[SeatMark]:
    """Every seat that existed on the day, in the order of the membership list. 4 queries."""
    marks = dict(meeting.attendance.values_list("seat", "mark"))
    return [
        SeatMark(place, marks.get(place.seat.pk, ""))
        for place in places(meeting.group, meeting.day, names_for=names_for)
    ]


def over_time(group: Group, first: dt.date, last: dt.date) -> AttendanceOverTime:
    """Who attended the meetings of `group` from `first` to `last`; agencies by their names on `last`. 3 queries."""
    held = {meeting.pk: meeting for meeting in group.meetings.held().between(first, last).select_related("group")}
    rows = (
        Attendance.objects.filter(meeting__in=list(held))
        .select_related("seat__agency")
        .prefetch_related("seat__agency__names")
        .order_by("seat__order", "seat")
    )
    best: dict[str, dict[object, Mark]] = {}
    for row in rows:
        if not _existed(row.seat, held[row.meeting_id].day):
            continue
        of_partner = best.setdefault(_partner(row.seat, last), {})
        mark = Mark(row.mark)
        of_partner[row.meeting_id] = min(of_partner.get(row.meeting_id, mark), mark, key=BEST_FIRST.index)
    partners = [
        PartnerAttendance(name, *(list(marks.values()).count(mark) for mark in BEST_FIRST))
        for name, marks in best.items()
    ]
    recorded = {meeting for marks in best.values() for meeting in marks}
    return AttendanceOverTime(len(held), len(recorded), partners)


def table(attendance: AttendanceOverTime, title: str, *, note: str = "") -> Table:
    """A row per partner, and all agencies at the foot."""
    total = attendance.all_agencies
    return Table(
        title,
        (
            Column("Partner"),
            Column("Meetings", numeric=True),
            Column("Member", numeric=True),
            Column("Deputy", numeric=True),
            Column("Apologies", numeric=True),
            Column("Absent", numeric=True),
            Column("Attended", numeric=True),
        ),
        [_row(one) for one in attendance.partners],
        note=note,
        total=_row(total) if total.meetings else None,
    )


def chart(attendance: AttendanceOverTime, *, id: str, title: str, brand: str) -> tuple[str, str]:
    """The picture and the sentence that tells what it shows."""
    total = attendance.all_agencies
    description = (
        f"{len(attendance.agencies)} agencies. Together they attended {total.attended} of {total.meetings} times, "
        f"{total.rate.show()}, {total.deputy} of them by a deputy."
    )
    points = [
        Point(one.name, one.rate.value or Decimal(0), f"{one.attended} of {one.meetings}")
        for one in attendance.agencies
    ]
    return bar_chart(points, id=id, title=title, description=description, brand=brand), description


def _row(one: PartnerAttendance) -> tuple[str, ...]:
    counts = (one.meetings, one.present, one.deputy, one.apologies, one.absent)
    return one.name, *(str(count) for count in counts), one.rate.show()


def _existed(seat: Seat, on: dt.date) -> bool:
    return seat.starts_on <= on and (seat.ends_on is None or on <= seat.ends_on)


def _partner(seat: Seat, on: dt.date) -> str:
    return seat.agency.name_on(on) if seat.agency else str(NO_AGENCY[SeatKind(seat.kind)])
