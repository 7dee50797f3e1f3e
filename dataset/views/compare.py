"""What changed from one edition to another."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from dataset import publishing
from dataset.comparing import TONES, differences
from dataset.forms import CompareForm
from dataset.models import Edition

from .base import CRUMB, quarter_or_404
from .editions import OneEdition, edition_before


class EditionCompare(OneEdition, TemplateView):
    """Two editions beside each other; without `?since=` the one before."""

    template_name = "dataset/edition_compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition = self.get_edition()
        visible = Edition.objects.visible_to(self.user)
        earlier = self._asked(visible) or edition_before(edition, visible)
        found = []
        if earlier is not None:
            contents = (publishing.content_for(one.content, self.user) for one in (earlier, edition))
            found = differences(*contents)
        others = visible.exclude(pk=edition.pk).defer("content")
        return super().get_context_data(
            title=f"What changed in {edition.quarter.label}, edition {edition.number}",
            breadcrumbs=[CRUMB, (f"{edition.quarter.label}, edition {edition.number}", edition.get_absolute_url())],
            edition=edition,
            earlier=earlier,
            differences=[(one, TONES[one.kind]) for one in found],
            choose=CompareForm(others=others, chosen=earlier),
            **{key: value for key, value in kwargs.items() if key not in ("quarter", "number")},
        )

    def _asked(self, visible: Any) -> Edition | None:
        """The edition that `?since=2016-17Q4-1` names."""
        quarter, dash, number = self.request.GET.get("since", "").rpartition("-")
        if not dash or not number.isdecimal() or len(number) > 4:
            return None
        return get_object_or_404(visible, quarter=quarter_or_404(quarter), number=int(number))
