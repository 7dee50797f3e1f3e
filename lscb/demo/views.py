"""Two pages that only the demonstration has: who may sign in, and the mails that were sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from lscb.jobs.models import Email

from .people import PASSWORD, PEOPLE


class DemonstrationOnly(TemplateView):
    """Exists in the demonstration only, whatever the list of addresses says."""

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        if not settings.DEMONSTRATION:
            raise Http404
        return super().dispatch(*args, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class People(DemonstrationOnly):
    template_name = "demo/people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(people=PEOPLE, password=PASSWORD, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class Mail(DemonstrationOnly):
    """The last hundred e-mails, newest first: the demonstration sends none."""

    template_name = "demo/mail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(emails=Email.objects.order_by("-queued_at")[:100], **kwargs)
