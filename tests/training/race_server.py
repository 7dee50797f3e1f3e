"""The portal as gunicorn serves it, for races: with pauses where they hurt most and, when asked, without its lock.

`WITHOUT_LOCK=1` takes the lock on the session's row out: that is the negative control.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - every page is imported once, before workers are forked

from training.models import Session  # noqa: E402 - Django is set up by now
from training.services import booking, places, register, sessions  # noqa: E402

LONGEST_PAUSE = float(os.environ.get("LONGEST_PAUSE", "0.01"))


def with_pause(found: Callable[..., Any]) -> Callable[..., Any]:
    """Between reading what is free and taking it."""

    def pausing(*args: Any) -> Any:
        free = found(*args)
        time.sleep(random.uniform(0, LONGEST_PAUSE))
        return free

    return pausing


def unlocked(session: Session) -> Session:
    return Session.objects.select_related("course", "charge_policy").get(pk=session.pk)


places.lowest_free = with_pause(places.lowest_free)
if os.environ.get("WITHOUT_LOCK"):
    places.locked = booking.locked = register.locked = sessions.locked = unlocked

__all__ = ["application"]
