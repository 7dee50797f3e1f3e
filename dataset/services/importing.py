"""Figures out of a file: checked whole, compared with what is there, recorded all or not at all.

`read_upload` tells what a file says without writing anything; `import_figures` does it and records.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from dataset.checking import NewFigure, says
from dataset.importing.files import ReadFile, read_file
from dataset.importing.reader import COLUMNS, MOST_ERRORS, CellError, CellNote, read_figures
from dataset.models import Figure, Indicator
from lscb.accounts.models import Actor, Agency
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.periods import Period, Quarter, local_date

from .recording import record_figures

__all__ = ["COLUMNS", "CellError", "Difference", "ImportRefused", "ImportResult", "ReadUpload", "import_figures"]


class ImportRefused(RuleBroken):
    """Nothing was imported. `errors` has every reason in the order of the file, up to MOST_ERRORS."""

    def __init__(self, errors: Sequence[CellError], understood: str) -> None:
        more = " These are the first; there may be more." if len(errors) >= MOST_ERRORS else ""
        told = f"{_many(len(errors), 'error')} found in the file.{more} Nothing was imported."
        super().__init__(told, field="file")
        self.errors = list(errors)
        self.understood = understood


@dataclass(frozen=True)
class ImportResult:
    """`understood` says how the bytes were read."""

    new: int
    unchanged: int
    understood: str


@dataclass(frozen=True)
class Difference:
    """A figure that the file brings, and what is there now; None where there is nothing yet."""

    new: NewFigure
    before: Figure | None


@dataclass(frozen=True)
class ReadUpload:
    """What a file says. Without errors, `differences` are all that recording it would change."""

    figures: tuple[NewFigure, ...]
    differences: tuple[Difference, ...]
    errors: tuple[CellError, ...]
    notes: tuple[CellNote, ...]
    understood: str

    @property
    def unchanged(self) -> int:
        return len(self.figures) - len(self.differences)


def read_upload(
    *, content: bytes, quarter: Quarter | None = None, agency: Agency | None = None, by: Actor, today: dt.date
) -> ReadUpload:
    """Read a file of figures and compare it with what is there. Writes nothing.

    With `quarter`, a row of any other quarter is an error; with `agency`, only its indicators are known. Raises
    RuleBroken for a file that cannot be read at all.
    """
    file = read_file(content)
    indicators = _indicators(by, agency)
    known = newest_revisions(indicators[code] for code in _named(file) if code in indicators)
    result = read_figures(file, indicators=indicators, quarter=quarter, today=today, known=known)
    understood = " ".join(file.understood)
    if not result.errors and not result.figures:
        raise RuleBroken("The file has headings but no figures.", field="file")
    pairs = [(new, known.get((new.indicator.pk, new.period))) for new in result.figures]
    differences = tuple(Difference(new, before) for new, before in pairs if not says(before, new))
    return ReadUpload(result.figures, differences, result.errors, result.notes, understood)


@transaction.atomic
def import_figures(
    *,
    content: bytes,
    quarter: Quarter | None = None,
    agency: Agency | None = None,
    by: Actor,
    at: dt.datetime | None = None,
) -> ImportResult:
    """Import a file of figures, all of it or nothing. Importing it again changes nothing.

    Raises ImportRefused with every error, or RuleBroken for a file that cannot be read at all.
    """
    at = at or timezone.now()
    read = read_upload(content=content, quarter=quarter, agency=agency, by=by, today=local_date(at))
    if read.errors:
        raise ImportRefused(read.errors, read.understood)
    recorded = record_figures(figures=read.figures, by=by, at=at)
    return ImportResult(recorded.new, recorded.unchanged, read.understood)


def _indicators(by: Actor, agency: Agency | None) -> dict[str, Indicator]:
    """What this person may send, by code. An agency does not learn of others' indicators by trying codes."""
    indicators = Indicator.objects.select_related("source_agency")
    if by is not None and not by.may(Permission.MANAGE_DATASET):
        indicators = indicators.filter(source_agency__in=by.agencies_where(Permission.SUBMIT_FIGURES))
    if agency is not None:
        indicators = indicators.filter(source_agency=agency)
    return {indicator.code: indicator for indicator in indicators}


def _named(file: ReadFile) -> set[str]:
    """Every text of the file, among them the codes that it is about."""
    return {value for sheet in file.sheets for row in sheet.rows for value in row.values}


def newest_revisions(indicators: Iterable[Indicator]) -> Mapping[tuple[int, Period], Figure]:
    """The newest revision of every figure of `indicators`, by indicator and period. One query."""
    rows = Figure.objects.latest_revisions().filter(indicator__in=[one.pk for one in indicators])
    return {(row.indicator_id, row.period): row for row in rows}


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun} was" if number == 1 else f"{number:,} {noun}s were"
