"""Plans and actions in the states that tests speak of, and the people around them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import AgencyContributor, AgencyLead, BoardManager, GroupMember, Professional
from lscb.actions import services
from lscb.actions.models import Action, ActionPlan
from lscb.actions.services import Asked
from tests.accounts.factories import AgencyFactory, person

OPENED = dt.date(2016, 4, 1)
TODAY = dt.date(2017, 3, 31)


def manager() -> User:
    return person(BoardManager)


def lead(agency: Agency) -> User:
    return person(AgencyLead, agency=agency)


def contributor(agency: Agency) -> User:
    return person(AgencyContributor, agency=agency)


def member(group: str) -> User:
    return person(GroupMember, group=group)


def outsider() -> User:
    return person(Professional, agency=AgencyFactory())


def a_plan(
    *, group: str = "", permission: Permission = Permission.READ_ACTIONS, agency: Agency | None = None, **kwargs: Any
) -> ActionPlan:
    return services.open_plan(
        title=kwargs.pop("title", "Plan"),
        opened_on=OPENED,
        group=group,
        agency=agency,
        permission=permission,
        by=None,
        **kwargs,
    )


def an_action(plan: ActionPlan, *agencies: Agency, on: dt.date = OPENED, due: dt.date = TODAY, **kwargs: Any) -> Action:
    """An open action that asks something of `agencies`, or of the board's team when there are none."""
    asked = [Asked(agency) for agency in agencies] or [Asked(owner="Board Manager")]
    return services.add_action(
        plan=plan, what=kwargs.pop("what", "Do it"), due=due, asked=asked, on=on, by=None, **kwargs
    )
