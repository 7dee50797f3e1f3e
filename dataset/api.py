"""The dataset for machines: read only, through the same `visible_to` as the pages. Numbers are exact texts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from .models import DefinitionVersion, Edition, Figure, Indicator


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
            "position", "active_from", "active_to", "definitions",
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


class EditionSerializer(serializers.ModelSerializer[Edition]):
    quarter = serializers.CharField()

    class Meta:
        model = Edition
        fields = ("id", "quarter", "number", "as_at", "status", "digest", "compiled_at")


class WholeEditionSerializer(EditionSerializer):
    class Meta(EditionSerializer.Meta):
        fields = (*EditionSerializer.Meta.fields, "content")  # type: ignore[assignment]


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


class Editions(RetrieveModelMixin, ListModelMixin, GenericViewSet[Edition]):
    """Compiled editions; one of them with its whole document."""

    scope: ClassVar = (Permission.READ_DATASET,)
    queryset = Edition.objects.none()

    def get_serializer_class(self) -> Any:
        return WholeEditionSerializer if self.action == "retrieve" else EditionSerializer

    def get_queryset(self) -> QuerySet[Edition]:
        visible = Edition.objects.visible_to(person(self.request))
        return visible if self.action == "retrieve" else visible.defer("content")
