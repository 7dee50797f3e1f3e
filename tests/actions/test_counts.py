"""Outstanding at a date has one answer: the same as when every event is replayed by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lscb.accounts.models import Agency
from lscb.actions import services
from lscb.actions.counts import Flow, differences, flow, flow_by_agency
from lscb.actions.invariants import broken
from lscb.actions.models import MOVES, Action, ActionPlan, Kind, State
from tests.accounts.factories import AgencyFactory

from .factories import OPENED, a_plan, an_action

KINDS = [kind for kind in Kind if kind != Kind.ADDED]
LAST = OPENED + dt.timedelta(days=400)

# For each action: who is asked, the day it is added, then steps: days to wait and what is tried.
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from([(), (0,), (1,), (0, 1)]),
        st.integers(0, 60),
        st.lists(st.tuples(st.integers(0, 60), st.sampled_from(KINDS)), max_size=6),
    ),
    min_size=1,
    max_size=4,
)
History = list[tuple[dt.date, Kind]]


@dataclass
class Told:
    """An action and what was let happen to it."""

    action: Action
    asked: tuple[int, ...]
    history: History


def replay(history: History, at: dt.date) -> bool:
    """Whether an action with this history was outstanding at the end of `at`: step by step, by the table of moves."""
    state: str | None = None
    for on, kind in history:
        if on <= at:
            state = State.OPEN if kind == Kind.ADDED else MOVES[state or "", kind]
    return state in (State.OPEN, State.PROPOSED)


def count(told: list[Told], after: dt.date, upto: dt.date) -> Flow:
    """The flow of a time, by hand."""
    happened = [kind for one in told for on, kind in one.history if after < on <= upto]
    gone = (Kind.WITHDRAWN, Kind.SUPERSEDED)
    return Flow(
        opening=sum(replay(one.history, after) for one in told),
        added=sum(kind in (Kind.ADDED, Kind.REOPENED) for kind in happened),
        reopened=happened.count(Kind.REOPENED),
        signed_off=happened.count(Kind.SIGNED_OFF),
        withdrawn=sum(kind in gone for kind in happened),
        closing=sum(replay(one.history, upto) for one in told),
    )


def try_step(action: Action, kind: Kind, on: dt.date) -> Action | None:
    """Returns the action that took the place of this one, if one did."""
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
    elif kind == Kind.SUPERSEDED:
        other = an_action(action.plan, on=on, due=LAST, today=LAST)
        services.supersede_action(action=action, replacement=other, reason="R", **words)
        return other
    return None


class Counts(TestCase):
    """Random histories with re-openings, withdrawals and supersessions."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(histories=HISTORIES, days=st.lists(st.integers(-5, 420), min_size=2, max_size=5), review=st.booleans())
    def test_every_count_equals_a_replay_and_the_flow_adds_up(
        self, histories: list, days: list[int], review: bool
    ) -> None:
        plan, agencies = a_plan(), [AgencyFactory(name="Ambulance"), AgencyFactory(name="Borough")]
        told = [one for history in histories for one in self._live(plan, agencies, *history)]
        dates = sorted(OPENED + dt.timedelta(days=day) for day in days)
        for at in dates:
            expected = {one.action.pk for one in told if replay(one.history, at)}
            assert {action.pk for action in Action.objects.outstanding(at)} == expected
        for after, upto in pairwise(dates):
            counted = flow(plan, after=after, upto=upto)
            assert counted == count(told, after, upto)
            assert counted.adds_up, counted
            for one in flow_by_agency(Action.objects.filter(plan=plan), after=after, upto=upto):
                number = agencies.index(one.agency) if one.agency else None
                of_it = [each for each in told if (number in each.asked if one.agency else not each.asked)]
                assert one.flow == count(of_it, after, upto)
        if review:
            services.hold_quarterly_review(plan=plan, held_on=LAST, forum="F", by=None, today=LAST)
        assert list(broken(LAST)) == []

    def _live(
        self,
        plan: ActionPlan,
        agencies: list[Agency],
        asked: tuple[int, ...],
        start: int,
        steps: list[tuple[int, Kind]],
    ) -> Iterator[Told]:
        on = OPENED + dt.timedelta(days=start)
        action = an_action(plan, *[agencies[number] for number in asked], on=on, due=LAST, today=LAST)
        told = Told(action, asked, [(on, Kind.ADDED)])
        for wait, kind in steps:
            on += dt.timedelta(days=wait)
            if (action.state, kind) in MOVES and on <= LAST:
                other = try_step(action, kind, on)
                action.refresh_from_db()
                told.history.append((on, kind))
                if other:
                    yield Told(other, (), [(on, Kind.ADDED)])
        yield told


@pytest.mark.django_db
def test_signed_off_stays_in_every_count_of_the_past() -> None:
    action = an_action(a_plan())
    june, july = dt.date(2016, 6, 30), dt.date(2016, 7, 31)
    services.sign_off_actions(plan=action.plan, actions=[action], on=july, forum="Executive", by=None)
    assert list(Action.objects.outstanding(june)) == [action]
    assert not Action.objects.outstanding(july).exists()
    assert not Action.objects.outstanding(OPENED - dt.timedelta(days=1)).exists()


@pytest.mark.django_db
def test_the_share_signed_off_is_of_all_that_was_to_be_done() -> None:
    plan = a_plan()
    done, *_ = [an_action(plan) for _ in range(4)]
    services.sign_off_actions(plan=plan, actions=[done], on=OPENED, forum="Executive", by=None)
    services.answer_impact(action=done, difference="partly", words="Fewer wait", on=OPENED, by=None)
    actions = Action.objects.filter(plan=plan)
    before = OPENED - dt.timedelta(days=1)
    [team] = flow_by_agency(actions, after=before, upto=OPENED)
    assert (team.name_on(OPENED), str(team.flow.share_signed_off)) == ("The board’s team", "25% (n\u00a0=\u00a04)")
    assert differences(actions, after=before, upto=OPENED) == {"yes": 0, "partly": 1, "no": 0}
