"""What the public reads of the board itself: structure and membership as published, and its part of the library."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from boards.models import LibraryItem, LibraryVersion, PublishedStructure
from boards.publishing import nodes_of
from boards.structure import structure_chart
from lscb.common.words import naming, say
from lscb.files.models import Attachment
from lscb.files.views import download

from .public_challenges import Cacheable


@method_decorator(login_not_required, name="dispatch")
class PublicBoard(Cacheable, TemplateView):
    """The version that was published last."""

    template_name = "boards/public_board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = PublishedStructure.objects.order_by("-published_at").first()
        return super().get_context_data(title=say("The {board}"), version=version, **drawn(version), **kwargs)


def drawn(version: PublishedStructure | None) -> dict[str, Any]:
    """A version for the template, from its frozen values alone."""
    if version is None:
        return {}
    nodes = nodes_of(version.content)
    return {
        "nodes": nodes,
        "chart": structure_chart(nodes, brand=naming().brand_colour),
        "members": version.content["members"],
    }


@method_decorator(login_not_required, name="dispatch")
class PublicLibrary(Cacheable, TemplateView):
    """Policies, procedures and newsletters that are for everybody, each with its latest version."""

    template_name = "boards/public_library.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        public = LibraryItem.objects.visible_to(AnonymousUser()).order_by("kind", "title")
        items = [item for item in public.prefetch_related("versions__file") if item.versions.all()]
        return super().get_context_data(title="Library", items=items, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class PublicLibraryFile(View):
    def get(self, request: HttpRequest, pk: Any, number: int) -> FileResponse:
        versions = LibraryVersion.objects.visible_to(AnonymousUser()).filter(item=pk, number=number)
        return download(get_object_or_404(Attachment, library_version__in=versions), by=None)
