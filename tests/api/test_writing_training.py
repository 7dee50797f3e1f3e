"""Training run by programs: what is taught, a session from its planning to its register, and who is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from lscb.accounts.models import User
from lscb.common.periods import LONDON
from lscb.jobs.models import Email
from training.models import Attendance, Booking, Charge, Course, Session

from .asking import Program, done, program
from .test_writing import police

HOUR = dt.timedelta(hours=1)


def days(*starts: dt.datetime) -> list[dict[str, str]]:
    return [{"starts_at": one.isoformat(), "ends_at": (one + HOUR).isoformat()} for one in starts]


@pytest.fixture
def workshop(demo_board: dict[str, User]) -> Course:
    return Course.objects.filter(needs_approval=False)[0]


def planned(team: Program, workshop: Course, *starts: dt.datetime, **more: Any) -> Any:
    body = {"course": workshop.pk, "days": days(*starts), "capacity": 1, "place": "Civic Centre", "publish": True}
    return team.post("session-list", body | more)


def booked(asks: Program, key: str) -> str:
    answer = asks.post("booking-list", {"session": key, "name": "Pat", "job": "Nurse", "organisation": "A school"})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_programmes_courses_and_trainers_are_kept_by_who_runs_the_programme(demo_board: dict[str, User]) -> None:
    team = program(demo_board["manager"], "training")
    programme = team.post("programme-list", {"name": "Falls"}).json()
    made = team.post("course-list", {"programme": programme["id"], "title": "At home", "length": "half_day"}).json()
    assert team.post("programme-list", {"name": "FALLS"}).json()["errors"]["name"]
    revised = {name: made[name] for name in ("programme", "title", "length", "version")} | {"level": "Level 3"}
    assert team.post("course-revise", revised, made["id"]).json()["level"] == "Level 3"
    assert team.post("course-revise", revised, made["id"]).json()["current"] == 2
    renamed = {"name": "Falls and burns", "version": 1}
    assert team.post("programme-revise", renamed, made["programme"]).json()["version"] == 2
    assert team.post("programme-revise", renamed, made["programme"]).status_code == 409
    trainer = team.post("trainer-list", {"name": "Ann Other"}).json()
    left = {"name": "Ann Other", "is_active": False, "version": 1}
    assert not team.post("trainer-revise", left, trainer["id"]).json()["is_active"]
    assert team.post("trainer-revise", left, trainer["id"]).status_code == 409
    for mailbox in ("chair", "professional"):
        others = Program(demo_board[mailbox])
        assert others.post("course-revise", revised, made["id"]).status_code == 403
        assert others.get("trainer-list").status_code == 404


def test_a_session_is_planned_changed_and_its_register_taken(demo_board: dict[str, User], workshop: Course) -> None:
    now = timezone.now()
    team, somebody = program(demo_board["manager"], "training"), program(demo_board["professional"], "training")
    soon, closes = now + 2 * HOUR, {"closes_at": (now + HOUR).isoformat()}
    assert list(planned(team, workshop, soon, soon, **closes).json()["errors"]) == ["days"]  # they overlap
    late = {"closes_at": (now + 3 * HOUR).isoformat()}
    assert list(planned(team, workshop, soon, **late).json()["errors"]) == ["closes_at"]
    made = planned(team, workshop, soon, now + dt.timedelta(days=7), **closes, link="https://example.org/join")
    assert (made.status_code, len(made.json()["days"])) == (201, 2), made.content
    assert "example.org" not in made.content.decode()  # the link is for who has a place
    key = made.json()["id"]
    booking = booked(somebody, key)
    walks_in = {"email": "sam@example.org", "name": "Sam", "job": "Teacher", "agency": police().pk}
    assert "taken" in team.post("session-walk-in", walks_in, key).json()["detail"]
    more = {"version": 1, "capacity": 2}
    assert team.post("session-revise", more, key).json()["capacity"] == 2
    assert team.post("session-revise", more | {"capacity": 9}, key).json()["current"] == 2
    kept = Session.objects.get(pk=key)
    assert (kept.capacity, kept.link, kept.days.count()) == (2, "https://example.org/join", 2)
    there = {"marks": [{"booking": booking, "there": True}]}
    assert team.post("session-register", there | {"day": 3}, key).json()["errors"]["day"]
    assert team.post("session-register", there | {"day": 2}, key).status_code == 400  # it opens on the day itself
    assert team.post("session-register", {"marks": [{"booking": key, "there": True}]}, key).json()["errors"]["marks"]
    assert team.post("session-register", there, key).status_code == 200
    assert team.post("session-walk-in", walks_in, key).status_code == 200
    states = Booking.objects.filter(session=key).order_by("name").values_list("name", "state")
    assert list(states) == [("Pat", "attended"), ("Sam", "walked_in")]
    gone = {"marks": [{"booking": booking, "there": False}]}
    assert team.post("session-register", gone, key).status_code == 200
    assert list(Attendance.objects.filter(day__session=key).values_list("booking__name", flat=True)) == ["Sam"]
    assert team.post("session-complete-register", {}, key).status_code == 400  # the second day is to come
    begun = {"version": 2, "days": days(now - 2 * HOUR), "closes_at": (now - 3 * HOUR).isoformat()}
    assert len(team.post("session-revise", begun, key).json()["days"]) == 1
    assert team.post("session-complete-register", {}, key).json()["state"] == "held"
    assert Booking.objects.get(pk=booking).state == "did_not_attend"
    assert somebody.post("session-register", there, key).status_code == 403


def test_booking_closes_opens_and_who_booked_hears_that_a_session_is_cancelled(
    demo_board: dict[str, User], workshop: Course
) -> None:
    team, somebody = program(demo_board["manager"], "training"), program(demo_board["professional"], "training")
    next_week = timezone.now() + dt.timedelta(days=7)
    key = planned(team, workshop, next_week, publish=False).json()["id"]
    assert somebody.get("session-detail", key).status_code == 404
    assert team.post("session-publish", {}, key).json()["state"] == "open"
    booking = booked(somebody, key)
    assert team.post("session-close-booking", {}, key).json()["state"] == "closed"
    assert team.post("session-close-booking", {}, key).status_code == 400
    assert team.post("session-open-booking", {}, key).json()["state"] == "open"
    assert somebody.post("session-cancel", {"reason": "Snow"}, key).status_code == 403
    emails = Email.objects.count()
    assert team.post("session-cancel", {"reason": "Snow"}, key).json()["state"] == "cancelled"
    assert Email.objects.count() == emails + 1
    assert Booking.objects.get(pk=booking).state == "called_off"


def test_what_not_coming_costs_is_kept_charged_waived_and_invoiced(
    demo_board: dict[str, User], workshop: Course
) -> None:
    team, others = program(demo_board["manager"], "training"), Program(demo_board["chair"])
    policy = {"name": "Strict", "days": 10, "window": "working", "charges_absence": True}
    fee = {"length": workshop.length, "amount": "60.00"}
    assert team.post("charge-policy-list", policy | {"fees": [fee, fee]}).json()["errors"]["fees"]
    assert team.post("charge-policy-list", policy | {"fees": [fee | {"amount": "0.001"}]}).json()["errors"]["fees"]
    made = done(team, "charge-policy-list", **policy, fees=[fee], exempt=[police().pk])
    assert (made["fees"], made["exempt"]) == ([fee], [police().pk])
    assert done(team, "charge-policy-revise", made["id"], **policy, fees=[], version=1)["fees"] == []
    assert team.post("charge-policy-revise", policy | {"fees": [fee], "version": 1}, made["id"]).json()["current"] == 2
    today = timezone.localdate()
    for booking in Booking.objects.filter(charge=None)[:2]:
        Charge.objects.create(booking=booking, amount=60, arose_on=today, reason="Did not come")
    owed = [row["id"] for row in team.rows("charge-list", to_invoice="true", since=str(today))]
    assert team.post("charge-waive", {"reason": " "}, owed[0]).status_code == 400
    assert done(team, "charge-waive", owed[0], reason="A funeral")["waived_because"] == "A funeral"
    assert "already" in team.post("charge-waive", {"reason": "A funeral"}, owed[0]).json()["detail"]
    assert team.post("charge-invoice", {"invoice": "I-1", "on": "2016-04-01"}, owed[1]).json()["errors"]["on"]
    assert done(team, "charge-invoice", owed[1], invoice="I-1")["invoice"] == "I-1"
    assert not {*owed} & {row["id"] for row in team.rows("charge-list", to_invoice="true")}
    assert others.get("charge-list").status_code == 404


def test_what_people_are_asked_and_which_of_their_words_are_printed(demo_board: dict[str, User]) -> None:
    team = program(demo_board["manager"], "training")
    asked = done(team, "evaluation-question-list", text="I was heard.", order=90)
    assert team.post("evaluation-question-list", {"text": "i was heard.", "order": 91}).json()["errors"]["text"]
    changed = {"text": "I was heard.", "order": 1, "is_asked": False, "version": 1}
    assert not done(team, "evaluation-question-revise", asked["id"], **changed)["is_asked"]
    assert team.post("evaluation-question-revise", changed, asked["id"]).status_code == 409
    waits = team.rows("evaluation-list", comment_state="withheld")[0]
    assert "name" not in waits
    cleared = done(team, "evaluation-moderate", waits["id"], printed="It helped.")
    assert (cleared["comment_state"], cleared["printed"]) == ("cleared", "It helped.")
    assert done(team, "evaluation-moderate", waits["id"])["comment_state"] == "withheld"


def test_a_booking_is_approved_a_series_planned_a_year_copied_and_people_written_to(
    demo_board: dict[str, User], workshop: Course
) -> None:
    team, somebody = program(demo_board["manager"], "training"), program(demo_board["professional"], "training")
    Course.objects.filter(pk=workshop.pk).update(needs_approval=True)
    summer = dt.datetime(2030, 10, 22, 9, tzinfo=LONDON)
    first = planned(team, workshop, summer, times=2).json()
    series = list(Session.objects.filter(starts_at__year=2030).order_by("starts_at"))
    assert [one.starts_at.astimezone(LONDON).hour for one in series] == [9, 9]  # the clocks change in between
    assert str(series[0].pk) == first["id"]
    wants = {"session": first["id"], "name": "Pat", "job": "Nurse", "organisation": "A school"}
    asks = done(somebody, "booking-list", **wants, manager_email="boss@example.org")
    assert asks["state"] == "requested"
    assert somebody.post("booking-approve", {}, asks["id"]).status_code == 403
    letter = {"subject": "Parking", "text": "There is none."}
    assert "nobody to write to" in team.post("session-write", letter, first["id"]).json()["detail"]
    assert done(team, "booking-approve", asks["id"])["state"] == "confirmed"
    assert "any more" in team.post("booking-decline", {}, asks["id"]).json()["detail"]
    letters = Email.objects.count()
    done(team, "session-write", first["id"], **letter)
    assert Email.objects.count() == letters + 1
    assert "trainer" in team.post("session-send-register", {}, first["id"]).json()["detail"].lower()
    copies = {"year": "2030-31", "to": "2031-32"}
    assert done(team, "session-copy-year", **copies) == {"copied": 2}
    assert done(team, "session-copy-year", **copies) == {"copied": 0}
    assert team.post("session-copy-year", copies | {"to": "2029-30"}).json()["errors"]["to"]
    assert set(Session.objects.filter(starts_at__year=2031).values_list("state", flat=True)) == {"draft"}
    assert somebody.post("session-copy-year", copies).status_code == 403
