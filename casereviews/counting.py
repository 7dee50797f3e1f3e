"""How many actions from case reviews were outstanding at a date: by review, by agency, by theme."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lscb.accounts.models import User
from lscb.actions.models import Action
from lscb.actions.querysets import ActionQuerySet
from lscb.common.chapters import Column, Table
from lscb.common.words import worded

from .querysets import READ

EARLIER = "Earlier reviews"
NO_THEME = "No theme"
NO_AGENCY = worded("The {board}’s team")

Counts = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Numbers:
    """`total` actions; `by_review` and `by_theme` add up to it. An action of two agencies counts for both."""

    at: dt.date
    total: int
    by_review: Counts
    by_agency: Counts
    by_theme: Counts

    def tables(self) -> list[Table]:
        return [
            _table("By review", "Review", self.by_review, total=self.total),
            _table("By theme", "Theme", self.by_theme, total=self.total),
            _table(
                "By agency",
                "Agency",
                self.by_agency,
                note="An action that several agencies are asked for counts for each of them.",
            ),
        ]


def actions_of_reviews() -> ActionQuerySet:
    """Every action that follows from a case review."""
    return Action.objects.filter(plan__permission=READ)


def numbers(at: dt.date, *, seen_by: User | None = None) -> Numbers:
    """Outstanding at the end of the day `at`; only what `seen_by` may read, when given. 4 queries."""
    actions = actions_of_reviews().outstanding(at)
    if seen_by is not None:
        actions = actions.visible_to(seen_by)
    found = list(
        actions.select_related("plan__case_review", "learned__theme").prefetch_related("entries__agency__names")
    )
    return Numbers(
        at=at,
        total=len(found),
        by_review=most_first(Counter(_review(action) for action in found)),
        by_agency=most_first(Counter(name for action in found for name in agencies_of(action, at))),
        by_theme=most_first(Counter(_theme(action) for action in found)),
    )


def agencies_of(action: Action, at: dt.date) -> set[str]:
    """Who is asked, by the names of that day."""
    return {entry.agency.name_on(at) if entry.agency else str(NO_AGENCY) for entry in action.entries.all()}


def most_first(counter: Counter[str]) -> Counts:
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))


def _review(action: Action) -> str:
    review = getattr(action.plan, "case_review", None)
    return review.reference if review else EARLIER


def _theme(action: Action) -> str:
    learned = getattr(action, "learned", None)
    return learned.theme.title if learned and learned.theme else NO_THEME


def _table(title: str, heading: str, counts: Counts, *, total: int | None = None, note: str = "") -> Table:
    rows = [(name, str(number)) for name, number in counts]
    last = ("All", str(total)) if total is not None else None
    return Table(title, (Column(heading), Column("Outstanding", numeric=True)), rows, note=note, total=last)
