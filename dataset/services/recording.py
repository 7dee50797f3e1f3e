"""Recording figures: each correction is the next revision, and what a figure says must follow from its parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dataset.arithmetic import fits, from_parts
from dataset.models import Absence, Figure, Indicator, Status, Unit
from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear, Period, local_date
from lscb.common.rounding import round_half_up, show
from lscb.trail.services import record

from .defining import like

LARGEST = Decimal(10) ** 12
VALUE_PLACES = 6
PART_PLACES = 4


@dataclass(frozen=True)
class NewFigure:
    """A figure as it was sent: a value, its parts, or the reason why there is none."""

    indicator: Indicator
    period: Period
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    absence: str = ""
    status: str = Status.FINAL
    comment: str = ""


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
    changed = [(new, before) for new, before in changed if before is None or _said(before) != _said(new)]
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


def checked_figure(new: NewFigure, *, today: dt.date) -> NewFigure:
    """The figure with its value worked out from its parts. Raises RuleBroken naming the field that is wrong."""
    _check_period(new, today)
    if new.absence:
        return _checked_absence(new)
    _check_parts(new)
    _check_size(new)
    if new.numerator is None or new.denominator is None:
        if new.value is None:
            raise RuleBroken("Give the value, its numerator and denominator, or say why there is none.", field="value")
        value = new.value
    else:
        value = from_parts(new.indicator.unit, new.indicator.multiplier, new.numerator, new.denominator)
        _check_agrees(new, value)
    if new.indicator.unit == Unit.COUNT and value != value.to_integral_value():
        raise RuleBroken(f"{value:f} is not a whole number, and “{new.indicator}” is a count.", field="value")
    return replace(new, value=round_half_up(value, VALUE_PLACES))


def _check_period(new: NewFigure, today: dt.date) -> None:
    if not fits(new.period, new.indicator.frequency):
        comes = new.indicator.get_frequency_display().lower()
        raise RuleBroken(f"“{new.indicator}” comes {comes}: {like(new.indicator.frequency)}", field="period")
    over = new.period.first_day if isinstance(new.period, FinancialYear) else new.period.last_day
    if over > today:
        raise RuleBroken(f"{new.period.label} is not over yet. Check the period.", field="period")


def _checked_absence(new: NewFigure) -> NewFigure:
    if new.absence not in Absence.values:
        raise RuleBroken("Choose one of the reasons why there is no value.", field="absence")
    if new.value is not None or new.numerator is not None or new.denominator is not None:
        raise RuleBroken(
            f"There is a number and also “{Absence(new.absence).label.lower()}”. Keep one of the two.", field="absence"
        )
    return new


def _check_parts(new: NewFigure) -> None:
    indicator = new.indicator
    if indicator.unit == Unit.COUNT and new.denominator is not None:
        if indicator.multiplier is None:
            raise RuleBroken(f"“{indicator}” is a plain count and has no denominator.", field="denominator")
        if new.numerator is None and new.value is not None:
            raise RuleBroken("Write the count as the numerator too, or leave out the denominator.", field="numerator")
    if (new.numerator is None) != (new.denominator is None):
        missing = "numerator" if new.numerator is None else "denominator"
        raise RuleBroken(f"The {missing} is missing. Give both parts or neither.", field=missing)
    if new.denominator == 0:
        raise RuleBroken("Nothing can be a share of 0. Say “not applicable” instead.", field="denominator")


def _check_size(new: NewFigure) -> None:
    for field, number, places in (
        ("value", new.value, VALUE_PLACES),
        ("numerator", new.numerator, PART_PLACES),
        ("denominator", new.denominator, PART_PLACES),
    ):
        if number is None:
            continue
        if number < 0:
            raise RuleBroken(f"{number:f} is below zero. A figure is zero or more.", field=field)
        if number >= LARGEST:
            raise RuleBroken("A million millions or more is too large to be right. Check it.", field=field)
        if number != round_half_up(number, places):
            raise RuleBroken(f"{number:f} has more than {places} decimals. Round it.", field=field)


def _check_agrees(new: NewFigure, computed: Decimal) -> None:
    """What was sent as the value must be what the parts give, at the decimals that the indicator is shown with."""
    places = new.indicator.decimals
    if new.value is None or round_half_up(new.value, places) == round_half_up(computed, places):
        return
    given = max(places, -int(new.value.as_tuple().exponent))
    raise RuleBroken(
        f"{show(new.value, given)} does not follow from its parts: {show(new.numerator or 0)} of "
        f"{show(new.denominator or 0)} gives {show(computed, places)}. Correct the value or the parts.",
        field="value",
    )


def _last_revisions(figures: Iterable[NewFigure]) -> dict[tuple[int, Period], Figure]:
    """The newest revision of each, read in one query."""
    figures = list(figures)
    rows = Figure.objects.latest_revisions().filter(
        indicator__in={new.indicator.pk for new in figures}, period__in={str(new.period) for new in figures}
    )
    return {(row.indicator_id, row.period): row for row in rows}


def _said(one: Figure | NewFigure) -> tuple[object, ...]:
    """Everything a revision says; two that say the same are one."""
    return one.value, one.numerator, one.denominator, one.absence, one.status, one.comment


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
