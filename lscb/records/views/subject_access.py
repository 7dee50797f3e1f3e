"""Pages of subject access: the list with its clocks, one request with its steps, finding, withholding, the answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView, View

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import AsRead
from lscb.common.errors import RuleBroken
from lscb.common.forms import PortalForm
from lscb.common.templatetags.portal import day
from lscb.records.access import KEEPERS, held_by
from lscb.records.clock import SOON
from lscb.records.finding import Text, terms_of
from lscb.records.forms import CloseForm, DayForm, ExtendForm, FindForm, PauseForm, RequestForm, WithholdForm
from lscb.records.models import AccessRequest, Collected
from lscb.records.services import subject_access as services
from lscb.trail.history import timeline


def crumb() -> tuple[str, str]:
    return "Access requests", reverse("records:access_list")


class AnswersRequests(Guarded):
    scope = KEEPERS

    @property
    def answers(self) -> list[Permission]:
        """What this person answers requests about."""
        return held_by(self.user, KEEPERS)


class Requests(AnswersRequests, TemplateView):
    """Every request that is the person's to answer, with the day by which it is."""

    template_name = "records/access_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        requests = AccessRequest.objects.visible_to(self.user).prefetch_related("pauses")
        rows = [{"request": one, "due": one.due(today), "tag": _tag(one, today)} for one in requests]
        return super().get_context_data(
            title="Subject access requests",
            rows=rows,
            of_child_deaths=Permission.READ_CHILD_DEATH_IDENTITY in self.answers,
            of_others=Permission.MANAGE_RECORDS in self.answers,
            breadcrumbs=[("Records", reverse("records:classes"))],
            **kwargs,
        )


def _tag(request: AccessRequest, today: Any) -> tuple[str, str]:
    """Word and tone of where a request stands."""
    if request.closed_on:
        return request.get_outcome_display(), "green" if request.closed_on <= request.due(today) else "grey"
    if any(pause.ends_on is None for pause in request.pauses.all()):
        return "Clock stands", "grey"
    days = (request.due(today) - today).days
    if days < 0:
        return f"{-days} days late", "red"
    return f"{days} days left", "amber" if days <= SOON else "blue"


class Receive(AnswersRequests, Change):
    form_class = RequestForm
    title = "Record a subject access request"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"answers": self.answers}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": [crumb()], **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        return services.receive_request(**data, by=self.user, today=self.today)


class OfRequest(AnswersRequests):
    kwargs: dict[str, Any]

    @cached_property
    def access(self) -> AccessRequest:
        visible = AccessRequest.objects.visible_to(self.user).prefetch_related("pauses")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [crumb(), (str(self.access), self.access.get_absolute_url())]

    def items(self) -> QuerySet[Collected]:
        return Collected.objects.visible_to(self.user).filter(request=self.access).select_related("request")

    def item(self) -> Collected:
        return get_object_or_404(self.items(), pk=self.kwargs["item"])


class RequestPage(OfRequest, TemplateView):
    """One request: who asks, the clock, the steps, and what was collected."""

    template_name = "records/access.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request, today = self.access, timezone.localdate()
        word, tone = _tag(request, today)
        return super().get_context_data(
            title=str(request),
            breadcrumbs=[crumb()],
            access=request,
            word=word,
            tone=tone,
            facts=_facts(request, today),
            steps=[(key, label) for key, (label, _) in STEPS.items() if _is_open_step(request, key)],
            collected=request.collected.all(),
            history=timeline(request),
            **kwargs,
        )


def _facts(request: AccessRequest, today: Any) -> list[dict[str, Any]]:
    pauses = "\n".join(
        f"{pause}: {day(pause.starts_on)} to {day(pause.ends_on) if pause.ends_on else 'now'}"
        for pause in request.pauses.all()
    )
    facts = [
        {"key": "Who asks", "value": request.who},
        {"key": "How to reach them", "value": request.contact},
        {"key": "What they ask for", "value": request.asked_for},
        {"key": "Received", "value": day(request.received_on)},
        {"key": "Identity confirmed", "value": day(request.confirmed_on), "empty": "Not yet"},
        {"key": "The clock stood for", "value": pauses, "empty": "Nothing"},
        {"key": "To be answered by", "value": day(request.due(today))},
    ]
    if request.extended_on:
        facts.append({"key": "Extended", "value": f"{day(request.extended_on)}: {request.extended_because}"})
    if request.closed_on:
        ended = f"{day(request.closed_on)}: {request.get_outcome_display()}. {request.outcome_reason}"
        facts.append({"key": "Closed", "value": ended})
    return facts


