"""Returns for programs, through the same `visible_to` as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from ..access import RETURNS
from ..models import Answer, Feedback, Framework, ModeratedGrade, Question, Return, Round, Standard
from .carrying import grade_words


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    question = serializers.CharField(source="question.reference", read_only=True)
    text = serializers.CharField(source="question.text", read_only=True)
    grade = serializers.SerializerMethodField()
    moderated_grade = serializers.SerializerMethodField()

    class Meta:
        model = Answer
        fields = (
            *("question", "text", "grade", "moderated_grade", "why_not", "evidence"),
            *("improvement", "improve_by", "to_confirm"),
        )

    def get_grade(self, answer: Answer) -> str:
        return grade_words(answer)

    def get_moderated_grade(self, answer: Answer) -> str | None:
        """The panel's, where this person is told it."""
        told: dict[int, str] = self.context.get("told", {})
        return told.get(answer.pk)


class FeedbackSerializer(serializers.ModelSerializer[Feedback]):
    area = serializers.CharField(source="area.name", read_only=True)
    standard = serializers.IntegerField(source="standard.number", read_only=True, default=None)

    class Meta:
        model = Feedback
        fields = ("area", "standard", "text")


class ReturnSerializer(serializers.ModelSerializer[Return]):
    """With the answers and the feedback that this person may read."""

    round = serializers.CharField(source="round.title", read_only=True)
    year = serializers.CharField(read_only=True)
    agency = serializers.CharField(source="agency.name", read_only=True)
    answers = AnswerSerializer(source="visible_answers", many=True, read_only=True)
    feedback = FeedbackSerializer(source="visible_feedback", many=True, read_only=True)

    class Meta:
        model = Return
        fields = (
            *("id", "reference", "round", "year", "agency", "asks_for", "original_due", "due_on", "status"),
            *("submitted_at", "came_late", "feedback_at", "answers", "feedback"),
        )


class Returns(ReadOnlyModelViewSet[Return]):
    scope = RETURNS
    serializer_class = ReturnSerializer
    queryset = Return.objects.none()

    def get_queryset(self) -> QuerySet[Return]:
        user = person(self.request)
        answers = Answer.objects.visible_to(user).select_related("question__standard", "option")
        said = Feedback.objects.visible_to(user).select_related("area", "standard")
        related = Return.objects.visible_to(user).select_related("round", "agency")
        return related.prefetch_related(
            Prefetch("answers", answers, to_attr="visible_answers"),
            Prefetch("feedback", said, to_attr="visible_feedback"),
        )

    def get_serializer_context(self) -> dict[str, Any]:
        grades = ModeratedGrade.objects.visible_to(person(self.request)).select_related("option")
        told = {one.answer_id: one.option.label for one in grades}
        return {**super().get_serializer_context(), "told": told}


class RoundSerializer(serializers.ModelSerializer[Round]):
    year = serializers.CharField(read_only=True)
    framework = serializers.CharField(read_only=True)
    areas = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)

    class Meta:
        model = Round
        fields = (
            *("id", "title", "year", "framework", "is_cross_area", "areas"),
            *("asks_for", "opens_on", "due_on", "panel_on", "closed_on"),
        )


class Rounds(ReadOnlyModelViewSet[Round]):
    scope = RETURNS
    serializer_class = RoundSerializer
    queryset = Round.objects.none()

    def get_queryset(self) -> QuerySet[Round]:
        related = Round.objects.visible_to(person(self.request)).select_related("framework")
        return related.prefetch_related("areas")


class QuestionSerializer(serializers.ModelSerializer[Question]):
    class Meta:
        model = Question
        fields = ("number", "key", "text", "guidance", "evidence_hint")


class StandardSerializer(serializers.ModelSerializer[Standard]):
    questions = QuestionSerializer(many=True, read_only=True)

    class Meta:
        model = Standard
        fields = ("number", "title", "summary", "theme", "questions")


class FrameworkSerializer(serializers.ModelSerializer[Framework]):
    standards = StandardSerializer(many=True, read_only=True)

    class Meta:
        model = Framework
        fields = ("id", "audience", "version", "title", "duty", "edition", "declaration", "locked_at", "standards")


class Frameworks(ReadOnlyModelViewSet[Framework]):
    scope = (Permission.READ_RETURNS,)
    serializer_class = FrameworkSerializer
    queryset = Framework.objects.none()

    def get_queryset(self) -> QuerySet[Framework]:
        return Framework.objects.visible_to(person(self.request)).with_content()
