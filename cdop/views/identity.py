"""Who the child was: asked for a purpose, shown once, and corrected."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import FormView

from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule, show_day
from lscb.common.templatetags.portal import day

from ..forms.cases import PurposeForm
from ..forms.notification import IdentityForm
from ..models import NOTIFIER, TEXTS, Death, Identity, Purpose
from ..services.identity import change_identity, open_identity
from .base import KNOWS, OfDeath

SHOWN = ("given_names", "family_name", "other_names", "born_on", "died_on", *TEXTS[3:], *NOTIFIER)


class OfIdentity(OfDeath):
    """What was destroyed, because its time was over, does not exist."""

    @cached_property
    def death(self) -> Death:
        known = Death.objects.visible_to(self.user).filter(identity_destroyed_on__isnull=True)
        return get_object_or_404(known, pk=self.kwargs["pk"])


class ShowIdentity(OfIdentity, FormView):
    """The purpose is asked first and sent with the form: reading the address shows nobody anything."""

    right = KNOWS
    proves_again = ("GET", "POST")
    template_name = "cdop/identity.html"
    form_class = PurposeForm

    def form_valid(self, form: BaseForm) -> HttpResponse:
        identity = open_identity(death=self.death, purpose=form.cleaned_data["purpose"], by=self.user)
        context = self.get_context_data(form=None, rows=_rows(identity), purpose=Purpose(form.cleaned_data["purpose"]))
        return self.render_to_response(context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": "Who the child was", "breadcrumbs": self.crumbs, "death": self.death}
        return super().get_context_data(**words | kwargs)


def _rows(identity: Identity) -> list[dict[str, Any]]:
    return [{"key": _label(name), "value": _value(identity, name)} for name in SHOWN]


def _label(name: str) -> str:
    label = str(getattr(Identity._meta.get_field(name), "verbose_name", name))
    return label[:1].upper() + label[1:]


def _value(identity: Identity, name: str) -> str:
    value = getattr(identity, name)
    return day(value) if name in ("born_on", "died_on") else str(value)


class CorrectIdentity(OfIdentity, FormView):
    """Correct or complete the record. Opening the form is a look at it; what was typed then is saved without asking."""

    right = KNOWS
    proves_again = ("GET",)
    template_name = "cdop/form.html"
    form_class = IdentityForm

    def get_initial(self) -> dict[str, Any]:
        if self.request.method != "GET":
            return {}
        identity = open_identity(death=self.death, purpose=Purpose.CORRECT, by=self.user)
        names = (*TEXTS, *NOTIFIER, "born_on", "died_on", "version")
        return {name: getattr(identity, name) for name in names}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            change_identity(death=self.death, by=self.user, today=timezone.localdate(), **form.cleaned_data)
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, "The record is saved.")
        return redirect(self.death)

    def overtaken(self, form: BaseForm, refusal: Overtaken) -> HttpResponse:
        current: Identity = refusal.current
        typed = self.request.POST.copy()
        typed["version"] = str(current.version)
        form.data = typed
        form.add_error(None, refusal.sentence)
        theirs = [
            {"id": f"theirs-{name}", "label": _label(name), "text": _value(current, name) or "(empty)"}
            for name in (*TEXTS, *NOTIFIER)
            if form.cleaned_data.get(name, "").strip() != getattr(current, name)
        ]
        for name in ("born_on", "died_on"):
            if form.cleaned_data[name] != getattr(current, name):
                theirs.append({"id": f"theirs-{name}", "label": _label(name), "text": show_day(getattr(current, name))})
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": "Correct who the child was", "breadcrumbs": self.crumbs, "death": self.death}
        return super().get_context_data(**words | kwargs)
