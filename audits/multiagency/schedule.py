"""The year's audits as a calendar over its months: on the page, in print, as a spreadsheet and in the annual report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lscb.common.chapters import Column, Table
from lscb.common.periods import FinancialYear, Month

from ..models import Audit


@dataclass(frozen=True)
class Row:
    """`months` says for each month of the year whether the audit runs in it."""

    audit: Audit
    months: Sequence[bool]


@dataclass(frozen=True)
class Schedule:
    year: FinancialYear
    rows: Sequence[Row]

    @property
    def headings(self) -> list[str]:
        return [month.name[:3] for month in self.year.months]

    def by_month(self) -> list[tuple[Month, list[Audit]]]:
        """Each month with the audits that run in it: the calendar to be read on a phone."""
        return [
            (month, [row.audit for row in self.rows if row.months[place]])
            for place, month in enumerate(self.year.months)
        ]

    def as_table(self) -> Table:
        """For print and for the annual report."""
        columns = [Column("Audit"), Column("Kind"), *(Column(heading) for heading in self.headings)]
        rows = [
            (row.audit.title, row.audit.get_kind_display(), *("●" if runs else "" for runs in row.months))
            for row in self.rows
        ]
        return Table(f"Audits in {self.year} by month", columns, rows)


def schedule(audits: Iterable[Audit], year: FinancialYear) -> Schedule:
    """`audits` in the order of their months; of one that begins or ends outside the year what lies in it is shown."""
    return Schedule(
        year,
        [
            Row(
                audit,
                [
                    audit.scheduled_from <= month.last_day and month.first_day <= audit.scheduled_to
                    for month in year.months
                ],
            )
            for audit in audits
        ],
    )
