"""What the public reads of the challenge log: published versions and nothing else. Caches may keep it."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed
from django.views.generic import TemplateView, View

from boards.models import PublishedChallenge
from lscb.common.caching import Cacheable
from lscb.common.periods import FinancialYear
from lscb.common.spreadsheets import csv_bytes
from lscb.common.words import naming, say

NEWEST = 50
HEADINGS = (
    *("Reference", "Version", "Published", "Raised", "Forum", "Raised by", "Put to", "Status"),
    *("Question", "What we asked", "What we were told", "What changed for children"),
)


@method_decorator(login_not_required, name="dispatch")
class PublicLog(Cacheable, TemplateView):
    """The published challenges of a year, the latest one unless `?year=` asks for another."""

    template_name = "boards/public_challenges.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = PublishedChallenge.objects.standing()
        years = list(latest.order_by("-year").values_list("year", flat=True).distinct())
        year = _year(self.request.GET["year"]) if "year" in self.request.GET else next(iter(years), None)
        of_year = latest.filter(year=year).order_by("-raised_on", "-in_year") if year else latest.none()
        quarters = [(quarter, list(rows)) for quarter, rows in groupby(of_year, key=lambda one: one.quarter)]
        return super().get_context_data(
            title="Challenge log",
            year=year,
            years=[other for other in years if other != year],
            quarters=quarters,
            count=sum(len(rows) for _, rows in quarters),
            **kwargs,
        )


@method_decorator(login_not_required, name="dispatch")
class PublicChallenge(Cacheable, TemplateView):
    """One challenge: the version that stands, and every version before it."""

    template_name = "boards/public_challenge.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = PublishedChallenge.objects.filter(year=_year(self.kwargs["year"]), in_year=self.kwargs["number"])
        standing = get_object_or_404(versions.order_by("-number")[:1])
        return super().get_context_data(
            title=standing.title,
            standing=standing,
            earlier=versions.filter(number__lt=standing.number).order_by("-number"),
            breadcrumbs=[("Challenge log", reverse("challenges:log"))],
            **kwargs,
        )


@method_decorator(login_not_required, name="dispatch")
class PublicCsv(Cacheable, View):
    """Every version that was ever published, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        versions = PublishedChallenge.objects.order_by("-year", "-in_year", "-number")
        content = csv_bytes(HEADINGS, [_row(version) for version in versions.iterator(chunk_size=500)])
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="challenge-log.csv"'
        return response


@method_decorator(login_not_required, name="dispatch")
class PublicFeed(Cacheable, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return LogFeed()(request)


class LogFeed(Feed):
    """The versions that were published last, as Atom."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return f"Challenge log of {naming().board_name}"

    def subtitle(self) -> str:
        return say("Questions that the {board} put to its partners, and what came of them.")

    def link(self) -> str:
        return settings.PORTAL_URL + reverse("challenges:log")

    def feed_url(self) -> str:
        return settings.PORTAL_URL + reverse("challenges:feed")

    def items(self) -> Any:
        return PublishedChallenge.objects.order_by("-published_at", "-pk")[:NEWEST]

    def item_title(self, item: Any) -> str:
        return f"{item.reference}: {item.title}"

    def item_description(self, item: Any) -> str:
        told = [item.issue, item.answer, item.impact]
        return "\n\n".join(text for text in told if text)

    def item_link(self, item: Any) -> str:
        return f"{settings.PORTAL_URL}{item.get_absolute_url()}#version-{item.number}"

    def item_guid(self, item: Any) -> str:
        return self.item_link(item)

    def item_pubdate(self, item: Any) -> dt.datetime:
        return item.published_at

    def item_updateddate(self, item: Any) -> dt.datetime:
        return item.published_at


def _year(text: str) -> FinancialYear:
    try:
        return FinancialYear.parse(text)
    except ValueError:
        raise Http404 from None


def _row(version: PublishedChallenge) -> list[Any]:
    return [
        version.reference,
        version.number,
        version.published_at,
        version.raised_on,
        version.forum,
        version.raised_by,
        "; ".join(version.put_to.splitlines()),
        version.get_status_display(),
        version.title,
        version.issue,
        version.answer,
        version.impact,
    ]
