"""Who may change what of an action plan. Reading is `visible_to`; these ask what more is needed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from lscb.accounts.models import Actor, User
from lscb.accounts.permissions import Permission

from .models import Action, ActionEntry, ActionPlan

READERS = (
    Permission.READ_ACTIONS,
    Permission.UPDATE_OWN_ACTIONS,
    Permission.READ_CASE_REVIEWS,
    Permission.READ_CHILD_DEATHS,
    Permission.READ_RETURNS,
    Permission.READ_OWN_RETURNS,
)
"""Who reads some action or other: the pages of actions exist for these, narrowed by `visible_to`."""


def may_manage(by: Actor, plan: ActionPlan) -> bool:
    """Add actions, move due dates, withdraw, re-open. The portal itself (None) may."""
    return by is None or _holds(by, plan.managed_with, plan)


def may_sign_off(by: Actor, plan: ActionPlan) -> bool:
    """Record that a group agreed. In a confidential plan that is for who manages it."""
    right = plan.managed_with if plan.is_confidential else Permission.SIGN_OFF_ACTIONS
    return by is None or _holds(by, right, plan)


def may_update(by: Actor, action: Action) -> bool:
    """Report progress: who manages the plan, and the agencies that are asked to do something."""
    return by is None or may_manage(by, action.plan) or bool(own_parts(by, action))


def own_parts(by: User, action: Action) -> list[ActionEntry]:
    """The parts of an action of which this person may tell: all for who manages the plan, else those of the agency."""
    entries = list(action.entries.all())
    if may_manage(by, action.plan):
        return entries
    own = by.agencies_where(Permission.UPDATE_OWN_ACTIONS)
    return [entry for entry in entries if entry.agency_id in own] if _reads(by, action) else []


def may_tell_of(by: Actor, entry: ActionEntry) -> bool:
    """Evidence, progress and who sees to it: of one's own agency's part, or of any for who manages the plan."""
    return by is None or entry in own_parts(by, entry.action)


def must(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def _holds(by: User, right: Permission, plan: ActionPlan) -> bool:
    """`right` for the board, or for the group or agency whose plan it is; and reading it, too."""
    return (
        by.for_whole_board(right)
        or (bool(plan.group) and plan.group in by.groups_where(right))
        or (plan.agency_id is not None and plan.agency_id in by.agencies_where(right))
    ) and ActionPlan.objects.visible_to(by).filter(pk=plan.pk).exists()


def _reads(by: Actor, action: Action) -> bool:
    return by is not None and Action.objects.visible_to(by).filter(pk=action.pk).exists()
