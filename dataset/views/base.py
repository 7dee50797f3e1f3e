"""What the pages of the dataset have in common."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.generic import FormView

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule

CRUMB = ("Dataset", reverse_lazy("dataset:edition_list"))
INDICATORS = ("Indicators", reverse_lazy("dataset:indicator_list"))
FIGURES = ("Figures", reverse_lazy("dataset:figure_list"))


class ReadsEditions(Guarded):
    """Readers of what was compiled."""

    scope: ClassVar[tuple[Permission, ...]] = (Permission.READ_DATASET,)
    kwargs: dict[str, Any]

    @property
    def manages(self) -> bool:
        return self.user.may(Permission.MANAGE_DATASET)


class ReadsFigures(Guarded):
    """Readers of figures before they are compiled, and agencies for their own."""

    scope: ClassVar[tuple[Permission, ...]] = (
        Permission.READ_FIGURES,
        Permission.MANAGE_DATASET,
        Permission.SUBMIT_FIGURES,
    )


class ReadsIndicators(ReadsEditions):
    """Everybody who sees an indicator."""

    scope = (Permission.READ_DATASET, Permission.READ_FIGURES, Permission.MANAGE_DATASET, Permission.SUBMIT_FIGURES)


class Change(Guarded, FormView):
    """A form of the analyst that ends in a service: `do` calls it and gives where to go."""

    scope = (Permission.READ_DATASET, Permission.MANAGE_DATASET)
    right = Permission.MANAGE_DATASET
    template_name = "dataset/form.html"
    title = ""
    lead = ""
    breadcrumbs: ClassVar[list[Any]] = [CRUMB]

    @property
    def today(self) -> dt.date:
        return timezone.localdate()

    def do(self, data: dict[str, Any]) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does nothing.")

    def done(self) -> str:
        """What happened, in a sentence; empty where the next page says it."""
        return ""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            target = self.do(form.cleaned_data)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        if self.done():
            messages.success(self.request, self.done())
        return redirect(target)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = {"title": self.title, "lead": self.lead, "breadcrumbs": self.breadcrumbs}
        return super().get_context_data(**{**known, **kwargs})
