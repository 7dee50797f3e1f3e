"""Cases of audits for programs: under pseudonyms, with the grades that were moderated."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, Watched, verb
from lscb.common.programs import Body, Number, Text, many_of

from ...models import AgeBand, Audit, AuditCase, AuditReturn, CaseOutcome, PlanStatus, ReturnStatus, Risk
from .. import services
from ..services import Moderated
from .base import MANAGES, MAY_MANAGE, grade_called, scale_of, telling_of


class ReturnOfCaseSerializer(serializers.ModelSerializer[AuditReturn]):
    """What an agency graded and what the audit team gave, side by side; of a draft only that it is due."""

    agency = serializers.CharField(source="agency.name", read_only=True)
    return_status = serializers.CharField(source="status", read_only=True)
    own_grade = serializers.SerializerMethodField()
    moderated_grade = serializers.CharField(
        source="moderated_grade.label", read_only=True, default=None, allow_null=True
    )

    class Meta:
        model = AuditReturn
        fields = ("id", "agency", "return_status", "own_grade", "moderated_grade", "moderation_reason")

    def get_own_grade(self, one: AuditReturn) -> str | None:
        return one.own_grade.label if one.own_grade and one.is_in else None


class AuditCaseSerializer(serializers.ModelSerializer[AuditCase]):
    grade = serializers.CharField(source="grade.label", read_only=True, default=None, allow_null=True)
    returns = ReturnOfCaseSerializer(many=True, read_only=True)

    class Meta:
        model = AuditCase
        fields = (
            *("id", "version", "audit", "number", "pseudonym", "age_band", "risk", "plan_status", "grade"),
            *("outcome", "outcome_note", "returns"),
        )


class AuditCaseFilter(django_filters.FilterSet):
    audit = django_filters.UUIDFilter("audit", label="Key of the audit")


class _CaseFacts(Body):
    pseudonym = serializers.CharField(max_length=40, help_text="Such as Case A, never a name")
    age_band = serializers.ChoiceField(choices=AgeBand.choices)
    risk = serializers.ChoiceField(choices=Risk.choices)
    plan_status = serializers.ChoiceField(choices=PlanStatus.choices)


class AuditCaseBody(_CaseFacts):
    audit = Visible(queryset=Audit.objects.all())


class AuditCaseReviseBody(_CaseFacts):
    version = Number(help_text="The version that was read")


class ModeratedBody(Body):
    of_return = serializers.UUIDField(help_text="Key of the return")
    grade = serializers.CharField(max_length=60, allow_null=True, help_text="Label of the scale")
    reason = Text(required=False, help_text="Needed where it is another than the agency’s own")


class ModerateBody(Body):
    """Everything is written anew: a return that is left out is not moderated."""

    version = Number(help_text="The version of the case that was read")
    grade = serializers.CharField(max_length=60, allow_null=True, default=None, help_text="Label of the scale")
    outcome = serializers.ChoiceField(choices=CaseOutcome.choices, allow_blank=True, default="")
    outcome_note = Text(required=False)
    returns = many_of(ModeratedBody, most=100, default=list)


class AuditCases(Watched, Creates):
    scope = (Permission.READ_RETURNS,)
    serializer_class = AuditCaseSerializer
    filterset_class = AuditCaseFilter
    queryset = AuditCase.objects.none()
    noun, looked_at = "case", "cases of audits"
    creates, may_create = AuditCaseBody, MAY_MANAGE

    def named(self, found: AuditCase) -> str:
        return f"Case {found.number}"

    def get_queryset(self) -> QuerySet[AuditCase]:
        returns = AuditReturn.objects.select_related("agency", "own_grade", "moderated_grade").order_by("agency__name")
        visible = AuditCase.objects.visible_to(person(self.request)).select_related("audit", "grade")
        return visible.prefetch_related(Prefetch("returns", returns))

    def do_create(self, data: dict[str, Any]) -> AuditCase:
        return services.add_case(by=self.user, **data)

    @verb(AuditCaseReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Write the facts of the case anew."""
        return self.do(services.change_case)

    @verb(ModerateBody, MANAGES)
    def moderate(self, request: Request, pk: str) -> Response:
        """The audit team's grade for the case and for each return that came. The agencies' own grades stay."""
        case, data = self.get_object(), self.checked()
        came = {one.pk for one in case.returns.all() if one.status == ReturnStatus.RECEIVED}
        scale, moderated = scale_of(case.audit), {}
        for line in data["returns"]:
            if line["of_return"] not in came:
                raise exceptions.ValidationError({"returns": [f"{line['of_return']}: no such return came."]})
            given = Moderated(grade_called(line["grade"], scale, "returns"), line["reason"])
            moderated[str(line["of_return"])] = given
        call = {**data, "case": case, "grade": grade_called(data["grade"], scale, "grade"), "moderated": moderated}
        del call["returns"]
        with telling_of("returns"):
            return self.change(case, lambda: services.moderate_case(by=self.user, **call))
