"""Returns of agencies to audits for programs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lscb.accounts.access import person
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Watched, verb
from lscb.common.programs import Body, Day, Number, SentFile, Text, many_of
from lscb.files.api import FileSerializer, HoldsFiles
from lscb.files.models import Attachment

from ...models import AuditAnswer, AuditQuestion, AuditReturn
from .. import services
from ..querysets import reads_everything
from ..services import Said
from .base import MANAGES, grade_called, scale_of, telling_of
from .tools import AuditToolSerializer


def shows(one: AuditReturn, own: Collection[int]) -> bool:
    """Whether what stands in it is told: a draft is for its agency, one of `own`."""
    return not one.takes_answers or one.agency_id in own


class AuditReturnSerializer(serializers.ModelSerializer[AuditReturn]):
    """What stands in a return once it is sent; a draft is its agency's own."""

    audit = serializers.CharField(source="case.audit.title", read_only=True)
    case = serializers.CharField(source="case.pseudonym", read_only=True)
    agency = serializers.CharField(source="agency.name", read_only=True)
    return_status = serializers.CharField(source="status", read_only=True)
    own_grade = serializers.SerializerMethodField()
    account = serializers.SerializerMethodField()

    class Meta:
        model = AuditReturn
        fields = (
            *("id", "version", "audit", "case", "agency", "asked_on", "due", "return_status", "received_on"),
            *("sent_back_because", "own_grade", "account"),
        )

    def get_own_grade(self, one: AuditReturn) -> str | None:
        return one.own_grade.label if one.own_grade and self._shows(one) else None

    def get_account(self, one: AuditReturn) -> str:
        return one.account if self._shows(one) else ""

    def _shows(self, one: AuditReturn) -> bool:
        return shows(one, self.context["own"])


class AuditAnswerSerializer(serializers.ModelSerializer[AuditAnswer]):
    question = serializers.IntegerField(source="question.number", read_only=True)
    grade = serializers.CharField(source="grade.label", read_only=True, default=None, allow_null=True)

    class Meta:
        model = AuditAnswer
        fields = ("question", "grade", "evidence")


class WholeAuditReturnSerializer(AuditReturnSerializer):
    """With what is asked and what was answered, and the audit team's grade once that is told."""

    tool = AuditToolSerializer(source="case.audit.tool", read_only=True, default=None, allow_null=True)
    answers = AuditAnswerSerializer(source="visible_answers", many=True, read_only=True)
    files = serializers.SerializerMethodField()
    moderated_grade = serializers.SerializerMethodField()
    moderation_reason = serializers.SerializerMethodField()

    class Meta(AuditReturnSerializer.Meta):
        fields: tuple[str, ...] = (  # type: ignore[assignment]
            *AuditReturnSerializer.Meta.fields,
            *("tool", "answers", "files", "moderated_grade", "moderation_reason"),
        )

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, one: AuditReturn) -> Any:
        return FileSerializer(one.files.all() if self._shows(one) else [], many=True).data

    def get_moderated_grade(self, one: AuditReturn) -> str | None:
        return one.moderated_grade.label if one.moderated_grade and self._is_told(one) else None

    def get_moderation_reason(self, one: AuditReturn) -> str:
        return one.moderation_reason if self._is_told(one) else ""

    def _is_told(self, one: AuditReturn) -> bool:
        return self.context["reads_everything"] or one.case.audit.is_told


class AuditReturnFilter(django_filters.FilterSet):
    audit = django_filters.UUIDFilter("case__audit", label="Key of the audit")
    agency = django_filters.ModelChoiceFilter(queryset=Agency.objects.all())
    due_since = django_filters.DateFilter("due", lookup_expr="gte")
    due_until = django_filters.DateFilter("due", lookup_expr="lte")
    order = django_filters.OrderingFilter(fields=("due",))


class SaidToQuestionBody(Body):
    question = Number(help_text="Number of the question")
    grade = serializers.CharField(max_length=60, allow_null=True, default=None, help_text="Label of the scale")
    evidence = Text(required=False)


