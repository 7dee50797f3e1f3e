"""Rules of the challenge log that no constraint can hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Exists, F, Max, OuterRef

from lscb.common.faults import Fault
from lscb.common.periods import FinancialYear

from ..models import Challenge, ChallengeCounter, ChallengeEvent, ChallengeResponse, Happened, PublishedChallenge
from ..models.challenge import ENDED


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold."""
    yield from _gaps()
    yield from _years_and_events()
    yield from _versions()
    for response in ChallengeResponse.objects.exclude(challenge__agencies=F("agency")).select_related("challenge"):
        yield Fault(
            f"Challenge {response.challenge} has an answer of an agency that it was not put to.", response.challenge
        )


def _gaps() -> Iterator[str]:
    counted = {counter.year: counter.last for counter in ChallengeCounter.objects.all()}
    years = Challenge.objects.order_by().values_list("year").annotate(Count("pk"), Max("number"))
    found = {year: (number, top) for year, number, top in years}
    for year in sorted({*counted, *found}):
        number, top = found.get(year, (0, 0))
        if not number == top == counted.get(year, 0):
            yield f"Challenges of {year}: {number} are on file, but numbers go to {top} and {counted.get(year, 0)}."


def _years_and_events() -> Iterator[str]:
    last = ChallengeEvent.objects.filter(challenge=OuterRef("pk"), happened__in=[Happened.RESOLVED, Happened.CLOSED])
    challenges = Challenge.objects.annotate(ended=Exists(last), put_to_how_many=Count("agencies"))
    for one in challenges.iterator(chunk_size=500):
        if FinancialYear.containing(one.raised_on) != one.year:
            yield Fault(f"Challenge {one} was raised on {one.raised_on}, in another year.", one)
        if one.ended != (one.status in ENDED):
            yield Fault(f"Challenge {one} is {one.get_status_display().lower()}, but its history says otherwise.", one)
        if not one.put_to_how_many:
            yield Fault(f"Challenge {one} is put to nobody.", one)


def _versions() -> Iterator[str]:
    versions = PublishedChallenge.objects.order_by().values("challenge").annotate(Count("pk"), Max("number"))
    for row in versions:
        if row["pk__count"] != row["number__max"]:
            yield f"Challenge {row['challenge']} has published versions that do not count from 1 without gaps."
