"""Action plans by programs: opened, and reviewed in a meeting."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lscb.accounts.models import User
from lscb.actions.models import ActionPlan
from lscb.trail.models import Event

from .asking import Program, done, program
from .test_writing import police


def test_a_plan_is_opened_and_reviewed_in_a_meeting(demo_board: dict[str, User]) -> None:
    today = timezone.localdate()
    team, lead = program(demo_board["manager"], "actions", "board"), program(demo_board["lead"], "actions")
    key = done(team, "plan-list", title="Falls")["id"]
    asked = {"due": str(today), "asked": [{"agency": police().pk, "owner": "Chief"}]}
    first, second = (done(team, "action-list", plan=key, what=what, **asked)["id"] for what in ("Ask", "Train"))
    elsewhere = next(row["id"] for row in team.rows("action-list") if row["plan"] != key and row["state"] == "open")
    done(lead, "action-propose", first, evidence="A register")
    review = {"forum": "Board", "achieved": [first, first], "notes": "Agreed"}
    assert team.post("plan-review", review | {"achieved": [first, elsewhere]}, key).status_code == 400
    assert team.post("plan-review", review | {"held_on": str(today + dt.timedelta(days=1))}, key).json()["errors"][
        "held_on"
    ]
    held = done(team, "plan-review", key, **review)["reviews"]
    assert [(one["added"], one["signed_off"], one["closing"]) for one in held] == [(2, 1, 1)]
    assert team.get("action-detail", first).json()["state"] == "signed_off"
    assert team.get("action-detail", second).json()["state"] == "open"
    assert team.post("plan-review", review | {"achieved": []}, key).json()["errors"]["held_on"]
    assert Program(demo_board["chair"]).post("plan-review", review, key).status_code == 403


def test_looking_at_a_confidential_plan_is_on_the_trail(demo_board: dict[str, User]) -> None:
    plan = ActionPlan.objects.filter(permission="read_case_reviews", case__isnull=False)[0]
    assert program(demo_board["reviews"]).get("plan-detail", plan.pk).status_code == 200
    assert Event.objects.of(plan).filter(verb="viewed", actor__startswith=str(demo_board["reviews"])).exists()
