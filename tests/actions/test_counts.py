"""Outstanding at a date has one answer: the same as when every event is replayed by hand."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lscb.actions import services
from lscb.actions.counts import flow
from lscb.actions.invariants import broken
from lscb.actions.models import MOVES, Action, ActionPlan, Kind, State

from .factories import OPENED, a_plan, an_action

KINDS = [kind for kind in Kind if kind != Kind.ADDED]
LAST = OPENED + dt.timedelta(days=400)

# For each action: the day it is added, then steps: days to wait and what is tried.
HISTORIES = st.lists(
    st.tuples(st.integers(0, 60), st.lists(st.tuples(st.integers(0, 60), st.sampled_from(KINDS)), max_size=6)),
    min_size=1,
    max_size=4,
)


def replay(history: list[tuple[dt.date, Kind]], at: dt.date) -> bool:
    """Whether an action with this history was outstanding at the end of `at`: step by step, by the table of moves."""
    state: str | None = None
    for on, kind in history:
        if on <= at:
            state = State.OPEN if kind == Kind.ADDED else MOVES[state or "", kind]
    return state in (State.OPEN, State.PROPOSED)


def try_step(action: Action, kind: Kind, on: dt.date) -> None:
    words = {"on": on, "by": None, "today": LAST}
    if kind == Kind.PROPOSED:
        services.propose_complete(action=action, evidence="E", **words)
    elif kind == Kind.SENT_BACK:
        services.send_back(action=action, reason="R", **words)
    elif kind == Kind.SIGNED_OFF:
        services.sign_off_actions(plan=action.plan, actions=[action], forum="F", **words)
    elif kind == Kind.REOPENED:
        services.reopen_action(action=action, reason="R", **words)
    elif kind == Kind.WITHDRAWN:
        services.withdraw_action(action=action, reason="R", **words)


class Counts(TestCase):
    """Random histories with re-openings."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(histories=HISTORIES, days=st.lists(st.integers(-5, 420), min_size=2, max_size=5), review=st.booleans())
    def test_outstanding_equals_a_replay_and_the_flow_adds_up(
        self, histories: list, days: list[int], review: bool
    ) -> None:
        plan = a_plan()
        told = [self._live(plan, start, steps) for start, steps in histories]
        dates = sorted(OPENED + dt.timedelta(days=day) for day in days)
        for at in dates:
            expected = {action.pk for action, history in told if replay(history, at)}
            assert {action.pk for action in Action.objects.outstanding(at)} == expected
        for after, upto in pairwise(dates):
            counted = flow(plan, after=after, upto=upto)
            assert counted.adds_up, counted
        if review:
            services.hold_quarterly_review(plan=plan, held_on=LAST, forum="F", by=None, today=LAST)
        assert list(broken(LAST)) == []

    def _live(
        self, plan: ActionPlan, start: int, steps: list[tuple[int, Kind]]
    ) -> tuple[Action, list[tuple[dt.date, Kind]]]:
        on = OPENED + dt.timedelta(days=start)
        action = an_action(plan, on=on, due=LAST, today=LAST)
        history = [(on, Kind.ADDED)]
        for wait, kind in steps:
            on += dt.timedelta(days=wait)
            if (action.state, kind) in MOVES and kind != Kind.SUPERSEDED and on <= LAST:
                try_step(action, kind, on)
                action.refresh_from_db()
                history.append((on, kind))
        return action, history


@pytest.mark.django_db
def test_signed_off_stays_in_every_count_of_the_past() -> None:
    action = an_action(a_plan())
    june, july = dt.date(2016, 6, 30), dt.date(2016, 7, 31)
    services.sign_off_actions(plan=action.plan, actions=[action], on=july, forum="Executive", by=None)
    assert list(Action.objects.outstanding(june)) == [action]
    assert not Action.objects.outstanding(july).exists()
    assert not Action.objects.outstanding(OPENED - dt.timedelta(days=1)).exists()
