"""Surveys with what they came to, for programs: the same `visible_to`, the same services as the pages."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, holds, verb
from lscb.common.programs import Body, Day, MonthText, NothingBody, Number, Text
from lscb.common.spreadsheets import csv_bytes
from lscb.trail.filters import UpdatedSince

from ..models import Question, QuestionKind, Survey, SurveyState, Theme
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


class SurveyQuestionSerializer(serializers.ModelSerializer[Question]):
    options = serializers.SlugRelatedField[Any](slug_field="label", many=True, read_only=True)

    class Meta:
        model = Question
        fields = ("order", "text", "kind", "is_required", "options")


class SurveyWithResultsSerializer(SurveySerializer):
    """One survey with its questions, and the counts of each of them once it is closed."""

    questions = SurveyQuestionSerializer(many=True, read_only=True)
    results = serializers.SerializerMethodField()

    class Meta(SurveySerializer.Meta):
        fields: tuple[str, ...] = (*SurveySerializer.Meta.fields, "questions", "results")  # type: ignore[assignment]

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


class SurveyReviseBody(DraftBody):
    version = Number(help_text="The version that was read")


class SurveyQuestionBody(Body):
    text = serializers.CharField(max_length=300)
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    options = serializers.ListField(
        child=serializers.CharField(max_length=150), max_length=50, default=list, help_text="In this order"
    )
    is_required = serializers.BooleanField(default=False)


class SurveyQuestionReviseBody(SurveyQuestionBody):
    question = Number(help_text="Its place (`order`)")


class SurveyQuestionRemoveBody(Body):
    question = Number(help_text="Its place (`order`)")


class ReopenBody(Body):
    closes_on = Day(help_text="The new last day for answers")


class SendSurveyBody(Body):
    addresses = serializers.ListField(child=serializers.EmailField(), min_length=1, max_length=500)


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
    noun = "survey"
    creates, may_create = DraftBody, (Permission.MANAGE_BOARD,)

    def get_serializer_class(self) -> type[SurveySerializer]:
        return SurveySerializer if self.action == "list" else SurveyWithResultsSerializer

    def get_queryset(self) -> QuerySet[Survey]:
        surveys = Survey.objects.visible_to(person(self.request)).annotate(respondents=Count("responses"))
        if self.action != "list":
            surveys = surveys.prefetch_related("questions__options")
        return surveys.order_by("-month", "title")

    def do_create(self, data: dict[str, Any]) -> Survey:
        return services.draft_survey(by=self.user, **data)

    @verb(SurveyReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Another title, month, audience, introduction or last day."""
        return self.do(services.change_survey)

    @verb(SurveyQuestionBody, MANAGES, url_path="add-question")
    def add_question(self, request: Request, pk: str) -> Response:
        """At the end of a draft."""
        return self.do(services.set_question)

    @verb(SurveyQuestionReviseBody, MANAGES, url_path="revise-question")
    def revise_question(self, request: Request, pk: str) -> Response:
        """Other words or choices, as long as nobody could answer it."""
        survey = self.get_object()
        return self.do_part(services.set_question, "question", _question, survey=survey)

    @verb(SurveyQuestionRemoveBody, MANAGES, url_path="remove-question")
    def remove_question(self, request: Request, pk: str) -> Response:
        """Those after it move up."""
        return self.do_part(services.remove_question, "question", _question)

    @verb(NothingBody, MANAGES)
    def open(self, request: Request, pk: str) -> Response:
        """From now on it can be answered, and its questions stay as they are."""
        return self.do(services.open_survey, on=self.today)

    @verb(NothingBody, MANAGES)
    def close(self, request: Request, pk: str) -> Response:
        """No more answers. Its results are for everybody who reads the board."""
        return self.do(services.close_survey, on=self.today)

    @verb(ReopenBody, MANAGES)
    def reopen(self, request: Request, pk: str) -> Response:
        """Take answers again."""
        return self.do(services.reopen_survey, on=self.today)

    @verb(SendSurveyBody, MANAGES)
    def send(self, request: Request, pk: str) -> Response:
        """A link of one's own to each address, once."""
        return self.do(services.send_survey, at=timezone.now())

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


def _question(survey: Survey, order: int) -> Question | None:
    return survey.questions.filter(order=order).first()