class AuditReturnBody(Body):
    """Everything is written anew: what is left out is emptied."""

    version = Number(help_text="The version that was read")
    own_grade = serializers.CharField(max_length=60, allow_null=True, default=None, help_text="Label of the scale")
    account = Text(required=False, help_text="What the agency found. No names")
    answers = many_of(SaidToQuestionBody, most=100, default=list)
    files = many_of(SentFile, most=10, default=list, help_text="Added to those that are there")


class NoInvolvementBody(Body):
    note = Text(help_text="How the agency made sure")


class SendBackBody(Body):
    reason = Text(help_text="What is missing")
    due = Day()


def _answers(user: User, one: AuditReturn) -> bool:
    return one.agency_id in user.agencies_where(Permission.FILL_RETURN)


class AuditReturns(Watched, HoldsFiles):
    scope = (Permission.READ_RETURNS, Permission.READ_OWN_RETURNS)
    filterset_class = AuditReturnFilter
    queryset = AuditReturn.objects.none()
    noun, looked_at = "audit_return", "returns to audits"

    def named(self, found: AuditReturn) -> str:
        return f"Audit return of {found.agency}"

    def get_serializer_class(self) -> type[AuditReturnSerializer]:
        return AuditReturnSerializer if self.action == "list" else WholeAuditReturnSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        user = person(self.request)
        own = user.agencies_where(Permission.READ_OWN_RETURNS)
        return {**super().get_serializer_context(), "own": own, "reads_everything": reads_everything(user)}

    def get_queryset(self) -> QuerySet[AuditReturn]:
        user = person(self.request)
        related = ("case__audit", "agency", "own_grade")
        returns = AuditReturn.objects.visible_to(user).select_related(*related).order_by("due", "pk")
        if self.action == "list":
            return returns
        answers = AuditAnswer.objects.visible_to(user).select_related("question", "grade").order_by("question__number")
        return returns.select_related("case__audit__tool", "moderated_grade").prefetch_related(
            *("case__audit__tool__questions", "case__audit__tool__grades", "files"),
            Prefetch("answers", answers, to_attr="visible_answers"),
        )

    def files_of(self, record: AuditReturn) -> QuerySet[Attachment]:
        told = shows(record, self.user.agencies_where(Permission.READ_OWN_RETURNS))
        files: QuerySet[Attachment] = record.files.all() if told else Attachment.objects.none()
        return files

    def _answered(self, service: Callable[..., Any], **more: Any) -> Response:
        one, data = self.get_object(), self.checked()
        scale = scale_of(one.case.audit)
        questions = {asked.number: asked.pk for asked in AuditQuestion.objects.filter(tool=one.case.audit.tool_id)}
        said: dict[int, Said] = {}
        for line in data.pop("answers"):
            if line["question"] not in questions:
                raise exceptions.ValidationError({"answers": [f"{line['question']}: this is not asked."]})
            said[questions[line["question"]]] = Said(grade_called(line["grade"], scale, "answers"), line["evidence"])
        data["own_grade"] = grade_called(data["own_grade"], scale, "own_grade")
        data["uploads"] = data.pop("files")
        call = {"audit_return": one, "said": said, "by": self.user, **data, **more}
        with telling_of("answers"):
            return self.change(one, lambda: service(**call))

    @verb(AuditReturnBody, _answers)
    def answers(self, request: Request, pk: str) -> Response:
        """Keep a draft: nobody but the agency reads it."""
        return self._answered(services.save_return)

    @verb(AuditReturnBody, _answers)
    def send(self, request: Request, pk: str) -> Response:
        """Send the return: every question has a grade, and so has the agency's work as a whole."""
        return self._answered(services.send_return, on=self.today)

    @verb(NoInvolvementBody, _answers, url_path="no-involvement")
    def no_involvement(self, request: Request, pk: str) -> Response:
        """The agency never knew this child."""
        return self.do(services.report_no_involvement, on=self.today)

    @verb(SendBackBody, MANAGES, url_path="send-back")
    def send_back(self, request: Request, pk: str) -> Response:
        """The return is the agency's again, with what is missing and by when."""
        return self.do(services.send_back, today=self.today)
