"""Surveys with what they came to, to read: the same `visible_to` as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from ..models import Survey
from .results import results_of


class SurveySerializer(serializers.ModelSerializer[Survey]):
    month = serializers.CharField(read_only=True)
    respondents = serializers.IntegerField(read_only=True)

    class Meta:
        model = Survey
        fields = ("id", "title", "month", "audience", "state", "opened_on", "closes_on", "closed_on", "respondents")


class SurveyWithResultsSerializer(SurveySerializer):
    """One survey with the counts of each question, once it is closed."""

    results = serializers.SerializerMethodField()

    class Meta(SurveySerializer.Meta):
        fields: tuple[str, ...] = (*SurveySerializer.Meta.fields, "results")  # type: ignore[assignment]

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_results(self, survey: Survey) -> list[dict[str, Any]]:
        if not survey.is_closed:
            return []
        return [
            {
                "question": result.text,
                "respondents": result.n,
                "answers": [{"answer": choice.label, "people": choice.count} for choice in result.choices],
            }
            for result in results_of(survey)
        ]


class Surveys(ReadOnlyModelViewSet[Survey]):
    scope = (Permission.READ_BOARD,)
    queryset = Survey.objects.none()

    def get_serializer_class(self) -> type[SurveySerializer]:
        return SurveyWithResultsSerializer if self.action == "retrieve" else SurveySerializer

    def get_queryset(self) -> QuerySet[Survey]:
        surveys = Survey.objects.visible_to(person(self.request)).annotate(respondents=Count("responses"))
        return surveys.order_by("-month", "title")
