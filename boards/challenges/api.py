"""The challenge log for programs: the same `visible_to`, the same services as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Feeds, ForEverybody, Visible, holds, verb
from lscb.actions.api import ActionWords
from lscb.common.caching import Cacheable
from lscb.common.errors import RuleBroken
from lscb.common.programs import Body, Day, MomentFilter, Number, OnADay, SentFile, Text, YearFilter, many_of, told_at
from lscb.files.api import FileSerializer, HoldsFiles
from lscb.files.models import Attachment
from lscb.trail.filters import UpdatedSince

from ..models import (
    Challenge,
    ChallengeResponse,
    ChallengeStatus,
    Escalation,
    Group,
    Priority,
    PublishedChallenge,
    Theme,
)
from . import services
from .querysets import answering


class ResponseSerializer(serializers.ModelSerializer[ChallengeResponse]):
    agency = serializers.CharField(source="agency.name", read_only=True)
    files = FileSerializer(many=True, read_only=True)

    class Meta:
        model = ChallengeResponse
        fields = ("agency", "round", "given_on", "text", "files")


class ChallengeSerializer(serializers.ModelSerializer[Challenge]):
    """With the responses that this person may read."""

    year = serializers.CharField(read_only=True)
    forum = serializers.CharField(read_only=True)
    raised_by = serializers.CharField(read_only=True)
    put_to = serializers.SlugRelatedField[Any](source="agencies", slug_field="name", many=True, read_only=True)
    theme = serializers.CharField(source="theme.text", read_only=True, default=None, allow_null=True)
    priority = serializers.CharField(source="priority.text", read_only=True, default=None, allow_null=True)
    responses = ResponseSerializer(source="visible_responses", many=True, read_only=True)

    class Meta:
        model = Challenge
        fields = (
            *("id", "version", "reference", "year", "raised_on", "forum", "meeting", "met_on", "raised_by", "put_to"),
            *("theme", "priority", "title", "issue", "asked", "original_due", "due", "status", "escalation"),
            *("outcome", "impact", "closed_on", "closed_at", "responses"),
        )


class ChallengeFilter(django_filters.FilterSet):
    year = YearFilter()
    status = django_filters.ChoiceFilter(choices=ChallengeStatus.choices)
    agency = django_filters.ModelChoiceFilter(queryset=Agency.objects.all(), method="put_to", label="Put to")
    raised_since = django_filters.DateFilter("raised_on", lookup_expr="gte")
    raised_until = django_filters.DateFilter("raised_on", lookup_expr="lte")
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("raised_on", "due", "status"))

    def put_to(self, challenges: Any, name: str, value: Agency) -> Any:
        return challenges.put_to([value.pk])


# ---- What may be sent -----------------------------------------------------------------------------------------------


class _Facts(Body):
    """What is known of a challenge; `raised_by` is a group or an agency, without either the board itself."""

    raised_on = Day()
    title = serializers.CharField(max_length=200)
    issue = Text()
    asked = Text()
    agencies = Visible(queryset=Agency.objects.all(), many=True, help_text="Keys of the agencies that are to answer")
    group = Visible("code", queryset=Group.objects.all(), allow_null=True, default=None, help_text="Code of the forum")
    meeting = serializers.CharField(max_length=150, allow_blank=True, default="")
    met_on = Day(allow_null=True, default=None)
    raised_by_group = Visible("code", queryset=Group.objects.all(), allow_null=True, default=None)
    raised_by_agency = Visible(queryset=Agency.objects.all(), allow_null=True, default=None)
    theme = Visible(queryset=Theme.objects.all(), allow_null=True, default=None)
    priority = Visible(queryset=Priority.objects.all(), allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """As the services take it: who raised it is one."""
        group, agency = attrs.pop("raised_by_group"), attrs.pop("raised_by_agency")
        if group and agency:
            raise serializers.ValidationError({"raised_by_agency": ["A group or an agency raised it, not both."]})
        return attrs | {"raised_by": group or agency}


class LogBody(_Facts):
    due = Day(help_text="Response due")


class ChallengeChangeBody(_Facts):
    version = Number(help_text="The version that was read")
    outcome = Text(required=False)
    impact = Text(required=False)


class WordingBody(Body):
    version = Number(help_text="The version that was read")
    public_title = serializers.CharField(max_length=200)
    public_issue = Text()
    public_answer = Text(required=False)
    public_impact = Text(required=False)


class RespondBody(OnADay):
    agency = Visible(
        queryset=Agency.objects.all(),
        required=False,
        help_text="Whose answer it is; not needed where it can be one only",
    )
    text = Text()
    files = many_of(SentFile, most=10, default=list)


class AcceptBody(OnADay):
    note = Text(required=False)


class AskAgainBody(OnADay):
    reason = Text()
    due = Day()


class EscalateBody(AskAgainBody):
    to = serializers.ChoiceField(choices=[choice for choice in Escalation.choices if choice[0]])


class ChallengeMoveBody(OnADay):
    to = Day()
    reason = Text()


class ResolveBody(OnADay):
    version = Number(help_text="The version that was read")
    impact = Text()
    outcome = Text(required=False)
    meeting = serializers.CharField(max_length=200, allow_blank=True, default="")


class ChallengeActionBody(ActionWords):
    due = Day()


class CloseBody(OnADay):
    reason = Text()
    meeting = serializers.CharField(max_length=200, allow_blank=True, default="")


# ---- The endpoint ---------------------------------------------------------------------------------------------------


def _answers(user: User, challenge: Challenge) -> bool:
    return answering(challenge, user).exists()


MANAGES = holds(Permission.MANAGE_CHALLENGES)


COLUMNS: dict[str, Callable[[Any], Any]] = {
    "Reference": lambda one: one.reference,
    "Year": lambda one: str(one.year),
    "Raised on": lambda one: one.raised_on,
    "Forum": lambda one: one.forum,
    "Raised by": lambda one: one.raised_by,
    "Put to": lambda one: "; ".join(agency.name for agency in one.agencies.all()),
    "Theme": lambda one: one.theme.text if one.theme else "",
    "Priority": lambda one: one.priority.text if one.priority else "",
    "Title": lambda one: one.title,
    "Status": lambda one: one.get_status_display(),
    "Escalation": lambda one: one.get_escalation_display(),
    "Original due": lambda one: one.original_due,
    "Due": lambda one: one.due,
    "First response on": lambda one: min((said.given_on for said in one.visible_responses), default=None),
    "Responses": lambda one: len(one.visible_responses),
    "Outcome": lambda one: one.outcome,
    "Impact": lambda one: one.impact,
    "Closed on": lambda one: one.closed_on,
}


class Challenges(ReadOnlyModelViewSet[Challenge], Creates, Feeds, HoldsFiles):
    scope = (Permission.READ_CHALLENGES, Permission.READ_OWN_CHALLENGES)
    serializer_class = ChallengeSerializer
    filterset_class = ChallengeFilter
    queryset = Challenge.objects.none()
    noun = "challenge"
    creates, may_create = LogBody, (Permission.MANAGE_CHALLENGES,)
    feed_name, feed_columns = "challenges", COLUMNS

    def get_queryset(self) -> QuerySet[Challenge]:
        user = person(self.request)
        responses = ChallengeResponse.objects.visible_to(user).select_related("agency").prefetch_related("files")
        related = Challenge.objects.visible_to(user).select_related(
            *("group", "theme", "priority", "raised_by_group", "raised_by_agency")
        )
        return related.prefetch_related("agencies", Prefetch("responses", responses, to_attr="visible_responses"))

    def files_of(self, record: Challenge) -> QuerySet[Attachment]:
        told = ChallengeResponse.objects.visible_to(self.user).filter(challenge=record)
        return Attachment.objects.filter(pk__in=told.values("files"))

    def do_create(self, data: dict[str, Any]) -> Challenge:
        return services.raise_challenge(by=self.user, today=self.today, **data)

    @verb(ChallengeChangeBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Write the challenge anew."""
        return self.do(services.change_challenge, today=self.today)

    @verb(WordingBody, MANAGES)
    def wording(self, request: Request, pk: str) -> Response:
        """Write its public wording. Nothing is public before the quarter is published."""
        return self.do(services.write_public_wording, today=self.today)

    @verb(RespondBody, _answers)
    def respond(self, request: Request, pk: str) -> Response:
        """The answer of a challenged agency."""
        challenge, data = self.get_object(), self.checked()
        own = answering(challenge, self.user)
        agency = data.pop("agency", None) or (own[0] if len(own) == 1 else None)
        if agency is None or agency not in own:
            raise RuleBroken("Say which agency answers, of those that were asked.", field="agency")
        uploads = data.pop("files")
        call = {"challenge": challenge, "agency": agency, "by": self.user, "today": self.today, **data}
        with told_at({"file": "files"}):
            return self.change(challenge, lambda: services.respond(uploads=uploads, **call))

    @verb(AcceptBody, MANAGES)
    def accept(self, request: Request, pk: str) -> Response:
        """The response is what was asked for."""
        return self.do(services.accept_response, today=self.today)

    @verb(AskAgainBody, MANAGES, url_path="ask-again")
    def ask_again(self, request: Request, pk: str) -> Response:
        """The response is not enough."""
        return self.do(services.ask_again, today=self.today)

    @verb(EscalateBody, MANAGES)
    def escalate(self, request: Request, pk: str) -> Response:
        """Take it to somebody more senior than before."""
        return self.do(services.escalate, today=self.today)

    @verb(ChallengeMoveBody, MANAGES)
    def move(self, request: Request, pk: str) -> Response:
        """Give the agencies until another day."""
        return self.do(services.move_due_date, today=self.today)

    @verb(ResolveBody, MANAGES)
    def resolve(self, request: Request, pk: str) -> Response:
        """The question is settled, and its impact for children is told."""
        return self.do(services.resolve, today=self.today)

    @verb(ChallengeActionBody, MANAGES, url_path="plan-action")
    def plan_action(self, request: Request, pk: str) -> Response:
        """An action that follows from it."""
        return self.do(services.plan_from_challenge, on=self.today, today=self.today)

    @verb(CloseBody, MANAGES)
    def close(self, request: Request, pk: str) -> Response:
        """Stop asking although nothing changed."""
        return self.do(services.close_without_change, today=self.today)


