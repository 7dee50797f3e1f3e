"""What the board's pages share: who reads, who changes, and "as at" a day."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from boards.forms import AsAtForm
from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.words import worded

BOARD = (worded("{Board}"), "boards:structure")


class ReadsBoard(Guarded):
    scope = (Permission.READ_BOARD,)


class ChangesBoard(ReadsBoard, Change):
    """A form for who runs the board."""

    right = Permission.MANAGE_BOARD


class AsAt:
    """A page that speaks of a day: today, or the one in `?as_at=`."""

    request: HttpRequest

    @cached_property
    def as_at_form(self) -> AsAtForm:
        typed: QueryDict | None = self.request.GET if "as_at" in self.request.GET else None
        return AsAtForm(typed, initial={"as_at": timezone.localdate()})

    @cached_property
    def as_at(self) -> dt.date:
        """The day asked for; today when none is, or when it cannot be understood (the form then says so)."""
        if self.as_at_form.is_bound and self.as_at_form.is_valid():
            chosen: dt.date | None = self.as_at_form.cleaned_data["as_at"]
            return chosen or timezone.localdate()
        return timezone.localdate()


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way down from the board's first page."""
    return [(BOARD[0], reverse(BOARD[1])), *more]
