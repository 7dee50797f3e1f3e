"""A form over what two people may save at once: the second sees both texts and loses none (domain: 17)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model
from django.forms import BaseForm, CharField, Field, HiddenInput, ModelChoiceField
from django.http import HttpResponse

from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import show_day

from .base import Change


class Versioned(Change):
    """The form has a hidden `version`; `record` is what is on file, `values` what the form shows of it."""

    template_name = "accounts/versioned_form.html"
    version_field: ClassVar[str] = "version"
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
        return self.values(record) | {self.version_field: self.version_of(record)}

    def refused(self, form: BaseForm, refusal: RuleBroken) -> HttpResponse:
        return self.overtaken(form, refusal) if isinstance(refusal, Overtaken) else super().refused(form, refusal)

    def overtaken(self, form: BaseForm, refusal: Overtaken) -> HttpResponse:
        """Both texts on one page. Saving again replaces the other knowingly: it was in front of the person."""
        current = refusal.current or self.record
        typed: Any = self.request.POST.copy()
        typed[self.version_field] = str(self.version_of(current))
        form.data = typed
        form.add_error(None, refusal.sentence)
        theirs = self.theirs(form, current)
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)

    def theirs(self, form: BaseForm, current: Any) -> list[dict[str, str]]:
        """What is on file now, field by field, where it is not what was typed."""
        shown = {name: value for name, value in self.values(current).items() if name in form.fields}
        on_file = {name: self.printed(form, name, value) for name, value in shown.items()}
        return [
            {"id": f"theirs-{name}", "label": str(form.fields[name].label), "text": text or "(empty)"}
            for name, text in on_file.items()
            if text != self.printed(form, name, form.cleaned_data.get(name))
        ]


class AsRead(Versioned):
    """The same for records without a version of their own: what was read is told by a digest of what the form showed.

    `record` may be None where the form makes something new. A form that is sent without the digest was not drawn here,
    and is not asked what it had read.
    """

    version_field = "as_read"

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        form.fields[self.version_field] = CharField(required=False, widget=HiddenInput)
        return form

    def get_initial(self) -> dict[str, Any]:
        record = self.record
        return ({} if record is None else self.values(record)) | {self.version_field: self.version_of(record)}

    def version_of(self, record: Any) -> str:
        shown = {} if record is None else {name: _plain(value) for name, value in self.values(record).items()}
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()

    @transaction.atomic
    def perform(self, data: dict[str, Any]) -> Any:
        read, record = data.pop(self.version_field, ""), self.record
        if read and record is not None:
            current = type(record)._base_manager.select_for_update().get(pk=record.pk)
            if read != self.version_of(current):
                raise Overtaken(
                    "Somebody else changed this while you were writing. Your text is still here. "
                    "Put the two together, then save.",
                    current=current,
                )
        return super().perform(data)


def _plain(value: Any) -> Any:
    """A value of a form as it is compared: records by key, in no order."""
    if isinstance(value, Model):
        return str(value.pk)
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return sorted(_plain(one) for one in value)
    return "" if value is None else str(value)


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
