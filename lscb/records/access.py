"""Who gets into the records room."""

from __future__ import annotations

from lscb.accounts.permissions import NOT_CONFIDENTIAL, Permission

SEARCHERS = tuple(permission for permission in Permission if permission not in NOT_CONFIDENTIAL)
"""Who has something to search: everybody but those who only book training."""

KEEPERS = (Permission.MANAGE_RECORDS, Permission.READ_CHILD_DEATH_IDENTITY)
"""Who sees how long records are kept: of child deaths those who may know the child, of all others the team."""
