"""Frameworks for programs: begin a version, and change one that no round uses, as on its page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, holds, verb
from lscb.common.programs import Body, NothingBody, Number, Text, many_of, told_at

from ..models import Audience, Framework, Option, Question, Standard
from . import files, services

MOST = 200
"""Of standards, of questions in one of them and of grades: more than anybody answers."""


class OptionSerializer(serializers.ModelSerializer[Option]):
    class Meta:
        model = Option
        fields = ("order", "label", "meaning", "points", "is_compliant", "needs_action")


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
    """`options` are the grades of the answer scale, the best first."""

    options = OptionSerializer(many=True, read_only=True)
    standards = StandardSerializer(many=True, read_only=True)

    class Meta:
        model = Framework
        fields = (
            *("id", "audience", "version", "title", "duty", "edition", "declaration", "locked_at"),
            *("options", "standards"),
        )


# ---- What may be sent -----------------------------------------------------------------------------------------------


def _reference() -> Any:
    return serializers.CharField(max_length=10, help_text="Like 3.2")


class FrameworkWordsBody(Body):
    title = serializers.CharField(max_length=150)
    duty = serializers.CharField(max_length=200, help_text="The law")
    edition = serializers.CharField(
        max_length=150, allow_blank=True, default="", help_text="The guidance it is tied to"
    )
    declaration = Text(max_length=5000, help_text="What is declared by signing")


class GradeBody(Body):
    """A grade of the answer scale."""

    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # the field of that name
    meaning = serializers.CharField(max_length=200, allow_blank=True, default="")
    points = Number(max_value=1000)
    is_compliant = serializers.BooleanField()
    needs_action = serializers.BooleanField(help_text="Something must be improved")


class StandardWordsBody(Body):
    title = serializers.CharField(max_length=150)
    summary = Text(max_length=5000, required=False)
    theme = serializers.CharField(max_length=80, allow_blank=True, default="", help_text="Of one for a year")


class QuestionWordsBody(Body):
    text = serializers.CharField(max_length=300)
    guidance = Text(max_length=5000, required=False)
    evidence_hint = Text(max_length=5000, required=False)


class WholeQuestionBody(QuestionWordsBody):
    key = serializers.CharField(max_length=60, help_text="By which answers of other versions are compared")


class WholeStandardBody(StandardWordsBody):
    questions = many_of(WholeQuestionBody, most=MOST, allow_empty=False)


class FrameworkBody(FrameworkWordsBody):
    """All of a version, as the file of it that the page gives."""

    audience = serializers.ChoiceField(choices=Audience.choices)
    options = many_of(GradeBody, most=MOST, allow_empty=False, help_text="The answer scale, the best grade first")
    standards = many_of(WholeStandardBody, most=MOST, allow_empty=False)


class StandardReviseBody(StandardWordsBody):
    standard = Number(help_text="Number of the standard")


class StandardRemoveBody(Body):
    standard = Number(help_text="Number of the standard")


class QuestionAddBody(QuestionWordsBody):
    standard = Number(help_text="Number of the standard")


class QuestionReviseBody(QuestionWordsBody):
    question = _reference()


class QuestionRemoveBody(Body):
    question = _reference()


class GradeReviseBody(GradeBody):
    option = serializers.CharField(max_length=60, help_text="Label of the grade as it is")


class GradeRemoveBody(Body):
    option = serializers.CharField(max_length=60, help_text="Label of the grade")


# ---- The endpoint ---------------------------------------------------------------------------------------------------

RUNS = holds(Permission.MANAGE_AUDITS)


class Frameworks(ReadOnlyModelViewSet[Framework], Creates):
    """A version that a round uses stays as it is."""

    scope = (Permission.READ_RETURNS,)
    serializer_class = FrameworkSerializer
    queryset = Framework.objects.none()
    noun = "framework"
    creates, may_create = FrameworkBody, (Permission.MANAGE_AUDITS,)

    def get_queryset(self) -> QuerySet[Framework]:
        return Framework.objects.visible_to(person(self.request)).with_content()

    def do_create(self, data: dict[str, Any]) -> Framework:
        with told_at({"file": ""}):
            return services.add_framework(content=files.checked(data), by=self.user)

    @verb(NothingBody, RUNS, url_path="new-version", makes=True)
    def new_version(self, request: Request, pk: str) -> Response:
        """Begin a version that is like this one, to change it. The answer is the new one."""
        content = files.content_of(self.get_object())
        self.checked()
        return self.make(lambda: services.add_framework(content=content, by=self.user))

    @verb(FrameworkWordsBody, RUNS)
    def revise(self, request: Request, pk: str) -> Response:
        """Its title, the law and the guidance, and what is declared by signing."""
        return self.do(services.change_framework)

    @verb(StandardWordsBody, RUNS, url_path="add-standard")
    def add_standard(self, request: Request, pk: str) -> Response:
        """At the end. A round needs a question in each."""
        return self.do(services.add_standard)

    @verb(StandardReviseBody, RUNS, url_path="revise-standard")
    def revise_standard(self, request: Request, pk: str) -> Response:
        """Another title, summary or theme."""
        return self.do_part(services.change_standard, "standard", _standard)

    @verb(StandardRemoveBody, RUNS, url_path="remove-standard")
    def remove_standard(self, request: Request, pk: str) -> Response:
        """With its questions; those after it move up."""
        return self.do_part(services.remove_standard, "standard", _standard)

    @verb(QuestionAddBody, RUNS, url_path="add-question")
    def add_question(self, request: Request, pk: str) -> Response:
        """At the end of a standard."""
        return self.do_part(services.add_question, "standard", _standard)

    @verb(QuestionReviseBody, RUNS, url_path="revise-question")
    def revise_question(self, request: Request, pk: str) -> Response:
        """The wording; what it asks stays the same, so that answers can be compared."""
        return self.do_part(services.change_question, "question", _question)

    @verb(QuestionRemoveBody, RUNS, url_path="remove-question")
    def remove_question(self, request: Request, pk: str) -> Response:
        """Those after it move up."""
        return self.do_part(services.remove_question, "question", _question)

    @verb(GradeBody, RUNS, url_path="add-grade")
    def add_grade(self, request: Request, pk: str) -> Response:
        """At the lower end of the answer scale."""
        return self.do(services.add_option)

    @verb(GradeReviseBody, RUNS, url_path="revise-grade")
    def revise_grade(self, request: Request, pk: str) -> Response:
        """What it is called and means, its points, and whether it complies."""
        return self.do_part(services.change_option, "option", _option)

    @verb(GradeRemoveBody, RUNS, url_path="remove-grade")
    def remove_grade(self, request: Request, pk: str) -> Response:
        """Those after it move up."""
        return self.do_part(services.remove_option, "option", _option)


def _standard(framework: Framework, number: int) -> Standard | None:
    return next((one for one in framework.standards.all() if one.number == number), None)


def _question(framework: Framework, reference: str) -> Question | None:
    every = (one for standard in framework.standards.all() for one in standard.questions.all())
    return next((one for one in every if one.reference == reference), None)


def _option(framework: Framework, label: str) -> Option | None:
    return next((one for one in framework.options.all() if one.label == label), None)
