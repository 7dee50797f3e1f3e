"""Reads of action plans. What may be read of a plan may be read of everything in it, and nothing else is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from lscb.accounts.cases import kept_out, within_cases
from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.common.rag import SOON

if TYPE_CHECKING:
    from .models import (  # noqa: F401
        Action,
        ActionEntry,
        ActionEvent,
        ActionPlan,
        DueDateMove,
        EvidenceFile,
        ImpactCheck,
        Note,
        QuarterlyReview,
    )

IMPACT_AFTER = dt.timedelta(days=183)
"""How long after a sign-off it is asked whether it made a difference: half a year."""


def readable_plans(user: User, path: str = "") -> Q:
    """The plans that `user` reads as a whole; `path` leads from the queried model to the plan, such as "plan__".

    For each permission: everything for who holds it for the whole board; plans of one's groups and agencies for who
    holds it there; the board's own plans (no group, no agency) for who holds it anywhere. An agency reads the plan
    that follows from its own return. Of a case, people may be let in or kept out (`lscb.accounts.cases`).
    """
    from .models import MANAGED_WITH

    readable = Q(**{f"{path}permission": Permission.READ_RETURNS.value})
    readable &= _in_agencies(path, user.agencies_where(Permission.READ_OWN_RETURNS))
    for permission in MANAGED_WITH:
        if not user.may(permission):
            continue
        within = Q(**{f"{path}group": "", f"{path}agency__isnull": True})
        within |= Q(**{f"{path}group__in": sorted(user.groups_where(permission))})
        within |= _in_agencies(path, user.agencies_where(permission))
        if user.for_whole_board(permission):
            within = Q()
        readable |= Q(**{f"{path}permission": permission.value}) & within
    return within_cases(user, readable, f"{path}case")


def _in_agencies(path: str, agencies: set[int]) -> Q:
    return Q(**{f"{path}agency__in": sorted(agencies)})


def readable_actions(user: User, path: str = "") -> Q:
    """Actions of readable plans, and those that ask something of one's agency unless their plan is confidential."""
    own = Q(
        **{
            f"{path}plan__permission": Permission.READ_ACTIONS.value,
            f"{path}pk__in": _of_agencies(user.agencies_where(Permission.UPDATE_OWN_ACTIONS)),
        }
    )
    return readable_plans(user, f"{path}plan__") | (own & ~kept_out(user, f"{path}plan__case"))


def _of_agencies(agencies: set[int]) -> models.QuerySet[Any, Any]:
    from .models import ActionEntry

    return ActionEntry.objects.filter(agency__in=sorted(agencies)).values("action")


