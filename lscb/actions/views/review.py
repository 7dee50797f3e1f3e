"""The quarterly review of a plan in a meeting: go through it and tick, confirm, the record. Three pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from lscb.accounts.access import Guarded
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule

from .. import forms, services
from ..access import may_sign_off
from ..counts import counted_in, counted_until, left_after
from ..models import Action, ActionEntry, ActionPlan, State
from ..rows import WATCHED, crumbs, progress_tag, row_of
from .finding import find_review, look_at
from .plan import OfPlan, day_in

NOTES_SHOWN = 3
CONFIRM, BACK = "confirm", "back"


class HoldReview(OfPlan):
    """The whole plan on one page, evidence in reach. `?forum=` and `?on=` fill in the meeting it is held in.

    The first button leads to what will happen, the second does it; on the way back the ticks stay.
    """

    template_name = "actions/review.html"
    form_class = forms.ReviewForm
    title = "Quarterly review"
    done = "The review is recorded."

    def may(self, plan: ActionPlan) -> bool:
        return may_sign_off(self.user, plan)

    def get_form_kwargs(self) -> dict[str, Any]:
        numbers = list(self.plan.actions.order_by("number").values_list("number", flat=True))
        return super().get_form_kwargs() | {"numbers": numbers}

    def get_initial(self) -> dict[str, Any]:
        given = self.request.GET
        return {"forum": given.get("forum", "")[:200], "held_on": day_in(given.get("on", "")) or self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        ticked = {str(number) for number in context["form"]["achieved"].value() or ()}
        return context | {"rows": [_row(action, self.today, ticked) for action in _whole_plan(self.plan, self.today)]}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        if BACK in self.request.POST:
            return self.form_invalid(form)
        if CONFIRM in self.request.POST:
            return super().form_valid(form)
        data = form.cleaned_data
        achieved = self._achieved(data)
        try:
            counts = services.check_review(
                plan=self.plan, held_on=data["held_on"], forum=data["forum"], achieved=achieved, today=self.today
            )
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        return self.confirm(form, achieved, counts)

    def confirm(self, form: BaseForm, achieved: list[Action], counts: Any) -> HttpResponse:
        proposed = self.plan.actions.filter(state=State.PROPOSED).exclude(pk__in=[action.pk for action in achieved])
        self.template_name, self.title = "actions/review_confirm.html", "Confirm the review"
        context = self.get_context_data(form=form, achieved=achieved, counts=counts, proposed=proposed.count())
        return self.render_to_response(context)

    def do(self, data: dict[str, Any]) -> Any:
        achieved = self._achieved(data)
        review = services.hold_quarterly_review(
            plan=self.plan,
            held_on=data["held_on"],
            forum=data["forum"],
            achieved=achieved,
            notes=data["notes"],
            by=self.user,
            today=self.today,
        )
        if achieved:
            words = "1 action is" if len(achieved) == 1 else f"{len(achieved)} actions are"
            self.done = f"The review is recorded. {words} signed off."
        return review

    def _achieved(self, data: dict[str, Any]) -> list[Action]:
        return list(self.plan.actions.filter(number__in=data["achieved"]).order_by("number"))


def _whole_plan(plan: ActionPlan, today: dt.date) -> Iterable[Action]:
    """What is live, the proposed ones first, then worst first, with all that shows how it stands."""
    live = plan.actions.live().worst_first(today)
    shown = live.prefetch_related(WATCHED, "entries__files__attachment", "notes")
    return sorted(shown, key=lambda action: action.state != State.PROPOSED)


def _row(action: Action, today: dt.date, ticked: set[str]) -> dict[str, Any]:
    notes = sorted(action.notes.all(), key=lambda note: (note.on, note.pk), reverse=True)
    return row_of(action, today) | {
        "ticked": str(action.number) in ticked,
        "parts": [_part(entry) for entry in action.entries.all()],
        "notes": notes[:NOTES_SHOWN],
    }


def _part(entry: ActionEntry) -> dict[str, Any]:
    return {"entry": entry, "progress": progress_tag(entry), "files": entry.files.all()}


class ReviewPage(Guarded, TemplateView):
    """A review as it stands on record: the flow, each list it counts, and the way to take something back."""

    template_name = "actions/reviewed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review = find_review(self.user, self.kwargs["pk"], self.kwargs["held_on"])
        plan, today = review.plan, timezone.localdate()
        look_at(plan, self.request, self.user)
        return super().get_context_data(
            title="Quarterly review",
            review=review,
            plan=plan,
            breadcrumbs=crumbs(plan=plan),
            since=counted_until(plan, review.held_on) + dt.timedelta(days=1),
            left=[row_of(action, today) for action in left_after(review).prefetch_related(WATCHED)],
            may_reopen=may_sign_off(self.user, plan),
            extract=reverse("actions:reviewed_docx", args=[plan.pk, review.held_on.isoformat()]),
            others=plan.reviews.exclude(pk=review.pk).order_by("-held_on")[:8],
            **counted_in(review),
            **kwargs,
        )
