"""What each agency owes for a quarter, and how far it has come."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lscb.accounts.models import Agency
from lscb.common.lists import Tag
from lscb.common.periods import Period, Quarter

from ..arithmetic import due_periods
from ..models import Absence, AgencyReturn, Collection, Entry, Figure, Indicator

Key = tuple[int, Period]


@dataclass(frozen=True)
class Owed:
    """One figure that is asked for."""

    indicator: Indicator
    period: Period

    @property
    def key(self) -> Key:
        return self.indicator.pk, self.period

    @property
    def name(self) -> str:
        """How the fields of its row are called."""
        return f"{self.indicator.pk}-{self.period}"


@dataclass(frozen=True)
class State:
    """How far an agency has come in a collection."""

    of_return: AgencyReturn
    owed: int
    received: int
    typed: int
    due: dt.date
    is_open: bool
    today: dt.date
    last_sent: dt.datetime | None = None

    @property
    def agency(self) -> Agency:
        return self.of_return.agency

    @property
    def missing(self) -> int:
        return self.owed - self.received

    @property
    def is_complete(self) -> bool:
        return self.missing == 0

    @property
    def is_late(self) -> bool:
        return not self.is_complete and self.due < self.today

    @property
    def tag(self) -> Tag:
        if self.is_complete:
            return Tag("complete", "green")
        if self.is_late:
            return Tag("late", "red") if self.is_open else Tag("missing", "amber")
        if self.received or self.typed:
            return Tag("in progress", "blue")
        return Tag("not started", "grey")

    @property
    def words(self) -> str:
        """ "5 of 8 figures sent" """
        return f"{self.received} of {self.owed} {'figure' if self.owed == 1 else 'figures'} sent"


def owed_by(quarter: Quarter, agencies: Iterable[int] | None = None) -> dict[int, list[Owed]]:
    """What is asked for in a quarter, by the key of the agency, in the order of the scorecard. One query."""
    indicators = Indicator.objects.active(quarter).select_related("source_agency").order_by("position", "code")
    if agencies is not None:
        indicators = indicators.filter(source_agency__in=list(agencies))
    return _by_agency(indicators, quarter)


def _by_agency(indicators: Iterable[Indicator], quarter: Quarter) -> dict[int, list[Owed]]:
    owed: dict[int, list[Owed]] = {}
    for indicator in indicators:
        periods = due_periods(indicator.frequency, quarter)
        owed.setdefault(indicator.source_agency_id, []).extend(Owed(indicator, period) for period in periods)
    return {agency: rows for agency, rows in owed.items() if rows}


def figures_of(quarters: Iterable[Quarter]) -> dict[Key, Figure]:
    """The newest figures of all periods that these quarters ask for. One query."""
    periods: set[Period] = set()
    for quarter in quarters:
        periods |= {quarter, *quarter.months, *([quarter.year] if quarter.number == 4 else [])}
    rows = Figure.objects.latest_revisions().of_periods(periods).defer("comment")
    return {(row.indicator_id, row.period): row for row in rows}


def is_received(figure: Figure | None) -> bool:
    """A blank is not an answer; every other reason for no value is."""
    return figure is not None and figure.absence != Absence.BLANK


def states_of(collection: Collection, today: dt.date) -> list[State]:
    """Every agency of a collection, by name. A fixed number of queries."""
    returns = collection.returns.select_related("agency", "collection")
    return sorted(states_by_return(returns, today).values(), key=lambda state: state.agency.name)


def states_by_return(returns: Iterable[AgencyReturn], today: dt.date) -> dict[int, State]:
    """How far each return has come, by its key. A fixed number of queries however many there are."""
    rows = list(returns)
    quarters = {one.collection.quarter for one in rows}
    figures = figures_of(quarters)
    indicators = list(Indicator.objects.select_related("source_agency"))
    owed = {quarter: _by_agency((one for one in indicators if one.is_active(quarter)), quarter) for quarter in quarters}
    typed = Counter(Entry.objects.filter(of_return__in=[one.pk for one in rows]).values_list("of_return", flat=True))
    return {
        one.pk: _state(one, owed[one.collection.quarter].get(one.agency_id, []), figures, typed[one.pk], today)
        for one in rows
    }


def _state(one: AgencyReturn, owed: list[Owed], figures: Mapping[Key, Figure], typed: int, today: dt.date) -> State:
    there = [figures[each.key] for each in owed if each.key in figures]
    received = sum(is_received(figure) for figure in there)
    last = max((figure.recorded_at for figure in there), default=None)
    return State(one, len(owed), received, typed, one.collection.due, one.collection.is_open, today, last)
