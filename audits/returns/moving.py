"""What happened to a return: its status moves by the table, and an event says so."""

from __future__ import annotations

import datetime as dt

from lscb.accounts.models import Actor, User
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from ..models import RETURN_MOVES, Contributor, Return, ReturnEvent, ReturnStep

Writer = Actor | Contributor
"""Who writes: a person, who helps by a link, or None for the portal itself."""

BOARD = "The board"
"""Kept with an event of the board's own; pages say its name in force."""


def locked(of_return: Return) -> Return:
    related = Return.objects.select_for_update(of=("self",)).select_related("round__framework", "agency", "plan")
    return related.get(pk=of_return.pk)


def move(
    of_return: Return, happened: ReturnStep, *, at: dt.datetime, by: Writer, who: str, verb: str, text: str = ""
) -> Return:
    """Give a locked return the status that follows. The caller has set what else changes; everything is saved."""
    target = RETURN_MOVES.get((of_return.status, happened))
    if target is None:
        words = of_return.get_status_display().lower()
        raise RuleBroken(f"This cannot be done while the return is “{words}”. Look at its history.")
    before, of_return.status = of_return.status, target
    of_return.save()
    note(of_return, happened, at=at, by=by, who=who, text=text)
    record(verb=verb, by=named(by), target=of_return, changes={"status": (before, target)})
    return of_return


def note(of_return: Return, happened: ReturnStep, *, at: dt.datetime, by: Writer, who: str, text: str = "") -> None:
    ReturnEvent.objects.create(
        of_return=of_return,
        happened=happened,
        at=at,
        text=text.strip(),
        by=by if isinstance(by, User) else None,
        who=who,
    )


def named(by: Writer) -> Actor | str:
    """As the trail takes it."""
    return f"{by.name}, by a link" if isinstance(by, Contributor) else by


def check_reason(reason: str, *, field: str = "reason") -> str:
    if not reason.strip():
        raise RuleBroken("Give the reason.", field=field)
    return reason.strip()
