"""Multi-agency audits for programs: the same `visible_to`, the same services as the pages.

Each look at a case or a return is on the trail. An agency answers for itself: what came by letter is typed on the page,
where its draft is read first. Files, and who lets small numbers be shown, stay with the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from boards.models import Group, Theme
from lscb.accounts.access import person
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, Watched, holds, verb
from lscb.actions.api import ActionWords
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.programs import Body, Day, MonthText, NothingBody, Number, OnADay, Text, many_of
from lscb.trail.filters import UpdatedSince

from ..models import (
    AgeBand,
    Audit,
    AuditAnswer,
    AuditCase,
    AuditFinding,
    AuditGrade,
    AuditKind,
    AuditQuestion,
    AuditRecommendation,
    AuditReturn,
    AuditStage,
    AuditTool,
    AuditWorkshop,
    CaseOutcome,
    FindingKind,
    PlanStatus,
    ReturnStatus,
    Risk,
)
from . import services
from .querysets import reads_everything
from .services import Moderated, Said

MANAGES = holds(Permission.MANAGE_AUDITS)
MAY_MANAGE = (Permission.MANAGE_AUDITS,)


@contextmanager
def telling_of(field: str) -> Iterator[None]:
    """A service speaks of one line by the field of the form; here the line is in the list `field`."""
    try:
        yield
    except Overtaken:
        raise
    except RuleBroken as refusal:
        line = refusal.field.startswith(("grade_", "reason_"))
        raise RuleBroken(refusal.sentence, field=field if line else refusal.field) from None


def _grade(label: str | None, grades: Mapping[str, AuditGrade], field: str) -> AuditGrade | None:
    """The grade of that name on the scale of the audit."""
    if label is None:
        return None
    if label not in grades:
        raise exceptions.ValidationError({field: [f"{label}: the scale of this audit has no such grade."]})
    return grades[label]


def _scale(audit: Audit) -> dict[str, AuditGrade]:
    return {one.label: one for one in AuditGrade.objects.filter(tool=audit.tool_id)}


def _numbered(parts: str) -> Callable[[Audit, int], Any]:
    return lambda audit, number: getattr(audit, parts).filter(number=number).first()


# ---- Tools ----------------------------------------------------------------------------------------------------------


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


# ---- Audits ---------------------------------------------------------------------------------------------------------


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
        return self.do_part(services.change_finding, "finding", _numbered("findings"))

    @verb(RemoveFindingBody, MANAGES, url_path="remove-finding")
    def remove_finding(self, request: Request, pk: str) -> Response:
        """Take back what was written down by mistake, before it is reported."""
        return self.do_part(services.remove_finding, "finding", _numbered("findings"))

    @verb(AuditRecommendBody, MANAGES)
    def recommend(self, request: Request, pk: str) -> Response:
        """What should change."""
        return self.do(services.recommend)

    @verb(AuditActionBody, MANAGES, url_path="plan-action")
    def plan_action(self, request: Request, pk: str) -> Response:
        """An action that follows from a recommendation, in the plan of the audit."""
        return self.do_part(services.plan_action, "recommendation", _numbered("recommendations"), today=self.today)


# ---- Cases ----------------------------------------------------------------------------------------------------------


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
        scale, moderated = _scale(case.audit), {}
        for line in data["returns"]:
            if line["of_return"] not in came:
                raise exceptions.ValidationError({"returns": [f"{line['of_return']}: no such return came."]})
            given = Moderated(_grade(line["grade"], scale, "returns"), line["reason"])
            moderated[str(line["of_return"])] = given
        call = {**data, "case": case, "grade": _grade(data["grade"], scale, "grade"), "moderated": moderated}
        del call["returns"]
        with telling_of("returns"):
            return self.change(case, lambda: services.moderate_case(by=self.user, **call))


# ---- Returns --------------------------------------------------------------------------------------------------------


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
        return not one.takes_answers or one.agency_id in self.context["own"]


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
    moderated_grade = serializers.SerializerMethodField()
    moderation_reason = serializers.SerializerMethodField()

    class Meta(AuditReturnSerializer.Meta):
        fields: tuple[str, ...] = (  # type: ignore[assignment]
            *AuditReturnSerializer.Meta.fields,
            *("tool", "answers", "moderated_grade", "moderation_reason"),
        )

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


class NoInvolvementBody(Body):
    note = Text(help_text="How the agency made sure")


class SendBackBody(Body):
    reason = Text(help_text="What is missing")
    due = Day()


def _answers(user: User, one: AuditReturn) -> bool:
    return one.agency_id in user.agencies_where(Permission.FILL_RETURN)


class AuditReturns(Watched):
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
            *("case__audit__tool__questions", "case__audit__tool__grades"),
            Prefetch("answers", answers, to_attr="visible_answers"),
        )

    def _answered(self, service: Callable[..., Any], **more: Any) -> Response:
        one, data = self.get_object(), self.checked()
        scale = _scale(one.case.audit)
        questions = {asked.number: asked.pk for asked in AuditQuestion.objects.filter(tool=one.case.audit.tool_id)}
        said: dict[int, Said] = {}
        for line in data.pop("answers"):
            if line["question"] not in questions:
                raise exceptions.ValidationError({"answers": [f"{line['question']}: this is not asked."]})
            said[questions[line["question"]]] = Said(_grade(line["grade"], scale, "answers"), line["evidence"])
        data["own_grade"] = _grade(data["own_grade"], scale, "own_grade")
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
