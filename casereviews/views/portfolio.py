"""All reviews with where each stands, a new referral, numbers at a date, and themes across reviews."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from boards.models import Group
from casereviews import counting, forms
from casereviews.access import MANAGE
from casereviews.models import CaseReview, LearningTheme, ReviewKind, Stage
from casereviews.models.review import ENDED
from casereviews.querysets import READ
from casereviews.reporting import COUNTED
from casereviews.services import learning, reviews
from casereviews.standing import clock, elapsed, pause_tag, stage_tag
from lscb.accounts.models import Agency
from lscb.accounts.views.base import Change
from lscb.common.forms import read_day
from lscb.common.lists import CSV, XLSX, XLSX_TYPE, ListColumn, ListPage
from lscb.common.spreadsheets import Sheet, xlsx_bytes
from lscb.trail.services import record

from .base import ReadsReviews, crumb


class PortfolioFilter(django_filters.FilterSet):
    """No filter by words: what people type would stand in the address."""

    show = django_filters.ChoiceFilter(
        label="Show",
        choices=[("running", "Running"), ("paused", "Paused or part halted"), ("ended", "Ended")],
        empty_label="All reviews",
        method="shown",
    )
    kind = django_filters.ChoiceFilter(label="Kind", choices=ReviewKind.choices, empty_label="All kinds")
    stage = django_filters.ChoiceFilter(label="Stage", choices=Stage.choices, empty_label="All stages")
    theme = django_filters.ModelChoiceFilter(
        label="Theme", queryset=LearningTheme.objects.all(), empty_label="All themes", field_name="themes"
    )
    agency = django_filters.ModelChoiceFilter(
        label="Agency involved", queryset=Agency.objects.none(), empty_label="All agencies", field_name="agencies"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = CaseReview.objects.visible_to(self.request.user).order_by()
        involved = CaseReview.agencies.through.objects.filter(casereview__in=seen)
        self.filters["agency"].queryset = Agency.objects.filter(pk__in=involved.values("agency"))

    def shown(self, found: Any, name: str, value: str) -> Any:
        if value == "paused":
            today = timezone.localdate()
            running = Q(pauses__ends_on__isnull=True) | Q(pauses__ends_on__gt=today)
            return found.filter(running, pauses__starts_on__lte=today).distinct()
        return found.filter(stage__in=ENDED) if value == "ended" else found.running()


class Portfolio(ReadsReviews, ListPage):
    """Where each review stands. Looking at it is on the trail."""

    template_name = "casereviews/portfolio.html"
    title = "Case reviews"
    nouns = ("review", "reviews")
    filterset_class = PortfolioFilter
    counted = COUNTED
    default_sort = "-reference"
    empty_text = "No review is referred yet."
    columns = (
        ListColumn("Code name", "code_name", sort="code_name", link=True),
        ListColumn("Reference", "reference", sort="number"),
        ListColumn("Kind", "get_kind_display", sort="kind"),
        ListColumn("Stage", stage_tag, sort="stage", tag=True),
        ListColumn("Standing still", lambda review: pause_tag(review, timezone.localdate()), tag=True),
        ListColumn("Time taken", lambda review: elapsed(review, timezone.localdate())),
        ListColumn("Report expected", "report_expected", sort="report_expected"),
        ListColumn("Outstanding actions", lambda review: review.outstanding or 0, numeric=True),
    )

    def get_columns(self) -> Any:
        """In a file the days are a number, so that they can be sorted."""
        if self.request.GET.get("format") not in (CSV, XLSX):
            return self.columns
        days = ListColumn("Days taken", lambda review: clock(review, timezone.localdate()), numeric=True)
        return [days if column.heading == "Time taken" else column for column in self.columns]

    def get_queryset(self) -> QuerySet[CaseReview]:
        visible = CaseReview.objects.visible_to(self.user).with_outstanding(timezone.localdate())
        return visible.prefetch_related("pauses", "stages")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with transaction.atomic():
            record(verb="looked at all case reviews", by=self.user)
        if self.user.for_whole_board(MANAGE):
            kwargs |= {"start_url": reverse("casereviews:refer"), "start_label": "Record a referral"}
        return super().get_context_data(**kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} case reviews as {format.upper()}", by=self.user)


class ReferReview(ReadsReviews, Change):
    right = MANAGE
    form_class = forms.ReferForm
    title = "Record a referral"
    done = "The referral is recorded. The group decides whether there is to be a review."

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = {
            "group": Group.objects.running(self.today).filter(confidential_permission=READ),
            "agencies": Agency.objects.active(self.today),
        }
        return super().get_form_kwargs() | {"choices": choices}

    def get_initial(self) -> dict[str, Any]:
        return {"referred_on": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[crumb()], **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return reviews.refer_review(by=self.user, today=self.today, **data)


class NumbersAtDate(ReadsReviews, TemplateView):
    """Outstanding actions at any date by review, theme and agency; also as a file."""

    template_name = "casereviews/numbers.html"

    @cached_property
    def at(self) -> dt.date:
        try:
            return read_day(self.request.GET.get("at", ""))
        except ValueError:
            return timezone.localdate()

    @cached_property
    def found(self) -> counting.Numbers:
        return counting.numbers(self.at, seen_by=self.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.export() if request.GET.get("format") == XLSX else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Outstanding actions at a date",
            breadcrumbs=[crumb()],
            form=forms.AsAtForm(initial={"at": self.at}),
            found=self.found,
            tables=self.found.tables(),
            export=f"?at={self.at.isoformat()}&format={XLSX}",
            **kwargs,
        )

    def export(self) -> HttpResponse:
        sheets = [
            Sheet(
                table.title, [column.heading for column in table.columns], [(row[0], int(row[1])) for row in table.rows]
            )
            for table in self.found.tables()
        ]
        with transaction.atomic():
            record(verb="exported outstanding actions of case reviews as XLSX", by=self.user)
        response = HttpResponse(xlsx_bytes(sheets), content_type=XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="outstanding-actions-{self.at}.xlsx"'
        return response


class Themes(ReadsReviews, TemplateView):
    """What reviews teach again and again: which reviews, and how many actions are still to be done."""

    template_name = "casereviews/themes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen = CaseReview.objects.visible_to(self.user).order_by("number")
        left = dict(counting.numbers(timezone.localdate(), seen_by=self.user).by_theme)
        themes = LearningTheme.objects.visible_to(self.user)
        return super().get_context_data(
            title="Themes across reviews",
            breadcrumbs=[crumb()],
            rows=[
                {"theme": theme, "reviews": theme.seen, "left": left.get(theme.title, 0)}
                for theme in themes.prefetch_related(Prefetch("reviews", seen, to_attr="seen"))
            ],
            may_add=self.user.for_whole_board(MANAGE),
            **kwargs,
        )


class AddTheme(ReadsReviews, Change):
    right = MANAGE
    form_class = forms.ThemeForm
    title = "Add a theme"
    done = "The theme is added."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        themes = ("Themes", reverse("casereviews:themes"))
        return super().get_context_data(breadcrumbs=[crumb(), themes], **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        learning.add_theme(by=self.user, **data)
        return reverse("casereviews:themes")
