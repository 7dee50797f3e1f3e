"""Actions, to read: the same `visible_to` as the pages."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person

from .access import READERS
from .models import Action, ActionEntry, ActionPlan
from .rows import WATCHED


class PlanSerializer(serializers.ModelSerializer[ActionPlan]):
    agency = serializers.CharField(source="agency.name", read_only=True, default=None)

    class Meta:
        model = ActionPlan
        fields = ("id", "title", "group", "agency", "opened_on")


class EntrySerializer(serializers.ModelSerializer[ActionEntry]):
    agency = serializers.CharField(source="agency.name", read_only=True, default=None)

    class Meta:
        model = ActionEntry
        fields = ("agency", "owner", "is_lead", "progress", "evidence")


class ActionSerializer(serializers.ModelSerializer[Action]):
    entries = EntrySerializer(many=True, read_only=True)

    class Meta:
        model = Action
        fields = (
            *("id", "plan", "number", "what", "intended_outcome", "starts_on"),
            *("original_due", "due", "state", "entries"),
        )


class Plans(ReadOnlyModelViewSet[ActionPlan]):
    scope = READERS
    serializer_class = PlanSerializer
    queryset = ActionPlan.objects.none()

    def get_queryset(self) -> QuerySet[ActionPlan]:
        return ActionPlan.objects.visible_to(person(self.request)).select_related("agency")


class Actions(ReadOnlyModelViewSet[Action]):
    scope = READERS
    serializer_class = ActionSerializer
    queryset = Action.objects.none()

    def get_queryset(self) -> QuerySet[Action]:
        return Action.objects.visible_to(person(self.request)).prefetch_related(WATCHED)
