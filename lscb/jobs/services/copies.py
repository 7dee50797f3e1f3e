"""A database restored from a backup is a copy until somebody says otherwise: it sends nothing and reminds nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps

import structlog
from django.db import transaction

from lscb.common.errors import RuleBroken
from lscb.jobs.models import Email, EmailState, RestoredCopy
from lscb.trail.services import record

log = structlog.get_logger(__name__)

WAITED = "It waited when the backup was made that this portal was restored from."


def is_a_copy() -> bool:
    """Whether this is a restored copy that nobody has put to work yet."""
    return RestoredCopy.objects.at_rest().exists()


def on_the_portal_only(task: Callable[[], None]) -> Callable[[], None]:
    """For what is done on the beat and reaches people: a copy leaves it undone."""

    @wraps(task)
    def done_here() -> None:
        if is_a_copy():
            log.info("copy.left_undone", task=task.__name__)
        else:
            task()

    done_here.on_the_portal_only = True  # type: ignore[attr-defined]
    return done_here


@transaction.atomic
def take_over(*, send_waiting: bool, at: dt.datetime) -> int:
    """This copy is the portal from now on. Returns how many e-mails waited.

    `send_waiting`: whether what waited when the backup was made is sent now. The old portal may have sent it since.
    """
    copy = RestoredCopy.objects.select_for_update().at_rest().first()
    if copy is None:
        raise RuleBroken("This is not a restored copy, or it has taken over already. Nothing was changed.")
    waiting = Email.objects.filter(state__in=(EmailState.WAITING, EmailState.SENDING))
    number = waiting.count()
    if not send_waiting:
        waiting.update(state=EmailState.FAILED, claim=None, claimed_at=None, failure=WAITED, body="", attachments=[])
    copy.taken_over_at = at
    copy.save(update_fields=["taken_over_at"])
    record(verb="took over as the portal", by=None, target=copy)
    return number
