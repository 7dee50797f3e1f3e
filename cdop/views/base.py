"""What the pages of child deaths share: who reads, and one case."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
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


class OfDeath(Guarded):
    """A page of one case. First whether it exists for this person (404), then whether it is theirs (403): also for who
    reads this one alone, in an emergency.

    Every look at it is on the trail.
    """

    kwargs: dict[str, Any]

    @cached_property
    def death(self) -> Death:
        return get_object_or_404(Death.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
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
