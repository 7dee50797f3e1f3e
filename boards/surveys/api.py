"""Surveys with what they came to, for programs: the same `visible_to`, the same services as the pages."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, holds, verb
from lscb.common.programs import Body, Day, MonthText, Text
from lscb.common.spreadsheets import csv_bytes
from lscb.trail.filters import UpdatedSince

from ..models import Survey, SurveyState, Theme
from . import services
from .importing import MOST_ROWS, FileRefused, import_answers
from .results import results_of

MOST_TOLD = 50


class SurveySerializer(serializers.ModelSerializer[Survey]):
    month = serializers.CharField(read_only=True)
    respondents = serializers.IntegerField(read_only=True)

    class Meta:
        model = Survey
        fields = (
            "id",
            "version",
            "title",
            "month",
            "audience",
            "state",
            "opened_on",
            "closes_on",
            "closed_on",
            "respondents",
        )


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


class SurveyFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=SurveyState.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("month", "title"))


class DraftBody(Body):
    title = serializers.CharField(max_length=150)
    month = MonthText()
    audience = serializers.CharField(max_length=150, allow_blank=True, default="")
    introduction = Text(required=False)
    closes_on = Day(allow_null=True, default=None)
    themes = Visible(queryset=Theme.objects.all(), many=True, default=list)


class SurveyAnswersBody(Body):
    """A row for each respondent, with a text for each question in their order, as in the file of the page."""

    rows = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(max_length=2000, allow_blank=True), max_length=100),
        min_length=1,
        max_length=MOST_ROWS,
    )


MANAGES = holds(Permission.MANAGE_BOARD)


class Surveys(ReadOnlyModelViewSet[Survey], Creates):
    scope = (Permission.READ_BOARD,)
    filterset_class = SurveyFilter
    queryset = Survey.objects.none()
    creates, may_create = DraftBody, (Permission.MANAGE_BOARD,)

    def get_serializer_class(self) -> type[SurveySerializer]:
        return SurveySerializer if self.action == "list" else SurveyWithResultsSerializer

    def get_queryset(self) -> QuerySet[Survey]:
        surveys = Survey.objects.visible_to(person(self.request)).annotate(respondents=Count("responses"))
        return surveys.order_by("-month", "title")

    def do_create(self, data: dict[str, Any]) -> Survey:
        return services.draft_survey(by=self.user, **data)

    @verb(SurveyAnswersBody, MANAGES)
    def answers(self, request: Request, pk: str) -> Response:
        """Answers that were collected elsewhere. All of them come in or none; the same ones again change nothing."""
        survey, rows = self.get_object(), self.checked()["rows"]
        headings = [question.text for question in survey.questions.order_by("order")]
        file = csv_bytes(headings, rows)

        def do() -> int:
            return import_answers(survey=survey, content=file, name="answers.csv", on=self.today, by=self.user)

        try:
            return self.change(survey, do)
        except FileRefused as refusal:
            told = [f"Row {one.row - 1}, {one.column}: {one.sentence}" for one in refusal.errors[:MOST_TOLD]]
            raise exceptions.ValidationError({"rows": told}) from None
