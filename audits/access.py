"""Who may read and write which return. The same answers serve page, list, count, file, API and link."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from lscb.accounts.models import Actor, Agency, Reader, User
from lscb.accounts.permissions import Permission

RETURNS = (Permission.READ_RETURNS, Permission.READ_OWN_RETURNS)


def reads_all(user: Reader) -> bool:
    """Who reads every agency's returns, once they are submitted."""
    return isinstance(user, User) and user.for_whole_board(Permission.READ_RETURNS)


def own_agencies(user: Reader) -> list[int]:
    """Keys of the agencies whose returns this person reads as their own."""
    return sorted(user.agencies_where(Permission.READ_OWN_RETURNS)) if isinstance(user, User) else []


def runs(by: Actor) -> bool:
    """Runs rounds and writes what the panel says. The portal itself (None) may."""
    return by is None or by.for_whole_board(Permission.MANAGE_AUDITS)


def may_fill(by: Actor, agency: Agency) -> bool:
    return by is None or agency.pk in by.agencies_where(Permission.FILL_RETURN)


def may_submit(by: Actor, agency: Agency) -> bool:
    return by is None or agency.pk in by.agencies_where(Permission.SUBMIT_RETURN)


def must(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
