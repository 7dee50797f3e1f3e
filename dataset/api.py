"""The dataset for programs: the same `visible_to`, the same services as the pages. Numbers are exact texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from rest_framework import exceptions, serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Feeds, ForEverybody, Visible, holds, verb
from lscb.common.caching import Cacheable
from lscb.common.periods import end_of_day
from lscb.common.programs import (
    Body,
    Day,
    MomentFilter,
    NothingBody,
    Number,
    PeriodFilter,
    PeriodText,
    QuarterFilter,
    QuarterText,
    Text,
    YearText,
    many_of,
)
from lscb.common.rag import Polarity
from lscb.jobs.api import JobSerializer, own_jobs
from lscb.jobs.models import Job

from . import reading, services, sheets
from .collecting.grid import FIELDS, NUMBERS, Row, rows_of
from .models import (
    POLARITIES,
    Absence,
    Against,
    AgencyReturn,
    Collection,
    DefinitionVersion,
    DisclosureClass,
    Edition,
    Figure,
    Frequency,
    Indicator,
    Kind,
    PublishedDataset,
    Status,
    Unit,
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
            "position", "active_from", "active_to", "expected_change", "wants_neighbours", "wants_region",
            "wants_england", "definitions",
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


class _Exact(serializers.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 14, "decimal_places": 4, **kwargs})


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


class OpenCollectionBody(Body):
    """Everybody who owes figures of the quarter is told."""

    quarter = QuarterText()
    due = Day()


class CollectionMoveBody(Body):
    due = Day()
    reason = Text()


class RemindBody(Body):
    agencies = Visible(queryset=Agency.objects.all(), many=True, allow_empty=False)


class _IndicatorFacts(Body):
    title = serializers.CharField(max_length=150)
    source_agency = Visible(queryset=Agency.objects.all(), help_text="Key of the agency that sends the figures")
    unit = serializers.ChoiceField(choices=Unit.choices)
    multiplier = serializers.ChoiceField(
        choices=[(1000, "per 1,000"), (10000, "per 10,000")],
        allow_null=True,
        default=None,
        help_text="For rates, and for counts that are shown as a rate too",
    )
    numerator_label = serializers.CharField(max_length=120, allow_blank=True, default="")
    denominator_label = serializers.CharField(max_length=120, allow_blank=True, default="")
    decimals = Number(max_value=3, default=0)
    kind = serializers.ChoiceField(choices=Kind.choices)
    frequency = serializers.ChoiceField(choices=Frequency.choices, default=Frequency.QUARTER)
    part_of = Visible("code", queryset=Indicator.objects.all(), allow_null=True, default=None, help_text="Code")
    polarity = serializers.ChoiceField(choices=POLARITIES, default=Polarity.NEITHER)
    target = _Exact(allow_null=True, default=None)
    tolerance = _Exact(allow_null=True, default=None)
    expected_change = Number(min_value=1, max_value=1000, default=25, help_text="Percent that need no comment")
    on_main = serializers.BooleanField(default=True)
    on_met = serializers.BooleanField(default=False)
    wants_neighbours = serializers.BooleanField(default=False)
    wants_region = serializers.BooleanField(default=False)
    wants_england = serializers.BooleanField(default=False)
    disclosure_class = serializers.ChoiceField(choices=DisclosureClass.choices, default=DisclosureClass.CHILDREN)
    position = Number(max_value=32767, default=0)
    active_from = QuarterText(allow_null=True, default=None)
    active_to = QuarterText(allow_null=True, default=None)


class DefineBody(_IndicatorFacts):
    code = serializers.CharField(max_length=60, help_text="looked_after")
    definition = Text(help_text="Who or what is counted, when, and what is left out")


class IndicatorReviseBody(_IndicatorFacts):
    """What is left out stays. How it is counted changes by a new definition alone."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for field in fields.values():
            field.required, field.default = False, serializers.empty
        return fields


class RedefineBody(Body):
    from_period = PeriodText(help_text="The series breaks there")
    text = Text()
    note = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="In a few words, what changed")


class ComparatorBody(Body):
    against = serializers.ChoiceField(choices=Against.choices)
    year = YearText(help_text="Shown beside the figures of")
    value = _Exact()
    period_label = serializers.CharField(max_length=60, help_text="The period it is really of")
    name = serializers.CharField(max_length=60, allow_blank=True, default="")
    source = serializers.CharField(  # type: ignore[assignment]  # the field of that name
        max_length=150, allow_blank=True, default=""
    )


