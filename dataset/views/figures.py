"""Figures: the list, recording one, importing a file."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import View

from dataset import services
from dataset.facts import COUNTED
from dataset.forms import FigureForm, ImportForm
from dataset.models import Absence, Figure, Indicator, Status, Unit
from dataset.services.importing import COLUMNS
from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.periods import FinancialYear, parse_period
from lscb.common.rounding import show
from lscb.common.spreadsheets import csv_bytes

from .base import CRUMB, FIGURES, ChangesDataset, ReadsFigures


def _indicators(request: HttpRequest) -> QuerySet[Indicator]:
    """The indicators of which this person may read figures."""
    figures = Figure.objects.visible_to(request.user)
    return Indicator.objects.filter(pk__in=figures.values("indicator"))


class FigureFilter(django_filters.FilterSet):
    indicator = django_filters.ModelChoiceFilter(
        label="Indicator", queryset=_indicators, to_field_name="code", empty_label="Any indicator"
    )
    year = django_filters.ChoiceFilter(label="Financial year", empty_label="Any year", method="of_year")
    period = django_filters.ChoiceFilter(label="Period", empty_label="Any period", method="of_period")
    status = django_filters.ChoiceFilter(label="Status", choices=Status.choices, empty_label="Any status")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        periods = self.queryset.values_list("period", flat=True).distinct().order_by()
        newest = sorted(periods, key=lambda period: (period.first_day, str(period)), reverse=True)
        self.filters["period"].extra["choices"] = [(str(period), period.label) for period in newest]
        years = sorted({period.year for period in periods}, reverse=True)
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    def of_period(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.of_periods([parse_period(value)])

    def of_year(self, queryset: Any, name: str, value: str) -> Any:
        year = FinancialYear.parse(value)
        return queryset.of_periods([year, *year.quarters, *year.months])


def _value(figure: Figure) -> Any:
    if figure.value is None:
        return Absence(figure.absence).label.lower()
    places = figure.indicator.decimals
    sign = "%" if figure.indicator.unit == Unit.PERCENT else ""
    return f"{show(figure.value, places)}{sign}"


class FigureList(ReadsFigures, ListPage):
    """Every figure in its newest revision."""

    title = "Figures"
    nouns = ("figure", "figures")
    filterset_class = FigureFilter
    counted = COUNTED
    default_sort = "-recorded"
    columns = (
        ListColumn(
            "Indicator", "indicator.title", sort="indicator__title", link=lambda f: f.indicator.get_absolute_url()
        ),
        ListColumn("Period", "period", sort="period"),
        ListColumn("Value", _value, numeric=True),
        ListColumn("Numerator", "numerator", numeric=True),
        ListColumn("Denominator", "denominator", numeric=True),
        ListColumn("Status", lambda f: Tag(f.status, "green" if f.status == Status.FINAL else "amber"), tag=True),
        ListColumn("Revision", "revision", sort="revision", numeric=True),
        ListColumn("Recorded", "recorded_at", sort="recorded_at"),
    )

    def get_queryset(self) -> QuerySet[Figure]:
        """In their newest revisions; behind a figure of the annual report in those that were known then."""
        visible = Figure.objects.visible_to(self.user).select_related("indicator")
        return visible if self.figure else visible.latest_revisions()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(Permission.MANAGE_DATASET):
            kwargs |= {"start_url": reverse("dataset:figure_import"), "start_label": "Import figures"}
        crumbs = [CRUMB] if self.user.may(Permission.READ_DATASET) else []
        return super().get_context_data(breadcrumbs=crumbs, **kwargs)

    def record_export(self, format: str, count: int) -> None:
        services.note_list_export(what="figures", format=format, rows=count, by=self.user)


class FigureRecord(ChangesDataset):
    """Record one figure, or its correction."""

    form_class = FigureForm
    title = "Record a figure"
    lead = "A correction becomes the next revision; what was known before stays."
    breadcrumbs = [CRUMB, FIGURES]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"indicators": Indicator.objects.visible_to(self.user)}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("indicator", "")
        chosen = Indicator.objects.visible_to(self.user).filter(code=asked).first()
        return {"indicator": chosen, "status": Status.FINAL}

    def do(self, data: dict[str, Any]) -> Any:
        figure = services.record_figure(by=self.user, **data)
        self.done = f"{figure.period.label} is recorded, revision {figure.revision}."
        return figure.indicator


class FigureImport(ChangesDataset):
    """Take in a file of figures of any agency; what it says is looked at before it is confirmed."""

    form_class = ImportForm
    template_name = "dataset/figure_import.html"
    title = "Import figures"
    breadcrumbs = [CRUMB, FIGURES]

    def do(self, data: dict[str, Any]) -> Any:
        return services.upload_figures(file=data["file"], quarter=data["quarter"], by=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(columns=COLUMNS, reasons=Absence.labels, **kwargs)


class FigureTemplate(Guarded, View):
    """A CSV file with the headings, to be filled in."""

    scope = (Permission.READ_DATASET, Permission.MANAGE_DATASET)
    right = Permission.MANAGE_DATASET

    def get(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(csv_bytes(COLUMNS, []), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="figures.csv"'
        return response
