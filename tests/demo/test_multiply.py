"""More of the same for measuring: three times the records, and every rule of the data holds."""

from __future__ import annotations

import datetime as dt

from boards.invariants import broken as in_boards
from boards.models import Challenge, Meeting
from lscb.accounts.models import User
from lscb.actions.invariants import broken as in_actions
from lscb.actions.models import Action, ActionPlan, QuarterlyReview
from lscb.demo.multiply import multiply

TODAY = dt.date(2017, 6, 30)
MULTIPLIED = (ActionPlan, Action, QuarterlyReview, Challenge, Meeting)


def test_three_times_the_records_break_no_rule(demo_board: dict[str, User]) -> None:
    before = {model: model._default_manager.count() for model in MULTIPLIED}
    multiply(3)
    assert {model: model._default_manager.count() for model in MULTIPLIED} == {
        model: 3 * number for model, number in before.items()
    }
    assert [*in_boards(TODAY), *in_actions(TODAY)] == []
