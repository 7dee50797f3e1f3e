"""Publishing a quarter of the log: what is previewed is exactly what is published, and then it is frozen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.periods import Quarter, local_date
from lscb.common.templatetags.portal import day
from lscb.trail.services import record

from ..models import Challenge, ChallengeEvent, Happened, Publication, PublishedChallenge

FROZEN = (
    *("reference", "year", "in_year", "raised_on", "forum", "raised_by", "put_to", "status"),
    *("title", "issue", "answer", "impact"),
)


@dataclass(frozen=True)
class Ready:
    """A challenge of the quarter, as it would be published now, beside the version that stands."""

    challenge: Challenge
    fresh: PublishedChallenge
    standing: PublishedChallenge | None

    @cached_property
    def differs(self) -> bool:
        """Whether publishing would change what the public reads."""
        return self.standing is None or _content(self.fresh) != _content(self.standing)

    @property
    def can_be_published(self) -> bool:
        return self.challenge.is_worded

    @property
    def word(self) -> str:
        if not self.challenge.is_worded:
            return "no public wording"
        if self.standing is None:
            return "not published"
        return "changed since" if self.differs else "published"

    @property
    def tone(self) -> str:
        return {"published": "green", "changed since": "amber", "not published": "blue"}.get(self.word, "grey")


def of_quarter(quarter: Quarter) -> list[Ready]:
    """The challenges raised in `quarter`, by number. A constant number of queries."""
    challenges = Challenge.objects.of_quarter(quarter).order_by("year", "number")
    related = challenges.select_related("group", "raised_by_group", "raised_by_agency")
    return _ready(related.prefetch_related("agencies__names", "raised_by_agency__names"))


def unpublished(quarters: Iterable[Quarter]) -> dict[Quarter, int]:
    """How many challenges of each quarter have words for the public that are not published."""
    first, last = min(quarters), max(quarters)
    challenges = Challenge.objects.filter(raised_on__gte=first.first_day, raised_on__lte=last.last_day)
    related = challenges.select_related("group", "raised_by_group", "raised_by_agency")
    counts: dict[Quarter, int] = {}
    for ready in _ready(related.prefetch_related("agencies__names", "raised_by_agency__names")):
        if ready.can_be_published and ready.differs:
            counts[ready.challenge.quarter] = counts.get(ready.challenge.quarter, 0) + 1
    return counts


def digest(versions: Iterable[PublishedChallenge]) -> str:
    """A fingerprint of what the public would read."""
    content = sorted((_content(version) for version in versions), key=lambda one: one["reference"])
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def publish_quarter(
    *, quarter: Quarter, challenges: Sequence[Challenge], seen: str | None = None, by: Actor, at: dt.datetime
) -> Publication:
    """Publish the chosen challenges of `quarter` as frozen versions. Those that would not change stay as they are.

    `seen` is the digest of the preview: what differs from it is not published, because nobody saw it. Sending the
    same form twice gives the same publication.
    """
    if by is not None and not by.for_whole_board(Permission.MANAGE_CHALLENGES):
        raise PermissionDenied
    keys = {challenge.pk for challenge in challenges}
    list(Challenge.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    chosen = [ready for ready in of_quarter(quarter) if ready.challenge.pk in keys]
    if not chosen or len(chosen) != len(keys):
        raise RuleBroken(f"Tick at least one challenge of {quarter.label}.", field="numbers")
    for ready in chosen:
        if not ready.can_be_published:
            raise RuleBroken(f"Write the public wording of {ready.challenge} first.", field="numbers")
    fingerprint = digest(ready.fresh for ready in chosen)
    if seen is not None and seen != fingerprint:
        raise RuleBroken("A challenge was changed while you were reading. Look at the preview again.")
    fresh = [ready for ready in chosen if ready.differs]
    if not fresh:
        again = Publication.objects.filter(quarter=quarter, digest=fingerprint).first()
        if again:
            return again
        raise RuleBroken("The public reads exactly this already. There is nothing to publish.", field="numbers")
    publication = Publication.objects.create(quarter=quarter, published_at=at, published_by=by, digest=fingerprint)
    for ready in fresh:
        _publish(ready, publication, at)
    events = [
        ChallengeEvent(challenge=ready.challenge, happened=Happened.PUBLISHED, on=local_date(at), by=by)
        for ready in fresh
    ]
    ChallengeEvent.objects.bulk_create(events)
    references = ", ".join(ready.challenge.reference for ready in fresh)
    record(verb="published challenges", by=by, target=publication, changes={"challenges": (None, references)})
    return publication


def _publish(ready: Ready, publication: Publication, at: dt.datetime) -> None:
    version = ready.fresh
    version.publication, version.published_at = publication, at
    version.number = ready.standing.number + 1 if ready.standing else 1
    version.save()
    record(verb="published a challenge", by=publication.published_by, target=ready.challenge)


def _ready(challenges: Iterable[Challenge]) -> list[Ready]:
    found = list(challenges)
    latest = PublishedChallenge.objects.standing().filter(challenge__in=found)
    standing = {version.challenge_id: version for version in latest}
    return [Ready(challenge, as_public(challenge), standing.get(challenge.pk)) for challenge in found]


def as_public(challenge: Challenge) -> PublishedChallenge:
    """The challenge as the public would read it now; agencies by their names of the day it was raised. Not saved."""
    names = sorted(agency.name_on(challenge.raised_on) for agency in challenge.agencies.all())
    return PublishedChallenge(
        challenge=challenge,
        reference=challenge.reference,
        year=challenge.year,
        in_year=challenge.number,
        raised_on=challenge.raised_on,
        forum=_forum(challenge),
        raised_by=_raised_by(challenge),
        put_to="\n".join(names),
        status=challenge.status,
        title=challenge.public_title,
        issue=challenge.public_issue,
        answer=challenge.public_answer,
        impact=challenge.public_impact,
    )


def _forum(challenge: Challenge) -> str:
    if challenge.group is None:
        return "Correspondence"
    return f"{challenge.group.name}, {day(challenge.met_on)}"


def _raised_by(challenge: Challenge) -> str:
    agency = challenge.raised_by_agency
    return agency.name_on(challenge.raised_on) if agency else challenge.raised_by


def _content(version: PublishedChallenge) -> dict[str, Any]:
    return {name: str(getattr(version, name)) for name in FROZEN}