class ActionPlanQuerySet(models.QuerySet["ActionPlan"]):
    def visible_to(self, user: Reader) -> ActionPlanQuerySet:
        return self.filter(readable_plans(user)) if isinstance(user, User) else self.none()

    def managed_by(self, user: User) -> ActionPlanQuerySet:
        """Those that `user` reads and runs for the board or for a group."""
        from .models import MANAGED_WITH

        runs = Q(pk__in=[])
        for reading, managing in MANAGED_WITH.items():
            everywhere = user.for_whole_board(managing)
            where = Q() if everywhere else Q(group__in=sorted(user.groups_where(managing)))
            runs |= Q(permission=reading.value) & where
        return self.visible_to(user).filter(runs)


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: Reader) -> ActionQuerySet:
        return self.filter(readable_actions(user)) if isinstance(user, User) else self.none()

    def outstanding(self, at: dt.date) -> ActionQuerySet:
        """Actions that were to be done at the end of the day `at`, whatever happened to them later."""
        from .models import BECOMES_OUTSTANDING, STOPS_BEING_OUTSTANDING, ActionEvent

        counting = (*BECOMES_OUTSTANDING, *STOPS_BEING_OUTSTANDING)
        last = ActionEvent.objects.filter(action=OuterRef("pk"), on__lte=at, kind__in=counting).order_by("-on", "-pk")
        return self.annotate(last_by_then=Subquery(last.values("kind")[:1])).filter(
            last_by_then__in=BECOMES_OUTSTANDING
        )

    def with_due(self, at: dt.date) -> ActionQuerySet:
        """Annotates `due_then`, the due date as it stood at the end of the day `at`."""
        from .models import DueDateMove

        first_later = DueDateMove.objects.filter(action=OuterRef("pk"), on__gt=at).order_by("on", "pk")
        return self.annotate(due_then=Coalesce(Subquery(first_later.values("moved_from")[:1]), F("due")))

    def overdue(self, today: dt.date) -> ActionQuerySet:
        """Outstanding on `today` and due before it, by the due date as it stood then."""
        return self.outstanding(today).with_due(today).filter(due_then__lt=today)  # type: ignore[misc]

    def live(self) -> ActionQuerySet:
        from .models import LIVE_STATES

        return self.filter(state__in=LIVE_STATES)

    def late(self, today: dt.date) -> ActionQuerySet:
        """Live and due before `today`: what `overdue` says of today, read from the state without what happened."""
        return self.live().filter(due__lt=today)

    def of_agencies(self, agencies: set[int]) -> ActionQuerySet:
        """Actions that ask something of these agencies."""
        return self.filter(pk__in=_of_agencies(agencies))

    def waiting_for(self, user: User) -> ActionQuerySet:
        """Actions of which a part is this person's: it is given to them, or to nobody and asked of their agency.

        A part given to somebody who left is nobody's.
        """
        from .models import ActionEntry

        nobody = Q(person__isnull=True) | Q(person__is_active=False)
        agencies = sorted(user.agencies_where(Permission.UPDATE_OWN_ACTIONS))
        mine = ActionEntry.objects.filter(Q(person=user) | (nobody & Q(agency__in=agencies)))
        return self.filter(pk__in=mine.values("action"))

    def of_the_team(self) -> ActionQuerySet:
        """Actions of which a part is that of the board's team."""
        from .models import ActionEntry

        return self.filter(pk__in=ActionEntry.objects.filter(agency__isnull=True).values("action"))

    def with_worst(self, today: dt.date) -> ActionQuerySet:
        """Annotates `worst`, to order by: 0 red, 1 amber, 2 green, 3 no longer live.

        The same judgement as `rag_of_due_date` over the due date and what is reported.
        """
        from .models import LIVE_STATES, ActionEntry, Progress

        def reported(progress: Progress) -> models.QuerySet[Any, Any]:
            return ActionEntry.objects.filter(progress=progress).values("action")

        rank = Case(
            When(~Q(state__in=LIVE_STATES), then=Value(3)),
            When(Q(due__lt=today) | Q(pk__in=reported(Progress.OFF_TRACK)), then=Value(0)),
            When(Q(due__lte=today + SOON) | Q(pk__in=reported(Progress.AT_RISK)), then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.annotate(worst=rank)

    def worst_first(self, today: dt.date) -> ActionQuerySet:
        return self.with_worst(today).order_by("worst", "due", "number")  # type: ignore[misc]

    def impact_unknown(self, today: dt.date) -> ActionQuerySet:
        """Signed off half a year ago or longer, and nobody has said since whether it made a difference."""
        from .models import ActionEvent, ImpactCheck, Kind, State

        signed_off = ActionEvent.objects.filter(action=OuterRef("pk"), kind=Kind.SIGNED_OFF).order_by("-on", "-pk")
        return self.annotate(last_sign_off=Subquery(signed_off.values("pk")[:1])).filter(
            ~Exists(ImpactCheck.objects.filter(event=OuterRef("last_sign_off"))),
            Exists(ActionEvent.objects.filter(pk=OuterRef("last_sign_off"), on__lte=today - IMPACT_AFTER)),
            state=State.SIGNED_OFF,
        )


class ActionEntryQuerySet(models.QuerySet["ActionEntry"]):
    def visible_to(self, user: Reader) -> ActionEntryQuerySet:
        return self.filter(readable_actions(user, "action__")) if isinstance(user, User) else self.none()


class ActionEventQuerySet(models.QuerySet["ActionEvent"]):
    def visible_to(self, user: Reader) -> ActionEventQuerySet:
        return self.filter(readable_actions(user, "action__")) if isinstance(user, User) else self.none()


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: Reader) -> NoteQuerySet:
        return self.filter(readable_actions(user, "action__")) if isinstance(user, User) else self.none()


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def visible_to(self, user: Reader) -> EvidenceFileQuerySet:
        return self.filter(readable_actions(user, "entry__action__")) if isinstance(user, User) else self.none()


class ImpactCheckQuerySet(models.QuerySet["ImpactCheck"]):
    def visible_to(self, user: Reader) -> ImpactCheckQuerySet:
        return self.filter(readable_actions(user, "event__action__")) if isinstance(user, User) else self.none()


class DueDateMoveQuerySet(models.QuerySet["DueDateMove"]):
    def visible_to(self, user: Reader) -> DueDateMoveQuerySet:
        return self.filter(readable_actions(user, "action__")) if isinstance(user, User) else self.none()


class QuarterlyReviewQuerySet(models.QuerySet["QuarterlyReview"]):
    def visible_to(self, user: Reader) -> QuarterlyReviewQuerySet:
        return self.filter(readable_plans(user, "plan__")) if isinstance(user, User) else self.none()
