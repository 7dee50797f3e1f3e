"""Who is asked tells of their own part: progress, evidence, files; two people at one text lose nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from lscb.accounts.permissions import Permission
from lscb.actions import services
from lscb.actions.models import Action, ActionEntry, Difference, EvidenceFile, Progress
from lscb.actions.querysets import IMPACT_AFTER
from lscb.actions.services import Asked
from lscb.common.errors import Overtaken, RuleBroken
from lscb.files.models import Attachment
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory

from .factories import OPENED, TODAY, a_plan, an_action, contributor, lead, manager, outsider

pytestmark = pytest.mark.django_db
JUNE = dt.date(2016, 6, 30)
JULY = dt.date(2016, 7, 31)


def upload(name: str = "register.txt", content: bytes = b"42 of 45 trained") -> Any:
    return SimpleUploadedFile(name, content)


def of(action: Action, agency: Any) -> ActionEntry:
    return ActionEntry.objects.select_related("action__plan").get(action=action, agency=agency)


def test_each_agency_reports_its_own_part_and_no_other() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    action = an_action(a_plan(), first, second)
    services.add_note(action=action, text="Begun", progress=Progress.AT_RISK, on=JUNE, by=lead(first))
    note = services.add_note(action=action, text="Done", progress=Progress.DONE, on=JUNE, by=contributor(second))
    assert note.entry == of(action, second)
    assert [entry.progress for entry in action.entries.all()] == ["at_risk", "done"]
    with pytest.raises(PermissionDenied):
        services.add_note(action=action, text="Theirs", entry=of(action, first), on=JUNE, by=lead(second))


def test_a_part_goes_as_was_reported_for_the_latest_day_and_the_team_says_whose_it_is() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    action, by = an_action(a_plan(), first, second), manager()
    part = of(action, first)
    services.add_note(action=action, text="Late", entry=part, progress=Progress.OFF_TRACK, on=JULY, by=by)
    services.add_note(action=action, text="Of before", entry=part, progress=Progress.ON_TRACK, on=JUNE, by=by)
    part.refresh_from_db()
    assert part.progress == Progress.OFF_TRACK
    assert services.add_note(action=action, text="To all", on=JULY, by=by).entry is None
    with pytest.raises(RuleBroken, match="whose part") as refusal:
        services.add_note(action=action, text="?", progress=Progress.ON_TRACK, on=JULY, by=by)
    assert refusal.value.field == "entry"


def test_the_second_of_two_who_write_evidence_sees_the_text_of_the_first() -> None:
    agency = AgencyFactory()
    part = of(an_action(a_plan(), agency), agency)
    services.write_evidence(entry=part, version=1, evidence="The register", by=lead(agency))
    with pytest.raises(Overtaken) as refusal:
        services.write_evidence(entry=part, version=1, evidence="The audit", by=contributor(agency))
    assert refusal.value.current.evidence == "The register"
    services.write_evidence(entry=part, version=2, evidence="The register and the audit", by=lead(agency))
    services.propose_complete(action=part.action, evidence="Both sent", on=JUNE, by=lead(agency))
    part.refresh_from_db()
    assert (part.evidence, part.version) == ("The register and the audit\n\nBoth sent", 4)


def test_the_second_of_two_who_change_an_action_sees_the_words_of_the_first() -> None:
    agency, other = AgencyFactory(), AgencyFactory()
    action = an_action(a_plan(), agency, what="Train")
    asked = [Asked(agency, "Head of nursing")]
    services.change_action(action=action, version=1, what="Train all", asked=asked, by=None)
    with pytest.raises(Overtaken) as refusal:
        services.change_action(action=action, version=1, what="Teach", asked=asked, by=None)
    assert refusal.value.current.what == "Train all"
    services.change_action(action=action, version=2, what="Train all", asked=[Asked(other), *asked], by=None)
    assert [(e.agency, e.owner, e.is_lead) for e in action.entries.all()] == [
        (other, "", True),
        (agency, "Head of nursing", False),
    ]


def test_who_has_told_of_its_part_stays_and_a_finished_action_keeps_its_words() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    action = an_action(a_plan(), first, second)
    services.add_note(action=action, text="Begun", on=JUNE, by=lead(second))
    with pytest.raises(RuleBroken, match="has told of its part already"):
        services.change_action(action=action, version=1, what="It", asked=[Asked(first)], by=None)
    services.withdraw_action(action=action, reason="No", on=JULY, by=None)
    with pytest.raises(RuleBroken, match="so its words stay"):
        services.change_action(action=action, version=1, what="It", asked=[Asked(first), Asked(second)], by=None)


def test_a_due_date_that_somebody_moved_meanwhile_is_not_moved_over() -> None:
    action = an_action(a_plan(), due=JUNE)
    services.move_due_date(action=action, to=JULY, reason="Holidays", seen=JUNE, on=JUNE, by=None)
    with pytest.raises(Overtaken):
        services.move_due_date(action=action, to=TODAY, reason="Ill", seen=JUNE, on=JUNE, by=None)
    assert action.moves.count() == 1


def test_a_file_of_evidence_is_taken_in_and_out_and_is_gone_for_good(
    django_capture_on_commit_callbacks: Any,
) -> None:
    agency = AgencyFactory()
    action = an_action(a_plan(group="monitoring"), agency)
    services.add_note(action=action, text="Trained", upload=upload(), on=JUNE, by=lead(agency))
    file = EvidenceFile.objects.get()
    attachment = file.attachment
    assert (attachment.permission, attachment.group) == (Permission.READ_ACTIONS, "monitoring")
    with pytest.raises(PermissionDenied):
        services.remove_evidence_file(file=file, reason="Wrong", by=lead(AgencyFactory()))
    with pytest.raises(RuleBroken, match="reason"):
        services.remove_evidence_file(file=file, reason=" ", by=lead(agency))
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_evidence_file(file=file, reason="It names a child", by=lead(agency))
    assert not Attachment.objects.exists()
    assert not attachment.file.storage.exists(attachment.file.name)
    assert Event.objects.filter(verb="removed a file of evidence", reason="It names a child").exists()


def test_a_part_is_given_to_somebody_who_may_report_on_it() -> None:
    agency = AgencyFactory()
    action = an_action(a_plan(), agency)
    part, mine, colleague = of(action, agency), lead(agency), contributor(agency)
    services.give_to(entry=part, person=colleague, by=mine)
    assert [Action.objects.waiting_for(one).exists() for one in (mine, colleague)] == [False, True]
    services.give_to(entry=part, person=None, by=colleague)
    assert [Action.objects.waiting_for(one).exists() for one in (mine, colleague)] == [True, True]
    for stranger in (outsider(), lead(AgencyFactory()), manager()):
        with pytest.raises(RuleBroken, match="may report on this action"):
            services.give_to(entry=part, person=stranger, by=mine)


def test_a_part_of_somebody_who_left_waits_for_the_agency_again_and_the_teams_for_who_has_it() -> None:
    agency = AgencyFactory()
    part, mine, gone = of(an_action(a_plan(), agency), agency), lead(agency), contributor(agency)
    services.give_to(entry=part, person=gone, by=mine)
    gone.is_active = False
    gone.save()
    assert list(Action.objects.waiting_for(mine)) == [part.action]
    of_the_team, team = an_action(a_plan()), manager()
    assert not Action.objects.waiting_for(team).exists()
    assert list(Action.objects.of_the_team()) == [of_the_team]
    services.give_to(entry=of(of_the_team, None), person=team, by=team)
    assert list(Action.objects.waiting_for(team)) == [of_the_team]
    assert not Action.objects.waiting_for(manager()).exists()


def test_half_a_year_after_the_sign_off_it_is_asked_whether_it_made_a_difference_once() -> None:
    action = an_action(a_plan())
    answer: dict[str, Any] = {"difference": Difference.PARTLY, "words": "Fewer wait", "by": None}
    with pytest.raises(RuleBroken, match="signed off"):
        services.answer_impact(action=action, on=JUNE, **answer)
    services.sign_off_actions(plan=action.plan, actions=[action], on=JUNE, forum="Executive", by=None)
    asked_on = JUNE + IMPACT_AFTER
    assert not Action.objects.impact_unknown(asked_on - dt.timedelta(days=1)).exists()
    assert list(Action.objects.impact_unknown(asked_on)) == [action]
    with pytest.raises(RuleBroken, match="not signed off yet"):
        services.answer_impact(action=action, on=OPENED, **answer)
    with pytest.raises(RuleBroken, match="children notice"):
        services.answer_impact(action=action, on=asked_on, **answer | {"words": " "})
    services.answer_impact(action=action, on=asked_on, **answer)
    assert not Action.objects.impact_unknown(asked_on).exists()
    with pytest.raises(RuleBroken, match="answered this already"):
        services.answer_impact(action=action, on=asked_on, **answer)


def test_a_new_sign_off_is_asked_about_anew() -> None:
    action = an_action(a_plan())
    for on in (JUNE, JULY):
        services.sign_off_actions(plan=action.plan, actions=[action], on=on, forum="Executive", by=None)
        services.answer_impact(action=action, difference="no", words="Nothing changed", on=on, by=None)
        services.reopen_action(action=action, reason="It did not help", on=on, by=None)
    services.sign_off_actions(plan=action.plan, actions=[action], on=JULY, forum="Executive", by=None)
    assert list(Action.objects.impact_unknown(JULY + IMPACT_AFTER)) == [action]


@pytest.mark.parametrize(
    "due, reported, state, worst, word",
    [
        (1, [], "open", 1, "amber"),
        (-1, [], "open", 0, "red"),
        (29, [], "open", 2, "green"),
        (29, ["done", "at_risk"], "open", 1, "amber"),
        (1, ["off_track", "on_track"], "open", 0, "red"),
        (-1, ["done"], "open", 0, "red"),
        (-1, ["off_track"], "signed_off", 3, "green"),
        (-1, ["off_track"], "withdrawn", 3, "not rated"),
    ],
)
def test_colour_and_order_judge_alike(due: int, reported: list[str], state: str, worst: int, word: str) -> None:
    from lscb.actions.views import rag_tag

    action = an_action(a_plan(), *[AgencyFactory() for _ in reported], due=TODAY + dt.timedelta(days=due))
    for entry, progress in zip(action.entries.all(), reported, strict=False):
        entry.progress = progress
        entry.save()
    Action.objects.filter(pk=action.pk).update(state=state)
    found = Action.objects.with_worst(TODAY).get()
    assert (found.worst, rag_tag(found, TODAY).word) == (worst, word)
