"""On SQLite, the demonstration's database, the same rules hold one after another and for many at once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django.utils import timezone

from training.invariants import broken
from training.models import Booking, BookingState, Participant, Session
from training.services import beat
from training.services import booking as services

from .samples import a_booking, a_participant, a_session

S = BookingState


def states(session: Session) -> Counter[str]:
    return Counter(Booking.objects.filter(session=session).values_list("state", flat=True))


def test_places_line_and_offers(sqlite_file: str) -> None:
    now = timezone.now()
    session = a_session(capacity=3, start=now + dt.timedelta(days=30))
    made = [a_booking(session, now=now) for _ in range(12)]
    assert states(session) == {S.CONFIRMED: 3, S.WAITING: 9}
    for left in (made[5], made[0], made[1]):
        services.cancel_booking(booking=left, by=None, now=now)
    offered = Booking.objects.filter(session=session, state=S.OFFERED).order_by("in_line")
    assert [one.pk for one in offered] == [made[3].pk, made[4].pk]
    beat.go_on(now + dt.timedelta(days=9))
    assert [one.pk for one in offered.all()] == [made[6].pk, made[7].pk], "not to who left, and in order"
    assert states(session)[S.CONFIRMED] == 1
    assert list(broken(timezone.localdate())) == []


def test_many_at_once(sqlite_file: str) -> None:
    now = timezone.now()
    session = a_session(capacity=2, start=now + dt.timedelta(days=30))
    people = [a_participant() for _ in range(12)]

    def book(who: Participant) -> None:
        try:
            a_booking(session, who, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(book, people))
    assert states(session) == {S.CONFIRMED: 2, S.WAITING: 10}
