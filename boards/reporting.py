"""What the board hands to the annual report: who it is, what it set out to do, and its money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet

from lscb.actions.models import Action, Kind
from lscb.common.chapters import Chapter, Chart, Column, Fact, Figure, ListOfItems, Section, Table
from lscb.common.periods import FinancialYear
from lscb.common.rounding import percentage, show_money

from .meetings import attendance
from .meetings.attendance import AttendanceOverTime
from .membership import Membership, by_agency, places
from .models import Contribution, Group, GroupKind, Priority, Purpose, Theme
from .structure import Node, flat, structure_chart, tree


def board_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """What the board is: its structure and its membership by position, as at the end of the year or before it."""
    on = _in_year(year, as_at)
    nodes = tree(Group.objects.select_related("parent"), on)
    board = Group.objects.running(on).filter(kind=GroupKind.BOARD).first()
    seats = places(board, on) if board else []
    members = by_agency(seats)
    groups = list(flat(nodes))
    joint = sum(node.is_joint for node in groups)
    of_partners = [place.seat.agency_id for place in seats if place.seat.agency_id is not None]
    agencies = set(of_partners)
    attended = attendance.over_time(board, year.first_day, on) if board else None
    source = f"Board records, as at {_long(on)}"
    return Chapter(
        slug="board",
        title="What the board is",
        lead=(
            f"{len(agencies)} partners hold {len(of_partners)} of the {len(seats)} seats on the board. "
            f"Its work is done in {_groups(groups)}."
        ),
        figures=(
            Figure(str(len(agencies)), "partners sit on the board, with lay members and an independent chair"),
            Figure(str(max(0, len(groups) - 1)), "groups work under the board"),
            Figure(str(joint), "of them are joint with the adults’ board"),
        ),
        sections=(
            Section("Structure", (structure_chart(nodes, brand=settings.BRAND_COLOUR), _table_of_groups(nodes))),
            Section("Membership", (_table_of_members(members, on),)),
            *_attendance(attended, year),
        ),
        facts=(
            *_facts_of_attendance(attended, year),
            Fact("partners", len(agencies), str(len(agencies)), "Partners with a seat on the board", source=source),
            Fact("seats", len(seats), str(len(seats)), "Seats on the board", source=source),
            Fact("groups", max(0, len(groups) - 1), str(max(0, len(groups) - 1)), "Groups under it", source=source),
            Fact("joint_groups", joint, str(joint), "Groups joint with the adults’ board", source=source),
            Fact(
                "vacant_seats",
                sum(place.is_vacant for place in seats),
                str(sum(place.is_vacant for place in seats)),
                "Vacant seats",
                source=source,
            ),
        ),
    )


def finances_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """What partners paid in the year, by purpose."""
    of_year = Contribution.objects.filter(year=year)
    contributions = list(of_year.select_related("agency").prefetch_related("agency__names"))
    totals = {purpose: of_year.filter(purpose=purpose).totals()["agreed"] for purpose in Purpose}
    core, learning = totals[Purpose.CORE], totals[Purpose.LEARNING]
    source = f"Contributions agreed for {year}"
    return Chapter(
        slug="finances",
        title="Finances",
        lead=(
            f"Partners gave {show_money(core)} to the board’s core budget and {show_money(learning)} "
            "for learning and development."
        ),
        figures=(
            Figure(show_money(core), "for the core budget"),
            Figure(show_money(learning), "for learning and development"),
            Figure(show_money(core + learning), "in all"),
        ),
        sections=tuple(
            Section(
                purpose.label,
                (_table_of_contributions([one for one in contributions if one.purpose == purpose], purpose, year),),
            )
            for purpose in Purpose
            if any(one.purpose == purpose for one in contributions)
        ),
        facts=(
            _money("core", core, "Contributions to the core budget", source),
            _money("learning", learning, "Contributions for learning and development", source),
            _money("in_kind", totals[Purpose.IN_KIND], "Value of contributions in kind", source),
            _money("total", core + learning, "Contributions in money", source),
        ),
    )


def priorities_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """The priorities, the themes of the year, what was done for each and what is left to do at the end of the year."""
    on = _in_year(year, as_at)
    priorities = list(Priority.objects.of_year(year))
    themes = list(Theme.objects.filter(year=year))
    planned = Action.objects.filter(theme_action__theme__year=year).order_by("theme_action__theme__number", "number")
    left = list(planned.outstanding(on).select_related("theme_action").prefetch_related("entries__agency__names"))
    done = [action for action in _signed_off(planned, year, on) if action not in left]
    source = f"Business plan {year}, as at {_long(on)}"
    return Chapter(
        slug="priorities",
        title="What we set out to do",
        lead=(
            f"The board worked on {len(priorities)} priorities through {len(themes)} themes. "
            f"{len(left)} actions are left to do and are carried into the next plan."
        ),
        figures=(
            Figure(str(len(themes)), f"themes in {year}"),
            Figure(str(len(done)), "actions of the plan done in the year"),
            Figure(str(len(left)), f"left to do on {_long(on)}"),
        ),
        sections=(
            _list_of_priorities(priorities),
            *(_section_of_theme(theme, done, left, on) for theme in themes),
        ),
        facts=(
            Fact("priorities", len(priorities), str(len(priorities)), "Priorities of the year", source=source),
            Fact("themes", len(themes), str(len(themes)), "Themes of the year", source=source),
            Fact("done", len(done), str(len(done)), "Actions of the plan signed off in the year", source=source),
            Fact("left", len(left), str(len(left)), "Actions of the plan left to do", source=source),
        ),
    )


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _table_of_groups(nodes: Sequence[Node]) -> Table:
    return Table(
        "Groups of the board",
        (Column("Group"), Column("Kind"), Column("What it is for")),
        [(node.name, f"{node.kind}, joint" if node.is_joint else node.kind, node.remit) for node in flat(nodes)],
        note="Joint groups work for the safeguarding adults board, too.",
    )


def _table_of_members(members: Sequence[Membership], on: dt.date) -> Table:
    rows = [(membership.agency, position.shown) for membership in members for position in membership.positions]
    return Table(
        f"Membership of the board by position, {_long(on)}", (Column("Organisation"), Column("Position")), rows
    )


def _attendance(attended: AttendanceOverTime | None, year: FinancialYear) -> list[Section]:
    """Who came to the main board's meetings; nothing when it was not recorded."""
    if not attended or not attended.agencies:
        return []
    title = f"Meetings of the board attended by each agency, {year}"
    svg, description = attendance.chart(attended, id="board-attendance", title=title, brand=settings.BRAND_COLOUR)
    note = "A deputy counts as attended. A meeting counts only for seats that existed on its day."
    table = attendance.table(attended, "Attendance by agency", note=note)
    return [Section("Attendance", (Chart(title, description, svg), table))]


