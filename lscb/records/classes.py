"""The classes of records, the rule that holds for each, and what is due as at a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.keeping import last_trigger_due
from lscb.common.records import Kept, Then

from .models import DestructionItem, Hold, KeptLonger, RetentionRule


@cache
def classes() -> tuple[Kept, ...]:
    """What each app says in its `records.py`, in the order in which it is listed."""
    from audits.records import KEPT as audits
    from boards.records import KEPT as boards
    from casereviews.records import KEPT as case_reviews
    from cdop.records import KEPT as child_deaths
    from lscb.accounts.records import KEPT as accounts
    from lscb.actions.records import KEPT as actions
    from lscb.jobs.records import KEPT as jobs
    from lscb.records.records import KEPT as own
    from training.records import KEPT as training

    return (*boards, *actions, *audits, *case_reviews, *child_deaths, *training, *accounts, *jobs, *own)


@dataclass(frozen=True)
class RecordClass:
    """A class with the rule that holds for it; `version` is that of the board's own rule, 0 while there is none."""

    kept: Kept
    version: int = 0

    @property
    def slug(self) -> str:
        return self.kept.slug

    @property
    def rule(self) -> RetentionRule:
        """What holds, as a rule of the board that is not written yet."""
        kept = self.kept
        return RetentionRule(slug=kept.slug, months=kept.months, then=kept.then, basis=kept.basis, version=self.version)

    @property
    def can_be_destroyed(self) -> bool:
        return self.kept.then == Then.DESTROY

    def due(self, as_at: dt.date) -> QuerySet[Any]:
        """Records whose time is over on `as_at`, without what is held, kept longer, or destroyed already.

        A record is due from the day after the last day of its period. One query.
        """
        over = self.kept.triggered().filter(trigger_on__lte=last_trigger_due(as_at, self.kept.months))
        holds = Hold.objects.filter(slug=self.slug).in_force(as_at)
        if holds.filter(key__isnull=True).exists():
            return over.none()
        longer = KeptLonger.objects.filter(slug=self.slug).in_force(as_at)
        return (
            over.exclude(pk__in=holds.filter(key__isnull=False).values("key"))
            .exclude(pk__in=longer.values("key"))
            .exclude(pk__in=self._destroyed())
        )

    def _destroyed(self) -> QuerySet[Any]:
        gone = DestructionItem.objects.filter(destruction__slug=self.slug, was_destroyed=True)
        return gone.values("key")

    def find(self, key: UUID) -> Any | None:
        """The record of this key, also while its time has not begun."""
        return self.kept.triggered().model._default_manager.filter(pk=key).first()


def record_classes(user: User) -> list[RecordClass]:
    """Those that `user` may see, with the rules that hold. One query for the rules."""
    rules = {rule.slug: rule for rule in RetentionRule.objects.all()}
    return [_with_rule(kept, rules.get(kept.slug)) for kept in classes() if may_see(user, kept)]


def record_class(slug: str) -> RecordClass:
    """Raises KeyError for a slug that is none."""
    kept = {one.slug: one for one in classes()}[slug]
    return _with_rule(kept, RetentionRule.objects.filter(slug=slug).first())


def may_see(user: User, kept: Kept) -> bool:
    return user.for_whole_board(Permission(kept.permission))  # type: ignore[call-arg]


def _with_rule(kept: Kept, rule: RetentionRule | None) -> RecordClass:
    if rule is None:
        return RecordClass(kept)
    return RecordClass(replace(kept, months=rule.months, then=Then(rule.then), basis=rule.basis), rule.version)
