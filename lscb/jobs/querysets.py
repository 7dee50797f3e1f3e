"""Reads of background jobs and of the e-mails that wait."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from lscb.accounts.permissions import Permission

if TYPE_CHECKING:
    from lscb.accounts.models import Reader

    from .models import Email, Job, RestoredCopy  # noqa: F401


LIVE = ("queued", "running")
ENDED = ("done", "failed", "cancelled")


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Reader) -> JobQuerySet:
        """One's own jobs, those whose permission one holds for the whole board, or all for who keeps jobs running.

        What came out of a job is guarded by itself: see `Job.result_is_for`.
        """
        if not user.is_authenticated:
            return self.none()
        if user.may(Permission.READ_JOBS):
            return self.all()
        for_board = {p for p in Permission if user.for_whole_board(p)}
        return self.filter(Q(requested_by=user) | Q(permission__in=for_board))

    def live(self) -> JobQuerySet:
        return self.filter(state__in=LIVE)

    def ended(self) -> JobQuerySet:
        return self.filter(state__in=ENDED)

    def silent(self, *, since: dt.datetime) -> JobQuerySet:
        """Running jobs whose heart has not beaten since: their worker is presumed dead."""
        return self.filter(state="running", heartbeat_at__lt=since)

    def unheard(self, *, since: dt.datetime) -> JobQuerySet:
        """Queued jobs for which no bell was rung since; the longest waiting first."""
        return self.filter(
            Q(rung_at__lt=since) | Q(rung_at__isnull=True, queued_at__lt=since), state="queued"
        ).order_by("queued_at")


class EmailQuerySet(models.QuerySet["Email"]):
    def visible_to(self, user: Reader) -> EmailQuerySet:
        """Who keeps jobs running sees that e-mails wait; pages never show their text, which may hold links."""
        return self.all() if user.is_authenticated and user.may(Permission.READ_JOBS) else self.none()

    def due(self, at: dt.datetime) -> EmailQuerySet:
        return self.filter(state="waiting", next_try_at__lte=at).order_by("next_try_at", "queued_at")

    def abandoned(self, *, since: dt.datetime) -> EmailQuerySet:
        """Claimed by a process that has not come back."""
        return self.filter(state="sending", claimed_at__lt=since)


class RestoredCopyQuerySet(models.QuerySet["RestoredCopy"]):
    def at_rest(self) -> RestoredCopyQuerySet:
        """This portal, while it is only a copy."""
        return self.filter(taken_over_at__isnull=True)

    def visible_to(self, user: Reader) -> RestoredCopyQuerySet:
        """Every page says so, to everybody: nobody may take a copy for the portal."""
        return self.all()
