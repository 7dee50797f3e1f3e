"""Rounds: open one, watch who has answered, chase, close; schools by import; what is learned across returns."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from audits.models import Framework, Return, ReturnState, Round
from audits.models.returns import OWED, SUBMITTED
from audits.returns.findings import Findings, findings_of, sheets
from audits.rounds import schools, services
from audits.rounds.forms import AskForm, CloseRoundForm, DatesForm, OpenForm, SchoolsForm
from lscb.accounts.models import Agency
from lscb.accounts.views.versioned import AsRead
from lscb.common.errors import RuleBroken
from lscb.common.lists import XLSX_TYPE, ListColumn, ListPage, Tag
from lscb.common.periods import FinancialYear
from lscb.common.spreadsheets import xlsx_bytes
from lscb.common.templatetags.portal import day
from lscb.trail.history import timeline
from lscb.trail.services import record

from .base import ChangesRounds, RunsRounds, late_tag, status_tag
from .frameworks import rounds_crumb
from .returns import download


def _state(of_round: Round) -> Tag:
    return Tag("open", "blue") if of_round.is_open else Tag("closed", "grey")


class RoundFilter(django_filters.FilterSet):
    year = django_filters.ChoiceFilter(label="Year", empty_label="All years")
    audience = django_filters.ChoiceFilter(
        label="Who is asked",
        choices=[("agencies", "Agencies"), ("schools", "Schools")],
        empty_label="All",
        field_name="framework__audience",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = Round.objects.visible_to(self.request.user).order_by("-year").values_list("year", flat=True).distinct()
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]


class RoundList(RunsRounds, ListPage):
    template_name = "audits/round_list.html"
    title = "Section 11 and school audits"
    nouns = ("round", "rounds")
    filterset_class = RoundFilter
    default_sort = "-deadline"
    empty_text = "No round is opened yet."
    columns = (
        ListColumn("Round", "title", sort="title", link=True),
        ListColumn("Year", "year", sort="year"),
        ListColumn("Deadline", "due_on", sort=("due_on", "title"), key="deadline"),
        ListColumn("Asked", "asked", numeric=True),
        ListColumn("Submitted", "sent", numeric=True),
        ListColumn("Owed", "owed", numeric=True),
        ListColumn("State", _state, tag=True),
    )

    def get_queryset(self) -> QuerySet[Round]:
        return Round.objects.visible_to(self.user).annotate(
            asked=Count("returns"),
            sent=Count("returns", filter=Q(returns__status__in=SUBMITTED)),
            owed=Count("returns", filter=Q(returns__status__in=OWED)),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(ChangesRounds.right):
            kwargs |= {"start_url": reverse("audits:round_open"), "start_label": "Open a round", "manages": True}
        return super().get_context_data(**kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} rounds as {format.upper()}", by=self.user)


class OpenRound(ChangesRounds):
    form_class = OpenForm
    title = "Open a round"
    done = "The round is open and the leads of the agencies are told."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "today": self.today,
            "frameworks": Framework.objects.visible_to(self.user).order_by("audience", "-version"),
            "agencies": Agency.objects.partners(self.today),
        }

    def get_initial(self) -> dict[str, Any]:
        return {"year": FinancialYear.containing(self.today)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[rounds_crumb()], **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        asked = list(data.pop("agencies"))
        if data.pop("all_schools"):
            asked += [one for one in schools.open_schools(data["opens_on"]) if one not in asked]
        return services.open_round(agencies=asked, by=self.user, at=timezone.now(), **data)


# ---- One round: the state board -------------------------------------------------------------------------------------


class BoardFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        label="Status",
        choices=[("owed", "All that are owed"), ("overdue", "Overdue"), *ReturnState.choices],
        empty_label="All",
        method="with_status",
    )

    def with_status(self, returns: Any, name: str, value: str) -> Any:
        if value == "overdue":
            return returns.overdue(timezone.localdate())
        return returns.owed() if value == "owed" else returns.filter(status=value)


def _progress(one: Any) -> str:
    return f"{one.completed} of {one.standards}"


def _late(one: Return) -> Tag | None:
    return late_tag(one, timezone.localdate())


class RoundPage(RunsRounds, ListPage):
    """Who was asked and how far they are; those that are missing by name, and one click to chase them."""

    template_name = "audits/round.html"
    nouns = ("return", "returns")
    filterset_class = BoardFilter
    default_sort = "agency"
    columns = (
        ListColumn("Agency", "agency.name", sort="agency__name", link=True, key="agency"),
        ListColumn("Asked for", "get_asks_for_display"),
        ListColumn("Due", "due_on", sort="due_on"),
        ListColumn("Standards completed", _progress),
        ListColumn("Submitted", "submitted_at", sort="submitted_at"),
        ListColumn("Status", status_tag, sort="status", tag=True, key="status"),
        ListColumn("Late", _late, tag=True),
    )

    @cached_property
    def of_round(self) -> Round:
        visible = Round.objects.visible_to(self.user).select_related("framework").prefetch_related("areas")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[Return]:
        returns = Return.objects.visible_to(self.user).filter(round=self.of_round)
        return returns.select_related("agency").with_progress()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, today = self.of_round, timezone.localdate()
        counts = Return.objects.filter(round=one).aggregate(
            asked=Count("pk"),
            sent=Count("pk", filter=Q(status__in=SUBMITTED)),
            owed=Count("pk", filter=Q(status__in=OWED)),
        )
        overdue = list(Return.objects.filter(round=one).overdue(today).select_related("agency"))
        numbers = list(one.framework.standards.all())
        return super().get_context_data(
            title=one.title,
            of_round=one,
            state=_state(one),
            counts=counts,
            missing=sorted(each.agency.name for each in overdue),
            manages=self.user.may(ChangesRounds.right),
            panels=[(str(each), reverse("audits:round_panel", args=[one.pk, each.number])) for each in numbers],
            facts=_facts(one),
            breadcrumbs=[rounds_crumb()],
            history=timeline(one, limit=10),
            **kwargs,
        )

    def get_filename(self) -> str:
        return f"round-{timezone.localdate():%Y-%m-%d}"

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} returns as {format.upper()}", by=self.user, target=self.of_round)


def _facts(one: Round) -> list[str]:
    areas = ", ".join(area.name for area in one.areas.all())
    panel = [f"panel meets {day(one.panel_on)}"] if one.panel_on else []
    return [str(one.year), areas or "local", one.get_asks_for_display().lower(), f"due {day(one.due_on)}", *panel]


class _OfRound(ChangesRounds):
    @cached_property
    def of_round(self) -> Round:
        return get_object_or_404(Round.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = (self.of_round.title, self.of_round.get_absolute_url())
        return super().get_context_data(breadcrumbs=[rounds_crumb(), own], **kwargs)


class AskAgency(_OfRound):
    form_class = AskForm
    title = "Ask an agency for a return"
    done = "The agency is asked, and its lead is told."

    def get_form_kwargs(self) -> dict[str, Any]:
        known = Agency.objects.active(self.today).exclude(returns__round=self.of_round)
        return super().get_form_kwargs() | {"agencies": known, "due_on": self.of_round.due_on}

    def do(self, data: dict[str, Any]) -> Any:
        services.ask_agency(of_round=self.of_round, by=self.user, at=timezone.now(), **data)
        return self.of_round


class MoveDates(_OfRound, AsRead):
    form_class = DatesForm
    title = "Move the dates of a round"
    done = "The dates are moved."

    @property
    def record(self) -> Round:
        return self.of_round

    def values(self, record: Round) -> dict[str, Any]:
        return {"due_on": record.due_on, "panel_on": record.panel_on}

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_dates(of_round=self.of_round, by=self.user, **data)


class CloseRound(_OfRound):
    form_class = CloseRoundForm
    title = "Close a round"
    done = "The round is closed."

    def get_initial(self) -> dict[str, Any]:
        return {"on": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        warning = "Nobody is asked or chased any more in this round. Returns that were sent stay readable."
        return super().get_context_data(warning=warning, **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.close_round(of_round=self.of_round, by=self.user, at=timezone.now(), **data)


class Chase(ChangesRounds, View):
    """One click reminds everybody who owes a return."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        of_round = get_object_or_404(Round.objects.visible_to(self.user), pk=self.kwargs["pk"])
        try:
            chased = services.chase(of_round=of_round, by=self.user, at=timezone.now())
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        else:
            number = len(chased)
            words = "1 agency is" if number == 1 else f"{number} agencies are"
            messages.success(request, f"{words} reminded by email. An agency whose lead has no account is not.")
        return redirect(of_round)


