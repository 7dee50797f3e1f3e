"""What the pages that change something have in common."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import FormView

from lscb.accounts.access import Guarded
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule


class Change(Guarded, FormView):
    """A form that ends in a service: `do` calls it and gives the address to go to, `done` says what happened."""

    template_name = "accounts/form.html"
    title = ""
    done = ""

    @property
    def today(self) -> dt.date:
        return timezone.localdate()

    def do(self, data: dict[str, Any]) -> Any:
        """Call the service. Returns where to go: an address, a route or an object with a page."""
        raise NotImplementedError(f"{type(self).__name__} does nothing.")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            target = self.do(form.cleaned_data)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        if self.done:
            messages.success(self.request, self.done)
        return redirect(target)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"title": self.title, **kwargs})
