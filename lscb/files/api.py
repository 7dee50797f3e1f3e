"""Files for programs: within the record that they belong to, for who may read that record, as on its page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from lscb.accounts.access import person

from .models import Attachment
from .views import download

KEY = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class FileSerializer(serializers.ModelSerializer[Attachment]):
    """By its key it is fetched from the record that it belongs to."""

    name = serializers.CharField(source="original_name", read_only=True)

    class Meta:
        model = Attachment
        fields = ("id", "name", "content_type", "size", "sha256", "uploaded_at")


class HoldsFiles(GenericViewSet[Any]):
    """A mixin of records with files: `GET /api/…/{record}/files/{key}/`. `files_of` says which those are."""

    def files_of(self, record: Any) -> QuerySet[Attachment]:
        raise NotImplementedError(f"{type(self).__name__} must say which files belong to a record.")

    @action(
        detail=True,
        methods=["get"],
        url_path=f"files/(?P<file>{KEY})",
        url_name="file",
        file_type="application/octet-stream",
    )
    def get_file(self, request: Request, file: str, **kwargs: Any) -> FileResponse:
        """A file of it, in its own type. Fetching it is on the trail."""
        attachment = get_object_or_404(self.files_of(self.get_object()), pk=file)
        return download(attachment, by=person(request))
