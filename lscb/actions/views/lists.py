"""Lists: my actions, the plans, and how many came and went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import django_filters
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import HiddenInput
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.generic import TemplateView

from lscb.accounts.access import Guarded
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.common.counted import Counted
from lscb.common.lists import XLSX, ListColumn, ListPage
from lscb.common.periods import FinancialYear
from lscb.common.words import worded
from lscb.trail.services import record

from .. import documents, forms
from ..access import READERS
from ..counts import differences, flow, flow_by_agency
from ..models import LIVE_STATES, Action, ActionPlan, QuarterlyReview, State
from ..querysets import ActionQuerySet
from ..rows import WATCHED, asked_of, crumbs, rag_tag, state_tag
from .files import download

SHOWN = [
    ("overdue", "Overdue"),
    ("proposed", "Proposed complete"),
    ("closed", "Closed"),
    ("impact", "Signed off half a year ago, impact not known"),
    ("all", "All"),
]


class ActionFilter(django_filters.FilterSet):
    """By who is asked, by how things stand and by words; live actions when nothing is chosen.

    One plan is chosen by a link to it and shown as a chip: a choice of all plans would be longer than the list.
    """

    show = django_filters.ChoiceFilter(label="Show", choices=SHOWN, empty_label="Outstanding", method="shown")
    whose = django_filters.ChoiceFilter(
        label="For whom",
        choices=[("mine", "For me to do"), ("team", worded("For the {board}’s team to do"))],
        empty_label="Everybody",
        method="of_whom",
    )
    agency = django_filters.ModelChoiceFilter(
        label="Agency", queryset=Agency.objects.but_schools(), empty_label="All agencies", method="of_agency"
    )
    plan = django_filters.ModelChoiceFilter(label="Plan", queryset=ActionPlan.objects.none(), widget=HiddenInput)
    words = django_filters.CharFilter(label="Words in the action or its plan", method="with_words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Action.objects.visible_to(self.request.user).order_by()
        self.filters["plan"].queryset = ActionPlan.objects.filter(Exists(seen.filter(plan=OuterRef("pk"))))

    def shown(self, actions: Any, name: str, value: str) -> Any:
        today = timezone.localdate()
        return {
            "overdue": lambda: actions.late(today),
            "proposed": lambda: actions.filter(state=State.PROPOSED),
            "closed": lambda: actions.exclude(state__in=LIVE_STATES),
            "impact": lambda: actions.impact_unknown(today),
        }.get(value, lambda: actions)()

    def of_whom(self, actions: Any, name: str, value: str) -> Any:
        return actions.of_the_team() if value == "team" else actions.waiting_for(self.request.user)

    def of_agency(self, actions: Any, name: str, value: Agency) -> Any:
        return actions.of_agencies({value.pk})

    def with_words(self, actions: Any, name: str, value: str) -> Any:
        for word in value.split():
            holds = Q(what__icontains=word) | Q(intended_outcome__icontains=word) | Q(plan__title__icontains=word)
            actions = actions.filter(holds)
        return actions

    @property
    def qs(self) -> Any:
        actions = super().qs
        return actions if self.data.get("show") else actions.filter(state__in=LIVE_STATES)


class MyActions(Guarded, ListPage):
    """Everything that a person or their agency is asked to do, or may read, across all plans: worst first."""

    template_name = "actions/mine.html"
    scope = READERS
    nouns = ("action", "actions")
    filterset_class = ActionFilter
    default_sort = "rag"
    empty_text = "There is nothing to do."
    columns = (
        ListColumn("Action", "what", link=True),
        ListColumn("Plan", "plan.title", sort=("plan__title", "number")),
        ListColumn("Who", asked_of),
        ListColumn("Due", "due", sort=("due", "number")),
        ListColumn(
            "RAG", lambda action: rag_tag(action, timezone.localdate()), sort=("worst", "due", "number"), tag=True
        ),
        ListColumn("State", state_tag, sort=("state", "due"), tag=True),
    )

    @property
    def title(self) -> str:  # type: ignore[override]
        return "Actions" if self.user.may(Permission.READ_ACTIONS) else "My actions"

    def get_counted(self) -> Mapping[str, Counted]:
        """Parts on floors above count actions; the settings name where they say which."""
        return {name: one for path in settings.COUNTED_ACTIONS for name, one in import_string(path).items()}

    def get_queryset(self) -> QuerySet[Action]:
        visible = Action.objects.visible_to(self.user).with_worst(timezone.localdate())
        return visible.select_related("plan").prefetch_related(WATCHED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reads_plans = ActionPlan.objects.visible_to(self.user).exists()
        return super().get_context_data(reads_plans=reads_plans, **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} actions as {format.upper()}", by=self.user)


def _counted(actions: ActionQuerySet) -> Coalesce:
    """How many there are of a plan, as a column of its row."""
    return Coalesce(Subquery(actions.order_by().values("plan").annotate(number=Count("pk")).values("number")), 0)


class PlanList(Guarded, ListPage):
    """The plans a person may read, with how many of their actions are outstanding."""

    scope = READERS
    title = "Action plans"
    nouns = ("plan", "plans")
    default_sort = "plan"
    columns = (
        ListColumn("Plan", "title", sort="title", link=True),
        ListColumn("Watched by", "watched_by"),
        ListColumn("Outstanding", "outstanding", sort="outstanding", numeric=True),
        ListColumn("Overdue", "overdue", sort="overdue", numeric=True),
        ListColumn("Last reviewed", "reviewed_on", sort="reviewed_on"),
    )

    def get_queryset(self) -> QuerySet[ActionPlan]:
        """Counted beside each other, not joined: only the plans of a page are counted."""
        live = Action.objects.filter(plan=OuterRef("pk")).live()
        reviews = QuarterlyReview.objects.filter(plan=OuterRef("pk")).order_by().values("plan")
        return (
            ActionPlan.objects.visible_to(self.user)
            .select_related("agency")
            .annotate(
                outstanding=_counted(live),
                overdue=_counted(live.late(timezone.localdate())),
                reviewed_on=Subquery(reviews.annotate(last=Max("held_on")).values("last")),
            )
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=crumbs(), **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} action plans as {format.upper()}", by=self.user)


class Counts(Guarded, TemplateView):
    """How many came, went and stayed between two days, by agency: in one plan, or in all that a person may see."""

    template_name = "actions/counts.html"
    scope = READERS

    @cached_property
    def form(self) -> forms.CountsForm:
        typed = self.request.GET if "upto" in self.request.GET else None
        return forms.CountsForm(typed, plans=self.plans, initial=self.usual)

    @cached_property
    def plans(self) -> QuerySet[ActionPlan]:
        seen = Action.objects.visible_to(self.user).order_by()
        return ActionPlan.objects.filter(pk__in=seen.values("plan"))

    @cached_property
    def usual(self) -> dict[str, Any]:
        """The financial year so far, of the plan in the address when there is one."""
        today = timezone.localdate()
        return {
            "plan": self.request.GET.get("plan", ""),
            "since": FinancialYear.containing(today).first_day,
            "upto": today,
        }

    @cached_property
    def chosen(self) -> tuple[ActionPlan | None, dt.date, dt.date]:
        if self.form.is_bound and self.form.is_valid():
            return self.form.cleaned_data["plan"], self.form.cleaned_data["since"], self.form.cleaned_data["upto"]
        plan = self.plans.filter(pk=self.usual["plan"]).first() if self._names_a_plan else None
        return plan, self.usual["since"], self.usual["upto"]

    @property
    def _names_a_plan(self) -> bool:
        return bool(self.usual["plan"]) and forms.is_key(self.usual["plan"])

    @property
    def actions(self) -> ActionQuerySet:
        visible = Action.objects.visible_to(self.user)
        return visible.filter(plan=self.chosen[0]) if self.chosen[0] else visible

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("format") == XLSX:
            return self.export()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan, since, upto = self.chosen
        window = {"after": since - dt.timedelta(days=1), "upto": upto}
        query = self.request.GET.copy()
        query["format"] = XLSX
        return super().get_context_data(
            title="How many actions came and went",
            breadcrumbs=[*crumbs(), ("Action plans", reverse("actions:plan_list"))],
            form=self.form,
            plan=plan,
            since=since,
            upto=upto,
            counts=flow(self.actions, **window),
            table=documents.agencies_table(flow_by_agency(self.actions, **window), upto),
            differences=differences(self.actions, **window),
            export=f"?{query.urlencode()}",
            **kwargs,
        )

    def export(self) -> HttpResponse:
        plan, since, upto = self.chosen
        content = documents.counts_as_xlsx(self.actions, since=since, upto=upto)
        with transaction.atomic():
            record(verb="exported counts of actions as XLSX", by=self.user, target=plan, named="Action plan")
        return download(content, XLSX, f"actions-{since}-to-{upto}")