STEPS: dict[str, tuple[str, type[PortalForm]]] = {
    "confirm": ("Confirm who asks", DayForm),
    "pause": ("Stop the clock", PauseForm),
    "go-on": ("Go on with the clock", DayForm),
    "extend": ("Extend by two months", ExtendForm),
    "close": ("Close the request", CloseForm),
}
SERVICES: dict[str, Callable[..., Any]] = {
    "confirm": services.confirm_identity,
    "pause": services.pause_clock,
    "go-on": services.go_on,
    "extend": services.extend,
    "close": services.close_request,
}


def _is_open_step(request: AccessRequest, step: str) -> bool:
    stands = any(pause.ends_on is None for pause in request.pauses.all())
    fits = {
        "confirm": request.confirmed_on is None,
        "pause": not stands,
        "go-on": stands,
        "extend": request.extended_on is None,
        "close": True,
    }
    return request.is_open and fits[step]


class Step(OfRequest, Change):
    """A step of the request, each with its day."""

    def get_form_class(self) -> type[PortalForm]:
        if self.kwargs["step"] not in STEPS:
            raise Http404
        return STEPS[self.kwargs["step"]][1]

    def get_initial(self) -> dict[str, Any]:
        return {"on": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = STEPS[self.kwargs["step"]][0]
        return super().get_context_data(**{"title": title, "breadcrumbs": self.crumbs, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        SERVICES[self.kwargs["step"]](request=self.access, **data, by=self.user, today=self.today)
        return self.access


class Find(OfRequest, FormView):
    """Find the person, then tick what is about them. Names are sent, and never stand in an address."""

    template_name = "records/access_find.html"
    form_class = FindForm

    def form_valid(self, form: FindForm) -> HttpResponse:
        terms = terms_of(form.cleaned_data["terms"])
        try:
            found = services.look_for_person(request=self.access, terms=terms, by=self.user)
            ticked = set(self.request.POST.getlist("texts"))
            if "collect" in self.request.POST:
                chosen = [text for text in found.texts if text.name in ticked]
                new = services.collect(request=self.access, texts=chosen, by=self.user, at=timezone.now())
                messages.success(self.request, f"{new} texts collected.")
                return redirect(self.access)
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
            return self.form_invalid(form)
        rows = [_row(text, terms, number) for number, text in enumerate(found.texts)]
        return self.render_to_response(self.get_context_data(form=form, searched=True, rows=rows, cut=found.cut))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title="Find the person", breadcrumbs=self.crumbs, access=self.access, **kwargs)


def _row(text: Text, terms: list[str], number: int) -> dict[str, Any]:
    return {"text": text, "around": text.around(terms), "number": number}


class Withhold(OfRequest, AsRead):
    """One text: mark what speaks of others, and see it as it leaves the board."""

    template_name = "records/access_text.html"
    form_class = WithholdForm
    title = "Withhold what speaks of others"

    @property
    def record(self) -> Collected:
        return self.item()

    def values(self, record: Collected) -> dict[str, Any]:
        return {"passages": "\n".join(record.hidden)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = self.item()
        leaves = services.open_text(collected=item, by=self.user)
        words = {"item": item, "access": self.access, "shown": leaves, "breadcrumbs": self.crumbs}
        return super().get_context_data(**{**words, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        services.withhold(collected=self.item(), passages=data["passages"].splitlines(), by=self.user)
        return self.request.path


class Button(OfRequest, View):
    """A button of the request's page."""

    http_method_names = ["post"]

    def answer(self) -> HttpResponse:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.answer()
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.access)


class LeaveOut(Button):
    """Pressed twice it is done once."""

    def answer(self) -> HttpResponse:
        if collected := self.items().filter(pk=self.kwargs["item"]).first():
            services.leave_out(collected=collected, by=self.user)
        return redirect(self.access)


class Answer(Button):
    """The answer as a file; its name tells nobody's."""

    def answer(self) -> HttpResponse:
        content = services.hand_over(request=self.access, by=self.user, today=timezone.localdate())
        response = HttpResponse(content, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="access-request-{self.access.number}.zip"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
