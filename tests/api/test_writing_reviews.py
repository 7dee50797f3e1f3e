"""Case reviews and audits by programs: the moves of the pages, refused like a person, and nothing of a child's name."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from boards.models import Group
from casereviews.models import Briefing, CaseReview
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.actions.models import ActionPlan
from lscb.trail.models import Event

from .asking import Program, program
from .test_writing import police


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def referral(today: dt.date, **more: Any) -> dict[str, Any]:
    group = Group.objects.running(today).get(confidential_permission=Permission.READ_CASE_REVIEWS)
    told = {"code_name": "Zelkova", "kind": "practice", "group": group.code, "referred_on": str(today)}
    return told | {"referred_by": "The police", "referral": "A fall", "agencies": [police().pk]} | more


CRITERIA = dict.fromkeys(("abuse", "died", "harmed", "improvements", "recurrent"), "met")


def test_a_review_is_referred_decided_and_runs_by_programs(demo_board: dict[str, User], today: dt.date) -> None:
    team = program(demo_board["manager"], "case-reviews", "board", "actions")
    day = str(today)
    board = Group.objects.get(kind="board").code
    assert "group" in team.post("case-review-list", referral(today, group=board)).json()["errors"]
    made = team.post("case-review-list", referral(today))
    assert made.status_code == 201, made.content
    key = made.json()["id"]

    def does(move: str, **sent: Any) -> Any:
        return team.post(f"case-review-{move}", sent, key)

    def done(move: str, **sent: Any) -> dict[str, Any]:
        answer = does(move, **sent)
        assert answer.status_code == 200, (move, answer.content)
        found: dict[str, Any] = answer.json()
        return found

    told = {"considered_on": day, "agreed": True, "decided_on": day, "reason": "All criteria are met"}
    assert list(does("decide", **told, **CRITERIA | {"abuse": "met", "concern": "met"}).json()["errors"]) == ["concern"]
    assert list(does("decide", **told, abuse="met").json()["errors"]) == ["died"]
    assert done("decide", **told, **CRITERIA)["stage"] == "agreed"
    assert does("stage", stage="published").status_code == 400  # released in person alone
    assert does("stage", stage="drafting").status_code == 400
    assert done("stage", stage="panel")["stage"] == "panel"
    pause = done("pause", scope="whole", reason="A trial")["pauses"][0]
    assert does("pause", scope="whole", reason="Again").json()["errors"]["scope"]
    other = CaseReview.objects.filter(pauses__isnull=False).exclude(pk=key)[0].pauses.all()[0].pk
    assert does("resume", pause=other).json()["errors"] == {"pause": ["There is no such one here."]}
    assert done("resume", pause=pause["id"])["pauses"][0]["ends_on"] == day
    runs = done("proceedings", kind="inquest")["proceedings"][0]
    assert done("end-proceedings", proceedings=runs["id"])["proceedings"][0]["ends_on"] == day
    assert done("expect", expected=day)["report_expected"] == day
    member = done("panel", position="Named nurse", agency=police().pk)["panel"][0]
    assert done("leave-panel", member=member["id"])["panel"][0]["ends_on"] == day
    theme = team.post("learning-theme-list", {"title": "Listening", "in_short": "To children"}).json()["id"]
    assert done("recommend", text="Listen more", theme=theme)["themes"] == ["Listening"]
    asked = [{"agency": police().pk, "owner": "Chief"}]
    answered = done("answer", recommendation=1, what="Train", due=day, asked=asked)
    assert ActionPlan.objects.get(pk=answered["plan"]).actions.get().what == "Train"
    assert does("answer", recommendation=2, what="Train", due=day, asked=asked).json()["errors"]["recommendation"]
    words = {"public_name": "Falls", "public_status": "It runs"}
    assert done("wording", version=1, **words)["public_name"] == "Falls"
    assert (does("wording", version=1, **words).status_code, does("wording", version=1, **words).json()["current"]) == (
        *(409, 2),
    )
    facts = {name: value for name, value in referral(today).items() if name not in ("group", "referred_on")}
    assert done("revise", version=2, **facts | {"code_name": "Yew"})["code_name"] == "Yew"
    verbs = set(Event.objects.of(CaseReview.objects.get(pk=key)).values_list("verb", flat=True))
    assert verbs >= {"referred", "decided", "paused", "resumed", "added a recommendation", "changed", "viewed"}


def test_a_briefing_is_written_shared_and_confirmed(demo_board: dict[str, User], today: dt.date) -> None:
    team, lead = program(demo_board["manager"], "case-reviews"), program(demo_board["lead"], "actions")
    review = CaseReview.objects.filter(briefing=None, asks_reason=False)[0]
    steps = [{"heading": f"Step {one}", "text": "Told"} for one in range(6)]
    assert team.post("case-review-share-briefing", {}, review.pk).status_code == 400
    body = {"version": 0, "title": "Falls", "steps": steps}
    assert team.post("case-review-briefing", body | {"title": review.code_name}, review.pk).status_code == 400
    assert team.post("case-review-briefing", body, review.pk).json()["briefing"]["steps"][5]["heading"] == "Step 5"
    assert team.post("case-review-briefing", body, review.pk).json()["current"] == 1
    key = Briefing.objects.get(review=review).pk
    confirms = {"agency": police().pk, "teams": "Response"}
    assert lead.post("briefing-confirm", confirms, key).status_code == 404
    assert team.post("case-review-share-briefing", {}, review.pk).json()["briefing"]["shared_on"] == str(today)
    assert lead.post("briefing-confirm", confirms, key).status_code == 200
    assert Briefing.objects.get(pk=key).confirmations.get().teams == "Response"


def test_a_review_that_asks_for_a_reason_or_is_walled_off_is_not_written_to(demo_board: dict[str, User]) -> None:
    from casereviews.services.running import wall_off

    manager = demo_board["manager"]
    review = CaseReview.objects.filter(asks_reason=False)[0]
    sent = {"scope": "whole", "reason": "A trial"}
    CaseReview.objects.filter(pk=review.pk).update(asks_reason=True)
    assert Program(manager).post("case-review-pause", sent, review.pk).status_code == 404
    CaseReview.objects.filter(pk=review.pk).update(asks_reason=False)
    wall_off(review=review, user=manager, reason="A relative", by=demo_board["coordinator"], today=timezone.localdate())
    assert Program(manager).post("case-review-pause", sent, review.pk).status_code == 404


# ---- Audits ---------------------------------------------------------------------------------------------------------


def test_an_audit_is_planned_asked_answered_moderated_and_reported(demo_board: dict[str, User], today: dt.date) -> None:
    team, lead = program(demo_board["manager"], "audits", "board", "actions"), program(demo_board["lead"], "audits")

    def done(asks: Program, name: str, key: Any = None, **sent: Any) -> dict[str, Any]:
        answer = asks.post(name, sent, key)
        assert answer.status_code in (200, 201), (name, answer.content)
        found: dict[str, Any] = answer.json()
        return found

    tool = done(team, "audit-tool-list", title="Falls", questions=["Seen?", "Heard?"], grades=["Good", "Poor"])
    month = f"{today:%Y-%m}M"
    planned = {"title": "Falls", "kind": "thematic", "first": month, "last": month}
    planned["lead_group"] = Group.objects.filter(kind="sub_group", confidential_permission="")[0].code
    key = done(team, "audit-list", **planned)["id"]
    assert done(team, "audit-revise", key, version=1, **planned, tool=tool["id"])["tool"] == tool["id"]
    assert team.post("audit-revise", {"version": 1, **planned}, key).json()["current"] == 2
    facts = {"pseudonym": "Case A", "age_band": "5_9", "risk": "high", "plan_status": "none"}
    case = done(team, "audit-case-list", audit=key, **facts)
    assert team.post("audit-case-list", {"audit": key, **facts}).json()["errors"]["pseudonym"]
    assert done(team, "audit-ask", key, agencies=[police().pk], due=str(today))["audit_stage"] == "fieldwork"
    assert team.post("audit-tool-revise", {**tool_of(tool), "title": "Other"}, tool["id"]).status_code == 400
    owed = next(row["id"] for row in lead.rows("audit-return-list", audit=key))
    draft = done(lead, "audit-return-answers", owed, version=1, account="Half a thought", answers=[])
    assert (draft["account"], draft["return_status"]) == ("Half a thought", "due")
    assert team.get("audit-return-detail", owed).json()["account"] == ""
    assert team.post("audit-return-answers", {"version": 2, "account": "Mine"}, owed).status_code == 403
    whole = {"version": 2, "own_grade": "Good", "account": "Seen", "answers": [{"question": 1, "grade": "Good"}]}
    assert list(lead.post("audit-return-send", whole, owed).json()["errors"]) == ["answers"]  # the second is not graded
    whole["answers"] = [{"question": number, "grade": "Good", "evidence": "A register"} for number in (1, 2)]
    assert lead.post("audit-return-send", whole | {"own_grade": "Splendid"}, owed).json()["errors"]["own_grade"]
    assert lead.post("audit-return-send", whole | {"version": 1}, owed).json()["current"] == 2
    sent = done(lead, "audit-return-send", owed, **whole)
    assert [one["question"] for one in sent["answers"]] == [1, 2]
    line = {"of_return": owed, "grade": "Poor"}
    graded: dict[str, Any] = {"version": 1, "grade": "Poor", "outcome": "static", "returns": [line]}
    assert list(team.post("audit-case-moderate", graded, case["id"]).json()["errors"]) == ["returns"]  # why another?
    line["reason"] = "The child was not heard"
    assert done(team, "audit-case-moderate", case["id"], **graded)["returns"][0]["moderated_grade"] == "Poor"
    assert lead.get("audit-return-detail", owed).json()["moderated_grade"] is None
    found = {"kind": "gap", "theme": "Voice", "text": "Nobody asked"}
    assert done(team, "audit-finding", key, **found)["findings"][0]["number"] == 1
    assert done(team, "audit-revise-finding", key, finding=1, version=1, **found | {"theme": "Ears"})["findings"]
    assert done(team, "audit-finding", key, **found)["findings"][1]["number"] == 2
    assert len(done(team, "audit-remove-finding", key, finding=2)["findings"]) == 1
    assert done(team, "audit-recommend", key, text="Ask")["recommendations"] == [{"number": 1, "text": "Ask"}]
    asked = [{"agency": police().pk, "owner": "Chief"}]
    planned_action = done(team, "audit-plan-action", key, recommendation=1, what="Ask", due=str(today), asked=asked)
    assert ActionPlan.objects.get(pk=planned_action["plan"]).actions.get().what == "Ask"
    assert team.post("audit-report", {}, key).status_code == 400
    assert done(team, "audit-close-returns", key)["audit_stage"] == "moderation"
    assert done(team, "audit-report", key)["audit_stage"] == "reported"
    assert lead.get("audit-return-detail", owed).json()["moderated_grade"] == "Poor"
    assert team.post("audit-close", {}, key).status_code == 400  # the action is open
    seen = Event.objects.filter(verb="viewed", target__startswith="Audit return of Hampshire")
    assert seen.filter(actor__startswith=str(demo_board["lead"])).exists()
    assert not Event.objects.filter(target__contains="Case A").exists()


def tool_of(tool: dict[str, Any]) -> dict[str, Any]:
    return {"questions": [one["text"] for one in tool["questions"]], "grades": tool["grades"]}
