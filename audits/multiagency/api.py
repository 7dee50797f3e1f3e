"""Multi-agency audits, to read: the same `visible_to` as the pages."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.trail.filters import UpdatedSince

from ..models import Audit, AuditFinding, AuditKind, AuditRecommendation, AuditReturn


class FindingSerializer(serializers.ModelSerializer[AuditFinding]):
    class Meta:
        model = AuditFinding
        fields = ("number", "kind", "theme", "text", "public")


class AuditRecommendationSerializer(serializers.ModelSerializer[AuditRecommendation]):
    class Meta:
        model = AuditRecommendation
        fields = ("number", "text")


class AuditSerializer(serializers.ModelSerializer[Audit]):
    """With the findings and recommendations that this person may read."""

    audit_stage = serializers.CharField(source="stage", read_only=True)
    year = serializers.CharField(read_only=True)
    lead_group = serializers.CharField(source="lead_group.name", read_only=True)
    looking_on = serializers.CharField(source="looking_on.name", read_only=True, default=None, allow_null=True)
    findings = FindingSerializer(source="visible_findings", many=True, read_only=True)
    recommendations = AuditRecommendationSerializer(source="visible_recommendations", many=True, read_only=True)

    class Meta:
        model = Audit
        fields = (
            *("id", "title", "kind", "subject", "audit_stage", "year", "scheduled_from", "scheduled_to", "lead_group"),
            *("looking_on", "terms_of_reference", "team", "period_from", "period_to", "fieldwork_from", "fieldwork_to"),
            *("findings", "recommendations"),
        )


class AuditFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=AuditKind.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("scheduled_from", "title"))


class Audits(ReadOnlyModelViewSet[Audit]):
    scope = (Permission.READ_AUDITS,)
    serializer_class = AuditSerializer
    filterset_class = AuditFilter
    queryset = Audit.objects.none()

    def get_queryset(self) -> QuerySet[Audit]:
        user = person(self.request)
        findings = AuditFinding.objects.visible_to(user)
        recommendations = AuditRecommendation.objects.visible_to(user)
        return (
            Audit.objects.visible_to(user)
            .select_related("lead_group", "looking_on")
            .prefetch_related(
                Prefetch("findings", findings, to_attr="visible_findings"),
                Prefetch("recommendations", recommendations, to_attr="visible_recommendations"),
            )
        )


class AuditReturnSerializer(serializers.ModelSerializer[AuditReturn]):
    """What stands in a return once it is sent; of a draft only that it is due."""

    audit = serializers.CharField(source="case.audit.title", read_only=True)
    case = serializers.CharField(source="case.pseudonym", read_only=True)
    agency = serializers.CharField(source="agency.name", read_only=True)
    return_status = serializers.CharField(source="status", read_only=True)
    own_grade = serializers.SerializerMethodField()
    account = serializers.SerializerMethodField()

    class Meta:
        model = AuditReturn
        fields = (
            "id",
            "audit",
            "case",
            "agency",
            "asked_on",
            "due",
            "return_status",
            "received_on",
            "own_grade",
            "account",
        )

    def get_own_grade(self, one: AuditReturn) -> str | None:
        return one.own_grade.label if one.own_grade and one.is_in else None

    def get_account(self, one: AuditReturn) -> str:
        return "" if one.takes_answers else one.account


class AuditReturnFilter(django_filters.FilterSet):
    audit = django_filters.UUIDFilter("case__audit", label="Key of the audit")
    agency = django_filters.ModelChoiceFilter(queryset=Agency.objects.all())
    due_since = django_filters.DateFilter("due", lookup_expr="gte")
    due_until = django_filters.DateFilter("due", lookup_expr="lte")
    order = django_filters.OrderingFilter(fields=("due",))


class AuditReturns(ReadOnlyModelViewSet[AuditReturn]):
    scope = (Permission.READ_RETURNS, Permission.READ_OWN_RETURNS)
    serializer_class: Any = AuditReturnSerializer
    filterset_class = AuditReturnFilter
    queryset = AuditReturn.objects.none()

    def get_queryset(self) -> QuerySet[AuditReturn]:
        returns = AuditReturn.objects.visible_to(person(self.request))
        return returns.select_related("case__audit", "agency", "own_grade").order_by("due", "pk")
