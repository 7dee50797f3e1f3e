"""Who sees which plans and actions; the same for everything that hangs on them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import (
    AgencyReader,
    CaseReviewMember,
    ChildDeathOfficer,
    IndependentChair,
    LayMember,
    PanelMember,
    TechnicalAdministrator,
)
from lscb.actions import services
from lscb.actions.models import Action, ActionEntry, ActionEvent, ActionPlan, DueDateMove, Note, QuarterlyReview
from tests.accounts.factories import AgencyFactory, person

from .factories import OPENED, a_plan, an_action, lead, manager, member, outsider

pytestmark = pytest.mark.django_db
REVIEWS, PANEL = "serious-case-review", "child-death-overview-panel"


def test_each_person_sees_the_plans_of_their_scope_and_no_other() -> None:
    mine, other = AgencyFactory(), AgencyFactory()
    actions = {
        "board, asks mine": an_action(a_plan(), mine),
        "board, asks other": an_action(a_plan(), other),
        "group, asks mine": an_action(a_plan(group="monitoring"), mine),
        "group, asks other": an_action(a_plan(group="monitoring"), other),
        "return of mine": an_action(a_plan(agency=mine, permission=Permission.READ_RETURNS), mine),
        "return of other": an_action(a_plan(agency=other, permission=Permission.READ_RETURNS), other),
        "case review, asks mine": an_action(a_plan(group=REVIEWS, permission=Permission.READ_CASE_REVIEWS), mine),
        "child death, asks mine": an_action(a_plan(group=PANEL, permission=Permission.READ_CHILD_DEATHS), mine),
    }
    not_confidential = {"board, asks mine", "board, asks other", "group, asks mine", "group, asks other"}
    returns = {"return of mine", "return of other"}
    expected: list[tuple[User, set[str]]] = [
        (manager(), not_confidential | returns | {"case review, asks mine"}),
        (person(IndependentChair), set(actions)),
        (person(LayMember), not_confidential),
        (member("monitoring"), not_confidential),
        (member("neglect"), {"board, asks mine", "board, asks other"}),
        (
            person(CaseReviewMember, group=REVIEWS),
            {"board, asks mine", "board, asks other", "case review, asks mine"},
        ),
        (person(PanelMember, group=PANEL), {"child death, asks mine"}),
        (person(ChildDeathOfficer), {"child death, asks mine"}),
        (lead(mine), {"board, asks mine", "group, asks mine", "return of mine"}),
        (person(AgencyReader, agency=mine), {"return of mine"}),
        (person(TechnicalAdministrator), set()),
        (outsider(), set()),
    ]
    for user, names in expected:
        seen = set(Action.objects.visible_to(user).values_list("pk", flat=True))
        assert {name for name, action in actions.items() if action.pk in seen} == names, user.role_titles
    assert not Action.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize("model", [ActionEntry, ActionEvent, Note, DueDateMove])
def test_what_hangs_on_an_action_is_seen_by_who_sees_it(model: type) -> None:
    mine, other = AgencyFactory(), AgencyFactory()
    for agency in (mine, other):
        action = an_action(a_plan(), agency)
        services.add_note(action=action, text="Begun", on=OPENED, by=None)
        services.move_due_date(action=action, to=dt.date(2018, 1, 1), reason="Ill", on=OPENED, by=None)
    seen = model.objects.visible_to(lead(mine))
    assert {row.action.entries.get().agency for row in seen} == {mine}
    assert model.objects.visible_to(manager()).count() == 2
    assert not model.objects.visible_to(outsider()).exists()
    assert not model.objects.visible_to(AnonymousUser()).exists()


def test_who_is_asked_for_one_action_does_not_read_the_plan_and_its_reviews() -> None:
    agency = AgencyFactory()
    plan = a_plan()
    an_action(plan, agency)
    services.hold_quarterly_review(plan=plan, held_on=dt.date(2016, 6, 30), forum="Executive", by=None)
    assert not ActionPlan.objects.visible_to(lead(agency)).exists()
    assert not QuarterlyReview.objects.visible_to(lead(agency)).exists()
    assert QuarterlyReview.objects.visible_to(manager()).count() == 1
