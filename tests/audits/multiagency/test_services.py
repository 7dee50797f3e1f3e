"""The rules of multi-agency audits: what may happen when, whose grade is kept, who is told, who loses nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.invariants import broken
from audits.models import (
    AUDIT_MOVES,
    AUDIT_RETURN_MOVES,
    Audit,
    AuditAnswer,
    AuditHappened,
    AuditReturn,
    AuditStage,
    ReturnHappened,
    ReturnStatus,
)
from audits.multiagency import services
from audits.multiagency.services.returns import AGREED
from audits.multiagency.waiting import waiting_for
from lscb.actions.services import Asked, sign_off_actions
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import Month
from lscb.jobs.models import Email
from lscb.trail.models import Event
from tests.actions.factories import AgencyFactory, contributor, lead, manager, outsider

from .samples import ASKED, DUE, TODAY, a_case, a_tool, an_audit, asked, filled, fresh, grade, moderated, reported, sent

pytestmark = pytest.mark.django_db
WHEN: dict[str, Any] = {"on": TODAY, "today": TODAY, "by": None}
HERE: dict[str, Any] = {"today": TODAY, "by": None}

DO: dict[str, Callable[[Audit], Any]] = {
    AuditHappened.BEGAN: lambda one: services.begin_fieldwork(audit=one, **WHEN),
    AuditHappened.RETURNS_CLOSED: lambda one: services.close_returns(audit=one, **WHEN),
    AuditHappened.REPORTED: lambda one: services.report_findings(audit=one, **WHEN),
    AuditHappened.CLOSED: lambda one: services.close_audit(audit=one, **WHEN),
    AuditHappened.CANCELLED: lambda one: services.cancel_audit(audit=one, reason="Inspection came first", **WHEN),
}
WAY_TO: dict[str, tuple[str, ...]] = {
    AuditStage.PLANNED: (),
    AuditStage.FIELDWORK: (AuditHappened.BEGAN,),
    AuditStage.MODERATION: (AuditHappened.BEGAN, AuditHappened.RETURNS_CLOSED),
    AuditStage.REPORTED: (AuditHappened.BEGAN, AuditHappened.RETURNS_CLOSED, AuditHappened.REPORTED),
    AuditStage.CANCELLED: (AuditHappened.CANCELLED,),
}


def at_stage(stage: str) -> Audit:
    audit = an_audit()
    for happened in WAY_TO[stage]:
        if happened == AuditHappened.REPORTED:
            services.add_finding(audit=audit, kind="gap", theme="T", text="Found", by=None)
        DO[happened](fresh(audit))
    return fresh(audit)


@pytest.mark.parametrize("stage", WAY_TO)
def test_what_may_happen_at_which_stage(stage: str) -> None:
    for happened, do in DO.items():
        with transaction.atomic():
            audit = at_stage(stage)
            if stage == AuditStage.MODERATION:
                services.add_finding(audit=audit, kind="gap", theme="T", text="Found", by=None)
            expected = AUDIT_MOVES.get((stage, happened))
            if expected is None:
                with pytest.raises(RuleBroken, match="cannot be done"):
                    do(audit)
                assert fresh(audit).stage == stage
            else:
                do(audit)
                assert fresh(audit).stage == expected
            assert list(broken(TODAY)) == []
            transaction.set_rollback(True)


RETURN_DO: dict[str, Callable[[AuditReturn], Any]] = {
    ReturnHappened.SENT: lambda one: sent(one),
    ReturnHappened.NOT_INVOLVED: lambda one: services.report_no_involvement(
        audit_return=one, note="Searched", by=None, on=DUE
    ),
    ReturnHappened.SENT_BACK: lambda one: services.send_back(audit_return=one, reason="No grades", due=TODAY, **HERE),
}


@pytest.mark.parametrize("status", [ReturnStatus.DUE, ReturnStatus.RECEIVED, ReturnStatus.NO_INVOLVEMENT])
@pytest.mark.parametrize("happened", RETURN_DO)
def test_what_may_happen_to_a_return(status: str, happened: str) -> None:
    one = asked(an_audit())[0]
    ways = {ReturnStatus.RECEIVED: ReturnHappened.SENT, ReturnStatus.NO_INVOLVEMENT: ReturnHappened.NOT_INVOLVED}
    if status in ways:
        RETURN_DO[ways[ReturnStatus(status)]](one)
    expected = AUDIT_RETURN_MOVES.get((status, happened))
    if expected is None:
        with pytest.raises(RuleBroken):
            RETURN_DO[happened](one)
    else:
        RETURN_DO[happened](one)
    one.refresh_from_db()
    assert one.status == (expected or status)


def test_what_is_still_due_when_returns_close_is_no_return_and_a_late_one_is_still_taken() -> None:
    audit, police, health = an_audit(), AgencyFactory(name="Police"), AgencyFactory(name="Health")
    first, second = asked(audit, police, health)
    services.close_returns(audit=audit, **WHEN)
    assert {one.status for one in AuditReturn.objects.all()} == {ReturnStatus.NO_RETURN}
    late = sent(second, on=TODAY)
    assert (late.status, late.received_on, late.was_late) == (ReturnStatus.RECEIVED, TODAY, True)
    first.refresh_from_db()
    assert (first.status, first.received_on) == (ReturnStatus.NO_RETURN, None)


def test_agencies_are_asked_once_for_each_case_also_for_one_that_comes_later() -> None:
    audit, police = an_audit(), AgencyFactory()
    asked(audit, police)
    assert asked(audit, police, AgencyFactory(), due=TODAY)[0].due == DUE
    assert AuditReturn.objects.count() == 2
    a_case(audit, "Case B")
    assert AuditReturn.objects.filter(case__pseudonym="Case B").count() == 2
    assert fresh(audit).stage == AuditStage.FIELDWORK


@pytest.mark.parametrize("missing", ["tool", "case", "agency"])
def test_asking_says_what_is_missing(missing: str) -> None:
    audit = an_audit(tool=None) if missing == "tool" else an_audit()
    if missing != "case":
        a_case(audit)
    agencies = [] if missing == "agency" else [AgencyFactory()]
    with pytest.raises(RuleBroken):
        services.ask_agencies(audit=audit, agencies=agencies, due=DUE, by=None, today=ASKED)
    assert fresh(audit).stage == AuditStage.PLANNED
    assert not AuditReturn.objects.exists()


def test_a_return_is_sent_only_whole_and_kept_with_gaps() -> None:
    one = asked(an_audit())[0]
    for gap in ({"own_grade": None}, {"account": " "}, {"said": {}}):
        with pytest.raises(RuleBroken):
            sent(one, **gap)
    assert not AuditAnswer.objects.exists()
    kept = services.save_return(**filled(one, own_grade=None, account="", said={}))
    assert (kept.status, kept.version) == (ReturnStatus.DUE, 2)


def test_own_and_moderated_grade_are_both_kept_and_another_grade_needs_its_reason() -> None:
    one = sent(asked(an_audit())[0])
    with pytest.raises(RuleBroken) as refusal:
        moderated(one, "Requires improvement", "")
    assert refusal.value.field == f"reason_{one.pk}"
    moderated(one, "Requires improvement", "The child was not seen.")
    one.refresh_from_db()
    assert (str(one.own_grade), str(one.moderated_grade)) == ("Good", "Requires improvement")
    moderated(one, "Good", "")
    one.refresh_from_db()
    assert one.moderation_reason == AGREED
    with pytest.raises(RuleBroken, match="moderated already"):
        RETURN_DO[ReturnHappened.SENT_BACK](one)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditReturn.objects.update(moderation_reason="")


def test_findings_are_not_reported_while_a_return_waits_for_its_grade() -> None:
    audit = an_audit()
    one = sent(asked(audit)[0])
    with pytest.raises(RuleBroken, match="Moderate every return first"):
        reported(audit)
    moderated(one)
    services.report_findings(audit=fresh(audit), **WHEN)
    assert fresh(audit).stage == AuditStage.REPORTED


def test_recommendations_become_actions_of_a_plan_that_the_lead_group_watches_until_it_can_close() -> None:
    audit = reported(an_audit())
    recommendation = services.recommend(audit=audit, text="Keep chronologies", by=None)
    police = AgencyFactory()
    action = services.plan_action(
        recommendation=recommendation, what="Train staff", due=TODAY, asked=[Asked(police)], **WHEN
    )
    audit = fresh(audit)
    assert audit.plan
    assert audit.plan.group == audit.lead_group.code == action.plan.group
    with pytest.raises(RuleBroken, match="1 action is still open"):
        services.close_audit(audit=audit, **WHEN)
    sign_off_actions(plan=audit.plan, actions=[action], forum="Meeting", **WHEN)
    services.close_audit(audit=audit, **WHEN)
    with pytest.raises(RuleBroken):
        services.recommend(audit=fresh(audit), text="Too late", by=None)


def test_the_group_that_leads_does_not_look_on_besides() -> None:
    audit = an_audit()
    assert an_audit(audit.lead_group, title="Again", looking_on=audit.lead_group).looking_on is None


def test_a_tool_in_use_never_changes() -> None:
    audit = an_audit()
    services.change_tool(tool=audit.tool, title="New", grades=("A", "B"), questions=("One",), by=None)
    asked(audit)
    with pytest.raises(RuleBroken, match="it stays"):
        services.change_tool(tool=audit.tool, title="Other", grades=("A", "B"), questions=("One",), by=None)
    facts = {"title": "Neglect", "kind": "thematic", "lead_group": audit.lead_group, "tool": a_tool("Another")}
    months = {"first": Month(2016, 9), "last": Month(2016, 9)}
    with pytest.raises(RuleBroken) as refusal:
        services.change_audit(audit=audit, version=fresh(audit).version, by=None, today=TODAY, **facts, **months)
    assert refusal.value.field == "tool"


def test_only_who_fills_in_for_the_agency_or_runs_audits_answers() -> None:
    police = AgencyFactory()
    one = asked(an_audit(), police)[0]
    for stranger in (lead(AgencyFactory()), outsider()):
        for do in (services.save_return, lambda **given: services.send_return(on=DUE, **given)):
            with pytest.raises(PermissionDenied):
                do(**filled(one, by=stranger))
    services.save_return(**filled(one, by=contributor(police)))
    sent(one, by=manager())
    moderate: dict[str, Any] = {"grade": None, "outcome": "", "outcome_note": "", "moderated": {}}
    with pytest.raises(PermissionDenied):
        services.moderate_case(case=one.case, version=1, by=lead(police), **moderate)


def test_the_agency_is_told_and_reminded_without_a_word_of_the_case() -> None:
    police = AgencyFactory()
    person = contributor(police)
    audit = an_audit(title="Children who live with secrets")
    asked(audit, police)
    services.chase_agencies(audit=audit, by=None, today=DUE)
    services.chase_agencies(audit=audit, by=None, today=DUE)
    assert Email.objects.filter(to=person.email).count() == 2
    for email in Email.objects.all():
        assert "secrets" not in email.subject + email.body
        assert "Case A" not in email.subject + email.body
        assert "/audits/multi-agency/returns/" in email.body
    late = DUE + dt.timedelta(days=2)
    assert [(one.tag, one.tone) for one in waiting_for(person, late)] == [("2 days late", "red")]
    assert "Chase returns: Children who live with secrets" in [one.title for one in waiting_for(manager(), late)]
    sent(AuditReturn.objects.get())
    assert waiting_for(person, late) == []
    with pytest.raises(RuleBroken, match="No agency owes"):
        services.chase_agencies(audit=audit, by=None, today=late)


def test_the_trail_tells_what_was_done_and_no_word_of_a_case() -> None:
    audit = an_audit()
    one = sent(asked(audit)[0], account="A sentence about a child")
    moderated(one, "Requires improvement", "A reason about a child")
    told = " ".join(f"{e.verb} {e.target} {e.changes} {e.reason}" for e in Event.objects.all())
    assert "sent a return" in told
    assert "moderated a case" in told
    for word in ("Case A", "about a child", "In the file"):
        assert word not in told


def test_small_numbers_are_shown_by_a_named_person_for_a_reason() -> None:
    audit = an_audit()
    for wrong in ({"by": None, "reason": "Agreed"}, {"by": manager(), "reason": " "}):
        with pytest.raises(RuleBroken):
            services.show_small_numbers(audit=audit, today=TODAY, **wrong)
    person = manager()
    assert services.show_small_numbers(audit=audit, reason="Agreed", by=person, today=TODAY).shows_small_numbers
    assert not services.hide_small_numbers(audit=fresh(audit), by=person).shows_small_numbers


def test_the_second_of_two_people_is_told_and_overwrites_nothing() -> None:
    one = asked(an_audit())[0]
    services.save_return(**filled(one, account="What the first wrote"))
    with pytest.raises(Overtaken) as refusal:
        services.save_return(**filled(one, version=1, account="What the second wrote"))
    assert refusal.value.current.account == "What the first wrote"
    assert AuditReturn.objects.get().account == "What the first wrote"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from([*RETURN_DO, "close"]), max_size=6))
def test_a_return_that_came_always_says_when_and_has_its_grade_whatever_happens(steps: list[str]) -> None:
    with transaction.atomic():
        audit = an_audit()
        one = asked(audit)[0]
        for step in steps:
            try:
                with transaction.atomic():
                    if step == "close":
                        services.close_returns(audit=fresh(audit), **WHEN)
                    else:
                        RETURN_DO[step](AuditReturn.objects.get(pk=one.pk))
            except RuleBroken:
                continue
        one.refresh_from_db()
        assert (one.received_on is not None) == (one.status in (ReturnStatus.RECEIVED, ReturnStatus.NO_INVOLVEMENT))
        assert one.status != ReturnStatus.RECEIVED or one.own_grade == grade(one)
        assert fresh(audit).stage == AuditStage.FIELDWORK or one.status != ReturnStatus.DUE
        assert list(broken(TODAY)) == []
        transaction.set_rollback(True)
