"""Multi-agency audits: the list, and one audit with everything that hangs on it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from audits.models import (
    Audit,
    AuditCase,
    AuditEvent,
    AuditFinding,
    AuditHappened,
    AuditKind,
    AuditRecommendation,
    AuditReturn,
    AuditStage,
    ReturnStatus,
)
from audits.multiagency.querysets import reads_everything
from audits.multiagency.reading import Compared, actions_of, compare, silent
from audits.multiagency.reporting import COUNTED
from audits.multiagency.services import FOUND_AT
from boards.models import Group
from lscb.accounts.access import Guarded
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.actions.models import Action
from lscb.actions.views import asked_of, rag_tag, state_tag
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.periods import FinancialYear
from lscb.common.templatetags.portal import day
from lscb.trail.history import Entry
from lscb.trail.services import record

STAGE_TONES: dict[str, str] = {
    AuditStage.PLANNED: "blue",
    AuditStage.FIELDWORK: "amber",
    AuditStage.MODERATION: "amber",
    AuditStage.REPORTED: "green",
    AuditStage.CLOSED: "grey",
    AuditStage.CANCELLED: "grey",
}
RETURN_TONES: dict[str, str] = {
    ReturnStatus.DUE: "amber",
    ReturnStatus.RECEIVED: "green",
    ReturnStatus.NO_INVOLVEMENT: "grey",
    ReturnStatus.NO_RETURN: "red",
}


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Multi-agency audits", reverse("audits:audit_list")), *more]


def stage_tag(audit: Audit) -> Tag:
    return Tag(audit.get_stage_display().lower(), STAGE_TONES[audit.stage])


def return_tag(one: AuditReturn, today: dt.date) -> Tag:
    """The word of its status; late where it is due and the day has passed."""
    if one.is_late(today):
        late = (today - one.due).days
        return Tag("1 day late" if late == 1 else f"{late:,} days late", "red")
    late_words = ", late" if one.was_late else ""
    return Tag(f"{one.get_status_display().lower()}{late_words}", RETURN_TONES[one.status])


class ReadsAudits(Guarded):
    scope = (Permission.READ_AUDITS,)


class OfAudit(ReadsAudits):
    """A page of an audit that the person may read."""

    kwargs: dict[str, Any]

    @cached_property
    def audit(self) -> Audit:
        related = Audit.objects.visible_to(self.user).select_related("lead_group", "looking_on", "tool", "plan")
        return get_object_or_404(related, pk=self.kwargs["pk"])


# ---- The list -------------------------------------------------------------------------------------------------------


class AuditFilter(django_filters.FilterSet):
    """Every choice comes from the audits that the person may see."""

    words = django_filters.CharFilter(label="Words", method="with_words")
    year = django_filters.ChoiceFilter(label="Year", empty_label="All years", method="in_year")
    kind = django_filters.ChoiceFilter(label="Kind", choices=AuditKind, empty_label="All kinds")
    stage = django_filters.ChoiceFilter(label="Stage", choices=AuditStage, empty_label="All stages")
    group = django_filters.ModelChoiceFilter(
        label="Lead group", queryset=Group.objects.none(), empty_label="All groups", field_name="lead_group"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Audit.objects.visible_to(self.request.user).order_by()
        starts = seen.dates("scheduled_from", "month", order="DESC")
        years = dict.fromkeys(str(FinancialYear.containing(start)) for start in starts)
        self.filters["year"].extra["choices"] = [(year, year) for year in years]
        self.filters["group"].queryset = Group.objects.filter(pk__in=seen.values("lead_group"))

    def with_words(self, audits: Any, name: str, value: str) -> Any:
        for word in value.split():
            audits = audits.filter(Q(title__icontains=word) | Q(subject__icontains=word))
        return audits

    def in_year(self, audits: Any, name: str, value: str) -> Any:
        year = FinancialYear.parse(value)
        return audits.filter(scheduled_from__gte=year.first_day, scheduled_from__lte=year.last_day)


class AuditList(ReadsAudits, ListPage):
    template_name = "audits/multiagency/list.html"
    title = "Multi-agency audits"
    nouns = ("audit", "audits")
    filterset_class = AuditFilter
    counted = COUNTED
    default_sort = "-months"
    empty_text = "There is no audit that you may read."
    columns = (
        ListColumn("Audit", "title", sort="title", link=True),
        ListColumn("Months", "months", sort=("scheduled_from", "title")),
        ListColumn("Kind", "get_kind_display", sort="kind"),
        ListColumn("Subject", "subject", sort="subject"),
        ListColumn("Lead group", "lead_group.short_name", sort="lead_group__short_name"),
        ListColumn("Stage", stage_tag, sort="stage", tag=True),
    )

    def get_queryset(self) -> QuerySet[Audit]:
        return Audit.objects.visible_to(self.user).select_related("lead_group")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(Permission.MANAGE_AUDITS):
            kwargs |= {"start_url": reverse("audits:audit_plan"), "start_label": "Plan an audit"}
        return super().get_context_data(reads_returns=reads_everything(self.user), **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} audits as {format.upper()}", by=self.user)


# ---- The record -----------------------------------------------------------------------------------------------------


class AuditPage(OfAudit, TemplateView):
    template_name = "audits/multiagency/audit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        audit, user, today = self.audit, self.user, timezone.localdate()
        manages, reads_cases = user.may(Permission.MANAGE_AUDITS), reads_everything(user)
        told = reads_cases or audit.is_told
        cases = list(AuditCase.objects.visible_to(user).filter(audit=audit).select_related("grade"))
        return super().get_context_data(
            title=audit.title,
            audit=audit,
            state=stage_tag(audit),
            breadcrumbs=crumbs(),
            rows=_facts(audit, manages and audit.is_changeable),
            stages=_stages(audit),
            cases=cases,
            board=_returns_board(audit, cases, today) if cases else None,
            workshops=audit.workshops.all(),
            findings=AuditFinding.objects.visible_to(user).filter(audit=audit),
            silent=silent(audit) if told else [],
            recommendations=_recommendations(audit, user, today),
            compared=_compared(audit, user) if told else None,
            offers=_offers(audit, len(cases)) if manages else [],
            manages=manages,
            finds=manages and audit.stage in FOUND_AT,
            reads_cases=reads_cases,
            told=told,
            history=_history(audit),
            **kwargs,
        )


def _facts(audit: Audit, changes: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("audits:audit_change", args=[audit.pk])} if changes else {}
    rows: list[dict[str, Any]] = [
        {"key": "Kind and subject", "value": ", ".join(filter(None, (audit.get_kind_display(), audit.subject)))},
        {"key": "On the schedule", "value": audit.months},
        {"key": "Lead group", "value": audit.lead_group.name},
        {"key": "Looking on", "value": audit.looking_on.name if audit.looking_on else "", "empty": "No other group"},
        {"key": "Business plan", "value": "\n".join(_theme_words(audit)), "empty": "No theme"},
        {"key": "Terms of reference", "value": audit.terms_of_reference, "empty": "Not yet written"},
        {"key": "Audit team", "value": audit.team, "empty": "Not yet named"},
        {"key": "Period audited", "value": _span(audit.period_from, audit.period_to)},
        {"key": "Fieldwork", "value": _span(audit.fieldwork_from, audit.fieldwork_to)},
        {"key": "Tool", "value": str(audit.tool or ""), "empty": "Not yet chosen"},
        {"key": "What the audit found", "value": audit.summary, "empty": "Not yet written"},
    ]
    return [row | change for row in rows]


def _theme_words(audit: Audit) -> Iterable[str]:
    return (f"{theme.year}, theme {theme.number}: {theme.text}" for theme in audit.themes.all())


def _span(start: dt.date | None, end: dt.date | None) -> str:
    return f"{day(start)} to {day(end)}" if start and end else ""


def _stages(audit: Audit) -> list[tuple[str, str]]:
    """The stages it reached, each with its day."""
    reached = (
        AuditHappened.PLANNED,
        AuditHappened.BEGAN,
        AuditHappened.RETURNS_CLOSED,
        AuditHappened.REPORTED,
        AuditHappened.CLOSED,
        AuditHappened.CANCELLED,
    )
    days = dict(audit.events.filter(happened__in=reached).values_list("happened", "on"))
    return [(AuditHappened(one).label, day(days[one])) for one in reached if one in days]


def _returns_board(audit: Audit, cases: Sequence[AuditCase], today: dt.date) -> dict[str, Any]:
    """Who owes what: a row for each agency, a column for each case."""
    returns = AuditReturn.objects.filter(case__audit=audit).select_related("agency", "case")
    cells: dict[Any, dict[Any, AuditReturn]] = {}
    for one in returns.order_by("agency__name"):
        cells.setdefault(one.agency, {})[one.case_id] = one
    return {
        "headings": [case.pseudonym for case in cases],
        "rows": [
            {
                "agency": agency,
                "cells": [
                    {"url": mine[case.pk].get_absolute_url(), "tag": return_tag(mine[case.pk], today)}
                    if case.pk in mine
                    else None
                    for case in cases
                ],
            }
            for agency, mine in cells.items()
        ],
        "counts": Counter(one.status for one in returns),
        "late": sum(one.is_late(today) for one in returns),
    }


def _recommendations(audit: Audit, user: User, today: dt.date) -> list[dict[str, Any]]:
    visible = AuditRecommendation.objects.visible_to(user).filter(audit=audit)
    actions = {action.pk: action for action in actions_of(audit)}
    mine = set(Action.objects.visible_to(user).filter(pk__in=actions).values_list("pk", flat=True))
    return [
        {
            "one": one,
            "rows": [_action_row(actions[action.pk], action.pk in mine, today) for action in one.actions.all()],
        }
        for one in visible.prefetch_related("actions")
    ]


def _action_row(action: Action, opens: bool, today: dt.date) -> dict[str, Any]:
    return {
        "action": action,
        "url": action.get_absolute_url() if opens else "",
        "who": asked_of(action),
        "rag": rag_tag(action, today),
        "state": state_tag(action),
    }


def _compared(audit: Audit, user: User) -> Compared | None:
    """Beside the last audit of the same subject that this person reads, too."""
    before = Audit.objects.visible_to(user).before(audit).first()
    return compare(before, audit) if before else None


def _offers(audit: Audit, cases: int) -> list[dict[str, str]]:
    """What can be done with the audit as it stands: the main thing first."""
    stage = audit.stage
    open_ = stage in (AuditStage.PLANNED, AuditStage.FIELDWORK)
    ready = bool(cases and audit.tool_id)
    offers = (
        ("audit_change", "Choose the tool", stage == AuditStage.PLANNED and audit.tool_id is None),
        ("audit_ask", "Ask the agencies", stage == AuditStage.PLANNED and ready),
        ("audit_close_returns", "Close the returns", stage == AuditStage.FIELDWORK),
        ("audit_report", "Report the findings", stage == AuditStage.MODERATION),
        ("audit_close", "Close the audit", stage == AuditStage.REPORTED),
        ("audit_case_add", "Add a case", open_),
        ("audit_ask", "Ask more agencies", stage == AuditStage.FIELDWORK and ready),
        ("audit_chase", "Chase the agencies", stage == AuditStage.FIELDWORK and ready),
        ("audit_begin", "Begin without returns", stage == AuditStage.PLANNED and not ready),
        ("audit_small_numbers", "Small numbers in the annual report", bool(cases)),
        ("audit_cancel", "It is not carried out", open_),
    )
    return [{"url": reverse(f"audits:{name}", args=[audit.pk]), "label": label} for name, label, may in offers if may]


def _history(audit: Audit) -> list[Entry]:
    """What happened, newest first."""
    return [
        Entry(
            title=event.get_happened_display(),
            text=event.text,
            who=str(event.by) if event.by else "System",
            when=day(event.on),
        )
        for event in AuditEvent.objects.filter(audit=audit).select_related("by")
    ]
