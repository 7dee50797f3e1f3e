"""The roles (trust: "People"). Each says where it is granted and what it may do there; nothing else grants anything."""

from __future__ import annotations

from typing import ClassVar, Literal

from lscb.common.words import worded

from .permissions import NOT_CONFIDENTIAL
from .permissions import Permission as P

Scope = Literal["board", "agency", "group"]


class Role:
    """A role is granted for the whole board, for one agency or for one group, from a date to a date."""

    slug: ClassVar[str]
    title: ClassVar[str]
    scope: ClassVar[Scope]
    says: ClassVar[str]
    permissions: ClassVar[frozenset[P]]

    @classmethod
    def needs_second_factor(cls) -> bool:
        return not cls.permissions <= NOT_CONFIDENTIAL


_READS_THE_BOARD = frozenset(
    {
        P.READ_BOARD,
        P.READ_CHALLENGES,
        P.READ_ACTIONS,
        P.READ_AUDITS,
        P.READ_DATASET,
        P.READ_REPORT,
        P.BOOK_TRAINING,
    }
)


class Professional(Role):
    slug, title, scope = "professional", "Professional", "agency"
    says = worded("Books workshops. Sees nothing of the {board} but what is public.")
    permissions = frozenset({P.BOOK_TRAINING})


class AgencyReader(Role):
    slug, title, scope = "agency_reader", "Agency read-only", "agency"
    says = "Reads what the agency sent and was asked."
    permissions = frozenset({P.READ_OWN_RETURNS, P.READ_OWN_CHALLENGES, P.BOOK_TRAINING, P.TAKE_OUT})


class AgencyContributor(Role):
    slug, title, scope = "agency_contributor", "Agency contributor", "agency"
    says = "Fills in returns and figures of the agency; may not submit a return."
    permissions = (AgencyReader.permissions - {P.TAKE_OUT}) | {P.FILL_RETURN, P.SUBMIT_FIGURES, P.UPDATE_OWN_ACTIONS}


class AgencyLead(Role):
    slug, title, scope = "agency_lead", "Agency lead", "agency"
    says = "Answers for the agency: submits returns, answers challenges and actions."
    permissions = AgencyContributor.permissions | {
        P.SUBMIT_RETURN,
        P.ANSWER_CHALLENGES,
        P.ANSWER_CHILD_DEATHS,
        P.TAKE_OUT,
    }


class GroupMember(Role):
    slug, title, scope = "group_member", "Sub group member", "group"
    says = "Sees papers and action plans of the group, and agrees that actions are done."
    permissions = _READS_THE_BOARD


class CaseReviewMember(Role):
    slug, title, scope = "case_review_member", "Case review group member", "group"
    says = "A member of the group that commissions case reviews."
    permissions = GroupMember.permissions | {P.READ_CASE_REVIEWS}


class PanelMember(Role):
    slug, title, scope = "panel_member", worded("{death_panel_short} panel member"), "group"
    says = "Reads anonymised papers of child deaths at panel meetings."
    permissions = frozenset({P.READ_CHILD_DEATHS, P.BOOK_TRAINING})


class LayMember(Role):
    slug, title, scope = "lay_member", "Lay member", "board"
    says = worded("Sits on the {board} for the public; belongs to no agency.")
    permissions = _READS_THE_BOARD


class BoardAnalyst(Role):
    slug, title, scope = "board_analyst", worded("{Board} analyst"), "board"
    says = "Compiles the dataset."
    permissions = _READS_THE_BOARD | {P.READ_FIGURES, P.MANAGE_DATASET, P.BUILD_REPORT}


class BoardManager(Role):
    slug, title, scope = "board_manager", worded("{Board} manager or coordinator"), "board"
    says = worded("Runs the year of the {board}; does not see cases of child deaths.")
    permissions = BoardAnalyst.permissions | {
        P.MANAGE_ACCOUNTS,
        P.MANAGE_INSTALLATION,
        P.MANAGE_AGENCIES,
        P.READ_TRAIL,
        P.READ_JOBS,
        P.MANAGE_BOARD,
        P.READ_CONTRIBUTIONS,
        P.LIFT_SUPPRESSION,
        P.MANAGE_CHALLENGES,
        P.MANAGE_ACTIONS,
        P.SIGN_OFF_ACTIONS,
        P.READ_RETURNS,
        P.MANAGE_AUDITS,
        P.READ_CASE_REVIEWS,
        P.MANAGE_CASE_REVIEWS,
        P.MANAGE_TRAINING,
        P.TAKE_OUT,
        P.MANAGE_RECORDS,
        P.BREAK_GLASS,
    }


class IndependentChair(Role):
    slug, title, scope = "independent_chair", "Independent chair", "board"
    says = "Reads everything but who a child was in child deaths; approves the annual report."
    permissions = _READS_THE_BOARD | {
        P.READ_CONTRIBUTIONS,
        P.READ_FIGURES,
        P.READ_RETURNS,
        P.READ_CASE_REVIEWS,
        P.READ_CHILD_DEATHS,
        P.APPROVE_REPORT,
        P.BREAK_GLASS,
    }


class ChildDeathOfficer(Role):
    slug, title, scope = "child_death_officer", worded("{death_panel_short} officer"), "board"
    says = "Coordinates the review of child deaths and writes anonymised papers."
    permissions = frozenset(
        {
            P.READ_CHILD_DEATHS,
            P.READ_CHILD_DEATH_IDENTITY,
            P.MANAGE_CHILD_DEATHS,
            P.BOOK_TRAINING,
            P.BREAK_GLASS,
        }
    )


class DesignatedDoctor(Role):
    slug, title, scope = "designated_doctor", "Designated doctor", "board"
    says = "Leads the medical side of child deaths."
    permissions = frozenset({P.READ_CHILD_DEATHS, P.READ_CHILD_DEATH_IDENTITY, P.BOOK_TRAINING, P.BREAK_GLASS})


class TechnicalAdministrator(Role):
    slug, title, scope = "technical_administrator", "Technical administrator", "board"
    says = "Keeps accounts and jobs running; sees no content of any case, return or plan."
    permissions = frozenset({P.MANAGE_ACCOUNTS, P.READ_JOBS})


ROLES: tuple[type[Role], ...] = (
    BoardManager,
    BoardAnalyst,
    IndependentChair,
    LayMember,
    GroupMember,
    CaseReviewMember,
    PanelMember,
    ChildDeathOfficer,
    DesignatedDoctor,
    AgencyLead,
    AgencyContributor,
    AgencyReader,
    Professional,
    TechnicalAdministrator,
)
ROLE_OF: dict[str, type[Role]] = {role.slug: role for role in ROLES}


def roles_with(*permissions: P, scope: Scope | None = None) -> list[str]:
    """The slugs of the roles that hold one of these permissions; with `scope` only of those granted there."""
    return [role.slug for role in ROLES if role.permissions & {*permissions} and scope in (None, role.scope)]
