"""What people are asked after a session and what they said; a comment is printed once it names nobody."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.programs import Creates, Writes, verb
from lscb.common.programs import Body, Number, Text

from ..models import Answer, CommentState, Evaluation, Question
from ..models import Moment as Occasion
from ..services.evaluating import moderate_comment
from ..services.programme import set_question
from .base import MANAGES, MAY_MANAGE


class EvaluationQuestionSerializer(serializers.ModelSerializer[Question]):
    class Meta:
        model = Question
        fields = ("id", "version", "order", "text", "is_asked")


class ScoreSerializer(serializers.ModelSerializer[Answer]):
    """From 1, disagree, to 5, agree."""

    class Meta:
        model = Answer
        fields = ("question", "score")


class EvaluationSerializer(serializers.ModelSerializer[Evaluation]):
    """Without the person who said it. `printed` is the comment as it may be printed."""

    session = serializers.UUIDField(source="booking.session_id", read_only=True)
    scores = ScoreSerializer(source="answers", many=True, read_only=True)

    class Meta:
        model = Evaluation
        fields = ("id", "session", "moment", "given_on", "scores", "comment", "comment_state", "printed")


class EvaluationFilter(django_filters.FilterSet):
    session = django_filters.UUIDFilter("booking__session", label="Key of the session")
    moment = django_filters.ChoiceFilter(choices=Occasion.choices)
    comment_state = django_filters.ChoiceFilter(choices=CommentState.choices)
    order = django_filters.OrderingFilter(fields=("given_on",))


class EvaluationQuestionBody(Body):
    """Something that people agree with from 1 to 5, in the same words before, after and three months later."""

    text = serializers.CharField(max_length=200)
    order = Number(max_value=999, help_text="Its place among the others")
    is_asked = serializers.BooleanField(default=True)


class EvaluationQuestionReviseBody(EvaluationQuestionBody):
    version = Number(help_text="The version that was read")


class ModerateCommentBody(Body):
    printed = Text(required=False, help_text="In words that name nobody; without them it is withheld")


class EvaluationQuestions(ReadOnlyModelViewSet[Question], Creates):
    """For who runs the programme."""

    scope = MAY_MANAGE
    serializer_class = EvaluationQuestionSerializer
    queryset = Question.objects.none()
    noun = "question"
    creates, may_create = EvaluationQuestionBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[Question]:
        found: QuerySet[Question] = Question.objects.all().visible_to(person(self.request))
        return found

    def do_create(self, data: dict[str, Any]) -> Question:
        return set_question(by=self.user, **data)

    @verb(EvaluationQuestionReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Another place, or asked no more. Its words stay once somebody answered."""
        return self.do(set_question)


class Evaluations(ReadOnlyModelViewSet[Evaluation], Writes):
    """For who runs the programme."""

    scope = MAY_MANAGE
    serializer_class = EvaluationSerializer
    filterset_class = EvaluationFilter
    queryset = Evaluation.objects.none()
    noun = "evaluation"

    def get_queryset(self) -> QuerySet[Evaluation]:
        visible = Evaluation.objects.visible_to(person(self.request))
        return visible.select_related("booking").prefetch_related("answers")

    @verb(ModerateCommentBody, MANAGES)
    def moderate(self, request: Request, pk: str) -> Response:
        """Clear the comment for printing, or withhold it."""
        return self.do(moderate_comment, now=timezone.now())
