"""Action plans and what becomes of their actions (domain: "Actions").

A plan knows nothing of its owner: a case review, an audit, a business plan holds a one-to-one to its plan from a floor
above. The plan carries the permission that reading it needs, so that an action of a confidential plan cannot appear
in somebody's list by accident.

What happened to an action is a row of `ActionEvent` with its date: how many were outstanding on a day is read from
these, and has one answer for ever. `Action.state` is the last of them, kept for lists.
"""

from .action import (
    BECOMES_OUTSTANDING,
    LIVE_STATES,
    MOVES,
    NEEDS_REASON,
    STOPS_BEING_OUTSTANDING,
    Action,
    ActionEntry,
    ActionEvent,
    Kind,
    Progress,
    State,
)
from .plan import MANAGED_WITH, ActionPlan, QuarterlyReview
from .progress import Difference, DueDateMove, EvidenceFile, ImpactCheck, Note

__all__ = [
    "BECOMES_OUTSTANDING",
    "LIVE_STATES",
    "MANAGED_WITH",
    "MOVES",
    "NEEDS_REASON",
    "STOPS_BEING_OUTSTANDING",
    "Action",
    "ActionEntry",
    "ActionEvent",
    "ActionPlan",
    "Difference",
    "DueDateMove",
    "EvidenceFile",
    "ImpactCheck",
    "Kind",
    "Note",
    "Progress",
    "QuarterlyReview",
    "State",
]
