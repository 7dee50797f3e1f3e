"""Engagement, to read. What was said and shown leaves by this door only when it was cleared for print."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from ..models import EngagementEvent, Quote


class QuoteSerializer(serializers.ModelSerializer[Quote]):
    class Meta:
        model = Quote
        fields = ("text", "said_by", "cleared_on")


class EventSerializer(serializers.ModelSerializer[EngagementEvent]):
    month = serializers.CharField(read_only=True)
    reach = serializers.CharField(read_only=True)
    quotes = QuoteSerializer(source="cleared_quotes", many=True, read_only=True)

    class Meta:
        model = EngagementEvent
        fields = (
            *("id", "kind", "title", "month", "on", "until", "about", "held_with"),
            *("reached", "reach_is", "reach", "evaluations", "learned", "quotes"),
        )


class Events(ReadOnlyModelViewSet[EngagementEvent]):
    scope = (Permission.READ_BOARD,)
    serializer_class = EventSerializer
    queryset = EngagementEvent.objects.none()

    def get_queryset(self) -> QuerySet[EngagementEvent]:
        cleared = Prefetch("quotes", Quote.objects.cleared(timezone.localdate()), to_attr="cleared_quotes")
        return EngagementEvent.objects.visible_to(person(self.request)).prefetch_related(cleared)
