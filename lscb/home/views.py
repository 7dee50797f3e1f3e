"""The first page, the pages about the portal, its health, and what is shown when something goes wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import FormView, TemplateView, View

from lscb.accounts.access import Guarded
from lscb.accounts.models import CaseAccess
from lscb.accounts.permissions import Permission
from lscb.accounts.sending_again import send_again
from lscb.common.caching import Cacheable
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule
from lscb.common.words import in_templates, worded

from . import checking, watching
from .emergency import break_glass, end_emergency
from .forms import EmergencyForm
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


class EmergencyAccess(Guarded, FormView):
    """Break-glass: the second factor first, then which case and why."""

    scope = (Permission.BREAK_GLASS,)
    form_class = EmergencyForm
    template_name = "home/emergency.html"
    proves_again = ("GET", "POST")
    TYPED = "emergency"

    def shown_again(self) -> str:
        typed = {name: self.request.POST.get(name, "")[:40] for name in ("reference", "reason")}
        self.request.session[self.TYPED] = typed
        return super().shown_again()

    def get_initial(self) -> dict[str, Any]:
        return dict(self.request.session.get(self.TYPED, {}))

    def form_valid(self, form: EmergencyForm) -> HttpResponse:
        try:
            case = break_glass(**form.cleaned_data, by=self.user, at=timezone.now())
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        self.request.session.pop(self.TYPED, None)
        return redirect(case)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title="Open a case in an emergency", **kwargs)


class EndEmergency(Guarded, View):
    """The button of who watches over the case; for everybody else there is no such access."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        access = get_object_or_404(CaseAccess.objects.timed(), pk=pk)
        try:
            case = end_emergency(access=access, by=self.user, at=timezone.now())
        except PermissionDenied:
            raise Http404 from None
        messages.success(request, f"{access.user} does not read this case any more.")
        return redirect(case)


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
