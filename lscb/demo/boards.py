"""The board of the demonstration: agencies, areas, groups, seats, the business plan and contributions.

What was published and what is invented is told in `data/README.md`. Everything is written by the services.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from boards import services as boards
from boards.models import Group, Theme
from lscb.accounts import services as accounts
from lscb.accounts.models import Actor, Agency
from lscb.actions.services import Asked
from lscb.common.periods import FinancialYear

DATA = Path(__file__).parent / "data"
HOME = "Southampton"
AREAS = (HOME, "Hampshire", "Portsmouth", "Isle of Wight")
YEAR = FinancialYear(2016)
IN_POST = "In post"
"""Stands where a name would: the demonstration holds no person's name."""

SERVES: dict[int, tuple[int, ...]] = {1: (1, 2), 2: (2, 4), 3: (3, 5), 4: (1, 4)}
"""Theme to priorities."""


def load_people_and_places(*, by: Actor) -> dict[str, Agency]:
    """Areas and agencies; the latter by name."""
    areas = {name: accounts.add_area(name=name, is_home=name == HOME, by=by) for name in AREAS}
    agencies: dict[str, Agency] = {}
    for row in rows("agencies"):
        agencies[row["name"]] = accounts.add_agency(
            name=row["name"],
            short_name=row["short_name"],
            sector=row["sector"],
            parent=agencies[row["parent"]] if row["parent"] else None,
            areas=areas.values() if row["areas"] == "all" else [areas[row["areas"]]],
            active_from=_day(row["active_from"]),
            by=by,
        )
    _probation(agencies, by=by)
    return agencies


def load_board(agencies: dict[str, Agency], *, by: Actor) -> None:
    """Groups, the seats of the main board, the business plan of 2016-17, contributions."""
    groups = _groups(by=by)
    _seats(groups["main-board"], agencies, by=by)
    themes = _priorities_and_themes(by=by)
    _business_plan(themes, agencies, by=by)
    _contributions(agencies, by=by)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file of `data/`."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _probation(agencies: dict[str, Agency], *, by: Actor) -> None:
    """One agency of the past, so that its name is printed where a page speaks of that past."""
    successors = [
        agencies["National Probation Service"],
        agencies["Hampshire and Isle of Wight Community Rehabilitation Company"],
    ]
    accounts.succeed_agency(
        predecessor=agencies["Hampshire Probation Trust"], successors=successors, on=dt.date(2014, 6, 1), by=by
    )


def _groups(*, by: Actor) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for row in rows("groups"):
        groups[row["code"]] = boards.set_up_group(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            kind=row["kind"],
            parent=groups.get(row["parent"]),
            joint_with_adults_board=row["joint_with_adults_board"] == "yes",
            remit=row["remit"],
            chaired_by=row["chaired_by"],
            confidential_permission=row["confidential_permission"],
            by=by,
        )
    return groups


def _seats(board: Group, agencies: dict[str, Agency], *, by: Actor) -> None:
    for row in rows("membership"):
        for _ in range(int(row["places"])):
            seat = boards.add_seat(
                group=board,
                agency=agencies[row["agency"]] if row["agency"] else None,
                position=row["position"],
                kind=row["kind"],
                starts_on=YEAR.first_day,
                by=by,
            )
            boards.fill_seat(seat=seat, name=IN_POST, starts_on=YEAR.first_day, by=by)


def _priorities_and_themes(*, by: Actor) -> dict[int, Theme]:
    priorities, themes = {}, {}
    for row in rows("priorities"):
        number = int(row["number"])
        if row["kind"] == "priority":
            priorities[number] = boards.set_priority(
                first_year=FinancialYear(2015), last_year=FinancialYear(2017), number=number, text=row["text"], by=by
            )
        else:
            serves = [priorities[one] for one in SERVES[number]]
            themes[number] = boards.set_theme(
                year=FinancialYear.parse(row["period"]), number=number, text=row["text"], priorities=serves, by=by
            )
    return themes


def _business_plan(themes: dict[int, Theme], agencies: dict[str, Agency], *, by: Actor) -> None:
    for row in rows("business_plan_actions"):
        asked = [
            Asked(agency=agencies[name]) if name in agencies else Asked(owner=name) for name in row["asked"].split("; ")
        ]
        boards.plan_business(
            theme=themes[int(row["theme"])],
            what=row["action"],
            due=FinancialYear.parse(row["due_year"]).last_day,
            asked=asked,
            on=YEAR.first_day,
            by=by,
        )


def _contributions(agencies: dict[str, Agency], *, by: Actor) -> None:
    for row in rows("contributions"):
        agreed = Decimal(row["agreed"])
        contribution = boards.agree_contribution(
            year=FinancialYear.parse(row["year"]),
            purpose=row["purpose"],
            agreed=agreed,
            agency=agencies[row["agency"]] if row["agency"] else None,
            contributor=row["contributor"],
            by=by,
        )
        invoiced_on, received_on = _day(row["invoiced_on"]), _day(row["received_on"])
        if invoiced_on and received_on:
            boards.record_invoice(contribution=contribution, amount=agreed, on=invoiced_on, by=by)
            boards.record_payment(contribution=contribution, amount=agreed, on=received_on, by=by)
