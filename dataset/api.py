"""The dataset for programs: the same `visible_to`, the same services as the pages. Numbers are exact texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import exceptions, serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Feeds, ForEverybody, Visible, Writes, holds, verb
from lscb.common.caching import Cacheable
from lscb.common.programs import Body, MomentFilter, Number, PeriodFilter, QuarterFilter, many_of

from . import reading, services, sheets
from .collecting.grid import FIELDS, NUMBERS, Row, rows_of
from .models import (
    Absence,
    AgencyReturn,
    Collection,
    DefinitionVersion,
    Edition,
    Figure,
    Indicator,
    Kind,
    PublishedDataset,
    Status,
)
from .publishing import content_for

MOST_FIGURES = 500


class DefinitionSerializer(serializers.ModelSerializer[DefinitionVersion]):
    from_period = serializers.CharField(allow_null=True)

    class Meta:
        model = DefinitionVersion
        fields = ("number", "from_period", "text", "note")


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    source_agency = serializers.CharField(source="source_agency.name")
    part_of = serializers.CharField(source="part_of.code", default=None, allow_null=True)
    active_from = serializers.CharField(allow_null=True)
    active_to = serializers.CharField(allow_null=True)
    definitions = DefinitionSerializer(many=True)

    class Meta:
        model = Indicator
        fields = (
            "code", "title", "source_agency", "unit", "multiplier", "numerator_label", "denominator_label", "decimals",
            "kind", "frequency", "polarity", "target", "tolerance", "part_of", "on_main", "on_met", "disclosure_class",
            "position", "active_from", "active_to", "expected_change", "definitions",
        )  # fmt: skip


class FigureSerializer(serializers.ModelSerializer[Figure]):
    indicator = serializers.CharField(source="indicator.code")
    period = serializers.CharField()

    class Meta:
        model = Figure
        fields = (
            "indicator", "period", "revision", "value", "numerator", "denominator", "absence", "status", "comment",
            "recorded_at",
        )  # fmt: skip


class AgencyReturnSerializer(serializers.ModelSerializer[AgencyReturn]):
    agency = serializers.CharField(source="agency.name")

    class Meta:
        model = AgencyReturn
        fields = ("agency", "agency_id", "sent_at", "reminders", "reminded_at")


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    """With the returns that this person may read."""

    quarter = serializers.CharField()
    returns = AgencyReturnSerializer(source="visible_returns", many=True, read_only=True)

    class Meta:
        model = Collection
        fields = ("id", "quarter", "due", "opened_at", "closed_at", "returns")


class EditionSerializer(serializers.ModelSerializer[Edition]):
    quarter = serializers.CharField()

    class Meta:
        model = Edition
        fields = ("id", "quarter", "number", "as_at", "status", "digest", "compiled_at")


class WholeEditionSerializer(EditionSerializer):
    """With its document as the reader may have it: small numbers are hidden as on the page."""

    content = serializers.SerializerMethodField()

    class Meta(EditionSerializer.Meta):
        fields = (*EditionSerializer.Meta.fields, "content")  # type: ignore[assignment]

    def get_content(self, edition: Edition) -> dict[str, Any]:
        return dict(content_for(edition.content, person(self.context["request"])))


class IndicatorFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    source_agency = django_filters.ModelChoiceFilter(queryset=Agency.objects.all())
    on_main = django_filters.BooleanFilter()
    on_met = django_filters.BooleanFilter()


class FigureFilter(django_filters.FilterSet):
    indicator = django_filters.CharFilter("indicator__code", label="Code of the indicator")
    period = PeriodFilter()
    status = django_filters.ChoiceFilter(choices=Status.choices)
    updated_since = MomentFilter("recorded_at", lookup_expr="gte", label="Recorded since")
    order = django_filters.OrderingFilter(fields=("period", "recorded_at"))


class CollectionFilter(django_filters.FilterSet):
    quarter = QuarterFilter()


class EditionFilter(django_filters.FilterSet):
    quarter = QuarterFilter()
    status = django_filters.ChoiceFilter(choices=Status.choices)
    order = django_filters.OrderingFilter(fields=("quarter", "compiled_at"))


class CellBody(Body):
    """One figure, as it is typed into the grid. `revision` is the one that was read, 0 for none."""

    indicator = serializers.CharField(max_length=60, help_text="Code of the indicator")
    period = serializers.CharField(max_length=20)
    value = serializers.CharField(max_length=200, allow_blank=True, default="")
    numerator = serializers.CharField(max_length=200, allow_blank=True, default="")
    denominator = serializers.CharField(max_length=200, allow_blank=True, default="")
    absence = serializers.ChoiceField(choices=Absence.choices, allow_blank=True, default="")
    provisional = serializers.BooleanField(default=False)
    comment = serializers.CharField(max_length=2000, allow_blank=True, default="")
    revision = Number(allow_null=True, default=None)


class SendBody(Body):
    agency = Visible(queryset=Agency.objects.all(), help_text="Key of the agency whose figures they are")
    figures = many_of(CellBody, most=MOST_FIGURES, min_length=1)


class Indicators(ReadOnlyModelViewSet[Indicator]):
    scope: ClassVar = (Permission.READ_DATASET, Permission.READ_FIGURES, Permission.SUBMIT_FIGURES)
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter
    lookup_field = "code"
    queryset = Indicator.objects.none()

    def get_queryset(self) -> QuerySet[Indicator]:
        visible = Indicator.objects.visible_to(person(self.request))
        return visible.select_related("source_agency", "part_of").prefetch_related("definitions")


FIGURE_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "Code": lambda one: one.indicator.code,
    "Indicator": lambda one: one.indicator.title,
    "Source agency": lambda one: one.indicator.source_agency.name,
    "Unit": lambda one: one.indicator.get_unit_display(),
    "Period": lambda one: str(one.period),
    "First day": lambda one: one.period.first_day,
    "Last day": lambda one: one.period.last_day,
    "Value": lambda one: one.value,
    "Numerator": lambda one: one.numerator,
    "Denominator": lambda one: one.denominator,
    "No value because": lambda one: one.get_absence_display(),
    "Status": lambda one: one.get_status_display(),
    "Revision": lambda one: one.revision,
    "Recorded at": lambda one: one.recorded_at,
}


class Figures(ListModelMixin, Feeds):
    """The newest revision of each figure."""

    scope: ClassVar = (Permission.READ_FIGURES, Permission.SUBMIT_FIGURES)
    serializer_class = FigureSerializer
    filterset_class = FigureFilter
    feed_name, feed_columns = "figures", FIGURE_COLUMNS
    queryset = Figure.objects.none()

    def get_queryset(self) -> QuerySet[Figure]:
        visible = Figure.objects.visible_to(person(self.request))
        return (
            visible.latest_revisions().select_related("indicator__source_agency").order_by("indicator__code", "period")
        )


class Collections(ReadOnlyModelViewSet[Collection], Writes):
    """What was asked for, quarter by quarter, and how far each agency has come."""

    scope: ClassVar = (Permission.READ_FIGURES, Permission.SUBMIT_FIGURES)
    serializer_class = CollectionSerializer
    filterset_class = CollectionFilter
    queryset = Collection.objects.none()

    def get_queryset(self) -> QuerySet[Collection]:
        user = person(self.request)
        returns = AgencyReturn.objects.visible_to(user).select_related("agency")
        return Collection.objects.visible_to(user).prefetch_related(
            Prefetch("returns", returns, to_attr="visible_returns")
        )

    @verb(SendBody, holds(Permission.MANAGE_DATASET, Permission.SUBMIT_FIGURES))
    def figures(self, request: Request, pk: str) -> Response:
        """Send figures of an agency: all of them are recorded or none. What waits in the grid stays there."""
        collection, data = self.get_object(), self.checked()
        returns = AgencyReturn.objects.visible_to(self.user).filter(collection=collection)
        of_return = returns.select_related("agency", "collection").filter(agency=data["agency"]).first()
        if of_return is None:
            raise exceptions.ValidationError({"agency": ["This agency owes no figures of that quarter to you."]})
        owed = {(row.indicator.code, str(row.period)): row for row in rows_of(of_return)}
        rows = [(_row(owed, cell), cell) for cell in data["figures"]]
        typed = {row.name: _typed(cell) for row, cell in rows}
        read = {row.name: cell["revision"] for row, cell in rows}
        return self.change(
            collection, lambda: services.send_some(of_return=of_return, typed=typed, read=read, by=self.user)
        )


def _row(owed: dict[tuple[str, str], Row], cell: dict[str, Any]) -> Row:
    row = owed.get((cell["indicator"], cell["period"]))
    if row is None:
        told = f"No figure of {cell['indicator']} for {cell['period']} is owed here."
        raise exceptions.ValidationError({"figures": [told]})
    if unused := [name for name in NUMBERS if cell[name] and name not in row.takes]:
        raise exceptions.ValidationError({"figures": [f"{cell['indicator']} takes no {unused[0]}."]})
    return row


def _typed(cell: dict[str, Any]) -> dict[str, str]:
    """As letters in the fields of the grid."""
    return {name: cell[name] for name in FIELDS if name != "provisional"} | {
        "provisional": "yes" if cell["provisional"] else ""
    }


EDITION_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "Quarter": lambda row: str(row[0].quarter),
    "Edition": lambda row: row[0].number,
    **{
        heading: (lambda row, place=place: row[1][place])  # type: ignore[misc]  # bound now
        for place, heading in enumerate(sheets.HEADINGS)
    },
}


class Editions(RetrieveModelMixin, ListModelMixin, Feeds):
    """Compiled editions; one of them with its whole document. The feed gives the newest edition of each quarter."""

    scope: ClassVar = (Permission.READ_DATASET,)
    filterset_class = EditionFilter
    feed_name, feed_columns = "dataset", EDITION_COLUMNS
    queryset = Edition.objects.none()

    def get_serializer_class(self) -> Any:
        return WholeEditionSerializer if self.action == "retrieve" else EditionSerializer

    def get_queryset(self) -> QuerySet[Edition]:
        visible = Edition.objects.visible_to(person(self.request))
        return visible.defer("content") if self.action == "list" else visible

    def feed_rows(self, records: QuerySet[Edition]) -> Iterator[tuple[Edition, list[Any]]]:
        """The rows of the scorecard, small numbers hidden as on the page."""
        done: set[str] = set()
        for edition in super().feed_rows(records.order_by("-quarter", "-number")):
            if str(edition.quarter) not in done:
                done.add(str(edition.quarter))
                content = content_for(edition.content, person(self.request))
                yield from ((edition, sheets.row_of(score)) for score in reading.rows_of(content))


# ---- For everybody --------------------------------------------------------------------------------------------------


class PublishedDatasetSerializer(serializers.ModelSerializer[PublishedDataset]):
    """Open data of a quarter, with its indicators and cells."""

    quarter = serializers.CharField()
    content = serializers.JSONField()

    class Meta:
        model = PublishedDataset
        fields = ("quarter", "number", "published_at", "digest", "content")


class PublishedFilter(django_filters.FilterSet):
    quarter = QuarterFilter()


class PublicDatasets(ForEverybody, Cacheable, ListModelMixin, GenericViewSet[PublishedDataset]):
    """Open data: the version of each quarter that stands."""

    serializer_class = PublishedDatasetSerializer
    filterset_class = PublishedFilter
    queryset = PublishedDataset.objects.none()

    def get_queryset(self) -> QuerySet[PublishedDataset]:
        return PublishedDataset.objects.standing()
