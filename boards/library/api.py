"""The library, to read: for each person what is for them."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from ..models import LibraryItem, LibraryVersion


class VersionSerializer(serializers.ModelSerializer[LibraryVersion]):
    class Meta:
        model = LibraryVersion
        fields = ("number", "on", "link", "change")


class ItemSerializer(serializers.ModelSerializer[LibraryItem]):
    owner = serializers.CharField(source="owner.code", read_only=True, default=None)
    versions = VersionSerializer(many=True, read_only=True)

    class Meta:
        model = LibraryItem
        fields = ("id", "kind", "title", "about", "owner", "audience", "review_on", "withdrawn_on", "versions")


class LibraryItems(ReadOnlyModelViewSet[LibraryItem]):
    scope = tuple(Permission)
    serializer_class = ItemSerializer
    queryset = LibraryItem.objects.none()

    def get_queryset(self) -> QuerySet[LibraryItem]:
        visible = LibraryItem.objects.visible_to(person(self.request))
        return visible.select_related("owner").prefetch_related("versions")
