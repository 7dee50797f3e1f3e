"""Returns: who may do what in which status, what is missing, what is frozen, late and carried forward."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pypdf
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from docx import Document

from audits.invariants import broken
from audits.models import RETURN_MOVES, Answer, Asks, Return, ReturnEvent, ReturnState, ReturnStep, Submission
from audits.models.returns import SUBMITTED, WITH_FEEDBACK
from audits.returns import answering, panel, submitting
from audits.returns.carrying import differences, last_return
from audits.returns.document import score_of
from audits.returns.printing import letter_docx, letter_pdf, return_pdf
from audits.returns.reporting import section11_chapter
from audits.rounds import services as rounds
from lscb.accounts.models import User
from lscb.actions.models import Action
from lscb.common.chapters import ListOfItems
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import FinancialYear, end_of_day
from lscb.jobs.models import Email
from tests.accounts.factories import AgencyFactory, AreaFactory
from tests.actions.factories import contributor, lead, manager, outsider

from .factories import (
    DUE,
    LATER,
    NOW,
    a_framework,
    a_return,
    a_round,
    answer,
    filled,
    fresh,
    home,
    section,
    submitted,
    typed,
    with_feedback,
)

pytestmark = pytest.mark.django_db


def save(of_return: Return, number: int = 1, **kwargs: Any) -> answering.Saved:
    given = {"section": section(of_return, number), "by": None, "at": NOW, "typed": {}, **kwargs}
    return answering.save_answers(**given)


def sign(of_return: Return, **kwargs: Any) -> Return:
    return submitting.sign(
        **{"of_return": of_return, "name": "Kim", "position": "Lead", "by": None, "at": NOW, **kwargs}
    )


# ---- From asked to closed -------------------------------------------------------------------------------------------


def test_a_return_goes_its_way_and_says_what_happened() -> None:
    one = with_feedback(submitted(a_return(), q1_1="Partly"))
    panel.close_return(of_return=one, by=None, at=LATER)
    told = ReturnEvent.objects.filter(of_return=one).order_by("at", "pk").values_list("happened", flat=True)
    assert list(told) == ["asked", "started", "submitted", "moderated", "feedback", "closed"]
    assert list(broken(LATER.date())) == []


TRIED = ("taken_back", "queried", "moderated", "excused", "deferred", "required", "closed")


@pytest.mark.parametrize("status", ReturnState.values)
def test_what_is_not_in_the_table_is_refused(status: str) -> None:
    one = a_return(framework=a_framework(standards=1, questions=1))
    when = {"submitted_at": NOW} if status in SUBMITTED else {}
    when |= {"feedback_at": NOW} if status in WITH_FEEDBACK else {}
    Return.objects.filter(pk=one.pk).update(status=status, excuse="Why", **when)
    got = {}
    for happened in TRIED:
        with transaction.atomic():
            try:
                got[happened] = _let_happen(happened, fresh(one)).status
            except RuleBroken:
                got[happened] = None
            transaction.set_rollback(True)
    assert got == {happened: RETURN_MOVES.get((status, happened)) for happened in TRIED}


def _let_happen(happened: str, one: Return) -> Return:
    later = DUE + dt.timedelta(days=9)
    match happened:
        case "taken_back":
            return submitting.take_back(of_return=one, by=None, at=NOW)
        case "queried":
            panel.raise_query(of_return=one, question=answer(one).question, text="Why?", by=None, at=NOW)
            return fresh(one)
        case "moderated":
            return panel.finish_moderation(of_return=one, by=None, at=NOW)
        case "excused":
            return rounds.excuse(of_return=one, reason="New", by=None, at=NOW)
        case "deferred":
            return rounds.defer(of_return=one, until=later, reason="New", by=None, at=NOW)
        case "required":
            return rounds.require(of_return=one, reason="New", by=None, at=NOW)
    return panel.close_return(of_return=one, by=None, at=NOW)


def test_only_those_of_the_agency_fill_in_and_only_its_lead_submits() -> None:
    agency = AgencyFactory()
    one = a_return(agency)
    for by in (manager(), outsider(), lead(AgencyFactory())):
        with pytest.raises(PermissionDenied):
            save(one, by=by)
    helper = contributor(agency)
    given = answer(one)
    save(one, by=helper, typed={given.pk: typed(given, "Met")})
    one = filled(one)
    with pytest.raises(PermissionDenied):
        sign(one, by=helper)
    assert sign(one, by=lead(agency)).status == ReturnState.SUBMITTED


def test_only_who_runs_rounds_says_what_the_panel_says() -> None:
    one = submitted(a_return())
    for by in (lead(one.agency), outsider()):
        with pytest.raises(PermissionDenied):
            panel.finish_moderation(of_return=one, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            rounds.chase(of_round=one.round, by=by, at=NOW)
    assert panel.finish_moderation(of_return=one, by=manager(), at=NOW).status == ReturnState.MODERATED


# ---- What is missing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({}, ["Question 1.1: select a grade, or that it does not apply"]),
        ({"not_applicable": True}, ["Question 1.1: say why it does not apply"]),
        ({"not_applicable": True, "why_not": "No children here."}, []),
        ({"grade": "Met"}, []),
        (
            {"grade": "Partly"},
            [
                "Question 1.1: say what will be improved",
                "Question 1.1: enter the day by which it will be improved",
            ],
        ),
        ({"grade": "Partly", "improvement": "More.", "improve_by": DUE}, []),
    ],
)
def test_what_a_standard_needs_before_it_is_completed(given: dict[str, Any], sentences: list[str]) -> None:
    one = a_return(framework=a_framework(standards=1, questions=1))
    on_file = answer(one)
    saved = save(one, typed={on_file.pk: typed(on_file, given.pop("grade", None), **given)}, completed=True)
    assert [fault.sentence for fault in saved.faults] == sentences
    assert section(one).is_completed == (not sentences)
    if sentences:
        with pytest.raises(RuleBroken, match="Something is missing"):
            sign(one)


def test_what_does_not_apply_or_was_not_answered_is_not_zero() -> None:
    score = score_of([2, None, None, 1], most=2)
    assert (score.percent, score.graded, score.asked) == (75, 2, 4)
    assert score_of([None, None], most=2).percent is None


# ---- Submitting -----------------------------------------------------------------------------------------------------


def test_a_submitted_return_cannot_be_changed_by_its_agency() -> None:
    one = submitted(a_return())
    on_file = answer(one)
    with pytest.raises(RuleBroken, match="signed or submitted"):
        save(one, typed={on_file.pk: typed(on_file, "Not met")})
    with pytest.raises(RuleBroken):
        sign(one)
    assert answer(one).option == on_file.option


@pytest.mark.needs_postgres
@pytest.mark.parametrize("how", ["update", "delete", "insert", "submission", "framework"])
def test_the_database_itself_refuses_to_change_what_was_submitted(how: str) -> None:
    one = submitted(a_return())
    answers = Answer.objects.filter(of_return=one)
    sent = Submission.objects.filter(of_return=one)
    ways: dict[str, Any] = {
        "update": lambda: answers.update(evidence="Other"),
        "delete": lambda: answers.first().delete(),  # type: ignore[union-attr]
        "insert": lambda: Answer.objects.create(of_return=one, question=a_return().answers.all()[0].question),
        "submission": lambda: super(type(sent), sent).update(number=9),
        "framework": lambda: one.round.framework.options.update(points=9),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        ways[how]()


@pytest.mark.parametrize(
    ("at", "late"),
    [
        (end_of_day(DUE) - dt.timedelta(seconds=1), False),
        (end_of_day(DUE), True),
        (end_of_day(DUE) + dt.timedelta(days=300), True),
    ],
)
def test_late_is_marked_and_nothing_is_lost_at_the_deadline(at: dt.datetime, late: bool) -> None:
    one = submitted(a_return(), at=at)
    assert (one.status, one.came_late) == (ReturnState.SUBMITTED, late)


def test_the_pdf_holds_the_answers_that_were_submitted() -> None:
    one = submitted(a_return(), q1_2="Partly")
    sent = one.submissions.get()
    grades = [each["grade"] for standard in sent.content["standards"] for each in standard["answers"]]
    assert grades == ["Met", "Partly", "Met", "Met"]
    pdf = return_pdf(one)
    text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())
    for each in [each for standard in sent.content["standards"] for each in standard["answers"]]:
        for told in (each["text"], each["grade"], each["evidence"], each["improvement"]):
            assert " ".join(told.split()) in text
    assert pdf == return_pdf(fresh(one)), "drawn from what was frozen, the same each time"


def test_a_school_is_signed_by_head_and_governor() -> None:
    one = filled(a_return(framework=a_framework(audience="schools")))
    with pytest.raises(RuleBroken, match="somebody else"):
        sign(one, governor_name="Kim", governor_email="g@example.org")
    one = sign(one, governor_name="Lee", governor_email="g@example.org")
    assert one.status == ReturnState.AWAITING
    governor = one.contributors.get(standard=None)
    one = submitting.countersign(governor=governor, position="Governor", at=NOW)
    assert one.status == ReturnState.SUBMITTED
    assert [each["capacity"] for each in one.submissions.get().content["signatures"]] == [
        "Head teacher",
        "Safeguarding governor",
    ]


def test_taking_back_takes_the_signature_and_the_link_with_it() -> None:
    one = filled(a_return(framework=a_framework(audience="schools")))
    one = submitting.take_back(
        of_return=sign(one, governor_name="Lee", governor_email="g@example.org"), by=None, at=NOW
    )
    governor = one.contributors.get(standard=None)
    assert (one.signatures.count(), governor.ended_at, one.is_writable) == (0, NOW, True)
    with pytest.raises(PermissionDenied):
        submitting.countersign(governor=governor, position="Governor", at=NOW)


# ---- Carrying forward -----------------------------------------------------------------------------------------------


def next_return(one: Return, **kwargs: Any) -> Return:
    opens = dt.date(2017, 4, 3)
    return a_return(one.agency, opens_on=opens, due_on=opens + dt.timedelta(80), **kwargs)


def test_last_times_answers_come_to_be_confirmed_and_are_never_silently_reused() -> None:
    before = submitted(a_return(), q1_1="Partly")
    one = next_return(before, framework=before.round.framework)
    carried = answer(one, "1.2")
    assert (carried.option, carried.evidence, carried.to_confirm) == (answer(before, "1.2").option, "We looked.", True)
    assert any("still true" in fault.sentence for fault in submitting.faults_of(one))
    answering.confirm_all(section=section(one, 2), by=None, at=LATER)
    assert section(one, 2).is_completed
    answering.confirm_all(section=section(one, 1), by=None, at=LATER)
    assert not section(one, 1).is_completed, "the day of an improvement has passed, so it must be entered anew"
    assert (answer(one, "1.1").to_confirm, answer(one, "1.2").to_confirm) == (True, False)


def test_a_new_version_keeps_what_its_questions_have_in_common() -> None:
    before = submitted(a_return(framework=a_framework(standards=1, questions=1)))
    one = next_return(before, framework=a_framework(standards=2, questions=1))
    assert [each.to_confirm for each in one.answers.all()] == [True, False]
    changed = typed(answer(one), "Not met", improvement="Now", improve_by=dt.date(2017, 9, 1))
    save(one, typed={answer(one).pk: changed})
    last = last_return(one)
    assert last == before
    rows = [(each.grade_before, each.grade_now, each.direction) for each in differences(one, before)]
    assert rows == [("Met", "Not met", "worse"), ("Not asked", "Not answered", "")]


def test_a_draft_of_last_time_is_not_carried() -> None:
    before = filled(a_return())
    assert last_return(next_return(before, framework=before.round.framework)) is None


# ---- The panel ------------------------------------------------------------------------------------------------------


def test_the_panels_grade_stands_beside_the_agencys_own() -> None:
    one = submitted(a_return())
    partly = one.round.framework.options.get(label="Partly")
    with pytest.raises(RuleBroken, match="Say why"):
        panel.moderate(answer=answer(one), option=partly, by=None, at=NOW)
    panel.moderate(answer=answer(one), option=partly, reason="No records.", by=None, at=NOW)
    on_file = answer(one)
    assert (on_file.option.label, on_file.moderated.option.label) == ("Met", "Partly")  # type: ignore[union-attr]


def test_queries_are_answered_in_place_and_the_answers_stay() -> None:
    one = submitted(a_return())
    query = panel.raise_query(of_return=one, question=answer(one).question, text="When?", by=None, at=NOW)
    with pytest.raises(RuleBroken, match="no reply yet"):
        submitting.resubmit(of_return=one, by=None, at=NOW)
    submitting.reply_to_query(query=query, reply="In May.", by=None, at=NOW)
    one = submitting.resubmit(of_return=one, by=None, at=LATER)
    first, second = one.submissions.order_by("number")
    assert one.status == ReturnState.RESUBMITTED
    assert second.content["queries"] == [{"question": "1.1", "text": "When?", "reply": "In May."}]
    assert first.content["standards"] == second.content["standards"]


def test_improvements_and_requests_become_actions_in_the_agencys_plan() -> None:
    one = submitted(a_return(), q1_1="Partly")
    standard = section(one, 2).standard
    panel.add_request(of_return=one, standard=standard, text="Show us.", due_on=dt.date(2016, 12, 9), by=None, at=LATER)
    panel.finish_moderation(of_return=one, by=None, at=LATER)
    with pytest.raises(RuleBroken, match="Southampton"):
        panel.issue_feedback(of_return=one, by=None, at=LATER)
    panel.write_feedback(of_return=one, area=home(), standard=None, text="Well done.", by=None)
    one = panel.issue_feedback(of_return=one, by=None, at=LATER)
    actions = Action.objects.filter(plan=one.plan)
    assert [(each.what, each.due) for each in actions.order_by("number")] == [
        ("We will look again.", dt.date(2016, 12, 1)),
        ("Show us.", dt.date(2016, 12, 9)),
    ]
    assert set(Action.objects.visible_to(lead(one.agency))) == set(actions)
    assert not Action.objects.visible_to(lead(AgencyFactory())).exists()


def test_each_area_keeps_its_own_feedback_and_the_second_writer_is_told() -> None:
    areas = [home(), AreaFactory(name="Portsmouth")]
    agency = AgencyFactory()
    agency.areas.set(areas)
    one = submitted(a_return(agency, areas=areas))
    for area in areas:
        panel.write_feedback(of_return=one, area=area, standard=None, text=f"From {area}", by=None)
    with pytest.raises(Overtaken) as refused:
        panel.write_feedback(of_return=one, area=home(), standard=None, text="Mine", version=0, by=None)
    assert refused.value.current.text == "From Southampton"
    panel.finish_moderation(of_return=one, by=None, at=LATER)
    one = panel.issue_feedback(of_return=one, by=None, at=LATER)
    with pytest.raises(RuleBroken, match="issued"):
        panel.write_feedback(of_return=one, area=home(), standard=None, text="Later", version=1, by=None)
    assert letter_pdf(one, today=LATER.date()).startswith(b"%PDF")
    words = [part.text for part in Document(io.BytesIO(letter_docx(one, today=LATER.date()))).paragraphs]
    assert {"From Southampton", "From Portsmouth", "Feedback of the board of Portsmouth"} <= set(words)


# ---- Rounds ---------------------------------------------------------------------------------------------------------


def test_chasing_reaches_the_leads_who_owe_once_a_day() -> None:
    late, done = AgencyFactory(), AgencyFactory()
    asked = a_round(late, done)
    someone, other = lead(late), lead(done)
    submitted(asked.returns.get(agency=done))
    assert [one.agency for one in rounds.chase(of_round=asked, by=manager(), at=LATER)] == [late]
    rounds.chase(of_round=asked, by=None, at=LATER)
    assert [email.to for email in Email.objects.all()] == [someone.email]
    assert other.email not in str(list(Email.objects.values_list("to", flat=True)))
    event = ReturnEvent.objects.filter(happened=ReturnStep.CHASED).first()
    assert event
    assert event.of_return.agency == late


@pytest.mark.parametrize(
    ("days", "sent"), [(-20, 0), (-14, 1), (-9, 1), (-3, 2), (0, 2), (1, 3), (6, 3), (7, 4), (14, 5)]
)
def test_reminders_go_out_by_themselves_and_stop_when_done(days: int, sent: int) -> None:
    agency = AgencyFactory()
    one = a_return(agency)
    lead(agency)
    morning = dt.datetime.combine(DUE, dt.time(9), dt.UTC)
    for day in range(-20, days + 1):
        rounds.send_reminders(at=morning + dt.timedelta(days=day))
    assert Email.objects.count() == sent
    submitted(one, at=morning)
    rounds.send_reminders(at=morning + dt.timedelta(days=60))
    assert Email.objects.count() == sent


def test_a_deferral_moves_the_deadline_with_its_reason_and_keeps_the_first() -> None:
    one = a_return()
    with pytest.raises(RuleBroken, match="reason"):
        rounds.defer(of_return=one, until=DUE + dt.timedelta(30), reason=" ", by=None, at=NOW)
    one = rounds.defer(of_return=one, until=DUE + dt.timedelta(30), reason="Merger", by=None, at=NOW)
    assert (one.original_due, one.due_on, one.excuse) == (DUE, DUE + dt.timedelta(30), "Merger")
    assert submitted(one).status == ReturnState.SUBMITTED, "it can still be filled in"


def test_a_single_agency_is_asked_out_of_turn_for_an_update() -> None:
    asked = a_round(AgencyFactory())
    one = rounds.ask_agency(
        of_round=asked, agency=AgencyFactory(), asks_for=Asks.UPDATE, because="By the chair", by=None, at=NOW
    )
    assert (one.is_update, one.asked_because, one.number) == (True, "By the chair", 2)
    with pytest.raises(RuleBroken, match="already"):
        rounds.ask_agency(of_round=asked, agency=one.agency, by=None, at=NOW)


def test_closing_a_round_takes_nothing_from_the_agency() -> None:
    one = with_feedback(submitted(a_return()))
    rounds.close_round(of_round=one.round, on=LATER.date(), by=None, at=LATER)
    assert fresh(one).status == ReturnState.CLOSED
    assert list(Return.objects.visible_to(lead(one.agency))) == [one]
    assert return_pdf(fresh(one)).startswith(b"%PDF")


# ---- The demonstration ----------------------------------------------------------------------------------------------


def test_the_demonstration_gives_the_published_returns_and_recurring_areas(demo_board: dict[str, User]) -> None:
    """16 full returns and one update; exactly the four areas that more than three raised (published for 2016-17)."""
    chapter = section11_chapter(FinancialYear(2016), dt.date(2017, 6, 30))
    facts = {fact.name: fact.value for fact in chapter.facts}
    assert (facts["full_returns"], facts["updates"], facts["recurring"]) == (16, 1, 4)
    (recurs,) = [section for section in chapter.sections if section.title == "What recurs"]
    (listed,) = [block for block in recurs.blocks if isinstance(block, ListOfItems)]
    assert set(listed.items) == {
        "Staff can reach the 4LSCB online inter-agency procedures, know them and use them properly",
        "Staff are clear when a referral to MASH is needed",
        "Records are kept of who completed safeguarding training with dates and details",
        "Staff are told who the designated safeguarding lead in their organisation is",
    }
    assert list(broken(dt.date(2017, 6, 30))) == []
