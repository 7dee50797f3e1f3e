"""A form over what two people may save at once: the second sees both texts and loses none (domain: 17)."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.forms import BaseForm, Field, ModelChoiceField
from django.http import HttpResponse

from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import show_day

from .base import Change


class Versioned(Change):
    """The form has a hidden `version`; `record` is what is on file, `values` what the form shows of it."""

    template_name = "accounts/versioned_form.html"
    seen: ClassVar[str] = "version"
    """The hidden field that says what was read."""

    @property
    def record(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must say what it changes.")

    def values(self, record: Any) -> dict[str, Any]:
        """What the form shows of a record."""
        raise NotImplementedError(f"{type(self).__name__} must say what it shows.")

    def version_of(self, record: Any) -> Any:
        """The version that the next save builds on."""
        return int(record.version)

    def printed(self, form: BaseForm, name: str, value: Any) -> str:
        """A value as both texts show it."""
        return printed(form.fields[name], value)

    def get_initial(self) -> dict[str, Any]:
        record = self.record
        return self.values(record) | {self.seen: self.version_of(record)}

    def refused(self, form: BaseForm, refusal: RuleBroken) -> HttpResponse:
        return self.overtaken(form, refusal) if isinstance(refusal, Overtaken) else super().refused(form, refusal)

    def overtaken(self, form: BaseForm, refusal: Overtaken) -> HttpResponse:
        """Both texts on one page. Saving again replaces the other knowingly: it was in front of the person."""
        current = refusal.current or self.record
        typed: Any = self.request.POST.copy()
        typed[self.seen] = str(self.version_of(current))
        form.data = typed
        form.add_error(None, refusal.sentence)
        theirs = self.theirs(form, current)
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)

    def theirs(self, form: BaseForm, current: Any) -> list[dict[str, str]]:
        """What is on file now, field by field, where it is not what was typed."""
        on_file = {name: self.printed(form, name, value) for name, value in self.values(current).items()}
        return [
            {"id": f"theirs-{name}", "label": str(form.fields[name].label), "text": text or "(empty)"}
            for name, text in on_file.items()
            if text != self.printed(form, name, form.cleaned_data.get(name))
        ]


def printed(field: Field, value: Any) -> str:
    """A value of a form as text, with the words of the choices that its field offers."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return show_day(value)
    if isinstance(value, dt.time):
        return f"{value.hour}.{value.minute:02d}"
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return "\n".join(sorted(_chosen(field, one) for one in value))
    return "\n".join(_chosen(field, value).strip().splitlines())


def _chosen(field: Field, value: Any) -> str:
    if isinstance(field, ModelChoiceField):
        return str(field.label_from_instance(value))
    labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return labels.get(str(value), str(getattr(value, "label", value)))
