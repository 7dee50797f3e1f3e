"""What must hold of the dataset."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, F, Max

from lscb.common.faults import Fault

from .arithmetic import fits
from .document import digest
from .models import Edition, Figure, Indicator, IndicatorRevision, PublishedDataset
from .opendata import digest as digest_of_open_data
from .saying import said_now


def broken(today: dt.date) -> Iterator[str]:
    """Editions match their hash and are numbered without gaps; revisions too; figures fit their indicators."""
    for edition in Edition.objects.iterator(chunk_size=20):
        if digest(edition.content) != edition.digest:
            yield Fault(f"Dataset: {edition} does not match its hash.", edition)
    editions = Edition.objects.values("quarter").annotate(last=Max("number"), count=Count("pk"))
    for quarter in editions.order_by().exclude(last=F("count")).values_list("quarter", flat=True):
        yield f"Dataset: an edition of {quarter.label} is missing."
    revisions = Figure.objects.values("indicator", "period").annotate(last=Max("revision"), count=Count("pk"))
    for code, period in revisions.order_by().exclude(last=F("count")).values_list("indicator__code", "period"):
        yield f"Dataset: a revision of {code}, {period.label}, is missing."
    yield from _misfits()
    yield from _sayings()
    for published in PublishedDataset.objects.iterator(chunk_size=20):
        if digest_of_open_data(published.content) != published.digest:
            yield f"Dataset: {published} does not match its hash."


def _sayings() -> Iterator[str]:
    """The newest revision of what is said of an indicator is what the indicator says."""
    newest = {one.indicator_id: one.said for one in IndicatorRevision.objects.latest_revisions()}
    for indicator in Indicator.objects.all():
        said = newest.get(indicator.pk)
        if said is not None and said != said_now(indicator):
            yield Fault(f"Dataset: {indicator.code} says something else than its newest revision.", indicator)


def _misfits() -> Iterator[str]:
    figures = Figure.objects.values_list("indicator__code", "indicator__frequency", "period").distinct()
    for code, frequency, period in figures.order_by():
        if not fits(period, frequency):
            yield f"Dataset: {code} has a figure of {period.label}, which is not its frequency."
    for code in Indicator.objects.filter(definitions__isnull=True).values_list("code", flat=True):
        yield f"Dataset: {code} has no definition."
