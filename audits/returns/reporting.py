"""What the returns hand to the annual report: who answered, what recurs, how agencies grade themselves, schools."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from lscb.common.chapters import Block, Chapter, Column, Fact, Figure, ListOfItems, Section, Table, in_line, of_fact
from lscb.common.counted import Counted, rows_at
from lscb.common.periods import FinancialYear, end_of_day
from lscb.common.words import naming

from ..models import Audience, Return
from .analysis import Cycle, cycle
from .findings import Findings, findings_of, missing_table, recurring_chart
from .querysets import ReturnQuerySet

LIST = "audits:return_list"
Pick = Callable[[Cycle], Iterable[Return]]


def _returns(audience: Audience, pick: Pick, year: FinancialYear, as_at: dt.date) -> ReturnQuerySet:
    """Of the returns of a year as at a day, those that `pick` picks."""
    found = pick(cycle(year, audience, at=end_of_day(as_at)))
    return Return.objects.filter(pk__in=[one.pk for one in found])


def _counted(label: str, pick: Pick, audience: Audience = Audience.AGENCIES) -> Counted:
    return Counted(label, partial(_returns, audience, pick))


COUNTED: Mapping[str, Counted] = {
    "section11.full_returns": _counted("Full returns submitted", lambda found: found.full),
    "section11.updates": _counted("Updates submitted", lambda found: found.updates),
    "section11.submitted": _counted("Returns submitted", lambda found: found.submitted),
    "section11.asked": _counted("Returns asked for", lambda found: found.asked),
    "section11.missing": _counted("Returns missing", lambda found: found.missing),
    "section11.late": _counted(
        "Returns that came late", lambda found: [one for one in found.submitted if one.came_late]
    ),
    "section11.schools_submitted": _counted("School audits sent", lambda found: found.submitted, Audience.SCHOOLS),
    "section11.schools_missing": _counted("School audits missing", lambda found: found.missing, Audience.SCHOOLS),
}


def section11_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """The returns of `year`, as at `as_at`: what was submitted by then, with the grades as they stood then."""
    at = end_of_day(as_at)
    agencies = findings_of(year, Audience.AGENCIES, at=at)
    schools = findings_of(year, Audience.SCHOOLS, at=at)
    full, updates = len(agencies.now.full), len(agencies.now.updates)
    return Chapter(
        slug="section11",
        title="Section 11: how agencies keep children safe",
        lead=_lead(full, updates, agencies),
        figures=(
            Figure(_printed("full_returns", full), "full returns under Section 11 of the Children Act 2004"),
            Figure(_printed("updates", updates), "update" if updates == 1 else "updates"),
            Figure(
                _printed("recurring", len(agencies.recurring)),
                "areas for development raised by more than three agencies",
            ),
        ),
        sections=(*_agencies(agencies), *_schools(schools)),
        facts=_facts(agencies, schools, year, as_at),
    )


def _lead(full: int, updates: int, found: Findings) -> str:
    if not full and not updates:
        return "No agency made a return."
    updated = (" and ", _printed("updates", updates), " sent an update") if updates else ()
    many = len(found.recurring)
    came_up = " areas for development came up in more than three of them."
    areas = (_printed("recurring", many), came_up) if many else ("No area recurs.",)
    return in_line(_printed("full_returns", full), " agencies made a full return", *updated, ". ", *areas)


def _printed(name: str, number: int) -> str:
    return of_fact(f"section11.{name}", str(number))


def _agencies(found: Findings) -> Sequence[Section]:
    if not found.now.submitted:
        return ()
    sections = [Section("Who answered", _answered(found))]
    if found.recurring:
        title = "Areas for development raised in more than three submissions"
        chart = recurring_chart(found)
        rows = [(one.text, str(len(one.agencies))) for one in found.recurring]
        table = Table(title, (Column("Area for development"), Column("Agencies", True)), rows)
        sections.append(
            Section("What recurs", (ListOfItems([one.text for one in found.recurring], title), chart, table))
        )
    sections += [Section("How agencies graded", (chart, table)) for chart, table in found.charts]
    compared = [table for table in found.tables[:1] if table.rows]
    return (*sections, Section("Change since the last return", compared)) if found.before.submitted else sections


def _answered(found: Findings) -> Sequence[Block]:
    rows = [_row(one, found.year) for one in sorted(found.now.submitted, key=lambda one: one.agency.name)]
    columns = (Column("Agency"), Column("Return"), Column("Panel"))
    blocks: list[Block] = [Table(f"Returns submitted, {found.year}", columns, rows)]
    return [*blocks, missing_table(found)] if found.missing else blocks


def _row(one: Return, year: FinancialYear) -> tuple[str, str, str]:
    because = f", {one.asked_because}" if one.asked_because else ""
    kind = f"Update{because}" if one.is_update else f"Full return{because}"
    return one.agency.name_on(year.last_day), kind, "cross-area" if one.round.is_cross_area else "local"


def _schools(found: Findings) -> Sequence[Section]:
    if not found.now.asked:
        return ()
    late = sum(one.came_late for one in found.now.submitted)
    rows = [
        ("Schools open at the end of the year", str(found.completion.base)),
        ("Of these, sent their audit", str(found.completion.part)),
        ("Sent after the deadline", str(late)),
        ("Missing", _printed("schools_missing", len(found.missing))),
    ]
    table = Table(f"School safeguarding audits, {found.year}", (Column("Schools"), Column("Number", True)), rows)
    blocks: list[Block] = [table]
    if found.recurring:
        blocks.append(ListOfItems([one.text for one in found.recurring], "Raised by more than three schools"))
    return (Section("School safeguarding audits", blocks),)


def _facts(agencies: Findings, schools: Findings, year: FinancialYear, as_at: dt.date) -> Sequence[Fact]:
    source = f"Returns to the {naming().board}, as at {as_at.day} {as_at:%B %Y}"
    counts = (
        ("full_returns", len(agencies.now.full), "Full returns under Section 11"),
        ("updates", len(agencies.now.updates), "Updates under Section 11"),
        ("asked", len(agencies.now.asked), "Agencies asked for a return"),
        ("missing", len(agencies.missing), "Returns that are missing"),
        ("late", sum(one.came_late for one in agencies.now.submitted), "Returns that came after their deadline"),
        ("recurring", len(agencies.recurring), "Areas raised in more than three submissions"),
        ("schools_submitted", len(schools.now.submitted), "Schools that sent their audit"),
        ("schools_missing", len(schools.missing), "School audits that are missing"),
    )

    def rows(figure: str) -> str:
        return rows_at(LIST, f"section11.{'submitted' if figure == 'recurring' else figure}", year, as_at)

    facts = [Fact(name, number, str(number), label, source=source, rows=rows(name)) for name, number, label in counts]
    rate = schools.completion
    if rate.value is not None:
        label = "Schools open at the end of the year that sent their audit"
        shown, sent = rate.show(), rows("schools_submitted")
        facts.append(Fact("schools_completion", rate.value, shown, label, base=rate.base, source=source, rows=sent))
    return facts
