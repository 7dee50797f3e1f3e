"""The demonstration board in the test's own database, made by the same services as `make demo`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from dataset.models import Status
from dataset.services import compile_edition
from lscb.accounts.models import User
from lscb.demo.load import AS_AT, YEAR, compiled_on, load_demo
from lscb.demo.people import PEOPLE
from lscb.jobs.services import work
from lscb.reports import services as reports
from lscb.reports.models import AnnualReport

from .sharing import alone_in, folder_of_the_run
from .snapshots import Snapshot

SNAPSHOTS = pytest.StashKey[dict[str, Snapshot]]()


@pytest.fixture
def demo_board(db: None, settings: Any, request: pytest.FixtureRequest) -> dict[str, User]:
    """The board with its four quarters compiled; its people by mailbox. The second factor is waived as it is there."""
    settings.SECOND_FACTOR_WAIVED = True
    board_is_there(request)
    by_email = {user.email: user for user in User.objects.all()}
    return {person.mailbox: by_email[person.email] for person in PEOPLE}


@pytest.fixture
def demo_report(demo_board: dict[str, User], request: pytest.FixtureRequest) -> AnnualReport:
    """The annual report of the demonstration, built by the manager and ready to approve."""
    _once("report", lambda: _build_report(demo_board["manager"]), request)
    return AnnualReport.objects.get(year=YEAR)


def board_is_there(request: pytest.FixtureRequest) -> None:
    """The board's rows and files, also in a test that has no `db`, such as one of a worker on SQLite."""
    _once("board", _load_board, request)


def _once(name: str, make: Callable[[], object], request: pytest.FixtureRequest) -> None:
    """Make it for the first test of the run that asks, put it back for the others on the same kind of database."""
    kept = request.config.stash.setdefault(SNAPSHOTS, {})
    name = f"{name}-{connection.vendor}"
    if name not in kept:
        folder = folder_of_the_run(request.getfixturevalue("tmp_path_factory")) / "snapshots" / name
        kept[name] = Snapshot(folder)
        with alone_in(folder):
            if not kept[name].is_taken:
                make()
                kept[name].take()
                return
    kept[name].put_back()


def _load_board() -> None:
    load_demo()
    for quarter in YEAR.quarters:
        compile_edition(quarter=quarter, as_at=compiled_on(quarter), status=Status.FINAL, by=None)


def _build_report(manager: User) -> None:
    report = reports.start_report(year=YEAR, as_at=AS_AT, by=manager)
    report = reports.build_report(report=report, as_at=AS_AT, by=manager, ring_now=False)
    work(report.job_id, reports.do_build)
