"""Who the child was: opened for a purpose, corrected, and compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction

from lscb.accounts.models import Actor, User
from lscb.common.errors import RuleBroken
from lscb.trail.services import record, viewed

from ..ages import age_band
from ..models import NOTIFIER, PARTS, TEXTS, Death, DomainReview, Identity, Paper, Purpose, Review, dates_key, digits
from ..models.review import LEARNING
from .access import check_version, found_in, locked, must_know_children

SEEN = "Who the child was. {}"


def open_identity(*, death: Death, purpose: str, by: Actor) -> Identity:
    """The identity record, for a purpose that goes onto the trail with the person and the moment."""
    must_know_children(by)
    if death.identity_destroyed_on:
        raise RuleBroken("Who the child was has been destroyed, because its time was over.")
    viewed(death, by=by, reason=SEEN.format(Purpose(purpose).label))
    return Identity.objects.get(death=death)


@transaction.atomic
def note_seen(*, cases: Iterable[UUID], why: str, by: User) -> None:
    """That somebody saw who these children were on another page, or in a file, is on the trail of each."""
    must_know_children(by)
    for death in Death.objects.filter(pk__in=list(cases)).order_by("notified_on", "reference"):
        viewed(death, by=by, reason=SEEN.format(why))


@transaction.atomic
def change_identity(
    *, death: Death, version: int, born_on: dt.date, died_on: dt.date, by: Actor, today: dt.date, **texts: str
) -> Identity:
    """Correct or complete the record. Texts that the panel reads are looked through anew for what is known now.

    Raises Overtaken when another version is on file by now.
    """
    must_know_children(by)
    death = locked(death)
    identity = Identity.objects.select_for_update().get(death=death)
    check_version(identity.version, version, identity)
    if died_on > today or died_on > death.notified_on:
        raise RuleBroken("The date of death must not be after the day of the notification.", field="died_on")
    try:
        band = age_band(born_on, died_on)
    except ValueError as error:
        raise RuleBroken(str(error), field="born_on") from error
    new: dict[str, Any] = {name: texts[name].strip() for name in (*TEXTS, *NOTIFIER) if name in texts}
    new |= {"born_on": born_on, "died_on": died_on}
    changed = [name for name, value in new.items() if getattr(identity, name) != value]
    for name, value in new.items():
        setattr(identity, name, value)
    identity.version += 1
    identity.save()
    if death.is_open:
        death.age_band = band
        death.save(update_fields=["age_band"])
    look_through(death)
    fields = ", ".join(str(Identity._meta.get_field(name).verbose_name) for name in changed)  # type: ignore[union-attr]
    record(verb="corrected who the child was", by=by, target=death, reason=f"Fields: {fields or 'none'}")
    return identity


def mended(death: Death) -> None:
    """A text was written anew, and names nobody itself: where texts were held back, look whether all are right now."""
    if death.held_back:
        look_through(death)


def look_through(death: Death) -> None:
    """Hold the texts of a case back from the panel while one of them names somebody."""
    death.held_back = bool(found_in(death, _texts(death)))
    death.save(update_fields=["held_back"])


def _texts(death: Death) -> dict[str, str]:
    """Every text of the case that the panel may read."""
    texts: dict[str, str] = {}
    paper = Paper.objects.filter(death=death, state="released").first()
    if paper:
        texts |= {f"paper {part}": getattr(paper, part) for part in PARTS}
    review = Review.objects.get(death=death)
    texts |= {name: getattr(review, name) for name in LEARNING}
    texts |= {domain.domain: domain.text for domain in DomainReview.objects.filter(review=review)}
    for one in death.death_actions.select_related("action"):
        texts[f"action {one.action_id}"] = f"{one.action.what}\n{one.action.intended_outcome}"
    return texts


def twins_of(death: Death, *, by: Actor) -> list[Death]:
    """Other cases that may be the same child: by NHS number, or by the days of birth and death."""
    must_know_children(by)
    identity = Identity.objects.filter(death=death).first()
    if identity is None:
        return []
    same = Identity.objects.like(
        nhs_number=digits(identity.nhs_number), dates=dates_key(identity.born_on, identity.died_on)
    )
    joined = {death.pk, death.same_as_id}
    found = Death.objects.filter(identity__in=same).exclude(pk__in=[key for key in joined if key])
    return list(found.filter(same_as__isnull=True).order_by("notified_on", "reference"))


@transaction.atomic
def find_children(
    *, nhs_number: str = "", born_on: dt.date | None = None, died_on: dt.date | None = None, by: Actor
) -> list[Death]:
    """Cases of a child, by NHS number or by both days; that somebody looked is on the trail, what they typed and
    whether they found it is not."""
    must_know_children(by)
    number, dates = digits(nhs_number), dates_key(born_on, died_on)
    if not number and not dates:
        raise RuleBroken("Enter the NHS number, or both the date of birth and the date of death.", field="nhs_number")
    found = list(Death.objects.filter(identity__in=Identity.objects.like(nhs_number=number, dates=dates)))
    record(verb="looked for a child", by=by)
    return found
