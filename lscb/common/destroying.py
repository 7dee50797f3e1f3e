"""The one deliberate way past the triggers that keep what was submitted: destroying it when its time is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def time_is_over() -> Iterator[None]:
    """Inside, in the transaction of a destruction, rows that are kept may go. The triggers ask for this setting, which
    ends with the transaction whatever happens. Only a service that destroys uses it."""
    _let_go("on")
    yield
    _let_go("off")


def _let_go(word: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.destroying', %s, true)", [word])
