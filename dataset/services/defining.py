"""What is measured and how it is defined; what it is compared with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dataset.arithmetic import fits
from dataset.checking import like
from dataset.models import (
    CODE,
    Against,
    Comparator,
    ComparatorSet,
    DefinitionVersion,
    Frequency,
    Indicator,
    IndicatorRevision,
    Kind,
    Unit,
)
from dataset.saying import said_now
from lscb.accounts.models import Actor, Agency
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear, Period, Quarter
from lscb.common.rag import Polarity
from lscb.trail.services import changes_between, record

MEANING = ("unit", "multiplier", "kind", "frequency")
"""What may not change once there are figures: it would give them another meaning."""


class Details(TypedDict, total=False):
    """Everything else that is known of an indicator; see the model for each."""

    title: str
    source_agency: Agency
    multiplier: int | None
    numerator_label: str
    denominator_label: str
    decimals: int
    polarity: str
    target: Decimal | None
    tolerance: Decimal | None
    expected_change: int
    part_of: Indicator | None
    on_main: bool
    on_met: bool
    wants_neighbours: bool
    wants_region: bool
    wants_england: bool
    disclosure_class: str
    position: int
    active_from: Quarter | None
    active_to: Quarter | None


class AllDetails(Details, total=False):
    unit: str
    kind: str
    frequency: str


@transaction.atomic
def define_indicator(
    *,
    code: str,
    unit: str,
    kind: str,
    frequency: str = Frequency.QUARTER,
    definition: str,
    by: Actor,
    at: dt.datetime | None = None,
    **details: Unpack[Details],
) -> Indicator:
    """Begin a new indicator with its first definition, which holds from the start."""
    must_manage(by)
    if not re.fullmatch(CODE, code):
        raise RuleBroken(
            "Write the code in lower-case letters, digits and underscores, like looked_after.", field="code"
        )
    if Indicator.objects.filter(code=code).exists():
        raise RuleBroken(f"There is an indicator “{code}” already. Choose another code.", field="code")
    if not definition.strip():
        raise RuleBroken("Say how it is counted: an indicator needs a definition.", field="definition")
    indicator = Indicator(code=code, unit=unit, kind=kind, frequency=frequency, **details)
    _check(indicator)
    _check_title(indicator)
    indicator.save(force_insert=True)
    at = at or timezone.now()
    DefinitionVersion.objects.create(
        indicator=indicator, number=1, text=definition.strip(), recorded_at=at, recorded_by=by
    )
    _say(indicator, by, at)
    record(verb="defined", by=by, target=indicator, changes={"definition": (None, definition)})
    return indicator


@transaction.atomic
def change_indicator(
    *, indicator: Indicator, by: Actor, at: dt.datetime | None = None, **details: Unpack[AllDetails]
) -> Indicator:
    """Change what is said of an indicator. How it is counted changes by `redefine_indicator` alone.

    What was said before stays known: a quarter compiled as at an earlier moment has the title and target of then.
    """
    must_manage(by)
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    changes = changes_between({field: getattr(indicator, field) for field in details}, details)
    if set(MEANING) & set(changes) and indicator.figures.exists():
        raise RuleBroken(
            "Unit, kind, frequency and what it is per cannot change once there are figures: "
            "they would mean something else. Define a new indicator.",
            field=next(field for field in MEANING if field in changes),
        )
    for field, (_, new) in changes.items():
        setattr(indicator, field, new)
    _check(indicator)
    if "title" in changes:
        _check_title(indicator)
    if changes:
        indicator.save(update_fields=list(changes))
        _say(indicator, by, at or timezone.now())
        record(verb="changed", by=by, target=indicator, changes=changes)
    return indicator


@transaction.atomic
def redefine_indicator(
    *,
    indicator: Indicator,
    text: str,
    from_period: Period,
    note: str = "",
    by: Actor,
    at: dt.datetime | None = None,
) -> DefinitionVersion:
    """Count differently from a period on. The series breaks there: no change is computed across it."""
    must_manage(by)
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    last = indicator.definitions.order_by("-number")[0]
    if not fits(from_period, indicator.frequency):
        raise RuleBroken(f"“{indicator}” comes {_every(indicator)}: {like(indicator.frequency)}", field="from_period")
    if last.from_period is not None and str(from_period) <= str(last.from_period):
        raise RuleBroken(
            f"The present definition holds from {last.from_period.label}. A new one begins later.", field="from_period"
        )
    if not text.strip():
        raise RuleBroken("Say how it is counted from then on.", field="text")
    version = DefinitionVersion.objects.create(
        indicator=indicator,
        number=last.number + 1,
        text=text.strip(),
        from_period=from_period,
        note=note.strip(),
        recorded_at=at or timezone.now(),
        recorded_by=by,
    )
    record(
        verb="redefined",
        by=by,
        target=indicator,
        changes={"definition": (last.text, version.text), "from_period": (None, from_period)},
        reason=note,
    )
    return version


@transaction.atomic
def set_comparator(
    *,
    indicator: Indicator,
    against: str,
    year: FinancialYear,
    value: Decimal,
    period_label: str,
    name: str = "",
    source: str = "",
    by: Actor,
    at: dt.datetime | None = None,
) -> Comparator:
    """Say what others have, to be shown beside the figures of `year`, with the period it is really of."""
    must_manage(by)
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    if not period_label.strip():
        raise RuleBroken("Say which period the comparator is of.", field="period_label")
    last = indicator.comparators.filter(against=against, year=year).order_by("-revision").first()
    said = {"name": name.strip(), "period_label": period_label.strip(), "value": value, "source": source.strip()}
    if last and all(getattr(last, field) == new for field, new in said.items()):
        return last
    comparator = Comparator.objects.create(
        indicator=indicator,
        against=Against(against),
        year=year,
        revision=last.revision + 1 if last else 1,
        **said,
        recorded_at=at or timezone.now(),
        recorded_by=by,
    )
    told = f"{comparator.called}, {year}"
    record(verb="compared", by=by, target=indicator, changes={told: (last.value if last else None, value)})
    return comparator


@transaction.atomic
def choose_comparator_set(
    *,
    against: str,
    from_year: FinancialYear,
    members: Sequence[str],
    source: str = "",
    by: Actor,
    at: dt.datetime | None = None,
) -> ComparatorSet:
    """Say who the others are from a year on. Before it the set chosen earlier holds."""
    must_manage(by)
    names = list(dict.fromkeys(name.strip() for name in members if name.strip()))
    if not names:
        raise RuleBroken("Name at least one area.", field="members")
    if against == Against.ENGLAND:
        raise RuleBroken("England is one place and needs no set.", field="against")
    rows = ComparatorSet.objects.select_for_update().filter(against=against, from_year=from_year)
    last = rows.order_by("-revision").first()
    said = {"members": "\n".join(names), "source": source.strip()}
    if last and all(getattr(last, field) == new for field, new in said.items()):
        return last
    chosen = ComparatorSet.objects.create(
        against=Against(against),
        from_year=from_year,
        revision=last.revision + 1 if last else 1,
        **said,
        recorded_at=at or timezone.now(),
        recorded_by=by,
    )
    changes = {"members": ("; ".join(last.names) if last else None, "; ".join(names))}
    record(verb="chose the comparator set", by=by, target=chosen, changes=changes)
    return chosen


def must_manage(by: Actor) -> None:
    if by is not None and not by.may(Permission.MANAGE_DATASET):
        raise PermissionDenied


def _every(indicator: Indicator) -> str:
    return indicator.get_frequency_display().lower()


def _say(indicator: Indicator, by: Actor, at: dt.datetime) -> None:
    """Keep what is said from now on."""
    last = indicator.revisions.order_by("-revision").values_list("revision", flat=True).first() or 0
    IndicatorRevision.objects.create(
        indicator=indicator, revision=last + 1, said=said_now(indicator), recorded_at=at, recorded_by=by
    )


def _check_title(indicator: Indicator) -> None:
    """A measure that is counted differently is not a new one: two live indicators never share a title."""
    same = Indicator.objects.filter(title__iexact=indicator.title.strip()).exclude(pk=indicator.pk)
    for other in same:
        apart = (other.active_to and indicator.active_from and other.active_to < indicator.active_from) or (
            indicator.active_to and other.active_from and indicator.active_to < other.active_from
        )
        if not apart:
            raise RuleBroken(
                f"“{other.title}” is an indicator already ({other.code}). If it is counted differently, record a new "
                "definition there; if it is another measure, give it another title.",
                field="title",
            )


def _check(indicator: Indicator) -> None:
    """The sentences for what the database would refuse."""
    rules: tuple[tuple[bool, str, str], ...] = (
        (not indicator.title.strip(), "Give the indicator a title.", "title"),
        (
            indicator.unit == Unit.RATE and indicator.multiplier not in (1000, 10000),
            "Say whether the rate is per 1,000 or per 10,000.",
            "multiplier",
        ),
        (
            indicator.unit in (Unit.PERCENT, Unit.DAYS) and indicator.multiplier is not None,
            "Only a rate, or a count shown as a rate, is per 1,000 or 10,000.",
            "multiplier",
        ),
        (
            (indicator.kind == Kind.ANNUAL) != (indicator.frequency == Frequency.YEAR),
            "An annual indicator comes every year, and only an annual one does.",
            "frequency",
        ),
        (
            indicator.tolerance is not None and (indicator.target is None or indicator.tolerance < 0),
            "A tolerance is zero or more, and needs a target.",
            "tolerance",
        ),
        (
            indicator.target is not None and indicator.polarity == Polarity.NEITHER,
            "A target needs to know whether higher or lower is better.",
            "polarity",
        ),
        (
            bool(indicator.active_from and indicator.active_to and indicator.active_to < indicator.active_from),
            "The last quarter cannot come before the first.",
            "active_to",
        ),
    )
    for broken, sentence, field in rules:
        if broken:
            raise RuleBroken(sentence, field=field)
    _check_whole(indicator)


def _check_whole(indicator: Indicator) -> None:
    """A part is counted like its whole, and a whole is not a part of something itself."""
    whole: Any = indicator.part_of
    if whole is None:
        return
    if whole.pk == indicator.pk or whole.part_of_id is not None:
        raise RuleBroken("Choose a whole that is not a part itself.", field="part_of")
    if (whole.unit, whole.kind, whole.frequency) != (indicator.unit, indicator.kind, indicator.frequency):
        raise RuleBroken("A part has the unit, kind and frequency of its whole.", field="part_of")