class ImportSchools(ChangesRounds):
    form_class = SchoolsForm
    title = "Import schools"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[rounds_crumb()], **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        read = schools.import_schools(rows=schools.read(data["file"].read()), by=self.user, at=timezone.now())
        messages.success(
            self.request,
            f"{read.new} new, {read.closed} closed, {read.unchanged} unchanged, {read.invited} leads invited.",
        )
        return reverse("audits:round_list")


# ---- Analysis -------------------------------------------------------------------------------------------------------


class Analysis(RunsRounds, TemplateView):
    """What is learned across the returns of a year; `?format=xlsx` gives exactly the tables of the page."""

    template_name = "audits/analysis.html"

    @cached_property
    def findings(self) -> Findings:
        year = FinancialYear.parse(self.kwargs["year"])
        return findings_of(year, self.kwargs["audience"], at=timezone.now(), user=self.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("format") == "xlsx":
            with transaction.atomic():
                record(verb="exported the analysis of returns", by=self.user)
            name = f"returns-{kwargs['audience']}-{kwargs['year']}.xlsx"
            return download(xlsx_bytes(sheets(self.findings)), name=name, content_type=XLSX_TYPE)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.findings
        return super().get_context_data(
            title=f"What the returns of {found.year} say",
            found=found,
            years=_years(self.user),
            breadcrumbs=[rounds_crumb()],
            **kwargs,
        )


def _years(user: Any) -> list[tuple[str, str]]:
    pairs = Round.objects.visible_to(user).order_by("-year").values_list("year", "framework__audience").distinct()
    words = {"agencies": "agencies", "schools": "schools"}
    return [
        (f"{year}, {words[audience]}", reverse("audits:analysis", args=[str(year), audience]))
        for year, audience in pairs
    ]
