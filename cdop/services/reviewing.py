"""The review at the panel, part by part, and its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from boards.meetings import services as meetings
from boards.models import Meeting
from lscb.accounts.models import Actor
from lscb.actions.models import Action
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from ..ages import whole_months
from ..models import (
    FACTS,
    LEARNING,
    Category,
    Death,
    DeathAction,
    DeathMove,
    Domain,
    DomainReview,
    Factor,
    Identity,
    Influence,
    Modifiable,
    Paper,
    Review,
    ReviewCategory,
    factors_of,
)
from .access import check_version, must_be_open, must_manage, must_name_nobody
from .cases import move
from .identity import mended


@transaction.atomic
def record_facts(*, death: Death, version: int, by: Actor, **facts: str) -> Review:
    """Sex, ethnicity, expected or not, place, event, plan, order, asylum: codes, each of which may be "not known"."""
    if unknown := set(facts) - set(FACTS):
        raise TypeError(f"{', '.join(sorted(unknown))} is not a fact of a review.")
    review = _being_reviewed(death, by)
    check_version(review.facts_version, version, review)
    for name, code in facts.items():
        setattr(review, name, code)
    review.facts_version += 1
    review.save()
    record(verb="recorded facts", by=by, target=review.death)
    return review


@transaction.atomic
def review_domain(
    *, death: Death, domain: str, version: int, text: str, influence: Mapping[str, str], by: Actor
) -> DomainReview:
    """One domain: each of its factors gets a code of influence. `version` is 0 when it was not saved yet."""
    review = _being_reviewed(death, by)
    found = DomainReview.objects.select_for_update().filter(review=review, domain=domain).first()
    check_version(found.version if found else 0, version, found)
    known = factors_of(domain)
    for code in known:
        if influence.get(code) not in Influence:
            raise RuleBroken(f"Choose an influence code: {known[code].lower()}.", field=code)
    must_name_nobody(review.death, {"text": text})
    one = found or DomainReview(review=review, domain=Domain(domain), version=0)
    one.text, one.version = text.strip(), one.version + 1
    one.save()
    one.factors.all().delete()
    Factor.objects.bulk_create(Factor(domain_review=one, factor=code, influence=influence[code]) for code in known)
    mended(review.death)
    record(verb="reviewed a domain", by=by, target=review.death, reason=one.get_domain_display())
    return one


@transaction.atomic
def record_finding(*, death: Death, version: int, categories: Collection[str], modifiable: str, by: Actor) -> Review:
    """The categories that apply, of which the first in order of precedence is primary, and whether anything could
    have been different."""
    review = _being_reviewed(death, by)
    check_version(review.finding_version, version, review)
    if not categories:
        raise RuleBroken("Tick at least one category.", field="categories")
    review.modifiable = Modifiable(modifiable)
    review.finding_version += 1
    review.save()
    review.categories.all().delete()
    ReviewCategory.objects.bulk_create(
        ReviewCategory(review=review, category=one) for one in Category if one in categories
    )
    record(verb="recorded the finding", by=by, target=review.death)
    return review


@transaction.atomic
def record_learning(*, death: Death, version: int, by: Actor, **texts: str) -> Review:
    """Issues, learning, recommendations, and the reference of a case review that the death is tied to."""
    if unknown := set(texts) - set(LEARNING):
        raise TypeError(f"{', '.join(sorted(unknown))} is not part of the learning.")
    review = _being_reviewed(death, by)
    check_version(review.learning_version, version, review)
    must_name_nobody(review.death, texts)
    for name, text in texts.items():
        setattr(review, name, text.strip())
    review.learning_version += 1
    review.save()
    mended(review.death)
    record(verb="recorded learning", by=by, target=review.death)
    return review


@transaction.atomic
def add_action(
    *,
    death: Death,
    meeting: Meeting,
    what: str,
    due: dt.date,
    asked: Sequence[Asked],
    intended_outcome: str = "",
    by: Actor,
    today: dt.date | None = None,
) -> Action:
    """An action from this review on the panel's confidential plan. Only the panel and who runs it read that plan."""
    must_manage(by)
    death = Death.objects.get(pk=death.pk)
    if not death.panel_cases.filter(panel__meeting=meeting).exists():
        raise RuleBroken("The case was not at that meeting.", field="meeting")
    must_name_nobody(death, {"what": what, "intended_outcome": intended_outcome})
    action = meetings.raise_action(
        meeting=meeting, what=what, due=due, asked=asked, intended_outcome=intended_outcome, by=by, today=today
    )
    DeathAction.objects.create(death=death, action=action, added_by=by)
    record(verb="added an action", by=by, target=death, changes={"action": (None, action.number)})
    return action


@transaction.atomic
def complete_review(*, death: Death, meeting: Meeting, by: Actor) -> Death:
    """The panel completed its review at `meeting`; the case is closed on the day of that meeting."""
    review = _being_reviewed(death, by)
    death = review.death
    if not meeting.is_held or not death.panel_cases.filter(panel__meeting=meeting).exists():
        raise RuleBroken(
            "A review is completed at a meeting that was held and had the case on its list.", field="meeting"
        )
    for sentence in missing(death):
        raise RuleBroken(sentence)
    move(death, DeathMove.REVIEWED)
    death.ended_on = meeting.day
    death.months_to_review = whole_months(Identity.objects.get(death=death).died_on, meeting.day)
    death.save(update_fields=["state", "ended_on", "months_to_review"])
    record(verb="completed the review", by=by, target=death, changes={"ended_on": (None, meeting.day)})
    return death


def missing(death: Death) -> list[str]:
    """What is to be done before the review can be completed, as sentences; nothing when it can."""
    review = Review.objects.prefetch_related("domains", "categories").get(death=death)
    saved = {one.domain for one in review.domains.all()}
    sentences = [f"“{label}” is not reviewed yet." for domain, label in Domain.choices if domain not in saved]
    if any(not getattr(review, name) for name in FACTS):
        sentences.insert(0, "Some of the facts are not recorded yet. “Not known” is an answer, too.")
    if not review.modifiable or not review.categories.all():
        sentences.append("Category and modifiable factors are not recorded yet.")
    if not Paper.objects.filter(death=death, state="released").exists():
        sentences.append("The anonymised paper is not released yet.")
    if death.held_back:
        sentences.append("A text of this case names somebody. Mend it first.")
    for process in death.processes.open().filter(ends_first=True):
        sentences.append(f"{process.get_kind_display()}: this must end before the review closes.")
    return sentences


def _being_reviewed(death: Death, by: Actor) -> Review:
    must_manage(by)
    death = must_be_open(death)
    review = Review.objects.select_for_update(of=("self",)).get(death=death)
    review.death = death
    return review
