"""How many came, of what. Attendances are not people, and no rate is without its name (domain: "Training").

Three bases, each with its own rate:

- of the places: everybody who came, walk-ins too, of the places that the sessions had;
- of those registered: who had booked and came, of everybody who ever had a place by booking, cancelled or not;
- of those expected: who had booked and came, of who was still booked when the session began.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from lscb.common.rounding import Percentage, percentage

from .models import Booking, BookingState, Session
from .models.booking import CAME, CANCELLED, REGISTERED


@dataclass(frozen=True)
class Counts:
    """Of some sessions that were held. `places` is None where they have none of their own, such as for an agency."""

    sessions: int = 0
    places: int | None = 0
    registered: int = 0
    cancelled: int = 0
    did_not_attend: int = 0
    booked_and_came: int = 0
    walked_in: int = 0

    @property
    def attendances(self) -> int:
        return self.booked_and_came + self.walked_in

    @property
    def expected(self) -> int:
        return self.registered - self.cancelled

    @property
    def of_places(self) -> Percentage | None:
        return None if self.places is None else percentage(self.attendances, self.places)

    @property
    def of_registered(self) -> Percentage:
        return percentage(self.booked_and_came, self.registered)

    @property
    def of_expected(self) -> Percentage:
        return percentage(self.booked_and_came, self.expected)

    def __add__(self, other: Counts) -> Counts:
        places = None if self.places is None or other.places is None else self.places + other.places
        return Counts(
            sessions=self.sessions + other.sessions,
            places=places,
            registered=self.registered + other.registered,
            cancelled=self.cancelled + other.cancelled,
            did_not_attend=self.did_not_attend + other.did_not_attend,
            booked_and_came=self.booked_and_came + other.booked_and_came,
            walked_in=self.walked_in + other.walked_in,
        )


TALLIES = {
    "registered": Count("pk", filter=Q(state__in=REGISTERED)),
    "cancelled": Count("pk", filter=Q(state__in=CANCELLED)),
    "did_not_attend": Count("pk", filter=Q(state=BookingState.DID_NOT_ATTEND)),
    "booked_and_came": Count("pk", filter=Q(state=BookingState.ATTENDED)),
    "walked_in": Count("pk", filter=Q(state=BookingState.WALKED_IN)),
}


def by_session(sessions: QuerySet[Session]) -> dict[Session, Counts]:
    """Each held session with its counts, in the order of `sessions`. Two queries, however many there are."""
    rows: Any = Booking.objects.filter(session__in=sessions).order_by().values("session")
    tallies = {row["session"]: row for row in rows.annotate(**TALLIES)}
    return {one: _counts(tallies.get(one.pk, {}), sessions=1, places=one.capacity) for one in sessions}


def _counts(row: Mapping[str, int], **more: int | None) -> Counts:
    return Counts(**{name: row.get(name, 0) for name in TALLIES}, **more)  # type: ignore[arg-type]


def by_agency(sessions: QuerySet[Session]) -> dict[str, Counts]:
    """By where people work, the most attendances first. A place belongs to no agency, so there is no rate of places."""
    rows: Any = Booking.objects.filter(session__in=sessions).order_by().values("agency__name", "organisation")
    found: dict[str, Counts] = {}
    for row in rows.annotate(**TALLIES):
        name = row["agency__name"] or row["organisation"]
        found[name] = found.get(name, Counts(places=None)) + _counts(row, places=None)
    return dict(sorted(found.items(), key=lambda item: (-item[1].attendances, item[0])))


def total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


def grouped(counted: dict[Session, Counts], key: Any) -> dict[Any, Counts]:
    """The counts of sessions added up by what `key` gives for each, in the order in which keys appear."""
    found: dict[Any, Counts] = {}
    for session, counts in counted.items():
        name = key(session)
        found[name] = found.get(name, Counts()) + counts
    return found


def people(sessions: QuerySet[Session]) -> int:
    """How many different people came; fewer than attendances."""
    came = Booking.objects.filter(session__in=sessions, state__in=CAME)
    return came.order_by().values("participant").distinct().count()
