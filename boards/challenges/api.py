"""The challenge log, to read: the same `visible_to` as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from ..models import Challenge, ChallengeResponse


class ResponseSerializer(serializers.ModelSerializer[ChallengeResponse]):
    agency = serializers.CharField(source="agency.name", read_only=True)
    files = serializers.SlugRelatedField[Any](slug_field="original_name", many=True, read_only=True)

    class Meta:
        model = ChallengeResponse
        fields = ("agency", "round", "given_on", "text", "files")


class ChallengeSerializer(serializers.ModelSerializer[Challenge]):
    """With the responses that this person may read."""

    year = serializers.CharField(read_only=True)
    forum = serializers.CharField(read_only=True)
    raised_by = serializers.CharField(read_only=True)
    put_to = serializers.SlugRelatedField[Any](source="agencies", slug_field="name", many=True, read_only=True)
    theme = serializers.CharField(source="theme.text", read_only=True, default=None)
    priority = serializers.CharField(source="priority.text", read_only=True, default=None)
    responses = ResponseSerializer(source="visible_responses", many=True, read_only=True)

    class Meta:
        model = Challenge
        fields = (
            *("id", "reference", "year", "raised_on", "forum", "meeting", "met_on", "raised_by", "put_to"),
            *("theme", "priority", "title", "issue", "asked", "original_due", "due", "status", "escalation"),
            *("outcome", "impact", "closed_on", "closed_at", "responses"),
        )


class Challenges(ReadOnlyModelViewSet[Challenge]):
    scope = (Permission.READ_CHALLENGES, Permission.READ_OWN_CHALLENGES)
    serializer_class = ChallengeSerializer
    queryset = Challenge.objects.none()

    def get_queryset(self) -> QuerySet[Challenge]:
        user = person(self.request)
        responses = ChallengeResponse.objects.visible_to(user).select_related("agency").prefetch_related("files")
        related = Challenge.objects.visible_to(user).select_related(
            *("group", "theme", "priority", "raised_by_group", "raised_by_agency")
        )
        return related.prefetch_related("agencies", Prefetch("responses", responses, to_attr="visible_responses"))
