"""A form over texts that two people may write at once: the second sees both texts and loses none."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect

from lscb.accounts.views.base import Change
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule, show_day


class Versioned(Change):
    """The form has a hidden `version`; `record` is what is on file, `values` what the form shows of it."""

    template_name = "boards/versioned_form.html"

    @property
    def record(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must say what it changes.")

    def values(self, record: Any) -> dict[str, Any]:
        """What the form shows of a record."""
        raise NotImplementedError(f"{type(self).__name__} must say what it shows.")

    def printed(self, form: BaseForm, name: str, value: Any) -> str:
        """A value as both texts show it."""
        return printed(value)

    def get_initial(self) -> dict[str, Any]:
        return self.values(self.record) | {"version": self.record.version}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            target = self.do(form.cleaned_data)
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(target)

    def overtaken(self, form: BaseForm, refusal: Overtaken) -> HttpResponse:
        """Both texts on one page. Saving again replaces the other text knowingly: it was in front of the person."""
        typed = self.request.POST.copy()
        typed["version"] = str(refusal.current.version)
        form.data = typed
        form.add_error(None, refusal.sentence)
        theirs = list(self._theirs(form, self.values(refusal.current)))
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)

    def _theirs(self, form: BaseForm, on_file: dict[str, Any]) -> Any:
        """What is on file now, field by field, where it is not what was typed."""
        for name, value in on_file.items():
            mine, theirs = self.printed(form, name, form.cleaned_data.get(name)), self.printed(form, name, value)
            if mine != theirs:
                label = str(form.fields[name].label)
                yield {"id": f"theirs-{name}", "label": label, "text": theirs or "(empty)"}


def printed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return show_day(value)
    if isinstance(value, str):
        return "\n".join(value.strip().splitlines())
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Model) or not hasattr(value, "__iter__"):
        return str(getattr(value, "label", value))
    return "\n".join(sorted(str(one) for one in value))
