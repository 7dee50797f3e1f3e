"""A review comes, is decided, goes from stage to stage, and its facts change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from boards.models import Group
from lscb.accounts.models import Actor, Agency
from lscb.common.errors import RuleBroken, check_version
from lscb.common.templatetags.portal import day
from lscb.trail.services import changes_between, record

from ..access import may_manage, must
from ..models import CRITERIA, Answer, CaseReview, CriterionConsidered, ReviewKind, Stage, StageEvent
from ..models.review import (
    BY_RELEASE_ONLY,
    NEEDS_REASON,
    OF_THE_NEW_LAW,
    OF_THE_OLD_LAW,
    PRACTICE_REVIEWS_FROM,
    SERIOUS_CASE_REVIEWS_UNTIL,
    SETTLES_PUBLICATION,
)

FACTS = ("code_name", "kind", "referred_by", "referral", "lead_reviewer", "asks_reason")
WORDING = ("public_name", "public_status", "public_summary", "public_learning")
TOLD = ("kind", "asks_reason")
"""Of these the trail tells old and new; of everything else only that it changed."""


@transaction.atomic
def refer_review(
    *,
    code_name: str,
    kind: str,
    group: Group,
    referred_on: dt.date,
    referred_by: str,
    referral: str,
    agencies: Iterable[Agency] = (),
    by: Actor,
    today: dt.date,
) -> CaseReview:
    """Somebody asks for a review. `group` will decide. The kind must be one of the law of the day."""
    list(CaseReview.objects.select_for_update().order_by("pk").values_list("pk"))
    last = CaseReview.objects.aggregate(last=Max("number"))["last"] or 0
    review = CaseReview(
        number=last + 1,
        code_name=code_name.strip(),
        kind=kind,
        group=group,
        referred_on=referred_on,
        referred_by=referred_by.strip(),
        referral=referral.strip(),
    )
    _check_not_later(referred_on, today, field="referred_on")
    _check(review)
    review.save(force_insert=True)
    review.agencies.set(agencies)
    must(may_manage(by, review))
    StageEvent.objects.create(review=review, stage=Stage.REFERRED, on=referred_on, by=by)
    record(verb="referred", by=by, target=review, changes={"kind": (None, kind), "stage": (None, Stage.REFERRED)})
    return review


@transaction.atomic
def decide_review(
    *,
    review: CaseReview,
    considered_on: dt.date,
    answers: Mapping[str, str],
    agreed: bool,
    decided_on: dt.date,
    reason: str,
    by: Actor,
    today: dt.date,
) -> CaseReview:
    """The group considered every criterion (`answers`: criterion to answer) and agreed a review, or not, and why."""
    review = locked(review, by)
    for criterion in CRITERIA[review.kind]:
        if answers.get(criterion) not in Answer.values:
            raise RuleBroken(f"Answer this criterion: {criterion.label}.", field=criterion.value)
    for name in answers:
        if name not in CRITERIA[review.kind]:
            raise RuleBroken("This criterion is not asked for this kind of review.", field=name)
    if not reason.strip():
        raise RuleBroken("Write down why the group decided so.", field="reason")
    if decided_on < considered_on:
        raise RuleBroken("The decision cannot be before the day it was considered.", field="decided_on")
    _reach(review, Stage.CONSIDERED, considered_on, "", by, today, field="considered_on")
    CriterionConsidered.objects.bulk_create(
        CriterionConsidered(review=review, criterion=criterion, answer=answers[criterion])
        for criterion in CRITERIA[review.kind]
    )
    outcome = Stage.AGREED if agreed else Stage.NOT_PROGRESSED
    _reach(review, outcome, decided_on, reason, by, today, field="decided_on")
    record(verb="decided", by=by, target=review, changes={"stage": (Stage.REFERRED, outcome)})
    return review


@transaction.atomic
def reach_stage(
    *, review: CaseReview, stage: str, on: dt.date, text: str = "", by: Actor, today: dt.date
) -> CaseReview:
    """Go to the next stage. The decision and the publication have services of their own."""
    review = locked(review, by)
    before = review.stage
    if stage == BY_RELEASE_ONLY or before in (Stage.REFERRED, Stage.CONSIDERED):
        raise RuleBroken("This stage is reached by deciding, or by publishing.", field="stage")
    if stage == Stage.CLOSED:
        _check_can_close(review, on)
    _reach(review, stage, on, text, by, today)
    record(verb="reached a stage", by=by, target=review, changes={"stage": (before, stage)})
    return review


@transaction.atomic
def change_review(
    *, review: CaseReview, version: int, agencies: Iterable[Agency], by: Actor, **facts: Any
) -> CaseReview:
    """Write the facts (`FACTS`) anew. Raises Overtaken when another version is on file by now."""
    review = current(review, version, by)
    before = {name: getattr(review, name) for name in FACTS}
    for name in FACTS:
        value = facts[name]
        setattr(review, name, value.strip() if isinstance(value, str) else value)
    _check(review)
    changed = changes_between(before, {name: getattr(review, name) for name in FACTS})
    chosen = set(agencies)
    if chosen == set(review.agencies.all()) and not changed:
        return review
    review.agencies.set(chosen)
    return _keep(review, "changed", by, {name: changed[name] for name in TOLD if name in changed})


@transaction.atomic
def write_public_words(*, review: CaseReview, version: int, by: Actor, **words: str) -> CaseReview:
    """What the public may be told (`WORDING`), apart from the board's own words. Raises Overtaken as above."""
    review = current(review, version, by)
    for name in WORDING:
        setattr(review, name, words[name].strip())
    if review.code_name and any(review.code_name.lower() in getattr(review, name).lower() for name in WORDING):
        raise RuleBroken("The code name must not stand in the public wording.", field="public_name")
    return _keep(review, "worded for the public", by, {})


