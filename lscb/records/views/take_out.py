"""Pages of the take-out: ask for it, see how far it is, fetch it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from lscb.accounts.access import Guarded
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.templatetags.portal import moment
from lscb.records.access import TAKERS, held_by
from lscb.records.forms import TakeOutForm
from lscb.records.models import TakeOut
from lscb.records.services import taking_out

CRUMB = "Take-out"


class TakesOut(Guarded):
    scope = TAKERS

    def visible(self) -> QuerySet[TakeOut]:
        return TakeOut.objects.visible_to(self.user).select_related("agency", "job")


class TakeOutPage(TakesOut, Change):
    """Ask for an archive; below what one asked for before."""

    template_name = "records/take_out.html"
    form_class = TakeOutForm

    def agencies(self) -> QuerySet[Agency]:
        """Those that this person may take out, also those that have left the board."""
        if self.user.for_whole_board(Permission.TAKE_OUT):
            return Agency.objects.all()
        return Agency.objects.filter(pk__in=self.user.agencies_where(Permission.TAKE_OUT))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"agencies": self.agencies(), "whole": held_by(self.user, TAKERS)}

    def do(self, data: dict[str, Any]) -> Any:
        return taking_out.ask_for_take_out(**data, by=self.user, at=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=CRUMB,
            asked=self.visible()[:50],
            now=timezone.now(),
            child_deaths=Permission.MANAGE_CHILD_DEATHS in held_by(self.user, TAKERS),
            **kwargs,
        )


class TakeOutDetail(TakesOut, TemplateView):
    """One archive. Safe to load again."""

    template_name = "records/take_out_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = get_object_or_404(self.visible(), pk=self.kwargs["pk"])
        return super().get_context_data(
            title=str(asked),
            breadcrumbs=[(CRUMB, reverse("records:take_out"))],
            asked=asked,
            can_be_fetched=asked.can_be_fetched(timezone.now()),
            facts=_facts(asked),
            **kwargs,
        )


class TakeOutFile(TakesOut, View):
    """The archive as a download, for who asked for it and while it has not expired."""

    def get(self, request: HttpRequest, pk: Any) -> FileResponse:
        asked = get_object_or_404(self.visible(), pk=pk)
        if not asked.can_be_fetched(timezone.now()):
            raise Http404
        return taking_out.fetched(asked=asked, by=self.user)


def _facts(asked: TakeOut) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"key": "Asked for", "value": moment(asked.asked_at)},
        {"key": "What it is for", "value": asked.reason},
    ]
    if asked.made_at:
        facts += [
            {"key": "Made", "value": moment(asked.made_at)},
            {"key": "Rows", "value": f"{asked.rows:,}"},
            {"key": "Bytes", "value": f"{asked.size:,}"},
            {"key": "SHA-256", "value": asked.sha256},
            {"key": "The file goes", "value": moment(asked.expires_at)},
        ]
    return facts
