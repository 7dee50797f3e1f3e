"""Plans, reviews and actions of an address, as far as the person may see them; for everybody else there is none."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from lscb.accounts.models import User
from lscb.trail.services import viewed

from ..models import Action, ActionEntry, ActionPlan, QuarterlyReview
from ..rows import WATCHED
from ..services.rules import name_of


def find_plan(user: User, pk: Any) -> ActionPlan:
    return get_object_or_404(ActionPlan.objects.visible_to(user).select_related("agency"), pk=pk)


def find_review(user: User, pk: Any, held_on: str) -> QuarterlyReview:
    try:
        day = dt.date.fromisoformat(held_on)
    except ValueError:
        raise Http404 from None
    reviews = QuarterlyReview.objects.visible_to(user).select_related("plan__agency", "by")
    return get_object_or_404(reviews, plan=pk, held_on=day)


def find_action(user: User, pk: Any) -> Action:
    visible = Action.objects.visible_to(user).select_related("plan__agency", "replaced_by")
    return get_object_or_404(visible.prefetch_related(WATCHED), pk=pk)


def find_entry(user: User, pk: Any, entry: Any) -> ActionEntry:
    entries = ActionEntry.objects.visible_to(user).select_related("action__plan__agency", "agency", "person")
    return get_object_or_404(entries, action=pk, pk=entry)


def look_at(plan: ActionPlan, request: HttpRequest, user: User) -> None:
    """Looking at a confidential plan, or at anything in it, is an event of the plan."""
    if plan.is_confidential and request.method == "GET":
        viewed(plan, by=user, named=name_of(plan))
