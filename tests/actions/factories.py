"""People, agencies, plans and actions in the states that tests speak of."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from lscb.accounts.models import Agency, AgencyName, Grant, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import AgencyContributor, AgencyLead, BoardManager, GroupMember, Professional, Role
from lscb.actions import services
from lscb.actions.models import Action, ActionPlan
from lscb.actions.services import Asked

OPENED = dt.date(2016, 4, 1)
TODAY = dt.date(2017, 3, 31)


class AgencyFactory(DjangoModelFactory[Agency]):
    class Meta:
        model = Agency
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Agency {n}")
    short_name = factory.Sequence(lambda n: f"A{n}")
    sector = "health"

    @factory.post_generation
    def named(obj: Agency, create: bool, extracted: Any, **kwargs: Any) -> None:
        AgencyName.objects.create(agency=obj, name=obj.name, short_name=obj.short_name)


class PersonFactory(DjangoModelFactory[User]):
    """Somebody without any role."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")


def person(role: type[Role], *, agency: Agency | None = None, group: str = "") -> User:
    """Somebody with a role today."""
    user = PersonFactory()
    Grant.objects.create(user=user, role=role.slug, agency=agency, group=group, starts_on=dt.date(2010, 1, 1))
    return user


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
