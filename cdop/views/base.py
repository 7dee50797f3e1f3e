"""What the pages of child deaths share: who reads, one case, and the second of two people who save."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from lscb.accounts.access import Guarded, check_access
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule, show_day
from lscb.common.lists import Tag
from lscb.trail.services import viewed

from ..models import Death, DeathState

KNOWS = Permission.READ_CHILD_DEATH_IDENTITY
MANAGES = Permission.MANAGE_CHILD_DEATHS
TONES: dict[str, str] = {
    DeathState.OPEN: "blue",
    DeathState.REVIEWED: "green",
    DeathState.PASSED_ON: "grey",
    DeathState.JOINED: "grey",
}


def crumb() -> tuple[str, str]:
    return "Child deaths", reverse("cdop:death_list")


def state_tag(death: Death) -> Tag:
    return Tag(death.get_state_display().lower(), TONES[death.state])


class ReadsDeaths(Guarded):
    scope = (Permission.READ_CHILD_DEATHS,)


class OfDeath(ReadsDeaths):
    """A page of one case. First whether it exists for this person (404), then whether it is theirs (403).

    Every look at it is on the trail.
    """

    kwargs: dict[str, Any]

    @cached_property
    def death(self) -> Death:
        return get_object_or_404(Death.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        self.kwargs = kwargs
        if self.death and self.right and not self.user.may(self.right):
            raise PermissionDenied
        if request.method == "GET":
            viewed(self.death, by=self.user)
        return super().dispatch(request, *args, **kwargs)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [crumb(), (self.death.reference, self.death.get_absolute_url())]


class ChangesDeath(OfDeath, Change):
    """A form about one case."""

    template_name = "cdop/form.html"
    right = MANAGES
    warning = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"breadcrumbs": self.crumbs, "warning": self.warning, "death": self.death, "state": None}
        return super().get_context_data(**words | kwargs)


class OnADay(ChangesDeath):
    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}


class Versioned(ChangesDeath):
    """A form over what two people may save: the second sees both texts and loses none."""

    def values(self, current: Any) -> dict[str, Any]:
        """What the form shows of `current`, which is None when nothing was saved yet."""
        raise NotImplementedError

    def on_file(self) -> tuple[Any, int]:
        """What is on file, and its version."""
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        current, version = self.on_file()
        return self.values(current) | {"version": version}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            target = self.do(dict(form.cleaned_data))
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(target)

    def overtaken(self, form: BaseForm, refusal: Overtaken) -> HttpResponse:
        """Both on one page. Saving again replaces the other knowingly: it was in front of the person."""
        current, version = self.on_file()
        typed = self.request.POST.copy()
        typed["version"] = str(version)
        form.data = typed
        form.add_error(None, refusal.sentence)
        theirs = [
            {"id": f"theirs-{name}", "label": str(form.fields[name].label), "text": _printed(form, name, value)}
            for name, value in self.values(current).items()
            if name in form.fields and form.cleaned_data.get(name) != value
        ]
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)


def _printed(form: BaseForm, name: str, value: Any) -> str:
    if isinstance(value, dt.date):
        return show_day(value)
    labels = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    if isinstance(value, list | tuple | set):
        return "\n".join(labels.get(str(one), str(one)) for one in value) or "(empty)"
    return labels.get(str(value), str(value or "")) or "(empty)"
