"""Engagement for programs. What was said and shown leaves by this door only when it was cleared for print."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, holds, verb
from lscb.common.programs import Body, Day, MonthText, Number, SentFile, Text, told_at
from lscb.trail.filters import UpdatedSince

from ..models import EngagementEvent, EngagementKind, Quote, ReachIs, Theme
from . import services


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
            *("id", "version", "kind", "title", "month", "on", "until", "about", "held_with"),
            *("reached", "reach_is", "reach", "evaluations", "learned", "quotes"),
        )


class EventFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=EngagementKind.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("month", "title"))


class RecordBody(Body):
    """On a day, or in a month when its day is not known."""

    kind = serializers.ChoiceField(choices=EngagementKind.choices)
    title = serializers.CharField(max_length=200)
    on = Day(allow_null=True, default=None)
    until = Day(allow_null=True, default=None)
    month = MonthText(allow_null=True, default=None)
    about = Text(required=False)
    held_with = Text(required=False)
    reached = Number(allow_null=True, default=None)
    reach_is = serializers.ChoiceField(choices=ReachIs.choices, default=ReachIs.EXACT)
    reached_who = serializers.CharField(max_length=150, allow_blank=True, default="")
    evaluations = Number(allow_null=True, default=None)
    learned = Text(required=False)
    themes = Visible(queryset=Theme.objects.all(), many=True, default=list)


class EventReviseBody(RecordBody):
    version = Number(help_text="The version that was read")


class QuoteBody(Body):
    text = Text()
    said_by = serializers.CharField(max_length=150, help_text="So that nobody can be known: a young person aged 15")


class PictureBody(Body):
    upload = SentFile(help_text="PNG or JPEG")
    alt = serializers.CharField(max_length=300, help_text="What it shows, in words")


MANAGES = holds(Permission.MANAGE_BOARD)


class Events(ReadOnlyModelViewSet[EngagementEvent], Creates):
    scope = (Permission.READ_BOARD,)
    serializer_class = EventSerializer
    filterset_class = EventFilter
    queryset = EngagementEvent.objects.none()
    noun = "event"
    creates, may_create = RecordBody, (Permission.MANAGE_BOARD,)

    def get_queryset(self) -> QuerySet[EngagementEvent]:
        cleared = Prefetch("quotes", Quote.objects.cleared(timezone.localdate()), to_attr="cleared_quotes")
        return EngagementEvent.objects.visible_to(person(self.request)).prefetch_related(cleared)

    def do_create(self, data: dict[str, Any]) -> EngagementEvent:
        return services.record_event(by=self.user, **data)

    @verb(EventReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Write the event anew."""
        return self.do(services.change_event)

    @verb(QuoteBody, MANAGES)
    def quote(self, request: Request, pk: str) -> Response:
        """Add what was said. It is neither printed nor given out here before a person cleared it."""
        return self.do(services.add_quote)

    @verb(PictureBody, MANAGES)
    def picture(self, request: Request, pk: str) -> Response:
        """Add a picture. It is not printed before a person cleared it."""
        with told_at({"file": "upload"}):
            return self.do(services.add_picture)
