"""The figure check: a number typed by hand gives way to a named fact, with one click."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import View

from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.reports.figure_check.services import name_fact
from lscb.reports.forms import NameFactForm

from .base import Reports, part_or_404, year_or_404


class NameFact(Reports, View):
    """The button beside a sentence on the page of a chapter's words."""

    right = Permission.BUILD_REPORT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        year, part = year_or_404(kwargs["year"]), part_or_404(kwargs["chapter"])
        form = NameFactForm(request.POST)
        if form.is_valid():
            try:
                name_fact(year=year, chapter=part.slug, by=self.user, **form.cleaned_data)
                messages.success(request, "The fact is named: it will always agree with its table.")
            except RuleBroken as refusal:
                messages.error(request, refusal.sentence)
        return redirect("reports:words_edit", year, part.slug)
