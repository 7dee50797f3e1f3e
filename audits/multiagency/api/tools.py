"""Tools of audits for programs: questions and grades."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, verb
from lscb.common.programs import Body, Text

from ...models import AuditQuestion, AuditTool
from .. import services
from .base import MANAGES, MAY_MANAGE


class AuditQuestionSerializer(serializers.ModelSerializer[AuditQuestion]):
    class Meta:
        model = AuditQuestion
        fields = ("number", "text")


class AuditToolSerializer(serializers.ModelSerializer[AuditTool]):
    questions = AuditQuestionSerializer(many=True, read_only=True)
    grades = serializers.SlugRelatedField[Any](slug_field="label", many=True, read_only=True)

    class Meta:
        model = AuditTool
        fields = ("id", "title", "questions", "grades")


class AuditToolBody(Body):
    title = serializers.CharField(max_length=150)
    questions = serializers.ListField(child=Text(), min_length=1, max_length=100, help_text="In their order")
    grades = serializers.ListField(
        child=serializers.CharField(max_length=60), min_length=1, max_length=20, help_text="The best first"
    )


class AuditTools(ReadOnlyModelViewSet[AuditTool], Creates):
    """Questions and grades. A tool with which agencies were asked never changes."""

    scope = (Permission.READ_RETURNS,)
    serializer_class = AuditToolSerializer
    queryset = AuditTool.objects.none()
    noun = "tool"
    creates, may_create = AuditToolBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[AuditTool]:
        return AuditTool.objects.visible_to(person(self.request)).prefetch_related("questions", "grades")

    def do_create(self, data: dict[str, Any]) -> AuditTool:
        return services.make_tool(by=self.user, **data)

    @verb(AuditToolBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Write it anew, as long as no agency was asked with it."""
        return self.do(services.change_tool)
