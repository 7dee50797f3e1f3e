"""What may happen to a case, and what is refused with a sentence."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from cdop.form_b import VERSIONS, version_on
from cdop.invariants import broken
from cdop.models import AgencyReport, Death, Identity, Paper, Purpose, RapidResponse, ReportState
from cdop.services import asking, cases, identity, notifying, panels, papers, reviewing
from cdop.waiting import waiting_for
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import AgencyContributor, BoardManager, IndependentChair
from lscb.actions.models import Action
from lscb.actions.services import Asked
from lscb.common.errors import Overtaken, RuleBroken
from lscb.jobs.models import Email
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory, person
from tests.actions.factories import lead

from . import samples as s

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


# ---- Notification ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"died_on": s.TODAY + DAY}, "died_on", "today or earlier"),
        ({"notified_on": s.DIED - DAY}, "notified_on", "from the day of death"),
        ({"notified_on": s.TODAY + DAY}, "notified_on", "from the day of death"),
        ({"born_on": s.DIED + DAY}, "born_on", "before being born"),
        ({"born_on": dt.date(1998, 7, 1)}, "born_on", "under 18"),
    ],
)
def test_a_notification_that_cannot_be_is_refused(given: dict[str, Any], field: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says) as refusal:
        s.a_death(**given)
    assert refusal.value.field == field
    assert not Death.objects.exists()


def test_a_notification_opens_a_case_and_tells_the_officer_that_one_waits() -> None:
    officer = s.officer()
    death = s.a_death()
    assert (death.age_band, death.form_version, death.state) == ("1-4y", 2016, "open")
    mail = Email.objects.get()
    assert mail.to == officer.email
    assert death.reference not in mail.subject + mail.body
    assert [one.title for one in waiting_for(officer, s.TODAY)] == [f"Notification {death.reference}"]
    assert Event.objects.get(verb="notified a death").actor == "A professional, by the public form"


def test_only_the_officer_enters_what_came_by_telephone() -> None:
    with pytest.raises(PermissionDenied):
        s.a_death(via="officer", by=person(BoardManager))
    assert s.a_death(via="officer", by=s.officer()).via == "officer"


# ---- Who the child was ----------------------------------------------------------------------------------------------


def test_every_look_at_who_the_child_was_is_on_the_trail_with_its_purpose() -> None:
    death, officer = s.a_death(), s.officer()
    identity.open_identity(death=death, purpose=Purpose.AGENCIES, by=officer)
    event = Event.objects.filter(verb="viewed").first()
    assert event
    assert (event.actor, event.target) == (str(officer), death.reference)
    assert "To ask agencies for their reports" in event.reason


@pytest.mark.parametrize("role", [IndependentChair, BoardManager])
def test_nobody_else_opens_it(role: Any) -> None:
    death, other = s.a_death(), person(role)
    for call in (
        lambda: identity.open_identity(death=death, purpose=Purpose.DUPLICATE, by=other),
        lambda: identity.twins_of(death, by=other),
        lambda: identity.find_children(nhs_number="999 012 3454", by=other),
    ):
        with pytest.raises(PermissionDenied):
            call()
    assert not Identity.objects.visible_to(other).exists()


@pytest.mark.parametrize(
    ("given", "is_twin"),
    [
        ({"nhs_number": "9990123454", "born_on": s.BORN - DAY}, True),
        ({"nhs_number": ""}, True),
        ({"nhs_number": "999 012 3467"}, True),
        ({"nhs_number": "", "born_on": s.BORN - DAY}, False),
    ],
    ids=["same number", "same dates", "same dates, another number", "neither"],
)
def test_a_child_that_was_notified_twice_is_seen_by_the_officer(given: dict[str, Any], is_twin: bool) -> None:
    first, second, officer = s.a_death(), s.a_death(**given), s.officer()
    assert identity.twins_of(second, by=officer) == ([first] if is_twin else [])
    if is_twin:
        cases.join_case(death=second, to=first, by=officer)
        assert Death.objects.counted().count() == 1
        assert identity.twins_of(first, by=officer) == []


def test_a_child_is_found_by_number_or_by_both_dates_and_what_was_typed_is_not_kept() -> None:
    death, officer = s.a_death(), s.officer()
    assert identity.find_children(nhs_number="9990123454", by=officer) == [death]
    assert identity.find_children(born_on=s.BORN, died_on=s.DIED, by=officer) == [death]
    assert identity.find_children(born_on=s.DIED, died_on=s.BORN, by=officer) == []
    with pytest.raises(RuleBroken, match="both the date"):
        identity.find_children(born_on=s.BORN, by=officer)
    assert "999" not in str(list(Event.objects.values_list("reason", "changes")))


def test_two_people_correct_the_record_and_the_second_is_told() -> None:
    death, officer = s.a_death(), s.officer()
    given = {"death": death, "version": 1, "born_on": s.BORN, "died_on": s.DIED, "by": officer, "today": s.TODAY}
    identity.change_identity(**given, other_names="Lulu")
    with pytest.raises(Overtaken) as refusal:
        identity.change_identity(**given, other_names="Lala")
    assert refusal.value.current.other_names == "Lulu"
    assert "Lulu" not in str(list(Event.objects.values_list("reason", "changes", "target")))


def test_keys_are_changed_and_a_child_is_found_before_and_after(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    death, officer = s.a_death(), s.officer()
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert identity.find_children(nhs_number="9990123454", by=officer) == [death]
    call_command("rotate_keys", stdout=io.StringIO())
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert Identity.objects.get(death=death).given_names == "Alexandra Bettina"
    assert identity.find_children(nhs_number="9990123454", by=officer) == [death]


# ---- Agencies -------------------------------------------------------------------------------------------------------


def test_six_agencies_are_asked_at_once_and_told_without_a_word_of_the_case() -> None:
    agencies = [AgencyFactory() for _ in range(6)]
    leads = [lead(agency) for agency in agencies]
    person(AgencyContributor, agency=agencies[0])
    death = s.a_death()
    Email.objects.all().delete()
    assert len(s.asked(death, *agencies)) == 6
    assert s.asked(death, *agencies) == [], "who was asked is not asked twice"
    assert {mail.to for mail in Email.objects.all()} == {one.email for one in leads}
    assert all(death.reference not in mail.subject + mail.body for mail in Email.objects.all())


def test_late_agencies_are_reminded_once_a_day() -> None:
    agency, officer = AgencyFactory(), s.officer()
    reader = lead(agency)
    [report] = s.asked(s.a_death(), agency)
    tomorrow = s.TODAY + DAY
    assert [one.tag for one in waiting_for(reader, tomorrow)] == ["1 day late"]
    assert any(one.title == "Chase agency reports" for one in waiting_for(officer, tomorrow))
    assert [asking.chase(reports=[report], by=officer, today=tomorrow) for _ in range(2)] == [1, 0]
    assert Email.objects.filter(to=reader.email, subject="A report is still missing").count() == 1


def test_an_agency_answers_its_own_and_blank_is_no_answer() -> None:
    agency, death = AgencyFactory(), s.a_death()
    own, other = lead(agency), lead(AgencyFactory())
    [report] = s.asked(death, agency)
    questions = [question.code for question in version_on(death.notified_on).questions]
    kinds = ("unknown", "not_applicable", "answered")
    answers = {
        code: {"kind": kinds[n % 3], "text": "Seen twice." if n % 3 == 2 else ""} for n, code in enumerate(questions)
    }
    given = {"report": report, "version": 1, "by": own, "today": s.TODAY}
    with pytest.raises(PermissionDenied):
        asking.send_report(**{**given, "by": other}, answers=answers)
    for blank in ({}, {"kind": "answered", "text": " "}, {"kind": "", "text": "Words without a kind"}):
        with pytest.raises(RuleBroken, match="has no answer") as refusal:
            asking.send_report(**given, answers={**answers, questions[4]: blank})
        assert refusal.value.field == f"{questions[4]}_kind"
    sent = asking.send_report(**given, answers=answers)
    assert (sent.state, sent.sent_by) == (ReportState.SENT, own)
    with pytest.raises(RuleBroken, match="not owed"):
        asking.say_not_known(report=report, by=own, today=s.TODAY)
    assert not AgencyReport.objects.visible_to(other).exists()
    assert not AgencyReport.objects.visible_to(s.panel_member()).exists()
    assert not Death.objects.visible_to(own).exists(), "a report tells nothing of the case"


def test_two_people_in_one_report_lose_nothing() -> None:
    agency = AgencyFactory()
    own = lead(agency)
    [report] = s.asked(s.a_death(), agency)
    asking.save_answers(report=report, version=1, answers={"contact": {"kind": "answered", "text": "Mine"}}, by=own)
    with pytest.raises(Overtaken) as refusal:
        asking.save_answers(report=report, version=1, answers={"contact": {"kind": "unknown"}}, by=own)
    assert refusal.value.current.answers["contact"]["text"] == "Mine"


def test_a_case_keeps_the_form_of_its_year() -> None:
    before, after = VERSIONS
    assert s.a_death(notified_on=s.NOTIFIED).form_version == after.first_year
    old = s.a_death(born_on=dt.date(2015, 1, 1), died_on=dt.date(2016, 3, 30), notified_on=dt.date(2016, 3, 31))
    assert version_on(old.notified_on) == before
    codes = [question.code for question in before.questions]
    assert codes == [question.code for question in after.questions][: len(codes)]


# ---- The paper ------------------------------------------------------------------------------------------------------


def test_a_paper_is_released_by_a_second_person_when_it_names_nobody() -> None:
    death, officer, doctor, member = s.a_death(), s.officer(), s.doctor(), s.panel_member()
    s.a_panel(death)
    write = {"death": death, "by": officer}
    papers.write_paper(**write, version=0, texts={"summary": "Lexi was brought to hospital by Janeta."})
    with pytest.raises(RuleBroken, match=r"“Lexi”.*“Janeta” .looks like a name from the family"):
        papers.propose_release(death=death, by=officer, now=s.NOW)
    papers.write_paper(**write, version=1, texts={"summary": "The child was brought to hospital by the mother in May."})
    paper = papers.propose_release(death=death, by=officer, now=s.NOW)
    assert not Paper.objects.visible_to(member).exists()
    with pytest.raises(RuleBroken, match="Somebody else must release"):
        papers.release_paper(death=death, version=paper.version, by=officer, now=s.NOW)
    with pytest.raises(PermissionDenied):
        papers.release_paper(death=death, version=paper.version, by=member, now=s.NOW)
    papers.release_paper(death=death, version=paper.version, by=doctor, now=s.NOW)
    assert Paper.objects.visible_to(member).get().summary.startswith("The child")
    papers.write_paper(**write, version=paper.version, texts={"summary": "Changed."})
    assert not Paper.objects.visible_to(member).exists(), "what is written anew is released anew"


def test_the_database_does_not_let_one_person_do_both() -> None:
    death, officer = s.released(s.a_death(), s.officer(), s.doctor()), s.officer()
    with pytest.raises(IntegrityError, match="paper_is_released_by_a_second_person"), transaction.atomic():
        Paper.objects.filter(death=death).update(proposed_by=officer, released_by=officer)


def test_a_word_stays_with_a_reason_that_the_second_person_reads() -> None:
    death, officer = s.a_death(given_names="May"), s.officer()
    papers.write_paper(death=death, version=0, texts={"summary": "The child was ill since May."}, by=officer)
    given = {"death": death, "by": officer, "now": s.NOW}
    with pytest.raises(RuleBroken, match="why"):
        papers.allow_word(**given, word="May", reason=" ")
    with pytest.raises(RuleBroken, match="not marked"):
        papers.allow_word(**given, word="hospital", reason="A place")
    papers.allow_word(**given, word="May", reason="The month")
    assert papers.propose_release(**given).state == "proposed"
    papers.take_back_word(word=death.allowed_words.get(), by=officer)
    with pytest.raises(RuleBroken, match="“May”"):
        papers.release_paper(death=death, version=1, by=s.doctor(), now=s.NOW)


def test_what_is_learned_of_the_child_later_takes_the_texts_back_from_the_panel() -> None:
    death, officer, member = s.a_death(), s.officer(), s.panel_member()
    s.a_panel(death)
    s.released(death, officer, s.doctor(), summary="The child was called Sunbeam at nursery.")
    assert Paper.objects.visible_to(member).exists()
    given = {"death": death, "born_on": s.BORN, "died_on": s.DIED, "by": officer, "today": s.TODAY}
    identity.change_identity(**given, version=1, other_names="Sunbeam")
    assert s.fresh(death).held_back
    assert not Paper.objects.visible_to(member).exists()
    papers.write_paper(death=death, version=1, texts={"summary": "The child had a pet name."}, by=officer)
    assert not s.fresh(death).held_back


# ---- Panels and the review ------------------------------------------------------------------------------------------


def test_a_neonatal_panel_takes_newborn_children_only() -> None:
    newborn, older = s.a_death(born_on=s.DIED - 27 * DAY), s.a_death()
    s.a_panel(newborn, is_neonatal=True)
    with pytest.raises(RuleBroken, match="under 28 days"):
        s.a_panel(newborn, older, is_neonatal=True)


def test_cases_come_to_meetings_of_the_panel_only() -> None:
    meeting = s.a_panel()
    type(meeting.group).objects.update(confidential_permission="")
    with pytest.raises(RuleBroken, match="meetings of the panel only"):
        panels.set_panel(meeting=type(meeting).objects.get(), deaths=[s.a_death()], by=None, today=s.TODAY)


def test_a_member_sees_the_cases_of_panel_meetings_and_no_other() -> None:
    listed, unlisted, member = s.a_death(), s.a_death(), s.panel_member()
    s.a_panel(listed)
    assert list(Death.objects.visible_to(member)) == [listed]
    assert list(Death.objects.visible_to(person(IndependentChair))) == [listed]
    assert set(Death.objects.visible_to(s.doctor())) == {listed, unlisted}
    for other in (person(BoardManager), lead(AgencyFactory())):
        assert not Death.objects.visible_to(other).exists()


def test_each_part_is_saved_for_itself_and_texts_name_nobody() -> None:
    death, officer = s.a_death(), s.officer()
    codes = {
        "housing": "1*",
        "smoking": "2",
        "health_parent": "0",
        "substance_parent": "1",
        "domestic_abuse": "1",
        "co_sleeping": "3",
    }
    given = {"death": death, "domain": "family", "by": officer}
    with pytest.raises(RuleBroken, match="“Lexi’s”"):
        reviewing.review_domain(**given, version=0, text="Lexi’s home was damp.", influence=codes)
    with pytest.raises(RuleBroken, match="influence code: housing"):
        reviewing.review_domain(**given, version=0, text="", influence={**codes, "housing": ""})
    reviewing.review_domain(**given, version=0, text="The home was damp.", influence=codes)
    with pytest.raises(Overtaken) as refusal:
        reviewing.review_domain(**given, version=0, text="Mine.", influence=codes)
    assert {one.factor: one.influence for one in refusal.value.current.factors.all()} == codes
    reviewing.review_domain(
        **{**given, "domain": "services"},
        version=0,
        text="",
        influence=dict.fromkeys(("access", "treatment", "communication"), "1"),
    )
    with pytest.raises(RuleBroken, match="“Nonesuch”"):
        reviewing.record_learning(death=death, version=0, learning="Dr Nonesuch should listen.", by=officer)


def test_a_review_is_completed_when_everything_is_there_and_no_process_must_end_first() -> None:
    death, officer = s.a_death(), s.officer()
    meeting = s.a_panel(death)
    process = cases.note_process(death=death, kind="coroner", ends_first=True, on=s.NOTIFIED, by=officer, today=s.TODAY)
    cases.note_process(death=death, kind="hospital", ends_first=False, on=s.NOTIFIED, by=officer, today=s.TODAY)
    complete = {"death": death, "meeting": meeting, "by": officer}
    with pytest.raises(RuleBroken, match="facts"):
        reviewing.complete_review(**complete)
    s.released(death, officer, s.doctor())
    s.filled_in(death)
    with pytest.raises(RuleBroken, match="Coroner: this must end before"):
        reviewing.complete_review(**complete)
    cases.end_process(process=process, on=s.TODAY, by=officer, today=s.TODAY)
    done = reviewing.complete_review(**complete)
    assert (done.state, done.ended_on, done.months_to_review) == ("reviewed", s.PANEL_DAY, 4)
    for call in (
        lambda: reviewing.record_finding(
            death=death, version=1, categories=["acute"], modifiable="identified", by=officer
        ),
        lambda: papers.write_paper(death=death, version=1, texts={}, by=officer),
        lambda: cases.pass_on(death=death, area="Hampshire", on=s.TODAY, by=officer, today=s.TODAY),
        lambda: s.asked(death),
    ):
        with pytest.raises(RuleBroken, match="reviewed, so it stays"):
            call()
    assert list(broken(s.TODAY)) == []


def test_an_action_stands_on_the_confidential_plan_and_names_nobody() -> None:
    death, officer, agency = s.a_death(), s.officer(), AgencyFactory()
    meeting = s.a_panel(death)
    given = {
        "death": death,
        "meeting": meeting,
        "due": s.TODAY,
        "asked": [Asked(agency)],
        "by": officer,
        "today": s.TODAY,
    }
    with pytest.raises(RuleBroken, match="“Lexi”"):
        reviewing.add_action(**given, what="Write to Lexi’s school.".replace("’s", " s"))
    action = reviewing.add_action(**given, what="Write to every school.")
    assert action.plan.permission == Permission.READ_CHILD_DEATHS
    assert set(Action.objects.visible_to(s.panel_member())) == {action}
    for other in (lead(agency), person(BoardManager)):
        assert not Action.objects.visible_to(other).exists()


def test_the_trail_the_mails_and_the_jobs_hold_no_identifier() -> None:
    death, officer = s.completed(s.a_death(), s.officer(), s.doctor()), s.officer()
    identity.open_identity(death=death, purpose=Purpose.CORRECT, by=officer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor, target, changes, reason FROM trail_event")
        told = str(cursor.fetchall()) + str(list(Email.objects.values_list("subject", "body")))
    assert not [word for word in ("Alexandra", "Neverwas", "Lexi", "012 3454", "ZZ99", "Janetta") if word in told]


def test_two_letters_of_chance_never_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    first = s.a_death()
    letters = iter(first.reference[-5:] + "QQQQQ")
    monkeypatch.setattr(notifying.secrets, "choice", lambda _: next(letters))
    assert notifying.new_reference(s.NOTIFIED).endswith("QQQQQ")


# ---- Rapid response -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"began_on": s.TODAY + DAY}, "began_on", "today or earlier"),
        ({"visited_on": s.TODAY + DAY}, "visited_on", "today or earlier"),
        ({"visited_on": s.DIED - DAY}, "visited_on", "before the first conversation"),
        ({"discussed_on": s.DIED - DAY}, "discussed_on", "before the first conversation"),
    ],
)
def test_a_rapid_response_in_another_order_is_refused(given: dict[str, Any], field: str, says: str) -> None:
    death = s.a_death()
    with pytest.raises(RuleBroken, match=says) as refusal:
        cases.record_rapid_response(death=death, by=s.officer(), today=s.TODAY, **{"began_on": s.DIED, **given})
    assert refusal.value.field == field
    assert not RapidResponse.objects.exists()


def test_a_rapid_response_is_written_anew_and_lies_encrypted_and_only_the_officer_writes_it() -> None:
    death, officer = s.a_death(), s.officer()
    given: dict[str, Any] = {"death": death, "began_on": s.DIED, "today": s.TODAY}
    cases.record_rapid_response(**given, note="First", by=officer)
    cases.record_rapid_response(**given, note="Second", visited_on=s.DIED + DAY, by=officer)
    kept = RapidResponse.objects.get()
    assert (kept.note, kept.began_on, kept.visited_on) == ("Second", s.DIED, s.DIED + DAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT began_on, visited_on, note FROM cdop_rapidresponse")
        on_disk = " ".join(str(value) for value in cursor.fetchone())
    assert "Second" not in on_disk
    assert str(s.DIED.year) not in on_disk
    for other in (s.panel_member(), s.doctor(), person(BoardManager)):
        with pytest.raises(PermissionDenied):
            cases.record_rapid_response(**given, by=other)
