"""What the pages of returns share: who reads, who runs rounds, and the way back."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from audits.access import RETURNS, may_fill, may_submit
from audits.models import Return, ReturnEvent, ReturnState
from audits.returns.moving import BOARD
from lscb.accounts.access import Guarded, check_access
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.lists import Tag
from lscb.common.templatetags.portal import moment
from lscb.common.words import say
from lscb.trail.history import Entry

TONES: dict[str, str] = {
    ReturnState.NOT_STARTED: "grey",
    ReturnState.IN_PROGRESS: "blue",
    ReturnState.AWAITING: "amber",
    ReturnState.SUBMITTED: "green",
    ReturnState.QUERIED: "amber",
    ReturnState.RESUBMITTED: "green",
    ReturnState.MODERATED: "green",
    ReturnState.FEEDBACK: "green",
    ReturnState.CLOSED: "grey",
    ReturnState.NOT_REQUIRED: "grey",
    ReturnState.DEFERRED: "amber",
}


class ReadsReturns(Guarded):
    scope = RETURNS


class RunsRounds(Guarded):
    """For who reads every return; what changes something needs the right to run rounds, too."""

    scope = (Permission.READ_RETURNS,)


class ChangesRounds(RunsRounds, Change):
    right = Permission.MANAGE_AUDITS


def status_tag(of_return: Return) -> Tag:
    return Tag(of_return.get_status_display().lower(), TONES[of_return.status])


def late_tag(of_return: Return, today: dt.date) -> Tag | None:
    """How late it is or came."""
    late = of_return.days_late(today)
    if late:
        return Tag("1 day overdue" if late == 1 else f"{late:,} days overdue", "red")
    return Tag("came late", "amber") if of_return.came_late else None


def returns_crumb(user: User) -> tuple[str, str]:
    """Where somebody came from: the rounds for who reads all, the own returns for an agency."""
    if user.may(Permission.READ_RETURNS):
        return "Section 11 and school audits", reverse("audits:round_list")
    return "Our returns", reverse("audits:return_list")


def history(of_return: Return, user: User) -> list[Entry]:
    """Newest first. An agency is told that the board did it, not which person; the board not which of the agency."""
    whole = user.may(Permission.READ_RETURNS)
    events = ReturnEvent.objects.visible_to(user).filter(of_return=of_return).select_related("by")
    return [
        Entry(
            title=event.get_happened_display(),
            text=event.text,
            who=str(event.by) if event.by and (event.who == BOARD) == whole else _who(event),
            when=moment(event.at),
        )
        for event in events
    ]


def _who(event: ReturnEvent) -> str:
    return say("The {board}") if event.who == BOARD else event.who


class OfReturn(ReadsReturns):
    """A page about one return. First whether it exists for this person (404), then whether it is theirs (403)."""

    needs: ClassVar[str] = ""
    """"fill" or "submit": a page for the agency; "run": for who runs rounds; empty: for whoever sees the return."""

    kwargs: dict[str, Any]

    @cached_property
    def of_return(self) -> Return:
        related = Return.objects.visible_to(self.user).select_related("round__framework", "agency", "plan")
        return get_object_or_404(related, pk=self.kwargs["pk"])

    @property
    def is_own(self) -> bool:
        return self.of_return.agency_id in self.user.agencies_where(Permission.READ_OWN_RETURNS)

    def may(self) -> bool:
        if self.needs == "run":
            return self.user.for_whole_board(Permission.MANAGE_AUDITS)
        if self.needs == "submit":
            return may_submit(self.user, self.of_return.agency)
        return not self.needs or may_fill(self.user, self.of_return.agency)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        if self.of_return and not self.may():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def crumbs(self) -> list[tuple[str, str]]:
        return [returns_crumb(self.user), (self.of_return.reference, self.of_return.get_absolute_url())]

    @property
    def now(self) -> dt.datetime:
        return timezone.now()


class ChangeReturn(OfReturn, Change):
    """A form about one return."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": self.crumbs(), "of_return": self.of_return} | kwargs)
