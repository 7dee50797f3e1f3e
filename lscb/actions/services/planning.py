"""Plans are opened; actions come into them, are worded anew, get more or less time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from lscb.accounts.models import Actor, Agency
from lscb.accounts.permissions import Permission
from lscb.common.errors import Overtaken, RuleBroken, check_version
from lscb.common.words import say
from lscb.trail.services import changes_between, record

from ..access import may_manage, must
from ..models import LIVE_STATES, Action, ActionEntry, ActionEvent, ActionPlan, DueDateMove, Kind
from .rules import check_day, check_not_later, count_again, locked, name_of, words_of


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
    record(verb="opened a plan", by=by, target=plan, named=name_of(plan))
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
    check_day(plan, on, today)
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
    count_again(plan, on)
    record(verb="added", by=by, target=action, changes={"due": (None, due)})
    return action


@transaction.atomic
def change_action(
    *, action: Action, version: int, what: str, intended_outcome: str = "", asked: Sequence[Asked], by: Actor
) -> Action:
    """Word an action anew, or ask others. `version` is the one that was read before writing.

    Raises Overtaken when another version is on file by now. Who has told of their part already stays in the action.
    """
    must(may_manage(by, action.plan))
    action = locked(action)
    check_version(action, version, what="this action")
    if action.state not in LIVE_STATES:
        raise RuleBroken(f"This action is {action.get_state_display().lower()}, so its words stay.")
    if not what.strip():
        raise RuleBroken("Say what is to be done.", field="what")
    _check_asked(asked)
    before = _as_told(action)
    action.what, action.intended_outcome = what.strip(), intended_outcome.strip()
    _ask(action, asked)
    if changes := changes_between(before, _as_told(action)):
        action.version += 1
        action.save(update_fields=["what", "intended_outcome", "version"])
        told = dict.fromkeys(changes, (None, None)) if action.plan.is_confidential else changes
        record(verb="changed", by=by, target=action, changes=told)
    return action


def _as_told(action: Action) -> dict[str, Any]:
    parts = "; ".join(str(entry) for entry in action.entries.select_related("agency"))
    return {"what": action.what, "intended_outcome": action.intended_outcome, "who does it": parts}


def _ask(action: Action, asked: Sequence[Asked]) -> None:
    """Let the entries be those of `asked`, the first leading; each one keeps what was told of it."""
    there = {entry.agency_id: entry for entry in action.entries.select_related("agency")}
    wanted = {one.agency.pk if one.agency else None: one for one in asked}
    for agency, entry in there.items():
        if agency not in wanted:
            if entry.evidence or entry.notes.exists() or entry.files.exists():
                raise RuleBroken(f"{entry.who} has told of its part already and stays.", field="agencies")
            entry.delete()
    action.entries.update(is_lead=False)
    for place, (agency, one) in enumerate(wanted.items()):
        entry = there.get(agency) or ActionEntry(action=action, agency=one.agency)
        entry.owner, entry.is_lead = one.owner.strip(), place == 0
        entry.save()


@transaction.atomic
def move_due_date(
    *,
    action: Action,
    to: dt.date,
    reason: str,
    on: dt.date,
    seen: dt.date | None = None,
    by: Actor,
    today: dt.date | None = None,
) -> DueDateMove:
    """Give an action more or less time, with the reason. The original due date stays.

    `seen` is the due date that was read before; raises Overtaken when somebody moved it since.
    """
    must(may_manage(by, action.plan))
    check_not_later(on, today)
    action = locked(action)
    if seen and action.due != seen:
        raise Overtaken(
            "Somebody else moved the due date while you were writing. Look at their reason, then save again.",
            current=action,
            field="to",
        )
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
        reason=words_of(action.plan, move.reason),
    )
    return move


def _check_asked(asked: Sequence[Asked]) -> None:
    if not asked or any(one.agency is None and not one.owner.strip() for one in asked):
        raise RuleBroken(
            say("Say which agency, or whose position in the {board}’s team, is to do it."), field="agencies"
        )
    agencies = [one.agency for one in asked]
    if len(set(agencies)) < len(agencies):
        raise RuleBroken("Name each agency once.", field="agencies")
