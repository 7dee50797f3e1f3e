"""The library, to read: for each person what is for them."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.trail.filters import UpdatedSince

from ..models import LibraryItem, LibraryKind, LibraryVersion


class VersionSerializer(serializers.ModelSerializer[LibraryVersion]):
    class Meta:
        model = LibraryVersion
        fields = ("number", "on", "link", "change")


class ItemSerializer(serializers.ModelSerializer[LibraryItem]):
    owner = serializers.CharField(source="owner.code", read_only=True, default=None, allow_null=True)
    versions = VersionSerializer(many=True, read_only=True)

    class Meta:
        model = LibraryItem
        fields = ("id", "kind", "title", "about", "owner", "audience", "review_on", "withdrawn_on", "versions")


class LibraryFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=LibraryKind.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("title", "review_on"))


class LibraryItems(ReadOnlyModelViewSet[LibraryItem]):
    scope = tuple(Permission)
    serializer_class = ItemSerializer
    filterset_class = LibraryFilter
    queryset = LibraryItem.objects.none()

    def get_queryset(self) -> QuerySet[LibraryItem]:
        visible = LibraryItem.objects.visible_to(person(self.request))
        return visible.select_related("owner").prefetch_related("versions")
