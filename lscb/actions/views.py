"""Pages of action plans: my actions, a plan, an action, and what can be done with it."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from lscb.accounts.access import Guarded
from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.periods import FinancialYear
from lscb.common.rag import rag_of_due_date
from lscb.common.templatetags.portal import day
from lscb.trail.services import record

from . import forms, services
from .access import may_manage, may_sign_off, may_update, must
from .counts import flow
from .models import LIVE_STATES, Action, ActionEntry, ActionPlan, Progress, State
from .services import Asked

READERS = (
    Permission.READ_ACTIONS,
    Permission.UPDATE_OWN_ACTIONS,
    Permission.READ_CASE_REVIEWS,
    Permission.READ_CHILD_DEATHS,
    Permission.READ_RETURNS,
    Permission.READ_OWN_RETURNS,
)
TONES = {
    State.OPEN: "blue",
    State.PROPOSED: "amber",
    State.SIGNED_OFF: "green",
    State.SUPERSEDED: "grey",
    State.WITHDRAWN: "grey",
}
WATCHED = Prefetch("entries", ActionEntry.objects.select_related("agency"))


# ---- What a row says ------------------------------------------------------------------------------------------------


def state_tag(action: Action) -> Tag:
    return Tag(action.get_state_display().lower(), TONES[State(action.state)])


def rag_tag(action: Action, today: dt.date) -> Tag:
    """The colour by due date, with its word; an action that left the plan without being done has none."""
    if action.state in (State.WITHDRAWN, State.SUPERSEDED):
        return Tag("not rated")
    reported = [Progress(entry.progress).rag for entry in action.entries.all() if entry.progress]
    rag = rag_of_due_date(action.due, today=today, done=action.is_done, reported=reported)
    return Tag(rag.word, rag.value)


def asked_of(action: Action) -> str:
    """ "Solent NHS Trust; Board Manager" """
    return "; ".join(entry.agency.name if entry.agency else entry.owner for entry in action.entries.all())


def _today() -> dt.date:
    return timezone.localdate()


# ---- Lists ----------------------------------------------------------------------------------------------------------


class ActionFilter(django_filters.FilterSet):
    """By plan and by how things stand; live actions when nothing is chosen."""

    plan = django_filters.ModelChoiceFilter(
        label="Plan",
        queryset=lambda request: ActionPlan.objects.visible_to(request.user),
        empty_label="All plans",
    )
    show = django_filters.ChoiceFilter(
        label="Show",
        choices=[("overdue", "Overdue"), ("proposed", "Proposed complete"), ("closed", "Closed"), ("all", "All")],
        empty_label="Outstanding",
        method="shown",
    )

    def shown(self, actions: Any, name: str, value: str) -> Any:
        if value == "overdue":
            return actions.overdue(_today())
        if value == "proposed":
            return actions.filter(state=State.PROPOSED)
        return actions.exclude(state__in=LIVE_STATES) if value == "closed" else actions

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
    default_sort = "due"
    empty_text = "There is nothing to do."
    columns = (
        ListColumn("Action", "what", link=True),
        ListColumn("Plan", "plan.title", sort="plan__title"),
        ListColumn("Who", asked_of),
        ListColumn("Due", "due", sort=("due", "number")),
        ListColumn("Progress", lambda action: rag_tag(action, _today()), tag=True),
        ListColumn("State", state_tag, sort="state", tag=True),
    )

    @property
    def title(self) -> str:  # type: ignore[override]
        return "Actions" if self.user.may(Permission.READ_ACTIONS) else "My actions"

    def get_queryset(self) -> QuerySet[Action]:
        return Action.objects.visible_to(self.user).select_related("plan").prefetch_related(WATCHED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reads_plans = ActionPlan.objects.visible_to(self.user).exists()
        return super().get_context_data(reads_plans=reads_plans, **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} actions as {format.upper()}", by=self.user)


class PlanList(Guarded, ListPage):
    """The plans a person may read, with how many of their actions are outstanding."""

    scope = READERS
    title = "Action plans"
    nouns = ("plan", "plans")
    default_sort = "plan"
    exportable = False
    columns = (
        ListColumn("Plan", "title", sort="title", link=True),
        ListColumn("Watched by", "watched_by"),
        ListColumn("Outstanding", "outstanding", numeric=True),
        ListColumn("Overdue", "overdue", numeric=True),
    )

    def get_queryset(self) -> QuerySet[ActionPlan]:
        live = Q(actions__state__in=LIVE_STATES)
        return (
            ActionPlan.objects.visible_to(self.user)
            .select_related("agency")
            .annotate(
                outstanding=Count("actions", filter=live),
                overdue=Count("actions", filter=live & Q(actions__due__lt=_today())),
            )
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[("Actions", reverse("actions:mine"))], **kwargs)


# ---- A plan ---------------------------------------------------------------------------------------------------------


class PlanPage(Guarded, TemplateView):
    """The whole plan: live actions first, what left it below, and the flow of the year."""

    template_name = "actions/plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = get_object_or_404(
            ActionPlan.objects.visible_to(self.user).select_related("agency"), pk=self.kwargs["pk"]
        )
        today, year = _today(), FinancialYear.containing(_today())
        actions = list(plan.actions.prefetch_related(WATCHED).order_by("due", "number"))
        return super().get_context_data(
            title=plan.title,
            plan=plan,
            breadcrumbs=[("Actions", reverse("actions:mine")), ("Action plans", reverse("actions:plan_list"))],
            live=[self._row(action, today) for action in actions if action.is_live],
            closed=[self._row(action, today) for action in actions if not action.is_live],
            year=year,
            flow=flow(plan, after=year.previous.last_day, upto=min(today, year.last_day)),
            reviews=plan.reviews.order_by("-held_on"),
            may_manage=may_manage(self.user, plan),
            **kwargs,
        )

    def _row(self, action: Action, today: dt.date) -> dict[str, Any]:
        return {
            "action": action,
            "url": action.get_absolute_url(),
            "who": asked_of(action),
            "rag": rag_tag(action, today),
            "state": state_tag(action),
        }


class _OfPlan(Change):
    """A form of a plan, for who may manage it."""

    plan: ActionPlan

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.plan = get_object_or_404(ActionPlan.objects.visible_to(self.user), pk=kwargs["pk"])
        must(may_manage(self.user, self.plan))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [("Actions", reverse("actions:mine")), (self.plan.title, self.plan.get_absolute_url())]
        return super().get_context_data(breadcrumbs=crumbs, **kwargs)


class AddAction(_OfPlan):
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


def asked(data: dict[str, Any]) -> list[Asked]:
    """Who is asked, from an `ActionForm`: the lead first."""
    others = [agency for agency in data["agencies"] if agency != data["lead"]]
    first = [Asked(data["lead"], data["owner"])] if data["lead"] or data["owner"] else []
    return first + [Asked(agency) for agency in others]


# ---- An action ------------------------------------------------------------------------------------------------------


class ActionPage(Guarded, TemplateView):
    """One action: what, who, by when, and its story."""

    template_name = "actions/action.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        action = get_object_or_404(
            Action.objects.visible_to(self.user)
            .select_related("plan__agency", "replaced_by")
            .prefetch_related(WATCHED, "events__by", "notes__by", "moves__by"),
            pk=self.kwargs["pk"],
        )
        reads_plan = ActionPlan.objects.visible_to(self.user).filter(pk=action.plan_id).exists()
        return super().get_context_data(
            title=action.what,
            action=action,
            facts=[action.plan.title, f"added {day(action.events.all()[0].on)}"],
            state=state_tag(action),
            rag=rag_tag(action, _today()),
            breadcrumbs=_crumbs(action, reads_plan),
            rows=_facts(action, may_manage(self.user, action.plan)),
            entries=action.entries.all(),
            history=_story(action),
            moves=_offers(action, self.user),
            **kwargs,
        )


def _crumbs(action: Action, reads_plan: bool) -> list[tuple[str, str]]:
    above = [("Actions", reverse("actions:mine"))]
    return [*above, (action.plan.title, action.plan.get_absolute_url())] if reads_plan else above


def _facts(action: Action, manages: bool) -> list[dict[str, Any]]:
    due = day(action.due)
    if action.has_moved:
        due += f"\nFirst due {day(action.original_due)}"
    move = {"url": reverse("actions:move", args=[action.pk]), "action": "Move"} if manages and action.is_live else {}
    rows = [
        {"key": "What children should notice", "value": action.intended_outcome},
        {"key": "Starts", "value": day(action.starts_on)},
        {"key": "Due", "value": due, **move},
    ]
    if action.replaced_by:
        replaced = {"url": action.replaced_by.get_absolute_url(), "action": "See it"}
        rows.append({"key": "Replaced by", "value": str(action.replaced_by), **replaced})
    return rows


def _story(action: Action) -> list[dict[str, str]]:
    """Events, notes and moves together, newest first."""
    told: list[tuple[dt.date, int, dict[str, str]]] = []
    for place, event in enumerate(action.events.all()):
        text = " ".join(part for part in (event.meeting and f"{event.meeting}.", event.reason) if part)
        told.append((event.on, place, _entry(event.get_kind_display(), text, event.by, event.on)))
    for place, note in enumerate(action.notes.all()):
        told.append((note.on, 100 + place, _entry("Progress", note.text, note.by, note.on)))
    for place, move in enumerate(action.moves.all()):
        title = f"Due date moved from {day(move.moved_from)} to {day(move.moved_to)}"
        told.append((move.on, 200 + place, _entry(title, move.reason, move.by, move.on)))
    return [entry for *_, entry in sorted(told, key=lambda one: one[:2], reverse=True)]


def _entry(title: str, text: str, by: Actor, on: dt.date) -> dict[str, str]:
    return {"title": title, "text": text, "who": str(by) if by else "System", "when": day(on)}


def _offers(action: Action, user: Any) -> list[dict[str, str]]:
    """What this person can do with the action as it stands: the main thing first."""
    manages, signs, updates = (
        may_manage(user, action.plan),
        may_sign_off(user, action.plan),
        may_update(user, action),
    )
    live = action.is_live
    offers = (
        ("sign_off", "Sign off", signs and action.state == State.PROPOSED),
        ("note", "Add progress", updates and live),
        ("propose", "Propose as complete", updates and action.state == State.OPEN),
        ("send_back", "Send back", signs and action.state == State.PROPOSED),
        ("sign_off", "Sign off", signs and action.state == State.OPEN),
        ("withdraw", "Withdraw", manages and live),
        ("reopen", "Re-open", signs and action.state in (State.SIGNED_OFF, State.WITHDRAWN)),
    )
    return [{"url": reverse(f"actions:{name}", args=[action.pk]), "label": label} for name, label, may in offers if may]


class _OfAction(Change):
    """A form of an action, for who `may`; in the plan of another it does not exist."""

    warning: ClassVar[str] = ""
    submit: ClassVar[str] = ""

    def may(self, action: Action) -> bool:
        return may_manage(self.user, action.plan)

    action: Action

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        visible = Action.objects.visible_to(self.user).select_related("plan").prefetch_related(WATCHED)
        self.action = get_object_or_404(visible, pk=kwargs["pk"])
        must(self.may(self.action))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today, "submit_label": self.submit}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [("Actions", reverse("actions:mine")), (str(self.action), self.action.get_absolute_url())]
        return super().get_context_data(breadcrumbs=crumbs, warning=self.warning, **kwargs)

    def call(self, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def do(self, data: dict[str, Any]) -> Any:
        self.call({**data, "by": self.user, "today": self.today})
        return self.action


class _ForWhoDoesIt(_OfAction):
    def may(self, action: Action) -> bool:
        return may_update(self.user, action)


class _ForWhoSignsOff(_OfAction):
    def may(self, action: Action) -> bool:
        return may_sign_off(self.user, action.plan)


class AddNote(_ForWhoDoesIt):
    form_class, title, done = forms.NoteForm, "Add progress", "The note is added."

    def call(self, data: dict[str, Any]) -> None:
        services.add_note(action=self.action, **data)


class MoveDueDate(_OfAction):
    form_class, title, done = forms.MoveForm, "Move the due date", "The due date is moved."

    def call(self, data: dict[str, Any]) -> None:
        services.move_due_date(action=self.action, **data)


class Propose(_ForWhoDoesIt):
    form_class, title = forms.ProposeForm, "Propose as complete"
    done = "The action is proposed as complete. The group decides at its next review."

    def call(self, data: dict[str, Any]) -> None:
        services.propose_complete(action=self.action, **data)


class SignOff(_ForWhoSignsOff):
    form_class, title, done = forms.SignOffForm, "Sign off an action", "The action is signed off."
    warning = "It leaves the live plan. Sign off only what all members present agreed is achieved."

    def call(self, data: dict[str, Any]) -> None:
        services.sign_off_actions(plan=self.action.plan, actions=[self.action], **data)


class SendBack(_ForWhoSignsOff):
    form_class, title, submit = forms.ReasonForm, "Send an action back", "Send back"
    done = "The action is open again."

    def call(self, data: dict[str, Any]) -> None:
        services.send_back(action=self.action, **data)


class Reopen(_ForWhoSignsOff):
    form_class, title, submit = forms.ReasonForm, "Re-open an action", "Re-open"
    done = "The action is open again."

    def call(self, data: dict[str, Any]) -> None:
        services.reopen_action(action=self.action, **data)


class Withdraw(_OfAction):
    form_class, title, submit = forms.ReasonForm, "Withdraw an action", "Withdraw"
    done = "The action is withdrawn."
    warning = "It counts as withdrawn, not as done."

    def call(self, data: dict[str, Any]) -> None:
        services.withdraw_action(action=self.action, **data)
