"""What evaluations came to, as tables: matched answers with n, and who answered of who was asked."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from lscb.common.chapters import Column, Table
from lscb.common.rounding import show, show_base, show_change

from .matching import matched, response_rate
from .models import Moment, Session


def tables(sessions: QuerySet[Session], *moments: str) -> list[Table]:
    """One table per later moment, against the one before; only where somebody answered both times."""
    return [table for moment in moments if (table := change_table(sessions, moment)) is not None]


def change_table(sessions: QuerySet[Session], second: str) -> Table | None:
    """Before against `second`."""
    changes = matched(sessions, Moment.BEFORE, second)
    if not changes:
        return None
    rates = " ".join(
        f"{Moment(moment).label}: {response_rate(sessions, moment)} answered." for moment in (Moment.BEFORE, second)
    )
    label = Moment(second).label
    rows: Sequence[Sequence[str]] = [
        (
            one.question,
            show(one.first, 1),
            show(one.second, 1),
            show_change(one.second - one.first),
            show_base(one.n),
        )
        for one in changes
    ]
    columns = (
        Column("Statement"),
        Column("Before", True),
        Column(label, True),
        Column("Change", True),
        Column("Same people", True),
    )
    note = f"Means on a scale from 1 to 5, of the same people both times. {rates}"
    return Table(f"Before and {label.lower()}", columns, rows, note=note)
