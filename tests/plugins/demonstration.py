"""The demonstration board in the test's own database, made by the same services as `make demo`."""

from __future__ import annotations

from typing import Any

import pytest

from dataset.models import Status
from dataset.services import compile_edition
from lscb.accounts.models import User
from lscb.demo.load import AS_AT, YEAR, compiled_on, load_demo
from lscb.demo.people import PEOPLE
from lscb.jobs.services import work
from lscb.reports import services as reports
from lscb.reports.models import AnnualReport


@pytest.fixture
def demo_board(db: None, settings: Any) -> dict[str, User]:
    """The board with its four quarters compiled; its people by mailbox. The second factor is waived as it is there."""
    settings.SECOND_FACTOR_WAIVED = True
    load_demo()
    for quarter in YEAR.quarters:
        compile_edition(quarter=quarter, as_at=compiled_on(quarter), status=Status.FINAL, by=None)
    by_email = {user.email: user for user in User.objects.all()}
    return {person.mailbox: by_email[person.email] for person in PEOPLE}


@pytest.fixture
def demo_report(demo_board: dict[str, User]) -> AnnualReport:
    """The annual report of the demonstration, built by the manager and ready to approve."""
    report = reports.start_report(year=YEAR, as_at=AS_AT, by=demo_board["manager"])
    report = reports.build_report(report=report, as_at=AS_AT, by=demo_board["manager"], ring_now=False)
    work(report.job_id, reports.do_build)
    report.refresh_from_db()
    return report
