"""Destroying by two people: freeze a list, look at it, approve it, read the certificate."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from lscb.common.errors import RuleBroken
from lscb.common.templatetags.portal import moment
from lscb.records.classes import record_class
from lscb.records.forms import ConfirmForm
from lscb.records.models import Destruction
from lscb.records.services import destroying
from lscb.trail.history import timeline

from .keeping import ChangeClass, KeepsRecords, crumb


class Propose(ChangeClass):
    """Says what will happen; then one button freezes the list."""

    form_class = ConfirmForm
    template_name = "records/propose.html"
    title = "Freeze a list for destruction"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Freeze the list"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        due = self.of.due(self.today).count()
        return super().get_context_data(**{"of": self.of, "count": min(due, destroying.AT_ONCE), **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        return destroying.propose_destruction(of=self.of, as_at=self.today, by=self.user, at=timezone.now())


class OfDestruction(KeepsRecords):
    kwargs: dict[str, Any]

    @cached_property
    def destruction(self) -> Destruction:
        visible = Destruction.objects.visible_to(self.user)
        return get_object_or_404(
            visible.select_related("proposed_by", "approved_by", "withdrawn_by", "job"), pk=self.kwargs["pk"]
        )


class DestructionPage(OfDestruction, TemplateView):
    """The frozen list, where it stands, and what went."""

    template_name = "records/destruction.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.destruction
        of = record_class(one.slug)
        return super().get_context_data(
            title=f"Destruction: {of.kept.title.lower()}",
            breadcrumbs=[crumb(), (of.kept.title, reverse("records:class", args=[of.slug]))],
            destruction=one,
            of=of,
            items=list(one.items.all()),
            facts=_facts(one),
            may_approve=one.waits_for_approval and one.proposed_by_id != self.user.pk,
            history=timeline(one),
            **kwargs,
        )


class Decide(OfDestruction, View):
    """A button on the page of a list."""

    http_method_names = ["post"]

    def decide(self) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.decide()
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        return redirect(self.destruction)


class Approve(Decide):
    def decide(self) -> None:
        digest = self.request.POST.get("digest", "")
        destroying.approve_destruction(destruction=self.destruction, digest=digest, by=self.user, at=timezone.now())


class Withdraw(Decide):
    def decide(self) -> None:
        destroying.withdraw_destruction(destruction=self.destruction, by=self.user, at=timezone.now())


class Certificate(OfDestruction, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        one = self.destruction
        if not one.certificate:
            raise Http404
        response = FileResponse(one.certificate.open("rb"), as_attachment=True, filename=f"certificate-{one.slug}.pdf")
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _facts(one: Destruction) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"key": "List frozen by", "value": f"{one.proposed_by}, {moment(one.proposed_at)}"},
        {"key": "SHA-256 of the list", "value": one.digest},
    ]
    if one.withdrawn_by:
        facts.append({"key": "Withdrawn by", "value": f"{one.withdrawn_by}, {moment(one.withdrawn_at)}"})
    if one.approved_by:
        facts.append({"key": "Approved by", "value": f"{one.approved_by}, {moment(one.approved_at)}"})
    if one.done_at:
        went = "\n".join(f"{what}: {number}" for what, number in one.counts.items())
        facts += [{"key": "Destroyed", "value": moment(one.done_at)}, {"key": "What went", "value": went}]
    return facts