# ---- Parts that the other services share ----------------------------------------------------------------------------


def locked(review: CaseReview, by: Actor) -> CaseReview:
    """The review, locked, for who may run it."""
    must(may_manage(by, review))
    return CaseReview.objects.select_for_update(of=("self",)).select_related("group", "plan").get(pk=review.pk)


def current(review: CaseReview, version: int, by: Actor) -> CaseReview:
    """The review, locked, when nobody changed its texts since `version` was read."""
    found = locked(review, by)
    check_version(found, version, what="this review")
    return found


def reach_published(review: CaseReview, on: dt.date, by: Actor, today: dt.date) -> None:
    """For the release alone."""
    _reach(review, Stage.PUBLISHED, on, "", by, today)


def check_day(review: CaseReview, on: dt.date, today: dt.date, *, field: str = "on") -> None:
    """Nothing happens to a review in the future or before it was referred."""
    _check_not_later(on, today, field=field)
    if on < review.referred_on:
        raise RuleBroken(f"The review was referred on {day(review.referred_on)}. Enter a later day.", field=field)


def _reach(
    review: CaseReview, stage: str, on: dt.date, text: str, by: Actor, today: dt.date, *, field: str = "on"
) -> None:
    if not review.may_become(stage):
        words = Stage(review.stage).label.lower()
        raise RuleBroken(f"This cannot be done while the review is “{words}”. Look at its stages.")
    if stage in NEEDS_REASON and not text.strip():
        raise RuleBroken("Give the reason.", field="text")
    check_day(review, on, today, field=field)
    last = review.stages.last()
    if last and on < last.on:
        raise RuleBroken(f"The stage before was reached on {day(last.on)}. Enter that day or later.", field=field)
    StageEvent.objects.create(review=review, stage=stage, on=on, text=text.strip(), by=by)
    review.stage = stage
    review.save(update_fields=["stage"])


def _check_can_close(review: CaseReview, on: dt.date) -> None:
    if not review.stages.filter(stage__in=SETTLES_PUBLICATION).exists():
        raise RuleBroken("Publish the review first, or record why it is not to be published.")
    if review.plan and review.plan.actions.live().exists():
        raise RuleBroken("Its action plan has actions that are not signed off. Close the review when they are.")


def _check(review: CaseReview) -> None:
    for name, words in (
        ("code_name", "a code name"),
        ("referred_by", "who asked for it"),
        ("referral", "why a review is asked for"),
    ):
        if not getattr(review, name):
            raise RuleBroken(f"Enter {words}.", field=name)
    if CaseReview.objects.filter(code_name__iexact=review.code_name).exclude(pk=review.pk).exists():
        raise RuleBroken("Another review has this code name. Choose another one.", field="code_name")
    if review.kind in OF_THE_NEW_LAW and review.referred_on < PRACTICE_REVIEWS_FROM:
        kind, first = ReviewKind(review.kind).label.lower(), day(PRACTICE_REVIEWS_FROM)
        raise RuleBroken(f"There was no {kind} before {first}. Choose another kind.", field="kind")
    if review.kind in OF_THE_OLD_LAW and review.referred_on > SERIOUS_CASE_REVIEWS_UNTIL:
        kind, last = ReviewKind(review.kind).label.lower(), day(SERIOUS_CASE_REVIEWS_UNTIL)
        raise RuleBroken(f"No {kind} was begun after {last}. Choose another kind.", field="kind")
    if review.stages.filter(stage=Stage.CONSIDERED).exists():
        considered = set(review.criteria.values_list("criterion", flat=True))
        if considered != set(CRITERIA[review.kind]):
            raise RuleBroken("It was decided by other criteria. A review keeps its old kind.", field="kind")


def _check_not_later(on: dt.date, today: dt.date, *, field: str = "on") -> None:
    if on > today:
        raise RuleBroken("The day must be today or earlier.", field=field)


def _keep(review: CaseReview, verb: str, by: Actor, changes: Mapping[str, tuple[Any, Any]]) -> CaseReview:
    review.version += 1
    review.save()
    record(verb=verb, by=by, target=review, changes=changes)
    return review
