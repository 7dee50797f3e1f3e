"""Who may run training, and who takes the register of a session."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from lscb.accounts.models import Actor, Link

from ..letters import REGISTER
from ..models import Session
from ..querysets import manages


def must_manage(by: Actor) -> None:
    """The portal itself may do everything; a person needs the right to run the programme."""
    if by is not None and not manages(by):
        raise PermissionDenied


def must_take_register(by: Actor | Link, session: Session) -> None:
    """Who runs the programme, or a trainer by the link to this session and no other."""
    if not isinstance(by, Link):
        must_manage(by)
    elif (by.purpose, by.target_key) != (REGISTER, str(session.pk)):
        raise PermissionDenied
