"""Sessions of several days, weekly, across the change of the clocks; calendars; changes, cancelling, copying."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from icalendar import Calendar

from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import LONDON, FinancialYear
from lscb.jobs.models import Email
from lscb.jobs.services.outbox import _message
from training import calendar
from training.models import Booking, BookingState, Length, Session, SessionState
from training.services import beat, booking, sessions

from .samples import HOURS, NOW, START, a_booking, a_course, a_participant, a_session, fresh

pytestmark = pytest.mark.django_db

S = BookingState
DAY = dt.timedelta(days=1)


def local(year: int, month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=LONDON)


def two_days(**kwargs: Any) -> Session:
    """The last Saturday of March and the Sunday on which the clocks go forward."""
    days = [(local(2017, 3, 25, 9, 30), local(2017, 3, 25, 16)), (local(2017, 3, 26, 9, 30), local(2017, 3, 26, 16))]
    return a_session(a_course(length=Length.TWO_DAYS), days=days, **kwargs)


def entries(booking: Booking) -> list[tuple[str, str, str, int, dt.datetime, str]]:
    """Every calendar entry that was sent about a booking: UID, method, status, SEQUENCE, begin, subject."""
    found = []
    emails = Email.objects.filter(unique_key__contains=booking.pk.hex).order_by("queued_at", "pk")
    for email in emails:
        for _, kind, text in email.attachments:
            read = Calendar.from_ical(text)
            (event,) = read.walk("VEVENT")
            mime = kind.partition("method=")[2]
            assert str(read["method"]) == mime, "the file says what the mail program is told"
            found.append(
                (
                    str(event["uid"]),
                    mime,
                    str(event["status"]),
                    int(event["sequence"]),
                    event["dtstart"].dt,
                    email.subject,
                )
            )
    return found


def change(session: Session, **kwargs: Any) -> Session:
    days = [(day.starts_at, day.ends_at) for day in session.days.all()]
    facts = {"days": days, "trainers": [], "version": session.version, "by": None, "now": NOW, **kwargs}
    return sessions.change_session(session=session, **facts)


@pytest.mark.parametrize(
    "start, utc",
    [
        (local(2017, 3, 24, 9, 30), "09:30"),
        (local(2017, 3, 27, 9, 30), "08:30"),
        (local(2017, 10, 28, 9, 30), "08:30"),
        (local(2017, 10, 30, 9, 30), "09:30"),
    ],
    ids=["winter", "after the clocks went forward", "summer", "after they went back"],
)
def test_calendars_get_the_hour_of_london(start: dt.datetime, utc: str) -> None:
    session = a_session(start=start)
    booking_ = a_booking(session)
    ((_, _, _, _, begin, _),) = entries(booking_)
    assert begin.strftime("%H:%M") == utc
    assert calendar.hours(session.days.get()) == "9.30 to 12.30"


def test_each_day_of_a_course_is_an_entry_that_is_updated_and_taken_back() -> None:
    session = two_days()
    kim = a_booking(session)
    first = entries(kim)
    assert [(one[0], one[1], one[3]) for one in first] == [
        (f"{kim.pk}-1", "REQUEST", 1),
        (f"{kim.pk}-2", "REQUEST", 1),
    ]
    assert [one[4].strftime("%d %H:%M") for one in first] == ["25 09:30", "26 08:30"]
    change(session, place="Town hall")
    updated = entries(kim)[2:]
    assert [(one[0], one[1], one[3]) for one in updated] == [(one[0], "REQUEST", 2) for one in first]
    one_day = [(session.days.all()[0].starts_at, session.days.all()[0].ends_at)]
    change(Session.objects.get(pk=session.pk), days=one_day)
    shorter = entries(kim)[4:]
    assert [(one[0], one[1], one[2], one[3]) for one in shorter] == [
        (f"{kim.pk}-1", "REQUEST", "CONFIRMED", 3),
        (f"{kim.pk}-2", "CANCEL", "CANCELLED", 3),
    ]
    booking.cancel_booking(booking=kim, by=None, now=NOW)
    (gone,) = entries(kim)[6:]
    assert gone[:4] == (f"{kim.pk}-1", "CANCEL", "CANCELLED", 4)


def test_the_mail_says_the_method_of_the_file() -> None:
    kim = a_booking(a_session())
    message = _message(Email.objects.get(unique_key__contains=kim.pk.hex)).message()
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"


def test_nothing_is_sent_again_for_what_nobody_needs_to_know() -> None:
    session = a_session()
    kim = a_booking(session)
    change(session, capacity=20, practical="Bring a pen")
    assert len(entries(kim)) == 1


def test_the_second_of_two_who_change_a_session_is_told() -> None:
    session = a_session()
    change(session, capacity=5)
    with pytest.raises(Overtaken) as refusal:
        change(session, capacity=7)
    assert refusal.value.current.capacity == 5


def test_week_after_week_keeps_its_hours_across_the_change_of_the_clocks() -> None:
    planned = sessions.plan_weekly(
        times=3,
        course=a_course(),
        days=[(local(2017, 3, 22, 9, 30), local(2017, 3, 22, 12))],
        closes_at=local(2017, 3, 20, 0),
        capacity=10,
        place="Hall",
        by=None,
    )
    assert [one.starts_at.astimezone(LONDON).strftime("%a %d %b %H:%M") for one in planned] == [
        "Wed 22 Mar 09:30",
        "Wed 29 Mar 09:30",
        "Wed 05 Apr 09:30",
    ]
    assert planned[2].closes_at == local(2017, 4, 3, 0)


def test_cancelling_a_session_tells_everybody_and_charges_nobody() -> None:
    session = a_session(capacity=1)
    placed, waits = a_booking(session), a_booking(session)
    asked = a_booking(session, proven=False)
    sessions.cancel_session(session=session, reason="The trainer is ill", by=None, now=START - dt.timedelta(hours=1))
    assert {fresh(one).state for one in (placed, waits, asked)} == {S.CALLED_OFF}
    told = set(Email.objects.filter(subject__startswith="A session is cancelled").values_list("to", flat=True))
    assert told == {one.participant.email for one in (placed, waits, asked)}
    assert entries(placed)[-1][1:3] == ("CANCEL", "CANCELLED")
    assert not any(one[1] == "CANCEL" for one in entries(waits)), "who had no entry gets none taken back"
    with pytest.raises(RuleBroken, match="not possible"):
        sessions.publish_session(session=session, by=None)
    with pytest.raises(RuleBroken, match="over or cancelled"):
        a_booking(session)


def test_last_years_programme_is_copied_as_drafts_on_the_same_weekdays_and_once() -> None:
    session = two_days(capacity=24)
    year = FinancialYear(2016)
    (copy,) = sessions.copy_year(year=year, to=year.next, by=None)
    assert copy.state == SessionState.DRAFT
    assert [(day.starts_at.astimezone(LONDON).strftime("%a %d %b %Y %H:%M")) for day in copy.days.all()] == [
        "Sat 24 Mar 2018 09:30",
        "Sun 25 Mar 2018 09:30",
    ]
    assert (copy.capacity, copy.course) == (24, session.course)
    assert sessions.copy_year(year=year, to=year.next, by=None) == []


@pytest.mark.parametrize(
    "kwargs, why",
    [
        ({"days": []}, "at least one day"),
        ({"days": [(START, START)]}, "end after it begins"),
        ({"days": [(START, START + HOURS), (START + HOURS / 2, START + 2 * HOURS)]}, "overlap"),
        ({"place": ""}, "place, or a link"),
        ({"capacity": 0}, "at least one place"),
        ({"closes_at": START + HOURS}, "close before"),
    ],
)
def test_what_no_session_can_be(kwargs: dict[str, Any], why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        a_session(**kwargs)


def test_staff_write_to_who_has_a_place_and_to_who_waits_when_asked() -> None:
    session = a_session(capacity=1)
    placed, waits = a_booking(session), a_booking(session)
    text = {"subject": "Parking", "text": "The car park is closed.", "by": None, "now": NOW}
    assert sessions.write_to_participants(session=session, **text).recipients == 1
    assert sessions.write_to_participants(session=session, waiting_too=True, **text).recipients == 2
    to = list(Email.objects.filter(subject__startswith="Parking").values_list("to", flat=True))
    assert sorted(to) == sorted([placed.participant.email] * 2 + [waits.participant.email])


def test_people_are_reminded_once_a_week_before() -> None:
    kim = a_booking(a_session())
    for now in (START - 8 * DAY, START - 7 * DAY, START - 6 * DAY):
        beat.go_on(now)
    assert Email.objects.filter(to=kim.participant.email, subject__startswith="Your training is soon").count() == 1


def test_feeds_hold_what_was_booked_and_take_back_what_was_cancelled() -> None:
    kim = a_participant()
    kept, gone = a_booking(two_days(), kim), a_booking(a_session(), kim)
    booking.cancel_booking(booking=gone, by=None, now=NOW)
    rows = Booking.objects.filter(participant=kim).of_people()
    read = Calendar.from_ical(calendar.of_bookings(rows, at=NOW))
    assert str(read["method"]) == "PUBLISH"
    statuses = {str(event["uid"]): str(event["status"]) for event in read.walk("VEVENT")}
    assert statuses == {f"{kept.pk}-1": "CONFIRMED", f"{kept.pk}-2": "CONFIRMED", f"{gone.pk}-1": "CANCELLED"}
