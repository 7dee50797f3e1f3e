"""Every permission of the portal, on one page. A permission says what may be done, a role says who may do it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from lscb.common.words import worded


class Permission(StrEnum):
    """What may be done. The value is the name in code and on the trail; `sentence` is what people read."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Permission:
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    @property
    def part(self) -> str:
        """The part of the portal under which it is listed."""
        return next(part for part, first in PARTS if first is self.opens)

    @property
    def opens(self) -> Permission:
        """The first permission of its part."""
        return [first for _, first in PARTS if ORDER.index(first) <= ORDER.index(self)][-1]

    # The people and the house
    MANAGE_ACCOUNTS = "manage_accounts", "Invite people, grant and end roles"
    MANAGE_INSTALLATION = "manage_installation", "Choose the names of things, colour, logo and own words in e-mails"
    MANAGE_AGENCIES = "manage_agencies", "Add agencies, rename them, record what they became"
    READ_TRAIL = "read_trail", "Read the whole trail"
    READ_JOBS = "read_jobs", "See every background job and every e-mail that waits"

    # The board
    READ_BOARD = "read_board", worded("Read groups, seats, plans and papers of the {board}")
    MANAGE_BOARD = "manage_board", "Change groups, seats, the business plan and contributions"
    READ_CONTRIBUTIONS = "read_contributions", "Read what agencies contribute"

    # The challenge log
    READ_CHALLENGES = "read_challenges", "Read the challenge log"
    MANAGE_CHALLENGES = "manage_challenges", "Log challenges, ask, escalate, resolve and publish them"
    READ_OWN_CHALLENGES = "read_own_challenges", "Read challenges put to the agency or raised by it"
    ANSWER_CHALLENGES = "answer_challenges", "Answer challenges for the agency"

    # Actions
    READ_ACTIONS = "read_actions", "Read action plans that are not confidential"
    MANAGE_ACTIONS = "manage_actions", "Add actions, move due dates, withdraw and re-open"
    SIGN_OFF_ACTIONS = "sign_off_actions", "Sign off actions that a group agreed are achieved"
    UPDATE_OWN_ACTIONS = "update_own_actions", "Report progress on the actions of the agency"

    # The dataset
    READ_DATASET = "read_dataset", "Read compiled editions of the dataset"
    READ_FIGURES = "read_figures", "Read figures before they are compiled"
    MANAGE_DATASET = "manage_dataset", "Define indicators, enter and import figures, compile editions"
    SUBMIT_FIGURES = "submit_figures", "Send the figures of the agency"
    LIFT_SUPPRESSION = "lift_suppression", "Show small numbers of an indicator all the same, with a reason"

    # Section 11, audits
    READ_RETURNS = "read_returns", "Read every agency's returns"
    MANAGE_AUDITS = "manage_audits", "Run rounds and audits"
    READ_AUDITS = "read_audits", "Read the schedule of audits, and what audits found once it is reported"
    FILL_RETURN = "fill_return", "Fill in the returns of the agency"
    SUBMIT_RETURN = "submit_return", "Submit the returns of the agency"
    READ_OWN_RETURNS = "read_own_returns", "Read the returns of the agency"

    # Case reviews
    READ_CASE_REVIEWS = "read_case_reviews", "Read case reviews and their action plans"
    MANAGE_CASE_REVIEWS = "manage_case_reviews", "Run case reviews"

    # Child deaths
    READ_CHILD_DEATHS = "read_child_deaths", "Read anonymised papers of child deaths"
    READ_CHILD_DEATH_IDENTITY = "read_child_death_identity", "Read who the child was, every view recorded"
    MANAGE_CHILD_DEATHS = "manage_child_deaths", "Run notifications, agency reports and reviews"
    ANSWER_CHILD_DEATHS = "answer_child_deaths", "Report for the agency when a child has died"

    # Training
    BOOK_TRAINING = "book_training", "Find, book and evaluate workshops"
    MANAGE_TRAINING = "manage_training", "Run the training programme"

    # The annual report
    READ_REPORT = "read_report", "Read annual reports that are ready"
    BUILD_REPORT = "build_report", "Write the words of the annual report and build it"
    APPROVE_REPORT = "approve_report", "Approve the annual report"

    # Records
    TAKE_OUT = "take_out", worded("Take out everything that is the agency's or the {board}'s, as one archive")
    MANAGE_RECORDS = "manage_records", "Decide how long records are kept, destroy them, answer subject access requests"
    BREAK_GLASS = "break_glass", "Open one case in an emergency for an hour: for a reason, and two people are told"


NOT_CONFIDENTIAL = frozenset({Permission.BOOK_TRAINING})
"""Permissions that show nothing but what is public and one's own: a second factor is not asked for them."""

ORDER = list(Permission)
PARTS: tuple[tuple[str, Permission], ...] = (
    ("People and the portal", Permission.MANAGE_ACCOUNTS),
    (worded("The {board}"), Permission.READ_BOARD),
    ("The challenge log", Permission.READ_CHALLENGES),
    ("Actions", Permission.READ_ACTIONS),
    ("The dataset", Permission.READ_DATASET),
    ("Section 11 and audits", Permission.READ_RETURNS),
    ("Case reviews", Permission.READ_CASE_REVIEWS),
    ("Child deaths", Permission.READ_CHILD_DEATHS),
    ("Training", Permission.BOOK_TRAINING),
    ("The annual report", Permission.READ_REPORT),
    ("Records", Permission.TAKE_OUT),
)
"""The parts of the portal, each with the first permission of it in the order above."""

SCOPES: dict[str, Permission] = {
    "people": Permission.MANAGE_ACCOUNTS,
    "board": Permission.READ_BOARD,
    "challenges": Permission.READ_CHALLENGES,
    "actions": Permission.READ_ACTIONS,
    "dataset": Permission.READ_DATASET,
    "audits": Permission.READ_RETURNS,
    "case-reviews": Permission.READ_CASE_REVIEWS,
    "training": Permission.BOOK_TRAINING,
    "report": Permission.READ_REPORT,
    "records": Permission.TAKE_OUT,
}
"""What a token of a program may be given: a part, by the first permission of it. Child deaths are on purpose not among
them.
"""
IN_PERSON = frozenset({Permission.MANAGE_RECORDS, Permission.BREAK_GLASS})
"""What no program does, though its part is a scope: to destroy, to answer subject access requests, to open a case in an
emergency."""


def within(scopes: Iterable[str]) -> frozenset[Permission]:
    """The permissions of these scopes: the most that a program with them may use."""
    firsts = {SCOPES[scope] for scope in scopes}
    return frozenset(permission for permission in Permission if permission.opens in firsts) - IN_PERSON
