"""A plan: the whole of it on one page, and what comes into it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from lscb.accounts.access import Guarded
from lscb.accounts.views.base import Change
from lscb.common.periods import FinancialYear

from .. import forms, services
from ..access import may_manage, may_sign_off, must
from ..counts import flow
from ..models import ActionPlan
from ..rows import WATCHED, asked, crumbs, row_of
from .finding import find_plan, look_at

REVIEWS_SHOWN = 8


class PlanPage(Guarded, TemplateView):
    """Live actions first, what left the plan below, the flow of the year and the reviews beside."""

    template_name = "actions/plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = find_plan(self.user, self.kwargs["pk"])
        look_at(plan, self.request, self.user)
        today = timezone.localdate()
        year = FinancialYear.containing(today)
        actions = list(plan.actions.worst_first(today).prefetch_related(WATCHED))
        return super().get_context_data(
            title=plan.title,
            plan=plan,
            breadcrumbs=[*crumbs(), ("Action plans", reverse("actions:plan_list"))],
            live=[row_of(action, today) for action in actions if action.is_live],
            closed=[row_of(action, today) for action in actions if not action.is_live],
            year=year,
            flow=flow(plan, after=year.previous.last_day, upto=min(today, year.last_day)),
            reviews=plan.reviews.order_by("-held_on")[:REVIEWS_SHOWN],
            may_manage=may_manage(self.user, plan),
            may_review=may_sign_off(self.user, plan),
            **kwargs,
        )


class OfPlan(Change):
    """A form of a plan, for who `may`."""

    plan: ActionPlan

    def may(self, plan: ActionPlan) -> bool:
        return may_manage(self.user, plan)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.plan = find_plan(self.user, kwargs["pk"])
        must(self.may(self.plan))
        look_at(self.plan, request, self.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": crumbs(plan=self.plan), "plan": self.plan} | kwargs)


class AddAction(OfPlan):
    form_class = forms.ActionForm
    title = "Add an action"
    done = "The action is added."

    def do(self, data: dict[str, Any]) -> Any:
        return services.add_action(
            plan=self.plan,
            what=data["what"],
            intended_outcome=data["intended_outcome"],
            due=data["due"],
            asked=asked(data),
            on=self.today,
            by=self.user,
            today=self.today,
        )


def day_in(text: str) -> dt.date | None:
    """A day in an address, 2017-03-31; None for anything else."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
