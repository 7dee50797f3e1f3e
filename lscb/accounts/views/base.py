"""What the pages that change something have in common."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.views.generic import FormView

from lscb.accounts import services
from lscb.accounts.access import Guarded
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule

ONCE = "once"


class Change(Guarded, FormView):
    """A form that ends in a service: `do` calls it and gives the address to go to, `done` says what happened.

    However often the button is pressed, it is done once.
    """

    template_name = "accounts/form.html"
    title = ""
    done = ""

    @property
    def today(self) -> dt.date:
        return timezone.localdate()

    def do(self, data: dict[str, Any]) -> Any:
        """Call the service. Returns where to go: an address, a route or an object with a page."""
        raise NotImplementedError(f"{type(self).__name__} does nothing.")

    def perform(self, data: dict[str, Any]) -> Any:
        """What is done once: `do`, and what must be asked before it in the same transaction."""
        return self.do(data)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            target = services.once(
                token=self.request.POST.get(ONCE, ""),
                by=self.user,
                do=lambda: resolve_url(self.perform(dict(form.cleaned_data))),
                at=timezone.now(),
            )
        except RuleBroken as refusal:
            return self.refused(form, refusal)
        if self.done:
            messages.success(self.request, self.done)
        return redirect(target)

    def refused(self, form: BaseForm, refusal: RuleBroken) -> HttpResponse:
        """The sentence of the rule stands at its field, and what was typed is still there."""
        apply_rule(form, refusal)
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        once = self.request.POST.get(ONCE) or secrets.token_urlsafe(16)
        return super().get_context_data(**{"title": self.title, ONCE: once, **kwargs})
