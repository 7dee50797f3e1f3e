"""Indicators: what is measured, its whole series, and how it was defined when."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView

from dataset import packs, pages, publishing, services
from dataset.document import said_of, series_of
from dataset.forms import ComparatorForm, DefinitionForm, IndicatorForm
from dataset.models import ComparatorSet, Edition, Figure, Frequency, Indicator, Kind
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import AsRead
from lscb.common.lists import ListColumn, ListPage
from lscb.common.words import naming
from lscb.trail.history import timeline

from .base import CRUMB, INDICATORS, ChangesDataset, ReadsEditions, ReadsIndicators
from .disclosure import sets_table


def _agencies(request: Any) -> QuerySet[Agency]:
    return Agency.objects.filter(indicators__in=Indicator.objects.visible_to(request.user)).distinct()


class IndicatorFilter(django_filters.FilterSet):
    agency = django_filters.ModelChoiceFilter(
        label="Source agency", field_name="source_agency", queryset=_agencies, empty_label="Any agency"
    )
    kind = django_filters.ChoiceFilter(label="Kind", choices=Kind.choices, empty_label="Any kind")
    frequency = django_filters.ChoiceFilter(label="How often", choices=Frequency.choices, empty_label="Any")


def _scorecards(indicator: Indicator) -> str:
    return ", ".join(name for name, on in (("main", indicator.on_main), ("MET", indicator.on_met)) if on)


class IndicatorList(ReadsEditions, ListPage):
    """Every indicator of the dataset."""

    title = "Indicators"
    nouns = ("indicator", "indicators")
    filterset_class = IndicatorFilter
    default_sort = "order"
    columns = (
        ListColumn("Indicator", "title", sort="title", link=True),
        ListColumn("Code", "code", sort="code"),
        ListColumn("Source agency", "source_agency.short_name", sort="source_agency__short_name"),
        ListColumn("Unit", "get_unit_display", sort="unit"),
        ListColumn("Kind", "get_kind_display", sort="kind"),
        ListColumn("Scorecards", _scorecards),
        ListColumn("Order", "position", sort=("position", "code"), numeric=True),
    )

    def get_queryset(self) -> QuerySet[Indicator]:
        return Indicator.objects.visible_to(self.user).select_related("source_agency")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.manages:
            kwargs |= {"start_url": reverse("dataset:indicator_add"), "start_label": "Add an indicator"}
        return super().get_context_data(breadcrumbs=[CRUMB], **kwargs)

    def record_export(self, format: str, count: int) -> None:
        services.note_list_export(what="indicators", format=format, rows=count, by=self.user)


class IndicatorDetail(ReadsIndicators, DetailView):
    """The whole series as chart and table, what others have, definitions and revisions.

    Who may read figures sees them as they are known now; other readers of the dataset see what was compiled.
    """

    template_name = "dataset/indicator_detail.html"
    context_object_name = "indicator"
    slug_field = slug_url_kwarg = "code"

    def get_queryset(self) -> QuerySet[Indicator]:
        visible = Indicator.objects.visible_to(self.user).select_related("source_agency", "part_of")
        return visible.prefetch_related("source_agency__names")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        indicator, now = self.object, timezone.now()
        figures = Figure.objects.visible_to(self.user)
        compiled, edition = self._compiled(indicator)
        said = said_of(indicator, timezone.localdate(now))
        reads = self._reads_figures(indicator)
        cells = series_of(indicator, as_at=now, visible=figures.latest_revisions()) if reads else None
        if cells is None:
            cells = compiled["series"] if compiled else []
        brand = naming().brand_colour
        return super().get_context_data(
            title=indicator.title,
            breadcrumbs=[CRUMB, INDICATORS] if self.user.may(Permission.READ_DATASET) else [],
            facts=pages.facts(indicator, said),
            series=pages.series(said, cells, edition=None if reads else edition, brand=brand),
            others=pages.others(compiled, edition, brand=brand) if compiled and edition else None,
            years=pages.years(compiled) if compiled else None,
            parts=indicator.parts.order_by("position"),
            definitions=indicator.definitions.order_by("-number"),
            commentary=pages.commentary(cells),
            past_names=pages.past_names(indicator),
            comparators=pages.comparators(said, indicator),
            sets=sets_table(list(self._sets(indicator))),
            challenge_url=self._challenge(compiled, edition),
            revisions=pages.revisions(said, figures.filter(indicator=indicator)) if reads else None,
            manages=self.manages,
            history=timeline(indicator, limit=8) if self.manages else None,
            **kwargs,
        )

    def _sets(self, indicator: Indicator) -> QuerySet[ComparatorSet]:
        wanted = [
            name for name, on in (("neighbours", indicator.wants_neighbours), ("region", indicator.wants_region)) if on
        ]
        sets = ComparatorSet.objects.visible_to(self.user).latest_revisions().filter(against__in=wanted)
        return sets.order_by("against", "-from_year")

    def _challenge(self, compiled: dict[str, Any] | None, edition: Edition | None) -> str:
        """A question about the figure becomes a challenge with one click, for who runs the log."""
        if compiled is None or edition is None or not self.user.may(Permission.MANAGE_CHALLENGES):
            return ""
        return packs.challenge_url(compiled, edition)

    def _reads_figures(self, indicator: Indicator) -> bool:
        user = self.user
        everything = user.may(Permission.READ_FIGURES) or user.may(Permission.MANAGE_DATASET)
        return everything or user.may(Permission.SUBMIT_FIGURES, indicator.source_agency)

    def _compiled(self, indicator: Indicator) -> tuple[dict[str, Any] | None, Edition | None]:
        """The row of the newest edition that this person may read."""
        edition = Edition.objects.visible_to(self.user).order_by("-quarter", "-number").first()
        rows = publishing.content_for(edition.content, self.user)["rows"] if edition else []
        return next((row for row in rows if row["code"] == indicator.code), None), edition


class IndicatorAdd(ChangesDataset):
    form_class = IndicatorForm
    title = "Add an indicator"
    breadcrumbs = [CRUMB, INDICATORS]

    def get_initial(self) -> dict[str, Any]:
        return {"polarity": "neither", "unit": "count", "kind": "stock"}

    def do(self, data: dict[str, Any]) -> Any:
        return services.define_indicator(by=self.user, **data)


class ChangeOne(ChangesDataset):
    """A change of one indicator."""

    kwargs: dict[str, Any]

    @cached_property
    def indicator(self) -> Indicator:
        return get_object_or_404(Indicator.objects.visible_to(self.user), code=self.kwargs["code"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [CRUMB, INDICATORS, (self.indicator.title, self.indicator.get_absolute_url())]
        return super().get_context_data(breadcrumbs=crumbs, **kwargs)


class IndicatorChange(ChangeOne, AsRead):
    form_class = IndicatorForm
    title = "Change an indicator"
    done = "The indicator is changed."
    lead = "Editions that are compiled keep what was said then. How it is counted changes by a new definition."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"indicator": self.indicator}

    @property
    def record(self) -> Indicator:
        return self.indicator

    def values(self, record: Indicator) -> dict[str, Any]:
        return {name: getattr(record, name) for name in IndicatorForm.base_fields if name != "definition"}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        for key in ("source_agency", "part_of"):
            form.initial[key] = getattr(self.indicator, f"{key}_id")
        return form

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_indicator(indicator=self.indicator, by=self.user, **data)


class IndicatorRedefine(ChangeOne):
    form_class = DefinitionForm
    title = "A new definition"
    done = "The new definition is recorded, and the series breaks there."
    lead = (
        "From that period on it is counted differently. The series breaks there: no change is computed across it, "
        "and its line is drawn broken. This cannot be undone."
    )

    def do(self, data: dict[str, Any]) -> Any:
        services.redefine_indicator(indicator=self.indicator, by=self.user, **data)
        return self.indicator


class ComparatorRecord(ChangeOne):
    form_class = ComparatorForm
    title = "What others have"
    done = "The comparator is recorded. It is shown from the next edition on."
    lead = "For a count that is shown as a rate, give the rate of the others."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        services.set_comparator(indicator=self.indicator, by=self.user, **data)
        return self.indicator
