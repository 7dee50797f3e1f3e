"""Publishing structure and membership: one page shows exactly what the public will read, one button publishes it."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone

from boards import publishing
from boards.forms import PublishStructureForm
from boards.models import PublishedStructure

from .base import ChangesBoard, crumbs
from .public_board import drawn


class PublishStructure(ChangesBoard):
    template_name = "boards/structure_publish.html"
    form_class = PublishStructureForm
    title = "Publish the structure and the membership"
    done = "The public reads this now."

    def get_initial(self) -> dict[str, Any]:
        return {"seen": publishing.digest(publishing.structure_as_public(self.today))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content = publishing.structure_as_public(self.today)
        preview = drawn(PublishedStructure(as_at=self.today, content=content))
        standing = PublishedStructure.objects.order_by("-published_at").first()
        return super().get_context_data(breadcrumbs=crumbs(), as_at=self.today, standing=standing, **preview, **kwargs)

    def form_invalid(self, form: BaseForm) -> Any:
        """What was refused is previewed anew, so the next click publishes what is on the page then."""
        typed = self.request.POST.copy()
        typed["seen"] = self.get_initial()["seen"]
        form.data = typed
        return super().form_invalid(form)

    def do(self, data: dict[str, Any]) -> Any:
        publishing.publish_structure(as_at=self.today, seen=data["seen"], by=self.user, at=timezone.now())
        return reverse("public:board")
