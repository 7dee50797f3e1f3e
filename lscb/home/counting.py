"""Counting what happens, for those who watch the portal: kept in the process for seconds, then added in the database.

So the numbers are those of all portals and workers together, and a process that dies takes a few seconds of them along.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from allauth.account.signals import user_logged_in
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import DatabaseError, connection, transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)

REQUESTS, SIGN_INS = "requests", "sign_ins"
ADD = """
INSERT INTO home_tally (metric, label, number) VALUES (%s, %s, %s)
ON CONFLICT (metric, label) DO UPDATE SET number = home_tally.number + excluded.number
"""

_lock = threading.Lock()
_pending: Counter[tuple[str, str]] = Counter()
_written = time.monotonic()


def note(metric: str, label: str) -> None:
    with _lock:
        _pending[metric, label[:120]] += 1
        due = settings.TALLY_EVERY is not None and time.monotonic() - _written > settings.TALLY_EVERY.total_seconds()
    if due:
        write_down()


def write_down() -> None:
    """Add what was counted. A database that is away now gets it later; nobody's request fails for it."""
    global _written
    with _lock:
        counted = dict(_pending)
        _pending.clear()
        _written = time.monotonic()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Always in the same order, so that two processes never wait for each other.
            cursor.executemany(ADD, [(*key, number) for key, number in sorted(counted.items())])
    except DatabaseError as error:
        log.warning("tally.not_written", error=type(error).__name__)
        with _lock:
            _pending.update(counted)


class CountsRequests:
    """Which view answered with which status; an address that leads nowhere is counted without its text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = request.resolver_match.view_name if request.resolver_match else "none"
        note(REQUESTS, f"{name} {response.status_code}")
        return response


@receiver(user_logged_in)
def signed_in(**kwargs: Any) -> None:
    note(SIGN_INS, "signed in")


@receiver(user_login_failed)
def failed_to_sign_in(**kwargs: Any) -> None:
    note(SIGN_INS, "failed")
