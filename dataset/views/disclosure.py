"""Small numbers: what each audience is shown, and what was lifted; and who the comparators are."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.views.generic import TemplateView

from dataset import services
from dataset.forms import ComparatorSetForm, ConfirmForm, LiftForm, PolicyForm
from dataset.models import Audience, ComparatorSet, DisclosureClass, Indicator, Lift
from dataset.publishing import disclosure_for
from lscb.accounts.permissions import Permission
from lscb.common.chapters import Column, Table

from .base import CRUMB, ChangesDataset, ReadsEditions

SMALL_NUMBERS = ("Small numbers", reverse_lazy("dataset:disclosure"))


class DisclosurePage(ReadsEditions, TemplateView):
    """The policy of each audience, and every lift that was ever made."""

    template_name = "dataset/disclosure.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lifts = Lift.objects.visible_to(self.user).select_related("indicator", "lifted_by", "ended_by")
        return super().get_context_data(
            title="Small numbers",
            breadcrumbs=[CRUMB],
            audiences=[(audience.label, audience.value, _rules(audience)) for audience in Audience],
            lifts=lifts,
            manages=self.manages,
            may_lift=self.user.may(Permission.LIFT_SUPPRESSION),
            **kwargs,
        )


def _rules(audience: Audience) -> list[dict[str, str]]:
    disclosure = disclosure_for(audience)
    told = []
    for kind in DisclosureClass:
        rule = disclosure.rules[kind]
        shown = rule.numbers.note or "Everything is shown."
        told.append(
            {
                "key": kind.label.split(":")[0],
                "value": "Left out altogether." if rule.withheld else shown,
                "url": reverse("dataset:policy_set", args=[audience.value, kind.value]),
            }
        )
    return told


class PolicySet(ChangesDataset):
    """Change what an audience is shown of a class."""

    form_class = PolicyForm
    done = "The policy holds from now on. What was published stays as it was published."
    breadcrumbs = [CRUMB, SMALL_NUMBERS]
    kwargs: dict[str, Any]

    @property
    def title(self) -> str:  # type: ignore[override]
        audience, kind = Audience(self.kwargs["audience"]), DisclosureClass(self.kwargs["kind"])
        return f"{audience.label}: {kind.label.split(':')[0].lower()} indicators"

    def get_initial(self) -> dict[str, Any]:
        rule = disclosure_for(self.kwargs["audience"]).rules[self.kwargs["kind"]]
        return {
            "withheld": rule.withheld,
            "threshold": rule.numbers.threshold,
            "zeros_shown": rule.numbers.zeros_shown,
            "rounding_base": rule.rounds,
        }

    def do(self, data: dict[str, Any]) -> Any:
        services.set_policy(
            audience=self.kwargs["audience"], disclosure_class=self.kwargs["kind"], by=self.user, **data
        )
        return "dataset:disclosure"


class LiftAdd(ChangesDataset):
    """Show small numbers of an indicator to an audience all the same."""

    form_class = LiftForm
    title = "Show small numbers of an indicator"
    done = "It is lifted. Your name and the reason stay on record."
    warning = "Small numbers can make a child known. Your name and your reason are kept."
    breadcrumbs = [CRUMB, SMALL_NUMBERS]
    scope = (Permission.READ_DATASET,)
    right = Permission.LIFT_SUPPRESSION

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"indicators": Indicator.objects.visible_to(self.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(warning=self.warning, **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.lift_suppression(by=self.user, **data)
        return "dataset:disclosure"


class LiftEnd(ChangesDataset):
    form_class = ConfirmForm
    title = "Hide small numbers again"
    done = "Small numbers of this indicator are hidden again from now on."
    breadcrumbs = [CRUMB, SMALL_NUMBERS]
    scope = (Permission.READ_DATASET,)
    right = Permission.LIFT_SUPPRESSION
    kwargs: dict[str, Any]

    @cached_property
    def lift(self) -> Lift:
        visible = Lift.objects.visible_to(self.user).in_force().select_related("indicator")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Hide them again"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = f"{self.lift.indicator}, {self.lift.get_audience_display().lower()}. Lifted because: {self.lift.reason}"
        return super().get_context_data(**{"lead": lead, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        services.end_lift(lift=self.lift, by=self.user)
        return "dataset:disclosure"


class ComparatorSets(ReadsEditions, TemplateView):
    """Who the comparators are, from year to year."""

    template_name = "dataset/comparator_sets.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sets = ComparatorSet.objects.visible_to(self.user).latest_revisions().order_by("against", "-from_year")
        return super().get_context_data(
            title="Comparators",
            breadcrumbs=[CRUMB],
            table=sets_table(list(sets)),
            manages=self.manages,
            **kwargs,
        )


def sets_table(sets: list[ComparatorSet]) -> Table | None:
    """Each set with who came and went since the one before it."""
    if not sets:
        return None
    rows = []
    for at, one in enumerate(sets):
        earlier = sets[at + 1] if at + 1 < len(sets) and sets[at + 1].against == one.against else None
        rows.append([one.get_against_display(), str(one.from_year), "; ".join(one.names), _moved(one, earlier)])
    columns = [Column("Compared with"), Column("From year"), Column("Members"), Column("Changed")]
    return Table("Who the others are", columns, rows, note="Values of two different sets are not compared.")


def _moved(one: ComparatorSet, earlier: ComparatorSet | None) -> str:
    if earlier is None:
        return ""
    came = [name for name in one.names if name not in earlier.names]
    went = [name for name in earlier.names if name not in one.names]
    parts = [f"came: {', '.join(came)}" if came else "", f"went: {', '.join(went)}" if went else ""]
    return "; ".join(part for part in parts if part)


class ComparatorSetChoose(ChangesDataset):
    """Say who the comparators are from a year on."""

    form_class = ComparatorSetForm
    title = "Choose a comparator set"
    done = "The set is recorded. It is named in editions compiled from now on."
    lead = "Statistical neighbours are chosen anew now and then. Before the year you give, the earlier set holds."
    breadcrumbs = [CRUMB, ("Comparators", reverse_lazy("dataset:comparator_sets"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        services.choose_comparator_set(by=self.user, **data)
        return "dataset:comparator_sets"
