"""Searching for records: over what a person may see, by reference and words, one query for each kind.

Each kind starts from `visible_to`, and its words are those of the record itself. So neither a hit nor a number of hits
tells of a record that is not the searcher's to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from lscb.accounts.models import User
from lscb.common.records import Searched

SHOWN = 20
"""Hits of one kind on the page; who wants others adds a word."""
MOST_WORDS = 8


def kinds() -> tuple[Searched, ...]:
    """What each app says in its `records.py`, in the order of the list of results."""
    from audits.records import SEARCHED as audits
    from boards.records import SEARCHED as boards
    from casereviews.records import SEARCHED as case_reviews
    from cdop.records import SEARCHED as child_deaths
    from dataset.records import SEARCHED as dataset
    from lscb.accounts.records import SEARCHED as accounts
    from lscb.actions.records import SEARCHED as actions
    from training.records import SEARCHED as training

    return (*boards, *actions, *audits, *case_reviews, *child_deaths, *dataset, *training, *accounts)


@dataclass(frozen=True)
class Hit:
    name: str
    url: str


@dataclass(frozen=True)
class Found:
    """The hits of one kind; `is_cut` when there are more of them than are shown."""

    kind: str
    hits: Sequence[Hit]
    is_cut: bool

    @property
    def count_words(self) -> str:
        if self.is_cut:
            return f"the first {len(self.hits)}"
        return f"{len(self.hits)} found"


def search(typed: str, user: User) -> list[Found]:
    """What `user` may see of what holds every word that was typed, or has it for a reference."""
    typed = " ".join(typed.split())
    found = [_of_kind(kind, typed, user) for kind in kinds()]
    return [one for one in found if one.hits]


def _of_kind(kind: Searched, typed: str, user: User) -> Found:
    matching = _matching(kind, typed)
    records = list(kind.records(user).filter(matching)[: SHOWN + 1]) if matching else []
    hits = [Hit(kind.name(record), kind.url(record)) for record in records[:SHOWN]]
    return Found(kind.kind, hits, is_cut=len(records) > SHOWN)


def _matching(kind: Searched, typed: str) -> Q | None:
    named = kind.reference(typed) if kind.reference else None
    if not kind.words:
        return named
    holding = Q()
    for word in typed.split()[:MOST_WORDS]:
        somewhere = Q()
        for field in kind.words:
            somewhere |= Q(**{f"{field}__icontains": word})
        holding &= somewhere
    return holding | named if named else holding
