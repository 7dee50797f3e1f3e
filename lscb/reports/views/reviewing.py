"""Comments on the chapters of an edition in review."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.access import person
from lscb.accounts.forms import ConfirmForm
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.reports import services
from lscb.reports.chapters import Part
from lscb.reports.forms import CommentForm
from lscb.reports.models import AnnualReport, ReportComment

from .base import Reports, crumbs_of, part_or_404


class _Reviews(Reports, Change):
    """For who writes the report and who approves it; other readers are refused."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = person(request)
        reviews = user.may(Permission.BUILD_REPORT) or user.may(Permission.APPROVE_REPORT)
        if user.may(Permission.READ_REPORT) and not reviews:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def report(self) -> AnnualReport:
        return self.get_report()

    def in_preview(self, chapter: str) -> str:
        return f"{reverse('reports:report_preview', args=[self.report.pk])}#{chapter}"


class CommentAdd(_Reviews):
    form_class = CommentForm
    done = "Your comment is added."

    @cached_property
    def part(self) -> Part:
        return part_or_404(self.kwargs["chapter"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = f"Comment on “{self.part.title}”"
        return super().get_context_data(title=title, breadcrumbs=crumbs_of(self.report), **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.comment_on_chapter(report=self.report, chapter=self.part.slug, by=self.user, at=timezone.now(), **data)
        return self.in_preview(self.part.slug)


class CommentSettle(_Reviews):
    form_class = ConfirmForm
    title = "Settle a comment"
    done = "The comment is settled."

    @cached_property
    def comment(self) -> ReportComment:
        visible = ReportComment.objects.visible_to(self.user).filter(report=self.report)
        return get_object_or_404(visible, pk=self.kwargs["comment"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "It is dealt with"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=crumbs_of(self.report), warning=f"“{self.comment.text}”", **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        services.settle_comment(comment=self.comment, by=self.user, at=timezone.now())
        return self.in_preview(self.comment.chapter)
