"""The notification of a death: public, in six short pages. What is typed lies encrypted and is tied to the browser.

Nothing on these pages depends on which children are known already.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from lscb.accounts.adapters import address_of_client
from lscb.accounts.models import User
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule, show_day
from lscb.common.limits import is_within

from ..forms.notification import ChildForm, DeathForm, OfficerForm, PeopleForm, YouForm
from ..models import NotificationDraft, Via
from ..services import notifying
from .base import MANAGES

DRAFT = "notification"
CHECK, DONE = "check", "done"
TITLES = {
    "you": "Who notifies the death",
    "child": "The child",
    "death": "The death",
    "people": "Family and services",
    CHECK: "Check and send",
    DONE: "The death is notified",
}
PAGES = list(TITLES)
TYPED = PAGES[:-2]
MOST_SENT, MOST_BEGUN = 20, 60
RATE = (
    "You have sent many forms within an hour. What you typed is kept: wait a while and send it again, or telephone us."
)


@method_decorator(login_not_required, name="dispatch")
class _Page(TemplateView):
    """A page of the notification. No cache keeps it."""

    page = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, HttpResponse):
            patch_cache_control(response, no_store=True, private=True)
        return response

    @cached_property
    def officer(self) -> User | None:
        """The officer, when it is the officer who enters a notification."""
        user = self.request.user
        return user if isinstance(user, User) and user.for_whole_board(MANAGES) else None

    @cached_property
    def draft(self) -> NotificationDraft | None:
        key = self.request.session.get(DRAFT, "")
        return notifying.draft_of(key, now=timezone.now()) if key else None

    @property
    def typed(self) -> dict[str, Any]:
        return self.draft.typed if self.draft else {}

    def begin(self) -> NotificationDraft:
        """The draft of this browser; a new one when there is none, or when the last was sent."""
        if self.draft is None or self.draft.sent_as:
            self.request.session[DRAFT], self.draft = notifying.begin_draft(now=timezone.now())
        return self.draft

    def form_of(self, page: str, data: Mapping[str, Any] | None) -> forms.Form:
        """The form of a page over what was typed; empty when nothing was."""
        if page == "death":
            child = self.form_of("child", self.typed.get("child"))
            born_on = child.cleaned_data.get("born_on") if child.is_bound and child.is_valid() else None
            return DeathForm(data, born_on=born_on, today=timezone.localdate())
        kinds = {"you": OfficerForm if self.officer else YouForm, "child": ChildForm, "people": PeopleForm}
        initial = {"notified_on": timezone.localdate()} if self.officer and page == "you" else {}
        return kinds[page](data, initial=initial)

    def answered(self) -> dict[str, forms.Form]:
        """The forms of the pages up to the first that is missing or wrong."""
        found: dict[str, forms.Form] = {}
        for page in TYPED:
            form = self.form_of(page, self.typed.get(page))
            if not form.is_bound or not form.is_valid():
                break
            found[page] = form
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = PAGES.index(self.page) + 1
        before = PAGES[number - 2] if 1 < number < len(PAGES) else ""
        return super().get_context_data(
            **{
                "title": TITLES[self.page],
                "number": number,
                "pages": len(PAGES),
                "back": address(before) if before else "",
                "officer": self.officer,
                **kwargs,
            }
        )


def address(page: str) -> str:
    return reverse("notify:start") if page == "you" else reverse("notify:page", args=[page])


def _from(request: HttpRequest) -> str:
    return address_of_client(request) or "unknown"


@method_decorator(login_not_required, name="dispatch")
class Type(_Page):
    """One of the four pages on which something is typed."""

    template_name = "cdop/notify_page.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.page = kwargs.get("page", "you")
        if self.page not in TYPED:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reached = len(self.answered())
        if reached < PAGES.index(self.page):
            return redirect(address(PAGES[reached]))
        return self.render_to_response(self.get_context_data(form=self.form_of(self.page, self.typed.get(self.page))))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_of(self.page, request.POST.dict())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        if self.draft is None and not is_within("begin", _from(request), most=MOST_BEGUN, period=notifying.KEPT_FOR):
            form.add_error(None, RATE)
            return self.render_to_response(self.get_context_data(form=form), status=429)
        kept = {name: value for name, value in request.POST.dict().items() if name in _names(form)}
        notifying.keep_page(draft=self.begin(), page=self.page, typed=kept, now=timezone.now())
        return redirect(address(CHECK if "change" in request.GET else PAGES[PAGES.index(self.page) + 1]))


def _names(form: forms.Form) -> set[str]:
    """The names of the inputs, also of a date in three parts."""
    parts = {f"{name}_{part}" for name in form.fields for part in ("day", "month", "year")}
    return set(form.fields) | parts


class Check(_Page):
    """Everything on one page, each with Change; then it is sent, once."""

    page = CHECK
    template_name = "cdop/notify_check.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.draft and self.draft.sent_as:
            return redirect(address(DONE))
        answered = self.answered()
        if len(answered) < len(TYPED):
            return redirect(address(PAGES[len(answered)]))
        return self.render_to_response(self.get_context_data(parts=_parts(answered)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.draft and self.draft.sent_as:
            return redirect(address(DONE))
        answered = self.answered()
        if self.draft is None or len(answered) < len(TYPED):
            return redirect(address(PAGES[len(answered)]))
        empty = forms.Form(data={})
        empty.is_valid()
        if not is_within("notify", _from(request), most=MOST_SENT, period=notifying.KEPT_FOR / 2):
            empty.add_error(None, RATE)
            return self.render_to_response(self.get_context_data(parts=_parts(answered), form=empty), status=429)
        try:
            self.send(self.draft, answered)
        except RuleBroken as refusal:
            apply_rule(empty, refusal)
            return self.render_to_response(self.get_context_data(parts=_parts(answered), form=empty))
        return redirect(address(DONE))

    def send(self, draft: NotificationDraft, answered: Mapping[str, forms.Form]) -> None:
        today = timezone.localdate()
        notified: dict[str, Any] = {"notified_on": today}
        for form in answered.values():
            notified |= form.cleaned_data
        via = Via.OFFICER if self.officer else Via.FORM
        notifying.send_draft(draft=draft, by=self.officer, today=today, now=timezone.now(), via=via, **notified)


def _parts(answered: Mapping[str, forms.Form]) -> list[dict[str, Any]]:
    """The summary lists of the check page."""
    return [
        {
            "title": TITLES[page],
            "url": f"{address(page)}?change",
            "rows": [{"key": form.fields[name].label, "value": _shown(form, name)} for name in form.fields],
        }
        for page, form in answered.items()
    ]


def _shown(form: forms.Form, name: str) -> str:
    value = form.cleaned_data[name]
    choices = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    if hasattr(value, "isoformat"):
        return show_day(value)
    return choices.get(value, value) if value else ""


class Done(_Page):
    """The reference, and what happens next. Safe to reload."""

    page = DONE
    template_name = "cdop/notify_done.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.draft is None or not self.draft.sent_as:
            return redirect(address("you"))
        return self.render_to_response(self.get_context_data(reference=self.draft.sent_as))
