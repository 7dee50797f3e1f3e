"""Rules of child deaths that no constraint can hold, proved by query for `check_data`. No sentence names anybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lscb.accounts.permissions import Permission
from lscb.common.faults import Fault

from .ages import age_band
from .models import FACTS, Death, DeathAction, DeathState, DomainReview, Factor, Identity, PanelCase, Review, factors_of
from .services.access import found_in


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold."""
    yield from _without_identity()
    yield from _ages()
    yield from _reviews()
    yield from _neonatal_panels()
    yield from _open_actions()
    yield from _texts_that_name()


def _without_identity() -> Iterator[str]:
    for death in Death.objects.filter(identity__isnull=True, identity_destroyed_on__isnull=True):
        yield Fault(f"Death {death} has no identity record.", death)
    for death in Death.objects.filter(review__isnull=True):
        yield Fault(f"Death {death} has no review.", death)


def _ages() -> Iterator[str]:
    for identity in Identity.objects.select_related("death").iterator(chunk_size=200):
        death = identity.death
        if death.is_open and age_band(identity.born_on, identity.died_on) != death.age_band:
            yield Fault(f"Death {death} stands in another age band than its days say.", death)


def _reviews() -> Iterator[str]:
    done = Review.objects.filter(death__state=DeathState.REVIEWED).select_related("death")
    for review in done.prefetch_related("categories", "domains"):
        if not review.categories.all() or not review.modifiable or any(not getattr(review, name) for name in FACTS):
            yield Fault(f"Death {review.death} is reviewed, but its review is not complete.", review.death)
        if review.death.processes.open().filter(ends_first=True).exists():
            yield Fault(f"Death {review.death} is reviewed, but a process that must end first is open.", review.death)
    for domain in DomainReview.objects.select_related("review__death"):
        coded = set(Factor.objects.filter(domain_review=domain).values_list("factor", flat=True))
        if coded != set(factors_of(domain.domain)):
            yield Fault(
                f"Death {domain.review.death}: not every factor of “{domain}” has its code.", domain.review.death
            )


def _neonatal_panels() -> Iterator[str]:
    for case in PanelCase.objects.filter(panel__is_neonatal=True).select_related("death"):
        if not case.death.is_neonatal:
            yield Fault(f"Death {case.death} came to a neonatal panel, but the child was older.", case.death)


def _open_actions() -> Iterator[str]:
    for one in DeathAction.objects.select_related("death", "action__plan"):
        if one.action.plan.permission != Permission.READ_CHILD_DEATHS:
            yield Fault(f"An action of death {one.death} is in a plan that others read.", one.death)


def _texts_that_name() -> Iterator[str]:
    """What is released names nobody."""
    released = Death.objects.filter(paper__state="released", held_back=False).select_related("paper")
    for death in released:
        if found_in(death, death.paper.texts):
            yield Fault(f"Death {death}: its released paper names somebody.", death)
