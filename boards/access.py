"""Who may change the board's own records. Reading is `visible_to`."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission


def must_manage(by: Actor) -> None:
    """The portal itself (None) may; a person needs the permission for the whole board."""
    if by is not None and not by.for_whole_board(Permission.MANAGE_BOARD):
        raise PermissionDenied
