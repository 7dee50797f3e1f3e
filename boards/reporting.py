"""What the board hands to the annual report: who it is, and its money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from lscb.common.chapters import Chapter, Chart, Column, Fact, Figure, Section, Table, in_line, of_fact
from lscb.common.counted import Counted, page_as_at, rows_at
from lscb.common.periods import FinancialYear
from lscb.common.rounding import percentage, show_money
from lscb.common.words import capital, naming, say, worded

from .meetings import attendance
from .meetings.attendance import AttendanceOverTime
from .membership import Membership, by_agency, places
from .models import Contribution, Group, GroupKind, Meeting, Purpose
from .structure import Node, flat, structure_chart, tree


def _main_board(on: dt.date) -> Group | None:
    return Group.objects.running(on).filter(kind=GroupKind.BOARD).first()


def _meetings(year: FinancialYear, as_at: dt.date) -> QuerySet[Meeting]:
    on = year.upto(as_at)
    return Meeting.objects.filter(group=_main_board(on)).held().between(year.first_day, on)


def _in_money(year: FinancialYear, as_at: dt.date) -> QuerySet[Contribution]:
    return Contribution.objects.filter(year=year).exclude(purpose=Purpose.IN_KIND)


def _paid_by(year: FinancialYear, as_at: dt.date) -> QuerySet[Contribution]:
    return Contribution.objects.filter(year=year, received_on__lte=as_at)


def _owed_on(year: FinancialYear, as_at: dt.date) -> QuerySet[Contribution]:
    unpaid = Q(received_on=None) | Q(received_on__gt=as_at) | Q(received__lt=F("invoiced"))
    return Contribution.objects.filter(unpaid, year=year, invoiced_on__lte=as_at)


COUNTED_MEETINGS: Mapping[str, Counted] = {"board.meetings": Counted(worded("Meetings of the main {board}"), _meetings)}
COUNTED_CONTRIBUTIONS: Mapping[str, Counted] = {
    "finances.given": Counted("Contributions", lambda year, as_at: Contribution.objects.filter(year=year)),
    "finances.total": Counted("Contributions in money", _in_money),
    "finances.received": Counted("Contributions received", _paid_by),
    "finances.owed": Counted("Contributions invoiced and still owed", _owed_on),
}


def board_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """What the board is: its structure and its membership by position, as at the end of the year or before it."""
    on = year.upto(as_at)
    nodes = tree(Group.objects.select_related("parent"), on)
    board = _main_board(on)
    seats = places(board, on) if board else []
    members = by_agency(seats)
    groups = list(flat(nodes))
    joint = sum(node.is_joint for node in groups)
    of_partners = [place.seat.agency_id for place in seats if place.seat.agency_id is not None]
    agencies = set(of_partners)
    attended = attendance.over_time(board, year.first_day, on) if board else None
    source = f"{capital(naming().board)} records, as at {_long(on)}"
    sitting, groups_then = page_as_at("boards:membership", on), page_as_at("boards:structure", on)
    under, vacant = max(0, len(groups) - 1), sum(place.is_vacant for place in seats)
    return Chapter(
        slug="board",
        title=say("What the {board} is"),
        lead=in_line(
            of_fact("board.partners", str(len(agencies))),
            f" partners hold {len(of_partners)} of the ",
            of_fact("board.seats", str(len(seats))),
            f" seats on the {naming().board}. Its work is done in ",
            *(("one group",) if under == 1 else (of_fact("board.groups", str(under)), " groups")),
            ".",
        ),
        figures=(
            Figure(
                of_fact("board.partners", str(len(agencies))),
                say("partners sit on the {board}, with lay members and an independent chair"),
            ),
            Figure(of_fact("board.groups", str(under)), say("groups work under the {board}")),
            Figure(of_fact("board.joint_groups", str(joint)), "of them are joint with the adults’ board"),
        ),
        sections=(
            Section("Structure", (structure_chart(nodes, brand=naming().brand_colour), _table_of_groups(nodes))),
            Section("Membership", (_table_of_members(members, on),)),
            *_attendance(attended, year),
        ),
        facts=(
            *_facts_of_attendance(attended, year, rows_at("boards:meeting_list", "board.meetings", year, on)),
            _count("partners", len(agencies), say("Partners with a seat on the {board}"), source, sitting),
            _count("seats", len(seats), say("Seats on the {board}"), source, sitting),
            _count("groups", under, "Groups under it", source, groups_then),
            _count("joint_groups", joint, "Groups joint with the adults’ board", source, groups_then),
            _count("vacant_seats", vacant, "Vacant seats", source, sitting),
        ),
    )


def finances_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """What partners paid in the year, by purpose."""
    of_year = Contribution.objects.filter(year=year)
    contributions = list(of_year.select_related("agency").prefetch_related("agency__names"))
    totals = {purpose: of_year.filter(purpose=purpose).totals()["agreed"] for purpose in Purpose}
    core, learning = totals[Purpose.CORE], totals[Purpose.LEARNING]
    invoiced, received = _invoiced(contributions, as_at), _paid(contributions, as_at)
    owed = invoiced - received
    source = f"Contributions agreed for {year}"

    def rows(figure: str, **filters: object) -> str:
        return rows_at("boards:contribution_list", f"finances.{figure}", year, as_at, **filters)

    return Chapter(
        slug="finances",
        title="Finances",
        lead=in_line(
            "Partners gave ",
            _of(Purpose.CORE, core),
            f" to the {naming().board}’s core budget and ",
            _of(Purpose.LEARNING, learning),
            " for learning and development.",
        ),
        figures=(
            Figure(_of(Purpose.CORE, core), "for the core budget"),
            Figure(_of(Purpose.LEARNING, learning), "for learning and development"),
            Figure(of_fact("finances.total", show_money(core + learning)), "in all"),
        ),
        sections=tuple(
            Section(purpose.label, (_table_of_contributions(of_purpose, year, as_at),))
            for purpose in Purpose
            if (of_purpose := [one for one in contributions if one.purpose == purpose])
        ),
        facts=(
            _money("core", core, "Contributions to the core budget", source, rows("given", purpose=Purpose.CORE)),
            _money(
                "learning",
                learning,
                "Contributions for learning and development",
                source,
                rows("given", purpose=Purpose.LEARNING),
            ),
            _money(
                "in_kind",
                totals[Purpose.IN_KIND],
                "Value of contributions in kind",
                source,
                rows("given", purpose=Purpose.IN_KIND),
            ),
            _money("total", core + learning, "Contributions in money", source, rows("total")),
            _money("received", received, f"Contributions received by {_long(as_at)}", source, rows("received")),
            _money("owed", owed, f"Invoiced and still owed on {_long(as_at)}", source, rows("owed")),
        ),
    )


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _table_of_groups(nodes: Sequence[Node]) -> Table:
    return Table(
        say("Groups of the {board}"),
        (Column("Group"), Column("Kind"), Column("What it is for")),
        [(node.name, f"{node.kind}, joint" if node.is_joint else node.kind, node.remit) for node in flat(nodes)],
        note="Joint groups work for the safeguarding adults board, too.",
    )


def _table_of_members(members: Sequence[Membership], on: dt.date) -> Table:
    rows = [(membership.agency, position.shown) for membership in members for position in membership.positions]
    return Table(
        f"Membership of the {naming().board} by position, {_long(on)}",
        (Column("Organisation"), Column("Position")),
        rows,
    )


def _attendance(attended: AttendanceOverTime | None, year: FinancialYear) -> list[Section]:
    """Who came to the main board's meetings; nothing when it was not recorded."""
    if not attended or not attended.agencies:
        return []
    title = f"Meetings of the {naming().board} attended by each agency, {year}"
    svg, description = attendance.chart(attended, id="board-attendance", title=title, brand=naming().brand_colour)
    note = "A deputy counts as attended. A meeting counts only for seats that existed on its day."
    table = attendance.table(attended, "Attendance by agency", note=note)
    if table.total:
        table = replace(table, total=(*table.total[:-1], of_fact("board.attendance", table.total[-1])))
    return [Section("Attendance", (Chart(title, description, svg), table))]


