"""Chapters as the apps hand them over, small and complete: every kind of block once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from lscb.common.chapters import (
    Chapter,
    Chart,
    Column,
    Fact,
    Figure,
    ListOfItems,
    Note,
    Section,
    Table,
    Text,
)
from lscb.common.periods import FinancialYear
from lscb.reports.content import Content

YEAR = FinancialYear(2016)
AS_AT = dt.date(2017, 6, 30)

LINE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 180"><title>Line</title>'
    '<path d="M20 60 L240 40 L440 80 L640 130" fill="none" stroke="#12436D" stroke-width="3"/></svg>'
)

CHILDREN = Chapter(
    slug="dataset",
    title="Southampton’s children",
    lead="Fewer children are looked after than at any time since 2014, and more of them are seen on time.",
    figures=(
        Figure("542", "children looked after on 31 March 2017, down 11.3% from 611 in June"),
        Figure("110", "per 10,000 children, against 76 in similar areas"),
        Figure("1,039", "missing episodes in the year, 83.0% of them medium risk"),
    ),
    sections=(
        Section(
            "Looked after children",
            (
                Text("The service puts the fall from {{ dataset.looked_after_q1 }} down to planned returns home."),
                Note("The number can rise again. A lower number is not by itself better."),
                Chart(
                    "Children looked after at the end of each quarter",
                    "It falls from 611 to 542.",
                    LINE,
                    "Source: edition 2.",
                ),
                Table(
                    "Children looked after, by quarter",
                    (Column("Quarter end"), Column("Children", numeric=True), Column("Change", numeric=True)),
                    (("30 June 2016", "611", "+1.2%"), ("31 March 2017", "542", "-5.4%")),
                    total=("All", "no sum", ""),
                    note="A count on one day is never summed.",
                ),
                ListOfItems(
                    ("Ask about re-entries * {{ not.a_fact }} <b>", "Look at placements"), "What the board asked"
                ),
            ),
        ),
        Section("Missing children", (Text("There were {{ dataset.missing }} episodes."),)),
    ),
    facts=(
        Fact("looked_after", 542, "542", "Children looked after on 31 March 2017", source="Edition 2"),
        Fact("looked_after_q1", 611, "611", "Children looked after on 30 June 2016"),
        Fact("looked_after_change", Decimal("-11.29296"), "-11.3%", "Change in the year", base=611),
        Fact("missing", 1039, "1,039", "Missing episodes"),
    ),
)
BOARD = Chapter(
    slug="board",
    title="The board",
    lead="Twenty agencies sit on the board.",
    figures=(Figure("20", "agencies"),),
    facts=(Fact("agencies", 20, "20", "Agencies with a seat"),),
)


def children(year: FinancialYear, as_at: dt.date) -> Chapter:
    return CHILDREN


def board(year: FinancialYear, as_at: dt.date) -> Chapter:
    return BOARD


def a_content(*chapters: Chapter, headline: str = "**542** children looked after.") -> Content:
    """An edition as it is after building; facts are already in its words."""
    return Content(
        year="2016-17",
        number=1,
        as_at=AS_AT,
        board_name="Southampton Local Safeguarding Children Board",
        board_short_name="Southampton LSCB",
        board_email="board.team@example.org",
        brand_colour="#12436D",
        headline=headline,
        chapters=chapters or (BOARD,),
    )
