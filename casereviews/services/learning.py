"""What is learned: themes, recommendations and their actions, and the briefing that agencies confirm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string

from lscb.accounts.models import Actor, Agency, CaseAccess, Grant
from lscb.accounts.roles import roles_with
from lscb.actions import services as actions
from lscb.actions.models import Action, ActionPlan
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken, check_version
from lscb.common.words import in_templates, naming
from lscb.jobs.services import queue_email
from lscb.trail.services import record

from ..access import MANAGE, may_confirm, may_confirm_for, must
from ..models import (
    Briefing,
    BriefingConfirmation,
    BriefingStep,
    CaseReview,
    LearnedAction,
    LearningTheme,
    Recommendation,
)
from ..models.learning import STEPS
from ..querysets import READ, TEACHES
from .reviews import locked

CONFIRMING = roles_with(TEACHES)

# ---- Themes, recommendations, actions -------------------------------------------------------------------------------


@transaction.atomic
def set_themes(*, review: CaseReview, themes: Iterable[LearningTheme], by: Actor) -> CaseReview:
    """The themes that this review teaches."""
    review = locked(review, by)
    before = review.themes.count()
    review.themes.set(themes)
    record(verb="set the themes", by=by, target=review, changes={"themes": (before, review.themes.count())})
    return review


@transaction.atomic
def add_theme(*, title: str, in_short: str, by: Actor) -> LearningTheme:
    """A theme for all reviews. It names no case."""
    must(by is None or by.for_whole_board(MANAGE))
    if not title.strip():
        raise RuleBroken("Enter the theme.", field="title")
    if LearningTheme.objects.filter(title__iexact=title.strip()).exists():
        raise RuleBroken("There is a theme of that name already.", field="title")
    order = (LearningTheme.objects.aggregate(last=Max("order"))["last"] or 0) + 1
    theme = LearningTheme.objects.create(title=title.strip(), in_short=in_short.strip(), order=order)
    record(verb="added a theme", by=by, target=theme)
    return theme


@transaction.atomic
def add_recommendation(
    *, review: CaseReview, text: str, theme: LearningTheme | None = None, by: Actor
) -> Recommendation:
    """By the author of the report. Its theme becomes one of the review's."""
    review = locked(review, by)
    if not text.strip():
        raise RuleBroken("Enter the recommendation.", field="text")
    number = (review.recommendations.aggregate(last=Max("number"))["last"] or 0) + 1
    found = Recommendation.objects.create(review=review, number=number, text=text.strip(), theme=theme)
    if theme:
        review.themes.add(theme)
    record(verb="added a recommendation", by=by, target=review, changes={"recommendation": (None, number)})
    return found


@transaction.atomic
def answer_recommendation(
    *,
    recommendation: Recommendation,
    what: str,
    due: dt.date,
    asked: Sequence[Asked],
    intended_outcome: str = "",
    on: dt.date,
    meeting: str = "",
    by: Actor,
    today: dt.date,
) -> Action:
    """An action of the partnership, in the plan of the review, which opens with its first action."""
    review = locked(recommendation.review, by)
    if review.plan is None:
        review.plan = actions.open_plan(
            title=review.reference, opened_on=on, group=review.group.code, permission=READ, case=review.pk, by=by
        )
        review.save(update_fields=["plan"])
    action = actions.add_action(
        plan=review.plan,
        what=what,
        due=due,
        asked=asked,
        intended_outcome=intended_outcome,
        on=on,
        meeting=meeting,
        by=by,
        today=today,
    )
    LearnedAction.objects.create(action=action, recommendation=recommendation, theme=recommendation.theme)
    record(verb="answered a recommendation", by=by, target=review)
    return action


@transaction.atomic
def plan_for_theme(
    *, plan: ActionPlan, theme: LearningTheme, what: str, due: dt.date, asked: Sequence[Asked], **kwargs: Any
) -> Action:
    """An action from a review that is not in the portal, in a plan of the group that watches case reviews."""
    action = actions.add_action(plan=plan, what=what, due=due, asked=asked, **kwargs)
    LearnedAction.objects.create(action=action, theme=theme)
    return action


# ---- The briefing ---------------------------------------------------------------------------------------------------


