"""A form over texts that two people may change at once: the second sees both and loses none."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from boards.models import Theme
from lscb.accounts.services import once
from lscb.accounts.views.base import ONCE, Change
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule, show_day
from lscb.common.periods import Month


class Versioned(Change):
    """`record()` has a `version`, `values()` is what the form shows of it, and the form carries the version read."""

    def record(self) -> Any:
        raise NotImplementedError

    def values(self, record: Any) -> dict[str, Any]:
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return self.values(self.record()) | {"version": self.record().version}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        token = self.request.POST.get(ONCE, "")
        try:
            target = once(
                token=token, by=self.user, do=lambda: resolve_url(self.do(form.cleaned_data)), at=timezone.now()
            )
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(target)

    def overtaken(self, form: BaseForm, refusal: Overtaken) -> HttpResponse:
        """Both texts on one page. Saving again replaces the other knowingly: it was in front of the person."""
        typed: Any = self.request.POST.copy()
        typed["version"] = str(refusal.current.version)
        form.data = typed
        form.add_error(None, refusal.sentence)
        theirs = _differing(form, self.values(refusal.current))
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)


def _differing(form: BaseForm, on_file: dict[str, Any]) -> list[dict[str, str]]:
    """What is on file now, field by field, where it is not what was typed."""
    shown = []
    for name, value in on_file.items():
        theirs = _printed(value)
        if _printed(form.cleaned_data.get(name)) != theirs:
            label = str(form.fields[name].label)
            shown.append({"id": f"theirs-{name}", "label": label, "text": theirs or "(empty)"})
    return shown


def _printed(value: Any) -> str:
    """A value of a form as text."""
    if value is None or value == "":
        return ""
    if isinstance(value, dt.date):
        return show_day(value)
    if isinstance(value, Month):
        return value.label
    if isinstance(value, str):
        return "\n".join(value.strip().splitlines())
    if isinstance(value, Theme):
        return f"{value.year}, {value.number}: {value.text}"
    return str(value) if isinstance(value, Model) else "\n".join(sorted(_printed(one) for one in value))
