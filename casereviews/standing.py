"""Where a review stands: its clock, what stops it, what its stage is called. Reads prefetched rows, asks nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from lscb.common.lists import Tag

from .elapsed import days_elapsed, in_words
from .models import CaseReview, Pause, PauseScope, Stage
from .models.review import ENDED, SETTLES_PUBLICATION

STOPS_THE_CLOCK = (*SETTLES_PUBLICATION, *ENDED)
TONES: dict[str, str] = {
    Stage.REFERRED: "amber",
    Stage.CONSIDERED: "amber",
    Stage.NOT_PROGRESSED: "grey",
    Stage.PUBLISHED: "green",
    Stage.CLOSED: "grey",
}


def stage_tag(review: CaseReview) -> Tag:
    return Tag(review.get_stage_display().lower(), TONES.get(review.stage, "blue"))


def running_pauses(review: CaseReview, on: dt.date) -> list[Pause]:
    return [one for one in review.pauses.all() if one.starts_on <= on and (one.ends_on is None or on < one.ends_on)]


def pause_tag(review: CaseReview, on: dt.date) -> Tag | None:
    """Whether all or a part of it stands still; nothing when it goes on."""
    scopes = {pause.scope for pause in running_pauses(review, on)}
    if PauseScope.WHOLE in scopes:
        return Tag("paused", "red")
    return Tag("part halted", "amber") if scopes else None


def expected_tag(review: CaseReview, on: dt.date) -> Tag | None:
    """That the report is late by the date that was last said."""
    reached = {event.stage for event in review.stages.all()}
    late = review.report_expected and review.report_expected < on and Stage.RECEIVED not in reached
    return Tag("report late", "red") if late and review.is_running else None


def clock(review: CaseReview, on: dt.date) -> int:
    """Days from the agreement (before it, from the referral) to the publication, or the end, or `on`; without the
    days on which the whole review was paused."""
    starts = _first(review, (Stage.AGREED,)) or review.referred_on
    until = min(on, _first(review, STOPS_THE_CLOCK) or on)
    whole = [(one.starts_on, one.ends_on) for one in review.pauses.all() if one.scope == PauseScope.WHOLE]
    return days_elapsed(starts, until, whole)


def elapsed(review: CaseReview, on: dt.date) -> str:
    return in_words(clock(review, on))


def _first(review: CaseReview, stages: Iterable[str]) -> dt.date | None:
    return min((event.on for event in review.stages.all() if event.stage in stages), default=None)
