"""Returns for programs: the same `visible_to`, the same services as the pages."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Writes, verb
from lscb.common.errors import Overtaken
from lscb.common.programs import LONGEST_TEXT, Body, Day, Number, YearFilter, many_of
from lscb.trail.filters import UpdatedSince

from ..access import RETURNS, may_fill, may_submit
from ..models import (
    Answer,
    Feedback,
    Framework,
    ModeratedGrade,
    Option,
    Question,
    Return,
    ReturnState,
    Round,
    Section,
    Standard,
)
from .answering import Typed, fingerprint, save_answers
from .carrying import grade_words
from .submitting import sign


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    question = serializers.CharField(source="question.reference", read_only=True)
    text = serializers.CharField(source="question.text", read_only=True)
    grade = serializers.SerializerMethodField()
    moderated_grade = serializers.SerializerMethodField()

    class Meta:
        model = Answer
        fields = (
            *("question", "version", "text", "grade", "moderated_grade", "why_not", "evidence"),
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
    standard = serializers.IntegerField(source="standard.number", read_only=True, default=None, allow_null=True)

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


class ReturnFilter(django_filters.FilterSet):
    year = YearFilter()
    round = django_filters.ModelChoiceFilter(queryset=Round.objects.all())
    status = django_filters.ChoiceFilter(choices=ReturnState.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("due_on", "submitted_at"))


class AnswerBody(Body):
    """An answer to a question by its reference. What is left out stays; `version` is the one that was read."""

    question = serializers.CharField(max_length=10, help_text="Like 3.2")
    version = Number()
    grade = serializers.CharField(max_length=60, allow_null=True, required=False, help_text="Label of the scale")
    not_applicable = serializers.BooleanField(required=False)
    why_not = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    evidence = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    improvement = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    improve_by = Day(allow_null=True, required=False)
    still_true = serializers.BooleanField(default=False, help_text="The answer of last time still holds")


class AnswersBody(Body):
    standard = Number(help_text="Number of the standard")
    answers = many_of(AnswerBody, most=100)
    completed = serializers.BooleanField(allow_null=True, default=None, help_text="Whether the standard is completed")


class SubmitBody(Body):
    """The declaration of the framework by who answers for the agency."""

    declared = serializers.BooleanField()
    name = serializers.CharField(max_length=120)
    position = serializers.CharField(max_length=120)
    governor_name = serializers.CharField(max_length=120, allow_blank=True, default="", help_text="Of a school")
    governor_email = serializers.EmailField(allow_blank=True, default="", help_text="Of a school")

    def validate_declared(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("Declare that the return is true.")
        return value


def _fills(user: User, of_return: Return) -> bool:
    return may_fill(user, of_return.agency)


def _submits(user: User, of_return: Return) -> bool:
    return may_submit(user, of_return.agency)


class Returns(ReadOnlyModelViewSet[Return], Writes):
    scope = RETURNS
    serializer_class = ReturnSerializer
    filterset_class = ReturnFilter
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

    @verb(AnswersBody, _fills)
    def answers(self, request: Request, pk: str) -> Response:
        """Write answers of one standard: all of them or none."""
        of_return, data = self.get_object(), self.checked()
        section = Section.objects.filter(of_return=of_return, standard__number=data["standard"]).first()
        if section is None:
            raise exceptions.ValidationError({"standard": ["This return has no such standard."]})
        return self.change(of_return, lambda: _save(section, data, self.user))

    @verb(SubmitBody, _submits)
    def submit(self, request: Request, pk: str) -> Response:
        """Sign and send the return. It is never too late: late is marked."""
        of_return, data = self.get_object(), self.checked()
        del data["declared"]
        return self.change(of_return, lambda: sign(of_return=of_return, by=self.user, at=timezone.now(), **data))


@transaction.atomic
def _save(section: Section, data: dict[str, Any], by: User) -> None:
    on_file = Answer.objects.filter(of_return=section.of_return_id, question__standard=section.standard_id)
    answers = {one.question.reference: one for one in on_file.select_related("option", "question__standard")}
    scale = {one.label: one for one in section.of_return.round.framework.options.all()}
    typed: dict[int, Typed] = {}
    for given in data["answers"]:
        answer = answers.get(given["question"])
        if answer is None or (given.get("grade") and given["grade"] not in scale):
            told = "This standard has no such question." if answer is None else "The scale has no such grade."
            raise exceptions.ValidationError({"answers": [f"{given['question']}: {told}"]})
        typed[answer.pk] = _typed(given, answer, scale)
    still_true = [answers[one["question"]].pk for one in data["answers"] if one["still_true"]]
    saved = save_answers(
        section=section, typed=typed, still_true=still_true, completed=data["completed"], by=by, at=timezone.now()
    )
    if saved.overtaken:
        first = saved.overtaken[0]
        told = f"Somebody else changed question {first.question.reference} in the meantime."
        raise Overtaken(f"{told} Nothing was written.", current=first.version, field="answers")
    if saved.faults:
        raise exceptions.ValidationError({"answers": [fault.sentence for fault in saved.faults]})


def _typed(given: dict[str, Any], answer: Answer, scale: dict[str, Option]) -> Typed:
    """As a page brings it: what was sent, and for the rest what is on file."""
    names = ("not_applicable", "why_not", "evidence", "improvement", "improve_by")
    values = {name: given.get(name, getattr(answer, name)) for name in names}
    option = scale.get(given["grade"] or "") if "grade" in given else answer.option
    return Typed(option=option, version=given["version"], drawn=fingerprint(answer), **values)


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


class RoundFilter(django_filters.FilterSet):
    year = YearFilter()
    order = django_filters.OrderingFilter(fields=("year", "due_on"))


class Rounds(ReadOnlyModelViewSet[Round]):
    scope = RETURNS
    serializer_class = RoundSerializer
    filterset_class = RoundFilter
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
