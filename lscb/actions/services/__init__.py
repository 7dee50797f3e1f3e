"""Writes of action plans: actions come, change, are told of, proposed complete, signed off, re-opened, withdrawn.

`on` is the day on which something happened; `today` is the day of writing it down (None: today in London) and only
keeps `on` from lying in the future. Events of an action never go back in time, and what a quarterly review has
counted stays counted: nothing is dated before the last review of its plan.

The trail tells that something happened; of a confidential plan it repeats no words.
"""

from .deciding import (
    answer_impact,
    propose_complete,
    reopen_action,
    send_back,
    sign_off_actions,
    supersede_action,
    withdraw_action,
)
from .planning import Asked, add_action, change_action, move_due_date, open_plan
from .reviewing import check_review, hold_quarterly_review
from .telling import add_evidence_file, add_note, give_to, remove_evidence_file, write_evidence

__all__ = [
    "Asked",
    "add_action",
    "add_evidence_file",
    "add_note",
    "answer_impact",
    "change_action",
    "check_review",
    "give_to",
    "hold_quarterly_review",
    "move_due_date",
    "open_plan",
    "propose_complete",
    "remove_evidence_file",
    "reopen_action",
    "send_back",
    "sign_off_actions",
    "supersede_action",
    "withdraw_action",
    "write_evidence",
]
