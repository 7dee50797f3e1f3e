"""Logs say what happened and where: never what people wrote, never a link that lets somebody in."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

_SECRET_LINK = re.compile(
    r"(/people/invitation/|/by-link/|/password/reset/key/|/confirm-email/|/sign-on/[^/]+/back/\?)[^/\s?\"']+"
)


def without_secret_links(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: takes the token out of every address of such a link."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _SECRET_LINK.sub(r"\1…", value)
    return event


def without_texts(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: of an exception keep its type and the places it passed, not its message.

    The message of a database error names the value it stumbled over, and the value may be a name. Where the line of
    another program repeats that message (Celery's does), it is taken out there too.
    """
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        for text in filter(None, (repr(error), str(error))):
            event["event"] = str(event.get("event", "")).replace(text, "…")
        event["exception"] = type(error).__name__
        event["passed"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-12:]
        ]
    return event
