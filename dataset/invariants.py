"""What must hold of the dataset."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Max

from .arithmetic import fits
from .document import digest
from .models import Edition, Figure, Indicator


def broken(today: dt.date) -> Iterator[str]:
    """Editions match their hash and are numbered without gaps; revisions too; figures fit their indicators."""
    for edition in Edition.objects.iterator(chunk_size=20):
        if digest(edition.content) != edition.digest:
            yield f"Dataset: {edition} does not match its hash."
    for group in Edition.objects.values("quarter").annotate(last=Max("number"), count=Count("pk")).order_by():
        if group["last"] != group["count"]:
            yield f"Dataset: an edition of {group['quarter'].label} is missing."
    revisions = Figure.objects.values("indicator", "period").annotate(last=Max("revision"), count=Count("pk"))
    for group in revisions.order_by():
        if group["last"] != group["count"]:
            yield f"Dataset: a revision of indicator {group['indicator']}, {group['period'].label} is missing."
    yield from _misfits()


def _misfits() -> Iterator[str]:
    frequencies = dict(Indicator.objects.values_list("pk", "frequency"))
    for indicator, period in Figure.objects.values_list("indicator", "period").distinct().order_by():
        if not fits(period, frequencies[indicator]):
            yield f"Dataset: indicator {indicator} has a figure of {period.label}, which is not its frequency."
    for indicator in Indicator.objects.filter(definitions__isnull=True):
        yield f"Dataset: “{indicator}” has no definition."
