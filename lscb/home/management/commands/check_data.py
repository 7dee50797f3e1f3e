"""Proves the rules of the trade by query: nothing in the data contradicts itself."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audits.invariants import broken as in_audits
from boards.invariants import broken as in_boards
from casereviews.invariants import broken as in_case_reviews
from cdop.invariants import broken as in_child_deaths
from dataset.invariants import broken as in_dataset
from lscb.accounts.invariants import broken as in_accounts
from lscb.actions.invariants import broken as in_actions
from lscb.demo.invariants import broken as in_demonstration
from lscb.files.invariants import broken as in_files
from lscb.jobs.invariants import broken as in_jobs
from lscb.records.invariants import broken as in_records
from lscb.reports.invariants import broken as in_reports
from lscb.trail.invariants import broken as in_trail
from training.invariants import broken as in_training

RULES: tuple[Callable[[dt.date], Iterator[str]], ...] = (
    in_trail,
    in_accounts,
    in_files,
    in_jobs,
    in_actions,
    in_boards,
    in_case_reviews,
    in_audits,
    in_training,
    in_child_deaths,
    in_dataset,
    in_reports,
    in_records,
    in_demonstration,
)
"""Each app's `invariants.py: broken(today)` gives a sentence for each rule that does not hold."""


class Command(BaseCommand):
    help = "Check that nothing in the data contradicts itself; ends with 1 and a sentence per fault when it does."

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        faults = [sentence for rule in RULES for sentence in rule(today)]
        for sentence in faults:
            self.stderr.write(self.style.ERROR(sentence))
        if faults:
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("The data holds together: every rule was checked, none is broken."))
