"""Audits for programs: planning, asking, findings, recommendations, and what is done about them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from boards.models import Group, Theme
from lscb.accounts.access import person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, verb
from lscb.actions.api import ActionWords
from lscb.common.programs import Body, Day, MonthText, NothingBody, Number, OnADay, Text
from lscb.trail.filters import UpdatedSince

from ...models import (
    Audit,
    AuditFinding,
    AuditKind,
    AuditRecommendation,
    AuditStage,
    AuditTool,
    AuditWorkshop,
    FindingKind,
)
from .. import services
from .base import MANAGES, MAY_MANAGE, numbered


class FindingSerializer(serializers.ModelSerializer[AuditFinding]):
    class Meta:
        model = AuditFinding
        fields = ("number", "version", "kind", "theme", "text", "public")


class AuditRecommendationSerializer(serializers.ModelSerializer[AuditRecommendation]):
    class Meta:
        model = AuditRecommendation
        fields = ("number", "text")


class WorkshopSerializer(serializers.ModelSerializer[AuditWorkshop]):
    class Meta:
        model = AuditWorkshop
        fields = ("held_on", "about")


class AuditSerializer(serializers.ModelSerializer[Audit]):
    """With the findings and recommendations that this person may read."""

    audit_stage = serializers.CharField(source="stage", read_only=True)
    year = serializers.CharField(read_only=True)
    lead_group = serializers.CharField(source="lead_group.name", read_only=True)
    looking_on = serializers.CharField(source="looking_on.name", read_only=True, default=None, allow_null=True)
    workshops = WorkshopSerializer(many=True, read_only=True)
    findings = FindingSerializer(source="visible_findings", many=True, read_only=True)
    recommendations = AuditRecommendationSerializer(source="visible_recommendations", many=True, read_only=True)

    class Meta:
        model = Audit
        fields = (
            *("id", "version", "title", "kind", "subject", "audit_stage", "year", "scheduled_from", "scheduled_to"),
            *("lead_group", "looking_on", "themes", "terms_of_reference", "team", "period_from", "period_to"),
            *("fieldwork_from", "fieldwork_to", "tool", "summary", "plan", "workshops", "findings", "recommendations"),
        )


class AuditFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=AuditKind.choices)
    stage = django_filters.ChoiceFilter(choices=AuditStage.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("scheduled_from", "title"))


class PlanAuditBody(Body):
    title = serializers.CharField(max_length=150)
    kind = serializers.ChoiceField(choices=AuditKind.choices)
    subject = serializers.CharField(max_length=60, allow_blank=True, default="", help_text="In a word or two")
    first = MonthText(help_text="First month")
    last = MonthText(help_text="Last month")
    lead_group = Visible("code", queryset=Group.objects.all(), help_text="Code of the group that watches its plan")
    looking_on = Visible(
        "code", queryset=Group.objects.all(), allow_null=True, default=None, help_text="Code of the group that looks on"
    )
    themes = Visible(queryset=Theme.objects.all(), many=True, default=list)


class AuditReviseBody(PlanAuditBody):
    """Everything is written anew: what is left out is emptied."""

    version = Number(help_text="The version that was read")
    terms_of_reference = Text(required=False)
    team = Text(required=False, help_text="Positions, one on each line")
    tool = Visible(queryset=AuditTool.objects.all(), allow_null=True, default=None)
    period_from = Day(allow_null=True, default=None)
    period_to = Day(allow_null=True, default=None)
    fieldwork_from = Day(allow_null=True, default=None)
    fieldwork_to = Day(allow_null=True, default=None)
    summary = Text(required=False)


class AskAgenciesBody(Body):
    agencies = Visible(queryset=Agency.objects.all(), many=True)
    due = Day()


class WorkshopBody(Body):
    held_on = Day()
    about = serializers.CharField(max_length=200)


class AuditStageBody(OnADay):
    """On which day it was reached."""


class CancelAuditBody(OnADay):
    reason = Text()


class FindingBody(Body):
    kind = serializers.ChoiceField(choices=FindingKind.choices)
    theme = serializers.CharField(max_length=80)
    text = Text()
    public = Text(required=False, help_text="Words for the annual report; without them it is not printed")


class FindingReviseBody(FindingBody):
    finding = Number(help_text="Number of the finding")
    version = Number(help_text="The version of the finding that was read")


class RemoveFindingBody(Body):
    finding = Number(help_text="Number of the finding")


class AuditRecommendBody(Body):
    text = Text()


class AuditActionBody(ActionWords, OnADay):
    recommendation = Number(help_text="Number of the recommendation")
    due = Day()


class Audits(ReadOnlyModelViewSet[Audit], Creates):
    scope = (Permission.READ_AUDITS,)
    serializer_class = AuditSerializer
    filterset_class = AuditFilter
    queryset = Audit.objects.none()
    noun = "audit"
    creates, may_create = PlanAuditBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[Audit]:
        user = person(self.request)
        findings = AuditFinding.objects.visible_to(user)
        recommendations = AuditRecommendation.objects.visible_to(user)
        return (
            Audit.objects.visible_to(user)
            .select_related("lead_group", "looking_on")
            .prefetch_related(
                *("themes", "workshops"),
                Prefetch("findings", findings, to_attr="visible_findings"),
                Prefetch("recommendations", recommendations, to_attr="visible_recommendations"),
            )
        )

    def do_create(self, data: dict[str, Any]) -> Audit:
        return services.plan_audit(on=self.today, by=self.user, **data)

    @verb(AuditReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Write the facts of the audit anew."""
        return self.do(services.change_audit, today=self.today)

    @verb(AskAgenciesBody, MANAGES)
    def ask(self, request: Request, pk: str) -> Response:
        """Ask agencies for a return to each case. Who fills them in is told."""
        return self.do(services.ask_agencies, today=self.today)

    @verb(NothingBody, MANAGES)
    def chase(self, request: Request, pk: str) -> Response:
        """Write to every agency that owes a return, once on a day."""
        return self.do(services.chase_agencies, today=self.today)

    @verb(WorkshopBody, MANAGES)
    def workshop(self, request: Request, pk: str) -> Response:
        """A day on which practitioners look at the cases, or hear what was found."""
        return self.do(services.add_workshop)

    @verb(AuditStageBody, MANAGES)
    def begin(self, request: Request, pk: str) -> Response:
        """The fieldwork begins. Asking agencies begins it by itself."""
        return self.do(services.begin_fieldwork, today=self.today)

    @verb(AuditStageBody, MANAGES, url_path="close-returns")
    def close_returns(self, request: Request, pk: str) -> Response:
        """No more returns are waited for: that one never came is a finding."""
        return self.do(services.close_returns, today=self.today)

    @verb(AuditStageBody, MANAGES)
    def report(self, request: Request, pk: str) -> Response:
        """The findings are the groups' to read from now on."""
        return self.do(services.report_findings, today=self.today)

    @verb(AuditStageBody, MANAGES)
    def close(self, request: Request, pk: str) -> Response:
        """Nothing is left to do."""
        return self.do(services.close_audit, today=self.today)

    @verb(CancelAuditBody, MANAGES)
    def cancel(self, request: Request, pk: str) -> Response:
        """It is not carried out."""
        return self.do(services.cancel_audit, today=self.today)

    @verb(FindingBody, MANAGES)
    def finding(self, request: Request, pk: str) -> Response:
        """A strength or a gap."""
        return self.do(services.add_finding)

    @verb(FindingReviseBody, MANAGES, url_path="revise-finding")
    def revise_finding(self, request: Request, pk: str) -> Response:
        """Write a finding anew."""
        return self.do_part(services.change_finding, "finding", numbered("findings"))

    @verb(RemoveFindingBody, MANAGES, url_path="remove-finding")
    def remove_finding(self, request: Request, pk: str) -> Response:
        """Take back what was written down by mistake, before it is reported."""
        return self.do_part(services.remove_finding, "finding", numbered("findings"))

    @verb(AuditRecommendBody, MANAGES)
    def recommend(self, request: Request, pk: str) -> Response:
        """What should change."""
        return self.do(services.recommend)

    @verb(AuditActionBody, MANAGES, url_path="plan-action")
    def plan_action(self, request: Request, pk: str) -> Response:
        """An action that follows from a recommendation, in the plan of the audit."""
        return self.do_part(services.plan_action, "recommendation", numbered("recommendations"), today=self.today)
