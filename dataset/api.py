"""The dataset for machines: read only, through the same `visible_to` as the pages. Numbers are exact texts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from .models import AgencyReturn, Collection, DefinitionVersion, Edition, Figure, Indicator
from .publishing import content_for


class DefinitionSerializer(serializers.ModelSerializer[DefinitionVersion]):
    from_period = serializers.CharField(allow_null=True)

    class Meta:
        model = DefinitionVersion
        fields = ("number", "from_period", "text", "note")


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    source_agency = serializers.CharField(source="source_agency.name")
    part_of = serializers.CharField(source="part_of.code", default=None)
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
        fields = ("agency", "sent_at", "reminders", "reminded_at")


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


class Indicators(ReadOnlyModelViewSet[Indicator]):
    scope: ClassVar = (Permission.READ_DATASET, Permission.READ_FIGURES, Permission.SUBMIT_FIGURES)
    serializer_class = IndicatorSerializer
    lookup_field = "code"
    queryset = Indicator.objects.none()

    def get_queryset(self) -> QuerySet[Indicator]:
        visible = Indicator.objects.visible_to(person(self.request))
        return visible.select_related("source_agency", "part_of").prefetch_related("definitions")


class Figures(ListModelMixin, GenericViewSet[Figure]):
    """The newest revision of each figure."""

    scope: ClassVar = (Permission.READ_FIGURES, Permission.SUBMIT_FIGURES)
    serializer_class = FigureSerializer
    queryset = Figure.objects.none()

    def get_queryset(self) -> QuerySet[Figure]:
        visible = Figure.objects.visible_to(person(self.request))
        return visible.latest_revisions().select_related("indicator").order_by("indicator__code", "period")


class Collections(ReadOnlyModelViewSet[Collection]):
    """What was asked for, quarter by quarter, and how far each agency has come."""

    scope: ClassVar = (Permission.READ_FIGURES, Permission.SUBMIT_FIGURES)
    serializer_class = CollectionSerializer
    queryset = Collection.objects.none()

    def get_queryset(self) -> QuerySet[Collection]:
        user = person(self.request)
        returns = AgencyReturn.objects.visible_to(user).select_related("agency")
        return Collection.objects.visible_to(user).prefetch_related(
            Prefetch("returns", returns, to_attr="visible_returns")
        )


class Editions(RetrieveModelMixin, ListModelMixin, GenericViewSet[Edition]):
    """Compiled editions; one of them with its whole document."""

    scope: ClassVar = (Permission.READ_DATASET,)
    queryset = Edition.objects.none()

    def get_serializer_class(self) -> Any:
        return WholeEditionSerializer if self.action == "retrieve" else EditionSerializer

    def get_queryset(self) -> QuerySet[Edition]:
        visible = Edition.objects.visible_to(person(self.request))
        return visible if self.action == "retrieve" else visible.defer("content")