def _facts_of_attendance(attended: AttendanceOverTime | None, year: FinancialYear, rows: str) -> list[Fact]:
    meetings = attended.meetings if attended else 0
    source = f"Meetings of the main {naming().board}, {year}"
    facts = [_count("meetings", meetings, say("Meetings of the main {board}"), source, rows)]
    if not attended or not attended.agencies:
        return facts
    total, every = attended.all_agencies, sum(one.attended == one.meetings for one in attended.agencies)
    by_deputy = percentage(total.deputy, total.meetings)
    return [
        *facts,
        Fact(
            "attendance",
            total.rate.value,
            total.rate.show(),
            "Meetings attended by agencies, deputies counted",
            base=total.meetings,
            source=source,
            rows=rows,
        ),
        Fact(
            "attendance.by_deputy",
            by_deputy.value,
            by_deputy.show(),
            "Meetings attended by a deputy only",
            base=total.meetings,
            source=source,
            rows=rows,
        ),
        Fact(
            "attendance.every_meeting",
            every,
            str(every),
            "Agencies that attended every meeting",
            base=len(attended.agencies),
            source=source,
            rows=rows,
        ),
    ]


def _table_of_contributions(contributions: Sequence[Contribution], year: FinancialYear, as_at: dt.date) -> Table:
    """Contributions for one purpose: agreed, and what came in by the day of the report. Nothing in kind is invoiced."""
    purpose = Purpose(contributions[0].purpose)
    title, agreed = f"{purpose.label}, {year}", sum((one.agreed for one in contributions), Decimal(0))
    if purpose == Purpose.IN_KIND:
        values = [(_giver(one, year), one.agreed) for one in contributions]
        return _money_table(title, ("Value",), values, (_of(purpose, agreed),))
    rows = [(_giver(one, year), one.agreed, _paid([one], as_at)) for one in contributions]
    invoiced, received = _invoiced(contributions, as_at), _paid(contributions, as_at)
    note = f"By {_long(as_at)} {show_money(invoiced)} was invoiced and {show_money(received)} received."
    return _money_table(title, ("Agreed", "Received"), rows, (_of(purpose, agreed), show_money(received)), note)


