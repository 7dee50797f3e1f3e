"""Who may change what of a group's meetings. Reading is `visible_to`."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from boards.models import Group
from lscb.accounts.models import Actor, User
from lscb.accounts.permissions import Permission

READERS = (Permission.READ_BOARD, Permission.READ_CASE_REVIEWS, Permission.READ_CHILD_DEATHS)
"""Whoever reads the meetings of some group holds one of these."""
RUNNERS = (Permission.MANAGE_BOARD, Permission.MANAGE_CASE_REVIEWS, Permission.MANAGE_CHILD_DEATHS)


def may_run(by: Actor, group: Group) -> bool:
    """Plan, move, record, write. The portal itself (None) may; nobody runs meetings that they may not read."""
    if by is None:
        return True
    reads = by.for_whole_board(group.meetings_read_with)
    return reads and by.for_whole_board(group.meetings_managed_with)


def must_run(by: Actor, group: Group) -> None:
    if not may_run(by, group):
        raise PermissionDenied


def runs_any(user: User) -> bool:
    """Whether there are groups whose meetings this person runs."""
    return any(user.for_whole_board(permission) for permission in RUNNERS)


def groups_run_by(user: User) -> list[Group]:
    """The groups whose meetings `user` runs. One query."""
    return [group for group in Group.objects.all() if may_run(user, group)]


def reads_meetings_of(user: User, group: Group) -> bool:
    """The same question as `MeetingQuerySet.visible_to`, of a group that may have no meeting yet."""
    needed = group.meetings_read_with
    if group.papers_of == "" and not group.is_confidential:
        return user.may(needed)
    return user.for_whole_board(needed) or group.code in user.groups_where(needed)
