"""What waits for a person, gathered from every app that has something to say, worst first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from lscb.accounts.models import User
from lscb.common.waiting import Waiting

WORST_FIRST = {"red": 0, "amber": 1, "green": 2, "grey": 3}


def sources() -> tuple[Callable[[User, dt.date], list[Waiting]], ...]:
    """The apps that offer `waiting.py`, in one explicit tuple."""
    from audits.waiting import waiting_for as from_audits
    from boards.waiting import waiting_for as from_boards
    from casereviews.waiting import waiting_for as from_case_reviews
    from cdop.waiting import waiting_for as from_child_deaths
    from dataset.waiting import waiting_for as from_dataset
    from lscb.accounts.waiting import waiting_for as from_accounts
    from lscb.actions.waiting import waiting_for as from_actions
    from lscb.jobs.waiting import waiting_for as from_jobs
    from lscb.records.waiting import waiting_for as from_records
    from lscb.reports.waiting import waiting_for as from_reports
    from training.waiting import waiting_for as from_training

    from .checking import waiting_for as from_the_check

    return (
        *(from_actions, from_boards, from_case_reviews, from_child_deaths, from_audits, from_dataset, from_training),
        *(from_reports, from_records, from_jobs, from_accounts, from_the_check),
    )


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """Everything that waits for `user`: by tone, then by due date."""
    gathered = [waiting for source in sources() for waiting in source(user, today)]
    return sorted(gathered, key=lambda one: (WORST_FIRST[one.tone], one.due or dt.date.max))