class CompileBody(Body):
    quarter = QuarterText()
    status = serializers.ChoiceField(choices=Status.choices)
    as_at = Day(allow_null=True, default=None, help_text="Everything known at the end of that day; now without it")


class SendBody(Body):
    agency = Visible(queryset=Agency.objects.all(), help_text="Key of the agency whose figures they are")
    figures = many_of(CellBody, most=MOST_FIGURES, min_length=1)


MANAGES = holds(Permission.MANAGE_DATASET)


class Indicators(ReadOnlyModelViewSet[Indicator], Creates):
    scope: ClassVar = (Permission.READ_DATASET, Permission.READ_FIGURES, Permission.SUBMIT_FIGURES)
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter
    lookup_field = "code"
    queryset = Indicator.objects.none()
    noun = "indicator"
    creates, may_create = DefineBody, (Permission.MANAGE_DATASET,)

    def get_queryset(self) -> QuerySet[Indicator]:
        visible = Indicator.objects.visible_to(person(self.request))
        return visible.select_related("source_agency", "part_of").prefetch_related("definitions")

    def do_create(self, data: dict[str, Any]) -> Indicator:
        return services.define_indicator(by=self.user, **data)

    @verb(IndicatorReviseBody, MANAGES)
    def revise(self, request: Request, code: str) -> Response:
        """Change what is said of it. Editions that are compiled keep what was said then."""
        return self.do(services.change_indicator)

    @verb(RedefineBody, MANAGES)
    def redefine(self, request: Request, code: str) -> Response:
        """Count differently from a period on. No change is computed across the break; this cannot be undone."""
        return self.do(services.redefine_indicator)

    @verb(ComparatorBody, MANAGES)
    def comparator(self, request: Request, code: str) -> Response:
        """What others have, shown from the next edition on."""
        return self.do(services.set_comparator)


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


class Collections(ReadOnlyModelViewSet[Collection], Creates):
    """What was asked for, quarter by quarter, and how far each agency has come."""

    scope: ClassVar = (Permission.READ_FIGURES, Permission.SUBMIT_FIGURES)
    serializer_class = CollectionSerializer
    filterset_class = CollectionFilter
    queryset = Collection.objects.none()
    noun = "collection"
    creates, may_create = OpenCollectionBody, (Permission.MANAGE_DATASET,)

    def get_queryset(self) -> QuerySet[Collection]:
        user = person(self.request)
        returns = AgencyReturn.objects.visible_to(user).select_related("agency")
        return Collection.objects.visible_to(user).prefetch_related(
            Prefetch("returns", returns, to_attr="visible_returns")
        )

    def do_create(self, data: dict[str, Any]) -> Collection:
        return services.open_collection(by=self.user, **data)

    @verb(CollectionMoveBody, holds(Permission.MANAGE_DATASET))
    def move(self, request: Request, pk: str) -> Response:
        """Another due date, and why."""
        return self.do(services.move_due_date)

    @verb(RemindBody, holds(Permission.MANAGE_DATASET))
    def remind(self, request: Request, pk: str) -> Response:
        """Write to agencies that have not sent everything yet."""
        return self.do(services.remind)

    @verb(NothingBody, holds(Permission.MANAGE_DATASET))
    def close(self, request: Request, pk: str) -> Response:
        """Nothing more is waited for."""
        return self.do(services.close_collection)

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


class Editions(RetrieveModelMixin, ListModelMixin, Creates, Feeds):
    """Compiled editions; one of them with its whole document. The feed gives the newest edition of each quarter.

    Asking for one starts a job, which is what is answered.
    """

    scope: ClassVar = (Permission.READ_DATASET,)
    filterset_class = EditionFilter
    feed_name, feed_columns = "dataset", EDITION_COLUMNS
    queryset = Edition.objects.none()
    creates, may_create = CompileBody, (Permission.MANAGE_DATASET,)
    accepted = True

    def get_serializer_class(self) -> Any:
        if self.action == "create":
            return JobSerializer
        return WholeEditionSerializer if self.action == "retrieve" else EditionSerializer

    def get_queryset(self) -> QuerySet[Any]:
        if self.action == "create":
            return own_jobs(self.user)
        visible = Edition.objects.visible_to(person(self.request))
        return visible.defer("content") if self.action == "list" else visible

    def do_create(self, data: dict[str, Any]) -> Job:
        day = data.pop("as_at")
        as_at = end_of_day(day) if day and day != self.today else timezone.now()
        return services.ask_for_edition(as_at=as_at, by=self.user, **data)

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