def _facts_of_attendance(attended: AttendanceOverTime | None, year: FinancialYear) -> list[Fact]:
    meetings = attended.meetings if attended else 0
    source = f"Meetings of the main board, {year}"
    facts = [Fact("meetings", meetings, str(meetings), "Meetings of the main board", source=source)]
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
        ),
        Fact(
            "attendance.by_deputy",
            by_deputy.value,
            by_deputy.show(),
            "Meetings attended by a deputy only",
            base=total.meetings,
            source=source,
        ),
        Fact(
            "attendance.every_meeting",
            every,
            str(every),
            "Agencies that attended every meeting",
            base=len(attended.agencies),
            source=source,
        ),
    ]


def _table_of_contributions(contributions: Sequence[Contribution], purpose: Purpose, year: FinancialYear) -> Table:
    rows = [(_giver(one, year), show_money(one.agreed)) for one in contributions]
    total = sum((one.agreed for one in contributions), Decimal(0))
    return Table(
        f"{purpose.label}, {year}",
        (Column("Partner"), Column("Contribution", numeric=True)),
        rows,
        total=("All", show_money(total)) if len(rows) > 1 else None,
    )


def _giver(contribution: Contribution, year: FinancialYear) -> str:
    return contribution.agency.name_on(year.last_day) if contribution.agency else contribution.contributor


def _list_of_priorities(priorities: Sequence[Priority]) -> Section:
    if not priorities:
        return Section("Priorities", ())
    years = f"{priorities[0].first_year.start} to {priorities[0].last_year.start + 1}"
    return Section("Priorities", (ListOfItems([one.text for one in priorities], f"Our priorities, {years}"),))


def _section_of_theme(theme: Theme, done: Sequence[Action], left: Sequence[Action], on: dt.date) -> Section:
    of_theme = [action for action in left if action.theme_action.theme_id == theme.pk]
    finished = [action for action in done if action.theme_action.theme_id == theme.pk]
    blocks: list[ListOfItems | Table] = []
    if finished:
        blocks.append(ListOfItems([action.what for action in finished], "What was done"))
    if of_theme:
        rows = [(action.what, _asked(action, on), _long(action.due)) for action in of_theme]
        blocks.append(Table("What is left to do", (Column("Action"), Column("Who"), Column("Due")), rows))
    return Section(f"Theme {theme.number}: {theme.text}", blocks, level=3)


def _signed_off(planned: QuerySet[Action], year: FinancialYear, on: dt.date) -> list[Action]:
    """Signed off in the year, up to `on`."""
    signed_off = planned.filter(events__kind=Kind.SIGNED_OFF, events__on__gte=year.first_day, events__on__lte=on)
    return list(signed_off.select_related("theme_action").distinct())


def _asked(action: Action, on: dt.date) -> str:
    return "; ".join(entry.agency.name_on(on) if entry.agency else entry.owner for entry in action.entries.all())


def _money(name: str, amount: Decimal, label: str, source: str) -> Fact:
    return Fact(name, amount, show_money(amount), label, source=source)


def _groups(groups: Sequence[Node]) -> str:
    under = max(0, len(groups) - 1)
    return "one group" if under == 1 else f"{under} groups"


def _in_year(year: FinancialYear, as_at: dt.date) -> dt.date:
    """A report that is written after the year speaks of its last day."""
    return min(as_at, year.last_day)


def _long(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
