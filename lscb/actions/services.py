"""Writes of action plans: actions come, move, are proposed complete, signed off, re-opened, withdrawn.

`on` is the day on which something happened; `today` is the day of writing it down (None: today in London) and only
keeps `on` from lying in the future. Events of an action never go back in time, and what a quarterly review has
counted stays counted: nothing is dated before the last review of its plan.

The trail tells that something happened; of a confidential plan it repeats no words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from lscb.accounts.models import Actor, Agency
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from .access import may_manage, may_sign_off, may_update, must
from .counts import flow
from .models import (
    LIVE_STATES,
    MOVES,
    NEEDS_REASON,
    Action,
    ActionEntry,
    ActionEvent,
    ActionPlan,
    DueDateMove,
    Kind,
    Note,
    QuarterlyReview,
    State,
)


@dataclass(frozen=True)
class Asked:
    """Who is asked: an agency and the position in it that owns the action, or (the board's team) only a position."""

    agency: Agency | None = None
    owner: str = ""


@transaction.atomic
def open_plan(
    *,
    title: str,
    opened_on: dt.date,
    group: str = "",
    agency: Agency | None = None,
    permission: Permission = Permission.READ_ACTIONS,
    case: UUID | None = None,
    by: Actor,
) -> ActionPlan:
    """A plan that `group` (its code) or `agency` watches; without either it is the whole board's.

    `permission` is what reading it needs. A confidential plan must name its group or agency.
    `case` is the key of the case whose plan it is: who is kept out of that case is kept out of its plan.
    """
    plan = ActionPlan(
        title=title.strip(), group=group, agency=agency, permission=permission, opened_on=opened_on, case=case
    )
    if not plan.title:
        raise RuleBroken("Enter a title for the plan.", field="title")
    if plan.is_confidential and not group and agency is None:
        raise RuleBroken("Say which group or agency watches this confidential plan.", field="group")
    plan.save(force_insert=True)
    must(may_manage(by, plan))
    record(verb="opened a plan", by=by, target=plan, named=_name(plan))
    return plan


@transaction.atomic
def add_action(
    *,
    plan: ActionPlan,
    what: str,
    due: dt.date,
    asked: Sequence[Asked],
    intended_outcome: str = "",
    on: dt.date,
    starts_on: dt.date | None = None,
    meeting: str = "",
    by: Actor,
    today: dt.date | None = None,
) -> Action:
    """A new action in `plan` from the day `on`. The first of `asked` leads; each agency is asked once.

    `meeting` says in words where it was agreed.
    """
    must(may_manage(by, plan))
    plan = ActionPlan.objects.select_for_update().get(pk=plan.pk)
    _check_day(plan, on, today)
    starts_on = starts_on or on
    if not what.strip():
        raise RuleBroken("Say what is to be done.", field="what")
    if due < starts_on:
        raise RuleBroken("The due date must be on or after the day on which the action starts.", field="due")
    _check_asked(asked)
    number = (plan.actions.aggregate(last=Max("number"))["last"] or 0) + 1
    action = Action.objects.create(
        plan=plan,
        number=number,
        what=what.strip(),
        intended_outcome=intended_outcome.strip(),
        starts_on=starts_on,
        original_due=due,
        due=due,
    )
    ActionEntry.objects.bulk_create(
        ActionEntry(action=action, agency=one.agency, owner=one.owner.strip(), is_lead=place == 0)
        for place, one in enumerate(asked)
    )
    ActionEvent.objects.create(action=action, kind=Kind.ADDED, on=on, meeting=meeting, by=by)
    _count_again(plan, on)
    record(verb="added", by=by, target=action, changes={"due": (None, due)})
    return action


@transaction.atomic
def add_note(*, action: Action, text: str, on: dt.date, by: Actor, today: dt.date | None = None) -> Note:
    """Progress on a day, by who is asked to do something or who manages the plan."""
    must(may_update(by, action))
    _check_not_later(on, today)
    if not text.strip():
        raise RuleBroken("Say what has been done.", field="text")
    note = Note.objects.create(action=action, text=text.strip(), on=on, by=by)
    record(verb="noted progress", by=by, target=action)
    return note


@transaction.atomic
def move_due_date(
    *, action: Action, to: dt.date, reason: str, on: dt.date, by: Actor, today: dt.date | None = None
) -> DueDateMove:
    """Give an action more or less time, with the reason. The original due date stays."""
    must(may_manage(by, action.plan))
    _check_not_later(on, today)
    action = _locked(action)
    if action.state not in LIVE_STATES:
        raise RuleBroken(f"This action is {action.get_state_display().lower()}, so its due date stays.")
    if to == action.due:
        raise RuleBroken("That is the due date already. Enter another day.", field="to")
    if to < action.starts_on:
        raise RuleBroken("The due date must be on or after the day on which the action starts.", field="to")
    if not reason.strip():
        raise RuleBroken("Say why the due date moves.", field="reason")
    last = action.moves.aggregate(last=Max("on"))["last"]
    if last and on < last:
        raise RuleBroken("The due date moved after that day already. Enter a later day.", field="on")
    move = DueDateMove.objects.create(
        action=action, moved_from=action.due, moved_to=to, reason=reason.strip(), on=on, by=by
    )
    action.due = to
    action.save(update_fields=["due"])
    record(
        verb="moved the due date",
        by=by,
        target=action,
        changes={"due": (move.moved_from, to)},
        reason=_words(action.plan, move.reason),
    )
    return move


@transaction.atomic
def propose_complete(*, action: Action, evidence: str, on: dt.date, by: Actor, today: dt.date | None = None) -> None:
    """Who was asked says that it is done, with the evidence. The group decides."""
    must(may_update(by, action))
    if not evidence.strip():
        raise RuleBroken("Say what shows that the action is done.", field="evidence")
    _happen([action], Kind.PROPOSED, on=on, by=by, today=today)
    Note.objects.create(action=action, text=evidence.strip(), on=on, by=by)
    own = by.agencies_where(Permission.UPDATE_OWN_ACTIONS) if by else set()
    entry = action.entries.filter(agency__in=own).first() or action.entries.first()
    if entry:
        entry.evidence = "\n\n".join(part for part in (entry.evidence, evidence.strip()) if part)
        entry.save(update_fields=["evidence"])


@transaction.atomic
def send_back(*, action: Action, reason: str, on: dt.date, by: Actor, today: dt.date | None = None) -> None:
    """The group did not agree that it is done: the action is open again, and was outstanding all the time."""
    must(may_sign_off(by, action.plan))
    _happen([action], Kind.SENT_BACK, on=on, by=by, reason=reason, today=today)


@transaction.atomic
def sign_off_actions(
    *,
    plan: ActionPlan,
    actions: Iterable[Action],
    on: dt.date,
    forum: str,
    by: Actor,
    today: dt.date | None = None,
) -> None:
    """All members present at `forum` agreed that these are achieved: they leave the live plan. All of them or none."""
    must(may_sign_off(by, plan))
    actions = list(actions)
    if any(action.plan_id != plan.pk for action in actions):
        raise RuleBroken("An action of another plan cannot be signed off here.")
    if not forum.strip():
        raise RuleBroken("Enter the meeting at which it was agreed.", field="forum")
    _happen(actions, Kind.SIGNED_OFF, on=on, by=by, meeting=forum.strip(), today=today)


@transaction.atomic
def withdraw_action(*, action: Action, reason: str, on: dt.date, by: Actor, today: dt.date | None = None) -> None:
    """It will not be done, for a reason. It counts as withdrawn, never as done."""
    must(may_manage(by, action.plan))
    _happen([action], Kind.WITHDRAWN, on=on, by=by, reason=reason, today=today)


@transaction.atomic
def supersede_action(
    *, action: Action, replacement: Action, reason: str, on: dt.date, by: Actor, today: dt.date | None = None
) -> None:
    """Another action took its place, in the same plan or another that `by` may change."""
    must(may_manage(by, action.plan) and may_manage(by, replacement.plan))
    if replacement == action or replacement.state not in LIVE_STATES:
        raise RuleBroken("Choose another action that is open to take its place.", field="replacement")
    _happen([action], Kind.SUPERSEDED, on=on, by=by, reason=reason, today=today)
    Action.objects.filter(pk=action.pk).update(replaced_by=replacement)


@transaction.atomic
def reopen_action(*, action: Action, reason: str, on: dt.date, by: Actor, today: dt.date | None = None) -> None:
    """Not done after all, or needed after all. The days on which it was not outstanding stay in every count."""
    must(may_sign_off(by, action.plan))
    _happen([action], Kind.REOPENED, on=on, by=by, reason=reason, today=today)


@transaction.atomic
def hold_quarterly_review(
    *,
    plan: ActionPlan,
    held_on: dt.date,
    forum: str,
    achieved: Iterable[Action] = (),
    by: Actor,
    today: dt.date | None = None,
) -> QuarterlyReview:
    """A group went through its plan: what all members present agreed is achieved is signed off, the flow is kept."""
    must(may_sign_off(by, plan))
    plan = ActionPlan.objects.select_for_update().get(pk=plan.pk)
    _check_day(plan, held_on, today, field="held_on")
    if plan.reviews.filter(held_on=held_on).exists():
        raise RuleBroken("This plan was reviewed on that day already. Enter another day.", field="held_on")
    if not forum.strip():
        raise RuleBroken("Enter the meeting at which the plan was reviewed.", field="forum")
    achieved = list(achieved)
    if achieved:
        sign_off_actions(plan=plan, actions=achieved, on=held_on, forum=forum, by=by, today=today)
    counts = flow(plan, after=_counted_until(plan, held_on), upto=held_on)
    review = QuarterlyReview.objects.create(plan=plan, held_on=held_on, forum=forum.strip(), **asdict(counts))
    record(
        verb="reviewed the plan",
        by=by,
        target=plan,
        named=_name(plan),
        changes={"outstanding": (counts.opening, counts.closing)},
    )
    return review


# ---- Rules ----------------------------------------------------------------------------------------------------------


def _happen(
    actions: Sequence[Action],
    kind: Kind,
    *,
    on: dt.date,
    by: Actor,
    meeting: str = "",
    reason: str = "",
    today: dt.date | None,
) -> None:
    """Let `kind` happen to actions of one plan, if each one's state allows it; all of them or none."""
    if not actions:
        raise RuleBroken("Tick at least one action.", field="actions")
    if kind in NEEDS_REASON and not reason.strip():
        raise RuleBroken("Give the reason.", field="reason")
    plan = ActionPlan.objects.select_for_update().get(pk=actions[0].plan_id)
    _check_day(plan, on, today)
    before = {
        action.pk: action
        for action in Action.objects.select_for_update()
        .filter(pk__in=[action.pk for action in actions])
        .order_by("number")
    }
    _check_not_back_in_time(before.values(), on)
    for action in before.values():
        _move(action, kind)
    ActionEvent.objects.bulk_create(
        ActionEvent(action=action, kind=kind, on=on, meeting=meeting, reason=reason.strip(), by=by)
        for action in before.values()
    )
    _count_again(plan, on)
    for given in actions:
        old, given.state = given.state, before[given.pk].state
        record(
            verb=kind.label.lower(),
            by=by,
            target=given,
            changes={"state": (old, given.state)},
            reason=_words(plan, " ".join(part for part in (meeting, reason.strip()) if part)),
        )


def _move(action: Action, kind: Kind) -> None:
    state = MOVES.get((action.state, kind))
    if state is None:
        raise RuleBroken(
            f"Action {action.number} is {State(action.state).label.lower()}, so it cannot be {_done(kind)} now."
        )
    action.state = state
    action.save(update_fields=["state"])


def _done(kind: Kind) -> str:
    return kind.label[0].lower() + kind.label[1:]


def _check_not_back_in_time(actions: Iterable[Action], on: dt.date) -> None:
    last_days = ActionEvent.objects.filter(action__in=list(actions)).aggregate(last=Max("on"))
    if last_days["last"] and on < last_days["last"]:
        raise RuleBroken("Something happened to the action after that day already. Enter a later day.", field="on")


def _check_not_later(on: dt.date, today: dt.date | None, *, field: str = "on") -> None:
    if on > (today or timezone.localdate()):
        raise RuleBroken("The day must be today or earlier.", field=field)


def _check_day(plan: ActionPlan, on: dt.date, today: dt.date | None, *, field: str = "on") -> None:
    _check_not_later(on, today, field=field)
    if on < plan.opened_on:
        raise RuleBroken("The plan was not open yet on that day. Enter a later day.", field=field)
    last = plan.reviews.aggregate(last=Max("held_on"))["last"]
    if last and on < last:
        day = f"{last.day} {last:%B %Y}"
        raise RuleBroken(f"The plan was reviewed on {day} and its counts stand. Enter that day or later.", field=field)


def _check_asked(asked: Sequence[Asked]) -> None:
    if not asked or any(one.agency is None and not one.owner.strip() for one in asked):
        raise RuleBroken("Say which agency, or whose position in the board’s team, is to do it.", field="agencies")
    agencies = [one.agency for one in asked]
    if len(set(agencies)) < len(agencies):
        raise RuleBroken("Name each agency once.", field="agencies")


def _counted_until(plan: ActionPlan, held_on: dt.date) -> dt.date:
    """The end of the period before a review: the review before it, or the day before the plan opened."""
    before = plan.reviews.filter(held_on__lt=held_on).aggregate(last=Max("held_on"))["last"]
    return before or plan.opened_on - dt.timedelta(days=1)


def _count_again(plan: ActionPlan, on: dt.date) -> None:
    """What happens on the day of a review belongs to that review, also when it is written down after it."""
    review = plan.reviews.filter(held_on=on).first()
    if review:
        counts = flow(plan, after=_counted_until(plan, on), upto=on)
        QuarterlyReview.objects.filter(pk=review.pk).update(**asdict(counts))


def _locked(action: Action) -> Action:
    return Action.objects.select_for_update(of=("self",)).select_related("plan").get(pk=action.pk)


def _name(plan: ActionPlan) -> str:
    return "Action plan" if plan.is_confidential else plan.title


def _words(plan: ActionPlan, text: str) -> str:
    return "" if plan.is_confidential else text
