"""Recording figures: each correction is the next revision, and what a figure says must follow from its parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dataset.checking import NewFigure, checked_figure, says
from dataset.models import Absence, AgencyReturn, Figure, Indicator, Status
from lscb.accounts.models import Actor, User
from lscb.accounts.permissions import Permission
from lscb.common.periods import Period, local_date
from lscb.trail.services import record


@dataclass(frozen=True)
class Recorded:
    """How many figures were recorded, and how many were there already just so."""

    new: int
    unchanged: int


def record_figure(
    *,
    indicator: Indicator,
    period: Period,
    value: Decimal | None = None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    absence: str = "",
    status: str = Status.FINAL,
    comment: str = "",
    by: Actor,
    at: dt.datetime | None = None,
) -> Figure:
    """Record a figure or its correction; what is there just so already is returned and nothing written.

    A value that its parts do not give is refused. Zero is a value; `absence` names why there is none.
    """
    new = NewFigure(indicator, period, value, numerator, denominator, absence, status, comment.strip())
    record_figures(figures=[new], by=by, at=at)
    return Figure.objects.latest_revisions().get(indicator=indicator, period=period)


@transaction.atomic
def record_figures(*, figures: Sequence[NewFigure], by: Actor, at: dt.datetime | None = None) -> Recorded:
    """Record many figures, all or none. One trail event per indicator tells them all.

    `at` is when they became known, for the portal's own loading of the past; it never lies before what is known.
    """
    at = at or timezone.now()
    for new in figures:
        must_submit(by, new.indicator)
    indicators = {new.indicator.pk for new in figures}
    list(Indicator.objects.select_for_update().filter(pk__in=indicators).order_by("pk"))
    last = _last_revisions(figures)
    checked = [checked_figure(new, today=local_date(at)) for new in figures]
    changed = [(new, last.get((new.indicator.pk, new.period))) for new in checked]
    changed = [(new, before) for new, before in changed if not says(before, new)]
    if any(before and before.recorded_at > at for _, before in changed):
        raise ValueError("A revision cannot be recorded before the one that it corrects.")
    Figure.objects.bulk_create([_revision(new, before, by, at) for new, before in changed])
    _tell(changed, by)
    return Recorded(new=len(changed), unchanged=len(figures) - len(changed))


def must_submit(by: Actor, indicator: Indicator) -> None:
    """The analyst records every figure, an agency its own."""
    if by is None or by.may(Permission.MANAGE_DATASET) or by.may(Permission.SUBMIT_FIGURES, indicator.source_agency):
        return
    raise PermissionDenied


def _last_revisions(figures: Iterable[NewFigure]) -> dict[tuple[int, Period], Figure]:
    """The newest revision of each, read in one query."""
    figures = list(figures)
    rows = Figure.objects.latest_revisions().filter(
        indicator__in={new.indicator.pk for new in figures}, period__in={str(new.period) for new in figures}
    )
    return {(row.indicator_id, row.period): row for row in rows}


def _revision(new: NewFigure, before: Figure | None, by: Actor, at: dt.datetime) -> Figure:
    return Figure(
        indicator=new.indicator,
        period=new.period,
        revision=before.revision + 1 if before else 1,
        numerator=new.numerator,
        denominator=new.denominator,
        value=new.value,
        absence=new.absence,
        status=new.status,
        comment=new.comment,
        recorded_at=at,
        recorded_by=by,
    )


def _tell(changed: Sequence[tuple[NewFigure, Figure | None]], by: Actor) -> None:
    told: dict[Indicator, dict[str, tuple[object, object]]] = {}
    for new, before in changed:
        told.setdefault(new.indicator, {})[new.period.label] = (before and _words(before), _words(new))
    for indicator in sorted(told, key=lambda one: one.pk):
        record(verb="recorded figures", by=by, target=indicator, changes=told[indicator])


def _words(one: Figure | NewFigure) -> str:
    said = Absence(one.absence).label if one.value is None else f"{one.value.normalize():f}"
    return f"{said} ({one.status})" if one.status == Status.PROVISIONAL else said


@transaction.atomic
def note_template(*, of_return: AgencyReturn, format: str, by: User) -> None:
    """Put onto the trail that an agency's figures left the portal as a file."""
    record(verb=f"took the figures as {format.upper()}", by=by, target=of_return)
