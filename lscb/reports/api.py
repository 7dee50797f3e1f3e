"""Annual reports for machines: read only, through the same `visible_to` as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from .content import from_json
from .formats.facts import fact_values
from .models import AnnualReport
from .provenance import doors_of


class AnnualReportSerializer(serializers.ModelSerializer[AnnualReport]):
    year = serializers.CharField()
    state = serializers.CharField(source="life.value")

    class Meta:
        model = AnnualReport
        fields = ("id", "year", "number", "as_at", "state", "pages", "content_digest", "pdf_digest", "approved_at")


class WholeAnnualReportSerializer(AnnualReportSerializer):
    """With every fact, named `chapter.fact`: its exact value, how it is printed, its base and source, and the address
    of the records behind it where the reader may open their list."""

    facts = serializers.SerializerMethodField()

    class Meta(AnnualReportSerializer.Meta):
        fields = (*AnnualReportSerializer.Meta.fields, "facts")  # type: ignore[assignment]

    def get_facts(self, report: AnnualReport) -> dict[str, dict[str, Any]]:
        if not report.is_finished:
            return {}
        content, user = from_json(report.content), person(self.context["request"])
        opens, values = doors_of(user), fact_values(content)
        for name, fact in content.facts():
            if fact.rows and opens(fact.rows):
                values[name]["rows"] = fact.rows
        return values


class AnnualReports(ReadOnlyModelViewSet[AnnualReport]):
    scope: ClassVar = (Permission.READ_REPORT,)
    queryset = AnnualReport.objects.none()

    def get_serializer_class(self) -> Any:
        return WholeAnnualReportSerializer if self.action == "retrieve" else AnnualReportSerializer

    def get_queryset(self) -> QuerySet[AnnualReport]:
        visible = AnnualReport.objects.visible_to(person(self.request)).select_related("job")
        return visible if self.action == "retrieve" else visible.defer("content")
