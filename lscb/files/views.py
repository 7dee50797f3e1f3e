"""Files go out through here alone, as downloads, to who may see them."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.generic import View

from lscb.accounts.access import Guarded
from lscb.accounts.models import Actor

from .models import Attachment
from .services import record_download


class AttachmentDownload(Guarded, View):
    """Never shown in the browser: what people upload must not run in the name of the portal."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: Any) -> FileResponse:
        return download(get_object_or_404(Attachment.objects.visible_to(self.user), pk=pk), by=self.user)


def download(attachment: Attachment, *, by: Actor) -> FileResponse:
    """The file as a download. Whoever calls this has asked whether `by` may see it."""
    record_download(attachment=attachment, by=by)
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=True,
        filename=attachment.original_name,
        content_type=attachment.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response
