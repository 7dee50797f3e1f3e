"""One review: its page, its timeline, who looked at it, and the reason for looking."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import FormView, TemplateView

from casereviews import forms, timeline
from casereviews.access import may_release
from casereviews.models import STAGE_MOVES, CaseReview, LearnedAction, Recommendation, ReviewMeeting, Stage
from casereviews.models.review import BY_RELEASE_ONLY
from casereviews.services.publishing import why_not
from casereviews.services.running import walls_of
from casereviews.standing import elapsed, expected_tag, pause_tag, stage_tag
from lscb.accounts.cases import in_emergency
from lscb.accounts.models import User
from lscb.actions.models import Action
from lscb.actions.views import WATCHED, asked_of, rag_tag, state_tag
from lscb.common.lists import Tag
from lscb.common.templatetags.portal import day
from lscb.trail.history import timeline as told
from lscb.trail.history import viewers
from lscb.trail.services import viewed

from .base import REASONS, OfReview, crumb

RELATED = (
    *("agencies", "themes", "stages", "criteria", "pauses", "proceedings", "expected"),
    *("panel__agency", "panel__user", "papers__file"),
)


class ReviewPage(OfReview, TemplateView):
    """Everything of a review, for who may read it."""

    template_name = "casereviews/review.html"
    related = RELATED

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review, today = self.review, timezone.localdate()
        waiting = review.published.waiting().select_related("proposed_by").first()
        watches = may_release(self.user, review)
        return super().get_context_data(
            title=review.code_name,
            review=review,
            tags=_tags(review, today),
            breadcrumbs=[crumb()],
            rows=_rows(review, today, self.manages),
            manages=self.manages,
            moves=_moves(review) if self.manages else [],
            today=today,
            panel=[member for member in review.panel.all() if member.ends_on is None],
            walls=walls_of(review) if self.manages else [],
            recommendations=_recommendations(review, self.user, today),
            briefing=getattr(review, "briefing", None),
            meetings=ReviewMeeting.objects.visible_to(self.user).filter(review=review).select_related("meeting__group"),
            public=_public_rows(review, self.manages),
            why_not=why_not(review, today),
            waiting=waiting,
            may_release=waiting is not None and waiting.proposed_by != self.user and watches,
            watches=watches,
            emergencies=in_emergency(case=review.pk, user=self.user, watches=watches, now=timezone.now()),
            standing=review.published.standing().first(),
            history=told(review, limit=12),
            viewers_url=reverse("casereviews:viewers", args=[review.pk]) if self.manages else "",
            **kwargs,
        )


def _tags(review: CaseReview, today: dt.date) -> list[Tag]:
    found = (stage_tag(review), pause_tag(review, today), expected_tag(review, today))
    return [tag for tag in found if tag]


def _rows(review: CaseReview, today: dt.date, manages: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("casereviews:change", args=[review.pk])} if manages else {}
    expect: dict[str, str] = {}
    if manages and review.is_running:
        expect = {"url": reverse("casereviews:expect", args=[review.pk])}
        expect |= {} if review.report_expected else {"action": "Add"}
    criteria = "\n".join(str(one) for one in review.criteria.all())
    return [
        {"key": "Kind", "value": review.get_kind_display(), **change},
        {"key": "Referred", "value": f"{day(review.referred_on)}, by {review.referred_by}"},
        {"key": "Why a review", "value": review.referral, **change},
        {"key": "Commissioned by", "value": review.group.name},
        {"key": "Criteria considered", "value": criteria, "empty": "Not yet considered."},
        {"key": "Agencies involved", "value": "\n".join(one.name for one in review.agencies.all()), **change},
        {"key": "Lead reviewer", "value": review.lead_reviewer, "empty": "Not yet named.", **change},
        {"key": "Report expected", "value": _expected(review), "empty": "Not yet known.", **expect},
        {"key": "Time taken", "value": f"{elapsed(review, today)}, without the days on which all of it stood still"},
        {"key": "Themes", "value": "\n".join(one.title for one in review.themes.all()), "empty": "None yet."}
        | ({"url": reverse("casereviews:set_themes", args=[review.pk])} if manages else {}),
    ]


def _expected(review: CaseReview) -> str:
    said = list(review.expected.all())
    if not said:
        return ""
    first = f"\nFirst expected {day(said[0].moved_to)}" if len(said) > 1 else ""
    return f"{day(review.report_expected)}{first}"


def _public_rows(review: CaseReview, manages: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("casereviews:wording", args=[review.pk])} if manages else {}
    return [
        {"key": "What it is about", "value": review.public_name, "empty": "Not yet written.", **change},
        {"key": "Where it stands", "value": review.public_status, "empty": "Not yet written.", **change},
        {"key": "Summary", "value": review.public_summary, "empty": "Not yet written.", **change},
        {"key": "What is learned", "value": review.public_learning, "empty": "Not yet written.", **change},
    ]


def _moves(review: CaseReview) -> list[dict[str, str]]:
    """What can be done next: the main thing first."""
    if review.stage == Stage.REFERRED:
        return [{"url": reverse("casereviews:decide", args=[review.pk]), "label": "Record the decision"}]
    steps = [stage for stage in STAGE_MOVES[review.stage] if stage != BY_RELEASE_ONLY]
    offers = [("casereviews:stage", "Record the next stage")] if steps else []
    if review.is_running:
        offers += [("casereviews:pause", "Pause"), ("casereviews:proceedings", "Record proceedings")]
    return [{"url": reverse(name, args=[review.pk]), "label": label} for name, label in offers]


def _recommendations(review: CaseReview, user: User, today: dt.date) -> list[dict[str, Any]]:
    visible = Action.objects.visible_to(user).select_related("plan").prefetch_related(WATCHED)
    learned = LearnedAction.objects.filter(action__in=Action.objects.visible_to(user))
    found = review.recommendations.select_related("theme").prefetch_related(
        Prefetch("learned_actions", learned.prefetch_related(Prefetch("action", visible)))
    )
    return [{"recommendation": one, "rows": _action_rows(one, today)} for one in found]


def _action_rows(recommendation: Recommendation, today: dt.date) -> list[dict[str, Any]]:
    return [
        {
            "action": one.action,
            "url": one.action.get_absolute_url(),
            "who": asked_of(one.action),
            "rag": rag_tag(one.action, today),
            "state": state_tag(one.action),
        }
        for one in recommendation.learned_actions.all()
    ]


class Timeline(OfReview, TemplateView):
    """The story of a review on one page."""

    template_name = "casereviews/timeline.html"
    related = RELATED

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review = self.review
        return super().get_context_data(
            title=f"Timeline of {review.code_name}",
            review=review,
            tags=_tags(review, timezone.localdate()),
            breadcrumbs=[crumb(), (review.reference, review.get_absolute_url())],
            chart=timeline.chart(review, timezone.localdate()),
            table=timeline.table(review),
            **kwargs,
        )


class Viewers(OfReview, TemplateView):
    """Who looked at the review, for who runs it."""

    template_name = "casereviews/viewers.html"

    def check(self) -> None:
        if not self.manages:
            raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Who looked at this review",
            review=self.review,
            breadcrumbs=[crumb(), (self.review.reference, self.review.get_absolute_url())],
            events=viewers(self.review, limit=200),
            of_plan=viewers(self.review.plan, limit=200) if self.review.plan else [],
            **kwargs,
        )


class GiveReason(OfReview, FormView):
    """Where a review asks for it: why somebody opens it. The reason stands on the trail; then the page opens."""

    template_name = "casereviews/form.html"
    form_class = forms.ReasonForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.find()  # nobody is asked about a review that does not exist for them
        return FormView.dispatch(self, request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        intro = "This review asks everybody who opens it for a reason. It is kept with your name and the time."
        return super().get_context_data(title="Why do you open this review?", intro=intro, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        viewed(self.review, by=self.user, reason=form.cleaned_data["reason"])
        given = self.request.session.get(REASONS, [])
        self.request.session[REASONS] = sorted({*given, str(self.review.pk)})
        target = self.request.GET.get("next", "")
        own = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
        return redirect(target if own and target.startswith("/") else self.review.get_absolute_url())
