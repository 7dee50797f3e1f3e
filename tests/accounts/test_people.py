"""Roles given and ended, accounts closed and opened."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied

from lscb.accounts import services
from lscb.accounts.invariants import broken
from lscb.accounts.models import Agency, Grant, User
from lscb.accounts.permissions import Permission as P
from lscb.accounts.roles import (
    AgencyLead,
    BoardManager,
    ChildDeathOfficer,
    GroupMember,
    LayMember,
    TechnicalAdministrator,
)
from lscb.common.errors import RuleBroken
from lscb.jobs.models import Email
from lscb.trail.models import Event

from .factories import AgencyFactory, UserFactory, grant, person

pytestmark = pytest.mark.django_db
TODAY = dt.date(2017, 3, 1)


@pytest.fixture
def manager() -> User:
    return person(BoardManager)


def give(user: User, by: User | None, role: Any = LayMember, **fields: Any) -> Grant:
    return services.grant_role(user=user, role=role, by=by, **{"starts_on": TODAY, **fields})


def again(user: User) -> User:
    """The person as the next request sees them."""
    return User.objects.get(pk=user.pk)


def test_giving_a_role_is_on_the_trail_of_the_person(manager: User) -> None:
    user = UserFactory()
    given = give(user, manager, GroupMember, group="monitoring", ends_on=dt.date(2018, 3, 31))
    event = Event.objects.of(user).get()
    assert given.granted_by == manager
    assert (event.verb, event.actor) == ("gave a role", manager.name)
    assert event.changes == {"role": [None, "Sub group member, group monitoring, from 1 March 2017 to 31 March 2018"]}


@pytest.mark.parametrize("role", [BoardManager, TechnicalAdministrator], ids=lambda role: role.slug)
def test_nobody_gives_a_role_to_themselves(role: Any) -> None:
    somebody = person(role)
    with pytest.raises(RuleBroken, match="to yourself"):
        give(somebody, somebody, ChildDeathOfficer)
    assert not again(somebody).may(P.READ_CHILD_DEATHS)


@pytest.mark.parametrize(
    "role, where, field",
    [
        (AgencyLead, {}, "agency"),
        (GroupMember, {}, "group"),
        (LayMember, {"group": "x"}, "group"),
        (AgencyLead, {"group": "x"}, "agency"),
    ],
)
def test_a_role_is_given_where_it_belongs(manager: User, role: Any, where: dict[str, str], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        give(UserFactory(), manager, role, **where)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "held, starts_on, allowed",
    [
        ((dt.date(2016, 1, 1), None), TODAY, False),
        ((dt.date(2016, 1, 1), dt.date(2017, 3, 1)), TODAY, False),
        ((dt.date(2016, 1, 1), dt.date(2017, 2, 28)), TODAY, True),
        ((dt.date(2018, 1, 1), None), TODAY, False),
    ],
)
def test_the_same_role_is_not_held_twice_at_a_time(
    manager: User, held: tuple[dt.date, dt.date | None], starts_on: dt.date, allowed: bool
) -> None:
    user = UserFactory()
    grant(user, LayMember, starts_on=held[0], ends_on=held[1])
    if allowed:
        assert give(user, manager, starts_on=starts_on)
    else:
        with pytest.raises(RuleBroken, match="already has this role"):
            give(user, manager, starts_on=starts_on)


def test_a_role_that_ends_now_is_gone_on_the_same_day_and_may_be_given_again(manager: User) -> None:
    user = UserFactory()
    given = give(user, manager)
    services.end_role(grant=given, by=manager, today=TODAY)
    given.refresh_from_db()
    assert not given.in_force(TODAY)
    assert not Grant.objects.in_force(TODAY).filter(pk=given.pk).exists()
    assert given.last_day == TODAY
    assert give(user, manager)


def test_a_role_may_be_ended_later(manager: User) -> None:
    given = give(UserFactory(), manager)
    services.end_role(grant=given, last_day=dt.date(2017, 3, 31), by=manager, today=TODAY)
    assert Grant.objects.in_force(dt.date(2017, 3, 31)).filter(pk=given.pk).exists()
    assert not Grant.objects.in_force(dt.date(2017, 4, 1)).filter(pk=given.pk).exists()


def test_a_role_does_not_end_in_the_past_or_twice(manager: User) -> None:
    given = give(UserFactory(), manager)
    with pytest.raises(RuleBroken, match="today or later"):
        services.end_role(grant=given, last_day=dt.date(2017, 2, 28), by=manager, today=TODAY)
    services.end_role(grant=given, by=manager, today=TODAY)
    with pytest.raises(RuleBroken, match="ended already"):
        services.end_role(grant=given, by=manager, today=TODAY)


def test_somebody_is_always_left_who_lets_people_in(manager: User) -> None:
    last = Grant.objects.get(user=manager)
    with pytest.raises(RuleBroken, match="only person"):
        services.end_role(grant=last, by=manager, today=TODAY)
    with pytest.raises(RuleBroken, match="only person"):
        services.deactivate(user=manager, reason="left", by=None, today=TODAY)
    person(TechnicalAdministrator)
    services.end_role(grant=last, by=manager, today=TODAY)


def test_a_closed_account_may_do_nothing_until_it_is_opened_again(manager: User) -> None:
    user = person(LayMember)
    services.deactivate(user=user, reason="Left the board", by=manager, today=TODAY)
    assert not again(user).may(P.READ_BOARD)
    assert Event.objects.of(user).first().reason == "Left the board"  # type: ignore[union-attr]
    services.reactivate(user=user, by=manager)
    assert again(user).may(P.READ_BOARD)


def test_nobody_closes_their_own_account(manager: User) -> None:
    person(BoardManager)
    with pytest.raises(RuleBroken, match="your own"):
        services.deactivate(user=manager, reason="", by=manager, today=TODAY)


@pytest.mark.parametrize("role", [LayMember, AgencyLead, ChildDeathOfficer], ids=lambda role: role.slug)
def test_who_does_not_manage_accounts_changes_nobody(role: Any) -> None:
    somebody, other = person(role), person(LayMember)
    held = Grant.objects.get(user=other)
    for attempt in (
        lambda: give(other, somebody),
        lambda: services.end_role(grant=held, by=somebody, today=TODAY),
        lambda: services.deactivate(user=other, reason="", by=somebody, today=TODAY),
        lambda: services.reactivate(user=other, by=somebody),
        lambda: services.remove_second_factor(user=other, reason="", by=somebody),
        lambda: services.change_email(user=other, email="x@example.org", by=somebody),
        lambda: services.change_name(user=other, name="x", by=somebody),
        lambda: services.register_person(name="x", email="x@example.org", password=None, by=somebody),
        lambda: services.add_agency(name="x", short_name="x", sector="health", by=somebody),
        lambda: services.rename_agency(
            agency=AgencyFactory(), name="x", short_name="x", on=TODAY, by=somebody, today=TODAY
        ),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_another_email_address_is_verified_told_to_the_old_one_and_on_the_trail(manager: User) -> None:
    user = person(LayMember, email="old@example.org")
    services.change_email(user=user, email="New@example.org", by=manager)
    assert again(user).email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("new@example.org", True, True)]
    assert Email.objects.get().to == "old@example.org"
    assert Event.objects.of(user).get().changes == {"email": ["old@example.org", "new@example.org"]}


def test_an_address_belongs_to_one_account_and_nobody_changes_their_own(manager: User) -> None:
    with pytest.raises(RuleBroken, match="already has an account"):
        services.change_email(user=person(LayMember), email=manager.email.upper(), by=manager)
    with pytest.raises(RuleBroken, match="your own"):
        services.change_email(user=manager, email="x@example.org", by=manager)


def test_the_data_of_people_and_agencies_holds_together_and_faults_are_found(manager: User) -> None:
    assert list(broken(TODAY)) == [f"People: the e-mail address of account {manager.pk} is not verified."]
    EmailAddress.objects.create(user=manager, email=manager.email, verified=True, primary=True)
    agency = AgencyFactory(name="Old")
    assert list(broken(TODAY)) == []
    Agency.objects.filter(pk=agency.pk).update(name="Other")
    Grant.objects.update(granted_by=manager, ended_on=TODAY)
    assert list(broken(TODAY)) == [
        "People: nobody manages accounts today.",
        f"People: role {Grant.objects.get().pk} was given by the person who has it.",
        "Agencies: Other is not called what its last name says.",
    ]