def _money_table(
    title: str, headings: Sequence[str], rows: Sequence[tuple[Any, ...]], totals: Sequence[str], note: str = ""
) -> Table:
    return Table(
        title,
        (Column("Partner"), *(Column(heading, numeric=True) for heading in headings)),
        [(name, *(show_money(amount) for amount in amounts)) for name, *amounts in rows],
        note=note,
        total=("All", *totals) if len(rows) > 1 else None,
    )


def _of(purpose: Purpose, agreed: Decimal) -> str:
    """What was agreed for a purpose, as it is printed; the facts are called after the purposes."""
    return of_fact(f"finances.{purpose}", show_money(agreed))


def _invoiced(contributions: Sequence[Contribution], as_at: dt.date) -> Decimal:
    known = [one.invoiced for one in contributions if one.invoiced_on and one.invoiced_on <= as_at]
    return sum((amount for amount in known if amount is not None), Decimal(0))


def _paid(contributions: Sequence[Contribution], as_at: dt.date) -> Decimal:
    """Counted with the last payment: the days of those before it are on the trail only."""
    known = [one.received for one in contributions if one.received_on and one.received_on <= as_at]
    return sum((amount for amount in known if amount is not None), Decimal(0))


def _giver(contribution: Contribution, year: FinancialYear) -> str:
    return contribution.agency.name_on(year.last_day) if contribution.agency else contribution.contributor


def _money(name: str, amount: Decimal, label: str, source: str, rows: str) -> Fact:
    return Fact(name, amount, show_money(amount), label, source=source, rows=rows)


def _count(name: str, number: int, label: str, source: str, rows: str) -> Fact:
    return Fact(name, number, str(number), label, source=source, rows=rows)


def _long(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
