"""Case reviews, to read: the same `visible_to` as the pages, and each look is on the trail.

A review that asks for a reason is not given out here: a program has none.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.trail.filters import UpdatedSince
from lscb.trail.services import record, viewed

from .models import Briefing, BriefingStep, CaseReview, Pause, Recommendation, ReviewKind, Stage, StageEvent
from .querysets import READ, TEACHES


class StageSerializer(serializers.ModelSerializer[StageEvent]):
    class Meta:
        model = StageEvent
        fields = ("stage", "on", "text")


class PauseSerializer(serializers.ModelSerializer[Pause]):
    class Meta:
        model = Pause
        fields = ("scope", "part", "reason", "starts_on", "ends_on")


class RecommendationSerializer(serializers.ModelSerializer[Recommendation]):
    theme = serializers.CharField(source="theme.title", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Recommendation
        fields = ("number", "text", "theme")


class CaseReviewSerializer(serializers.ModelSerializer[CaseReview]):
    reference = serializers.CharField(read_only=True)
    group = serializers.CharField(source="group.code", read_only=True)
    agencies = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)
    themes = serializers.SlugRelatedField[Any](slug_field="title", many=True, read_only=True)
    stages = StageSerializer(many=True, read_only=True)
    pauses = PauseSerializer(many=True, read_only=True)
    recommendations = RecommendationSerializer(many=True, read_only=True)

    class Meta:
        model = CaseReview
        fields = (
            *("id", "reference", "code_name", "kind", "group", "referred_on", "referred_by", "referral"),
            *("lead_reviewer", "agencies", "themes", "stage", "report_expected", "plan"),
            *("stages", "pauses", "recommendations"),
        )


class ReviewFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=ReviewKind.choices)
    stage = django_filters.ChoiceFilter(choices=Stage.choices)
    updated_since = UpdatedSince()


class CaseReviews(ReadOnlyModelViewSet[CaseReview]):
    scope = (READ,)
    serializer_class = CaseReviewSerializer
    filterset_class = ReviewFilter
    queryset = CaseReview.objects.none()

    def get_queryset(self) -> QuerySet[CaseReview]:
        visible = CaseReview.objects.visible_to(person(self.request)).filter(asks_reason=False)
        related = ("agencies", "themes", "stages", "pauses", "recommendations__theme")
        return visible.select_related("group").prefetch_related(*related)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            record(verb="read case reviews by program", by=request.user)
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        viewed(self.get_object(), by=request.user)
        return super().retrieve(request, *args, **kwargs)


class StepSerializer(serializers.ModelSerializer[BriefingStep]):
    class Meta:
        model = BriefingStep
        fields = ("order", "heading", "text")


class BriefingSerializer(serializers.ModelSerializer[Briefing]):
    steps = StepSerializer(many=True, read_only=True)

    class Meta:
        model = Briefing
        fields = ("id", "title", "shared_on", "workshop", "workshop_link", "video_link", "steps")


class Briefings(ReadOnlyModelViewSet[Briefing]):
    """Those that are shared."""

    scope = (Permission.READ_BOARD, READ, TEACHES)
    serializer_class = BriefingSerializer
    queryset = Briefing.objects.none()

    def get_queryset(self) -> QuerySet[Briefing]:
        shared = Briefing.objects.visible_to(person(self.request)).filter(shared_on__isnull=False)
        return shared.prefetch_related("steps")
