"""People with the roles that tests speak of, agencies and areas."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from lscb.accounts.models import Agency, AgencyName, Area, Grant, User
from lscb.accounts.roles import Role

PASSWORD = "three unlike words"
LONG_AGO = dt.date(2010, 1, 1)


class AreaFactory(DjangoModelFactory[Area]):
    class Meta:
        model = Area

    name = factory.Sequence(lambda n: f"Area {n}")


class AgencyFactory(DjangoModelFactory[Agency]):
    """Active since ever, with one name."""

    class Meta:
        model = Agency
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Agency {n}")
    short_name = factory.Sequence(lambda n: f"A{n}")
    sector = "health"

    @factory.post_generation
    def named(obj: Agency, create: bool, extracted: Any, **kwargs: Any) -> None:
        AgencyName.objects.create(agency=obj, name=obj.name, short_name=obj.short_name)


class UserFactory(DjangoModelFactory[User]):
    """Somebody without any role, who cannot sign in by password."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = "!"


class MemberFactory(UserFactory):
    """Somebody who signs in with PASSWORD from a verified address."""

    class Meta:
        skip_postgeneration_save = True

    @factory.post_generation
    def with_password(obj: User, create: bool, extracted: Any, **kwargs: Any) -> None:
        obj.set_password(PASSWORD)
        obj.save()
        EmailAddress.objects.create(user=obj, email=obj.email, verified=True, primary=True)


def grant(
    user: User,
    role: type[Role],
    *,
    agency: Agency | None = None,
    group: str = "",
    starts_on: dt.date = LONG_AGO,
    ends_on: dt.date | None = None,
) -> Grant:
    """A role as it lies in the database, whatever the services would say."""
    if role.scope == "agency" and agency is None:
        agency = AgencyFactory()
    if role.scope == "group" and not group:
        group = "a-group"
    return Grant.objects.create(
        user=user, role=role.slug, agency=agency, group=group, starts_on=starts_on, ends_on=ends_on
    )


def person(role: type[Role], *, agency: Agency | None = None, group: str = "", **fields: Any) -> User:
    """Somebody with a role today; an agency or a group is made up when the role needs one and none is given."""
    user = UserFactory(**fields)
    grant(user, role, agency=agency, group=group)
    return user


def member(role: type[Role], *, agency: Agency | None = None, group: str = "", **fields: Any) -> User:
    """Like `person`, and able to sign in with PASSWORD."""
    user = MemberFactory(**fields)
    grant(user, role, agency=agency, group=group)
    return user
