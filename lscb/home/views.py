"""The first page, the pages about the portal, its health, and what is shown when something goes wrong."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.accounts.sending_again import send_again
from lscb.common.caching import Cacheable
from lscb.common.words import in_templates, worded

from . import checking, watching
from .glance import start_something, year_at_a_glance
from .models import DataCheck
from .waiting import waiting_for

PAGES = {
    "accessibility": "Accessibility statement",
    "privacy": "Privacy notice",
    "contact": worded("Contact the {board}"),
}


class Home(Guarded, TemplateView):
    """What waits for you."""

    template_name = "home/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            waiting=waiting_for(self.user, today),
            glance=year_at_a_glance(self.user, today),
            starts=start_something(self.user),
            **kwargs,
        )


PUBLIC_PAGES = (
    (
        "Annual reports",
        "published:list",
        worded("What the {board} did in a year to keep children safe, with every figure."),
    ),
    (
        "Challenge log",
        "challenges:log",
        worded("What the {board} asked its partners, what it was told, and what changed."),
    ),
    (worded("The {board}"), "public:board", "Its groups, and who sits on them by position."),
    (
        "Training",
        "training:programme",
        "Workshops and courses for everybody who works with children, to find and to book.",
    ),
    ("Library", "public:library", "Policies, procedures, toolkits, newsletters and briefings."),
    ("Learning from reviews", "learning:reviews", "What reviews of cases found, published for everybody."),
    ("Data", "opendata:datasets", "Figures about children in the area, as tables for programs and people."),
    (
        "Notify a child death",
        "notify:start",
        "For professionals: every death of a child who lived in the area is told to the panel.",
    ),
)
"""What everybody may read or do without signing in: what it is called, its route, and what is there."""


@method_decorator(login_not_required, name="dispatch")
class PublicPages(Cacheable, TemplateView):
    """The way to everything that is public."""

    template_name = "home/public.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = [(label, reverse(route), sentence) for label, route, sentence in PUBLIC_PAGES]
        return super().get_context_data(title="What everybody may read", pages=pages, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class Page(TemplateView):
    """The public pages about the portal."""

    def get_template_names(self) -> list[str]:
        return [f"home/{self.kwargs['page']}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = PAGES.get(self.kwargs["page"])
        if heading is None:
            raise Http404
        return super().get_context_data(heading=heading, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class Health(View):
    """Whether the portal answers and reaches its database; says nothing else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return JsonResponse({"status": "ok"})


@method_decorator(login_not_required, name="dispatch")
class Ready(View):
    """Whether the portal can do its work: for what sends it people. Which part is away is told to who may watch."""

    def get(self, request: HttpRequest) -> HttpResponse:
        parts = watching.parts()
        verdict = watching.verdict(parts)
        told = {"status": verdict, **({"parts": parts} if watching.may_watch(request) else {})}
        return JsonResponse(told, status=503 if verdict == "not ready" else 200)


@method_decorator(login_not_required, name="dispatch")
class Metrics(View):
    """Numbers for Prometheus. For everybody else the page does not exist."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not watching.may_watch(request):
            raise Http404
        return HttpResponse(watching.metrics(timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8")


class DataHealth(Guarded, TemplateView):
    """What the last check of the data found, and what to do about it."""

    scope = (Permission.READ_JOBS,)
    template_name = "home/data_health.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        checks = DataCheck.objects.visible_to(self.user).latest_first()
        last = checks.first()
        return super().get_context_data(
            title="Data health",
            breadcrumbs=[("Background jobs", reverse("jobs:job_list"))],
            last=last,
            rooms=checking.rooms_for(last, self.user) if last else [],
            earlier=checks.defer("rooms")[1:15],
            **kwargs,
        )


class CheckData(Guarded, View):
    """Check now, as a job."""

    scope = (Permission.READ_JOBS,)

    def post(self, request: HttpRequest) -> HttpResponse:
        return redirect(checking.ask_for_check(by=self.user))


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent without a valid token: nothing was saved. Our own form is given back with a new one."""
    given_back = send_again(request, signed_out=not request.user.is_authenticated)
    return given_back or render(request, "403_csrf.html", status=403)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without the request: what every page shows may be the very thing that failed, such as the database."""
    return HttpResponse(render_to_string("500.html", in_templates()), status=500)
