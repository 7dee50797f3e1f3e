"""Who may run training."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from lscb.accounts.models import Actor

from ..querysets import manages


def must_manage(by: Actor) -> None:
    """The portal itself may do everything; a person needs the right to run the programme."""
    if by is not None and not manages(by):
        raise PermissionDenied
