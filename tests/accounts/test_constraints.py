"""What the database itself refuses, by the name of the rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lscb.accounts.models import AgencyName, Area, Grant, Invitation, Succession, User

from .factories import AgencyFactory, UserFactory, grant

from lscb.accounts.roles import BoardManager, LayMember  # isort: skip

pytestmark = pytest.mark.django_db


def two_home_areas() -> None:
    Area.objects.create(name="One", is_home=True)
    Area.objects.create(name="Two", is_home=True)


def two_accounts_of_one_address() -> None:
    UserFactory(email="somebody@example.org")
    UserFactory(email="SOMEBODY@example.org")


def two_agencies_of_one_name() -> None:
    AgencyFactory(name="Police")
    AgencyFactory(name="POLICE")


def two_present_names() -> None:
    AgencyName.objects.create(agency=AgencyFactory(), name="x", short_name="x", starts_on=dt.date(2020, 1, 1))


def succeeding_itself() -> None:
    agency = AgencyFactory()
    Succession.objects.create(predecessor=agency, successor=agency, on=dt.date(2020, 1, 1))


def a_role_of_an_agency_for_the_board() -> None:
    Grant.objects.create(user=UserFactory(), role="agency_lead", starts_on=dt.date(2020, 1, 1))


def a_role_of_the_board_for_a_group() -> None:
    Grant.objects.create(user=UserFactory(), role="board_manager", group="x", starts_on=dt.date(2020, 1, 1))


def a_role_that_ends_before_it_begins() -> None:
    grant(UserFactory(), LayMember, starts_on=dt.date(2020, 1, 2), ends_on=dt.date(2020, 1, 1))


def the_same_role_twice_without_end() -> None:
    user = UserFactory()
    grant(user, LayMember)
    grant(user, LayMember, starts_on=dt.date(2020, 1, 1))


def invitation(**fields: object) -> Invitation:
    now = timezone.now()
    values = {
        "email": "new@example.org",
        "name": "New",
        "role": BoardManager.slug,
        "token_hash": "a hash",
        "invited_at": now,
        "expires_at": now,
    }
    return Invitation.objects.create(**values | fields)


def accepted_by_nobody() -> None:
    invitation(accepted_at=timezone.now())


def accepted_and_revoked() -> None:
    user = UserFactory()
    when = timezone.now()
    invitation(accepted_at=when, accepted_by=user, revoked_at=when, revoked_by=user)


def two_open_invitations_to_one_role() -> None:
    invitation(token_hash="a")
    invitation(token_hash="b", email="NEW@example.org")


@pytest.mark.parametrize(
    "wrong, rule",
    [
        (two_home_areas, "one_home_area"),
        (two_accounts_of_one_address, "one_account_per_e_mail"),
        (two_agencies_of_one_name, "one_agency_of_a_name"),
        (two_present_names, "one_present_name_of_an_agency"),
        (succeeding_itself, "agency_does_not_succeed_itself"),
        (a_role_of_an_agency_for_the_board, "grant_has_the_scope_of_its_role"),
        (a_role_of_the_board_for_a_group, "grant_has_the_scope_of_its_role"),
        (a_role_that_ends_before_it_begins, "grant_ends_after_it_starts"),
        (the_same_role_twice_without_end, "one_unlimited_grant_of_a_role"),
        (accepted_by_nobody, "invitation_accepted_when_and_by"),
        (accepted_and_revoked, "invitation_accepted_or_revoked"),
        (two_open_invitations_to_one_role, "one_open_invitation_to_a_role"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_database_refuses(wrong: Callable[[], None], rule: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong()
    # SQLite names the column instead of a unique constraint over plain columns.
    assert rule in str(refused.value) or "UNIQUE constraint failed: accounts_" in str(refused.value)


def test_deleting_nobody_who_gave_a_role_is_possible() -> None:
    giver = UserFactory()
    given = grant(UserFactory(), LayMember)
    given.granted_by = giver
    given.save()
    with pytest.raises(Exception, match="protected"):
        User.objects.get(pk=giver.pk).delete()
