"""Who gets into the records room."""

from __future__ import annotations

from collections.abc import Iterable

from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import NOT_CONFIDENTIAL, Permission

SEARCHERS = tuple(permission for permission in Permission if permission not in NOT_CONFIDENTIAL)
"""Who has something to search: everybody but those who only book training."""

KEEPERS = (Permission.MANAGE_RECORDS, Permission.READ_CHILD_DEATH_IDENTITY)
"""Who keeps records and answers for them: of child deaths those who may know the child, of all others the team."""

TAKERS = (Permission.TAKE_OUT, Permission.MANAGE_CHILD_DEATHS)
"""Who takes records out: child deaths who runs their review, all others who may take out what is theirs."""


def held_by(user: Reader, permissions: Iterable[Permission]) -> list[Permission]:
    """Those of `permissions` that somebody holds for the whole board."""
    return [one for one in permissions if isinstance(user, User) and user.for_whole_board(one)]