@transaction.atomic
def write_briefing(
    *,
    review: CaseReview,
    version: int,
    title: str,
    steps: Sequence[tuple[str, str]],
    workshop: str = "",
    workshop_link: str = "",
    video_link: str = "",
    by: Actor,
) -> Briefing:
    """The six steps (heading and text) and where to learn more. `version` 0 begins it; else raises Overtaken."""
    review = locked(review, by)
    briefing = Briefing.objects.select_for_update().filter(review=review).first()
    check_version(briefing, version, what="this briefing")
    _check_briefing(review, title, steps)
    briefing = briefing or Briefing(review=review, version=0)
    briefing.title, briefing.version = title.strip(), briefing.version + 1
    briefing.workshop, briefing.workshop_link = workshop.strip(), workshop_link
    briefing.video_link = video_link
    briefing.save()
    for order, (heading, text) in enumerate(steps, start=1):
        BriefingStep.objects.update_or_create(
            briefing=briefing, order=order, defaults={"heading": heading.strip(), "text": text.strip()}
        )
    record(verb="wrote the briefing", by=by, target=review)
    return briefing


@transaction.atomic
def share_briefing(*, briefing: Briefing, on: dt.date, by: Actor) -> Briefing:
    """Everybody who reads the board or answers for an agency may read it now; who answers is told that it waits."""
    review = locked(briefing.review, by)
    if briefing.is_shared:
        raise RuleBroken("The briefing is shared already.")
    if any(not step.text for step in briefing.steps.all()):
        raise RuleBroken("Write all six steps before you share the briefing.")
    briefing.shared_on = on
    briefing.save(update_fields=["shared_on"])
    _tell(briefing, on)
    record(verb="shared the briefing", by=by, target=review)
    return briefing


@transaction.atomic
def confirm_briefing(
    *, briefing: Briefing, agency: Agency, teams: str, on: dt.date, by: Actor, today: dt.date
) -> BriefingConfirmation:
    """An agency says that teams of its had the briefing."""
    must(may_confirm(by, briefing) and may_confirm_for(by, agency))
    if not teams.strip():
        raise RuleBroken("Say which teams had the briefing.", field="teams")
    if on > today:
        raise RuleBroken("The day must be today or earlier.", field="on")
    if briefing.shared_on and on < briefing.shared_on:
        raise RuleBroken("The briefing was not shared yet on that day. Enter a later day.", field="on")
    confirmed = BriefingConfirmation.objects.create(
        briefing=briefing, agency=agency, teams=teams.strip(), had_on=on, by=by
    )
    record(verb="confirmed a briefing", by=by, target=briefing, changes={"agency": (None, agency)})
    return confirmed


def _check_briefing(review: CaseReview, title: str, steps: Sequence[tuple[str, str]]) -> None:
    if not title.strip():
        raise RuleBroken("Enter a title for the briefing.", field="title")
    if len(steps) != len(STEPS):
        raise RuleBroken("A briefing has six steps.")
    for order, (heading, _) in enumerate(steps, start=1):
        if not heading.strip():
            raise RuleBroken(f"Enter a heading for step {order}.", field=f"heading_{order}")
    everything = " ".join([title, *(part for step in steps for part in step)]).lower()
    if review.code_name.lower() in everything:
        raise RuleBroken("The code name must not stand in the briefing: everybody may read it.")


def _tell(briefing: Briefing, on: dt.date) -> None:
    """One e-mail to each who answers for an agency: that it waits, and nothing of what it says."""
    walled = CaseAccess.objects.kept_out_of(briefing.review_id).values("user")
    grants = Grant.objects.in_force(on).filter(role__in=CONFIRMING).exclude(user__in=walled).select_related("user")
    body = render_to_string(
        "casereviews/email/briefing_waits.txt",
        {
            "link": settings.PORTAL_URL + briefing.get_absolute_url(),
            **in_templates(),
        },
    )
    for user in {grant.user for grant in grants}:
        queue_email(
            unique_key=f"briefing {briefing.pk} for {user.pk}",
            to=user.email,
            subject=f"{naming().board_short_name}: a learning briefing waits for your teams",
            body=body,
        )
