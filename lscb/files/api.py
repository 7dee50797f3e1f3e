"""Files for programs: what belongs to the records that they may read. Papers of case reviews are read on their page.

Handing a file in is a verb of the record that it belongs to (`lscb.common.programs.SentFile`).
"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from .models import Attachment
from .views import download


class FileSerializer(serializers.ModelSerializer[Attachment]):
    """Its key on `/api/files/`, and what it is."""

    name = serializers.CharField(source="original_name", read_only=True)

    class Meta:
        model = Attachment
        fields = ("id", "name", "content_type", "size", "sha256", "uploaded_at")


class FileFilter(django_filters.FilterSet):
    order = django_filters.OrderingFilter(fields=("uploaded_at", "size"))


class Files(ReadOnlyModelViewSet[Attachment]):
    scope: ClassVar = tuple(Permission)
    serializer_class = FileSerializer
    filterset_class = FileFilter
    queryset = Attachment.objects.none()
    file_type = ""

    def get_queryset(self) -> QuerySet[Attachment]:
        return Attachment.objects.visible_to(person(self.request)).filter(case=None)

    @action(detail=True, methods=["get"], file_type="application/octet-stream")
    def content(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """The file itself, in its own type. Fetching it is on the trail."""
        return download(self.get_object(), by=person(request))
