"""What the pages of the dataset have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse_lazy

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.periods import Quarter

CRUMB = ("Dataset", reverse_lazy("dataset:edition_list"))
INDICATORS = ("Indicators", reverse_lazy("dataset:indicator_list"))
FIGURES = ("Figures", reverse_lazy("dataset:figure_list"))


def quarter_or_404(text: str) -> Quarter:
    """The quarter that an address names."""
    try:
        return Quarter.parse(text)
    except ValueError:
        raise Http404 from None


class ReadsEditions(Guarded):
    """Readers of what was compiled."""

    scope: ClassVar[tuple[Permission, ...]] = (Permission.READ_DATASET,)
    kwargs: dict[str, Any]

    @property
    def manages(self) -> bool:
        return self.user.may(Permission.MANAGE_DATASET)


class ReadsFigures(Guarded):
    """Readers of figures before they are compiled, and agencies for their own."""

    scope: ClassVar[tuple[Permission, ...]] = (
        Permission.READ_FIGURES,
        Permission.MANAGE_DATASET,
        Permission.SUBMIT_FIGURES,
    )


class ReadsIndicators(ReadsEditions):
    """Everybody who sees an indicator."""

    scope = (Permission.READ_DATASET, Permission.READ_FIGURES, Permission.MANAGE_DATASET, Permission.SUBMIT_FIGURES)


class ChangesDataset(Change):
    """A form for the analyst."""

    scope: ClassVar[tuple[Permission, ...]] = (Permission.READ_DATASET, Permission.MANAGE_DATASET)
    right = Permission.MANAGE_DATASET
    template_name = "dataset/form.html"
    lead = ""
    breadcrumbs: ClassVar[list[Any]] = [CRUMB]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"lead": self.lead, "breadcrumbs": self.breadcrumbs, **kwargs})
