"""Booking, the waiting list, the manager, giving up and passing on: each verb by its ways out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lscb.accounts.models import Link
from lscb.common.errors import RuleBroken
from lscb.common.periods import LONDON
from lscb.jobs.models import Email
from training import letters
from training.models import Booking, BookingState, Charge, Participant
from training.services import beat, charging, sessions
from training.services import booking as services
from training.services.places import position

from .samples import NOW, START, a_booking, a_course, a_participant, a_policy, a_session, details, fresh

pytestmark = pytest.mark.django_db

S = BookingState
MINUTE = dt.timedelta(minutes=1)


def states(session: Any) -> list[str]:
    return list(session.bookings.order_by("booked_at", "in_line", "pk").values_list("state", flat=True))


def mailed(booking: Booking) -> list[str]:
    """What was sent about a booking, the oldest first."""
    rows = Email.objects.filter(unique_key__startswith=f"training {booking.pk.hex} ").order_by("queued_at", "pk")
    return [row.unique_key.rsplit(" ", 1)[-1] if "changed" not in row.unique_key else "changed" for row in rows]


def test_places_go_in_order_and_then_people_stand_in_line() -> None:
    session = a_session(capacity=2)
    bookings = [a_booking(session) for _ in range(4)]
    assert [one.state for one in bookings] == [S.CONFIRMED, S.CONFIRMED, S.WAITING, S.WAITING]
    assert [one.place for one in bookings] == [1, 2, None, None]
    assert [position(one) for one in bookings[2:]] == [1, 2]
    assert [mailed(one) for one in bookings] == [["confirmed"], ["confirmed"], ["waiting"], ["waiting"]]


def test_booking_twice_is_one_booking() -> None:
    session, kim = a_session(), a_participant()
    assert a_booking(session, kim) == a_booking(session, kim)
    assert Booking.objects.count() == 1


def test_who_cancels_or_leaves_may_book_anew_at_the_end_of_the_line() -> None:
    session = a_session(capacity=1)
    a_booking(session)
    first, second = a_booking(session), a_booking(session)
    services.cancel_booking(booking=first, by=None, now=NOW)
    again = a_booking(session, first.participant)
    assert again != first
    assert [position(second), position(again)] == [1, 2]


def test_cancelling_offers_the_place_to_the_first_in_line_and_holds_it() -> None:
    session = a_session(capacity=1)
    held, first, second = (a_booking(session) for _ in range(3))
    services.cancel_booking(booking=held, by=None, now=NOW)
    assert [fresh(one).state for one in (held, first, second)] == [S.CANCELLED_IN_TIME, S.OFFERED, S.WAITING]
    assert a_booking(session).state == S.WAITING, "the offered place is held"
    services.accept_offer(booking=first, by=None, now=NOW)
    assert fresh(first).state == S.CONFIRMED
    assert "confirmed" in mailed(first)


def test_who_leaves_is_not_offered_and_who_declines_passes_the_place_on() -> None:
    session = a_session(capacity=1)
    held, first, second, third = (a_booking(session) for _ in range(4))
    services.cancel_booking(booking=first, by=None, now=NOW)
    services.cancel_booking(booking=held, by=None, now=NOW)
    assert fresh(second).state == S.OFFERED
    services.cancel_booking(booking=fresh(second), by=None, now=NOW)
    assert [fresh(one).state for one in (first, second, third)] == [S.LEFT, S.LEFT, S.OFFERED]
    assert "offered" not in mailed(first)


@pytest.mark.parametrize(
    "moment, state",
    [(-MINUTE, S.CONFIRMED), (dt.timedelta(0), S.LAPSED), (MINUTE, S.LAPSED)],
    ids=["a minute before", "at the very moment", "a minute after"],
)
def test_an_offer_is_over_at_its_moment(moment: dt.timedelta, state: str) -> None:
    session = a_session(capacity=1)
    held, first, second = (a_booking(session) for _ in range(3))
    services.cancel_booking(booking=held, by=None, now=NOW)
    until = fresh(first).offered_until
    assert until == dt.datetime(2017, 3, 4, 0, 0, tzinfo=LONDON), "the end of Friday"
    if state == S.CONFIRMED:
        services.accept_offer(booking=first, by=None, now=until + moment)
    else:
        with pytest.raises(RuleBroken, match="over"):
            services.accept_offer(booking=first, by=None, now=until + moment)
        beat.go_on(until + moment)
        assert fresh(second).state == S.OFFERED
        assert "lapsed" in mailed(first)
    assert fresh(first).state == state


@pytest.mark.parametrize(
    "now, until",
    [
        (dt.datetime(2017, 3, 1, 10, tzinfo=LONDON), dt.datetime(2017, 3, 4, tzinfo=LONDON)),
        (dt.datetime(2017, 3, 3, 23, 59, tzinfo=LONDON), dt.datetime(2017, 3, 8, tzinfo=LONDON)),
        (dt.datetime(2017, 3, 24, 10, tzinfo=LONDON), dt.datetime(2017, 3, 29, tzinfo=LONDON)),
        (dt.datetime(2017, 4, 13, 10, tzinfo=LONDON), dt.datetime(2017, 4, 20, tzinfo=LONDON)),
        (dt.datetime(2017, 12, 22, 10, tzinfo=LONDON), dt.datetime(2017, 12, 29, tzinfo=LONDON)),
    ],
    ids=["midweek", "Friday night", "over the change of the clocks", "over Easter", "over Christmas"],
)
def test_an_offer_lasts_two_working_days(now: dt.datetime, until: dt.datetime) -> None:
    session = a_session(capacity=1, start=dt.datetime(2018, 1, 31, 9, 30, tzinfo=LONDON))
    held, first = a_booking(session, now=now), a_booking(session, now=now)
    services.cancel_booking(booking=held, by=None, now=now)
    assert fresh(first).offered_until == until


def test_an_offer_never_outlasts_the_beginning() -> None:
    session = a_session(capacity=1)
    held, first = a_booking(session), a_booking(session)
    services.cancel_booking(booking=held, by=None, now=START - dt.timedelta(hours=4))
    assert fresh(first).offered_until == START
    beat.go_on(START)
    assert fresh(first).state == S.OFFERED, "nothing is offered once it has begun; the register ends it"


def test_more_places_are_offered_and_never_fewer_than_are_taken() -> None:
    session = a_session(capacity=1)
    a_booking(session)
    first, second = a_booking(session), a_booking(session)
    change = {"session": session, "days": [(START, START + dt.timedelta(hours=3))], "trainers": [], "by": None}
    session = sessions.change_session(version=1, capacity=2, now=NOW, **change)
    assert [fresh(one).state for one in (first, second)] == [S.OFFERED, S.WAITING]
    with pytest.raises(RuleBroken, match="2 places are taken"):
        sessions.change_session(version=2, capacity=1, now=NOW, **change)


# ---- The manager ----------------------------------------------------------------------------------------------------


def approved_course() -> Any:
    return a_course(needs_approval=True)


def link_of(booking: Booking, purpose: str) -> Link:
    return Link.objects.get(purpose=purpose, target_key=str(booking.pk))


def test_a_manager_approves_without_an_account_and_the_place_is_given_then() -> None:
    session = a_session(approved_course(), capacity=1)
    with pytest.raises(RuleBroken, match="manager"):
        a_booking(session)
    booking = a_booking(session, manager_email="boss@example.org")
    other = a_booking(session, manager_email="boss@example.org")
    assert (booking.state, booking.place) == (S.REQUESTED, None)
    assert Email.objects.filter(to="boss@example.org").count() == 2
    services.approve_booking(booking=other, link=link_of(other, letters.APPROVAL), by="Manager", now=NOW)
    services.approve_booking(booking=booking, link=link_of(booking, letters.APPROVAL), by="Manager", now=NOW)
    assert [fresh(one).state for one in (other, booking)] == [S.CONFIRMED, S.WAITING]
    with pytest.raises(RuleBroken, match="used already"):
        services.decline_booking(booking=other, link=link_of(other, letters.APPROVAL), by="Manager", now=NOW)


def test_a_manager_declines() -> None:
    booking = a_booking(a_session(approved_course()), manager_email="boss@example.org")
    services.decline_booking(booking=booking, by="Manager", now=NOW)
    assert fresh(booking).state == S.DECLINED
    assert "declined" in mailed(booking)


# ---- Without an account ---------------------------------------------------------------------------------------------


def test_nothing_is_booked_before_the_address_is_proven_and_nothing_on_file_changes() -> None:
    session, kim = a_session(capacity=1), a_participant(name="Kim")
    typed = details(name="Somebody else")
    asked = {"session": session, "participant": kim, "details": typed, "proven": False, "by": "form"}
    booking = services.book_place(**asked, now=NOW)
    again = services.book_place(**asked, now=NOW + 20 * MINUTE)
    assert again == booking
    assert (booking.state, booking.place) == (S.UNCONFIRMED, None)
    assert Participant.objects.get().name == "Kim"
    assert Email.objects.count() == 2, "the link comes again for who has lost it"
    services.confirm_address(booking=booking, link=link_of(booking, letters.ADDRESS), now=NOW)
    assert (fresh(booking).state, Participant.objects.get().name) == (S.CONFIRMED, "Somebody else")
    with pytest.raises(RuleBroken):
        services.confirm_address(booking=booking, link=link_of(booking, letters.ADDRESS), now=NOW)


def test_what_is_never_confirmed_lapses_by_itself() -> None:
    session = a_session()
    booking = a_booking(session, proven=False)
    beat.go_on(NOW + services.UNCONFIRMED_LASTS - MINUTE)
    assert fresh(booking).state == S.UNCONFIRMED
    beat.go_on(NOW + services.UNCONFIRMED_LASTS)
    assert fresh(booking).state == S.LAPSED


def test_nobodys_mailbox_is_filled() -> None:
    kim = a_participant()
    for _ in range(services.MOST_UNCONFIRMED):
        a_booking(a_session(), kim, proven=False)
    with pytest.raises(RuleBroken, match="wait to be confirmed"):
        a_booking(a_session(), kim, proven=False)


# ---- Cancelling, passing on, charges --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "policy, late_from",
    [
        (None, dt.datetime(2017, 5, 31, 0, 0, tzinfo=LONDON)),
        ({"days": 5, "window": "calendar"}, dt.datetime(2017, 5, 27, 0, 0, tzinfo=LONDON)),
        ({"days": 5, "window": "working"}, dt.datetime(2017, 5, 24, 0, 0, tzinfo=LONDON)),
        ({"days": 0, "window": "working"}, dt.datetime(2017, 5, 31, 9, 30, tzinfo=LONDON)),
    ],
    ids=["no policy", "calendar days", "working days over Whitsun", "to the last moment"],
)
def test_the_window_of_a_policy(policy: dict[str, Any] | None, late_from: dt.datetime) -> None:
    """A session on Wednesday 31 May 2017; Monday the 29th is a bank holiday."""
    start = dt.datetime(2017, 5, 31, 9, 30, tzinfo=LONDON)
    session = a_session(capacity=9, start=start, charge_policy=a_policy(**policy) if policy else None)
    for now, state in ((late_from - MINUTE, S.CANCELLED_IN_TIME), (late_from, S.CANCELLED_LATE)):
        if now >= start:
            continue
        booking = a_booking(session)
        services.cancel_booking(booking=booking, by=None, now=now)
        assert fresh(booking).state == state
        assert Charge.objects.filter(booking=booking).exists() == (policy is not None and state == S.CANCELLED_LATE)
    with pytest.raises(RuleBroken, match="has begun"):
        services.cancel_booking(booking=a_booking(session), by=None, now=start)


def test_who_is_exempt_or_has_no_fee_for_the_length_pays_nothing() -> None:
    agency = details().agency
    assert agency
    policy = a_policy(exempt=[agency])
    session = a_session(charge_policy=policy)
    assert charging.fee_for(session, agency) is None
    assert charging.fee_for(session, details().agency) == 50
    assert charging.fee_for(session, None) == 50
    long = a_session(a_course(length="two_days"), charge_policy=policy)
    assert charging.fee_for(long, None) is None


def test_a_colleague_takes_the_place_and_nobody_in_line_gets_it() -> None:
    session = a_session(capacity=1)
    booking, waits = a_booking(session), a_booking(session)
    taken = services.substitute(booking=booking, email="lee@example.org", details=details(), by=None, now=NOW)
    assert [fresh(one).state for one in (booking, taken, waits)] == [S.SUBSTITUTED, S.CONFIRMED, S.WAITING]
    assert (taken.place, taken.replaces) == (1, booking)
    with pytest.raises(RuleBroken, match="not possible"):
        services.substitute(booking=waits, email="max@example.org", details=details(), by=None, now=NOW)
    with pytest.raises(RuleBroken, match="already"):
        services.substitute(booking=taken, email=waits.participant.email, details=details(), by=None, now=NOW)


def test_booking_closes() -> None:
    session = a_session()
    with pytest.raises(RuleBroken, match="closed"):
        a_booking(session, now=session.closes_at)
    sessions.close_booking(session=session, by=None)
    with pytest.raises(RuleBroken, match="closed"):
        a_booking(session)
    sessions.reopen_booking(session=session, by=None)
    assert a_booking(session).state == S.CONFIRMED


# ---- The database ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"place": 2},
        {"state": S.WAITING, "in_line": 1},
        {"place": None},
        {"state": S.OFFERED, "in_line": 1},
        {"ended_at": NOW},
        {"organisation": "Another"},
    ],
    ids=[
        "the same place twice",
        "a place without holding one",
        "holding one without a place",
        "an offer without an end",
        "an end while it lives",
        "two employers",
    ],
)
def test_the_database_refuses_what_must_never_be(fields: dict[str, Any]) -> None:
    session = a_session(capacity=3)
    booking, _ = a_booking(session), a_booking(session)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(**fields)


def test_the_database_refuses_a_second_live_booking_of_a_person() -> None:
    session = a_session(capacity=3)
    booking, other = a_booking(session), a_booking(session)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=other.pk).update(participant=booking.participant)
