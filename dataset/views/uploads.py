"""A file of figures that was uploaded: what it says, beside what is there; then it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from dataset import services
from dataset.collecting.grid import definitions_begin, shown
from dataset.flags import Flag, flags_of
from dataset.forms import ConfirmForm
from dataset.models import Figure, Upload
from dataset.services.importing import COLUMNS, Difference, ReadUpload
from lscb.accounts.access import check_access
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.errors import RuleBroken

from .base import CRUMB, FIGURES, ReadsFigures
from .returns import returns_crumb

MOST_SHOWN = 500
"""Differences on the page. More than that nobody reads; they are counted."""


class UploadPage(ReadsFigures, Change):
    """Every error, or every difference with one button."""

    form_class = ConfirmForm
    template_name = "dataset/upload.html"
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        agency = self.upload.of_return.agency if self.upload.of_return else None
        owns = agency is not None and self.user.may(Permission.SUBMIT_FIGURES, agency)
        if not (owns or self.user.may(Permission.MANAGE_DATASET)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def upload(self) -> Upload:
        uploads = Upload.objects.visible_to(self.user).select_related(
            "attachment", "of_return__agency", "of_return__collection", "confirmed_by"
        )
        return get_object_or_404(uploads, pk=self.kwargs["pk"])

    @cached_property
    def read(self) -> ReadUpload | RuleBroken:
        """What the file says, or why it cannot be read at all."""
        try:
            return services.look_into(self.upload, by=self.user, today=self.today)
        except RuleBroken as refusal:
            return refusal

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        read = self.read
        refusal = read.sentence if isinstance(read, RuleBroken) else ""
        differences = [] if isinstance(read, RuleBroken) else list(read.differences)
        return super().get_context_data(
            title="Check the file",
            upload=self.upload,
            refusal=refusal,
            read=None if refusal else read,
            differences=_told(differences[:MOST_SHOWN]),
            more=max(len(differences) - MOST_SHOWN, 0),
            again=self._again(),
            breadcrumbs=self._crumbs(),
            columns=COLUMNS,
            **kwargs,
        )

    def do(self, data: dict[str, Any]) -> Any:
        recorded = services.confirm_upload(upload=self.upload, by=self.user)
        new = "1 figure was" if recorded.new == 1 else f"{recorded.new:,} figures were"
        same = f" {recorded.unchanged:,} were there already just so." if recorded.unchanged else ""
        if self.upload.of_return is None:
            self.done = f"{new} recorded.{same}"
            return "dataset:figure_list"
        quarter = str(self.upload.of_return.collection.quarter)
        return reverse("dataset:grid_sent", args=[quarter, self.upload.of_return.agency_id])

    def _again(self) -> str:
        one = self.upload.of_return
        if one is None:
            return reverse("dataset:figure_import")
        return reverse("dataset:grid_upload", args=[str(one.collection.quarter), one.agency_id])

    def _crumbs(self) -> list[Any]:
        own = [CRUMB] if self.user.may(Permission.READ_DATASET) else []
        return [*own, returns_crumb() if self.upload.of_return else FIGURES]


def _told(differences: list[Difference]) -> list[dict[str, Any]]:
    """Each difference in words, with what looks unusual about it. A fixed number of queries."""
    before = _periods_before(differences)
    begins = definitions_begin(one.new.indicator.pk for one in differences)
    coming = [one.new for one in differences]
    return [
        {
            "indicator": one.new.indicator,
            "period": one.new.period.label,
            "before": shown(one.new.indicator, one.before) or "nothing",
            "after": shown(one.new.indicator, one.new),
            "comment": one.new.comment,
            "flags": [] if one.new.comment else _flags(one, before, begins, coming),
        }
        for one in differences
    ]


def _flags(one: Difference, before: Mapping[Any, Figure], begins: Mapping[int, list[str]], coming: Any) -> list[Flag]:
    previous = one.new.period.previous
    past = before.get((one.new.indicator.pk, str(previous)))
    same = not any(str(previous) < at <= str(one.new.period) for at in begins.get(one.new.indicator.pk, []))
    return flags_of(one.new, before=past, same_definition=same, others=coming)


def _periods_before(differences: list[Difference]) -> dict[tuple[int, str], Figure]:
    indicators = {one.new.indicator.pk for one in differences}
    periods = {str(one.new.period.previous) for one in differences}
    rows = Figure.objects.latest_revisions().filter(indicator__in=indicators, period__in=periods)
    return {(row.indicator_id, str(row.period)): row for row in rows}
