"""The register, walk-ins, certificates, charges for absence, evaluations and what goes on by itself."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import page
import pikepdf
import pytest
from django.core.exceptions import PermissionDenied

from lscb.accounts import links
from lscb.accounts.models import Link
from lscb.accounts.roles import BoardManager
from lscb.common.errors import RuleBroken
from lscb.jobs.models import Email
from lscb.trail.models import Event
from tests.accounts.factories import person
from training import letters, papers
from training.invariants import broken
from training.models import Booking, BookingState, Charge, CommentState, Evaluation, Moment, Session
from training.services import beat, booking, charging, evaluating, programme, register, sessions

from .samples import HOURS, NOW, START, a_booking, a_course, a_policy, a_session, details, fresh

pytestmark = pytest.mark.django_db

S = BookingState
ON_THE_DAY = START + HOURS
DAY = dt.timedelta(days=1)


def mark(session: Session, *there: Booking, day: int = 1, now: dt.datetime = ON_THE_DAY) -> None:
    seen = list(session.bookings.filter(state__in=register.ON_REGISTER))
    of = session.days.get(number=day)
    register.mark_register(session=session, day=of, present=there, seen=seen, by=None, now=now)


def complete(session: Session, now: dt.datetime = ON_THE_DAY) -> Session:
    return register.complete_register(session=session, by=None, now=now)


def walks_in(session: Session, email: str = "late@example.org", now: dt.datetime = ON_THE_DAY) -> Booking:
    day = session.days.all()[0]
    return register.walk_in(session=session, day=day, email=email, details=details(), by=None, now=now)


def two_days(**kwargs: Any) -> Session:
    days = [(START, START + HOURS), (START + DAY, START + DAY + HOURS)]
    return a_session(a_course(**kwargs.pop("course", {})), days=days, **kwargs)


def test_ticks_make_attended_and_completing_makes_absent() -> None:
    session = a_session(capacity=3, charge_policy=a_policy())
    came, absent, waits = a_booking(session), a_booking(session), a_booking(a_session())
    mark(session, came)
    mark(session)
    assert fresh(came).state == S.CONFIRMED, "a tick that is taken off leaves no trace while the register is open"
    mark(session, came)
    complete(session)
    assert [fresh(one).state for one in (came, absent, waits)] == [S.ATTENDED, S.DID_NOT_ATTEND, S.CONFIRMED]
    assert Charge.objects.get().booking == absent
    assert Charge.objects.get().amount == Decimal(50)
    mark(session, came, absent)
    assert fresh(absent).state == S.ATTENDED, "ticks can be put right afterwards"
    assert list(broken(START.date())) == []


def test_a_trainer_takes_the_register_of_this_session_and_no_other_by_link() -> None:
    trainer = programme.set_trainer(name="Kim", email="kim@example.org", by=None)
    silent = programme.set_trainer(name="Sam", by=None)
    session, other = a_session(capacity=3, trainers=[trainer, silent]), a_session()
    booked = a_booking(session)
    beat.go_on(START - 3 * DAY)
    assert not Link.objects.filter(purpose=letters.REGISTER).exists()
    beat.go_on(START - DAY)
    beat.go_on(START - DAY + HOURS)
    email = Email.objects.get(unique_key__startswith=letters.register_key(session, trainer))
    link = Link.objects.get(purpose=letters.REGISTER)
    assert email.to == "kim@example.org"
    assert links.token_of(link) in email.body
    given: dict[str, Any] = {"by": link, "now": ON_THE_DAY}
    day = session.days.get()
    register.mark_register(session=session, day=day, present=[booked], seen=[booked], **given)
    register.walk_in(session=session, day=day, email="late@example.org", details=details(), **given)
    assert fresh(booked).state == S.ATTENDED
    assert Event.objects.filter(verb="took the register").get().actor == str(link)
    with pytest.raises(PermissionDenied):
        register.mark_register(session=other, day=other.days.get(), present=[], seen=[], **given)
    facts = {"days": [(START, START + HOURS)], "version": session.version, "trainers": [silent]}
    sessions.change_session(session=session, by=None, now=ON_THE_DAY - DAY, **facts)
    with pytest.raises(RuleBroken, match="taken back"):
        links.follow(links.token_of(link), purpose=letters.REGISTER, at=ON_THE_DAY)


def test_saving_touches_only_whom_the_page_showed() -> None:
    session = a_session(capacity=3)
    first, second = a_booking(session), a_booking(session)
    mark(session, first)
    day = session.days.get()
    register.mark_register(session=session, day=day, present=[second], seen=[second], by=None, now=ON_THE_DAY)
    assert [fresh(one).state for one in (first, second)] == [S.ATTENDED, S.ATTENDED]


def test_the_register_opens_on_the_day() -> None:
    session = a_session()
    kim = a_booking(session)
    with pytest.raises(RuleBroken, match="on the day"):
        mark(session, kim, now=START - dt.timedelta(hours=4))
    with pytest.raises(RuleBroken, match="has not begun"):
        complete(session, now=START - dt.timedelta(minutes=1))


def test_there_are_never_more_people_in_the_room_than_places() -> None:
    session = a_session(capacity=2)
    came, absent = a_booking(session), a_booking(session)
    with pytest.raises(RuleBroken, match="All 2 places"):
        walks_in(session)
    mark(session, came)
    complete(session)
    assert walks_in(session).state == S.WALKED_IN
    with pytest.raises(RuleBroken, match="All 2 places"):
        mark(session, came, absent)
    assert fresh(absent).state == S.DID_NOT_ATTEND


def test_who_waited_may_walk_in_and_nobody_is_there_twice() -> None:
    session = a_session(capacity=1)
    a_booking(session)
    waits = a_booking(session)
    complete(session)
    assert fresh(waits).state == S.LAPSED
    walked = walks_in(session, waits.participant.email)
    assert walked.participant == waits.participant
    with pytest.raises(RuleBroken, match="on the register already"):
        walks_in(session, waits.participant.email)


@pytest.mark.parametrize(
    "days, wants_evaluation, evaluated, has",
    [
        ((1, 2), False, False, True),
        ((1,), False, False, False),
        ((1, 2), True, False, False),
        ((1, 2), True, True, True),
    ],
    ids=["every day", "one of two days", "evaluation missing", "evaluation given"],
)
def test_the_certificate_is_for_every_day_and_after_the_evaluation(
    days: tuple[int, ...], wants_evaluation: bool, evaluated: bool, has: bool
) -> None:
    session = two_days(course={"certificate_after_evaluation": wants_evaluation})
    kim = a_booking(session)
    for day in days:
        mark(session, kim, day=day, now=START + DAY + HOURS)
    session = complete(session, now=START + DAY + HOURS)
    if evaluated:
        answer(kim, Moment.AFTER)
    assert fresh(kim).state == S.ATTENDED
    assert register.has_certificate(fresh(kim)) == has


def test_papers_are_tagged_pdfs() -> None:
    session = two_days()
    kim = a_booking(session)
    for pdf, title in (
        (papers.certificate(fresh(kim)), "Certificate of attendance"),
        (papers.sign_in_sheet(session, [fresh(kim)]), "Sign-in sheet"),
    ):
        assert page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1).is_compliant
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            assert str(opened.docinfo["/Title"]).startswith(title)


# ---- Charges --------------------------------------------------------------------------------------------------------


def test_a_charge_is_waived_with_a_reason_or_invoiced_and_keeps_its_amount() -> None:
    team, policy = person(BoardManager), a_policy()
    today = ON_THE_DAY.date()
    session = a_session(capacity=3, charge_policy=policy)
    for _ in range(2):
        a_booking(session)
    complete(session)
    waived, owed = Charge.objects.order_by("pk")
    with pytest.raises(RuleBroken, match="Say why"):
        charging.waive_charge(charge=waived, reason=" ", by=team, today=today)
    charging.waive_charge(charge=waived, reason="Snow", by=team, today=today)
    given = {"invoice": "INV 7", "on": today, "by": team, "today": today}
    assert charging.invoice_charges(charges=[waived, owed], **given) == 1
    with pytest.raises(RuleBroken, match="neither invoiced nor waived"):
        charging.invoice_charges(charges=[owed], **given)
    with pytest.raises(RuleBroken, match="credit note"):
        charging.waive_charge(charge=owed, reason="Late", by=team, today=today)
    a_policy_with_other_fees = {"name": policy.name, "days": 1, "window": "calendar", "charges_absence": False}
    charging.set_policy(policy=policy, version=1, fees={"half_day": Decimal(99)}, by=None, **a_policy_with_other_fees)
    assert Charge.objects.get(pk=owed.pk).amount == Decimal(50)


# ---- Evaluations ----------------------------------------------------------------------------------------------------


def answer(who: Booking, moment: str, score: int = 4, comment: str = "") -> Evaluation:
    question = programme.Question.objects.first() or programme.set_question(text="I know.", order=1, by=None)
    letters.evaluation_link(who, moment, at=NOW)
    link = Link.objects.live().get(purpose=letters.EVALUATION[moment], target_key=str(who.pk))
    scores = {question: score}
    return evaluating.evaluate(booking=who, moment=moment, scores=scores, comment=comment, link=link, now=NOW + DAY)


def test_people_are_asked_before_after_and_three_months_on_each_once() -> None:
    session = a_session(capacity=3)
    came, absent = a_booking(session), a_booking(session)
    beat.go_on(START - 7 * DAY)
    mark(session, came)
    complete(session)
    for days in (90, 92, 93, 100, 200):
        beat.go_on(START + days * DAY)
    purposes = sorted(Link.objects.filter(purpose__in=letters.EVALUATION.values()).values_list("purpose", "target_key"))
    assert purposes == sorted(
        [
            ("training-before", str(came.pk)),
            ("training-before", str(absent.pk)),
            ("training-after", str(came.pk)),
            ("training-later", str(came.pk)),
        ]
    )
    subjects = Email.objects.filter(to=came.participant.email).values_list("subject", flat=True)
    assert sum(one.startswith("How was your training?") for one in subjects) == 2


def test_an_answer_is_given_once_and_only_by_who_was_there() -> None:
    session = a_session()
    kim = a_booking(session)
    answer(kim, Moment.BEFORE)
    with pytest.raises(RuleBroken, match="Only who was there"):
        answer(kim, Moment.AFTER)
    mark(session, kim)
    complete(session)
    answer(kim, Moment.AFTER)
    with pytest.raises(RuleBroken, match="answered already"):
        answer(kim, Moment.AFTER)


def test_who_gave_the_place_up_is_not_asked_any_more() -> None:
    kim = a_booking(a_session())
    letters.evaluation_link(kim, Moment.BEFORE, at=NOW)
    booking.cancel_booking(booking=kim, by=None, now=NOW)
    with pytest.raises(RuleBroken, match="has ended"):
        answer(kim, Moment.BEFORE)


def test_a_comment_is_printed_only_in_the_words_that_were_cleared() -> None:
    session, team = a_session(), person(BoardManager)
    kim = a_booking(session)
    evaluation = answer(kim, Moment.BEFORE, comment="Ask Mrs Smith")
    assert evaluation.comment_state == CommentState.UNREAD
    assert not Evaluation.objects.quotable().exists()
    evaluating.moderate_comment(evaluation=evaluation, printed="Ask a colleague", by=team, now=NOW)
    assert Evaluation.objects.quotable().get().printed == "Ask a colleague"
    evaluating.moderate_comment(evaluation=evaluation, printed="", by=team, now=NOW)
    assert not Evaluation.objects.quotable().exists()
    assert Evaluation.objects.get().comment == "Ask Mrs Smith"


def test_the_words_of_a_question_stay_once_it_was_answered() -> None:
    question = programme.set_question(text="I know.", order=1, by=None)
    programme.set_question(question=question, version=1, text="I know more.", order=1, by=None)
    answer(a_booking(a_session()), Moment.BEFORE)
    with pytest.raises(RuleBroken, match="answered already"):
        programme.set_question(question=question, version=2, text="Other words", order=1, by=None)


# ---- Invariants -----------------------------------------------------------------------------------------------------


def test_the_data_check_finds_what_no_constraint_holds() -> None:
    session = a_session(capacity=2)
    a_booking(session), a_booking(session)
    assert list(broken(NOW.date())) == []
    Session.objects.filter(pk=session.pk).update(capacity=1)
    (sentence,) = broken(NOW.date())
    assert "has 1 places, and 2 are taken" in sentence
