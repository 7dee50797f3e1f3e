"""Priorities, themes and the business plan of a year; the page of a theme; carrying forward what is left."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from boards import forms, services
from boards.models import BusinessPlan, Priority, Theme, ThemeAction
from boards.plan.carrying import carry_forward
from boards.plan.forms import CarryForm
from boards.plan.work import work_for
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import AsRead
from lscb.actions.models import Action, ActionPlan
from lscb.actions.views import asked, asked_of, rag_tag, state_tag
from lscb.common.periods import FinancialYear

from .base import ChangesBoard, ReadsBoard, crumbs


class LatestPlan(ReadsBoard, View):
    """Leads to the plan of this year, or the last one there is."""

    def get(self, request: HttpRequest) -> HttpResponse:
        latest = BusinessPlan.objects.visible_to(self.user).order_by("-year").first()
        year = latest.year if latest else FinancialYear.containing(timezone.localdate())
        return redirect("boards:business_plan", str(year))


class _OfYear:
    kwargs: dict[str, Any]

    @cached_property
    def year(self) -> FinancialYear:
        try:
            return FinancialYear.parse(self.kwargs["year"])
        except ValueError:
            raise Http404 from None


class BusinessPlanPage(ReadsBoard, _OfYear, TemplateView):
    """The priorities, and under each theme of the year what was done and what is left to do."""

    template_name = "boards/business_plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        plans = BusinessPlan.objects.visible_to(self.user).select_related("plan")
        plan = plans.filter(year=self.year).first()
        themes = Theme.objects.visible_to(self.user).filter(year=self.year)
        return super().get_context_data(
            title=f"Business plan {self.year}",
            breadcrumbs=crumbs(),
            plan=plan,
            reads_plan=plan and ActionPlan.objects.visible_to(self.user).filter(pk=plan.plan_id).exists(),
            years=[other.year for other in plans.order_by("-year") if other.year != self.year],
            priorities=Priority.objects.visible_to(self.user).of_year(self.year),
            themes=[_theme(theme, today) for theme in themes.prefetch_related("priorities", actions_for(self.user))],
            may_change=self.user.may(Permission.MANAGE_BOARD),
            may_carry=self.user.may(Permission.MANAGE_BOARD) and plan and today > self.year.last_day,
            **kwargs | {"year": self.year},
        )


def actions_for(user: User) -> Prefetch:
    """The actions under themes that `user` may see."""
    rows = ThemeAction.objects.visible_to(user).select_related("action")
    return Prefetch("theme_actions", rows.prefetch_related("action__entries__agency"))


class ThemePage(ReadsBoard, _OfYear, TemplateView):
    """A theme: what was done for it in every part of the portal, and what is left to do."""

    template_name = "boards/theme.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        themes = Theme.objects.visible_to(self.user).prefetch_related("priorities", actions_for(self.user))
        theme = get_object_or_404(themes, year=self.year, number=self.kwargs["number"])
        plan = (f"Business plan {self.year}", reverse("boards:business_plan", args=[str(self.year)]))
        return super().get_context_data(
            title=theme.text,
            breadcrumbs=crumbs(plan),
            theme=theme,
            priorities=theme.priorities.all(),
            work=work_for(theme, reader=self.user, upto=today),
            actions=_theme(theme, today),
            **kwargs,
        )


def _theme(theme: Theme, today: Any) -> dict[str, Any]:
    actions = [row.action for row in theme.theme_actions.all()]
    rows: list[dict[str, Any]] = [
        {
            "action": action,
            "url": action.get_absolute_url(),
            "who": asked_of(action),
            "rag": rag_tag(action, today),
            "state": state_tag(action),
        }
        for action in actions
    ]
    return {
        "theme": theme,
        "priorities": ", ".join(str(priority.number) for priority in theme.priorities.all()),
        "left": [row for row in rows if row["action"].is_live],
        "left_label": f"Left to do under theme {theme.number}",
        "gone": [row for row in rows if not row["action"].is_live],
        "gone_label": f"Done or closed under theme {theme.number}",
    }


class _ChangesPlan(_OfYear, ChangesBoard):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = (f"Business plan {self.year}", self._plan_url())
        return super().get_context_data(breadcrumbs=crumbs(plan), **kwargs)

    def _plan_url(self) -> str:
        return reverse("boards:business_plan", args=[str(self.year)])

    def numbered(self, of_year: QuerySet[Any]) -> Any:
        """The one whose number was typed or, where nothing was yet, is asked for."""
        number = self.request.POST.get("number") or self.request.GET.get("number", "")
        return of_year.filter(number=number).first() if number.isdecimal() else None


class PlanAction(_ChangesPlan):
    """A new action under a theme."""

    form_class = forms.PlanActionForm
    title = "Add an action to the business plan"
    done = "The action is added."

    def get_form_kwargs(self) -> dict[str, Any]:
        themes = Theme.objects.visible_to(self.user).filter(year=self.year)
        return super().get_form_kwargs() | {"today": self.today, "themes": themes}

    def do(self, data: dict[str, Any]) -> Any:
        services.plan_business(
            theme=data["theme"],
            what=data["what"],
            intended_outcome=data["intended_outcome"],
            due=data["due"],
            asked=asked(data),
            on=self.today,
            by=self.user,
            today=self.today,
        )
        return self._plan_url()


class SetTheme(_ChangesPlan, AsRead):
    """A new theme, or another wording: the number says which."""

    form_class = forms.ThemeForm
    title = "Set a theme"
    done = "The theme is set."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"year": self.year}

    @property
    def record(self) -> Theme | None:
        found: Theme | None = self.numbered(Theme.objects.filter(year=self.year))
        return found

    def values(self, record: Theme) -> dict[str, Any]:
        return {"number": record.number, "text": record.text, "priorities": record.priorities.all()}

    def do(self, data: dict[str, Any]) -> Any:
        services.set_theme(year=self.year, by=self.user, **data)
        return self._plan_url()


class SetPriority(_ChangesPlan, AsRead):
    """A new priority, or another wording: first year and number say which."""

    form_class = forms.PriorityForm
    title = "Set a priority"
    done = "The priority is set."

    @property
    def record(self) -> Priority | None:
        found: Priority | None = self.numbered(Priority.objects.of_year(self.year))
        return found

    def values(self, record: Priority) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("first_year", "last_year", "number", "text")}

    def get_initial(self) -> dict[str, Any]:
        return {"first_year": self.year} | super().get_initial()

    def do(self, data: dict[str, Any]) -> Any:
        services.set_priority(by=self.user, **data)
        return self._plan_url()


class CarryForward(_ChangesPlan):
    """What is left of a year that is over goes into the next plan."""

    template_name = "boards/carry_forward.html"
    form_class = CarryForm
    done = "What you ticked is in the plan of this year now. It stays in the counts of the year before."

    def get_form_kwargs(self) -> dict[str, Any]:
        of_year = Action.objects.visible_to(self.user).filter(theme_action__theme__year=self.year)
        left = of_year.live()
        with_actions = Theme.objects.filter(theme_actions__action__in=left).distinct()
        return super().get_form_kwargs() | {
            "actions": of_year,
            "left": list(left.order_by("theme_action__theme__number", "number")),
            "themes": list(with_actions.order_by("number")),
            "year": self.year,
            "today": self.today,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = f"Carry forward what is left of {self.year}"
        return super().get_context_data(**{"title": title, "year": self.year, "next": self.year.next, **kwargs})

    def form_valid(self, form: BaseForm) -> HttpResponse:
        self.into = form.into()  # type: ignore[attr-defined]
        return super().form_valid(form)

    def do(self, data: dict[str, Any]) -> Any:
        carry_forward(
            year=self.year,
            chosen=data["actions"],
            into=self.into,
            due=data["due"],
            on=self.today,
            by=self.user,
            today=self.today,
        )
        return reverse("boards:business_plan", args=[str(self.year.next)])
