"""Who sits in a group as at a date, by position; names only for who may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Prefetch, QuerySet

from lscb.accounts.models import Reader
from lscb.common.words import worded

from .models import Group, Holder, Seat, SeatKind

NO_AGENCY = {
    SeatKind.CHAIR: "Independent",
    SeatKind.LAY: "Lay members",
    SeatKind.TEAM: worded("{Board} team"),
}
KIND_WORDS = {SeatKind.ADVISER: "adviser"}


@dataclass(frozen=True)
class Place:
    """A seat as at a day: `holders` are empty for who may not see names."""

    seat: Seat
    agency: str
    is_vacant: bool
    holders: Sequence[Holder] = ()

    @property
    def kind_word(self) -> str:
        return KIND_WORDS.get(SeatKind(self.seat.kind), "")


@dataclass(frozen=True)
class Position:
    """A position of an agency, with how many seats it has."""

    position: str
    kind_word: str
    places: int
    vacant: int

    @property
    def shown(self) -> str:
        """ "Lay Member (three in post)"; "Legal Adviser (adviser)"; "Designated Doctor (adviser, vacant)"."""
        told = [self.kind_word] if self.kind_word else []
        if self.places > 1:
            told.append(f"{_counted(self.places - self.vacant)} in post")
        if self.vacant:
            told.append("vacant" if self.places == 1 else f"{_counted(self.vacant)} vacant")
        return f"{self.position} ({', '.join(told)})" if told else self.position


@dataclass(frozen=True)
class Membership:
    """The positions of one agency, or of those who sit for none."""

    agency: str
    positions: Sequence[Position]


def places(group: Group, on: dt.date, *, names_for: Reader | None = None) -> list[Place]:
    """The seats of `group` on `on`, in their order. Names of holders only when `names_for` may see them. 3 queries."""
    seats = (
        Seat.objects.in_place(on)
        .filter(group=group)
        .select_related("agency")
        .prefetch_related("agency__names", Prefetch("holders", _holding(on), to_attr="in_post"))
        .order_by("order", "pk")
    )
    seen = Holder.objects.visible_to(names_for).filter(seat__group=group) if names_for else Holder.objects.none()
    visible = set(seen.values_list("pk", flat=True))
    return [
        Place(
            seat=seat,
            agency=seat.agency.name_on(on) if seat.agency else str(NO_AGENCY.get(SeatKind(seat.kind), "")),
            is_vacant=all(holder.is_deputy for holder in seat.in_post),
            holders=[holder for holder in seat.in_post if holder.pk in visible],
        )
        for seat in seats
    ]


def by_agency(seats: Sequence[Place]) -> list[Membership]:
    """The positions of each agency together, agencies in the order of their first seat."""
    order = list(dict.fromkeys(place.agency for place in seats))
    return [Membership(agency, _positions([place for place in seats if place.agency == agency])) for agency in order]


def _positions(seats: list[Place]) -> list[Position]:
    counted = []
    for (position, kind_word), same in groupby(seats, key=lambda place: (place.seat.position, place.kind_word)):
        alike = list(same)
        counted.append(Position(position, kind_word, len(alike), sum(place.is_vacant for place in alike)))
    return counted


def _holding(on: dt.date) -> QuerySet[Holder]:
    return Holder.objects.holding(on).select_related("user")


def _counted(number: int) -> str:
    few = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return few[number] if number < len(few) else str(number)
