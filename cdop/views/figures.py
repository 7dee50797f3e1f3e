"""Counts, the annual return, trends over the years, and the decision to show small numbers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from lscb.accounts.access import check_access
from lscb.accounts.views.base import Change
from lscb.common.chapters import Column, Table
from lscb.common.lists import XLSX_TYPE
from lscb.common.periods import FinancialYear
from lscb.trail.services import record

from ..counting import CrossTable, annual_return, counts, reviewed, years_with_deaths
from ..forms.reviewing import LiftForm
from ..models import Lift, Modifiable
from ..publishing import last_day_of, policy_of, public_figures
from ..services.figures import lift_suppression, may_lift, suppress_again
from ..sheets import workbook
from .base import ReadsDeaths, crumb

SHORT = ("Identified", "Not identified", "Inadequate information")
OVER_YEARS = ("Age at death", "Sex", "Expected or unexpected", "Category of death", "Modifiable factors")


class OfYear(ReadsDeaths):
    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def years(self) -> list[FinancialYear]:
        return years_with_deaths(timezone.localdate())

    @cached_property
    def year(self) -> FinancialYear:
        asked = self.request.GET.get("year")
        found = next((year for year in self.years if str(year) == asked), None) if asked else self.latest
        if found is None:
            raise Http404
        return found

    @property
    def latest(self) -> FinancialYear:
        """The newest year in which a review was completed, else this one."""
        return next((year for year in self.years if reviewed(year)), self.years[0])


class AnnualReturn(OfYear, TemplateView):
    """Every table of the return, for who reads the panel's papers. Small numbers are not hidden on it."""

    template_name = "cdop/return.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("format") == "xlsx":
            return self.export()
        return super().get(request, *args, **kwargs)

    def export(self) -> HttpResponse:
        year, at = self.year, last_day_of(self.year, timezone.localdate())
        content = workbook(year, at, counts(year, at), annual_return(reviewed(year, at)))
        with transaction.atomic():
            record(verb=f"exported the annual return of {year}", by=self.user)
        response = HttpResponse(content, content_type=XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="child-deaths-{year}.xlsx"'
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year, at = self.year, last_day_of(self.year, timezone.localdate())
        return super().get_context_data(
            title=f"Annual return {year}",
            breadcrumbs=[crumb()],
            year=year,
            years=self.years,
            at=at,
            counts=counts(year, at),
            tables=[_table(one) for one in annual_return(reviewed(year, at))],
            **kwargs,
        )


def _table(cross: CrossTable) -> Table:
    columns = [Column(cross.title), *(Column(label, True) for label in SHORT), Column("Total", True)]
    rows = [[line.label, *map(str, line.counts), str(line.total)] for line in cross.lines if line.total]
    total = ["All", *map(str, cross.total.counts), str(cross.total.total)]
    return Table(cross.title, columns, rows or [["None", *["0"] * (len(Modifiable) + 1)]], total=total)


class Trends(OfYear, TemplateView):
    """The years side by side, with small numbers hidden as in print, unless they were shown for a year."""

    template_name = "cdop/trends.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        years = [year for year in reversed(self.years) if any(vars(counts(year, year.last_day)).values())] or [
            self.year
        ]
        figures = {}
        for year in years[-6:]:
            end = last_day_of(year, today)
            policy, note = policy_of(year)
            figures[year] = public_figures(reviewed(year, end), counts(year, end), policy, note)
        return super().get_context_data(
            title="Child deaths over the years",
            breadcrumbs=[crumb()],
            tables=[_counts(figures), *(_over_years(title, figures) for title in OVER_YEARS)],
            lifts=Lift.objects.visible_to(self.user).select_related("lifted_by"),
            may_lift=may_lift(self.user),
            **kwargs,
        )


def _counts(figures: dict[FinancialYear, Any]) -> Table:
    columns = [Column("Count"), *(Column(str(year), True) for year in figures)]
    rows = [
        ["Notified", *(str(one.notified) for one in figures.values())],
        ["Reviewed", *(str(one.reviewed) for one in figures.values())],
        ["Awaiting at the end", *(str(one.awaiting) for one in figures.values())],
    ]
    note = "Three counts, each by itself. What is notified in a year may be reviewed in another."
    return Table("Notified, reviewed and awaiting", columns, rows, note=note)


def _over_years(title: str, figures: dict[FinancialYear, Any]) -> Table:
    splits = [one.splits[title] for one in figures.values()]
    columns = [Column(title), *(Column(str(year), True) for year in figures)]
    rows = [
        [label, *(str(split.cells[code]) for split in splits)]
        for code, label in splits[0].labels.items()
        if any(str(split.cells[code]) != "0" for split in splits)
    ]
    total = ["All", *(str(split.total) for split in splits)]
    notes = " ".join(dict.fromkeys(one.note for one in figures.values()))
    return Table(title, columns, rows or [["None", *("0" for _ in splits)]], note=notes, total=total)


class _Lifts(ReadsDeaths):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        if not may_lift(self.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ShowSmallNumbers(_Lifts, Change):
    template_name = "cdop/form.html"
    form_class = LiftForm
    title = "Show small numbers of a year"
    done = "Small numbers of that year are shown, with your name and reason."
    warning = (
        "The report and its tables then print counts of one to five children. Your name and reason stand with them."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"years": years_with_deaths(self.today)}

    def do(self, data: dict[str, Any]) -> Any:
        lift_suppression(by=self.user, today=self.today, **data)
        return reverse("cdop:trends")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[crumb()], warning=self.warning, **kwargs)


class HideSmallNumbers(_Lifts, View):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lift = get_object_or_404(Lift.objects.visible_to(self.user), pk=kwargs["pk"])
        suppress_again(lift=lift, by=self.user)
        return redirect("cdop:trends")