# ---- For everybody --------------------------------------------------------------------------------------------------


class PublishedChallengeSerializer(serializers.ModelSerializer[PublishedChallenge]):
    """The version that stands."""

    year = serializers.CharField(read_only=True)
    put_to = serializers.SerializerMethodField()

    class Meta:
        model = PublishedChallenge
        fields = (
            *("reference", "number", "published_at", "year", "raised_on", "forum", "raised_by", "put_to"),
            *("status", "title", "issue", "answer", "impact"),
        )

    def get_put_to(self, one: PublishedChallenge) -> list[str]:
        return one.put_to.splitlines()


class PublishedFilter(django_filters.FilterSet):
    year = YearFilter()
    status = django_filters.ChoiceFilter(choices=ChallengeStatus.choices)
    published_since = MomentFilter("published_at", lookup_expr="gte", label="Published since")


class PublicChallenges(ForEverybody, Cacheable, ListModelMixin, GenericViewSet[PublishedChallenge]):
    """The published challenge log: the version of each challenge that stands."""

    serializer_class = PublishedChallengeSerializer
    filterset_class = PublishedFilter
    queryset = PublishedChallenge.objects.none()

    def get_queryset(self) -> QuerySet[PublishedChallenge]:
        return PublishedChallenge.objects.standing()
