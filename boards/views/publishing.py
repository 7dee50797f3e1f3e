"""Publishing a quarter of the challenge log: tick, preview, publish. Three pages."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from boards.challenges import publishing
from boards.challenges.forms import TickForm
from boards.challenges.publishing import Ready
from boards.models import Challenge, Publication
from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule
from lscb.common.periods import Quarter

from .challenges import READERS, crumb


class Publishes(Guarded, TemplateView):
    """Of the quarter in `?quarter=`; without one the oldest that has something to publish, else the latest."""

    scope = READERS
    right = Permission.MANAGE_CHALLENGES

    @cached_property
    def quarters(self) -> list[Quarter]:
        """Those in which challenges were raised, the newest first."""
        days = Challenge.objects.visible_to(self.user).order_by().values_list("raised_on", flat=True).distinct()
        return sorted({Quarter.containing(day) for day in days}, reverse=True)

    @cached_property
    def quarter(self) -> Quarter:
        typed = self.request.POST.get("quarter") or self.request.GET.get("quarter") or ""
        try:
            return Quarter.parse(typed)
        except ValueError:
            waiting = publishing.unpublished(self.quarters) if self.quarters else {}
            over = [quarter for quarter in waiting if quarter.last_day < timezone.localdate()]
            return min(over, default=next(iter(self.quarters), Quarter.containing(timezone.localdate())))

    @cached_property
    def challenges(self) -> list[Ready]:
        return publishing.of_quarter(self.quarter)

    @cached_property
    def ticks(self) -> TickForm:
        """What was ticked, among what can be published."""
        numbers = [ready.challenge.number for ready in self.challenges if ready.can_be_published]
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        return TickForm(sent if "tick" in sent else None, numbers=numbers)

    @property
    def chosen(self) -> list[Ready]:
        numbers = self.ticks.cleaned_data["numbers"]
        return [ready for ready in self.challenges if ready.challenge.number in numbers]


class ChooseChallenges(Publishes):
    """Page 1: tick. What the public does not read yet is ticked already."""

    template_name = "boards/challenge_publish.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Publish challenges of {self.quarter.label}",
            breadcrumbs=[crumb()],
            quarter=self.quarter,
            unworded=[ready.challenge for ready in self.challenges if not ready.can_be_published],
            quarters=[quarter for quarter in self.quarters if quarter != self.quarter],
            rows=[{"ready": ready, "ticked": ready.can_be_published and ready.differs} for ready in self.challenges],
            **kwargs,
        )


class PreviewChallenges(Publishes):
    """Page 2: exactly what the public will read. The ticks stand in the address, so it can be loaded again."""

    template_name = "boards/challenge_preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.ticks.is_valid():
            return self.choose_again()
        return super().get(request, *args, **kwargs)

    def choose_again(self) -> HttpResponse:
        """Page 1 with what is wrong."""
        page = ChooseChallenges()
        page.setup(self.request)
        return page.render_to_response(page.get_context_data(form=self.ticks))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = f"{reverse('boards:challenge_publish')}?quarter={self.quarter}"
        chosen = self.chosen if self.ticks.is_valid() else []
        return super().get_context_data(
            title=f"Preview of {self.quarter.label}",
            breadcrumbs=[crumb(), ("Publish", back)],
            quarter=self.quarter,
            chosen=chosen,
            versions=[ready.fresh for ready in chosen],
            same=sum(not ready.differs for ready in chosen),
            seen=publishing.digest(ready.fresh for ready in chosen),
            back=back,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Publish what was previewed."""
        if not self.ticks.is_valid():
            return self.choose_again()
        challenges = [ready.challenge for ready in self.chosen]
        try:
            publication = publishing.publish_quarter(
                quarter=self.quarter,
                challenges=challenges,
                seen=request.POST.get("seen", ""),
                by=self.user,
                at=timezone.now(),
            )
        except RuleBroken as refusal:
            apply_rule(self.ticks, refusal)
            return self.render_to_response(self.get_context_data(form=self.ticks), status=409)
        return redirect(publication)


class PublicationPage(Guarded, TemplateView):
    """Page 3: what was published, by whom and when. Safe to load again."""

    template_name = "boards/publication.html"
    scope = READERS

    def get_queryset(self) -> QuerySet[Publication]:
        return Publication.objects.visible_to(self.user).select_related("published_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        publication = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        return super().get_context_data(
            publication=publication,
            versions=publication.challenges.order_by("year", "in_year"),
            breadcrumbs=[crumb()],
            **kwargs,
        )
