"""What the public may see of the counts: small numbers of children are hidden, unless a named person showed them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lscb.common.periods import FinancialYear
from lscb.common.small_numbers import Cell, Hidden, Shown, SmallNumberPolicy, suppress_row
from lscb.common.templatetags.portal import day

from .counting import SPLITS, Counts, Reviewed
from .models import Lift, Modifiable

POLICY = SmallNumberPolicy(threshold=5)
LIFTED = SmallNumberPolicy(threshold=0)

Kinds = Sequence[tuple[str, str]]
MODIFIABLE = "Modifiable factors"


@dataclass(frozen=True)
class Split:
    """One table of a single column. `cells` are by code; a row that counts nobody stays."""

    title: str
    labels: Mapping[str, str]
    cells: Mapping[str, Cell]
    total: Cell


@dataclass(frozen=True)
class PublicFigures:
    """`reviewed` is hidden when a table has to hide its total: it would give that total back."""

    notified: Cell
    reviewed: Cell
    awaiting: Cell
    splits: Mapping[str, Split]
    note: str


def policy_of(year: FinancialYear) -> tuple[SmallNumberPolicy, str]:
    """The policy of a year, and the sentence that is printed with it."""
    lift = Lift.objects.filter(year=year).select_related("lifted_by").first()
    if lift is None:
        return POLICY, POLICY.note
    return LIFTED, f"Small numbers are shown by decision of {lift.lifted_by}, {day(lift.lifted_on)}. {lift.reason}"


def public_figures(reviews: Sequence[Reviewed], counted: Counts, policy: SmallNumberPolicy, note: str) -> PublicFigures:
    """Each split by itself, never crossed with another: with a total that is printed once for all of them."""
    splits = {title: _split(title, kinds, [key(one) for one in reviews], policy) for title, kinds, key in SPLITS}
    splits[MODIFIABLE] = _split(MODIFIABLE, Modifiable.choices, [one.modifiable for one in reviews], policy)
    totals = [split.total for split in splits.values()]
    hidden = next((total for total in totals if isinstance(total, Hidden)), None)
    if hidden:
        splits = {title: _without_total(split, hidden) for title, split in splits.items()}
    return PublicFigures(
        notified=policy.show(counted.notified),
        reviewed=hidden or policy.show(counted.reviewed),
        awaiting=policy.show(counted.awaiting),
        splits=splits,
        note=note,
    )


def _split(title: str, kinds: Kinds, codes: Sequence[str], policy: SmallNumberPolicy) -> Split:
    cells, total = suppress_row([codes.count(code) for code, _ in kinds], policy)
    labels = {str(code): str(label) for code, label in kinds}
    return Split(title, labels, dict(zip(labels, cells, strict=True)), total)


def _without_total(split: Split, hidden: Hidden) -> Split:
    """A row that counts everybody would be the total."""
    total = split.total
    if isinstance(total, Shown) and total in split.cells.values():
        cells = {code: hidden if cell == total else cell for code, cell in split.cells.items()}
        return Split(split.title, split.labels, cells, hidden)
    return Split(split.title, split.labels, split.cells, hidden)


def last_day_of(year: FinancialYear, as_at: dt.date) -> dt.date:
    return min(as_at, year.last_day)
