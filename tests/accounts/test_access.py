"""Who may do what: the roles as one truth table, and how far each reaches."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from lscb.accounts.access import check_access, may
from lscb.accounts.models import User
from lscb.accounts.permissions import NOT_CONFIDENTIAL
from lscb.accounts.permissions import Permission as P
from lscb.accounts.roles import (
    ROLES,
    AgencyContributor,
    AgencyLead,
    AgencyReader,
    BoardAnalyst,
    BoardManager,
    CaseReviewMember,
    ChildDeathOfficer,
    DesignatedDoctor,
    GroupMember,
    IndependentChair,
    LayMember,
    PanelMember,
    Professional,
    Role,
    TechnicalAdministrator,
)

from .factories import AgencyFactory, UserFactory, grant, person

pytestmark = pytest.mark.django_db

EVERY_DAY_OF_THE_BOARD = {
    *(P.READ_BOARD, P.READ_CHALLENGES, P.READ_ACTIONS, P.READ_AUDITS),
    *(P.READ_DATASET, P.READ_REPORT, P.BOOK_TRAINING),
}
TABLE: dict[type[Role], set[P]] = {
    Professional: {P.BOOK_TRAINING},
    AgencyReader: {P.BOOK_TRAINING, P.READ_OWN_RETURNS, P.READ_OWN_CHALLENGES, P.TAKE_OUT},
    AgencyContributor: {
        P.BOOK_TRAINING,
        P.READ_OWN_RETURNS,
        P.READ_OWN_CHALLENGES,
        P.FILL_RETURN,
        P.SUBMIT_FIGURES,
        P.UPDATE_OWN_ACTIONS,
    },
    AgencyLead: {
        P.BOOK_TRAINING,
        P.READ_OWN_RETURNS,
        P.READ_OWN_CHALLENGES,
        P.FILL_RETURN,
        P.SUBMIT_FIGURES,
        P.UPDATE_OWN_ACTIONS,
        P.SUBMIT_RETURN,
        P.ANSWER_CHALLENGES,
        P.ANSWER_CHILD_DEATHS,
        P.TAKE_OUT,
    },
    GroupMember: EVERY_DAY_OF_THE_BOARD,
    LayMember: EVERY_DAY_OF_THE_BOARD,
    CaseReviewMember: EVERY_DAY_OF_THE_BOARD | {P.READ_CASE_REVIEWS},
    PanelMember: {P.READ_CHILD_DEATHS, P.BOOK_TRAINING},
    BoardAnalyst: EVERY_DAY_OF_THE_BOARD | {P.READ_FIGURES, P.MANAGE_DATASET, P.BUILD_REPORT},
    BoardManager: set(P)
    - {
        P.READ_CHILD_DEATHS,
        P.READ_CHILD_DEATH_IDENTITY,
        P.MANAGE_CHILD_DEATHS,
        P.ANSWER_CHILD_DEATHS,
        P.APPROVE_REPORT,
        P.FILL_RETURN,
        P.SUBMIT_RETURN,
        P.ANSWER_CHALLENGES,
        P.READ_OWN_RETURNS,
        P.READ_OWN_CHALLENGES,
        P.SUBMIT_FIGURES,
        P.UPDATE_OWN_ACTIONS,
    },
    IndependentChair: EVERY_DAY_OF_THE_BOARD
    | {
        P.READ_CONTRIBUTIONS,
        P.READ_FIGURES,
        P.READ_RETURNS,
        P.READ_CASE_REVIEWS,
        P.READ_CHILD_DEATHS,
        P.APPROVE_REPORT,
        P.BREAK_GLASS,
    },
    ChildDeathOfficer: {
        P.READ_CHILD_DEATHS,
        P.READ_CHILD_DEATH_IDENTITY,
        P.MANAGE_CHILD_DEATHS,
        P.BOOK_TRAINING,
        P.BREAK_GLASS,
    },
    DesignatedDoctor: {P.READ_CHILD_DEATHS, P.READ_CHILD_DEATH_IDENTITY, P.BOOK_TRAINING, P.BREAK_GLASS},
    TechnicalAdministrator: {P.MANAGE_ACCOUNTS, P.READ_JOBS},
}


def test_every_role_is_in_the_table() -> None:
    assert set(TABLE) == set(ROLES)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.slug)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: type[Role]) -> None:
    user = person(role)
    assert {permission for permission in P if may(user, permission)} == TABLE[role]


def test_only_the_officer_and_the_doctor_reach_who_a_child_was() -> None:
    assert {role for role in ROLES if P.READ_CHILD_DEATH_IDENTITY in role.permissions} == {
        ChildDeathOfficer,
        DesignatedDoctor,
    }


def test_only_a_professional_needs_no_second_factor() -> None:
    assert {role for role in ROLES if not role.needs_second_factor()} == {Professional}
    assert Professional.permissions <= NOT_CONFIDENTIAL


def test_a_role_for_one_agency_does_not_reach_another() -> None:
    mine, other = AgencyFactory(), AgencyFactory()
    lead = person(AgencyLead, agency=mine)
    assert may(lead, P.SUBMIT_RETURN)
    assert may(lead, P.SUBMIT_RETURN, mine)
    assert not may(lead, P.SUBMIT_RETURN, other)
    assert not may(lead, P.SUBMIT_RETURN, "some-group")
    assert lead.agencies_where(P.SUBMIT_RETURN) == {mine.pk}
    assert not lead.for_whole_board(P.SUBMIT_RETURN)


def test_a_role_for_one_group_does_not_reach_another() -> None:
    reader = person(GroupMember, group="monitoring")
    assert may(reader, P.READ_ACTIONS, "monitoring")
    assert not may(reader, P.READ_ACTIONS, "serious-case-review")
    assert reader.groups_where(P.READ_ACTIONS) == {"monitoring"}


def test_a_role_for_the_board_reaches_everything() -> None:
    manager = person(BoardManager)
    assert may(manager, P.READ_ACTIONS, AgencyFactory())
    assert may(manager, P.READ_ACTIONS, "monitoring")
    assert manager.for_whole_board(P.READ_ACTIONS)


@pytest.mark.parametrize(
    "today, allowed",
    [("2017-03-31", False), ("2017-04-01", True), ("2017-06-30", True), ("2017-07-01", False)],
)
def test_a_role_begins_and_ends_by_itself(today: str, allowed: bool) -> None:
    user = UserFactory()
    grant(user, LayMember, starts_on=dt.date(2017, 4, 1), ends_on=dt.date(2017, 6, 30))
    with time_machine.travel(f"{today}T12:00:00+01:00", tick=False):
        assert may(user, P.READ_BOARD) is allowed


def test_the_last_day_ends_at_midnight_in_london_not_in_greenwich() -> None:
    user = UserFactory()
    grant(user, LayMember, ends_on=dt.date(2017, 6, 30))
    with time_machine.travel("2017-06-30T22:59:00Z", tick=False):
        assert may(User.objects.get(pk=user.pk), P.READ_BOARD)
    with time_machine.travel("2017-06-30T23:00:00Z", tick=False):
        assert not may(User.objects.get(pk=user.pk), P.READ_BOARD)


def test_a_closed_account_may_do_nothing() -> None:
    assert not may(person(BoardManager, is_active=False), P.READ_BOARD)


def test_somebody_not_signed_in_may_do_nothing() -> None:
    assert not any(may(AnonymousUser(), permission) for permission in P)


def test_out_of_scope_does_not_exist_and_in_scope_without_the_right_is_refused() -> None:
    with pytest.raises(Http404):
        check_access(person(Professional), (P.READ_BOARD,), None)
    with pytest.raises(PermissionDenied):
        check_access(person(LayMember), (P.READ_BOARD,), P.MANAGE_BOARD)
    check_access(person(BoardManager), (P.READ_BOARD,), P.MANAGE_BOARD)


def test_every_permission_stands_under_a_part_of_the_portal() -> None:
    assert P.MANAGE_ACCOUNTS.part == "People and the portal"
    assert P.READ_CHILD_DEATH_IDENTITY.part == "Child deaths"
    assert P.APPROVE_REPORT.part == "The annual report"
