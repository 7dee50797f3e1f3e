"""The structure, the membership as at a day, the chapters of the report, the demonstration, what waits."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from boards import services
from boards.invariants import broken
from boards.membership import by_agency, places
from boards.models import (
    Attendance,
    BusinessPlan,
    Contribution,
    Group,
    Holder,
    Meeting,
    Priority,
    Seat,
    Theme,
    ThemeAction,
)
from boards.plan.reporting import priorities_chapter
from boards.reporting import board_chapter, finances_chapter
from boards.structure import flat, structure_chart, tree
from boards.waiting import waiting_for
from lscb.accounts import services as accounts
from lscb.accounts.models import User
from lscb.accounts.roles import BoardAnalyst, IndependentChair, LayMember, PanelMember
from lscb.actions.invariants import broken as broken_actions
from lscb.actions.models import Action, ActionEvent, Kind
from lscb.actions.services import Asked
from lscb.common.chapters import Chart, ListOfItems, Table
from lscb.trail.services import broken_links
from tests.accounts.factories import AgencyFactory, person
from tests.actions.factories import lead, manager, member, outsider

from .factories import APRIL, JUNE, TODAY, YEAR, a_contribution, a_group, a_seat, the_board

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


# ---- Structure ------------------------------------------------------------------------------------------------------


def test_the_tree_holds_the_groups_that_run_on_the_day() -> None:
    executive = a_group("Executive", kind="executive")
    task = a_group("Task", kind="task_and_finish", parent=executive, starts_on=APRIL, ends_on=JUNE)
    assert [node.code for node in flat(tree(Group.objects.all(), JUNE))] == [
        the_board().code,
        executive.code,
        task.code,
    ]
    assert [node.code for node in flat(tree(Group.objects.all(), JUNE + DAY))] == [the_board().code, executive.code]


def test_a_group_whose_parent_ended_stands_under_the_next_one_that_runs() -> None:
    executive = a_group("Executive", kind="executive")
    task = a_group("Task", parent=executive)
    Group.objects.filter(pk=executive.pk).update(ends_on=JUNE)
    (board,) = tree(Group.objects.all(), TODAY)
    assert [node.code for node in board.groups] == [task.code]


def test_the_drawing_says_in_words_what_it_shows() -> None:
    a_group("Executive", kind="executive", joint_with_adults_board=True)
    chart = structure_chart(tree(Group.objects.all(), TODAY))
    texts = [element.text for element in ET.fromstring(chart.svg).iter("{http://www.w3.org/2000/svg}text")]
    assert {"Safeguarding Board", "Executive Group", "Joint with the adults’ board"} <= set(texts)
    assert "Executive Group (joint with the adults’ board)" in chart.description
    assert ET.fromstring(chart.svg).find("{http://www.w3.org/2000/svg}desc").text == chart.description  # type: ignore[union-attr]


def test_boxes_of_one_level_never_overlap() -> None:
    for number in range(5):
        group = a_group(f"A rather long name of a group with the number {number} and more")
        for below in range(number):
            a_group(f"Below {number} {below}", parent=group)
    chart = structure_chart(tree(Group.objects.all(), TODAY))
    boxes: dict[float, list[tuple[float, float]]] = {}
    for rect in ET.fromstring(chart.svg).iter("{http://www.w3.org/2000/svg}rect"):
        if rect.get("stroke"):
            y, height = float(rect.get("y", 0)), float(rect.get("height", 0))
            boxes.setdefault(float(rect.get("x", 0)), []).append((y, y + height))
    assert sum(map(len, boxes.values())) == Group.objects.count()
    for level in boxes.values():
        ordered = sorted(level)
        assert all(above[1] <= below[0] for above, below in pairwise(ordered))


def test_a_board_without_groups_draws_nothing_and_breaks_nothing() -> None:
    assert structure_chart([]).description == "There is no group yet."


# ---- Membership -----------------------------------------------------------------------------------------------------


def test_membership_prints_the_name_an_agency_had_on_that_day() -> None:
    trust = AgencyFactory(name="Probation Trust")
    a_seat(agency=trust)
    accounts.rename_agency(
        agency=trust, name="National Probation Service", short_name="NPS", on=JUNE, by=None, today=TODAY
    )
    assert [one.agency for one in by_agency(places(the_board(), JUNE - DAY))] == ["Probation Trust"]
    assert [one.agency for one in by_agency(places(the_board(), JUNE))] == ["National Probation Service"]


def test_chair_lay_members_and_team_have_no_agency_and_are_counted() -> None:
    a_seat(kind="chair", position="Independent Chair")
    for number in range(3):
        seat = a_seat(kind="lay", position="Lay Member")
        if number:
            services.fill_seat(seat=seat, name="Somebody", starts_on=APRIL, by=None)
    a_seat(kind="team", position="Board Manager")
    seats = by_agency(places(the_board(), JUNE))
    assert [(one.agency, [position.shown for position in one.positions]) for one in seats] == [
        ("Independent", ["Independent Chair (vacant)"]),
        ("Lay members", ["Lay Member (two in post, one vacant)"]),
        ("Board team", ["Board Manager (vacant)"]),
    ]


def test_names_of_holders_are_for_the_own_group_and_who_reads_the_whole_board() -> None:
    group, other = a_group("Neglect"), a_group("Training")
    for one in (group, other):
        services.fill_seat(seat=a_seat(one), name=f"Holder in {one.short_name}", starts_on=APRIL, by=None)
    seen: list[tuple[Any, set[str]]] = [
        (manager(), {"Holder in Neglect", "Holder in Training"}),
        (person(LayMember), {"Holder in Neglect", "Holder in Training"}),
        (member(group.code), {"Holder in Neglect"}),
        (lead(AgencyFactory()), set()),
        (outsider(), set()),
        (AnonymousUser(), set()),
    ]
    for user, names in seen:
        assert {holder.name for holder in Holder.objects.visible_to(user)} == names
    shown = places(other, JUNE, names_for=member(group.code))
    assert [(place.is_vacant, list(place.holders)) for place in shown] == [(False, [])]


def test_who_sees_what_of_the_board() -> None:
    board = the_board()
    a_seat()
    a_contribution()
    services.set_priority(first_year=YEAR, last_year=YEAR, number=1, text="P", by=None)
    theme = services.set_theme(year=YEAR, number=1, text="T", by=None)
    services.plan_business(theme=theme, what="W", due=TODAY, asked=[Asked(owner="Manager")], on=APRIL, by=None)
    papers = (Group, Seat, Priority, Theme, BusinessPlan, ThemeAction)
    readers = [manager(), person(IndependentChair), person(LayMember), person(BoardAnalyst), member(board.code)]
    others = [person(PanelMember, group="panel"), lead(AgencyFactory()), outsider(), AnonymousUser()]
    for model in papers:
        assert all(model.objects.visible_to(user).exists() for user in readers), model
        assert not any(model.objects.visible_to(user).exists() for user in others), model
    reads_money = [user for user in (*readers, *others) if Contribution.objects.visible_to(user).exists()]
    assert reads_money == readers[:2]


# ---- What waits -----------------------------------------------------------------------------------------------------


def test_vacant_seats_and_late_invoices_wait_for_who_runs_the_board() -> None:
    a_seat()
    late, in_time = a_contribution(), a_contribution()
    services.record_invoice(contribution=late, amount=Decimal(100), on=TODAY - dt.timedelta(days=30), by=None)
    services.record_invoice(contribution=in_time, amount=Decimal(100), on=TODAY, by=None)
    assert [(one.title, one.tag) for one in waiting_for(manager(), TODAY)] == [
        ("Fill vacant seats", "1 vacant"),
        ("Chase contributions", "1 late"),
    ]
    assert waiting_for(person(LayMember), TODAY) == []


# ---- The demonstration and the report -------------------------------------------------------------------------------


@pytest.fixture
def demonstration(demo_board: dict[str, User]) -> None:
    """The whole board: what its chapters say comes from every part."""


@pytest.mark.usefixtures("demonstration")
def test_the_demonstration_gives_what_was_published() -> None:
    as_at = dt.date(2017, 6, 30)
    facts = {
        f"{chapter.slug}.{fact.name}": fact.shown
        for chapter in (board_chapter(YEAR, as_at), finances_chapter(YEAR, as_at), priorities_chapter(YEAR, as_at))
        for fact in chapter.facts
    }
    assert facts == {
        "board.partners": "17",
        "board.seats": "30",
        "board.groups": "10",
        "board.joint_groups": "2",
        "board.vacant_seats": "0",
        "board.meetings": "4",
        "board.attendance": "87%",
        "board.attendance.by_deputy": "15%",
        "board.attendance.every_meeting": "8",
        "finances.core": "£131,453",
        "finances.learning": "£20,144",
        "finances.in_kind": "£0",
        "finances.total": "£151,597",
        "finances.received": "£151,597",
        "finances.owed": "£0",
        "priorities.priorities": "5",
        "priorities.themes": "4",
        "priorities.done": "4",
        "priorities.left": "20",
        **{
            f"priorities.theme_{theme}.{name}": number
            for theme, (left, challenges) in enumerate((("4", "9"), ("6", "10"), ("6", "12"), ("4", "14")), start=1)
            for name, number in (("done", "1"), ("left", left), ("challenges", challenges))
        },
    }
    assert [*broken(TODAY), *broken_actions(TODAY), *broken_links()] == []


@pytest.mark.usefixtures("demonstration")
def test_the_themed_meetings_are_where_their_actions_were_signed_off() -> None:
    themed = Meeting.objects.exclude(theme="").order_by("starts_at")
    done = ActionEvent.objects.filter(kind=Kind.SIGNED_OFF, action__what__startswith="Hold a themed").order_by("on")
    assert [meeting.day for meeting in themed] == [event.on for event in done]
    assert [meeting.approved_in_id is not None for meeting in themed] == [True, True, True, False]
    panel = Meeting.objects.filter(group__code="child-death-overview-panel")
    of_year = panel.held().filter(starts_at__date__range=(YEAR.first_day, YEAR.last_day))
    assert (of_year.count(), Attendance.objects.filter(meeting__in=panel).count()) == (6, 0)


@pytest.mark.usefixtures("demonstration")
def test_the_demonstration_names_nobody() -> None:
    assert {str(holder) for holder in Holder.objects.all()} == {"In post"}


@pytest.mark.usefixtures("demonstration")
def test_the_chapters_print_structure_membership_and_money() -> None:
    board = board_chapter(YEAR, TODAY)
    structure, membership, attendance = board.sections
    assert isinstance(structure.blocks[0], Chart)
    assert isinstance(structure.blocks[1], Table), "a chart is followed by the table it draws"
    assert len(structure.blocks[1].rows) == 11
    assert isinstance(attendance.blocks[0], Chart)
    assert isinstance(attendance.blocks[1], Table)
    assert ("Cafcass", "4", "2", "1", "0", "1", "75%") in attendance.blocks[1].rows
    members = membership.blocks[0]
    assert isinstance(members, Table)
    assert ("Lay members", "Lay Member (three in post)") in members.rows
    core = finances_chapter(YEAR, TODAY).sections[0].blocks[0]
    assert isinstance(core, Table)
    assert core.rows[0] == ("Southampton City Council", "£81,224", "£81,224")
    assert core.total == ("All", "£131,453", "£131,453")


@pytest.mark.usefixtures("demonstration")
def test_what_is_left_stands_under_its_theme_and_stays_so_when_it_is_done_later() -> None:
    of_neglect = Action.objects.outstanding(TODAY).filter(theme_action__theme__year=YEAR, theme_action__theme__number=1)
    action = of_neglect.earliest("number")
    services.actions.sign_off_actions(
        plan=action.plan, actions=[action], on=dt.date(2017, 5, 10), forum="Executive", by=None
    )
    neglect = next(s for s in priorities_chapter(YEAR, dt.date(2017, 6, 30)).sections if s.title.startswith("Theme 1"))
    done, work, left = neglect.blocks
    assert isinstance(done, ListOfItems)
    assert isinstance(work, Table)
    assert ("Meeting", "14 July 2016") in [row[1:] for row in work.rows]
    assert {row[1] for row in work.rows} >= {"Meeting", "Survey", "Audit", "Training"}
    assert isinstance(left, Table)
    assert len(done.items) == 1
    assert left.rows[0][0] == action.what, "it was outstanding at the end of the year"


def test_an_empty_year_has_chapters_that_say_so() -> None:
    assert board_chapter(YEAR, TODAY).facts[0].value == 0
    assert finances_chapter(YEAR, TODAY).sections == ()
    assert priorities_chapter(YEAR, TODAY).facts[-1].value == 0
