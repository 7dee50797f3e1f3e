"""Annual reports for programs: the same `visible_to`, the same services as the pages.

A program writes the board's own words, starts an edition and builds it. Approving and publishing stay with people.
"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, ForEverybody, holds, verb
from lscb.common.caching import Cacheable
from lscb.common.programs import Body, Day, Number, Text, YearFilter, YearText

from . import services
from .content import from_json
from .formats.facts import fact_values
from .models import AnnualReport, ReportWords
from .provenance import doors_of


class AnnualReportSerializer(serializers.ModelSerializer[AnnualReport]):
    year = serializers.CharField()
    state = serializers.CharField(source="life.value")

    class Meta:
        model = AnnualReport
        fields = (
            *("id", "year", "number", "as_at", "state", "job", "pages", "content_digest", "pdf_digest"),
            "approved_at",
        )


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


class ReportFilter(django_filters.FilterSet):
    year = YearFilter()
    order = django_filters.OrderingFilter(fields=("year", "number"))


class StartBody(Body):
    year = YearText()
    as_at = Day(help_text="The report prints what the records say on this day")


class BuildBody(Body):
    as_at = Day(help_text="The figures are those of this day")


class AnnualReports(ReadOnlyModelViewSet[AnnualReport], Creates):
    scope: ClassVar = (Permission.READ_REPORT,)
    filterset_class = ReportFilter
    queryset = AnnualReport.objects.none()
    noun = "report"
    creates, may_create = StartBody, (Permission.BUILD_REPORT,)

    def get_serializer_class(self) -> Any:
        return WholeAnnualReportSerializer if self.action == "retrieve" else AnnualReportSerializer

    def get_queryset(self) -> QuerySet[AnnualReport]:
        visible = AnnualReport.objects.visible_to(person(self.request)).select_related("job")
        return visible if self.action == "retrieve" else visible.defer("content")

    def do_create(self, data: dict[str, Any]) -> AnnualReport:
        return services.start_report(by=self.user, **data)

    @verb(BuildBody, holds(Permission.BUILD_REPORT), accepted=True)
    def build(self, request: Request, pk: str) -> Response:
        """Have a job gather, lay out and print it. Its `state` and its `job` say how far that is."""
        return self.do(services.build_report)


class ReportWordsSerializer(serializers.ModelSerializer[ReportWords]):
    """`taken_from` is the year whose words they still are, until somebody confirms or changes them."""

    year = serializers.CharField()
    taken_from = serializers.CharField(allow_null=True)

    class Meta:
        model = ReportWords
        fields = ("id", "version", "year", "chapter", "markdown", "updated_at", "taken_from")


class WordsFilter(django_filters.FilterSet):
    year = YearFilter()
    chapter = django_filters.CharFilter("chapter")
    order = django_filters.OrderingFilter(fields=("year", "chapter"))


class WordsBody(Body):
    """The board's own words for one chapter; a fact is named as `{{ chapter.fact }}` and never typed."""

    year = YearText()
    chapter = serializers.CharField(max_length=40, help_text="challenges")
    markdown = Text(max_length=50_000, allow_blank=True)
    version = Number(default=0, help_text="The version that was read, 0 where there were none")


class Words(ReadOnlyModelViewSet[ReportWords], Creates):
    """For who writes the report or approves it."""

    scope: ClassVar = (Permission.BUILD_REPORT, Permission.APPROVE_REPORT)
    serializer_class = ReportWordsSerializer
    filterset_class = WordsFilter
    queryset = ReportWords.objects.none()
    creates, may_create = WordsBody, (Permission.BUILD_REPORT,)

    def get_queryset(self) -> QuerySet[ReportWords]:
        return ReportWords.objects.visible_to(person(self.request))

    def do_create(self, data: dict[str, Any]) -> ReportWords:
        return services.save_words(by=self.user, **data)


# ---- For everybody --------------------------------------------------------------------------------------------------


class PublishedReportSerializer(serializers.ModelSerializer[AnnualReport]):
    """A published edition; `facts` and `pdf` are the addresses of what it says."""

    year = serializers.CharField()
    published_at = serializers.DateTimeField(source="publication.published_at")
    page = serializers.SerializerMethodField()
    pdf = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField()

    class Meta:
        model = AnnualReport
        fields = ("year", "number", "as_at", "published_at", "content_digest", "pdf_digest", "page", "pdf", "facts")

    def get_page(self, report: AnnualReport) -> str:
        return self._address("report", report)

    def get_pdf(self, report: AnnualReport) -> str:
        return self._address("pdf", report)

    def get_facts(self, report: AnnualReport) -> str:
        return self._address("facts", report)

    @staticmethod
    def _address(name: str, report: AnnualReport) -> str:
        return settings.PORTAL_URL + reverse(f"published:{name}", args=[str(report.year), report.number])


class PublicReports(ForEverybody, Cacheable, ListModelMixin, GenericViewSet[AnnualReport]):
    """Published annual reports."""

    serializer_class = PublishedReportSerializer
    filterset_class = ReportFilter
    queryset = AnnualReport.objects.none()

    def get_queryset(self) -> QuerySet[AnnualReport]:
        return AnnualReport.objects.published().select_related("publication").defer("content")
